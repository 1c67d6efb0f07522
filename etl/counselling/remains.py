"""What is left of a quarter if some of its months were published at another time: the difference tells it.

A body may hand in January and February, and later the quarter instead; or a quarter, and later its first months. What
the other months come to is published in neither state, but whoever kept both has it. Therefore it is a figure of the
newer state as well, which is never published and gives nothing small away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl.counselling.cells import Cell, Figures, Sum, months_of, quarters_of

_REST = ", other months"


def with_remains(states: Sequence[Figures]) -> list[Figures]:
    """Each state's figures with the earlier ones that matter beside them, and what is left between the two.

    The counts behind the earlier ones may have been revised since; the reader is taken to believe that they were not,
    unless a rest below zero proves it.
    """
    last: dict[Cell, int] = {}
    found = []
    for state in states:
        found.append(_with_remains(state, last))
        last |= state.values
    return found


def is_rest(cell: Cell) -> bool:
    """Whether a figure is what is left of a quarter."""
    return cell.period.endswith(_REST)


def _with_remains(state: Figures, last: dict[Cell, int]) -> Figures:
    values, sums = dict(state.values), list[Sum]()
    both = last | state.values
    for region, quarter in sorted({(c.region, q) for c in both for q in quarters_of(c.period[:4])}):
        found = list(_rests(region, quarter, both))
        if any(set(members) - state.values.keys() for members, _ in found) and all(rest >= 0 for _, rest in found):
            for (whole, *parts), rest in found:
                left = whole._replace(period=quarter + _REST)
                values |= {c: both[c] for c in (whole, *parts)} | {left: rest}
                sums.append((whole, (*parts, left)))
    return Figures(values, (*state.sums, *sums)) if sums else state


def _rests(region: str, quarter: str, values: dict[Cell, int]) -> Iterator[tuple[tuple[Cell, ...], int]]:
    """Each figure that the quarter shares with one or two of its months, with these, and what is left of it."""
    for whole, value in values.items():
        if (whole.region, whole.period) == (region, quarter):
            parts = [m for month in months_of(quarter) if (m := whole._replace(period=month)) in values]
            if 0 < len(parts) < len(months_of(quarter)):
                yield (whole, *parts), value - sum(values[p] for p in parts)
