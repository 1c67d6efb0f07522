"""Überblick: six tiles with the newest figures, and the long-term development of two of them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.charting import draw_charts, drawing, tile_drawing
from dashboard.page import EXPLORE, Page, go_to, open_page, show_notes, show_past_state
from dashboard.parts import show_tile
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import Note, View, to_params

# indicator and breakdown of each tile, in the order of the page
TILES = (
    ("foreign_population", ""),
    ("foreign_population_share", ""),
    ("migration_abroad", "direction=net"),
    ("employees", "nationality=foreign"),
    ("residence_permits", "purpose=employment"),
    ("naturalisations", ""),
)
CHARTS = (("foreign_population", ""), ("employees", "nationality=foreign"))
TILES_A_ROW = 3
REGION = "w_overview_region"


def main() -> None:
    page = _on_tiles(open_page())
    lang = page.lang
    show_notes(page)
    show_past_state(page)
    columns = st.columns([3, 1], gap="large", vertical_alignment="bottom")
    with columns[0]:
        st.subheader(text(lang, "app.overview"), anchor=False)
        st.markdown(text(lang, "overview.lead"))
    with columns[1]:
        _region_picker(page)
    for start in range(0, len(TILES), TILES_A_ROW):
        for column, chosen in zip(st.columns(TILES_A_ROW), TILES[start : start + TILES_A_ROW], strict=True):
            with column:
                _tile(page, *chosen)
    st.subheader(text(lang, "overview.trends"), anchor=False)
    for column, chosen in zip(st.columns(len(CHARTS), gap="large"), CHARTS, strict=True):
        with column:
            _chart(page, *chosen)


def _on_tiles(page: Page) -> Page:
    """The page for one region that a tile has figures of: the first such one of the address."""
    regions, lang = page.metadata.regions, page.lang
    offered = _offered(page)
    wanted = [r.strip() for r in st.query_params.get("r", "").split(",") if r.strip() in regions]
    found = next((r for r in wanted if r in offered), None)
    chosen = found or next(iter(offered), page.view.regions[0])
    # what the address's indicator lacks says nothing about the tiles
    notes = [note for note in page.notes if note.key != "no_figures_for_region"]
    if wanted and not found:
        named = {"value": regions[wanted[0]].short.to(lang), "shown": regions[chosen].short.to(lang)}
        notes.append(Note("region_without_tiles", tuple(named.items())))
    return replace(page, view=replace(page.view, regions=(chosen,)), notes=tuple(notes))


def _offered(page: Page) -> list[str]:
    """The regions that at least one tile has figures of."""
    held = page.metadata.indicators
    tiles = [held[i] for i, breakdown in TILES if i in held and breakdown in held[i].breakdowns]
    return [r for r in page.metadata.regions if any(r in i.regions for i in tiles)]


def _region_picker(page: Page) -> None:
    regions = page.metadata.regions
    chosen = page.view.regions[0]
    if st.session_state.get(REGION) != chosen:
        st.session_state[REGION] = chosen
    st.selectbox(
        text(page.lang, "overview.region"),
        _offered(page),
        format_func=lambda r: regions[r].short.to(page.lang),
        key=REGION,
        on_change=_region_changed,
        args=(page,),
    )


def _region_changed(page: Page) -> None:
    go_to(replace(page.view, regions=(st.session_state[REGION],)), page.metadata)


def _view(page: Page, indicator_id: str, breakdown: str) -> View | None:
    """The view behind a tile; None where the store or the region lacks the indicator."""
    indicator = page.metadata.indicators.get(indicator_id)
    region = page.view.regions[0]
    if indicator is None or breakdown not in indicator.breakdowns or region not in indicator.regions:
        return None
    return View((indicator_id,), (region,), (breakdown,), vintage=page.view.vintage, lang=page.lang)


def _tile(page: Page, indicator_id: str, breakdown: str) -> None:
    lang = page.lang
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{text(lang, f'overview.tiles.{indicator_id}')}**")
        view = _view(page, indicator_id, breakdown)
        drawn = tile_drawing(page.store, page.metadata, page.store.path.name, view, page.theme) if view else None
        if view is None or drawn is None:
            known = indicator_id in page.metadata.indicators
            st.markdown(small(text(lang, "overview.no_region" if known else "overview.absent")))
            return
        show_tile(drawn, view, page, drawn.facts.change)


def _chart(page: Page, indicator_id: str, breakdown: str) -> None:
    view = _view(page, indicator_id, breakdown)
    if view is None:
        return
    drawn = drawing(page.store, page.metadata, page.store.path.name, view, page.theme)
    with st.container(gap="xsmall"):
        st.markdown(f"#### {escaped(drawn.headline)}")
        st.markdown(small(drawn.subtitle))
    draw_charts(drawn)
    st.page_link(
        EXPLORE,
        label=text(page.lang, "overview.chart_more"),
        icon=":material/open_in_full:",
        query_params=to_params(view, page.metadata),
    )


main()
