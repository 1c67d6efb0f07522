"""Tiles on a page: a figure, its period, its change and its course; the whole tile leads to the time series."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.charting import TileDrawing
from dashboard.metadata import Lang
from dashboard.page import EXPLORE, Page
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import View, to_params


def show_card(drawn: TileDrawing, title: str, view: View, page: Page, key: str, before: str = "") -> None:
    """The newest figure of a view of one series. The title is the link; the styles stretch it over the tile.

    ``key`` tells the tile from others of the page, ``before`` stands before the change, such as a place.
    """
    with st.container(key=f"card_{key}", border=True, height="stretch", gap="xxsmall"):
        st.page_link(EXPLORE, label=escaped(title), query_params=to_params(view, page.metadata))
        st.markdown(card_html(drawn, page.lang, before), unsafe_allow_html=True)


def card_html(drawn: TileDrawing, lang: Lang, before: str = "") -> str:
    """What a tile holds beneath its title, in one piece of HTML: each element of a page costs the browser time."""
    facts = drawn.facts
    source = text(lang, "sources.source", attribution=drawn.source)
    return (
        f'<div class="tile"><div class="tile_figure">{escape(facts.figure)}</div>'
        f'<div class="tile_{facts.direction}">{escape(f"{before}{facts.change}")}</div>'
        f"{f'<strong>{escape(drawn.notice)}</strong>' if drawn.notice else ''}{drawn.spark}"
        f"<div>{escape(f'{facts.period} · {source}')}</div></div>"
    )


def show_empty_card(title: str, why: str, key: str) -> None:
    """A tile without a figure, and why."""
    with st.container(key=f"card_{key}", border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{escaped(title)}**")
        st.markdown(small(why))
