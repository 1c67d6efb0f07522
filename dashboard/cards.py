"""Tiles on a page: a figure, its period, its change and its course; the whole tile leads to the time series."""

from __future__ import annotations

import streamlit as st

from dashboard.charting import TileDrawing
from dashboard.page import EXPLORE, Page
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import View, to_params


def show_card(drawn: TileDrawing, title: str, view: View, page: Page, key: str, before: str = "") -> None:
    """The newest figure of a view of one series. The title is the link; the styles stretch it over the tile.

    ``key`` tells the tile from others of the page, ``before`` stands before the change, such as a place.
    """
    facts = drawn.facts
    with st.container(key=f"card_{key}", border=True, height="stretch", gap="xxsmall"):
        st.page_link(EXPLORE, label=escaped(title), query_params=to_params(view, page.metadata))
        with st.container(key=f"figure_{key}"):
            st.markdown(escaped(facts.figure))
        with st.container(key=f"change_{facts.direction}_{key}"):
            st.markdown(small(f"{before}{facts.change}"))
        if facts.points > 1 or drawn.noticed:
            st.vega_lite_chart(drawn.spark, alt=drawn.alt, theme=None, width="stretch", height=drawn.spark["height"])
        st.markdown(small(f"{facts.period} · {text(page.lang, 'sources.source', attribution=drawn.source)}"))


def show_empty_card(title: str, why: str, key: str) -> None:
    """A tile without a figure, and why."""
    with st.container(key=f"card_{key}", border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{escaped(title)}**")
        st.markdown(small(why))
