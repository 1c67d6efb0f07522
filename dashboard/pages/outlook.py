"""Was wäre wenn: what age alone takes from the labour force, and what net labour migration would keep it level."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.charting import draw_charts
from dashboard.charts.palette import Theme
from dashboard.drawn import Drawing
from dashboard.metadata import Metadata
from dashboard.outlook.address import PATH, Asked, outlook_params, page_view, read_area, read_outlook
from dashboard.outlook.assumptions import read_assumptions
from dashboard.outlook.controls import show_levers
from dashboard.outlook.drawing import outlook_drawing
from dashboard.outlook.evidence import POPULATION, Evidence, read_evidence
from dashboard.outlook.parts import show_assumptions, show_districts, show_files, show_method, show_test
from dashboard.outlook.scenario import Ahead, Prepared, look_ahead, prepare
from dashboard.outlook.words import chosen, compared
from dashboard.page import Page, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_sources
from dashboard.store import Store
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text
from dashboard.view import Note, address


def main() -> None:
    page = open_page()
    params = st.query_params.to_dict()
    view, notes = page_view(params, page.metadata)
    page = replace(page, view=view, notes=notes)
    st.title(text(page.lang, "app.outlook"), anchor=False)
    model = _model(page.store, page.metadata, page.store.path.name, view.vintage)
    if model is None:
        own: list[Note] = []
        read_area(params, page.metadata, own)
        show_notes(replace(page, notes=(*own, *notes)))
        st.info(text(page.lang, "outlook.none"))
        return
    evidence, prepared = model
    asked = read_outlook(params, page.metadata, prepared)
    shown = replace(view, indicators=(POPULATION,), regions=(asked.area,), breakdowns=("",))
    page = replace(page, view=shown, notes=(*asked.notes, *notes))
    show_notes(page)
    show_past_state(page)
    st.markdown(escaped(text(page.lang, "outlook.about")))
    _finding(page, evidence, prepared, asked)
    show_districts(page, prepared, asked.scenario)
    show_test(page, prepared)


def _finding(page: Page, evidence: Evidence, prepared: Prepared, asked: Asked) -> None:
    """The finding and its chart beside the levers, and what belongs to the figures."""
    lang = page.lang
    ahead = look_ahead(prepared, asked.area, asked.scenario)
    drawn = _drawn(page, evidence, prepared, asked, ahead, page.theme)
    # columns stand beneath each other on a phone: finding and chart come first, then the widgets
    seen, widgets = st.columns([7, 3], gap="large")
    with seen:
        with st.container(gap="xsmall"):
            st.header(escaped(drawn.headline), anchor=False)
            st.markdown(small(drawn.subtitle))
        st.markdown(escaped(f"{compared(ahead, prepared, lang)} {chosen(ahead, lang)}"))
        draw_charts(drawn, events=False)
    with widgets:
        show_levers(page, prepared, asked.area, asked.scenario)
    show_caveats(drawn, page.lang)
    show_sources(drawn, page)
    with st.expander(text(lang, "explore.figures")), wide_box():
        show_table(drawn.table, drawn.subtitle)
    with st.expander(text(lang, "outlook.how")):
        show_method(prepared.assumptions, lang)
    with st.expander(text(lang, "outlook.assumptions")):
        show_assumptions(prepared.assumptions, lang)
    show_files(page, lambda: _drawn(page, evidence, prepared, asked, ahead, "light"))


def _drawn(page: Page, evidence: Evidence, prepared: Prepared, asked: Asked, ahead: Ahead, theme: Theme) -> Drawing:
    exact = replace(page.view, vintage=page.view.vintage or page.metadata.current)
    link = address(PATH, outlook_params(asked.area, asked.scenario, prepared, exact))
    return outlook_drawing(ahead, prepared, evidence.used, page.metadata, page.lang, theme, link)


@st.cache_resource(max_entries=10, show_spinner=False)
def _model(
    _store: Store, _metadata: Metadata, store_name: str, vintage: str | None
) -> tuple[Evidence, Prepared] | None:
    """Evidence and prepared model of a state of the data, made once. Nobody may change them."""
    assumptions, evidence = read_assumptions(_store), read_evidence(_store, _metadata, vintage)
    prepared = prepare(evidence, assumptions) if assumptions and evidence else None
    return (evidence, prepared) if evidence and prepared else None


main()
