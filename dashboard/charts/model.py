"""What a chart needs to know, worked out once from figures and metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from math import floor, log10
from textwrap import wrap

import polars as pl

from dashboard import formats
from dashboard.breakdowns import places_in_order
from dashboard.charts.palette import PALETTES, Palette, Style, Theme, styles
from dashboard.choices import SHORTEST, breaks_of, one_a_year
from dashboard.events import are_numbered, events_legend, shown_events
from dashboard.labels import Scale, scale_of
from dashboard.metadata import Event, Lang, Metadata
from dashboard.periods import later
from dashboard.protection import is_invented
from dashboard.series import Point, Series, series_of
from dashboard.text import text
from dashboard.view import View

SMALLEST_SPAN = 1e-9  # below it an axis would have no round steps
A_YEAR = 12  # months
MISSING = "missing"  # the status of a point that only keeps a line from running across a gap
FOOTER_WIDTH = 46  # characters of the footer's lines: the width of a phone


@dataclass(frozen=True)
class BreakMark:
    """A break to draw: where the new footing begins, and its short name."""

    at: date
    label: str


@dataclass(frozen=True)
class Axis:
    """The value axis: its ends and its round ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def from_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class ChartModel:
    """Series with their styles, the scale they are written in, breaks, footer lines and the ground's palette.

    ``notice`` must stand inside every picture of the figures: that they are invented. Empty for all others.
    ``events`` are context for charts over time, in order. ``order`` is the place of each series among the others where
    they have an order of their own; empty where their size may order them.
    """

    series: tuple[Series, ...]
    styles: tuple[Style, ...]
    scale: Scale
    breaks: tuple[BreakMark, ...]
    footer: tuple[str, ...]
    palette: Palette
    lang: Lang
    annual: bool
    notice: str = ""
    events: tuple[Event, ...] = ()
    order: tuple[int, ...] = ()

    @property
    def behind(self) -> str:
        """What follows a figure on the axis: the sign for per cent. Longer signs stand in the subtitle only."""
        return formats.with_suffix("", "%", self.lang) if self.scale.suffix == "%" else ""

    @property
    def values(self) -> list[float]:
        return [p.value for s in self.series for p in s.points if p.value is not None]


def chart_model(figures: pl.DataFrame, view: View, metadata: Metadata, theme: Theme, footer: str = "") -> ChartModel:
    """The model of a frame of ``queries.view_figures``; ``footer`` is the source line inside the chart, before
    which the names of numbered events stand."""
    palette = PALETTES[theme]
    series = tuple(
        _in_segments(_with_gaps(s), _break_days(s, view, metadata)) for s in series_of(figures, view, metadata)
    )
    first = metadata.indicators[view.indicators[0]]
    ends = [p.end for s in series for p in s.points]
    events = shown_events(view, metadata, min(ends), max(ends)) if ends else ()
    legend = events_legend(events, view.lang) if are_numbered(events, view.chart) else ""
    return ChartModel(
        series=series,
        styles=styles(series, metadata, palette),
        scale=scale_of(first, view.measure, metadata, view.lang),
        breaks=_breaks(series, view, metadata, min(ends), max(ends)) if ends else (),
        footer=tuple(footer_lines(f"{legend} {footer}".strip(), FOOTER_WIDTH)),
        palette=palette,
        lang=view.lang,
        annual=one_a_year(first),
        notice=text(view.lang, "invented.notice") if is_invented(figures, metadata) else "",
        events=events,
        order=places_in_order([s.breakdown for s in series], metadata.dimensions),
    )


def value_axis(values: Sequence[float], *, zero: bool = False, steps: int = 5) -> Axis:
    """An axis with round ticks that holds all values.

    It begins at zero unless the values are far from it (all above half of the largest), where a line would be
    flat; ``zero`` forces it, as bars need. Without values there is nothing to measure: only zero is named.
    """
    if not values:
        return Axis(0.0, 1.0, (0.0,))
    low, high = min(values), max(values)
    if zero or 0 <= low < high / 2 or high - low < SMALLEST_SPAN:
        low = min(low, 0.0)
    if zero or high / 2 < low <= high < 0:
        high = max(high, 0.0)
    if high - low < SMALLEST_SPAN:
        high = low + 1
    step = _round_step((high - low) / steps)
    first, last = floor(low / step), -floor(-high / step)
    ticks = tuple(round(n * step, 10) for n in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def line_axis(model: ChartModel) -> Axis:
    """The value axis of lines: from zero where there are so few periods that a steep line would tell a development."""
    ends = {p.end for s in model.series for p in s.valued}
    return value_axis(model.values, zero=len(ends) < SHORTEST)


def milliseconds(day: date) -> int:
    """A day as Vega counts time, in UTC, so that no reader's time zone moves it."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def is_hollow(point: Point) -> bool:
    """Whether a point is drawn hollow: its figure is not final or not complete."""
    return point.status in formats.MARKED


def label_lines(label: str, width: int = 15) -> list[str]:
    """A whole label on short lines, so that it fits beside a chart on a phone."""
    return wrap(label, width, break_long_words=False)


def footer_lines(said: str, width: int) -> list[str]:
    """A source line on lines of ``width`` characters. Names such as GeoBasis-DE stay whole."""
    return wrap(said, width, break_on_hyphens=False, break_long_words=False)


def figure_text(point: Point, model: ChartModel) -> str:
    """A point's figure in words, as tables write it."""
    scale = model.scale
    if scale.signed and point.value is not None:
        return formats.with_suffix(formats.signed(point.value, scale.decimals, model.lang), scale.suffix, model.lang)
    return formats.figure(point.value, point.status, scale.decimals, scale.suffix, model.lang)


def _with_gaps(series: Series) -> Series:
    """The series with an empty point for each year, quarter or month that is missing: no line runs across it."""
    step = _step(series.points)
    filled: list[Point] = []
    for point in series.points:
        if step == A_YEAR and filled and point.end.year - filled[-1].end.year > 1:
            missing = date(filled[-1].end.year + 1, 12, 31)
            filled.append(Point(missing, str(missing.year), None, MISSING))
        while step < A_YEAR and filled and _months(filled[-1].end, point.end) > step:
            end, period = later(filled[-1].period, filled[-1].end, step)
            filled.append(Point(end, period, None, MISSING))
        filled.append(point)
    return replace(series, points=tuple(filled))


def _step(points: Sequence[Point]) -> int:
    """The months from one figure to the next: the shortest that occurs, at most a year."""
    return min([A_YEAR, *(max(1, _months(a.end, b.end)) for a, b in pairwise(points))])


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _in_segments(series: Series, breaks: Sequence[date]) -> Series:
    """The series cut at its breaks: figures of different footings are not joined by a line."""
    cut = (replace(p, segment=sum(day <= p.end for day in breaks)) for p in series.points)
    return replace(series, points=tuple(cut))


def _break_days(series: Series, view: View, metadata: Metadata) -> list[date]:
    breaks = breaks_of(metadata.indicators[series.indicator], view.measure, metadata)
    return [b.at for b in breaks if b.source == series.source]


def _breaks(series: Sequence[Series], view: View, metadata: Metadata, first: date, last: date) -> tuple[BreakMark, ...]:
    """The breaks inside the range, those of denominators too, one for each day."""
    days = {day for s in series for day in _break_days(s, view, metadata)}
    return tuple(
        BreakMark(day, text(view.lang, "charts.break", year=day.year)) for day in sorted(days) if first < day <= last
    )


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten that is not smaller."""
    power = 10.0 ** floor(log10(rough))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * 0.999999)
