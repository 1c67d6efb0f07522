"""Methodik und Quellen: one section at a time, named in the address, so that each can be linked and printed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.controls import plain
from dashboard.link_guide import show_links
from dashboard.method_sections import (
    show_before_after,
    show_events,
    show_glossary,
    show_indicators,
    show_reading,
    show_sources,
)
from dashboard.outlook.parts import show_outlook
from dashboard.page import Page, open_page, show_notes, show_warnings
from dashboard.statement import show_accessibility, show_imprint
from dashboard.text import text
from dashboard.view import LONGEST_NOTE_VALUE

SECTION = "section"  # the parameter of the address
CHOICE = "w_methods_section"
SECTIONS: dict[str, Callable[[Page], None]] = {
    "reading": show_reading,
    "indicators": show_indicators,
    "glossary": show_glossary,
    "sources": show_sources,
    "events": show_events,
    "outlook": show_outlook,
    "before_after": show_before_after,
    "links": show_links,
    "accessibility": show_accessibility,
    "imprint": show_imprint,
}


def main() -> None:
    page = open_page()
    lang = page.lang
    st.title(text(lang, "app.methods"), anchor=False)
    show_notes(page)
    wanted = st.query_params.get(SECTION, "")
    section = wanted if wanted in SECTIONS else next(iter(SECTIONS))
    if wanted and wanted != section:
        value = wanted[:LONGEST_NOTE_VALUE]
        show_warnings([text(lang, "notes.unknown_value", parameter=SECTION, value=value)])
    if st.session_state.get(CHOICE) != section:
        st.session_state[CHOICE] = section
    with st.container(key="noprint_sections"):
        st.pills(
            text(lang, "methods.section"),
            list(SECTIONS),
            required=True,
            format_func=lambda known: plain(text(lang, f"methods.sections.{known}")),
            key=CHOICE,
            on_change=_section_changed,
        )
    st.header(text(lang, f"methods.sections.{section}"), anchor=False)
    SECTIONS[section](page)


def _section_changed() -> None:
    chosen = st.session_state[CHOICE]
    if chosen == next(iter(SECTIONS)):
        st.query_params.pop(SECTION, None)
    else:
        st.query_params[SECTION] = chosen


main()
