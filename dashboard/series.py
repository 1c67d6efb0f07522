"""Figures as series of points: what charts draw and headlines read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt

import polars as pl

from dashboard import formats
from dashboard.choices import Measure, breakdowns_of
from dashboard.labels import own_label
from dashboard.metadata import REGION_SUM, Indicator, Lang, Metadata
from dashboard.protection import PROTECTED, provider_of, shown_status
from dashboard.view import View

_COLUMNS = ["indicator", "region", "breakdown", "source", "period_end", "period", "value", "status", "counted"]
_COLUMNS += ["revised_by"]


@dataclass(frozen=True)
class Point:
    """One figure of a series; ``value`` None was not published or cannot be worked out (status says why).

    ``counted`` is the published figure behind a value that was worked out; ``segment`` counts the breaks before it.
    """

    end: date
    period: str
    value: float | None
    status: str
    counted: float | None = None
    segment: int = 0


@dataclass(frozen=True)
class Series:
    """The figures of one indicator, region and breakdown in order of time; ``label`` says what is its own.

    ``noise`` is by how much its newest figures are usually revised, in the published unit; 0 where nothing is known.
    """

    indicator: str
    region: str
    breakdown: str
    source: str
    label: str
    points: tuple[Point, ...]
    noise: float = 0

    @property
    def valued(self) -> tuple[Point, ...]:
        return tuple(p for p in self.points if p.value is not None)

    @property
    def known(self) -> tuple[Point, ...]:
        """The points with a figure, published or kept secret."""
        return tuple(p for p in self.points if p.value is not None or p.status == PROTECTED)

    @property
    def ends_secret(self) -> bool:
        """Whether the newest figure is kept secret, so that the one before it is no news."""
        return self.known[-1:] != () and self.known[-1].status == PROTECTED


def series_of(figures: pl.DataFrame, view: View, metadata: Metadata) -> tuple[Series, ...]:
    """The series of a frame of ``queries.view_figures``, in its order."""
    grouped: dict[tuple[str, str, str, str], list[Point]] = {}
    noise: dict[tuple[str, str, str, str], float] = {}
    for *key, end, period, value, status, counted, revised_by in figures.select(_COLUMNS).iter_rows():
        indicator, region, breakdown, source = key
        point = Point(end, period, value, shown_status(status, breakdown, metadata), counted)
        grouped.setdefault((indicator, region, breakdown, source), []).append(point)
        noise[indicator, region, breakdown, source] = revised_by or 0
    return tuple(
        Series(*key, _label(key, grouped, view, metadata), tuple(points), noise[key]) for key, points in grouped.items()
    )


def _label(
    key: tuple[str, str, str, str],
    among: dict[tuple[str, str, str, str], list[Point]],
    view: View,
    metadata: Metadata,
) -> str:
    """The parts of a series' name in which it differs from the others; its region if it is alone."""
    indicator, region, breakdown, _ = key
    parts = []
    if len({k[0] for k in among}) > 1:
        parts.append(metadata.indicators[indicator].title.to(view.lang))
    if len({k[1] for k in among}) > 1:
        parts.append(metadata.regions[region].short.to(view.lang))
    if len({k[2] for k in among if k[0] == indicator}) > 1:
        found = metadata.indicators[indicator]
        parts.append(own_label(breakdown, breakdowns_of(found, view.breakdowns), found, metadata, view.lang))
    return ", ".join(parts) or metadata.regions[region].short.to(view.lang)


def break_between(series: Series, indicator: Indicator, start: date, end: date) -> date | None:
    """The first break of the series after ``start`` and up to ``end``; None if its figures compare."""
    return min((b.at for b in indicator.breaks if b.source == series.source and start < b.at <= end), default=None)


def break_name(at: date, indicator: Indicator, lang: Lang) -> str:
    """When a break happened, as exactly as the indicator counts time: a year for figures of years, else the day."""
    return str(at.year) if indicator.period_kind in ("year", "annual_average") else formats.day(at, lang)


def rounding_error(series: Series, indicator: Indicator, metadata: Metadata, start: date, end: date) -> float:
    """Changes of a count up to this size may be nothing but rounding; 0 where figures are exact.

    A count rounded to multiples of ``base`` is off by at most ``base // 2`` (2 for 5, 1 for 3), a sum of n of them by
    n times as much, and the difference of two such sums by twice that. Published figures move in whole steps, so the
    worst case is rounded up to one: 5 for a district, 35 for the sum of eight, both with base 5. A figure that was
    itself added up from many cells never meets the worst case: there it is twice the standard deviation.
    A counselling body rounds each of its figures, sums too, once: they are off by less than a step.
    """
    body = provider_of(series.breakdown, metadata)
    if body and body.round_to:
        return body.round_to
    rounding = indicator.rounding
    if rounding is None or end.year < rounding.since:
        return 0
    cells = rounding.cells * (len(metadata.members) if series.region == REGION_SUM else 1)
    if rounding.cells == 1:
        error: float = 2 * (rounding.base // 2) * cells
    else:
        error = 2 * sqrt(2 * cells * (rounding.base**2 - 1) / 12)
    return ceil(error / rounding.base) * rounding.base


def rounding_error_shown(
    series: Series, indicator: Indicator, metadata: Metadata, measure: Measure, first: Point, last: Point
) -> float:
    """``rounding_error`` in the unit of the values."""
    return as_shown(rounding_error(series, indicator, metadata, first.end, last.end), measure, first, last)


def as_shown(error: float, measure: Measure, first: Point, last: Point) -> float:
    """An error of counts in the unit of the values: an index or a rate moves in proportion to the count behind it."""
    if measure not in ("share", "per1000", "index"):
        return error
    return error * max((p.value / p.counted for p in (first, last) if p.value and p.counted), default=0)
