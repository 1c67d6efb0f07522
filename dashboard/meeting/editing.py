"""The widgets with which a reader puts a file together: cover, charts in order, prepared and saved files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard.charting import drawing
from dashboard.meeting.draft import Draft, begin, change, change_chart, day_of, draft, move, remove
from dashboard.meeting.model import LONGEST_LINE, LONGEST_NOTE, LONGEST_TITLE, Chart, MeetingFile
from dashboard.meeting.prepared import Prepared, opened, prepared_files
from dashboard.meeting.sheets import is_lost, lost_chart, said_notes, view_of
from dashboard.meeting.written import MOST_BYTES, FileError, loaded
from dashboard.metadata import Lang
from dashboard.page import EXPLORE, MAP, Page, show_warnings
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import Note, to_params

_SAID = "meeting_said"  # what the last action has to tell, shown once


def tell(*said: str) -> None:
    """Keeps sentences for the next run."""
    st.session_state[_SAID] = said


def show_told() -> None:
    """Shows what the last action had to tell."""
    show_warnings(list(st.session_state.pop(_SAID, ())))


def show_cover_fields(now: Draft, page: Page) -> None:
    """Title, days, place, participants."""
    lang, file = page.lang, now.file
    _line("title", file.title, now, lang)
    left, right = st.columns(2)
    with left:
        _day("day", file.day, now, lang)
    with right:
        _day("since", file.since, now, lang, help=text(lang, "round_table.cover.since_help"))
    _line("place", file.place, now, lang)
    key = f"file_participants_{now.edition}"
    st.text_area(
        text(lang, "round_table.cover.participants"),
        file.participants,
        max_chars=LONGEST_LINE,
        key=key,
        help=text(lang, "round_table.cover.participants_help"),
        on_change=_written(key, lambda said: change(participants=said)),
    )


def show_chart_fields(now: Draft, page: Page) -> None:
    """Each chart with finding, heading, note, and the buttons that move or remove it."""
    last = len(now.ids) - 1
    for place, (chart_id, chart) in enumerate(zip(now.ids, now.file.charts, strict=True)):
        number, lang = place + 1, page.lang
        with st.container(border=True, key=f"entry_{chart_id}", gap="small"):
            _show_finding(number, chart, now.file, page)
            heading_key, note_key = (f"file_{what}_{chart_id}_{now.edition}" for what in ("heading", "note"))
            st.text_input(
                text(lang, "round_table.heading_of", number=number),
                chart.heading,
                max_chars=LONGEST_TITLE,
                key=heading_key,
                placeholder=text(lang, "round_table.heading_help"),
                on_change=_chart_written(heading_key, chart_id, "heading"),
            )
            st.text_area(
                text(lang, "round_table.note_of", number=number),
                chart.note,
                max_chars=LONGEST_NOTE,
                height=90,
                key=note_key,
                on_change=_chart_written(note_key, chart_id, "note"),
            )
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _step("up", chart_id, number, lang, disabled=place == 0)
                _step("down", chart_id, number, lang, disabled=place == last)
                st.button(
                    text(lang, "round_table.remove_of", number=number),
                    key=f"file_remove_{chart_id}",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=remove,
                    args=(chart_id,),
                )
                view, _ = view_of(chart, now.file, lang, page.metadata)
                st.page_link(
                    MAP if view.chart == "map" else EXPLORE,
                    label=text(lang, "round_table.open_chart"),
                    icon=":material/open_in_full:",
                    query_params=to_params(view, page.metadata),
                )


def _show_finding(number: int, chart: Chart, file: MeetingFile, page: Page) -> None:
    """What the chart says, or why it says nothing any more."""
    lang, metadata = page.lang, page.metadata
    if is_lost(chart, metadata):
        st.subheader(escaped(f"{number} {chart.heading}"), anchor=False)
        show_warnings([lost_chart(number, chart, lang)])
        return
    view, notes = view_of(chart, file, lang, metadata)
    drawn = drawing(page.store, metadata, page.store.path.name, view, page.theme)
    st.subheader(escaped(f"{number} {chart.heading or drawn.headline}"), anchor=False)
    st.markdown("  \n".join(small(one) for one in (drawn.headline if chart.heading else "", drawn.subtitle) if one))
    show_warnings(list(said_notes(notes, lang)))


def show_prepared(page: Page) -> None:
    """The prepared files as starting points."""
    lang = page.lang
    for prepared in prepared_files(page.store).values():
        with st.container(border=True, key=f"prepared_{prepared.id}", gap="xsmall"):
            st.subheader(escaped(prepared.title.to(lang)), anchor=False)
            st.markdown(small(prepared.about.to(lang)))
            st.button(
                text(lang, "round_table.prepared_open", title=prepared.title.to(lang)),
                key=f"open_{prepared.id}",
                icon=":material/folder:",
                on_click=_open,
                args=(prepared, page),
            )


def show_loading(page: Page) -> None:
    """Where a saved file is given back."""
    lang, key = page.lang, f"file_upload_{draft().edition}"
    given = st.file_uploader(
        text(lang, "round_table.upload"), type="json", key=key, max_upload_size=1, label_visibility="visible"
    )
    if given is None:
        return
    try:
        file = loaded(given.read(MOST_BYTES + 1))
    except FileError as error:
        show_warnings([said(error.note, lang)])
        return
    begin(file, page.metadata)
    tell(text(lang, "round_table.loaded", title=file.title or text(lang, "round_table.untitled")))
    st.rerun()


def said(note: Note, lang: Lang) -> str:
    """A note of a file that could not be read, in words."""
    return text(lang, note.key, **dict(note.values))


def renew(page: Page) -> None:
    """Lets the file show the newest state of the data."""
    change(vintage=page.metadata.current)


def clear(page: Page) -> None:
    """Begins anew with nothing."""
    begin(MeetingFile(), page.metadata)


def _open(prepared: Prepared, page: Page) -> None:
    file, missing = opened(prepared, page.metadata, page.lang)
    begin(file, page.metadata)
    if missing:
        tell(text(page.lang, "round_table.prepared_missing", names=", ".join(missing)))


def _line(name: str, value: str, now: Draft, lang: Lang) -> None:
    key = f"file_{name}_{now.edition}"
    st.text_input(
        text(lang, f"round_table.cover.{name}"),
        value,
        max_chars=LONGEST_TITLE,
        key=key,
        on_change=_written(key, lambda said: change(**{name: said})),
    )


def _day(name: str, value: date | None, now: Draft, lang: Lang, help: str | None = None) -> None:
    key = f"file_{name}_{now.edition}"

    def keep(said: str) -> None:
        try:
            change(**{name: day_of(said)})
        except ValueError:
            tell(text(lang, "round_table.notes.no_day", value=said[:20]))

    st.text_input(
        text(lang, f"round_table.cover.{name}"),
        f"{value:%d.%m.%Y}" if value else "",
        max_chars=20,
        key=key,
        help=help,
        placeholder=text(lang, "round_table.cover.day_form"),
        on_change=_written(key, keep),
    )


def _step(direction: str, chart_id: int, number: int, lang: Lang, *, disabled: bool) -> None:
    st.button(
        text(lang, f"round_table.{direction}_of", number=number),
        key=f"file_{direction}_{chart_id}",
        icon=":material/arrow_upward:" if direction == "up" else ":material/arrow_downward:",
        type="tertiary",
        disabled=disabled,
        on_click=move,
        args=(chart_id, -1 if direction == "up" else 1),
    )


def _written(key: str, keep: Callable[[str], None]) -> Callable[[], None]:
    """Keeps what was written into a widget."""
    return lambda: keep(str(st.session_state.get(key) or ""))


def _chart_written(key: str, chart_id: int, field: str) -> Callable[[], None]:
    return _written(key, lambda said: change_chart(chart_id, **{field: said}))
