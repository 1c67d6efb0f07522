"""The cheapest way to leave one figure open: which others must be secret too, so that it could be another one.

A figure can be another one if others could make up for it in every sum that it is part of. The linear program finds
the changes that do so at the least loss; what is secret anyhow costs nothing. (The sequential method of cell
suppression, after Kelly, Golden and Assad.)
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from etl.disclosure_audit import ENDLESS, Bools, Floats, Relation

_MOVED = 1e-6


class Paths:
    """All changes that the sums allow, as one linear program; each figure has a column for more and one for less."""

    def __init__(
        self, values: Floats, costs: Floats, relations: Sequence[Relation], open_: Bools, widths: Floats
    ) -> None:
        self._values, self._costs, self._widths = values, costs, widths
        self._most = np.where(open_, ENDLESS * widths.max(), 0.0)
        self._least = np.where(open_, values, 0.0)
        size = len(values)
        start, index, value = [0], list[int](), list[float]()
        for relation in relations:
            for member, sign in ((relation.whole, 1.0), *((part, -1.0) for part in relation.parts)):
                if open_[member]:
                    index += (member, size + member)
                    value += (sign, -sign)
            start.append(len(index))
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = 2 * size, len(relations)
        program.col_cost_ = np.zeros(2 * size)
        program.col_lower_ = np.zeros(2 * size)
        program.col_upper_ = np.concatenate([self._most, self._least])
        program.row_lower_ = program.row_upper_ = np.zeros(len(relations))
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.array(start, dtype=np.int32)
        program.a_matrix_.index_ = np.array(index, dtype=np.int32)
        program.a_matrix_.value_ = np.array(value)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(program)

    def cheapest(self, figure: int, secret: Bools) -> Bools:
        """The figures that change when ``figure`` becomes greater or less by its width, whichever loses less.

        None at all if neither can be.
        """
        size, width = len(self._values), float(self._widths[figure])
        free = np.where(secret, 0.0, self._costs)
        # a free change has a tiny price, or it would take detours over what is secret
        prices = np.concatenate([free, free]) + _MOVED
        self._solver.changeColsCost(2 * size, np.arange(2 * size, dtype=np.int32), prices)
        best, least = np.zeros(size, dtype=np.bool_), np.inf
        for column, other in ((figure, size + figure), (size + figure, figure)):
            room = np.concatenate([self._most, self._least])
            if room[column] < width:
                continue
            self._solver.changeColBounds(column, width, width)
            self._solver.changeColBounds(other, 0.0, 0.0)
            self._solver.run()
            if self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                changes = np.asarray(self._solver.getSolution().col_value)
                moved = (changes[:size] > _MOVED) | (changes[size:] > _MOVED)
                loss = float(free[moved].sum())
                if loss < least:
                    best, least = moved, loss
            for c in (column, other):
                self._solver.changeColBounds(c, 0.0, room[c])
        return best
