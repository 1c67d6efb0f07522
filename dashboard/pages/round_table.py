"""Sitzungsmappe: charts for a meeting, put together, read, passed on and printed."""

from __future__ import annotations

import streamlit as st

from dashboard.meeting.downloads import show_downloads, show_link, show_saving
from dashboard.meeting.draft import begin, draft
from dashboard.meeting.editing import (
    clear,
    renew,
    said,
    show_chart_fields,
    show_cover_fields,
    show_loading,
    show_prepared,
    show_told,
)
from dashboard.meeting.model import MeetingFile
from dashboard.meeting.reading import show_cover, show_file, show_state
from dashboard.meeting.written import PARAMETER, FileError, unpacked
from dashboard.page import Page, open_page, show_notes, show_warnings
from dashboard.tables import escaped, small
from dashboard.text import text

_MODES = ("edit", "read")


def main() -> None:
    page = open_page()
    given = st.query_params.get(PARAMETER, "")
    if given:
        try:
            _given(unpacked(given), page)
        except FileError as error:
            _own(page, said(error.note, page.lang))
    else:
        _own(page)


def _given(file: MeetingFile, page: Page) -> None:
    """A file that came with a link: to be read, taken along, or worked on."""
    lang = page.lang
    st.title(escaped(file.title or text(lang, "round_table.untitled")), anchor=False)
    show_cover(file, page)
    with st.container(key="noprint_take", gap="small"):
        show_downloads(file, page)
        st.button(
            text(lang, "round_table.edit"), key="edit_given", icon=":material/edit:", on_click=_edit, args=(file, page)
        )
        own = len(draft().file.charts)
        if own:
            st.markdown(small(text(lang, "round_table.edit_replaces", number=own)))
    show_file(file, page)


def _edit(file: MeetingFile, page: Page) -> None:
    begin(file, page.metadata)
    del st.query_params[PARAMETER]


def _own(page: Page, problem: str = "") -> None:
    """The file that the reader is working on, or how to begin one."""
    lang, now = page.lang, draft()
    st.title(text(lang, "app.round_table"), anchor=False)
    st.markdown(text(lang, "round_table.lead"))
    show_notes(page)
    show_warnings([problem] if problem else [])
    show_told()
    if not now.file.charts:
        st.info(text(lang, "round_table.empty"), icon=":material/folder:")
        _begin(page)
        st.markdown(small(text(lang, "round_table.privacy")))
        return
    mode = st.radio(
        text(lang, "round_table.mode"),
        _MODES,
        format_func=lambda one: text(lang, f"round_table.modes.{one}"),
        horizontal=True,
        key="file_mode",
    )
    if mode == "read":
        st.header(escaped(now.file.title or text(lang, "round_table.untitled")), anchor=False)
        show_cover(now.file, page)
        show_file(now.file, page)
    else:
        _work(page)


def _work(page: Page) -> None:
    lang, now = page.lang, draft()
    show_state(now.file, page)
    if now.file.vintage != page.metadata.current:
        st.button(text(lang, "round_table.renew"), key="renew", icon=":material/update:", on_click=renew, args=(page,))
    st.header(text(lang, "round_table.cover_title"), anchor=False)
    show_cover_fields(now, page)
    st.header(text(lang, "round_table.charts"), anchor=False)
    show_chart_fields(now, page)
    st.header(text(lang, "round_table.share"), anchor=False)
    show_downloads(now.file, page)
    show_link(now.file, page)
    show_saving(now.file, page)
    st.markdown(small(text(lang, "round_table.privacy")))
    with st.expander(text(lang, "round_table.load"), key="file_load"):
        _begin(page)
        st.button(text(lang, "round_table.clear"), key="clear", icon=":material/delete:", on_click=clear, args=(page,))


def _begin(page: Page) -> None:
    st.header(text(page.lang, "round_table.prepared"), anchor=False)
    show_prepared(page)
    st.header(text(page.lang, "round_table.load"), anchor=False)
    show_loading(page)


main()
