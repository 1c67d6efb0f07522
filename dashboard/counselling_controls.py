"""The widgets of the page Beratung. The address is the state: widgets are set from it, and a change rewrites it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.choices import SERIES_CHARTS, measures_of, periods_of
from dashboard.controls import plain
from dashboard.counselling import (
    LENGTHS,
    MEASURES,
    MONTHS,
    OFFICES,
    QUARTERS,
    WHOLE,
    YEARS,
    Scope,
    Scopes,
    bodies_of,
    body_of,
    choose,
    lengths_of,
    page_params,
    read_page,
    split_of,
    splits_of,
    with_length,
)
from dashboard.labels import own_label
from dashboard.metadata import REGION_SUM, Indicator, Metadata
from dashboard.page import Page, go_to_address
from dashboard.text import text
from dashboard.view import Note, View, bounds

BODY, SPLIT, REGION, LENGTH = "w_body", "w_split", "w_region", "w_length"
FEW_CODES = 6  # so many lines are read beside each other without a choice
MEASURE, CHART, RANGE, CODES = "w_counselling_measure", "w_counselling_chart", "w_counselling_range", "w_codes"
SPLIT_NAMES = {
    "kind": "counselling_page.by_kind",
    "group": "counselling_page.by_group",
    "origin": "counselling_page.by_origin",
    "topic": "counselling_page.by_topic",
    "channel": "counselling_page.by_channel",
    OFFICES: "counselling_page.by_office",
    WHOLE: "counselling_page.by_nothing",
}
LENGTH_NAMES = {
    YEARS: "counselling_page.years",
    QUARTERS: "counselling_page.quarters",
    MONTHS: "counselling_page.months",
}


@dataclass(frozen=True)
class Counted:
    """The page with what its state of the data has."""

    page: Page
    scopes: Scopes

    @property
    def view(self) -> View:
        return self.page.view

    @property
    def metadata(self) -> Metadata:
        return self.page.metadata

    @property
    def indicator(self) -> Indicator:
        return self.metadata.indicators[self.view.indicators[0]]

    @property
    def body(self) -> str:
        return body_of(self.view.breakdowns[0])

    @property
    def scope(self) -> Scope:
        return self.scopes[self.view.indicators[0], self.body]


def split_by(counted: Counted) -> None:
    """The body, where there are several, and by what its contacts are told apart."""
    lang, metadata = counted.page.lang, counted.metadata
    bodies = bodies_of(counted.scopes)
    if len(bodies) > 1:
        _keep(BODY, counted.body)
        st.selectbox(
            text(lang, "counselling_page.body"),
            bodies,
            format_func=lambda body: metadata.providers[body].name.to(lang),
            key=BODY,
            on_change=_changed,
            args=(counted, BODY, lambda view, value: choose(view, counted.scopes, body=value)),
        )
    _pills(
        counted,
        SPLIT,
        text(lang, "counselling_page.split"),
        splits_of(counted.scopes, counted.body),
        split_of(counted.view),
        lambda split: text(lang, SPLIT_NAMES[split]),
        lambda view, value: choose(view, counted.scopes, split=value),
    )


def where_and_how(counted: Counted) -> None:
    """Region, length of period, codes, measure, form and range: what changes the drawing, not the subject."""
    view, lang = counted.view, counted.page.lang
    if split_of(view) != OFFICES:
        _pills(
            counted,
            REGION,
            text(lang, "counselling_page.region"),
            counted.scope.regions,
            view.regions[0],
            lambda region: _place(region, counted),
            lambda view, value: replace(view, regions=(value,)),
        )
    _pills(
        counted,
        LENGTH,
        text(lang, "counselling_page.length"),
        lengths_of(counted.scopes, counted.body, split_of(view)),
        view.indicators[0],
        lambda length: text(lang, LENGTH_NAMES[length]),
        lambda view, value: with_length(view, value, counted.scopes),
    )
    _codes(counted)
    possible = measures_of(counted.indicator, view.breakdowns, counted.metadata)
    _pills(
        counted,
        MEASURE,
        text(lang, "explore.measure"),
        [m for m in possible if m in MEASURES],
        view.measure,
        lambda measure: text(lang, f"measures.{measure}"),
        lambda view, value: replace(view, measure=value),
    )
    _pills(
        counted,
        CHART,
        text(lang, "explore.chart"),
        SERIES_CHARTS,
        view.chart,
        lambda chart: text(lang, f"charts.{chart}"),
        lambda view, value: replace(view, chart=value),
    )
    _range(counted)


def _pills(
    counted: Counted,
    key: str,
    label: str,
    options: Sequence[str],
    value: str,
    named: Callable[[str], str],
    changed: Callable[[View, Any], View],
) -> None:
    """One of several, nothing where there is no choice."""
    if len(options) < 2:
        return
    _keep(key, value)
    st.pills(
        label,
        options,
        format_func=lambda option: plain(named(option)),
        key=key,
        required=True,
        wrap=True,
        on_change=_changed,
        args=(counted, key, changed),
    )


def _codes(counted: Counted) -> None:
    """Which codes of the dimension are shown, where there are so many that lines crowd."""
    view, lang = counted.view, counted.page.lang
    offered = counted.scope.breakdowns[WHOLE if split_of(view) == OFFICES else split_of(view)]
    if len(offered) <= FEW_CODES and view.breakdowns == offered:
        return
    _keep(CODES, list(view.breakdowns))
    st.multiselect(
        text(lang, "counselling_page.codes"),
        offered,
        format_func=lambda breakdown: own_label(breakdown, offered, counted.indicator, counted.metadata, lang),
        key=CODES,
        placeholder=text(lang, "explore.breakdowns_placeholder"),
        wrap=True,
        on_change=_changed,
        # without any the chart would be empty: all of them
        args=(counted, CODES, lambda view, value: replace(view, breakdowns=tuple(value) or offered)),
    )


def _range(counted: Counted) -> None:
    view, lang = counted.view, counted.page.lang
    forms = list(periods := periods_of([counted.indicator]))
    if len(forms) < 2:
        return
    _keep(RANGE, bounds(view, periods))
    st.select_slider(
        text(lang, "explore.range"),
        forms,
        value=(forms[0], forms[-1]),  # only this makes it a slider of two ends; the state set above counts
        format_func=lambda form: formats.short_period(form, lang),
        key=RANGE,
        on_change=_changed,
        args=(
            counted,
            RANGE,
            lambda view, value: replace(
                view,
                start=None if value[0] == forms[0] else value[0],
                end=None if value[1] == forms[-1] else value[1],
            ),
        ),
    )


def _place(region: str, counted: Counted) -> str:
    lang = counted.page.lang
    if region == REGION_SUM:
        return text(lang, "counselling_page.all_offices")
    return counted.metadata.regions[region].short.to(lang)


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _changed(counted: Counted, key: str, changed: Callable[[View, Any], View]) -> None:
    """Rewrites the address. It starts from the address of now: two widgets may have changed before this run."""
    metadata, scopes = counted.metadata, counted.scopes
    before, _ = read_page(st.query_params.to_dict(), metadata, scopes)
    wanted = changed(before, st.session_state[key])
    view, notes = read_page(page_params(wanted, metadata, scopes), metadata, scopes)
    if key != LENGTH and LENGTHS.index(view.indicators[0]) != LENGTHS.index(before.indicators[0]):
        shown = text(view.lang, LENGTH_NAMES[view.indicators[0]])
        notes = (*notes, Note("counselling_page.note_length", (("value", shown),)))
    go_to_address(page_params(view, metadata, scopes), notes)
