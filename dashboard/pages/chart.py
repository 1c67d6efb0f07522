"""One chart alone, to be embedded in other sites: no header, no navigation, no footer, a link to the monitor."""

from __future__ import annotations

import streamlit as st

from dashboard.addresses import page_address
from dashboard.charting import draw_charts, drawing
from dashboard.page import base_address, open_page, show_notes, show_past_state
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.tables import escaped, small
from dashboard.text import text


def main() -> None:
    page = open_page()
    lang = page.lang
    drawn = drawing(page.store, page.metadata, page.store.path.name, page.view, page.theme)
    with st.container(gap="xsmall"):
        st.title(escaped(drawn.headline), anchor=False)
        st.markdown(small(drawn.subtitle))
    show_notes(page)
    show_past_state(page)
    draw_charts(drawn)
    if page.view.chart == "table":
        show_figures(drawn, page)
    show_caveats(drawn, page.lang)
    show_sources(drawn, page)
    if page.view.chart != "table":
        with st.expander(text(lang, "explore.figures")):
            show_figures(drawn, page)
    link = base_address() + page_address(page.view, page.metadata)
    st.link_button(text(lang, "sharing.open"), link, icon=":material/open_in_new:", type="tertiary")


main()
