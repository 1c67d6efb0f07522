"""Two indicators over the years: for each region the path of its points, from figures to what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dashboard.findings import Finding, finding_of
from dashboard.metadata import Metadata
from dashboard.panels import Panel
from dashboard.protection import PROTECTED
from dashboard.series import Point, Series

MOST_PATHS = 9


@dataclass(frozen=True)
class Step:
    """One year of a path; steps of the same ``segment`` are joined by a line."""

    year: int
    x: Point
    y: Point
    segment: int = 0


@dataclass(frozen=True)
class Path:
    """A region's years in which both indicators have a figure, in order.

    ``rows`` are all years in which either has one, published or secret, as a table shows them.
    """

    x_series: Series
    y_series: Series
    label: str
    steps: tuple[Step, ...]
    rows: tuple[tuple[int, Point | None, Point | None], ...]

    @property
    def region(self) -> str:
        return self.x_series.region

    @property
    def secret_years(self) -> tuple[int, ...]:
        """The years that are not drawn because one of their figures is secret."""
        return tuple(year for year, *pair in self.rows if any(p and p.status == PROTECTED for p in pair))


def paths_of(x: Panel, y: Panel, regions: Sequence[str], metadata: Metadata) -> tuple[Path, ...]:
    """A path for each region that has both indicators, in the view's order; of several breakdowns the first."""
    wanted = [(region, _first(x, region), _first(y, region)) for region in regions]
    held = [(region, a, b) for region, a, b in wanted if a is not None and b is not None]
    found = []
    for region, a, b in held[:MOST_PATHS]:
        across, upward = _yearly(a, b), _yearly(b, a)
        rows = [(year, across.get(year), upward.get(year)) for year in sorted({*across, *upward})]
        label = metadata.regions[region].short.to(x.view.lang)
        found.append(Path(a, b, label, _steps(rows), tuple(rows)))
    return _in_segments(found)


def first_and_last(path: Path, x: Panel, y: Panel, metadata: Metadata) -> tuple[Finding, Finding]:
    """Where both indicators went between the path's first and last year; the path must have a step."""
    steps = path.steps

    def found(series: Series, points: tuple[Point, ...], panel: Panel) -> Finding:
        return finding_of(replace(series, points=points), panel.view, metadata)

    return found(path.x_series, tuple(s.x for s in steps), x), found(path.y_series, tuple(s.y for s in steps), y)


def _first(panel: Panel, region: str) -> Series | None:
    return next((s for s in panel.model.series if s.region == region), None)


def _yearly(series: Series, other: Series) -> dict[int, Point]:
    """One figure a year, by the year that the period is named by. Of several a year those of one month: that of the
    other's newest figure, otherwise that of its own, so that no season passes for a development."""
    known = series.known
    if not known:
        return {}
    months = {p.end.month for p in known}
    near = other.known[-1].end.month if other.known else 0
    month = near if near in months else known[-1].end.month
    several = len({_year(p) for p in known}) < len(known)
    return {_year(p): p for p in known if not several or p.end.month == month}


def _year(point: Point) -> int:
    return int(point.period[:4])


def _steps(rows: Sequence[tuple[int, Point | None, Point | None]]) -> tuple[Step, ...]:
    both = ((year, a, b) for year, a, b in rows if a and b)
    return tuple(Step(year, a, b) for year, a, b in both if a.value is not None and b.value is not None)


def _in_segments(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths cut where a year is missing that others have, or the figures stand on a new footing."""
    between = [b.year - a.year for path in paths for a, b in pairwise(path.steps)]
    step = min(between, default=1)
    cut = []
    for path in paths:
        segment, steps = 0, list(path.steps[:1])
        for before, after in pairwise(path.steps):
            footing = (before.x.segment, before.y.segment) != (after.x.segment, after.y.segment)
            segment += footing or after.year - before.year > step
            steps.append(replace(after, segment=segment))
        cut.append(replace(path, steps=tuple(steps)))
    return tuple(cut)
