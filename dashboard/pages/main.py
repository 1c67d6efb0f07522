"""The script that Streamlit runs for every page: page list and frame. The pages draw the rest.

It lies among the pages because Streamlit takes a folder ``pages`` beside its script for a page list of its own,
and then opens a page without this frame.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.frame import page_name, show_footer, show_header, show_print_style, show_printed_line
from dashboard.meeting.written import PARAMETER
from dashboard.metadata import Lang
from dashboard.metadata_reading import read_metadata
from dashboard.page import CHART, OVERVIEW, PATHS, address_language, missing_page, origin, show_warnings
from dashboard.shell import page_title
from dashboard.store import NoStoreError, current_store
from dashboard.text import text
from dashboard.view import LONGEST_NOTE_VALUE, read

ICON = Path(__file__).parent.parent / "icon.svg"


def main() -> None:
    lang = address_language()
    st.set_page_config(
        page_title=f"{text(lang, 'app.title')} · {text(lang, 'app.place')}",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    pages = {
        script: st.Page(
            script,
            title=page_name(script, lang),
            url_path=path,
            default=script == OVERVIEW,
            visibility="hidden" if script == CHART else "visible",
        )
        for script, path in PATHS.items()
    }
    missing = missing_page()
    # its own page, because Streamlit would open its English notice and the overview behind it
    others = [st.Page(_show_missing, title=missing, url_path=missing, visibility="hidden")] if missing else []
    page = st.navigation([*pages.values(), *others], position="hidden")
    if not missing:
        st.set_page_config(page_title=page_title(page.url_path, lang))
    show_print_style("dark" if st.context.theme.type == "dark" else "light")
    if page.url_path == PATHS[CHART]:
        page.run()  # embedded in another site's page, which has a frame of its own
        return
    show_header(lang, page.url_path)
    if not missing:
        _printed_line(page.title, lang)
    page.run()
    show_footer(lang)


def _printed_line(title: str, lang: Lang) -> None:
    try:
        metadata = read_metadata(current_store())
    except NoStoreError:
        return  # the page says so
    if metadata.indicators:
        # a meeting's file is longer than any line, and prints itself
        params = {key: value for key, value in st.query_params.to_dict().items() if key != PARAMETER}
        show_printed_line(title, read(params, metadata)[0], metadata, origin(), params)


def _show_missing() -> None:
    lang = address_language()
    st.title(text(lang, "app.missing"), anchor=False)
    show_warnings([text(lang, "app.no_page", path=(missing_page() or "")[:LONGEST_NOTE_VALUE])])
    with st.container(key="to_overview"):
        st.page_link(OVERVIEW, label=text(lang, "app.to_overview"), query_params=st.query_params.to_dict())


main()
