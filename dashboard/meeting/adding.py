"""Zur Mappe: the button beside every chart that puts it into the file of a meeting."""

from __future__ import annotations

import streamlit as st

from dashboard.meeting.draft import add, draft
from dashboard.meeting.model import MOST_CHARTS
from dashboard.metadata import Metadata
from dashboard.text import text
from dashboard.view import View


def show_add_button(view: View, metadata: Metadata, key: str) -> None:
    """The button for the chart of a view; ``key`` tells it from others of the page."""
    st.button(
        text(view.lang, "round_table.add"),
        key=f"{key}_to_file",
        icon=":material/add:",
        type="tertiary",
        on_click=_add,
        args=(view, metadata),
    )


def _add(view: View, metadata: Metadata) -> None:
    lang = view.lang
    if not add(view, metadata):
        st.toast(text(lang, "round_table.full", most=MOST_CHARTS))
        return
    number = len(draft().file.charts)
    st.toast(text(lang, "round_table.added_first" if number == 1 else "round_table.added", number=number))
