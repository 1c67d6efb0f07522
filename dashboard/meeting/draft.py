"""The file that a reader is working on: in the memory of their session, and nowhere else on the server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

import streamlit as st

from dashboard.meeting.model import MOST_CHARTS, Chart, MeetingFile
from dashboard.meeting.sheets import chart_of
from dashboard.metadata import Metadata
from dashboard.view import View

_KEY = "meeting_draft"
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", re.ASCII)


@dataclass(frozen=True)
class Draft:
    """The file, a number for each of its charts that stays theirs when they move, and how often the whole file was
    replaced: widgets of an earlier one must not write into it."""

    file: MeetingFile = field(default_factory=MeetingFile)
    ids: tuple[int, ...] = ()
    edition: int = 0


def draft() -> Draft:
    """What the reader has put together so far."""
    found = st.session_state.get(_KEY)
    return found if isinstance(found, Draft) else Draft()


def begin(file: MeetingFile, metadata: Metadata) -> None:
    """Works on another file from now on. One that says no state of the data gets the current one."""
    before = draft()
    if file.charts and file.vintage is None:
        file = file.model_copy(update={"vintage": metadata.current})
    first = max(before.ids, default=-1) + 1
    _keep(Draft(file, tuple(range(first, first + len(file.charts))), before.edition + 1))


def add(view: View, metadata: Metadata) -> bool:
    """Puts a chart at the end; the first one fixes the state of the data. False if there is no room."""
    now = draft()
    if len(now.file.charts) >= MOST_CHARTS:
        return False
    fixed = now.file.vintage or view.vintage or metadata.current
    file = now.file.model_copy(
        update={"charts": (*now.file.charts, chart_of(view, metadata)), "vintage": fixed}
        | ({} if now.file.charts else {"lang": view.lang})
    )
    _keep(replace(now, file=file, ids=(*now.ids, max(now.ids, default=-1) + 1)))
    return True


def change(**fields: object) -> None:
    """Other words or days of the cover, or another state of the data. What they hold is cleaned and bounded."""
    now = draft()
    _keep(replace(now, file=MeetingFile.model_validate(now.file.model_dump() | fields)))


def change_chart(chart_id: int, **fields: str) -> None:
    """Another heading or note of a chart that is still there."""
    now = draft()
    charts = [
        Chart.model_validate(chart.model_dump() | fields) if one == chart_id else chart
        for one, chart in zip(now.ids, now.file.charts, strict=True)
    ]
    _keep(replace(now, file=now.file.model_copy(update={"charts": tuple(charts)})))


def move(chart_id: int, steps: int) -> None:
    """Moves a chart up (-1) or down (1)."""
    now = draft()
    if chart_id not in now.ids:
        return
    pairs = list(zip(now.ids, now.file.charts, strict=True))
    place = now.ids.index(chart_id)
    target = min(max(place + steps, 0), len(pairs) - 1)
    pairs.insert(target, pairs.pop(place))
    _with(now, pairs)


def remove(chart_id: int) -> None:
    """Takes a chart out."""
    now = draft()
    _with(now, [pair for pair in zip(now.ids, now.file.charts, strict=True) if pair[0] != chart_id])


def day_of(said: str) -> date | None:
    """The day of ``3.12.2026`` or ``2026-12-03``. Raises ValueError for anything else but nothing."""
    if not said.strip():
        return None
    german = _GERMAN_DAY.fullmatch(said.strip())
    if german:
        day, month, year = (int(part) for part in german.groups())
        return date(year, month, day)
    return date.fromisoformat(said.strip())


def _with(now: Draft, pairs: list[tuple[int, Chart]]) -> None:
    charts = tuple(chart for _, chart in pairs)
    _keep(replace(now, file=now.file.model_copy(update={"charts": charts}), ids=tuple(i for i, _ in pairs)))


def _keep(now: Draft) -> None:
    st.session_state[_KEY] = now
