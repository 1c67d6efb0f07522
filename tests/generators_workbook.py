"""Random workbooks in the publishers' shapes, written with xlsxwriter, to compare what went in with what comes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter
from hypothesis import strategies as st

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]

LETTERS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
TEXTS = LETTERS.map(str.strip).filter(lambda t: bool(t) and "_x" not in t)
# as many digits as spreadsheet programs keep
FIGURES = st.one_of(
    st.integers(-(10**12), 10**12),
    st.tuples(st.integers(-(10**9), 10**9), st.integers(1, 6)).map(lambda p: p[0] / 10 ** p[1]),
)
CELLS = st.one_of(st.none(), TEXTS, FIGURES)
SHEETS = st.lists(st.lists(CELLS, max_size=8), min_size=1, max_size=12)


def as_xlsx(
    sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None
) -> bytes:
    """A workbook; texts stay texts, and of a merged range only the first cell holds something."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})  # the same bytes at any time
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for first_row, first_column, last_row, last_column in (merges or {}).get(name, ()):
            sheet.merge_range(first_row, first_column, last_row, last_column, "")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write_number(r, c, cell)
    book.close()
    return out.getvalue()


def rezipped(body: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The archive with some members replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(n for n in changed if n not in old.namelist())]:
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return out.getvalue()


@dataclass(frozen=True)
class Measure:
    """One sheet of the regional accounts: the lines above the table, and a figure or sign by region and year."""

    titles: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


def as_accounts(
    sheets: Mapping[str, Measure],
    regions: Mapping[str, tuple[str, str]],
    years: Sequence[str],
    key: str = "Regional-schlüssel",
) -> bytes:
    """A volume of VGRdL: a sheet of text, then one a measure. ``regions``: key in the workbook → (NUTS code, name)."""
    pages: dict[str, Rows] = {"Titel": [], "Inhalt": [["Inhaltsverzeichnis"]]}
    merges = {}
    for name, measure in sheets.items():
        *headings, unit = measure.titles
        top: list[list[Cell]] = [[headings[0]], [headings[1] if len(headings) > 1 else None], [unit]]
        top.append([None] * 7 + ["Zurück zum Inhaltsverzeichnis"])
        header: list[Cell] = ["Lfd. Nr.", "EU-Code", key, "Land", "NUTS 1", "NUTS 2", "NUTS 3", "Gebietseinheit"]
        rows: list[list[Cell]] = [*top, [*header, *years], []]
        for number, (region, (nuts, title)) in enumerate(regions.items(), start=1):
            line: list[Cell] = [number, nuts, region, "NI", None, None, 3, title]
            rows.append([*line, *(measure.cells.get((region, year)) for year in years)])
        pages[name] = rows
        merges[name] = [(0, 0, 0, 6)]
    return as_xlsx(pages, merges)


def as_qualifications(
    values: Mapping[tuple[str, str, str, str], Cell], regions: Sequence[tuple[str, str]], years: Sequence[str]
) -> bytes:
    """LSN 5-2-2: the table in numbers, then in per cent. ``values``: (code, year, sex, qualification) → number."""
    rows: list[list[Cell]] = [[None, None, "Migration und Teilhabe"], [], [None, None, "Tabelle 5-2-2"], [], []]
    merges: list[tuple[int, int, int, int]] = []
    for unit in ("Anzahl", "Prozent"):
        top = len(rows)
        rows += _qualification_header(unit)
        for column in (1, 2, 3):
            merges.append((top, column, top + 2, column))
        for first in (4, 9, 14):
            merges += [(top, first + 1, top, first + 4), (top + 2, first, top + 2, first + 4)]
        for year in years:
            for code, name in regions:
                figures = [values.get((code, year, s, q)) for s in SEXES for q in QUALIFICATIONS]
                rows.append([None, code, name, int(year), *(figures if unit == "Anzahl" else [20.5] * 15)])
        rows += [[], []]
    rows += [[None, None, "1) Beschäftigte ohne Angabe"], [], [None, None, "Quelle: Beschäftigungsstatistik"]]
    return as_xlsx({"Tabelle1": rows}, {"Tabelle1": merges})


SEXES = ("Insgesamt", "Männer", "Frauen")
QUALIFICATIONS = (
    "Insgesamt",
    "Akademischer Abschluss",
    "mit anerkanntem Berufsabschluss",
    "ohne beruflichen Ausbildungsabschluss",
    "Ausbildung unbekannt",
)


def _qualification_header(unit: str) -> list[list[Cell]]:
    group: list[Cell] = [
        "Sozialversicherungspflichtig\nbeschäftigte",
        "Darunter nach Qualifikation1)",
        None,
        None,
        None,
    ]
    below: list[Cell] = [label for sex in SEXES for label in (sex, *QUALIFICATIONS[1:])]
    units: list[Cell] = [unit, None, None, None, None]
    return [
        [None, "AGS", "Kreisfreie Stadt\nLandkreis", "Jahr", *group * 3],
        [None, None, None, None, *below],
        [None, None, None, None, *units * 3],
        [None, *range(18)],
    ]


def as_matrix(
    rows: Sequence[Mapping[str, Cell]], name: str = "KWM_GES_NAT_ALT_Salden_2024.csv", encoding: str = "utf-8"
) -> bytes:
    """The matrix of moves: an archive with a semicolon-separated file and a page of explanations."""
    columns = list(rows[0])
    lines = [";".join(columns), *(";".join("" if r[c] is None else str(r[c]) for c in columns) for r in rows)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Hinweise.txt", "Erläuterungen")
        archive.writestr(name, ("\r\n".join(lines) + "\r\n").encode(encoding))
    return out.getvalue()
