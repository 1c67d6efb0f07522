"""Zeitreihen: one view, its finding, its chart, its figures, its link."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.charting import draw_charts, drawing
from dashboard.controls import events, how, what_and_where
from dashboard.page import EXPLORE, Page, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.sharing import show_sharing
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import repaired, to_params

PATH = "/explore"


def main() -> None:
    page = open_page()
    lang = page.lang
    st.title(text(lang, "app.explore"), anchor=False)
    show_notes(page)
    show_past_state(page)
    drawn = drawing(page.store, page.metadata, page.store.path.name, page.view, page.theme)
    # columns stand beneath each other on a phone: finding and chart come first, then the widgets
    shown, widgets = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="small"):
            st.header(escaped(drawn.headline), anchor=False)
            st.markdown(small(drawn.subtitle))
        if page.view.chart == "table":
            show_figures(drawn, page)
        draw_charts(drawn)
        show_caveats(drawn, page.lang)
        show_sources(drawn, page)
    with widgets:
        what_and_where(page)
        how(page)
        events(page, drawn)
    if page.view.chart != "table":
        with st.expander(text(lang, "explore.figures")):
            st.markdown(small(drawn.subtitle))
            show_figures(drawn, page)
    with st.expander(text(lang, "explore.method")):
        _method(page)
    show_sharing(drawn, page, PATH, lambda view: to_params(view, page.metadata))


def _method(page: Page) -> None:
    lang, metadata = page.lang, page.metadata
    related: dict[str, None] = {}
    for indicator_id in page.view.indicators:
        indicator = metadata.indicators[indicator_id]
        st.markdown(
            f"**{escaped(indicator.title.to(lang))}**\n\n"
            f"{text(lang, 'explore.definition')}: {escaped(indicator.definition.to(lang))}\n\n"
            f"{text(lang, 'explore.reading')}: {escaped(indicator.reading.to(lang))}"
        )
        if indicator.notes:
            st.markdown("\n".join(f"- {escaped(note.to(lang))}" for note in indicator.notes))
        related |= dict.fromkeys(r for r in indicator.related if r in metadata.indicators)
    if related:
        st.markdown(f"{text(lang, 'explore.related')}:")
        with st.container(horizontal=True, gap="medium"):
            for other in related:
                view, _ = repaired(replace(page.view, indicators=(other,), breakdowns=()), metadata)
                label = metadata.indicators[other].title.to(lang)
                st.page_link(EXPLORE, label=label, query_params=to_params(view, metadata))


main()
