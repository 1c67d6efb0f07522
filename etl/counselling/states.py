"""A year's figures as they stood after each import, as one table: whoever kept the earlier states can compare.

What did not change from one state to the next is the same unknown for the reader, who is taken to know that it did not
change. That is more than he can know, and so more is protected than must be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl.counselling.cells import Cell, Figures
from etl.disclosure import Table
from etl.disclosure_audit import Relation

TAKEN_BACK = 20.0  # times the loss: a figure that everybody has seen is withheld only where nothing else helps

Numbers = dict[Cell, int]


@dataclass(frozen=True)
class State:
    """The figures of a year as they stood once, and which of them were secret then."""

    figures: Figures
    secret: frozenset[Cell]

    def shows(self, cell: Cell, value: int) -> bool:
        """Whether the figure was published with this value."""
        return self.figures.values.get(cell) == value and cell not in self.secret


def state_table(
    earlier: Sequence[State], newest: Figures, small: frozenset[Cell], width: float, *, doubting: bool
) -> tuple[Table, Numbers]:
    """All states as one table, with the newest figures' numbers in it; ``small`` are the newest that are secret.

    With ``doubting`` the reader does not know of a figure that was published and is withheld now that it is the same.
    """
    every = [*earlier, State(newest, frozenset(newest.values) if doubting else small)]
    numbers = _numbered(every, doubting=doubting)
    size = 1 + max(n for one in numbers for n in one.values())
    values, costs = np.zeros(size), np.ones(size)
    known, secret = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    relations: set[tuple[int, tuple[int, ...]]] = set()
    for state, number in zip(every, numbers, strict=True):
        for cell, n in number.items():
            values[n] = state.figures.values[cell]
        relations |= {(number[whole], tuple(number[part] for part in parts)) for whole, parts in state.figures.sums}
    for state, number in zip(earlier, numbers, strict=False):
        for cell, n in number.items():
            # what was secret and is the same stays secret; nothing can be chosen of earlier states any more
            known[n] |= cell not in state.secret
            secret[n] |= cell in state.secret
    for cell, n in numbers[-1].items():
        secret[n] |= cell in small
        if earlier and earlier[-1].shows(cell, newest.values[cell]):
            costs[n] = TAKEN_BACK
    sums = tuple(Relation(*one) for one in sorted(relations))
    return Table(values, costs * (1 + values), sums, known, secret & ~known, width), numbers[-1]


def _numbered(states: Sequence[State], *, doubting: bool) -> list[Numbers]:
    """A number for each figure of each state; one that stayed the same keeps its number.

    With ``doubting`` only where it was secret before and is now: of others the reader cannot know.
    """
    found: list[Numbers] = []
    count = 0
    last: dict[Cell, tuple[int, int, bool]] = {}
    for state in states:
        numbers: Numbers = {}
        for cell, value in state.figures.values.items():
            was, number, was_secret = last.get(cell, (-1, -1, False))
            if was == value and (not doubting or (was_secret and cell in state.secret)):
                numbers[cell] = number
            else:
                numbers[cell], count = count, count + 1
            last[cell] = (value, numbers[cell], cell in state.secret)
        found.append(numbers)
    return found
