"""Chart."""

from __future__ import annotations

import streamlit as st

from dashboard.page import open_page, show_notes, show_past_state
from dashboard.text import text


def main() -> None:
    page = open_page()
    show_notes(page)
    show_past_state(page)
    st.subheader(text(page.lang, "app.chart"), anchor=False)


main()
