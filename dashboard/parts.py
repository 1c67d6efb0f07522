"""What stands around a drawing on every page that shows one: its figures as table and file, its sources."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.addresses import chart_address
from dashboard.drawn import Drawing
from dashboard.metadata import Lang
from dashboard.page import Page, base_address
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text


def show_caveats(drawn: Drawing, lang: Lang) -> None:
    """What must be read with a chart, beneath it."""
    if drawn.caveats:
        with st.container(gap="xsmall"):
            st.markdown(f"**{small(text(lang, 'caveats.title'))}**")
            st.markdown("\n".join(f"- {small(said)}" for said in drawn.caveats))


def show_figures(drawn: Drawing, page: Page, place: str = "table") -> None:
    """The figures as a table, and beneath it the same as a file; ``place`` tells it from others of the same page."""
    with wide_box():
        show_table(drawn.table, drawn.subtitle)
        show_download(drawn, page, place)


def show_sources(drawn: Drawing, page: Page) -> None:
    """Source, licence with its link, retrieval and state of the data."""
    lang, metadata = page.lang, page.metadata
    named = [
        f":small[{escaped(text(lang, 'sources.source', attribution=a.text))} · {text(lang, 'sources.licence')}: "
        + (f"[{escaped(a.licence)}]({a.licence_url})" if a.licence_url else escaped(a.licence))
        + " · "
        f"{text(lang, 'sources.retrieved', day=formats.day(a.retrieved.date(), lang))}]"
        for a in drawn.sources
    ]
    vintage = metadata.vintages.get(page.view.vintage or metadata.current)
    if vintage:
        named.append(small(text(lang, "app.data_state", vintage=formats.moment(vintage.published_at, lang))))
    st.markdown("  \n".join(named))


def show_download(drawn: Drawing, page: Page, place: str) -> None:
    """A link to the drawing's figures as a file; ``place`` tells it from others of the same page."""
    if not drawn.figures.is_empty():
        link = base_address() + chart_address(page.view, page.metadata, "csv")
        said = text(page.lang, "sharing.table_csv")
        st.link_button(said, link, type="tertiary", icon=":material/download:", key=f"download_{place}")
