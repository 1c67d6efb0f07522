"""Beratung: contacts of the counselling bodies, who counsels on what, and the official series beside them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.charting import draw_charts, drawing
from dashboard.counselling import LENGTHS, page_params, read_page, scopes_of
from dashboard.counselling_controls import Counted, split_by, where_and_how
from dashboard.counselling_parts import show_comparison, show_definitions, show_milestones, show_official
from dashboard.page import Page, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.queries import Selection, observations
from dashboard.sharing import show_sharing
from dashboard.store import Store
from dashboard.tables import escaped, small
from dashboard.text import text

PATH = "/counselling"


def main() -> None:
    page = open_page()
    held = _held(page.store, page.store.path.name, page.view.vintage)
    scopes = scopes_of(held, page.metadata)
    if not scopes:
        _without_figures(page)
        return
    view, notes = read_page(st.query_params.to_dict(), page.metadata, scopes)
    page = replace(page, view=view, notes=notes)
    counted = Counted(page, scopes)
    show_notes(page)
    show_past_state(page)
    _opening(page)
    if any(page.metadata.sources[source].invented for source in held["source"].unique()):
        said = (text(page.lang, "counselling_page.invented"), text(page.lang, "counselling_page.invented_help"))
        st.warning(f"**{escaped(said[0])}** {escaped(said[1])}", icon=":material/science:")
    split_by(counted)
    _contacts(counted)
    st.divider()
    show_comparison(page, held, scopes)
    _beside(page)


def _contacts(counted: Counted) -> None:
    """The finding, its chart, the widgets, and all that belongs to the figures."""
    page, lang = counted.page, counted.page.lang
    drawn = drawing(page.store, page.metadata, page.store.path.name, page.view, page.theme)
    shown, widgets = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="xsmall"):
            st.header(escaped(drawn.headline), anchor=False)
            st.markdown(small(drawn.subtitle))
        if page.view.chart == "table":
            show_figures(drawn, page)
        draw_charts(drawn)
        show_caveats(drawn, page.lang)
        show_sources(drawn, page)
    with widgets:
        where_and_how(counted)
    if page.view.chart != "table":
        with st.expander(text(lang, "explore.figures")):
            st.markdown(small(drawn.subtitle))
            show_figures(drawn, page)
    with st.expander(text(lang, "counselling_page.method")):
        show_definitions(page, counted.body)
    show_sharing(drawn, page, PATH, lambda view: page_params(view, page.metadata, counted.scopes))


def _without_figures(page: Page) -> None:
    """Nobody has reported yet: how figures come, and what there is without them."""
    page = replace(page, notes=tuple(note for note in page.notes if note.key == "unknown_vintage"))
    show_notes(page)
    show_past_state(page)
    _opening(page)
    st.info(f"**{text(page.lang, 'counselling_page.none')}** {text(page.lang, 'counselling_page.none_help')}")
    _beside(page)


def _opening(page: Page) -> None:
    st.title(text(page.lang, "app.counselling"), anchor=False)
    st.markdown(text(page.lang, "counselling_page.lead"))


def _beside(page: Page) -> None:
    st.divider()
    show_official(page)
    show_milestones(page)


@st.cache_resource(max_entries=20, show_spinner=False)
def _held(_store: Store, store_name: str, vintage: str | None) -> pl.DataFrame:
    """All counselling figures of a state of the data, read once. Nobody may change them."""
    return observations(_store, Selection(indicators=LENGTHS, vintage=vintage))


main()
