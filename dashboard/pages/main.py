"""The script that Streamlit runs for every page: header, page list, footer. The pages draw the rest.

It lies among the pages because Streamlit takes a folder ``pages`` beside its script for a page list of its own,
and then opens a page without this frame.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.page import EXPLORE, OVERVIEW, address_language
from dashboard.tables import small
from dashboard.text import LANGUAGES, text

ICON = Path(__file__).parent.parent / "icon.svg"
_KEPT = ("lang", "v")  # a reader who moves on keeps language and state of the data


def main() -> None:
    lang = address_language()
    st.set_page_config(
        page_title=f"{text(lang, 'app.title')} · {text(lang, 'app.place')}",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    pages = {
        OVERVIEW: st.Page(OVERVIEW, title=text(lang, "app.overview"), url_path="", default=True),
        EXPLORE: st.Page(EXPLORE, title=text(lang, "app.explore"), url_path="explore"),
    }
    page = st.navigation(list(pages.values()), position="hidden")
    kept = {key: st.query_params[key] for key in _KEPT if key in st.query_params}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{text(lang, 'app.title')}** · {text(lang, 'app.place')}", width="content")
        for path in pages:
            st.page_link(path, label=pages[path].title, query_params=kept)
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


def _switch_language(lang: str) -> None:
    """The same view in the other language: only the address's language changes."""
    if lang == LANGUAGES[0]:
        del st.query_params["lang"]
    else:
        st.query_params["lang"] = lang


main()
