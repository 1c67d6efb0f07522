"""The map's widgets. The address is the state: widgets are set from it, and a change rewrites it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.choices import Measure, breakdowns_of, measures_of, periods_of
from dashboard.controls import by_theme, plain, themed
from dashboard.labels import breakdown_label
from dashboard.map_figures import LAND, MapFigures, land_districts
from dashboard.metadata import REGION_SUM, Indicator, Metadata
from dashboard.page import Page, go_to_address
from dashboard.text import text
from dashboard.view import Note, View, read, to_params

INDICATOR, BREAKDOWN, MEASURE = "w_map_indicator", "w_map_breakdown", "w_map_measure"
AREA, YEAR, SINCE = "w_map_area", "w_map_year", "w_map_since"
NEAR, WIDE = "near", "wide"
YEAR_BEFORE = ""  # the choice of no period of comparison
CHART = "map"


def read_map(params: Mapping[str, str], metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The view of the page's address, which has no form but the map; another one leaves a note."""
    view, notes = read({**params, "chart": CHART}, metadata)
    other = params.get("chart", "").strip() not in ("", CHART)
    return view, (*((Note("map.note_chart"),) if other else ()), *notes)


def map_params(view: View, metadata: Metadata) -> dict[str, str]:
    """The page's address of a view."""
    return {key: value for key, value in to_params(replace(view, chart="map"), metadata).items() if key != "chart"}


def what(page: Page, found: MapFigures) -> None:
    """Indicator, breakdown, measure and area."""
    view, metadata, lang = page.view, page.metadata, page.lang
    first = metadata.indicators[view.indicators[0]]
    _keep(INDICATOR, first.id)
    st.selectbox(
        text(lang, "explore.indicator"),
        by_theme(i for i in metadata.indicators.values() if i.id == first.id or _has_districts(i, metadata)),
        format_func=lambda i: themed(metadata.indicators[i], lang),
        key=INDICATOR,
        on_change=_changed,
        args=(page, INDICATOR, _with_indicator(metadata)),
    )
    if len(first.breakdowns) > 1:
        _keep(BREAKDOWN, found.view.breakdowns[0])
        st.selectbox(
            text(lang, "map.breakdown"),
            first.breakdowns,
            format_func=lambda b: breakdown_label(b, first, metadata, lang),
            key=BREAKDOWN,
            on_change=_changed,
            args=(page, BREAKDOWN, lambda v, value: replace(v, breakdowns=(value,))),
        )
    _keep(MEASURE, found.view.measure)
    st.pills(
        text(lang, "explore.measure"),
        [m for m in measures_of(first, found.view.breakdowns, metadata) if m != "index"],
        format_func=lambda m: plain(text(lang, f"measures.{m}")),
        key=MEASURE,
        required=True,
        wrap=True,
        on_change=_changed,
        args=(page, MEASURE, _with_measure),
    )
    _keep(AREA, WIDE if found.wide else NEAR)
    st.radio(
        text(lang, "map.area"),
        [NEAR, WIDE],
        format_func=lambda area: text(lang, f"map.{area}"),
        key=AREA,
        on_change=_changed,
        args=(page, AREA, _with_area(metadata)),
    )


def when(page: Page, found: MapFigures) -> None:
    """The period, and of a change the one that it counts from."""
    lang = page.lang
    if len(found.offered) > 1 and found.form:
        _keep(YEAR, found.form)
        st.select_slider(
            text(lang, "map.year"),
            list(found.offered),
            format_func=lambda form: formats.short_period(form, lang),
            key=YEAR,
            on_change=_changed,
            args=(page, YEAR, _with_period(found, page.metadata)),
        )
    if found.view.measure == "change" and found.since:
        _keep(SINCE, found.view.start if found.view.start in found.since else YEAR_BEFORE)
        st.selectbox(
            text(lang, "map.since"),
            [YEAR_BEFORE, *reversed(found.since)],
            format_func=lambda form: formats.period(form, lang) if form else text(lang, "map.year_before"),
            key=SINCE,
            on_change=_changed,
            args=(page, SINCE, lambda v, value: replace(v, start=value or None)),
        )


def _has_districts(indicator: Indicator, metadata: Metadata) -> bool:
    """Whether most of the region's districts have figures: of fewer a map would be mostly empty."""
    return 2 * sum(member in indicator.regions for member in metadata.members) > len(metadata.members)


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _changed(page: Page, key: str, changed: Callable[[View, Any], View]) -> None:
    """Rewrites the address. It starts from the address of now: two widgets may have changed before this run."""
    view, _ = read_map(st.query_params.to_dict(), page.metadata)
    wanted = changed(view, st.session_state[key])
    fitting, notes = read_map(map_params(wanted, page.metadata), page.metadata)
    go_to_address(map_params(fitting, page.metadata), notes)


def _with_indicator(metadata: Metadata) -> Callable[[View, str], View]:
    """A new indicator keeps measure and period where they fit, and the area always."""

    def changed(view: View, value: str) -> View:
        chosen = metadata.indicators[value]
        wide = LAND in view.regions or len([r for r in view.regions if r not in metadata.members]) > 1
        moved = replace(view, indicators=(value,), breakdowns=breakdowns_of(chosen, view.breakdowns))
        return _with_area(metadata)(moved, WIDE if wide else NEAR)

    return changed


def _with_measure(view: View, value: Measure) -> View:
    """Only a change has a period that it counts from."""
    return replace(view, measure=value, start=view.start if value == "change" else None)


def _with_area(metadata: Metadata) -> Callable[[View, str], View]:
    """The Land or the region where they have figures themselves, else their districts that have."""

    def changed(view: View, area: str) -> View:
        indicator = metadata.indicators[view.indicators[0]]
        whole, parts = (LAND, land_districts(metadata)) if area == WIDE else (REGION_SUM, metadata.members)
        regions = (whole,) if whole in indicator.regions else tuple(r for r in parts if r in indicator.regions)
        return replace(view, regions=regions or view.regions)

    return changed


def _with_period(found: MapFigures, metadata: Metadata) -> Callable[[View, str], View]:
    """The newest period is no choice: the link then follows new figures. What came after the new one is no base."""
    periods = periods_of([metadata.indicators[found.view.indicators[0]]])

    def changed(view: View, value: str) -> View:
        end = None if value == found.offered[-1] else value
        start = view.start if view.start in periods and periods[view.start].end < periods[value].end else None
        return replace(view, end=end, start=start)

    return changed
