"""Massnahmen: what is done about labour migration, by whom and since when, and what changed since it began."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.measure_page import read_measures
from dashboard.measure_parts import show_list, show_measure
from dashboard.page import Page, open_page, show_notes, show_past_state
from dashboard.text import text


def main() -> None:
    page = open_page()
    chosen = read_measures(st.query_params.to_dict(), page.metadata)
    if chosen is None:
        _opening(page)
        st.info(f"**{text(page.lang, 'measures_page.none')}** {text(page.lang, 'measures_page.none_help')}")
        return
    page = replace(page, view=chosen.view, notes=chosen.notes)
    _opening(page)
    show_list(page, chosen)
    st.divider()
    show_measure(page, chosen)


def _opening(page: Page) -> None:
    show_notes(page)
    show_past_state(page)
    st.title(text(page.lang, "app.measures"), anchor=False)
    st.markdown(text(page.lang, "measures_page.lead"))


main()
