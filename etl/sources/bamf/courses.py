"""Integration courses by district and year: new participants, and those who finished.

No file was seen; it is known that the layout changes every year and that small numbers are suppressed. So nothing is
read by position. Assumed is: a title with ``Integrationskurs``, a row per district (by code or name), columns named by
the words below in one of their headers, and the year above the table, in the sheet's name or in a column's headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.grid import Grid
from etl.sources.base import Reply, Tidy
from etl.sources.district_table import DistrictTable, district_table
from etl.sources.sheet_cells import figure, heading
from etl.workbook import Workbook

TABLE: Final = "integrationskurse"
NEW: Final = "Neue Kursteilnehmende"
SIGNS: Final = {
    "*": "secret",
    ".": "secret",
    "/": "secret",
    "-": "nil",
    "–": "nil",
    "x": "not_applicable",
    "X": "not_applicable",
    "…": "pending",
    "...": "pending",
}
TITLE: Final = re.compile(r"Integrationskurs", re.IGNORECASE)
MEASURES: Final = {
    NEW: re.compile(r"neue[rn]? (?:Kurs)?teilnehme|Neuzugänge|Zugänge .*(?:Kurs)?teilnehme", re.IGNORECASE),
    "Kursabsolventen": re.compile(r"absolvent|abgeschlossen|Kurse? beendet", re.IGNORECASE),
}
ALL: Final = re.compile(r"(?:ins)?gesamt|alle|Anzahl", re.IGNORECASE)
TITLE_ROWS = 15
_HALF = re.compile(r"(?:1\.|2\.|erste[sn]?|zweite[sn]?) ?Halbjahr|\bHJ\b|Quartal", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.])(20\d\d)(?!\d)")
_QUERIED = re.compile(r"Stand|Abfrage|Quelle", re.IGNORECASE)
_SHARE = re.compile(r"Anteil|in %|Prozent|Quote|Veränderung", re.IGNORECASE)

Row = tuple[str, str, str, float | None, str]


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """Column ``Merkmal``, years only.

    Raises ParseError with sheet and cell where no sheet has the table, or one departs from what is assumed.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    workbook = Workbook(reply.body, where)
    grids = [grid for name in workbook.sheet_names if _has_table(grid := workbook.sheet(name))]
    if not grids:
        raise ParseError(
            f"{where}: expected a sheet with {NEW!r} by district, none of {list(workbook.sheet_names)} has it; "
            "look at the file and adapt its reader"
        )
    rows = [row for grid in grids for row in _sheet(grid, district_table(grid, catalogue))]
    schema = {"Merkmal": pl.String, "region": pl.String, "time": pl.String, "value": pl.Float64, "status": pl.String}
    return Tidy(pl.DataFrame(rows, schema=schema, orient="row"), partial=True)


def recognise(body: bytes, filename: str) -> str | None:
    """The table's id if one of the workbook's sheets looks like it, whatever the file is called; None if none does.

    Raises ParseError for an archive that is no workbook or cannot be read.
    """
    if not body.startswith(b"PK"):
        return None
    workbook = Workbook(body, filename)
    return TABLE if any(_has_table(workbook.sheet(name)) for name in workbook.sheet_names) else None


def _has_table(grid: Grid) -> bool:
    texts = [text for _, _, text in heading(grid, TITLE_ROWS)]
    new = MEASURES[NEW]
    return grid.height > TITLE_ROWS // 2 and any(map(TITLE.search, texts)) and any(map(new.search, texts))


def _sheet(grid: Grid, table: DistrictTable) -> Iterator[Row]:
    default = _year_of(grid, table)
    columns = {
        (name, year): column
        for name, words in MEASURES.items()
        for year, column in _columns(grid, table, words, default).items()
    }
    if not any(name == NEW for name, _ in columns):
        raise grid.error(
            table.first_row - 1,
            min(table.headers),
            f"a column of {NEW!r} in the header that ends here",
        )
    for (name, year), column in columns.items():
        for row, region in table.rows:
            yield name, region, year, *figure(grid, row, column, SIGNS)


def _columns(grid: Grid, table: DistrictTable, words: re.Pattern[str], default: str | None) -> Mapping[str, int]:
    """The column of each year: of several under one header the one of all."""
    by_year: dict[str, list[tuple[int, str]]] = {}
    for column, headers in table.headers.items():
        named = [text for text in headers if words.search(text)]
        if not named or any(_SHARE.search(text) for text in headers):
            continue
        if any(_HALF.search(text) for text in headers):
            raise grid.error(table.first_row - 1, column, f"whole years, not {' / '.join(headers)!r}")
        rest = [text for text in headers[headers.index(named[-1]) + 1 :] if not _YEAR.fullmatch(text)]
        years = {m[1] for text in headers for m in _YEAR.finditer(text)}
        year = years.pop() if len(years) == 1 else default
        if year is None:
            raise grid.error(table.first_row - 1, column, "one year above the table or in the column's headers")
        by_year.setdefault(year, []).append((column, rest[-1] if rest else ""))
    return {year: _all_of(grid, table, found) for year, found in by_year.items()}


def _all_of(grid: Grid, table: DistrictTable, found: list[tuple[int, str]]) -> int:
    whole = [column for column, part in found if not part or ALL.match(part)]
    if len(whole) != 1:
        parts = [f"{grid.address(table.first_row - 1, column)} {part!r}" for column, part in found]
        raise grid.error(table.first_row - 1, found[0][0], f"one column of all participants among {parts}")
    return whole[0]


def _year_of(grid: Grid, table: DistrictTable) -> str | None:
    """The one year that the sheet's name or a title gives; titles stand in the regions' column or left of it.

    Raises ParseError for a half-year, which no period here can hold.
    """
    titles = [cell for cell in heading(grid, table.first_row) if cell[1] < min(table.headers)]
    for row, column, text in titles:
        if _HALF.search(text):
            raise grid.error(row, column, "figures of a whole year")
    if _HALF.search(grid.sheet):
        raise ParseError(f"{grid.where}: sheet {grid.sheet!r}: expected figures of a whole year, not of a part of it")
    for text in (grid.sheet, *(text for _, _, text in titles if not _QUERIED.search(text))):
        years = {m[1] for m in _YEAR.finditer(text)}
        if len(years) == 1:
            return years.pop()
    return None
