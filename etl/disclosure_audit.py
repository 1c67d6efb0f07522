"""What the published figures give away: how narrowly each secret count can be bounded from the sums it is part of.

The reader is taken to know every sum that holds between the figures, all figures but the secret ones, and that counts
are not negative. A linear program for each secret count finds the smallest and the largest value it could have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

ENDLESS = 1000  # thresholds: a count that can move so far counts as unbounded
FEW = 3  # counts that are settled as fast one by one
_SLACK = 1e-7


@dataclass(frozen=True)
class Relation:
    """A sum that a reader can check: the figure ``whole`` is the sum of ``parts`` (numbers of figures)."""

    whole: int
    parts: tuple[int, ...]

    @property
    def members(self) -> tuple[int, ...]:
        return (self.whole, *self.parts)


@dataclass(frozen=True)
class Narrow:
    """A secret figure whose interval is narrower than the rule asks: by ``lacking``.

    ``gains``: by how much the interval can widen at most if a figure (by number) became secret too.
    """

    figure: int
    lacking: float
    gains: dict[int, float] = field(default_factory=dict)


def too_narrow(values: Floats, relations: Sequence[Relation], secret: Bools, widths: Floats) -> list[Narrow]:
    """The secret figures whose interval is narrower than its ``widths`` says."""
    found: list[Narrow] = []
    for part in _components(relations, secret):
        found += _Component(values, part, secret, widths).narrow()
    return found


def _components(relations: Sequence[Relation], secret: Bools) -> Iterator[list[Relation]]:
    """The relations that hold secret figures, in groups that share none."""
    holding = [r for r in relations if any(secret[m] for m in r.members)]
    at: dict[int, list[int]] = {}
    for n, relation in enumerate(holding):
        for member in relation.members:
            if secret[member]:
                at.setdefault(member, []).append(n)
    seen: set[int] = set()
    for start in range(len(holding)):
        if start in seen:
            continue
        seen.add(start)
        group, queue = [], [start]
        while queue:
            n = queue.pop()
            group.append(n)
            for member in holding[n].members:
                fresh = [m for m in at.get(member, ()) if m not in seen]
                seen.update(fresh)
                queue += fresh
        yield [holding[n] for n in sorted(group)]


class _Component:
    """One group of relations as a linear program whose objective is changed again and again."""

    def __init__(self, values: Floats, relations: Sequence[Relation], secret: Bools, widths: Floats) -> None:
        self._values, self._relations, self._secret = values, relations, secret
        self._figures = sorted({m for r in relations for m in r.members if secret[m]})
        self._widths = widths[self._figures]
        self._low = values[self._figures].copy()
        self._high = self._low.copy()
        self._solver = self._model()

    def _model(self) -> highspy.Highs:
        place = {figure: n for n, figure in enumerate(self._figures)}
        start, index, value, right = [0], list[int](), list[float](), list[float]()
        for relation in self._relations:
            rest = 0.0
            for member, sign in ((relation.whole, 1.0), *((part, -1.0) for part in relation.parts)):
                if member in place:
                    index.append(place[member])
                    value.append(sign)
                else:
                    rest -= sign * self._values[member]
            start.append(len(index))
            right.append(rest)
        if not any(right):  # nothing but secret figures and zeros: all of them times any factor is as good a solution
            self._high[self._low > 0] += ENDLESS * self._widths.max()
            self._low[:] = 0
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self._figures), len(self._relations)
        program.col_cost_ = np.zeros(len(self._figures))
        program.col_lower_ = np.zeros(len(self._figures))
        program.col_upper_ = self._values[self._figures] + ENDLESS * self._widths.max()
        program.row_lower_ = program.row_upper_ = np.array(right)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.array(start, dtype=np.int32)
        program.a_matrix_.index_ = np.array(index, dtype=np.int32)
        program.a_matrix_.value_ = np.array(value)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(program)
        return solver

    def narrow(self) -> list[Narrow]:
        """The figures of the group that are bounded too narrowly."""
        self._guess()
        found = []
        for n, figure in enumerate(self._figures):
            if self._wide(n):
                continue
            upper = self._extreme(n, 1.0)
            if self._wide(n):
                continue
            lower = self._extreme(n, -1.0)
            if not self._wide(n):
                lacking = float(self._widths[n] - (self._high[n] - self._low[n]))
                found.append(Narrow(figure, lacking, self._gains((upper, lower), lacking)))
        return found

    def _wide(self, n: int) -> bool:
        return bool(self._high[n] - self._low[n] >= self._widths[n] - _SLACK)

    def _guess(self) -> None:
        """Objectives of many counts at once: their solutions show many wide without a program for each."""
        random = np.random.default_rng(len(self._figures))
        places = np.arange(len(self._figures), dtype=np.int32)
        left = len(places) + FEW
        while True:
            narrow = self._high - self._low < self._widths - _SLACK
            settled, left = left - int(narrow.sum()), int(narrow.sum())
            if left <= FEW or settled < FEW:
                break
            # the program minimises: what has been 0 can only be larger, all else is pushed either way
            signs = np.where(self._low > 0, random.choice([-1.0, 1.0], len(places)), -1.0)
            self._solver.changeColsCost(len(places), places, narrow * signs * (1 - random.random(len(places))))
            self._run()
        self._solver.changeColsCost(len(places), places, np.zeros(len(places)))

    def _extreme(self, n: int, sign: float) -> Floats:
        """Move figure ``n`` up (1) or down (-1) as far as possible; returns the duals of the relations."""
        self._solver.changeColCost(n, -sign)
        duals = self._run()
        self._solver.changeColCost(n, 0.0)
        return duals

    def _run(self) -> Floats:
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"the sums of the figures contradict each other ({self._solver.getModelStatus()})")
        solution = self._solver.getSolution()
        reached = np.asarray(solution.col_value)
        np.minimum(self._low, reached, out=self._low)
        np.maximum(self._high, reached, out=self._high)
        return np.asarray(solution.row_dual)

    def _gains(self, duals: tuple[Floats, Floats], lacking: float) -> dict[int, float]:
        """By weak duality: what a published figure would add to the interval if it could move between 0 and any size.

        The price of moving it follows from the duals: one way it may go on for ever, the other way it ends at 0.
        """
        gains: dict[int, float] = {}
        for prices in duals:
            price: dict[int, float] = {}
            for relation, dual in zip(self._relations, prices, strict=True):
                if abs(dual) < _SLACK:
                    continue
                for member, sign in ((relation.whole, 1.0), *((part, -1.0) for part in relation.parts)):
                    if not self._secret[member]:
                        price[member] = price.get(member, 0.0) + sign * dual
            for member, cost in price.items():
                # the program minimises: at a reduced cost of -price a figure helps where it can move against its sign
                gain = lacking if cost > _SLACK else -cost * float(self._values[member]) if cost < -_SLACK else 0.0
                gains[member] = min(lacking, gains.get(member, 0.0) + gain)
        return {member: gain for member, gain in gains.items() if gain > _SLACK}
