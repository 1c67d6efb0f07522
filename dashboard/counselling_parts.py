"""The parts of the page Beratung beside its chart: comparison of bodies, definitions, official series, milestones."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.cards import show_card, show_empty_card
from dashboard.charting import drawing, tile_drawing
from dashboard.charts.heatmap import HeatCell, HeatMap, heat_map
from dashboard.choices import default_region
from dashboard.counselling import Scopes
from dashboard.counselling_topics import (
    Comparison,
    State,
    cell_text,
    comparison,
    comparison_headline,
    topic_findings,
    topics_view,
)
from dashboard.drawn import Drawing
from dashboard.metadata import REGION_SUM
from dashboard.page import Page
from dashboard.parts import show_caveats, show_download, show_sources
from dashboard.protection import is_invented
from dashboard.tables import Cell, FigureTable, escaped, show_table, small, wide_box
from dashboard.text import text
from dashboard.view import View

# official series that belong beside the contacts: indicator, breakdown, title
OFFICIAL = (
    ("residence_permits", "purpose=employment", "counselling_page.permits"),
    ("employees", "nationality=foreign", "counselling_page.employees"),
    ("students", "nationality=foreign", "counselling_page.students"),
)
KIND = "kind"
MOST_COLUMNS = 5  # of a heat map that fits a phone; a wider one scrolls in its box
COLUMN_WIDTH, NAME_WIDTH = 72, 130  # px of the wider one


def show_comparison(page: Page, figures: pl.DataFrame, scopes: Scopes) -> None:
    """Who counsels on which topic: heat map, the finding in words, and the same as a table."""
    lang = page.lang
    st.header(text(lang, "counselling_page.topics"), anchor=False)
    view = topics_view(page.view, figures, scopes)
    if view is None:
        st.markdown(text(lang, "counselling_page.no_topics"))
        return
    drawn = drawing(page.store, page.metadata, page.store.path.name, view, page.theme)
    compared = comparison(drawn.figures, view, page.metadata)
    headline = comparison_headline(compared, lang)
    if is_invented(drawn.figures, page.metadata):
        headline = text(lang, "invented.headline", headline=headline)
    shown, said = st.columns([7, 3], gap="large")
    with shown:
        with st.container(gap="xsmall"):
            st.subheader(escaped(headline), anchor=False)
            st.markdown(small(text(lang, "counselling_page.topics_subtitle", year=compared.year)))
        _draw_heat_map(compared, drawn, headline, page)
    with said:
        if not compared.of_bodies:
            invented = is_invented(drawn.figures, page.metadata)
            alone = "counselling_page.one_invented_body" if invented else "counselling_page.one_body"
            st.markdown(escaped(text(lang, alone)))
        st.markdown("\n".join(f"- {escaped(finding)}" for finding in topic_findings(compared, lang)))
        st.markdown("\n\n".join(small(said) for said in _signs(compared, page)))
    show_caveats(drawn, lang)
    show_sources(drawn, replace(page, view=view))
    with st.expander(text(lang, "counselling_page.topics_table")), wide_box():
        show_table(_table(compared, page), headline)
        show_download(drawn, replace(page, view=view), "topics")


def _signs(compared: Comparison, page: Page) -> list[str]:
    """What the words in the cells mean, as far as they occur, and how far bodies compare."""
    states = {cell.state for cell in compared.cells}
    keys = {
        "counselling_page.secret_counts": State.HELD_BACK in states,
        "counselling_page.dash": State.UNCOUNTED in states,
        "counselling_page.with_caution": compared.of_bodies,
    }
    return [text(page.lang, key) for key, wanted in keys.items() if wanted]


def _draw_heat_map(compared: Comparison, drawn: Drawing, headline: str, page: Page) -> None:
    topics, columns = list(compared.topics), list(compared.columns)
    cells = tuple(
        HeatCell(
            topics.index(cell.topic),
            columns.index(cell.column),
            cell_text(cell, page.lang),
            cell.value,
            closed=cell.state is State.HELD_BACK,
        )
        for cell in compared.cells
    )
    heat = HeatMap(tuple(compared.topics.values()), tuple(compared.columns.values()), cells)
    alt = text(page.lang, "counselling_page.alt_heat_map", headline=headline)
    spec = heat_map(heat, drawn.model)
    if len(columns) <= MOST_COLUMNS:
        st.vega_lite_chart(spec, alt=alt, theme=None, width="stretch")
        return
    with st.container(horizontal=True, wrap=False):
        st.vega_lite_chart(spec, alt=alt, theme=None, width=NAME_WIDTH + COLUMN_WIDTH * len(columns))


def _table(compared: Comparison, page: Page) -> FigureTable:
    """Topics in rows."""
    return FigureTable(
        (text(page.lang, "counselling_page.topic"), *compared.columns.values()),
        tuple(
            (Cell(label), *(Cell(cell_text(cell, page.lang), cell.value) for cell in compared.row(topic)))
            for topic, label in compared.topics.items()
        ),
    )


def show_definitions(page: Page, body: str) -> None:
    """Who counts, what is a contact of each kind, how to read it, and what is kept secret."""
    lang, metadata = page.lang, page.metadata
    provider = metadata.providers[body]
    indicator = metadata.indicators[page.view.indicators[0]]
    st.markdown(f"**{escaped(provider.name.to(lang))}**: {escaped(provider.about.to(lang))}")
    st.markdown(small(text(lang, "counselling_page.about_source", source=provider.source)))
    kinds = metadata.dimensions[KIND]
    defined = [
        f"- **{escaped(kinds.values[code].to(lang))}**: {escaped(said.to(lang))}"
        for code, said in kinds.definitions.items()
    ]
    st.markdown("\n".join(defined))
    st.markdown(
        f"{text(lang, 'explore.definition')}: {escaped(indicator.definition.to(lang))}\n\n"
        f"{text(lang, 'explore.reading')}: {escaped(indicator.reading.to(lang))}"
    )
    st.markdown(escaped(text(lang, "counselling_page.protection", threshold=provider.threshold)))
    if provider.round_to:
        st.markdown(escaped(text(lang, "counselling_page.rounding", base=provider.round_to)))


def show_official(page: Page) -> None:
    """The newest official figures on the same people, each with its course and a link to the time series."""
    lang = page.lang
    st.header(text(lang, "counselling_page.official"), anchor=False)
    st.markdown(text(lang, "counselling_page.official_lead"))
    for column, (indicator_id, breakdown, title) in zip(st.columns(len(OFFICIAL)), OFFICIAL, strict=True):
        with column:
            _official(page, indicator_id, breakdown, text(lang, title))


def _official(page: Page, indicator_id: str, breakdown: str, title: str) -> None:
    lang, metadata = page.lang, page.metadata
    indicator = metadata.indicators.get(indicator_id)
    if indicator is None or breakdown not in indicator.breakdowns:
        show_empty_card(title, text(lang, "overview.absent"), indicator_id)
        return
    wanted = page.view.regions[0] if len(page.view.regions) == 1 else REGION_SUM
    region = wanted if wanted in indicator.regions else default_region(indicator)
    view = View((indicator_id,), (region,), (breakdown,), vintage=page.view.vintage, lang=lang)
    drawn = tile_drawing(page.store, metadata, page.store.path.name, view, page.theme)
    if drawn is None:
        show_empty_card(title, text(lang, "overview.absent"), indicator_id)
        return
    show_card(drawn, title, view, page, indicator_id, before=f"{metadata.regions[region].short.to(lang)} · ")


def show_milestones(page: Page) -> None:
    """What has been published about counselling: cited facts, newest first, and no series."""
    lang, milestones = page.lang, page.metadata.milestones
    if not milestones:
        return
    st.header(text(lang, "counselling_page.milestones"), anchor=False)
    st.markdown(text(lang, "counselling_page.milestones_lead"))
    st.markdown(
        "\n".join(
            f"- **{escaped(m.when.to(lang))}**: {escaped(m.text.to(lang))} "
            f":small[{escaped(text(lang, 'sources.source', attribution=m.source.to(lang)))}]"
            + (f" :small[[{text(lang, 'counselling_page.milestone_link')}]({m.link})]" if m.link else "")
            for m in sorted(milestones, key=lambda m: m.at, reverse=True)
        )
    )
