"""The frame around every page: styles, header with navigation and language, the line that only print shows, footer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import streamlit as st

from dashboard import formats
from dashboard.charts.palette import PALETTES, Palette, Theme
from dashboard.metadata import Lang, Metadata
from dashboard.page import (
    COMPARISON,
    COUNSELLING,
    DATA_STATUS,
    EMPLOYMENT,
    EXPLORE,
    IMMIGRATION,
    MAP,
    MEASURES,
    METHODS,
    OUTLOOK,
    OVERVIEW,
    PATHS,
    QUALIFICATION,
    ROUND_TABLE,
    SERVICES,
    UNEMPLOYMENT,
)
from dashboard.tables import escaped, small
from dashboard.text import LANGUAGES, text
from dashboard.view import View, address

THEME_PAGES = (IMMIGRATION, EMPLOYMENT, UNEMPLOYMENT, QUALIFICATION)
ACTION_PAGES = (ROUND_TABLE, MEASURES, SERVICES, OUTLOOK, COUNSELLING)
DATA_PAGES = (DATA_STATUS, METHODS)
MENU = (OVERVIEW, *THEME_PAGES, EXPLORE, MAP, COMPARISON, *ACTION_PAGES, *DATA_PAGES)
KEPT = ("r", "v", "lang")  # a reader who moves on keeps regions, state of the data and language
FEED = "/feed/revisions.atom"
PLAIN = "/plain"
MOST_NAMED = 9  # regions in the line that print shows


def page_name(script: str, lang: Lang) -> str:
    """A page's name, as menu, title and first heading have it."""
    return text(lang, f"app.{script.removesuffix('.py')}")


def kept_params() -> dict[str, str]:
    """What of the address goes along to another page."""
    return {key: st.query_params[key] for key in KEPT if key in st.query_params}


def show_print_style(theme: Theme) -> None:
    """What print needs beyond the shell's styles: the light colours for charts that were drawn for a dark ground."""
    if theme == "dark":
        st.html(f"<style>@media print {{ {printed_colours()} }}</style>")


@cache
def printed_colours() -> str:
    """The rules that give charts drawn for the dark ground the colours of the light one."""
    dark, light = (_colours(PALETTES[theme]) for theme in ("dark", "light"))
    return " ".join(
        f'svg [{kind}="{old}"] {{ {kind}: {new}; }}'
        for old, new in zip(dark, light, strict=True)
        for kind in ("fill", "stroke")
    )


def _colours(palette: Palette) -> tuple[str, ...]:
    single = (palette.ground, palette.text, palette.muted, palette.grid, palette.strong, palette.grey)
    return (*single, *palette.hues)


def show_header(lang: Lang, current: str) -> None:
    """Name and place, the pages, the language. On a phone the pages are behind one button.

    ``current`` is the page's path: menus are made anew with each page, so that none stays open behind a choice.
    """
    with st.container(key="frame_header", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{text(lang, 'app.title')}**", width="content")
        with st.container(key="frame_place", width="content"):
            st.markdown(text(lang, "app.place"))
        with st.container(key="frame_wide", horizontal=True, vertical_alignment="center", gap=None, width="content"):
            _link(OVERVIEW, lang)
            _menu("frame.themes", THEME_PAGES, lang, current)
            for script in (EXPLORE, MAP, COMPARISON):
                _link(script, lang)
            _menu("frame.actions", ACTION_PAGES, lang, current)
            _menu("frame.data", DATA_PAGES, lang, current)
        with st.container(key="frame_narrow", width="content"):
            _menu("frame.menu", MENU, lang, current)
        other = next(known for known in LANGUAGES if known != lang)
        st.button(
            text(lang, "app.other_language"),
            key="language",
            type="tertiary",
            icon=":material/language:",
            on_click=_switch_language,
            args=(other,),
        )


def show_printed_line(page_title: str, view: View, metadata: Metadata, origin: str, params: Mapping[str, str]) -> None:
    """What is chosen, as a sheet of paper must say it; hidden on the screen."""
    with st.container(key="printonly_line"):
        st.markdown(small(printed_line(page_title, view, metadata, origin, params)))


def printed_line(page_title: str, view: View, metadata: Metadata, origin: str, params: Mapping[str, str]) -> str:
    """Page, regions, range, measure, state of the data and address of a view in one line."""
    lang = view.lang
    names = [metadata.regions[r].short.to(lang) for r in view.regions if r in metadata.regions]
    shown = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    whole = text(lang, "stories.print_whole_range")
    chosen = text(lang, "periods.span", first=view.start or "…", last=view.end or "…")
    vintage = metadata.vintages.get(view.vintage or metadata.current)
    parts = [
        f"{text(lang, 'app.title')} · {text(lang, 'app.place')} · {page_title}",
        text(lang, "stories.print_region", names=shown),
        text(lang, "stories.print_range", range=chosen if view.start or view.end else whole),
    ]
    if view.measure != "number":
        parts.append(text(lang, "stories.print_measure", measure=text(lang, f"measures.{view.measure}")))
    if vintage:
        parts.append(text(lang, "app.data_state", vintage=formats.moment(vintage.published_at, lang)))
    path = next((p for script, p in PATHS.items() if page_name(script, lang) == page_title), "")
    return " · ".join([*parts, origin + address(f"/{path}", params)])


def show_footer(lang: Lang) -> None:
    """Whose figures these are, and the pages about the pages."""
    with st.container(key="frame_footer", gap="small"):
        st.markdown(small(text(lang, "footer.text")))
        with st.container(key="noprint_footer", horizontal=True, gap="small"):
            for script in (METHODS, DATA_STATUS):
                _link(script, lang)
            for key, section in (("frame.accessibility", "accessibility"), ("frame.imprint", "imprint")):
                params = kept_params() | {"section": section}
                st.page_link(METHODS, label=text(lang, key), query_params=params)
            query = "?lang=en" if lang == "en" else ""
            st.markdown(
                f"[{text(lang, 'frame.plain')}]({PLAIN}{query}) [{text(lang, 'frame.feed')}]({FEED}{query})",
                width="content",
            )


def _link(script: str, lang: Lang) -> None:
    st.page_link(script, label=escaped(page_name(script, lang)), query_params=kept_params())


def _menu(key: str, scripts: tuple[str, ...], lang: Lang, current: str) -> None:
    here = "_here" if current in {PATHS[script] for script in scripts} else ""
    with st.popover(text(lang, key), type="tertiary", key=f"{key.replace('.', '_')}_{current}{here}"):
        for script in scripts:
            _link(script, lang)


def _switch_language(lang: str) -> None:
    """The same view in the other language: only the address's language changes."""
    if lang == LANGUAGES[0]:
        del st.query_params["lang"]
    else:
        st.query_params["lang"] = lang
