"""The figures of a map: which districts, which period, and each district's figure or change in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dashboard.choices import breakdowns_of, breaks_of, is_balance, is_rate, periods_of
from dashboard.formats import MARKED
from dashboard.labels import Scale, scale_of
from dashboard.metadata import Indicator, Metadata
from dashboard.periods import Period, year_before
from dashboard.protection import PROTECTED, UNDISCLOSED
from dashboard.queries import shown_indicator, view_figures
from dashboard.series import Point, Series, as_shown, break_between, rounding_error_shown, series_of
from dashboard.store import Store
from dashboard.view import View, range_days

LAND = "03"
NOT_APPLICABLE, BREAK, ABSENT = "not_applicable", "break", "missing"


@dataclass(frozen=True)
class District:
    """A district's figure as the map shows it (``shown``, of a change the change), the one that it is compared with,
    and the change on that one. ``unchanged``: inside rounding or usual revisions."""

    region: str
    series: Series | None
    shown: Point
    now: Point
    earlier: Point
    change: Point
    unchanged: bool


@dataclass(frozen=True)
class MapFigures:
    """The districts of a view in the order of the regions, all in one period.

    ``view`` is what is shown: one indicator, one breakdown, the districts. ``frame`` has their figures, as
    ``queries.view_figures`` gives them; ``offered`` the address forms of the periods that can be shown, ``since``
    those that the newest can be compared with. ``base`` is the period of comparison.
    """

    view: View
    indicator: Indicator
    scale: Scale
    districts: tuple[District, ...]
    frame: pl.DataFrame
    form: str | None
    period: str
    base: str | None
    broken: date | None
    offered: tuple[str, ...]
    since: tuple[str, ...]
    inside: bool
    wide: bool

    @property
    def in_units(self) -> bool:
        return counts_in_units(self.indicator, self.view)


def drawn_view(view: View, metadata: Metadata) -> View:
    """The part of a view that a map can show: its first indicator and breakdown, in all districts of an area.

    The area is the region, or the Land if the view has the Land or one of its other districts. An index has one base
    for each series and no map: it falls back to the figures.
    """
    first = metadata.indicators[view.indicators[0]]
    return replace(
        view,
        indicators=(first.id,),
        breakdowns=breakdowns_of(first, view.breakdowns)[:1],
        regions=districts_of(view, metadata),
        measure="number" if view.measure == "index" else view.measure,
        chart="map",
    )


def districts_of(view: View, metadata: Metadata) -> tuple[str, ...]:
    """Ids of the districts that a view's map shows."""
    land = land_districts(metadata)
    wide = LAND in view.regions or any(r in land and r not in metadata.members for r in view.regions)
    return land if wide else metadata.members


def land_districts(metadata: Metadata) -> tuple[str, ...]:
    return tuple(r.id for r in metadata.regions.values() if r.level == "district" and LAND in r.part_of)


def map_figures(store: Store, metadata: Metadata, view: View) -> MapFigures:
    """The figures of a view's map.

    The period is the newest inside the view's range that most districts have; where none has so many, one with the
    most. A change counts from the view's first period that is at the same time of year; without a first period,
    from the year before.
    """
    shown = drawn_view(view, metadata)
    counted = replace(shown, measure="number") if shown.measure == "change" else shown
    frame = view_figures(store, metadata, replace(counted, start=None, end=None))
    series = {s.region: s for s in series_of(frame, counted, metadata)}
    indicator = metadata.indicators[shown_indicator(shown.indicators[0], shown, metadata)]
    indicator = replace(indicator, breaks=breaks_of(indicator, counted.measure, metadata))
    forms = periods_of([metadata.indicators[shown.indicators[0]]])
    offered = _offered(forms, series, len(shown.regions))
    form, inside = _chosen(offered, forms, shown)
    end = forms[form].end if form else None
    earlier = _comparable(offered, forms, form)
    base_end = _base_end(earlier, forms, shown, end)
    districts = tuple(
        _district(region, series.get(region), end, base_end, indicator, shown, metadata) for region in shown.regions
    )
    breaks = [
        b
        for d in districts
        if d.series and end and base_end
        for b in [break_between(d.series, indicator, base_end, end)]
    ]
    return MapFigures(
        view=shown,
        indicator=indicator,
        scale=_scale(shown, metadata),
        districts=districts,
        frame=_shown_frame(frame, districts, shown, end),
        form=form,
        period=next((d.now.period for d in districts if d.now.period), ""),
        base=next((d.earlier.period for d in districts if d.earlier.period), None),
        broken=min((b for b in breaks if b), default=None),
        offered=offered,
        since=earlier,
        inside=inside,
        wide=len(shown.regions) > len(metadata.members),
    )


def counts_in_units(indicator: Indicator, view: View) -> bool:
    """Whether a change counts in points, or the figure's own unit, and not in percent."""
    return is_rate(indicator) or view.measure in ("share", "per1000") or is_balance(view.breakdowns[0])


def _scale(view: View, metadata: Metadata) -> Scale:
    scale = scale_of(metadata.indicators[view.indicators[0]], view.measure, metadata, view.lang)
    return replace(scale, signed=True) if is_balance(view.breakdowns[0]) and view.measure == "number" else scale


def _offered(forms: Mapping[str, Period], series: Mapping[str, Series], wanted: int) -> tuple[str, ...]:
    """The periods that most of the districts have; if none has so many, those with the most."""
    ends = [p.end for s in series.values() for p in s.known]
    held = {form: ends.count(period.end) for form, period in forms.items()}
    enough = min(wanted // 2 + 1, max(held.values(), default=0))
    return tuple(form for form in forms if enough and held[form] >= enough)


def _chosen(offered: Sequence[str], forms: Mapping[str, Period], view: View) -> tuple[str | None, bool]:
    """The newest offered period of the view's range, and whether there is one; else the nearest before or after."""
    if not offered:
        return None, True
    first, last = range_days(view, forms)
    until = [form for form in offered if forms[form].end <= last]
    chosen = until[-1] if until else offered[0]
    return chosen, bool(until) and forms[chosen].end >= first


def _comparable(offered: Sequence[str], forms: Mapping[str, Period], form: str | None) -> tuple[str, ...]:
    """The offered periods before the shown one at the same time of year: seasons are no development."""
    if form is None:
        return ()
    end = forms[form].end
    return tuple(f for f in offered if forms[f].end < end and forms[f].end.month == end.month)


def _base_end(earlier: Sequence[str], forms: Mapping[str, Period], view: View, end: date | None) -> date | None:
    if view.measure == "change" and view.start:
        first, _ = range_days(view, forms)
        found = next((forms[f].end for f in earlier if forms[f].end >= first), None)
        if found:
            return found
    return year_before(end) if end else None


def _district(
    region: str,
    series: Series | None,
    end: date | None,
    base_end: date | None,
    indicator: Indicator,
    view: View,
    metadata: Metadata,
) -> District:
    now, earlier = _point(series, end), _point(series, base_end)
    change, unchanged = _change(series, now, earlier, indicator, view, metadata)
    shown = change if view.measure == "change" else now
    return District(region, series, shown, now, earlier, change, unchanged)


def _point(series: Series | None, end: date | None) -> Point:
    """The figure of a day; an empty point where the series has none."""
    found = next((p for p in series.points if p.end == end), None) if series else None
    return found or Point(end or date.min, "", None, ABSENT)


def _change(
    series: Series | None, now: Point, earlier: Point, indicator: Indicator, view: View, metadata: Metadata
) -> tuple[Point, bool]:
    """The change between two figures, or why there is none, and whether it is inside rounding or usual revisions."""
    if series is None or now.value is None:
        return replace(now, counted=now.value), False

    def without(status: str) -> tuple[Point, bool]:
        return replace(now, value=None, counted=now.value, status=status), False

    if break_between(series, indicator, earlier.end, now.end):
        return without(BREAK)
    if earlier.value is None:
        return without(PROTECTED if earlier.status == PROTECTED else NOT_APPLICABLE)
    difference = now.value - earlier.value
    in_units = counts_in_units(indicator, view)
    if not in_units and earlier.value <= 0:
        return without(NOT_APPLICABLE)
    counted = "number" if view.measure == "change" else view.measure
    error = max(
        rounding_error_shown(series, indicator, metadata, counted, earlier, now),
        as_shown(series.noise, counted, earlier, now),
    )
    unchanged = round(abs(difference) - error, 6) <= 0
    status = earlier.status if earlier.status in MARKED else now.status
    value = difference if in_units else difference / earlier.value * 100
    return replace(now, value=value, counted=now.value, status=status), unchanged


def _shown_frame(frame: pl.DataFrame, districts: Sequence[District], view: View, end: date | None) -> pl.DataFrame:
    """The rows of the shown period, in the order of the districts; of a change with the change as their value."""
    rows = frame.filter(pl.col("period_end") == pl.lit(end, pl.Date))
    if view.measure != "change":
        return rows
    found = {d.region: d.change for d in districts}
    values = {region: point.value for region, point in found.items()}
    statuses = {r: UNDISCLOSED if p.status == PROTECTED else p.status for r, p in found.items()}
    return rows.with_columns(
        pl.col("region").replace_strict(values, return_dtype=pl.Float64).alias("value"),
        pl.col("region").replace_strict(statuses, return_dtype=pl.String).alias("status"),
    )
