"""A file of a meeting as its readers see it: cover, what is new, one chart after the other."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard import formats
from dashboard.charting import draw_charts, drawing
from dashboard.meeting.document import event_line, state_of
from dashboard.meeting.model import MeetingFile
from dashboard.meeting.news import news_of
from dashboard.meeting.sheets import Sheet, is_past, lost_charts, sheets_of, views_of
from dashboard.page import EXPLORE, MAP, Page, base_address, show_warnings
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.past_state import MOST_ROWS
from dashboard.revised import Revision, revision_table
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text
from dashboard.view import to_params

_PLAIN_BREAK = "  \n"


def show_cover(file: MeetingFile, page: Page) -> None:
    """When, where and who, and which state of the data the file shows."""
    lang = page.lang
    said = {
        "day": formats.day(file.day, lang) if file.day else "",
        "place": file.place,
        "participants": ", ".join(file.participants.splitlines()),
    }
    lines = [
        f"{text(lang, f'round_table.cover.{name}')}: **{escaped(value)}**" for name, value in said.items() if value
    ]
    if lines:
        st.markdown(_PLAIN_BREAK.join(lines))
    show_state(file, page)


def show_state(file: MeetingFile, page: Page) -> None:
    """Which state of the data the file shows, plainly where it is not the newest."""
    lang, metadata = page.lang, page.metadata
    if file.vintage and file.vintage not in metadata.vintages:
        show_warnings([text(lang, "notes.unknown_vintage", value=file.vintage)])
    shown = formats.moment(state_of(file, metadata).published_at, lang)
    newest = formats.moment(metadata.vintages[metadata.current].published_at, lang)
    if file.vintage is None:
        st.markdown(small(text(lang, "round_table.unpinned")))
    elif state_of(file, metadata).id == metadata.current:
        st.markdown(small(text(lang, "round_table.pinned", vintage=shown)))
    else:
        st.info(text(lang, "round_table.pinned_past", vintage=shown, newest=newest), icon=":material/history:")


def show_file(file: MeetingFile, page: Page) -> None:
    """What is new since the last meeting, then every chart."""
    _show_news(file, page)
    show_warnings(list(lost_charts(file, page.metadata, page.lang)))
    sheets = sheets_of(
        file,
        page.store,
        page.metadata,
        page.lang,
        base_address(),
        lambda view, theme: drawing(page.store, page.metadata, page.store.path.name, view, theme),
        page.theme,
    )
    for sheet in sheets:
        with st.container(key=f"story_sheet_{sheet.number}", gap="small"):
            _show_sheet(sheet, page)


def _show_news(file: MeetingFile, page: Page) -> None:
    lang, metadata = page.lang, page.metadata
    views = views_of(file, lang, metadata)
    news = news_of(file, views, page.store, metadata, lang, datetime.now(UTC).date())
    if news is None:
        return
    with st.container(key="story_news", gap="small"):
        st.header(text(lang, "round_table.news.title"), anchor=False)
        st.markdown(escaped(news.lead))
        said = [*news.own, *([news.others] if news.others else [])]
        if said:
            st.markdown("\n".join(f"- {escaped(one)}" for one in said))
        if news.events:
            st.subheader(text(lang, "round_table.news.events"), anchor=False)
            st.markdown("\n".join(f"- {escaped(event_line(event, lang))}" for event in news.events))
            st.markdown(small(text(lang, "events.context")))
        if any(r.revised or r.withdrawn for r in news.revisions):
            with st.expander(text(lang, "round_table.news.revised"), key="news_revised"):
                _show_then_and_now(news.revisions, page, text(lang, "round_table.news.revised"))


def _show_sheet(sheet: Sheet, page: Page) -> None:
    lang, view, drawn = page.lang, sheet.view, sheet.drawn
    st.header(escaped(f"{sheet.number} {sheet.heading}"), anchor=False)
    if sheet.heading != drawn.headline:
        st.markdown(f"**{escaped(drawn.headline)}**")
    st.markdown(small(drawn.subtitle))
    show_warnings(list(sheet.notes))
    own = Page(page.store, page.metadata, view, (), page.theme)
    if view.chart == "table":
        show_figures(drawn, own, f"sheet_table_{sheet.number}")
    draw_charts(drawn, events=False)
    if sheet.chart.note:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{text(lang, 'round_table.note')}**")
            st.markdown(_PLAIN_BREAK.join(escaped(line) for line in sheet.chart.note.splitlines()))
    if is_past(view, page.metadata):
        st.info(escaped(sheet.past), icon=":material/history:")
        if sheet.revision.revised or sheet.revision.withdrawn:
            with st.expander(text(lang, "past.then_and_now"), key=f"then_{sheet.number}"):
                _show_then_and_now([sheet.revision], page, f"{text(lang, 'past.then_and_now')}: {sheet.heading}")
    folded = "round_table.more_hints" if view.chart == "table" else "round_table.figures"
    with st.expander(text(lang, folded), key=f"figures_{sheet.number}"):
        if view.chart != "table":
            show_figures(drawn, own, f"sheet_{sheet.number}")
        st.markdown("\n".join(f"- {small(f'{name}: {value}')}" for name, value in sheet.filters))
        show_caveats(drawn, lang)
        show_sources(drawn, own)
    st.page_link(
        MAP if view.chart == "map" else EXPLORE,
        label=text(lang, "round_table.open_chart"),
        icon=":material/open_in_full:",
        query_params=to_params(view, page.metadata),
    )


def _show_then_and_now(revisions: list[Revision] | tuple[Revision, ...], page: Page, name: str) -> None:
    lang = page.lang
    table = revision_table(revisions, page.metadata, lang, MOST_ROWS)
    with wide_box():
        show_table(table, name)
    st.markdown(small(text(lang, "past.own")))
    every = sum(len(r.revised) + len(r.withdrawn) for r in revisions)
    if every > len(table.rows):
        shown, number = (formats.number(n, 0, lang) for n in (len(table.rows), every))
        st.markdown(small(text(lang, "past.more", shown=shown, number=number)))
