"""A page of tiles and stories, drawn: the overview and the four themes. One place is chosen for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.cards import show_card, show_empty_card
from dashboard.charting import TileDrawing, draw_charts, drawing, tile_drawing
from dashboard.drawn import Drawing
from dashboard.event_list import show_events
from dashboard.events import are_numbered
from dashboard.metadata import Metadata
from dashboard.page import EXPLORE, Page, go_to_address
from dashboard.parts import show_figures, show_sources
from dashboard.sharing import show_sharing
from dashboard.store import Store
from dashboard.stories import Story, TileChoice, is_held, places_offered, story_view, themes, tile_view, told_place
from dashboard.story_facts import paragraph
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import Note, View, to_params

PLACE = "w_place"
WIDE = "small-multiples"
CAVEATS_SHOWN = 2  # beneath a chart; the others are behind a click
EXPLORER_PATH = "/explore"


def place_of(page: Page, name: str) -> Page:
    """The page for one place: the first of the address's regions that is one, else the region.

    What the address's indicator lacks says nothing about the stories, so no note tells it.
    """
    regions, offered = page.metadata.regions, places_offered(name, page.metadata)
    wanted = [r.strip() for r in st.query_params.get("r", "").split(",") if r.strip() in regions]
    found = next((r for r in wanted if r in offered), None)
    chosen = found or next(iter(offered), page.view.regions[0])
    notes = [note for note in page.notes if note.key != "no_figures_for_region"]
    if wanted and not found:
        named = {"value": regions[wanted[0]].short.to(page.lang), "shown": regions[chosen].short.to(page.lang)}
        notes.append(Note("region_without_tiles", tuple(named.items())))
    return replace(page, view=replace(page.view, regions=(chosen,)), notes=tuple(notes))


def views_of(page: Page, name: str) -> tuple[View, ...]:
    """All views that the page shows, its tiles and stories; its own where there is none."""
    metadata, place = page.metadata, page.view.regions[0]
    tiles = (tile_view(tile, place, metadata, page.view) for tile in themes()[name].tiles)
    stories = (story_view(s, place, metadata, page.view) for s in themes()[name].stories if is_held(s, metadata))
    return tuple(dict.fromkeys(view for view in (*tiles, *stories) if view)) or (page.view,)


def show_title(page: Page, name: str, lead: str) -> None:
    """The page's name and what it is about, and the place to choose beside it."""
    with st.container(key="page_head", horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width="stretch", gap="xxsmall"):
            st.title(text(page.lang, f"app.{name}"), anchor=False)
            st.markdown(lead)
        with st.container(key="noprint_place", width=260):
            _place_picker(page, places_offered(name, page.metadata))


def show_tiles(page: Page, name: str) -> None:
    """The page's tiles, as many in a row as there is room for."""
    chosen = [tile for tile in themes()[name].tiles if is_held(tile, page.metadata)]
    if not chosen:
        return
    with st.grid(min(4, len(chosen)), min_column_width=150, gap="small", key="tiles"):
        for tile in chosen:
            _tile(page, tile)


def show_stories(page: Page, name: str) -> None:
    """The page's stories, two beside each other where there is room; panels take the whole width.

    Without any it says so.
    """
    held = [story for story in themes()[name].stories if is_held(story, page.metadata)]
    if not held:
        st.info(text(page.lang, "stories.none"))
    for row in rows_of(held):
        columns = st.columns(len(row), gap="large")
        for column, story in zip(columns, row, strict=True):
            with column, st.container(key=f"story_{story.id}", gap="xsmall"):
                _show_story(page, story)


def rows_of(stories: Sequence[Story]) -> list[tuple[Story, ...]]:
    """Stories in pairs, in order; one with panels alone."""
    rows: list[tuple[Story, ...]] = []
    for story in stories:
        if rows and len(rows[-1]) == 1 and WIDE not in (story.chart, rows[-1][0].chart):
            rows[-1] = (*rows[-1], story)
        else:
            rows.append((story,))
    return rows


def _place_picker(page: Page, offered: tuple[str, ...]) -> None:
    if not offered:
        return
    regions, chosen = page.metadata.regions, page.view.regions[0]
    if st.session_state.get(PLACE) != chosen:
        st.session_state[PLACE] = chosen
    st.selectbox(
        text(page.lang, "stories.region"),
        offered,
        format_func=lambda r: regions[r].short.to(page.lang),
        key=PLACE,
        on_change=_place_changed,
        args=(offered[:1],),
    )


def _place_changed(default: tuple[str, ...]) -> None:
    chosen = st.session_state[PLACE]
    kept = {key: value for key, value in st.query_params.to_dict().items() if key != "r"}
    go_to_address(kept if (chosen,) == default else {"r": chosen} | kept)


def _drawn_tile(page: Page, tile: TileChoice) -> tuple[View | None, TileDrawing | None]:
    view = tile_view(tile, page.view.regions[0], page.metadata, page.view)
    return view, tile_drawing(page.store, page.metadata, page.store.path.name, view, page.theme) if view else None


def _tile(page: Page, tile: TileChoice) -> None:
    title = text(page.lang, f"tiles.{tile.id}")
    view, drawn = _drawn_tile(page, tile)
    if view is None or drawn is None:
        show_empty_card(title, text(page.lang, "overview.no_region"), tile.id)
        return
    show_card(drawn, title, view, page, tile.id)


def _show_story(page: Page, story: Story) -> None:
    place, lang = page.view.regions[0], page.lang
    view = story_view(story, place, page.metadata, page.view)
    drawn = drawing(page.store, page.metadata, page.store.path.name, view, page.theme)
    st.header(text(lang, f"stories.{story.id}"), anchor=False)
    if instead := _instead(story, place, page):
        st.markdown(f":material/info: {escaped(instead)}")
    st.subheader(escaped(drawn.headline), anchor=False)
    st.markdown(small(drawn.subtitle))
    draw_charts(drawn, events=False)
    said = _told(page.store, page.metadata, page.store.path.name, story, place, page.view)
    if said:
        st.markdown(escaped(" ".join(said)))
    _beneath(drawn, replace(page, view=view), story)


def _instead(story: Story, place: str, page: Page) -> str:
    """That the chart shows Niedersachsen, where there is nothing of the place."""
    regions = page.metadata.regions
    if place in page.metadata.indicators[story.indicator].regions:
        return ""
    told = told_place(story, place, page.metadata)
    named = {"place": regions[place].short.to(page.lang), "shown": regions[told].short.to(page.lang)}
    if told == place or story.places == "districts":
        return text(page.lang, "stories.absent_place", place=named["place"])
    return text(page.lang, "stories.instead", **named)


@st.cache_data(max_entries=600, show_spinner=False)
def _told(_store: Store, _metadata: Metadata, store_name: str, story: Story, place: str, base: View) -> tuple[str, ...]:
    return paragraph(story, place, _store, _metadata, base)


def _beneath(drawn: Drawing, page: Page, story: Story) -> None:
    """What must be read with a chart, and behind a click its table, its other notes and what the figure means."""
    lang, indicator = page.lang, page.metadata.indicators[story.indicator]
    first, others = drawn.caveats[:CAVEATS_SHOWN], drawn.caveats[CAVEATS_SHOWN:]
    if first:
        st.markdown("  \n".join(small(said) for said in first))
    if others:
        with st.container(key=f"printonly_{story.id}"):
            st.markdown("\n".join(f"- {small(said)}" for said in others))
    with st.expander(text(lang, "stories.more"), key=f"more_{story.id}"):
        show_figures(drawn, page, f"table_{story.id}")
        st.markdown("\n".join(f"- {small(said)}" for said in (*others, text(lang, "stories.own"))))
        show_events(drawn.model.events, lang, numbered=are_numbered(drawn.model.events, page.view.chart))
        st.markdown(small(f"{text(lang, 'explore.definition')}: {indicator.definition.to(lang)}"))
        st.markdown(small(f"{text(lang, 'explore.reading')}: {indicator.reading.to(lang)}"))
        show_sources(drawn, page)
    with st.container(key=f"noprint_{story.id}", horizontal=True, vertical_alignment="center", gap="small"):
        show_sharing(
            drawn, page, EXPLORER_PATH, lambda v: to_params(v, page.metadata), key=f"share_{story.id}", compact=True
        )
        st.page_link(
            EXPLORE,
            label=text(lang, "stories.open"),
            icon=":material/open_in_full:",
            query_params=to_params(page.view, page.metadata),
        )
