"""A measure's series cut at its start: which figures lie before, which after, and those of other districts beside them.

Counts are put in per cent of their own mean before the start, so that districts of any size compare; rates stay as they
are. A figure of a span in which the measure began belongs to neither side and is left out, and so is everything beyond
a break of the series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean

import polars as pl

from dashboard.choices import breaks_of, is_balance, is_rate
from dashboard.metadata import Metadata
from dashboard.series import Point, Series, series_of
from dashboard.view import View

MONTHS = 12


@dataclass(frozen=True)
class Cut:
    """The figures that are compared, oldest first; ``start`` is the first one after the beginning.

    ``others`` are those of the districts to compare with, by id; ``incomplete`` lack one of the own periods.
    ``indexed``: in per cent of the mean before. ``left_out`` is the period in which the measure began.
    """

    points: tuple[Point, ...]
    own: tuple[float, ...]
    others: dict[str, tuple[float, ...]]
    start: int
    indexed: bool
    left_out: str | None
    incomplete: tuple[str, ...]
    broken: date | None  # a break that figures had to be left out for

    @property
    def times(self) -> tuple[float, ...]:
        """When each figure is, in years."""
        return tuple(p.end.year + p.end.month / MONTHS for p in self.points)

    @property
    def before(self) -> int:
        return self.start

    @property
    def after(self) -> int:
        return len(self.points) - self.start

    @property
    def group(self) -> tuple[float, ...]:
        """The mean of the other districts; empty without any."""
        return tuple(fmean(at) for at in zip(*self.others.values(), strict=True)) if self.others else ()


def cut_at(figures: pl.DataFrame, view: View, begins: date, metadata: Metadata) -> Cut:
    """The cut of a frame of ``queries.view_figures``; the own region is the view's first, the others follow it."""
    indicator = metadata.indicators[view.indicators[0]]
    by_region = {series.region: series for series in series_of(figures, view, metadata)}
    own = by_region.get(view.regions[0])
    firsts = {period.id: period.start for period in indicator.periods}
    known = [p for p in own.points if p.value is not None and p.status != "limited"] if own else []
    left_out = next((p.period for p in known if firsts.get(p.period, p.end) < begins <= p.end), None)
    sides = [p for p in known if p.period != left_out]
    kept, broken = _unbroken(sides, own, begins, view, metadata)
    start = sum(p.end < begins for p in kept)
    indexed = not (is_rate(indicator) or is_balance(view.breakdowns[0]))
    others: dict[str, tuple[float, ...]] = {}
    incomplete = []
    for region in view.regions[1:] if not is_balance(view.breakdowns[0]) else ():
        values = _values(by_region.get(region), kept)
        based = _based(values, start, indexed) if values else ()
        if based:
            others[region] = based
        else:
            incomplete.append(region)
    based = _based([p.value for p in kept if p.value is not None], start, indexed)
    return Cut(
        tuple(kept) if based else (),
        based,
        others if based else {},
        start if based else 0,
        indexed,
        left_out,
        tuple(incomplete),
        broken,
    )


def shown_regions(view: View, others: Sequence[str]) -> View:
    """The view with the districts to compare with, as a frame of figures and without a chart of its own."""
    return replace(view, regions=(*view.regions, *others), chart="table", events=())


def _unbroken(
    points: Sequence[Point], series: Series | None, begins: date, view: View, metadata: Metadata
) -> tuple[list[Point], date | None]:
    """The points around the start that no break of the series parts, and the nearest break that took others away."""
    if series is None:
        return [], None
    indicator = metadata.indicators[series.indicator]
    days = sorted({b.at for b in breaks_of(indicator, view.measure, metadata) if b.source == series.source})
    held = [day for day in days if points and points[0].end < day <= points[-1].end]
    low = max((day for day in held if day <= begins), default=date.min)
    high = min((day for day in held if day > begins), default=date.max)
    kept = [p for p in points if low <= p.end < high]
    return kept, next((day for day in (low, high) if day in held), None)


def _values(series: Series | None, points: Sequence[Point]) -> list[float]:
    """The series' figures of the given points; empty if it lacks one of them."""
    by_period = {p.period: p.value for p in series.points if p.status != "limited"} if series else {}
    found = [value for p in points if (value := by_period.get(p.period)) is not None]
    return found if len(found) == len(points) else []


def _based(values: Sequence[float], start: int, indexed: bool) -> tuple[float, ...]:
    """The values in per cent of their mean before the start; empty where that is nothing to measure by."""
    if not indexed:
        return tuple(values)
    mean = fmean(values[:start]) if start else 0.0
    return tuple(100 * value / mean for value in values) if mean > 0 else ()
