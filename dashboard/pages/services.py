"""Wer macht was: who offers what to whom, on which topic, at which stage; where nobody does, and where several do."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.page import Page, open_page, show_notes, show_past_state
from dashboard.service_parts import choose, show_bodies, show_matrix, show_readings
from dashboard.services import read_offers
from dashboard.text import text


def main() -> None:
    page = open_page()
    offers = read_offers(st.query_params.to_dict(), page.metadata)
    if offers is None:
        _opening(page)
        st.info(f"**{text(page.lang, 'services_page.none')}** {text(page.lang, 'services_page.none_help')}")
        return
    page = replace(page, view=offers.view, notes=offers.notes)
    _opening(page)
    choose(page, offers)
    show_matrix(page, offers)
    show_readings(page, offers)
    show_bodies(page, offers)


def _opening(page: Page) -> None:
    show_notes(page)
    show_past_state(page)
    st.title(text(page.lang, "app.services"), anchor=False)
    st.markdown(text(page.lang, "services_page.lead"))


main()
