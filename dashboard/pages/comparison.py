"""Vergleich: a district beside the districts that are most like it, why these, and where its figures stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from dashboard import formats
from dashboard.charting import draw_charts, drawing
from dashboard.choices import breakdowns_of, measures_of
from dashboard.comparison import (
    MOST_PEERS,
    NAMES,
    Comparison,
    comparison_params,
    computed,
    peers_table,
    read_comparison,
    reason_of,
)
from dashboard.controls import by_theme, plain, themed
from dashboard.descriptions import attributions
from dashboard.labels import breakdown_label
from dashboard.metadata import Metadata
from dashboard.page import Page, go_to_address, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.peers import ALIKE, APART, COUNT, CRITERIA, Measured, districts_of, measured
from dashboard.sharing import show_sharing
from dashboard.store import Store
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text
from dashboard.view import View, repaired

PATH = "/comparison"
DISTRICT, PEERS, INDICATOR = "w_district", "w_peers", "w_compared"
BREAKDOWN, MEASURE = "w_compared_part", "w_compared_as"


@st.cache_resource(max_entries=20, show_spinner=False)
def _criteria(_store: Store, _metadata: Metadata, store_name: str, vintage: str | None) -> tuple[Measured, ...]:
    """The criteria's figures, made once per store and state of the data. Nobody may change them."""
    return measured(_store, _metadata, vintage)


def main() -> None:
    page = open_page()
    lang = page.lang
    criteria = _criteria(page.store, page.metadata, page.store.path.name, page.view.vintage)
    compared = read_comparison(st.query_params.to_dict(), criteria, page.metadata)
    page = replace(page, view=compared.view, notes=compared.notes)
    show_notes(page)
    show_past_state(page)
    st.title(text(lang, "app.comparison"), anchor=False)
    st.markdown(text(lang, "comparison.about"))
    drawn = drawing(page.store, page.metadata, page.store.path.name, page.view, page.theme)
    shown, widgets = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="xsmall"):
            st.header(escaped(drawn.headline), anchor=False)
            st.markdown(small(drawn.subtitle))
        draw_charts(drawn)
        show_caveats(drawn, page.lang)
        show_sources(drawn, page)
    with widgets:
        _whom(page, compared, criteria)
        _what(page, compared)
    with st.expander(text(lang, "explore.figures")):
        st.markdown(small(drawn.subtitle))
        show_figures(drawn, page)
    show_sharing(drawn, page, PATH, lambda view: comparison_params(view, page.metadata))
    _why_these(page, compared, criteria)


def _whom(page: Page, compared: Comparison, criteria: Sequence[Measured]) -> None:
    lang, metadata = page.lang, page.metadata

    def named(region: str) -> str:
        return metadata.regions[region].short.to(lang)

    _keep(DISTRICT, compared.district)
    st.selectbox(
        text(lang, "comparison.district"),
        districts_of(metadata),
        format_func=named,
        key=DISTRICT,
        on_change=_changed,
        args=(page, lambda view: replace(view, regions=(st.session_state[DISTRICT],))),
    )
    _keep(PEERS, [peer.region for peer in compared.peers])
    st.multiselect(
        text(lang, "comparison.peers"),
        [r for r in districts_of(metadata) if r != compared.district],
        format_func=named,
        key=PEERS,
        max_selections=MOST_PEERS,
        placeholder=text(lang, "comparison.peers_placeholder"),
        wrap=True,
        on_change=_changed,
        args=(page, lambda view: replace(view, regions=(compared.district, *st.session_state[PEERS]))),
    )
    if not criteria:
        return
    if compared.chosen:
        said = text(lang, "comparison.propose", count=COUNT)
        st.button(said, key="propose", on_click=_changed, args=(page, lambda _: computed(compared)))
    else:
        st.markdown(small(text(lang, "comparison.proposed", count=COUNT)))
    if _unlike(compared):
        st.markdown(small(text(lang, "comparison.unlike", district=named(compared.district))))


def _unlike(compared: Comparison) -> bool:
    """Whether not one of the peers is really similar."""
    distances = [peer.distance for peer in compared.peers if peer.distance is not None]
    return bool(distances) and min(distances) > APART


def _what(page: Page, compared: Comparison) -> None:
    """Indicator, part and measure of the comparison."""
    view, lang, metadata = page.view, page.lang, page.metadata
    indicator = metadata.indicators[view.indicators[0]]
    everywhere = {*districts_of(metadata)}
    offered = by_theme(i for i in metadata.indicators.values() if i.id == indicator.id or everywhere <= {*i.regions})
    _keep(INDICATOR, indicator.id)
    st.selectbox(
        text(lang, "explore.indicator"),
        offered,
        format_func=lambda i: themed(metadata.indicators[i], lang),
        key=INDICATOR,
        on_change=_changed,
        args=(page, lambda v: replace(v, indicators=(st.session_state[INDICATOR],), regions=_named(compared))),
    )
    if len(indicator.breakdowns) > 1:
        _keep(BREAKDOWN, view.breakdowns[0])
        st.selectbox(
            text(lang, "explore.breakdowns"),
            indicator.breakdowns,
            format_func=lambda b: breakdown_label(b, indicator, metadata, lang),
            key=BREAKDOWN,
            on_change=_changed,
            args=(page, lambda v: replace(v, breakdowns=(st.session_state[BREAKDOWN],), regions=_named(compared))),
        )
    _keep(MEASURE, view.measure)
    st.pills(
        text(lang, "explore.measure"),
        measures_of(indicator, breakdowns_of(indicator, view.breakdowns), metadata),
        format_func=lambda m: plain(text(lang, f"measures.{m}")),
        key=MEASURE,
        required=True,
        wrap=True,
        on_change=_changed,
        args=(page, lambda v: replace(v, measure=st.session_state[MEASURE], regions=_named(compared))),
    )


def _named(compared: Comparison) -> tuple[str, ...]:
    """The regions that the address names: the peers only if somebody chose them."""
    return compared.view.regions if compared.chosen else (compared.district,)


def _why_these(page: Page, compared: Comparison, criteria: Sequence[Measured]) -> None:
    """Method, figures and reason of the peers."""
    lang, metadata = page.lang, page.metadata
    st.header(text(lang, "comparison.why"), anchor=False)
    if not criteria:
        st.markdown(text(lang, "comparison.no_criteria"))
        return
    said = {"alike": formats.number(ALIKE, 1, lang), "apart": formats.number(APART, 1, lang), "count": COUNT}
    st.markdown(text(lang, "comparison.method", **said))
    missing = [c.id for c in CRITERIA if c.id not in {one.criterion.id for one in criteria}]
    if missing:
        names = ", ".join(text(lang, NAMES[name]) for name in missing)
        st.markdown(text(lang, "comparison.missing", names=names))
    reasons = {metadata.regions[peer.region].short.to(lang): reason_of(peer, criteria, lang) for peer in compared.peers}
    st.markdown("\n".join(f"- **{escaped(name)}:** {escaped(reason)}" for name, reason in reasons.items()))
    with wide_box():
        show_table(peers_table(compared, criteria, metadata), text(lang, "comparison.peers"))
    st.markdown(text(lang, "comparison.no_benchmark"))
    st.markdown("  \n".join(f":small[{line}]" for line in _sources(page, criteria)))


def _sources(page: Page, criteria: Sequence[Measured]) -> list[str]:
    """Source and licence of the criteria's figures, and of the boundaries that areas are worked out from."""
    lang, metadata = page.lang, page.metadata
    named = {a.text: a for one in criteria for a in attributions(one.figures, metadata, lang)}
    lines = [
        f"{escaped(text(lang, 'sources.source', attribution=a.text))} · [{escaped(a.licence)}]({a.licence_url})"
        for a in named.values()
    ]
    area = next(iter(metadata.areas.values()), None)
    if area is not None and any(one.criterion.per_area for one in criteria):
        said = escaped(text(lang, "comparison.areas", attribution=area.attribution.to(lang)))
        lines.append(f"[{said}]({area.link}) · [{escaped(area.licence.to(lang))}]({area.licence_url})")
    return lines


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _changed(page: Page, changed: Callable[[View], View]) -> None:
    """Rewrites the address: what no longer fits the new choice falls back, with a note."""
    wanted = changed(page.view)
    fitting, notes = repaired(wanted, page.metadata)
    go_to_address(comparison_params(replace(fitting, regions=wanted.regions), page.metadata), notes)


main()
