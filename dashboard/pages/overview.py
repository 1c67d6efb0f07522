"""Überblick: the newest figures as tiles, the course of two of them, and the ways to everything else."""

from __future__ import annotations

import streamlit as st

from dashboard.frame import THEME_PAGES, kept_params, page_name
from dashboard.page import COUNSELLING, Page, open_page, show_notes, show_past_state
from dashboard.story_pages import place_of, show_stories, show_tiles, show_title, views_of
from dashboard.tables import small
from dashboard.text import text

NAME = "overview"


def main() -> None:
    page = place_of(open_page(), NAME)
    show_notes(page)
    show_past_state(page, views_of(page, NAME))
    show_title(page, NAME, text(page.lang, "overview.lead"))
    show_tiles(page, NAME)
    show_stories(page, NAME)
    _further(page)


def _further(page: Page) -> None:
    """The themes and counselling, each with what it holds."""
    lang = page.lang
    with st.container(key="noprint_further"):
        st.header(text(lang, "stories.further"), anchor=False)
        with st.grid(len(THEME_PAGES) + 1, min_column_width=190, gap="small", key="further"):
            for script in (*THEME_PAGES, COUNSELLING):
                name = script.removesuffix(".py")
                with st.container(key=f"card_to_{name}", border=True, height="stretch", gap="xxsmall"):
                    st.page_link(script, label=page_name(script, lang), query_params=kept_params())
                    st.markdown(small(text(lang, f"stories.{name}_short")))


main()
