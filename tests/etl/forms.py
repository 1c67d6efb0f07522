"""Filled forms of counselling counts, as a body hands them in: the same rows as workbook or text, German or English."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl
import xlsxwriter

from etl.catalogue import load_catalogue
from etl.counselling.form import HEADERS, INVENTED, codes
from etl.counselling.reading import ROWS, Form, read_form
from etl.counselling_entries import Provider
from etl.sentences import Language

CATALOGUE = load_catalogue()
BODY: Provider = next(p for p in CATALOGUE.counselling.providers if p.id == "welcome-center")
KNOWN = codes(CATALOGUE, BODY)
TODAY = date(2026, 11, 22)

Row = tuple[str | int | float | date | None, ...]
Rows = Sequence[Row]
GOOD: Final[Rows] = (
    ("2025-03", "braunschweig", "first_contact", "skilled_worker", "IN", "residence", "in_person", 12),
    ("2025-03", "braunschweig", "intensive", "student", "africa", "language", "video", 0),
    ("2025-03", "wolfsburg", "company", "employer", "unknown", "job_search", "phone", 100_000),
    ("2025-Q2", "wolfsburg", "event", "refugee", "SY", "recognition", "written", 7),
)
MARKED: Final[Rows] = tuple((*row, INVENTED) for row in GOOD)


def frame(rows: Rows = GOOD) -> pl.DataFrame:
    """What a form with these rows is read as."""
    return pl.DataFrame([row[:8] for row in rows], schema=ROWS, orient="row")


def headers(lang: Language) -> list[str]:
    return [header.de if lang == "de" else header.en for header in HEADERS.values()]


def in_words(rows: Rows, lang: Language) -> list[Row]:
    """The rows with labels in place of codes."""
    return [tuple(_label(cell, place, lang) for place, cell in enumerate(row)) for row in rows]


def _label(cell: Any, place: int, lang: Language) -> Any:
    entry = KNOWN.get(list(HEADERS)[place])
    text = entry and {**entry.further, **entry.labels}.get(cell)
    return (text.de if lang == "de" else text.en) if text else cell


def as_csv(
    rows: Sequence[Sequence[object]], delimiter: str = ";", encoding: str = "utf-8", quoted: bool = False
) -> bytes:
    """A text file of these rows, headers included."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode(encoding)


def as_book(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook; a text that begins with ``=`` is a formula, a date is formatted as one."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        as_date = book.add_format({"num_format": "mmm yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, as_date)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(r, c, cell, None, 5)
                    elif cell is not None:
                        sheet.write(r, c, cell) if not isinstance(cell, str) else sheet.write_string(r, c, cell)
    return out.getvalue()


def filled(rows: Sequence[Sequence[Any]] = GOOD, lang: Language = "de") -> bytes:
    """The form as a workbook with these rows on its data sheet."""
    return as_book({"Hinweise": [["Bitte ausfüllen"]], "Daten": [headers(lang), *rows], "Listen": [headers(lang)[1:7]]})


def read(body: bytes, lang: Language = "de", provider: Provider = BODY) -> Form:
    return read_form(body, CATALOGUE, provider, TODAY, lang)
