"""Read an LSN workbook of employees by qualification (table 5-2-2): the same table twice, in numbers and in per cent.

Header of each: groups over merged cells ("Darunter nach Qualifikation"), below them sexes and qualifications in one
row, below that the unit, below that the columns' numbers.
"""

from __future__ import annotations

import re

import polars as pl

from etl.catalogue import Catalogue
from etl.corrections import CONFLICT
from etl.errors import ParseError
from etl.grid import Grid
from etl.sources.base import Reply, Tidy
from etl.sources.lsn.places import place_rows
from etl.sources.signs import status_of
from etl.workbook import Workbook

CODE, YEAR = "AGS", "Jahr"
SEXES = ("Insgesamt", "Männer", "Frauen")
TOTAL = "Insgesamt"
QUALIFICATION_GROUP = "Darunter nach Qualifikation"
UNITS = ("Anzahl", "Prozent")
REGION_COLUMN = 1  # columns from the code: code, region, year
YEAR_COLUMN = 2
FIRST_FIGURE = 3
LAND_CODES = "0"  # the whole Land; a single digit else is a statistical region
FILE_NAME = re.compile(r"\d{4}_(\d+-\d+-\d+)(?: ?\(\d+\))?\.xlsx", re.IGNORECASE | re.ASCII)
_NUMBER = r"^-?\d+(\.\d+)?$"

Column = tuple[int, str, str, str]  # column, sex, qualification, unit


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The table as (Geschlecht, Qualifikation, Units, region, time, value, status).

    Raises ParseError with sheet and cell where the workbook departs from its known shape.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    workbook = Workbook(reply.body, where)
    grid = workbook.sheet(workbook.sheet_names[0])
    starts = [r for r in range(grid.height) if CODE in grid.rows[r]]
    if not starts:
        grid.header([CODE, YEAR])  # says what is missing
    frames = [_block(grid, start) for start in starts]
    frame = _placed(pl.concat(frames), grid, catalogue)
    return Tidy(
        _with_values(frame, grid).select("Geschlecht", "Qualifikation", "Units", "region", "time", "value", "status")
    )


def _block(grid: Grid, start: int) -> pl.DataFrame:
    """One table of the sheet: every figure with its row and column."""
    code = grid.rows[start].index(CODE)
    if grid.label(start, code + YEAR_COLUMN) != YEAR:
        raise grid.error(start, code + YEAR_COLUMN, f"'{YEAR}'")
    columns = _columns(grid, start, code + FIRST_FIGURE)
    cells: list[tuple[str | int, ...]] = []
    row = start + 4  # three rows of header and the columns' numbers
    while grid.cell(row, code + REGION_COLUMN):
        key = (grid.cell(row, code), grid.label(row, code + REGION_COLUMN), grid.cell(row, code + YEAR_COLUMN))
        if not (key[0].isdigit() and len(key[2]) == 4 and key[2].isdigit()):
            raise grid.error(row, code, "a region's code, its name and a year")
        cells += [(*key, sex, group, unit, grid.cell(row, c), row, c) for c, sex, group, unit in columns]
        row += 1
    if not cells:
        raise grid.error(row, code, "the first region below the header")
    names = ["code", "name", "time", "Geschlecht", "Qualifikation", "Units", "text", "row", "column"]
    return pl.DataFrame(cells, schema=names, orient="row")


def _columns(grid: Grid, start: int, first: int) -> list[Column]:
    """What each column shows. A column outside of the groups of qualifications is the total of a sex."""
    last = max((c for c in range(len(grid.rows[start + 1])) if grid.cell(start + 1, c)), default=first)
    units = grid.fill_forward(start + 2, first, last)
    columns: list[Column] = []
    sex = ""
    for column, unit in zip(range(first, last + 1), units, strict=True):
        label, group = grid.label(start + 1, column), grid.merged_label(start, column)
        if unit not in UNITS:
            raise grid.error(start + 2, column, f"a unit, one of {UNITS}")
        if group.startswith(QUALIFICATION_GROUP) and label and sex:
            columns.append((column, sex, label, unit))
        elif label in SEXES and group:
            sex = label
            columns.append((column, sex, TOTAL, unit))
        else:
            raise grid.error(start + 1, column, f"one of {SEXES}, or a qualification below '{QUALIFICATION_GROUP}'")
    if [c[1] for c in columns if c[2] == TOTAL] != list(SEXES):
        raise grid.error(start + 1, first, f"columns of {SEXES}, each once")
    return columns


def _placed(frame: pl.DataFrame, grid: Grid, catalogue: Catalogue) -> pl.DataFrame:
    """Regions by code and name; the codes are the LSN's without the digits of the Land."""
    code = pl.col("code")
    digits = pl.when(code == LAND_CODES).then(pl.lit("030")).otherwise("03" + code)
    frame, _ = place_rows(frame, "name", digits, catalogue, f"{grid.where}: sheet {grid.sheet!r}")
    bad = frame.filter(pl.col(CONFLICT) | (pl.col("by_code").is_null() & pl.col("region").is_not_null()))
    if not bad.is_empty():
        raise grid.error(bad["row"][0], REGION_COLUMN, f"the code of {bad['name'][0]}")
    frame = frame.filter(pl.col("region").is_not_null())
    if missing := sorted({*catalogue.members} - {*frame["region"].unique()}):
        raise ParseError(f"{grid.where}: sheet {grid.sheet!r}: the districts {missing} are missing; look at the file")
    return frame


def _with_values(frame: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    text = pl.col("text")
    value = pl.when(text.str.contains(_NUMBER)).then(text.cast(pl.Float64, strict=False))
    frame = frame.with_columns(value.alias("value")).with_columns(status_of(text, pl.col("value")).alias("status"))
    bad = frame.filter(pl.col("status").is_null())
    if not bad.is_empty():
        raise grid.error(bad["row"][0], bad["column"][0], "a number or a sign")
    return frame
