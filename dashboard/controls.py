"""The explorer's widgets. The address is the state: widgets are set from it, and a change rewrites it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.choices import (
    CHARTS,
    MOST_PAIRED,
    PAIRED_CHARTS,
    Chart,
    breakdowns_of,
    companions,
    measures_of,
    periods_of,
)
from dashboard.drawn import Drawing
from dashboard.events import offered_events, shown_events
from dashboard.labels import breakdown_label
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.page import Page, go_to
from dashboard.periods import Period
from dashboard.tables import escaped
from dashboard.text import has_text, text
from dashboard.view import ALL_EVENTS, View, bounds, read, repaired

INDICATOR, MORE, REGIONS, BREAKDOWNS = "w_indicator", "w_more", "w_regions", "w_breakdowns"
MEASURE, CHART, RANGE, EVENTS = "w_measure", "w_chart", "w_range", "w_events"
THEMES = ("population", "immigration", "employment", "unemployment", "qualification", "economy", "counselling")


def what_and_where(page: Page) -> None:
    """Indicator, regions and, where there is a choice, breakdown."""
    view, metadata, lang = page.view, page.metadata, page.lang
    first = metadata.indicators[view.indicators[0]]
    offered = list(dict.fromkeys(b for i in _indicators(page) for b in i.breakdowns))
    _keep(INDICATOR, first.id)
    st.selectbox(
        text(lang, "explore.indicator"),
        by_theme(metadata.indicators.values()),
        format_func=lambda i: themed(metadata.indicators[i], lang),
        key=INDICATOR,
        on_change=_indicator_changed,
        args=(page,),
    )
    _keep(REGIONS, list(view.regions))
    held = [r for r in metadata.regions if any(r in i.regions for i in _indicators(page))]
    st.multiselect(
        text(lang, "explore.regions"),
        held,
        format_func=lambda r: metadata.regions[r].short.to(lang),
        key=REGIONS,
        placeholder=text(lang, "explore.regions_placeholder"),
        wrap=True,
        on_change=_changed,
        args=(page, REGIONS, _with_regions),
    )
    if len(offered) > 1:
        shown = dict.fromkeys(b for i in _indicators(page) for b in breakdowns_of(i, view.breakdowns))
        _keep(BREAKDOWNS, list(shown))
        st.multiselect(
            text(lang, "explore.breakdowns"),
            offered,
            format_func=lambda b: breakdown_label(b, _holder(b, page), metadata, lang),
            key=BREAKDOWNS,
            placeholder=text(lang, "explore.breakdowns_placeholder"),
            wrap=True,
            on_change=_changed,
            args=(page, BREAKDOWNS, _with_breakdowns),
        )


def by_theme(indicators: Iterable[Indicator]) -> list[str]:
    """Ids in the order of the themes' names in the texts, inside a theme in the catalogue's."""
    return [i.id for i in sorted(indicators, key=lambda i: THEMES.index(i.theme) if i.theme in THEMES else len(THEMES))]


def themed(indicator: Indicator, lang: Lang) -> str:
    """``Ausländische Bevölkerung · Bevölkerung``: the theme can be searched for; a narrow field cuts it off first."""
    key, title = f"themes.{indicator.theme}", indicator.title.to(lang)
    return text(lang, "explore.themed", theme=text(lang, key), title=title) if has_text(lang, key) else title


def plain(label: str) -> str:
    """A label in the colour of text.

    Streamlit writes a chosen pill in the primary colour on a tint of it. On a dark ground no colour is readable
    there and under the white words of a tag as well.
    """
    return f":gray[{escaped(label)}]"


def how(page: Page) -> None:
    """Measure, form, period, and further indicators: what changes the drawing, not the subject."""
    view, lang = page.view, page.lang
    _keep(MEASURE, view.measure)
    st.pills(
        text(lang, "explore.measure"),
        _measures(page),
        format_func=lambda m: plain(text(lang, f"measures.{m}")),
        key=MEASURE,
        required=True,
        wrap=True,
        on_change=_changed,
        args=(page, MEASURE, lambda v, value: replace(v, measure=value)),
    )
    _keep(CHART, view.chart)
    st.pills(
        text(lang, "explore.chart"),
        list(CHARTS),
        format_func=lambda c: plain(text(lang, f"charts.{c}")),
        key=CHART,
        required=True,
        wrap=True,
        on_change=_changed,
        args=(page, CHART, _with_chart(page.metadata)),
    )
    periods = periods_of(_indicators(page))
    if len(periods) > 1:
        _range(page, periods)
    _more(page)


def _range(page: Page, periods: Mapping[str, Period]) -> None:
    _keep(RANGE, bounds(page.view, periods))
    forms = list(periods)
    st.select_slider(
        text(page.lang, "explore.range"),
        forms,
        value=(forms[0], forms[-1]),  # only this makes it a slider of two ends; the state set above counts
        format_func=lambda form: formats.short_period(form, page.lang),
        key=RANGE,
        on_change=_changed,
        args=(page, RANGE, _with_range(periods)),
    )


def events(page: Page, drawn: Drawing) -> None:
    """Which events the chart shows; nothing to choose where none falls into its time or its form shows none."""
    view, lang = page.view, page.lang
    ends = [point.end for series in drawn.model.series for point in series.points]
    offered = offered_events(view, page.metadata, min(ends), max(ends)) if ends else ()
    if not offered:
        return
    by_id = {event.id: event for event in offered}
    _keep(EVENTS, [event.id for event in drawn.model.events])
    st.multiselect(
        text(lang, "events.choice"),
        list(by_id),
        format_func=lambda i: f"{by_id[i].short.to(lang)} ({by_id[i].at.year})",
        key=EVENTS,
        placeholder=text(lang, "events.placeholder"),
        wrap=True,
        on_change=_changed,
        args=(page, EVENTS, _with_events(page.metadata, min(ends), max(ends))),
    )


def _more(page: Page) -> None:
    """Further indicators in the same chart: those of the same unit, as an index any count, any at all where each has
    an axis of its own."""
    view, metadata = page.view, page.metadata
    first = metadata.indicators[view.indicators[0]]
    offered = by_theme(
        i
        for i in metadata.indicators.values()
        if i.id != first.id and (i.id in view.indicators or _fits(i, first, page))
    )
    if not offered:
        return
    _keep(MORE, list(view.indicators[1:]))
    most = MOST_PAIRED.get(view.chart)
    st.multiselect(
        text(page.lang, "pairs.more_indicators", most=most - 1) if most else text(page.lang, "explore.more_indicators"),
        offered,
        format_func=lambda i: themed(metadata.indicators[i], page.lang),
        key=MORE,
        placeholder=text(page.lang, "explore.indicators_placeholder"),
        wrap=True,
        on_change=_changed,
        args=(page, MORE, _with_more),
    )


def _fits(other: Indicator, first: Indicator, page: Page) -> bool:
    one_chart = other.unit == first.unit or page.view.measure == "index" or page.view.chart in PAIRED_CHARTS
    return one_chart and page.view.measure in measures_of(other, breakdowns_of(other, ()), page.metadata)


def _indicators(page: Page) -> list[Indicator]:
    return [page.metadata.indicators[i] for i in page.view.indicators]


def _holder(breakdown: str, page: Page) -> Indicator:
    """The first shown indicator that has the breakdown: it knows how to name it."""
    shown = _indicators(page)
    return next((i for i in shown if breakdown in i.breakdowns), shown[0])


def _measures(page: Page) -> list[str]:
    """What all indicators of the view can be shown as."""
    possible = [measures_of(i, breakdowns_of(i, page.view.breakdowns), page.metadata) for i in _indicators(page)]
    return [m for m in possible[0] if all(m in p for p in possible)]


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _changed(page: Page, key: str, changed: Callable[[View, Any], View]) -> None:
    """Rewrites the address. It starts from the address of now: two widgets may have changed before this run."""
    view, _ = read(st.query_params.to_dict(), page.metadata)
    fitting, notes = repaired(changed(view, st.session_state[key]), page.metadata)
    go_to(fitting, page.metadata, notes)


def _indicator_changed(page: Page) -> None:
    """A new indicator keeps regions, range and form where they fit; companions are its own."""
    chosen = page.metadata.indicators[st.session_state[INDICATOR]]

    def changed(view: View, _: object) -> View:
        return replace(view, indicators=(chosen.id,), breakdowns=breakdowns_of(chosen, view.breakdowns))

    _changed(page, INDICATOR, changed)


def _with_regions(view: View, value: list[str]) -> View:
    return replace(view, regions=tuple(value))


def _with_breakdowns(view: View, value: list[str]) -> View:
    return replace(view, breakdowns=tuple(value))


def _with_more(view: View, value: list[str]) -> View:
    """A scatter chart has one more indicator, so the last one chosen replaces the one before."""
    further = value[-1:] if view.chart == "scatter" else value
    return replace(view, indicators=(view.indicators[0], *further))


def _with_chart(metadata: Metadata) -> Callable[[View, Chart], View]:
    """A form that needs two indicators takes a related one to begin with."""

    def changed(view: View, value: Chart) -> View:
        further = view.indicators[1:]
        if value in PAIRED_CHARTS and not further:
            further = companions(metadata.indicators[view.indicators[0]], view.regions, metadata)[:1]
        return replace(view, chart=value, indicators=(view.indicators[0], *further))

    return changed


def _with_events(metadata: Metadata, first: date, last: date) -> Callable[[View, list[str]], View]:
    """The chosen events, in the address by a word where they are those that the chart chooses, all, or none."""

    def changed(view: View, value: list[str]) -> View:
        for named in (None, (ALL_EVENTS,)):
            known = shown_events(replace(view, events=named), metadata, first, last)
            if {event.id for event in known} == {*value}:
                return replace(view, events=named)
        return replace(view, events=tuple(value))

    return changed


def _with_range(periods: Mapping[str, Period]) -> Callable[[View, tuple[str, str]], View]:
    forms = list(periods)

    def changed(view: View, value: tuple[str, str]) -> View:
        start = None if value[0] == forms[0] else value[0]
        end = None if value[1] == forms[-1] else value[1]
        return replace(view, start=start, end=end)

    return changed
