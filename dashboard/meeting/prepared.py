"""Prepared files: the starting points that travel in the store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from dashboard.meeting.model import Chart, MeetingFile
from dashboard.metadata import Label, Lang, Metadata
from dashboard.store import Store
from dashboard.view import read


@dataclass(frozen=True)
class PreparedChart:
    """The parameters of a chart's link, with heading and note where it has its own."""

    view: str
    heading: Label | None
    note: Label | None


@dataclass(frozen=True)
class Prepared:
    """A prepared file; ``about`` says what it is for."""

    id: str
    title: Label
    about: Label
    charts: tuple[PreparedChart, ...]


@lru_cache(maxsize=2)
def prepared_files(store: Store) -> dict[str, Prepared]:
    """The store's prepared files by id, in their order."""
    return {
        row["id"]: Prepared(
            row["id"],
            Label(row["title_de"], row["title_en"]),
            Label(row["about_de"], row["about_en"]),
            tuple(
                PreparedChart(chart["view"], _label(chart.get("heading")), _label(chart.get("note")))
                for chart in json.loads(row["charts_json"])
            ),
        )
        for row in store.query("SELECT * FROM briefings ORDER BY sort_order, id").to_dicts()
    }


def opened(prepared: Prepared, metadata: Metadata, lang: Lang) -> tuple[MeetingFile, tuple[str, ...]]:
    """The file at the current state of the data, and the headings of charts that are left out because the store has no
    figures for them."""
    charts, missing = [], []
    for chart in prepared.charts:
        heading = chart.heading.to(lang) if chart.heading else ""
        _, notes = read(dict(parse_qsl(chart.view)), metadata)
        if notes:  # it would silently show something else
            missing.append(heading or chart.view)
        else:
            charts.append(Chart(view=chart.view, heading=heading, note=chart.note.to(lang) if chart.note else ""))
    file = MeetingFile(title=prepared.title.to(lang), vintage=metadata.current, lang=lang, charts=tuple(charts))
    return file, tuple(missing)


def _label(said: dict[str, str] | None) -> Label | None:
    return Label(said["de"], said["en"]) if said else None
