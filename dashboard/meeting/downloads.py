"""What a file of a meeting can be taken along as: PDF, PPTX, HTML, JSON, and the link that holds all of it.

Files are made when they are asked for, over the page's own connection and in memory: as a route they would have the
notes in their address, and addresses stand in logs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from threading import BoundedSemaphore

import streamlit as st

from dashboard.meeting.document import document_of
from dashboard.meeting.model import MeetingFile
from dashboard.meeting.typeset import MEDIA_TYPES, typeset
from dashboard.meeting.written import LONGEST_LINK, PARAMETER, packed, saved
from dashboard.page import PATHS, ROUND_TABLE, Page, base_address
from dashboard.text import LANGUAGES, text

_LONGEST_NAME = 60  # characters of a file's name
_AT_A_TIME = BoundedSemaphore(2)  # files that are made: more of them would keep all readers waiting


def show_downloads(file: MeetingFile, page: Page) -> None:
    """A button for each form of the file."""
    base = base_address()
    with st.container(horizontal=True, gap="small"):
        for kind, media_type in MEDIA_TYPES.items():
            st.download_button(
                text(page.lang, f"round_table.{kind}"),
                _maker(kind, file, page, base),
                file_name=file_name(file, kind),
                mime=media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"file_{kind}",
            )


def show_saving(file: MeetingFile, page: Page) -> None:
    """The file as JSON, to go on with another day."""
    st.download_button(
        text(page.lang, "round_table.save"),
        saved(file),
        file_name=file_name(file, "json"),
        mime="application/json",
        icon=":material/save:",
        on_click="ignore",
        key="file_json",
    )


def show_link(file: MeetingFile, page: Page) -> None:
    """The link to copy, with what it holds and who can read it."""
    lang = page.lang
    link = link_of(file, base_address())
    st.markdown(f"**{text(lang, 'round_table.link')}**")
    if len(link) > LONGEST_LINK:
        st.warning(text(lang, "round_table.link_too_long", length=len(link), most=LONGEST_LINK))
        return
    st.code(link, language=None, wrap_lines=True)
    st.markdown(text(lang, "round_table.link_about"))


def link_of(file: MeetingFile, base: str) -> str:
    """The whole file in one link. It stands behind the number sign, which browsers send to no server."""
    query = "" if file.lang == LANGUAGES[0] else f"?lang={file.lang}"
    return f"{base}/{PATHS[ROUND_TABLE]}{query}#{PARAMETER}={packed(file)}"


def file_name(file: MeetingFile, kind: str) -> str:
    """``arbeitsmigration-lage_2026-12-03.pdf``: letters, digits and hyphens of the title, and the day."""
    plain = file.title.lower()
    for sign, letters in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        plain = plain.replace(sign, letters)
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "sitzungsmappe"
    return f"{name}{f'_{file.day}' if file.day else ''}.{kind}"


def _maker(kind: str, file: MeetingFile, page: Page, base: str) -> Callable[[], bytes]:
    def make() -> bytes:
        today = datetime.now(UTC).date()
        with _AT_A_TIME:
            return typeset(kind, document_of(file, page.store, page.metadata, origin=base, today=today, lang=page.lang))

    return make
