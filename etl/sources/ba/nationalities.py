"""„Beschäftigte nach Staatsangehörigkeiten“: a file that an analyst brings, as it has no stable address.

No file was seen. Assumed is what all of the publisher's tables of districts have in common: a title with the words
below, a reference date above the table, a row per district (``03101 Braunschweig, Stadt``), a column per citizenship
named by the lowest of its headers, and changes or shares in columns that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.grid import Grid
from etl.sources.ba.cells import SIGNS
from etl.sources.base import Reply, Tidy
from etl.sources.district_table import DistrictTable, district_table
from etl.sources.sheet_cells import figure, heading, heading_day, without_footnote
from etl.workbook import Workbook

TITLE: Final = re.compile(r"Beschäftigte.* nach .*Staatsangehörigkeit", re.IGNORECASE)
PLACE: Final = "Arbeitsort"
TITLE_ROWS = 15
COLUMNS: Final = {"Insgesamt": "Insgesamt", "Ausländer": "Ausländer"}  # what must be there, and how it begins
GROUPS: Final = ("Deutsche", "Ausländer")
_NO_COUNT = re.compile(r"Veränderung|Anteil|in %|in Prozent|Quote", re.IGNORECASE)


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """Column ``Staatsangehörigkeit`` (the publisher's labels), one reference date.

    Raises ParseError with sheet and cell where the file departs from the assumed layout.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    workbook = Workbook(reply.body, where)
    grids = [g for name in workbook.sheet_names if PLACE in (g := workbook.sheet(name)).sheet + _title(g)]
    titled = [g for g in grids if TITLE.search(_title(g)) and g.height > TITLE_ROWS]
    if len(titled) != 1:
        raise ParseError(
            f"{where}: expected one sheet of employees by citizenship at the {PLACE}, "
            f"{[g.sheet for g in titled] or 'none'} of {list(workbook.sheet_names)} is; adapt the reader"
        )
    return Tidy(_read(titled[0], district_table(titled[0], catalogue)), partial=True)


def recognised(workbook: Workbook) -> bool:
    """Whether one of the workbook's sheets has the table's title."""
    return any(TITLE.search(_title(workbook.sheet(name))) for name in workbook.sheet_names)


def _read(grid: Grid, table: DistrictTable) -> pl.DataFrame:
    day = heading_day(grid, table.first_row)
    if day is None:
        raise grid.error(0, 0, "a reference date (Stichtag) above the table")
    columns = {c: _citizenship(headers) for c, headers in table.headers.items() if headers and _counts(headers)}
    for name, begin in COLUMNS.items():
        if not any(label.startswith(begin) for label in columns.values()):
            raise grid.error(table.first_row - 1, min(table.headers), f"a column {name!r} in the header that ends here")
    rows = [
        (columns[column], region, day.isoformat(), *figure(grid, row, column, SIGNS))
        for row, region in table.rows
        for column in _with_figures(grid, table, row)
        if column in columns
    ]
    schema = {"Staatsangehörigkeit": pl.String, "region": pl.String, "time": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema={**schema, "status": pl.String}, orient="row")


def _with_figures(grid: Grid, table: DistrictTable, row: int) -> Iterator[int]:
    """The columns of a row, of which each that holds something must have a header."""
    for column, headers in table.headers.items():
        if headers:
            yield column
        elif re.fullmatch(r"[\d.]+", grid.label(row, column)):
            raise grid.error(table.first_row - 1, column, "a header above the column that begins below")


def _counts(headers: tuple[str, ...]) -> bool:
    """Whether a column holds counts and not changes or shares."""
    return not any(_NO_COUNT.search(text) for text in headers)


def _citizenship(headers: tuple[str, ...]) -> str:
    """The lowest header; "insgesamt" below a group means the group."""
    *above, last = [without_footnote(text) for text in headers]
    if above and last.casefold() == "insgesamt" and above[-1].startswith(GROUPS):
        return above[-1]
    return last


def _title(grid: Grid) -> str:
    return " ".join(text for _, _, text in heading(grid, TITLE_ROWS))
