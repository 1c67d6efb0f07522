"""Beschäftigung: a curated story of the theme's charts."""

from __future__ import annotations

from dashboard.page import open_page, show_notes, show_past_state
from dashboard.story_pages import place_of, show_stories, show_tiles, show_title, views_of
from dashboard.text import text

NAME = "employment"


def main() -> None:
    page = place_of(open_page(), NAME)
    show_notes(page)
    show_past_state(page, views_of(page, NAME))
    show_title(page, NAME, text(page.lang, f"stories.{NAME}_lead"))
    show_tiles(page, NAME)
    show_stories(page, NAME)


main()
