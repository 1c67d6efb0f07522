"""What may be claimed about a series: its change between two figures, or why there is none to claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dashboard.choices import Measure, breaks_of, is_balance, is_rate
from dashboard.labels import scale_of
from dashboard.metadata import Indicator, Metadata
from dashboard.protection import provider_of
from dashboard.series import Point, Series, as_shown, break_between, rounding_error, rounding_error_shown
from dashboard.view import View

FEWEST = 50  # contacts


@dataclass(frozen=True)
class Finding:
    """A series between its first and its newest figure; ``change`` is None where none may be claimed.

    ``unchanged`` says that the change is within rounding or, then ``revisable`` too, no larger than the series' newest
    figures are usually revised. ``of_body`` says that a counselling body counted it. ``indicator`` has the breaks of
    what is shown, a denominator's included. Of an index, ``first`` is its base.
    """

    series: Series
    indicator: Indicator
    measure: Measure
    first: Point
    last: Point
    broken: date | None
    incomplete: bool
    unchanged: bool
    of_body: bool
    revisable: bool = False

    @property
    def change(self) -> float | None:
        if self.broken or self.incomplete or self.first is self.last:
            return None
        return value_of(self.last) - value_of(self.first)

    @property
    def percent(self) -> float | None:
        """The change in percent; None for rates and balances, where a figure is not above zero, and of a body's counts
        below ``FEWEST``: a percentage of so few is chance."""
        if self.measure not in ("number", "index") or is_rate(self.indicator) or is_balance(self.series.breakdown):
            return None
        if self.change is None or value_of(self.first) <= 0 or value_of(self.last) < 0:
            return None
        if self.of_body and min(value_of(self.first), value_of(self.last)) < FEWEST:
            return None
        return (value_of(self.last) / value_of(self.first) - 1) * 100


def finding_of(series: Series, view: View, metadata: Metadata) -> Finding:
    indicator = metadata.indicators[series.indicator]
    indicator = replace(indicator, breaks=breaks_of(indicator, view.measure, metadata))
    last = series.valued[-1]
    first = _base(series) if view.measure == "index" else _beginning(series)
    rounded = _is_unchanged(series, indicator, first, last, view, metadata)
    revisable = not rounded and _is_noise(series, indicator, first, last, view)
    return Finding(
        series=series,
        indicator=indicator,
        measure=view.measure,
        first=first,
        last=last,
        broken=break_between(series, indicator, first.end, last.end),
        incomplete="limited" in (first.status, last.status),
        unchanged=rounded or revisable,
        of_body=provider_of(series.breakdown, metadata) is not None,
        revisable=revisable,
    )


def _is_unchanged(
    series: Series, indicator: Indicator, first: Point, last: Point, view: View, metadata: Metadata
) -> bool:
    """Whether two figures differ by no more than rounding allows; a figure that is a change, from nothing."""
    scale = scale_of(indicator, view.measure, metadata, view.lang)
    if view.measure == "change":
        change = 0.0 if is_rate(indicator) else _change_of_year(indicator, last)
        error = rounding_error(series, indicator, metadata, last.end, last.end)
        return round(value_of(last), scale.decimals) == 0 or (round(abs(change), 6) <= error and error > 0)
    if first is last:
        return False
    change = value_of(last) - value_of(first)
    error = rounding_error_shown(series, indicator, metadata, view.measure, first, last)
    return round(abs(change) - error, 6) <= 0 or (
        _is_worked_out(indicator, view) and round(change, scale.decimals) == 0
    )


def _is_noise(series: Series, indicator: Indicator, first: Point, last: Point, view: View) -> bool:
    """Whether two figures differ by no more than the newest figures of the series are usually revised; a figure that is
    a change, from nothing."""
    if not series.noise:
        return False
    if view.measure == "change":
        return abs(_change_of_year(indicator, last)) <= series.noise
    change = abs(value_of(last) - value_of(first))
    return first is not last and round(change - as_shown(series.noise, view.measure, first, last), 6) <= 0


def _change_of_year(indicator: Indicator, last: Point) -> float:
    """The change in the published unit behind a figure that is itself the change on the year before."""
    if is_rate(indicator):
        return value_of(last)
    earlier = (last.counted or 0) / (1 + value_of(last) / 100) if value_of(last) > -100 else 0
    return (last.counted or 0) - earlier


def _is_worked_out(indicator: Indicator, view: View) -> bool:
    """Whether a value has more decimals than are written, so that a change may vanish in writing."""
    return view.measure != "number" or is_rate(indicator)


def until(series: Series, period: str) -> Series:
    """The series up to a period that it has."""
    end = next(p.end for p in series.known if p.period == period)
    return replace(series, points=tuple(p for p in series.points if p.end <= end))


def claimed_percent(finding: Finding) -> float:
    """The change to rank by: one inside rounding is none, however large it looks on a small count."""
    return 0.0 if finding.unchanged or finding.percent is None else finding.percent


def claimed_figure(finding: Finding) -> float:
    """The figure to rank by, likewise."""
    if finding.unchanged and finding.measure in ("index", "change"):
        return 100.0 if finding.measure == "index" else 0.0
    return value_of(finding.last)


def _beginning(series: Series) -> Point:
    """The first figure that compares with the newest: where there are several a year, one of the same time of year,
    because seasons are no development."""
    points = series.valued
    last = points[-1]
    if len({p.end.year for p in points}) == len(points):
        return points[0]
    return next(p for p in points if p.end.month == last.end.month)


def _base(series: Series) -> Point:
    """The point in which an index stands at 100."""
    return next((p for p in series.valued if p.value == 100), series.valued[0])


def value_of(point: Point) -> float:
    return point.value if point.value is not None else 0.0
