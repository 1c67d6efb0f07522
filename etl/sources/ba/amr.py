"""The Arbeitsmarktreport of one district or Land: unemployed people of three months, by legal basis and group.

Layout as its readers describe it (2021 to 2026): sheets ``Eckwerte``, ``Eckwerte SGB III``, ``Eckwerte SGB II``; the
region's name above the table; ``Merkmale`` in the corner, then the report's month and the two before, then the columns
``Veränderung gegenüber …``. Rows stand in sections, each with a heading without figures; the one read here is
``Bestand an Arbeitslosen``: ``Insgesamt``, then groups with their share in the first column and their name in the
second. All of it is assumed here and nowhere else, and refused where a file departs from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from etl.catalogue import Catalogue
from etl.entries import Region
from etl.errors import ParseError
from etl.grid import Grid
from etl.sources.ba.cells import SIGNS
from etl.sources.base import Reply, Tidy
from etl.sources.sheet_cells import figure, heading, month, without_footnote
from etl.workbook import Workbook

SHEETS: Final = {"Eckwerte": "Insgesamt", "Eckwerte SGB III": "SGB III", "Eckwerte SGB II": "SGB II"}
NAME: Final = "xlsx-"  # a reply's name: this and the region
CORNER, CHANGES, SECTION, TOTAL = "Merkmal", "Veränderung", "Bestand an Arbeitslosen", "Insgesamt"
GROUPS: Final = ("Männer", "Frauen", "Ausländer")  # rows that must be there; "Ausländer/-innen" is one of them
HEADER_ROWS = 4  # the corner is merged over them
CORNER_WITHIN = 20
_SHARE = re.compile(r"^(?:dar|dav)(?:\.|unter|on)?:?\s*|[\d.,]+ ?%|^[\d.,]+$")

Row = tuple[str, str, str, str, float | None, str]


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """Columns ``Rechtskreis`` and ``Merkmal`` (the report's own labels), three months of one region.

    Raises ParseError with sheet and cell where the report departs from the layout or is another region's.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    region = catalogue.region_by_id.get(reply.name.removeprefix(NAME))
    if region is None:
        raise ParseError(f"{where}: expected a reply named {NAME} and a region of the catalogue, came {reply.name}")
    workbook = Workbook(reply.body, where)
    rows = [row for sheet, law in SHEETS.items() for row in _sheet(workbook.sheet(sheet), law, region)]
    columns = {"Rechtskreis": pl.String, "Merkmal": pl.String, "region": pl.String, "time": pl.String}
    frame = pl.DataFrame(rows, schema={**columns, "value": pl.Float64, "status": pl.String}, orient="row")
    return Tidy(frame, partial=True)


def _sheet(grid: Grid, law: str, region: Region) -> Iterator[Row]:
    corner = _corner(grid)
    _check_region(grid, corner, region)
    months = _months(grid, corner)
    labels = range(min(months))
    labelled = {row: _label(grid, row, labels) for row in range(corner + 1, grid.height)}
    start = next((r for r, text in labelled.items() if text.startswith(SECTION)), None)
    if start is None:
        raise ParseError(f"{grid.where}: sheet {grid.sheet!r}: expected a section {SECTION!r}; adapt the reader of amr")
    rows = list(_section(grid, start, labelled, months))
    if not rows or (rows[0] != start and labelled[rows[0]] != TOTAL):
        raise grid.error(rows[0] if rows else start + 1, 0, f"{TOTAL!r} as the first row of {SECTION!r}")
    found = {row: next((name for name in GROUPS if labelled[row].startswith(name)), labelled[row]) for row in rows}
    for name in GROUPS:
        if name not in found.values():
            raise grid.error(start, 0, f"a row {name!r} in the section that begins here")
    for row in rows:
        label = TOTAL if row == rows[0] else found[row]
        for column, time in months.items():
            yield law, label, region.id, time, *figure(grid, row, column, SIGNS)


def _corner(grid: Grid) -> int:
    for row in range(min(CORNER_WITHIN, grid.height)):
        if any(grid.label(row, column).startswith(CORNER) for column in range(2)):
            return row
    raise grid.error(0, 0, f"{CORNER!r} in column A or B within the first {CORNER_WITHIN} rows")


def _check_region(grid: Grid, corner: int, region: Region) -> None:
    texts = [text for _, _, text in heading(grid, corner)]
    if not any(region.short.de in text for text in texts):
        raise ParseError(
            f"{grid.where}: sheet {grid.sheet!r}: expected the report of {region.id} {region.short.de!r}, its heading "
            f"says {texts[:5]}; look at the raw reply"
        )


def _months(grid: Grid, corner: int) -> dict[int, str]:
    """The columns of the three months, newest first; those of changes name months too and stand right of them."""
    header = range(corner, min(corner + HEADER_ROWS, grid.height))
    cells = [(row, c) for row in header for c in range(1, len(grid.rows[row]))]
    changes = min((c for row, c in cells if grid.label(row, c).startswith(CHANGES)), default=None)
    if changes is None:
        raise grid.error(corner, 1, f"{CHANGES!r} in one of the header's columns")
    months = {c: found for row, c in cells if c < changes and (found := month(grid.label(row, c))) is not None}
    ordered = dict(sorted(months.items()))
    times = list(ordered.values())
    if not times or times != sorted(set(times), reverse=True):
        raise grid.error(corner, changes, f"months from the newest on, left of {CHANGES!r}, not {times}")
    return ordered


def _section(grid: Grid, start: int, labelled: dict[int, str], months: dict[int, str]) -> Iterator[int]:
    """The rows with figures from the section's heading to the next heading."""
    seen = False
    for row in range(start, grid.height):
        if any(grid.label(row, column) for column in months):
            seen = True
            yield row
        elif seen and labelled[row]:
            return


def _label(grid: Grid, row: int, columns: range) -> str:
    """The row's own words, without ``dar.`` and without shares such as ``55,2 %``."""
    texts = (_SHARE.sub("", _SHARE.sub("", grid.label(row, column))).strip() for column in columns)
    return without_footnote(" ".join(text for text in texts if text))
