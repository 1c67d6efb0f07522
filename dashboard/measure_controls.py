"""The widgets of the page Massnahmen. The address is the state: widgets are set from it, and a change rewrites it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.controls import plain
from dashboard.labels import breakdown_label, is_whole
from dashboard.measure_page import MOST_OTHERS, Chosen, measure_params, others_offered, statuses
from dashboard.metadata import REGION_SUM, Metadata, qualified
from dashboard.page import Page, go_to_address
from dashboard.registers import Moved
from dashboard.text import text
from dashboard.view import View

MEASURE, STATUS, SERIES = "w_measure_chosen", "w_measure_status", "w_measure_series"
REGION, OTHERS = "w_measure_region", "w_measure_others"


def filter_list(page: Page, chosen: Chosen) -> None:
    """Which measures the list shows, by status; nothing where all have the same."""
    lang, offered = page.lang, statuses(page.metadata)
    if len(offered) < 2:
        return
    _keep(STATUS, chosen.status)
    with st.container(key="noprint_measure_status"):
        st.pills(
            text(lang, "measures_page.filter"),
            ["", *offered],
            format_func=lambda s: plain(text(lang, f"measures_page.status.{s}" if s else "measures_page.all")),
            key=STATUS,
            required=True,
            wrap=True,
            on_change=_changed,
            args=(chosen, STATUS, lambda c, value: replace(c, status=value)),
        )


def choose_measure(page: Page, chosen: Chosen) -> None:
    """Which measure is looked at; another one brings its own series, area and districts."""
    lang, measures = page.lang, page.metadata.registers.measures
    with st.container(key="noprint_measure"):
        _select(
            chosen,
            MEASURE,
            text(lang, "measures_page.choose"),
            list(measures),
            chosen.measure.id,
            lambda m: measures[m].name.to(lang),
            lambda c, value: replace(
                c, measure=measures[value], held=(), series=None, offered=(), others=(), usual_others=()
            ),
        )


def choose_series(page: Page, chosen: Chosen) -> None:
    """Which of the measure's series, where, and beside which districts."""
    lang, metadata = page.lang, page.metadata
    series = chosen.series
    if series is None:
        return
    places = {_key(one): one for one in chosen.held}
    with st.container(key="noprint_measure_series", gap="small"):
        _select(
            chosen,
            SERIES,
            text(lang, "measures_page.series"),
            list(places),
            _key(series),
            lambda key: series_name(places[key], metadata, chosen.view),
            lambda c, value: replace(c, series=places[value]),
        )
        _select(
            chosen,
            REGION,
            text(lang, "measures_page.region"),
            chosen.offered,
            chosen.region,
            lambda region: metadata.regions[region].short.to(lang),
            lambda c, value: replace(c, view=replace(c.view, regions=(value,))),
        )
        offered = others_offered(chosen.measure, metadata.indicators[series.indicator], metadata)
        if offered and chosen.region != REGION_SUM:
            _keep(OTHERS, list(chosen.others))
            st.multiselect(
                text(lang, "measures_page.others"),
                offered,
                format_func=lambda region: metadata.regions[region].short.to(lang),
                key=OTHERS,
                max_selections=MOST_OTHERS,
                placeholder=text(lang, "measures_page.others_placeholder"),
                wrap=True,
                on_change=_changed,
                args=(chosen, OTHERS, lambda c, value: replace(c, others=tuple(value))),
            )


def series_name(series: Moved, metadata: Metadata, view: View) -> str:
    """The indicator's title with the part that is meant."""
    indicator = metadata.indicators[series.indicator]
    title = indicator.title.to(view.lang)
    if is_whole(series.breakdown, indicator):
        return title
    return qualified(title, breakdown_label(series.breakdown, indicator, metadata, view.lang))


def _select(
    chosen: Chosen,
    key: str,
    label: str,
    options: Sequence[str],
    value: str,
    named: Callable[[str], str],
    changed: Callable[[Chosen, Any], Chosen],
) -> None:
    """One of several, nothing where there is no choice."""
    if len(options) < 2:
        return
    _keep(key, value)
    st.selectbox(label, options, format_func=named, key=key, on_change=_changed, args=(chosen, key, changed))


def _changed(chosen: Chosen, key: str, changed: Callable[[Chosen, Any], Chosen]) -> None:
    found = changed(chosen, st.session_state[key])
    go_to_address(measure_params(found, found.view))


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _key(series: Moved) -> str:
    return f"{series.indicator} {series.breakdown}"
