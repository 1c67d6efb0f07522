"""What stands around a drawing on every page that shows one: its figures as table and file, its sources, its links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.charting import TileDrawing
from dashboard.choices import periods_of
from dashboard.descriptions import is_own_calculation
from dashboard.drawn import Drawing
from dashboard.exports.csv import excel_csv, marked_as_own
from dashboard.labels import scale_of
from dashboard.page import EXPLORE, Page, origin
from dashboard.queries import view_selection
from dashboard.tables import escaped, figures_table, small, wide_box
from dashboard.text import text
from dashboard.view import TOTAL, View, address, bounds, to_params

API_PATH = "/data/v1/observations.csv"


def show_caveats(drawn: Drawing) -> None:
    if drawn.caveats:
        st.markdown("\n".join(f"- {small(said)}" for said in drawn.caveats))


def show_tile(drawn: TileDrawing, view: View, page: Page, change: str) -> None:
    """The newest figure of a view of one series with its change, its course and a link to its time series."""
    lang = page.lang
    st.markdown(f"## {escaped(drawn.facts.figure)}")
    st.markdown(small(change))
    st.vega_lite_chart(drawn.spark, alt=drawn.alt, theme=None, width="stretch")
    st.markdown(small(f"{drawn.facts.period} · {text(lang, 'sources.source', attribution=drawn.source)}"))
    st.page_link(
        EXPLORE,
        label=text(lang, "overview.tile_more"),
        icon=":material/show_chart:",
        query_params=to_params(view, page.metadata),
    )


def show_figures(drawn: Drawing, page: Page) -> None:
    """The figures as a table, and beneath it the same as a file."""
    with wide_box():
        st.markdown(figures_table(drawn.table))
        show_download(drawn, page, "table")


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


def show_links(drawn: Drawing, page: Page, path: str, params_of: Callable[[View], Mapping[str, str]]) -> None:
    """Links to exactly this view, and its figures as files. ``params_of`` writes the view as the page's address."""
    lang, metadata, view = page.lang, page.metadata, page.view
    links = {
        "explore.link_newest": replace(view, vintage=None),
        "explore.link_fixed": replace(view, vintage=view.vintage or metadata.current),
    }
    st.markdown(f"**{text(lang, 'explore.link')}**")
    for said, linked in links.items():
        st.markdown(small(text(lang, said)))
        st.code(origin() + address(path, params_of(linked)), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_download(drawn, page, "take")
        st.markdown(f"[{text(lang, 'explore.machine')}]({api_address(page)})")


def show_download(drawn: Drawing, page: Page, place: str) -> None:
    """A button for the drawing's figures; ``place`` tells it from others of the same page."""
    st.download_button(
        text(page.lang, "explore.download"),
        excel_csv(_as_shown(drawn, page)),
        file_name=f"{'-'.join(page.view.indicators)}.csv",
        mime="text/csv",
        key=f"download_{place}",
        on_click="ignore",
        icon=":material/download:",
    )


def api_address(page: Page) -> str:
    """The machine-readable form of the view's figures; it names everything, so that no default can change it."""
    view = page.view
    selection = view_selection(view, page.metadata)
    first, last = bounds(view, periods_of([page.metadata.indicators[i] for i in view.indicators]))
    params = {
        "i": ",".join(selection.indicators or ()),
        "r": ",".join(view.regions),
        "b": ",".join(b or TOTAL for b in selection.breakdowns or ()),
        "from": first,
        "to": last,
    }
    return address(API_PATH, params | ({"v": view.vintage} if view.vintage else {}))


def _as_shown(drawn: Drawing, page: Page) -> pl.DataFrame:
    """The figures as the chart shows them, each with the unit it is shown in, own calculations marked as such."""
    view = page.view
    if view.measure == "number":  # the store marks the region's sum itself
        return drawn.figures
    indicators = page.metadata.indicators
    units = {i: scale_of(indicators[i], view.measure, page.metadata, page.lang).unit for i in view.indicators}
    # the store's attributions are the publishers' own words, in German
    own = is_own_calculation(replace(view, regions=()), page.metadata)
    figures = marked_as_own(drawn.figures, text("de", "sources.own")) if own else drawn.figures
    return figures.with_columns(pl.col("indicator").replace_strict(units, default=pl.col("unit")).alias("unit"))
