"""The attacker: what a reader can work out about secret counselling figures from the published ones.

He reads the frames of the export and nothing else, one a vintage, and shares no code with the engine that protects
them. What he knows of each vintage: the figures; that a total is the sum over the codes of a dimension, the region the
sum of its offices, a quarter of its months, a year of its quarters; that what was not reported counts 0; that no count
is negative. All vintages' facts stand in one system of linear equations; two linear programmes a secret cell tell the
least and the greatest value that it leaves.

He is stronger than any reader: given the true values he also knows which figures a later vintage left as they were
(an oracle; nobody tells a reader which secret figure was revised). The truth serves for nothing else but a check that
he reckons rightly and as a first solution that saves programmes. With ``doubting`` he is weaker in one point: a figure
that was published and is withheld now may have been revised for all he knows, if another one of its region and period
was; where nothing was revised he takes it to be what it was, as everybody would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from tests.etl.attacker_equations import TOLERANCE, Interval, System, check_against_truth, intervals

WHOLE_REGION = "BSR"


class Cell(NamedTuple):
    """A figure: of a body, in a region and period; ``dim`` and ``code`` are empty for the body's total."""

    body: str
    region: str
    period: str
    dim: str = ""
    code: str = ""

    @classmethod
    def read(cls, region: str, period: str, breakdown: str) -> Cell:
        """Raises ValueError for a breakdown by two dimensions: their sums are not among those he knows."""
        pairs = dict(pair.split("=") for pair in breakdown.split(";") if pair)
        body = pairs.pop("provider", "")
        if len(pairs) > 1:
            raise ValueError(f"expected one dimension beside the provider at most, got {breakdown!r}")
        return cls(body, region, period, *next(iter(pairs.items()), ("", "")))


Truth = Mapping[Cell, int]  # answers 0 for a cell that no row counts for, as a Counter does


@dataclass(frozen=True)
class Narrowed:
    """A secret figure of a vintage (counted from 0) of which less is left open than the rule says."""

    vintage: int
    cell: Cell
    left: Interval


def narrowed(
    published: Sequence[pl.DataFrame],
    threshold: int,
    truth: Sequence[Truth] | None = None,
    *,
    doubting: bool = False,
    joint: bool = False,
) -> list[Narrowed]:
    """The secret figures of all vintages that can be bounded closer than ``threshold``; see ``attack``."""
    found = attack(published, truth, doubting=doubting, joint=joint, enough=threshold)
    return [
        Narrowed(vintage, cell, left)
        for vintage, told in enumerate(found)
        for cell, left in told.items()
        if left.width < threshold - TOLERANCE
    ]


def attack(
    published: Sequence[pl.DataFrame],
    truth: Sequence[Truth] | None = None,
    *,
    doubting: bool = False,
    joint: bool = False,
    enough: float | None = None,
) -> list[dict[Cell, Interval]]:
    """What is left open of every secret figure, for each vintage of ``published`` (region, period, breakdown, value,
    status; one source).

    With ``truth`` (one a vintage) a figure that did not change is the same unknown in all vintages; with ``doubting``
    in those between which he has no reason to take it for revised. ``joint`` also sets up every crossing of all
    dimensions as an unknown (small tables only), so that whatever the figures imply together counts. With ``enough``
    an interval is followed no further once it is that wide.
    Raises ValueError if the figures contradict each other or the truth.
    """
    system = System()
    facts = [_facts(frame) for frame in published]
    states: list[dict[Cell, int]] = []
    secret: list[dict[Cell, int]] = []
    for vintage, figures in enumerate(facts):
        told = None if truth is None else truth[vintage]
        states.append(_states(facts[: vintage + 1], truth, states, doubting))
        numbers = _sums(system, figures, vintage, told, states[-1], joint)
        for cell, value in figures.items():
            if value is not None and system.known.setdefault(numbers[cell], value) != value:
                raise ValueError(f"{cell} has two values though the truth did not change")
        secret.append({cell: numbers[cell] for cell, value in figures.items() if value is None})
    check_against_truth(system)
    left = intervals(system, sorted({n for cells in secret for n in cells.values()}), enough)
    return [{cell: left[n] for cell, n in cells.items()} for cells in secret]


def _facts(frame: pl.DataFrame) -> dict[Cell, float | None]:
    """The figures of a vintage, None for a secret one. Raises ValueError for a value that is secret or missing."""
    facts: dict[Cell, float | None] = {}
    for region, period, breakdown, value, status in frame.select(
        "region", "period", "breakdown", "value", "status"
    ).iter_rows():
        if (value is None) != (status == "secret"):
            raise ValueError(
                f"{region} {period} {breakdown}: expected a value or the status 'secret', got status {status!r}"
            )
        facts[Cell.read(region, period, breakdown)] = value
    return facts


def _states(
    facts: Sequence[Mapping[Cell, float | None]],
    truth: Sequence[Truth] | None,
    earlier: Sequence[Mapping[Cell, int]],
    doubting: bool,
) -> dict[Cell, int]:
    """For each figure of the last vintage of ``facts`` the first one of which he knows that it was the same then."""
    vintage = len(earlier)
    if truth is None:
        return dict.fromkeys(facts[vintage], vintage)
    states: dict[Cell, int] = {}
    for cell, value in facts[vintage].items():
        same = [v for v in range(vintage) if cell in facts[v] and truth[v][cell] == truth[vintage][cell]]
        if doubting and value is None:
            same = [v for v in same if facts[v][cell] is None or not _touched(cell, facts[v], truth[v], truth[vintage])]
        states[cell] = earlier[same[0]][cell] if same else vintage
    return states


def _touched(cell: Cell, figures: Mapping[Cell, object], before: Truth, after: Truth) -> bool:
    """Whether anything of the cell's region and period was revised."""
    return any(before[c] != after[c] for c in figures if c[:3] == cell[:3])


def _sums(
    system: System,
    figures: Mapping[Cell, float | None],
    vintage: int,
    truth: Truth | None,
    states: Mapping[Cell, int],
    joint: bool,
) -> dict[Cell, int]:
    """Puts the equations of a vintage into the system; the number of every figure's unknown."""
    numbers: dict[Cell, int] = {}

    def number(cell: Cell) -> int:
        if cell not in numbers:
            # what was not published has no state that could have stayed: a quarter so far is not the quarter
            state = ("as in", states[cell]) if cell in states else ("only in", vintage)
            numbers[cell] = system.unknown((cell, state), None if truth is None else truth[cell])
        return numbers[cell]

    for cell in figures:
        number(cell)
    for body in sorted({cell.body for cell in figures}):
        table = _Table(body, {c: value for c, value in figures.items() if c.body == body}, truth)
        for whole, parts in table.sums():
            words = f"vintage {vintage}: {whole} is the sum of {len(parts)}"
            system.equation(number(whole), [number(p) for p in parts], words)
        if joint:
            for whole, crossings in table.crossings(vintage):
                words = f"vintage {vintage}: {whole} is the sum of {len(crossings)} crossings"
                system.equation(number(whole), [system.unknown(c, None) for c in crossings], words)
    return numbers


class _Table:
    """A body's figures of a vintage: which cells there are, and how they add up."""

    def __init__(self, body: str, figures: Mapping[Cell, float | None], truth: Truth | None) -> None:
        self.body = body
        self.figures = figures
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.dims: dict[int, set[str]] = defaultdict(set)  # by the level of the period
        for cell in figures:
            if cell.dim:
                self.codes[cell.dim].add(cell.code)
                self.dims[_level(cell.period)].add(cell.dim)
        self.periods: dict[str, set[str]] = defaultdict(set)  # by region, with the longer ones they belong to
        # what was counted but not published is unknown to him, not nothing
        hidden = [
            c
            for c, count in (truth or {}).items()
            if count and c.body == body and not c.dim and c.region != WHOLE_REGION
        ]
        for cell in [*figures, *hidden]:
            self.periods[cell.region] |= {cell.period, *_longer(cell.period)}
        self.offices = sorted(set(self.periods) - {WHOLE_REGION})

    def sums(self) -> Iterator[tuple[Cell, list[Cell]]]:
        for region, periods in self.periods.items():
            for period in sorted(periods):
                for total in self._cells(region, period):
                    if not total.dim:
                        yield from self._over_codes(total)
                    if region == WHOLE_REGION:
                        yield total, self._in_offices(total)
                    elif parts := self._in_time(total):
                        yield total, parts

    def crossings(self, vintage: int) -> Iterator[tuple[Cell, list[object]]]:
        """Each office's figure with the crossings of all codes in its shortest periods that it consists of."""
        used = {(c.dim, c.code) for c, value in self.figures.items() if value != 0}  # the others' crossings are 0
        combinations: list[dict[str, str]] = [{}]
        for dim, codes in sorted(self.codes.items()):
            combinations = [{**c, dim: code} for c in combinations for code in sorted(codes) if (dim, code) in used]
        for office in self.offices:
            for period in sorted(self.periods[office]):
                shortest = self._shortest(office, period)
                for cell in self._cells(office, period):
                    mine = [c for c in combinations if not cell.dim or c[cell.dim] == cell.code]
                    yield cell, [(vintage, self.body, office, p, *c.values()) for p in shortest for c in mine]

    def _cells(self, region: str, period: str) -> Iterator[Cell]:
        yield Cell(self.body, region, period)
        for dim in sorted(self.dims[_level(period)]):
            for code in sorted(self.codes[dim]):
                yield Cell(self.body, region, period, dim, code)

    def _over_codes(self, total: Cell) -> Iterator[tuple[Cell, list[Cell]]]:
        for dim in sorted(self.dims[_level(total.period)]):
            yield total, [total._replace(dim=dim, code=code) for code in sorted(self.codes[dim])]

    def _in_offices(self, whole: Cell) -> list[Cell]:
        return [whole._replace(region=o) for o in self.offices if whole.period in self.periods[o]]

    def _in_time(self, whole: Cell) -> list[Cell]:
        """The same figure in the next shorter periods, where they are published by its dimension; else nothing."""
        parts = [p for p in sorted(self.periods[whole.region]) if whole.period in _longer(p)[:1]]
        if not parts or (whole.dim and whole.dim not in self.dims[_level(parts[0])]):
            return []
        return [whole._replace(period=p) for p in parts]

    def _shortest(self, office: str, period: str) -> list[str]:
        parts = [p for p in sorted(self.periods[office]) if period in _longer(p)[:1]]
        return [s for p in parts for s in self._shortest(office, p)] if parts else [period]


def _level(period: str) -> int:
    """0 for a year, 1 for a quarter, 2 for a month."""
    return len(_longer(period))


def _longer(period: str) -> list[str]:
    """The periods that a period belongs to, the shortest first: of ``2025-03`` ``2025-Q1`` and ``2025``."""
    year, _, part = period.partition("-")
    if not part:
        return []
    return [year] if part.startswith("Q") else [f"{year}-Q{(int(part) + 2) // 3}", year]
