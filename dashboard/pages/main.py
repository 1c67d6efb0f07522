"""The script that Streamlit runs for every page: header, page list, footer. The pages draw the rest.

It lies among the pages because Streamlit takes a folder ``pages`` beside its script for a page list of its own,
and then opens a page without this frame.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.page import CHART, OVERVIEW, PATHS, address_language, missing_page, show_warnings
from dashboard.tables import small
from dashboard.text import LANGUAGES, text
from dashboard.view import LONGEST_NOTE_VALUE

ICON = Path(__file__).parent.parent / "icon.svg"
_KEPT = ("r", "v", "lang")  # a reader who moves on keeps regions, state of the data and language


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
            title=text(lang, f"app.{script.removesuffix('.py')}"),
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
    kept = {key: st.query_params[key] for key in _KEPT if key in st.query_params}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{text(lang, 'app.title')}** · {text(lang, 'app.place')}", width="content")
        for script in pages:
            if script != CHART:
                st.page_link(script, label=pages[script].title, query_params=kept)
        other = next(known for known in LANGUAGES if known != lang)
        st.button(
            text(lang, "app.other_language"),
            key="language",
            type="tertiary",
            icon=":material/language:",
            on_click=_switch_language,
            args=(other,),
        )
    page.run()
    st.divider()
    st.markdown(small(text(lang, "footer.text")))


def _show_missing() -> None:
    lang = address_language()
    show_warnings([text(lang, "app.no_page", path=(missing_page() or "")[:LONGEST_NOTE_VALUE])])
    st.page_link(OVERVIEW, label=text(lang, "app.to_overview"), query_params=st.query_params.to_dict())


def _switch_language(lang: str) -> None:
    """The same view in the other language: only the address's language changes."""
    if lang == LANGUAGES[0]:
        del st.query_params["lang"]
    else:
        st.query_params["lang"] = lang


main()
