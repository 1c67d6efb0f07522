"""Karte: one indicator in all districts, as a map, as ranked bars and as a table."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.charting import draw_charts
from dashboard.map_controls import map_params, read_map, what, when
from dashboard.mapped import Mapped, mapped
from dashboard.page import Page, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.sharing import show_sharing
from dashboard.tables import escaped, small
from dashboard.text import text

PATH = "/map"


def main() -> None:
    page = open_page()
    view, notes = read_map(st.query_params.to_dict(), page.metadata)
    page = replace(page, view=view, notes=notes)
    lang = page.lang
    st.title(text(lang, "app.map"), anchor=False)
    show_notes(page)
    show_past_state(page)
    drawn = mapped(page.store, page.metadata, page.store.path.name, view, page.theme)
    # columns stand beneath each other on a phone: finding and map come first, then the widgets
    shown, widgets = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="small"):
            st.header(escaped(drawn.drawing.headline), anchor=False)
            st.markdown(small(drawn.drawing.subtitle))
        if drawn.figures.wide:
            _map(page, drawn)
        else:
            left, right = st.columns([5, 4], gap="medium")
            with left:
                _map(page, drawn)
            with right:
                _ranking(page, drawn)
        show_caveats(drawn.drawing, lang)
        show_sources(drawn.drawing, page)
    with widgets:
        what(page, drawn.figures)
    if drawn.figures.wide:  # so many bars that they would push the widgets far down on a phone
        _ranking(page, drawn)
    with st.expander(text(lang, "map.table"), expanded=drawn.bars is None):
        st.markdown(small(drawn.drawing.subtitle))
        show_figures(drawn.drawing, page)
    show_sharing(drawn.drawing, page, PATH, lambda one: map_params(one, page.metadata))


def _map(page: Page, drawn: Mapped) -> None:
    """The map, and beneath it the choice of the period, which changes it."""
    draw_charts(drawn.drawing)
    when(page, drawn.figures)


def _ranking(page: Page, drawn: Mapped) -> None:
    """The figures of the map as bars, the highest first."""
    if drawn.bars is None:
        return
    st.subheader(text(page.lang, "map.ranking"), anchor=False)
    st.vega_lite_chart(drawn.bars, alt=drawn.bars_alt, theme=None, width="stretch")


main()
