"""What every page begins with: the store, the view of the address, the language, the ground."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import streamlit as st

from dashboard.charts.palette import Theme
from dashboard.metadata import Lang, Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.past_state import show_banner
from dashboard.store import NoStoreError, Store, current_store
from dashboard.tables import escaped
from dashboard.text import text
from dashboard.view import PARAMETERS, Note, View, language_of, read, to_params

_log = logging.getLogger(__name__)

OVERVIEW = "overview.py"
IMMIGRATION = "immigration.py"
EMPLOYMENT = "employment.py"
UNEMPLOYMENT = "unemployment.py"
QUALIFICATION = "qualification.py"
EXPLORE = "explore.py"
MAP = "map.py"
COMPARISON = "comparison.py"
COUNSELLING = "counselling.py"
OUTLOOK = "outlook.py"
ROUND_TABLE = "round_table.py"
MEASURES = "measures.py"
SERVICES = "services.py"
DATA_STATUS = "data_status.py"
METHODS = "methods.py"
CHART = "chart.py"  # one chart alone, for embedding: in no menu
PATHS = {
    OVERVIEW: "",
    IMMIGRATION: "immigration",
    EMPLOYMENT: "employment",
    UNEMPLOYMENT: "unemployment",
    QUALIFICATION: "qualification",
    EXPLORE: "explore",
    MAP: "map",
    COMPARISON: "comparison",
    COUNSELLING: "counselling",
    OUTLOOK: "outlook",
    ROUND_TABLE: "round-table",
    MEASURES: "measures",
    SERVICES: "services",
    DATA_STATUS: "data-status",
    METHODS: "methods",
    CHART: "chart",
}
_CHANGED = "notes_of_change"


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
    return language_of(st.query_params.to_dict())


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


def go_to(view: View, metadata: Metadata, notes: tuple[Note, ...] = ()) -> None:
    """Makes the view the page's address; the next run shows it, and once the notes of what did not fit it."""
    go_to_address(to_params(view, metadata), notes)


def go_to_address(params: Mapping[str, str], notes: tuple[Note, ...] = ()) -> None:
    """The same for a page that writes its address itself."""
    st.query_params.from_dict(dict(params))
    st.session_state[_CHANGED] = notes


def origin() -> str:
    """Scheme and host under which the reader sees the page; empty where nothing tells."""
    seen = urlsplit(st.context.url or "")
    return f"{seen.scheme}://{seen.netloc}" if seen.netloc else ""


def base_address() -> str:
    """``origin`` and the folder under which the monitor is served: what paths are put behind."""
    folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{origin()}/{folder}" if folder else origin()


def missing_page() -> str | None:
    """The name of the page that the address asks for and that does not exist; None for every page that does.

    Streamlit knows pages of one level only: what lies deeper keeps its own notice.
    """
    folder = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = urlsplit(st.context.url or "").path.strip("/").removeprefix(folder).strip("/")
    return None if path in PATHS.values() or "/" in path else unquote(path)


def show_notes(page: Page) -> None:
    """What of the address could not be shown, or of the choice before the last change."""
    show_warnings(
        [
            # a page's own note has its whole key
            text(page.lang, note.key if "." in note.key else f"notes.{note.key}", **dict(note.values))
            for note in dict.fromkeys((*st.session_state.pop(_CHANGED, ()), *page.notes))
        ]
    )


def show_warnings(said: list[str]) -> None:
    if said:
        st.warning("\n\n".join(escaped(one) for one in said), icon=":material/info:")


def show_past_state(page: Page, views: Sequence[View] = ()) -> None:
    """Says so when the address asks for an earlier state of the data than the current one, and what was revised since.

    ``views`` are what the page shows, by default its own view.
    """
    if page.view.vintage not in (None, page.metadata.current):
        show_banner(page.store, page.metadata, views or (page.view,), page.theme)


def show_failure(error: Exception) -> bool:
    """Tells a reader in their language that a page failed; the server's log has the details."""
    # a meeting's file may stand in the address, and its notes belong into no log
    asked = {key: value for key, value in st.query_params.to_dict().items() if key in PARAMETERS}
    _log.error("page failed at %s", asked, exc_info=error)
    lang = address_language()
    st.error(f"{text(lang, 'app.failed')} [{text(lang, 'explore.reset')}](/)")
    return True


def _end(key: str) -> NoReturn:
    lang = address_language()
    st.info(f"**{text(lang, key)}** {text(lang, 'app.no_store_help')}")
    st.stop()
