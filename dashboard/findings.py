"""What may be claimed about a series: its change between two figures, or why there is none to claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import inf

from dashboard.choices import Measure, breaks_of, is_balance, is_rate
from dashboard.labels import scale_of
from dashboard.metadata import Indicator, Metadata
from dashboard.protection import provider_of
from dashboard.series import Point, Series, as_shown, break_between, rounding_error, rounding_error_shown
from dashboard.view import View

FEWEST = 100  # persons or contacts: a percentage of fewer is chance, and in a register rounded to 5 partly rounding
ROUNDINGS = 10  # a percentage is of at least so many times what rounding may do: 350 where eight districts are summed


@dataclass(frozen=True)
class Finding:
    """A series between its first and its newest figure; ``change`` is None where none may be claimed.

    ``unchanged`` says that the change is within rounding or, then ``revisable`` too, no larger than the series' newest
    figures are usually revised. ``of_body`` says that a counselling body counted it. ``indicator`` has the breaks of
    what is shown, a denominator's included. Of an index, ``first`` is its base. ``least`` is how large a count must be
    for a percentage of it to say something; 0 for what is no count.
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
    least: float = 0

    @property
    def change(self) -> float | None:
        if self.broken or self.incomplete or self.first is self.last:
            return None
        return value_of(self.last) - value_of(self.first)

    @property
    def percent(self) -> float | None:
        """The change in percent; None for rates and balances, where a figure is not above zero, and of ``small``
        counts."""
        if self.measure not in ("number", "index") or is_rate(self.indicator) or is_balance(self.series.breakdown):
            return None
        if self.change is None or value_of(self.first) <= 0 or value_of(self.last) < 0 or self.small:
            return None
        return (value_of(self.last) / value_of(self.first) - 1) * 100

    @property
    def base(self) -> float:
        """The count that a change in percent is of, also behind a figure that was worked out."""
        if self.measure == "change":
            fallen_to_none = value_of(self.last) <= -100  # which leaves nothing to work the earlier count out from
            return self.least if fallen_to_none else (self.last.counted or 0) / (1 + value_of(self.last) / 100)
        return value_of(self.first) if self.measure == "number" else self.first.counted or 0

    @property
    def small(self) -> bool:
        """Whether a percentage would be of too few; of a body's contacts both counts must be large enough."""
        newest = value_of(self.last) if self.measure == "number" else self.last.counted or 0
        return (min(self.base, newest) if self.of_body else self.base) < self.least


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
        least=_least(series, indicator, first, last, view, metadata),
    )


def _least(series: Series, indicator: Indicator, first: Point, last: Point, view: View, metadata: Metadata) -> float:
    """How large a count must be for a percentage of it; 0 where nothing is counted or no percentage is made."""
    uncounted = is_rate(indicator) or is_balance(series.breakdown) or metadata.units[indicator.unit].suffix
    if uncounted or view.measure in ("share", "per1000"):
        return 0
    return max(FEWEST, ROUNDINGS * rounding_error(series, indicator, metadata, first.end, last.end))


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


def raw_percent(finding: Finding) -> float:
    """The change in percent as it would be written if the count were not too small for one; endless from nothing."""
    if finding.measure == "index":
        return value_of(finding.last) - 100
    if finding.base <= 0:
        return inf if value_of(finding.last) > 0 else 0.0
    return (value_of(finding.last) / finding.base - 1) * 100


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
