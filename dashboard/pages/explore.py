"""Zeitreihen: one view, its finding, its chart, its figures, its link."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.charting import Drawing, draw_charts, drawing
from dashboard.choices import periods_of
from dashboard.controls import how, what_and_where
from dashboard.descriptions import is_own_calculation
from dashboard.exports.csv import excel_csv, marked_as_own
from dashboard.labels import scale_of
from dashboard.page import EXPLORE, Page, open_page, origin, show_notes, show_past_state
from dashboard.queries import view_selection
from dashboard.tables import escaped, figures_table, small, wide_box
from dashboard.text import text
from dashboard.view import TOTAL, address, bounds, repaired, to_params

PATH = "/explore"
API_PATH = "/data/v1/observations.csv"


def main() -> None:
    page = open_page()
    lang = page.lang
    show_notes(page)
    show_past_state(page)
    drawn = drawing(page.store, page.metadata, page.store.path.name, page.view, page.theme)
    # columns stand beneath each other on a phone: finding and chart come first, then the widgets
    shown, widgets = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="xsmall"):
            st.subheader(escaped(drawn.headline), anchor=False)
            st.markdown(small(drawn.subtitle))
        if page.view.chart == "table":
            _figures(drawn, page)
        draw_charts(drawn, page.view)
    with widgets:
        what_and_where(page)
        how(page)
    if drawn.caveats:
        st.markdown("\n".join(f"- {small(said)}" for said in drawn.caveats))
    _sources(drawn, page)
    if page.view.chart != "table":
        with st.expander(text(lang, "explore.figures")):
            st.markdown(small(drawn.subtitle))
            _figures(drawn, page)
    with st.expander(text(lang, "explore.method")):
        _method(page)
    with st.expander(text(lang, "explore.take")):
        _take(drawn, page)


def _figures(drawn: Drawing, page: Page) -> None:
    """The figures as a table, and beneath it the same as a file."""
    with wide_box():
        st.markdown(figures_table(drawn.model, text(page.lang, "explore.period")))
        _download(drawn, page, "table")


def _sources(drawn: Drawing, page: Page) -> None:
    """Source, licence with its link, retrieval and state of the data."""
    lang, metadata = page.lang, page.metadata
    named = [
        f":small[{escaped(text(lang, 'sources.source', attribution=a.text))} · {text(lang, 'sources.licence')}: "
        f"[{escaped(a.licence)}]({a.licence_url}) · "
        f"{text(lang, 'sources.retrieved', day=formats.day(a.retrieved.date(), lang))}]"
        for a in drawn.sources
    ]
    vintage = metadata.vintages.get(page.view.vintage or metadata.current)
    if vintage:
        named.append(small(text(lang, "app.data_state", vintage=formats.moment(vintage.published_at, lang))))
    st.markdown("  \n".join(named))


def _method(page: Page) -> None:
    lang, metadata = page.lang, page.metadata
    related: dict[str, None] = {}
    for indicator_id in page.view.indicators:
        indicator = metadata.indicators[indicator_id]
        st.markdown(
            f"**{escaped(indicator.title.to(lang))}**\n\n"
            f"{text(lang, 'explore.definition')}: {escaped(indicator.definition.to(lang))}\n\n"
            f"{text(lang, 'explore.reading')}: {escaped(indicator.reading.to(lang))}"
        )
        if indicator.notes:
            st.markdown("\n".join(f"- {escaped(note.to(lang))}" for note in indicator.notes))
        related |= dict.fromkeys(r for r in indicator.related if r in metadata.indicators)
    if related:
        st.markdown(f"{text(lang, 'explore.related')}:")
        with st.container(horizontal=True, gap="medium"):
            for other in related:
                view, _ = repaired(replace(page.view, indicators=(other,), breakdowns=()), metadata)
                label = metadata.indicators[other].title.to(lang)
                st.page_link(EXPLORE, label=label, query_params=to_params(view, metadata))


def _take(drawn: Drawing, page: Page) -> None:
    """Links to exactly this view, and its figures as files."""
    lang, metadata, view = page.lang, page.metadata, page.view
    links = {
        "explore.link_newest": replace(view, vintage=None),
        "explore.link_fixed": replace(view, vintage=view.vintage or metadata.current),
    }
    st.markdown(f"**{text(lang, 'explore.link')}**")
    for said, linked in links.items():
        st.markdown(small(text(lang, said)))
        st.code(origin() + address(PATH, to_params(linked, metadata)), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        _download(drawn, page, "take")
        st.markdown(f"[{text(lang, 'explore.machine')}]({api_address(page)})")


def _download(drawn: Drawing, page: Page, place: str) -> None:
    st.download_button(
        text(page.lang, "explore.download"),
        excel_csv(_as_shown(drawn, page)),
        file_name=f"{'-'.join(page.view.indicators)}.csv",
        mime="text/csv",
        key=f"download_{place}",
        on_click="ignore",
        icon=":material/download:",
    )


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


main()
