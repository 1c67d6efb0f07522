"""Figures as a workbook: one table a sheet, numbers as numbers, with all that is needed to read and to cite them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from dashboard import formats
from dashboard.drawn import Drawing
from dashboard.exports.shown import Facts, as_shown, facts_of
from dashboard.metadata import Lang, Metadata
from dashboard.queries import EXPORT_COLUMNS
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import View

_NUMBER = re.compile(r"\d[\d.,]*")
_SIGNS = "+±\u2212"
_FIRST_ROW = 5  # of the table under title, subtitle, source and the word on notes
_WIDEST = 44  # characters of a column
_NOTES_WIDTH = 110  # characters
_INK = "#1d2733"
Formats = Callable[..., Any]  # a book's cell format for its properties; the library has no types


def view_xlsx(drawn: Drawing, view: View, metadata: Metadata, origin: str = "") -> bytes:
    """The view as a workbook in its language: the table as shown, the figures behind it, and the notes."""
    facts = facts_of(drawn, view, metadata, origin)
    figures = as_shown(drawn.figures, view, metadata)
    book, written, look = _book(facts.title, facts.subtitle, facts.lang, metadata, facts.vintage)
    _write_shown(book.add_worksheet(text(view.lang, "sheets.figures")), drawn, facts, look)
    _write_observations(book.add_worksheet(text(view.lang, "sheets.observations")), figures, look)
    _write_notes(book.add_worksheet(text(view.lang, "sheets.notes")), _notes(drawn, figures, facts), look)
    book.close()
    return written.getvalue()


def observations_xlsx(
    observations: pl.DataFrame, metadata: Metadata, lang: Lang, vintage: str | None = None, link: str = ""
) -> bytes:
    """Observations in the export columns, with a sheet of notes; ``vintage`` None is the current state."""
    state = metadata.vintages.get(vintage or metadata.current)
    said = text(lang, "app.data_state", vintage=formats.moment(state.published_at, lang)) if state else ""
    title = f"{text(lang, 'app.title')} · {text(lang, 'app.place')}"
    book, written, look = _book(title, said, lang, metadata, vintage or metadata.current)
    _write_observations(book.add_worksheet(text(lang, "sheets.observations")), observations, look)
    notes = [(text(lang, "sheets.shown"), title), (text(lang, "sheets.data_state"), said)]
    licences = observations.select("attribution", "licence").unique(maintain_order=True).iter_rows()
    notes += [(text(lang, "sheets.source"), f"{source} ({licence})") for source, licence in licences]
    notes += _legend(observations, lang)
    notes += [(text(lang, "sheets.link"), link)] if link else []
    _write_notes(book.add_worksheet(text(lang, "sheets.notes")), notes, look)
    book.close()
    return written.getvalue()


def number_format(said: str, lang: Lang) -> str:
    """The number format that lets a spreadsheet write a figure as the page does: decimals, sign, and the words around
    it. Group and decimal marks are left to the reader's spreadsheet."""
    found = _NUMBER.search(said)
    if not found:
        return "General"
    sign = next((c for c in said[: found.end()] if c in _SIGNS), "")
    _, point, decimals = found[0].rpartition("," if lang == "de" else ".")
    plain = "#,##0" + (f".{'0' * len(decimals)}" if point else "")
    words = said[: found.start()].replace(sign, "") if sign else said[: found.start()]
    before, after = _literal(words), _literal(said[found.end() :])
    # a minus stands before a currency's sign, but behind words
    below = f"{before}\u2212{plain}{after}" if words.endswith(" ") else f"\u2212{before}{plain}{after}"
    if sign in ("+", "±"):
        return f"+{before}{plain}{after};{below};±{before}{plain}{after}"
    return f"{before}{plain}{after};{below}"


def _literal(said: str) -> str:
    return '"' + said.replace('"', "") + '"' if said else ""


def _book(title: str, subject: str, lang: Lang, metadata: Metadata, vintage: str) -> tuple[Any, io.BytesIO, Formats]:
    """A workbook in memory. Its time is that of the state of the data, so that the same figures are the same file."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    state = metadata.vintages.get(vintage)
    author = f"{text(lang, 'app.title')}, {text(lang, 'app.place')}"
    properties: dict[str, Any] = {"title": title, "subject": subject, "author": author}
    book.set_properties(properties | ({"created": state.published_at} if state else {}))
    book.set_custom_property("Language", lang)
    known: dict[str, Any] = {}

    def look(**properties: object) -> Any:  # noqa: ANN401 - the library has no types
        key = repr(sorted(properties.items()))
        if key not in known:
            known[key] = book.add_format({"font_name": "Arial", "font_size": 10, "font_color": _INK} | properties)
        return known[key]

    return book, written, look


def _write_shown(sheet: Any, drawn: Drawing, facts: Facts, look: Formats) -> None:  # noqa: ANN401
    table = drawn.table
    notes_name = text(facts.lang, "sheets.notes")
    lines = [
        (facts.title, look(bold=True, font_size=14)),
        (facts.subtitle, look()),
        (facts.source, look()),
        (text(facts.lang, "sheets.see_notes", sheet=notes_name), look()),
    ]
    for row, (said, style) in enumerate(lines):
        sheet.write_string(row, 0, said, style)
    heading = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
    for column, name in enumerate(table.columns):
        sheet.write_string(_FIRST_ROW, column, name, look(**heading, align="left" if column == 0 else "right"))
    for row, cells in enumerate(table.rows, start=_FIRST_ROW + 1):
        for column, cell in enumerate(cells):
            _write_cell(sheet, row, column, cell, facts.lang, look)
    sheet.freeze_panes(_FIRST_ROW + 1, 1)
    for column, width in enumerate(_widths(table)):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW)
    if len(table.columns) > 5:
        sheet.set_landscape()


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, lang: Lang, look: Formats) -> None:  # noqa: ANN401
    if cell.value is not None:
        sheet.write_number(row, column, cell.value, look(num_format=number_format(cell.text, lang), align="right"))
    else:
        sheet.write_string(row, column, cell.text, look(align="left" if column == 0 else "right"))


def _widths(table: FigureTable) -> list[int]:
    """As wide as the longest figure and the longest word of the name; names break."""
    found = []
    for column, name in enumerate(table.columns):
        words = [len(word) for word in name.split()]
        found.append(min(_WIDEST, max([12, *words, *(len(row[column].text) for row in table.rows)]) + 2))
    return found


def _write_observations(sheet: Any, observations: pl.DataFrame, look: Formats) -> None:  # noqa: ANN401
    """The export columns; an empty value was not published."""
    for column, name in enumerate(EXPORT_COLUMNS):
        sheet.write_string(0, column, name, look(bold=True, bottom=1))
        sheet.set_column(column, column, {"attribution": _WIDEST}.get(name, max(12, len(name) + 2)))
    for row, record in enumerate(observations.select(EXPORT_COLUMNS).iter_rows(), start=1):
        for column, value in enumerate(record):
            if isinstance(value, (int, float)):
                sheet.write_number(row, column, value, look())
            elif isinstance(value, datetime):
                sheet.write_string(row, column, f"{value:%Y-%m-%dT%H:%M:%SZ}", look())
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, look(num_format="yyyy-mm-dd", align="left"))
            elif value:
                sheet.write_string(row, column, str(value), look())
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(0, 0, max(1, observations.height), len(EXPORT_COLUMNS) - 1)


def _notes(drawn: Drawing, figures: pl.DataFrame, facts: Facts) -> list[tuple[str, str]]:
    lang = facts.lang
    return [
        (text(lang, "sheets.shown"), facts.title),
        (text(lang, "sheets.what"), facts.subtitle),
        *((text(lang, "sheets.note"), said) for said in drawn.caveats),
        *_legend(figures, lang),
        *((text(lang, "sheets.source"), source.text) for source in drawn.sources),
        *(
            (text(lang, "sheets.licence"), " · ".join(part for part in (source.licence, source.licence_url) if part))
            for source in {s.licence: s for s in drawn.sources}.values()
        ),
        *(
            (text(lang, "sheets.retrieved"), formats.day(day, lang))
            for day in sorted({source.retrieved.date() for source in drawn.sources})
        ),
        (text(lang, "sheets.data_state"), facts.data_state),
        (text(lang, "sheets.link"), facts.link),
        (text(lang, "sheets.citation"), facts.citation),
    ]


def _legend(figures: pl.DataFrame, lang: Lang) -> list[tuple[str, str]]:
    """What the statuses that occur mean."""
    found = sorted(status for status in figures["status"].unique() if status)
    return [(text(lang, "sheets.status", status=status), text(lang, f"legend.{status}")) for status in found]


def _write_notes(sheet: Any, notes: Sequence[tuple[str, str]], look: Formats) -> None:  # noqa: ANN401
    for row, (name, said) in enumerate(notes):
        sheet.write_string(row, 0, name, look(bold=True, valign="top"))
        sheet.write_string(row, 1, said, look(text_wrap=True, valign="top"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, _NOTES_WIDTH)
    sheet.fit_to_pages(1, 0)
