"""What every page begins with: the store, the view of the address, the language, the ground."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from dashboard import formats
from dashboard.charts.palette import Theme
from dashboard.metadata import Lang, Metadata, read_metadata
from dashboard.store import NoStoreError, Store, current_store
from dashboard.text import LANGUAGES, text
from dashboard.view import Note, View, read, to_params

_log = logging.getLogger(__name__)

OVERVIEW = "overview.py"
EXPLORE = "explore.py"


@dataclass(frozen=True)
class Page:
    """One run of a page: the address has been read, nothing is drawn yet."""

    store: Store
    metadata: Metadata
    view: View
    notes: tuple[Note, ...]
    theme: Theme

    @property
    def lang(self) -> Lang:
        return self.view.lang


def address_language() -> Lang:
    """The language of the address, German unless it says otherwise."""
    wanted = st.query_params.get("lang", LANGUAGES[0])
    return next((lang for lang in LANGUAGES if lang == wanted), LANGUAGES[0])


def open_page() -> Page:
    """Reads store and address; without a store it says so and ends the run."""
    try:
        store = current_store()
    except NoStoreError:
        # which file is missing is for the log of the server, not for the reader
        _end("app.no_store")
    metadata = read_metadata(store)
    if not metadata.indicators:
        _end("app.no_figures")
    view, notes = read(st.query_params.to_dict(), metadata)
    return Page(store, metadata, view, notes, "dark" if st.context.theme.type == "dark" else "light")


def go_to(view: View, metadata: Metadata) -> None:
    """Makes the view the page's address; the next run shows it."""
    st.query_params.from_dict(to_params(view, metadata))


def show_notes(page: Page) -> None:
    """What of the address could not be shown."""
    if page.notes:
        said = [text(page.lang, f"notes.{note.key}", **dict(note.values)) for note in page.notes]
        st.warning("\n\n".join(said), icon=":material/info:")


def show_past_state(page: Page) -> None:
    """Says so when the address asks for an earlier state of the data than the current one."""
    if page.view.vintage in (None, page.metadata.current):
        return
    vintage = page.metadata.vintages[page.view.vintage or ""]
    said = text(page.lang, "app.past_state", vintage=formats.moment(vintage.published_at, page.lang))
    st.info(said, icon=":material/history:")


def show_failure(error: Exception) -> bool:
    """Tells a reader in their language that a page failed; the server's log has the details."""
    _log.error("page failed at %s", dict(st.query_params), exc_info=error)
    lang = address_language()
    st.error(f"{text(lang, 'app.failed')} [{text(lang, 'explore.reset')}](/)")
    return True


def _end(key: str) -> NoReturn:
    lang = address_language()
    st.info(f"**{text(lang, key)}** {text(lang, 'app.no_store_help')}")
    st.stop()
