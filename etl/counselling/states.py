"""A year's figures as they stood after each import, as one table: whoever kept the earlier states can compare.

What did not change from one state to the next is the same unknown for the reader, who is taken to know that it did not
change. That is more than he can know, and so more is protected than must be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from etl.counselling.cells import Cell, Figures
from etl.counselling.remains import is_rest, with_remains
from etl.counselling_entries import Rule
from etl.disclosure import Table
from etl.disclosure_audit import Relation, too_narrow

TAKEN_BACK = 20.0  # times the loss: a figure that everybody has seen is withheld only where nothing else helps
NO_LOSS = 0.01

Numbers = dict[Cell, int]


@dataclass(frozen=True)
class State:
    """The figures of a year as they stood once, and which of them were secret then."""

    figures: Figures
    secret: frozenset[Cell]

    def shows(self, cell: Cell, value: int) -> bool:
        """Whether the figure was published with this value."""
        return self.figures.values.get(cell) == value and cell not in self.secret


def disclosive(cell: Cell, values: Mapping[Cell, int], rule: Rule) -> str:
    """Why a figure is secret by itself: a small count, or a zero that says something about all of a small group."""
    if 0 < values[cell] < rule.threshold:
        return "primary"
    group = values[cell._replace(dim="", code="")]
    return "zero" if cell.dim and values[cell] == 0 and 0 < group < rule.small_group else ""


def state_table(
    earlier: Sequence[State], newest: Figures, small: frozenset[Cell], rule: Rule, *, doubting: bool, eased: bool
) -> tuple[Table, Numbers]:
    """All states as one table, with the newest figures' numbers in it; ``small`` are the newest that are secret.

    With ``doubting`` the reader does not know of a figure that was published and is withheld now that it is the same.
    With ``eased`` what the earlier states leave of a figure is enough, if that is less than the rule asks for: it was
    published under another rule.
    """
    states = [*earlier, State(newest, frozenset(newest.values) if doubting else small)]
    every = [
        replace(state, figures=more)
        for state, more in zip(states, with_remains([s.figures for s in states]), strict=True)
    ]
    numbers = _numbered(every, doubting=doubting)
    size = 1 + max(n for one in numbers for n in one.values())
    values, costs = np.zeros(size), np.ones(size)
    known, secret = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    relations: set[tuple[int, tuple[int, ...]]] = set()
    for state, number in zip(every, numbers, strict=True):
        for cell, n in number.items():
            values[n] = state.figures.values[cell]
            if is_rest(cell):  # never published, so nothing is lost with it
                costs[n] = NO_LOSS
                secret[n] |= bool(disclosive(cell, state.figures.values, rule))
        relations |= {(number[whole], tuple(number[part] for part in parts)) for whole, parts in state.figures.sums}
    for state, number in zip(earlier, numbers, strict=False):
        for cell in state.figures.values:
            # what was secret and is the same stays secret; nothing can be chosen of earlier states any more
            known[number[cell]] |= cell not in state.secret
            secret[number[cell]] |= cell in state.secret
    for cell, value in newest.values.items():
        n = numbers[-1][cell]
        secret[n] |= cell in small
        if earlier and earlier[-1].shows(cell, value):
            costs[n] = TAKEN_BACK
    sums = tuple(Relation(*one) for one in sorted(relations))
    table = Table(
        values, costs * (1 + values), sums, known, secret & ~known, np.full(size, rule.threshold, dtype=np.float64)
    )
    return (_eased(table, earlier, numbers) if eased else table), numbers[-1]


def _eased(table: Table, earlier: Sequence[State], numbers: Sequence[Numbers]) -> Table:
    """The table that asks of no figure more than the earlier states leave of it."""
    then = {n for state, number in zip(earlier, numbers, strict=False) for n in map(number.get, state.figures.values)}
    sums = tuple(r for r in table.relations if then.issuperset(r.members))
    widths = table.widths.copy()
    for narrow in too_narrow(table.values, sums, ~table.known, table.widths):
        widths[narrow.figure] -= narrow.lacking
    return replace(table, widths=widths)


def _numbered(states: Sequence[State], *, doubting: bool) -> list[Numbers]:
    """A number for each figure of each state; one that is as it was in an earlier state has the number of then.

    With ``doubting`` a figure that was published then and may be withheld now keeps it only if nothing of its region
    and period is different.
    """
    found: list[Numbers] = []
    count = 0
    for n, state in enumerate(states):
        differing = [_differing(then, state) for then in states[:n]]
        numbers: Numbers = {}
        for cell, value in state.figures.values.items():
            for then, numbers_then, touched in zip(states, found, differing, strict=False):
                if then.figures.values.get(cell) == value and not (
                    doubting and cell in state.secret and cell not in then.secret and cell[:2] in touched
                ):
                    numbers[cell] = numbers_then[cell]
                    break
            else:
                numbers[cell], count = count, count + 1
        found.append(numbers)
    return found


def _differing(then: State, now: State) -> set[tuple[str, ...]]:
    """Regions and periods of which any figure is not what it was."""
    was = then.figures.values
    return {cell[:2] for cell, value in now.figures.values.items() if was.get(cell) != value}
