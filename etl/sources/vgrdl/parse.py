"""Read a VGRdL workbook: every sheet whose name is a number holds one measure, districts down and years across.

Above the table stand its heading, maybe a part of it ("1.3 Produzierendes Gewerbe (B-F)"), and the unit. They become
the columns ``content``, ``per`` (what follows "je"), ``sector`` (letters of WZ 2008) and ``unit``; numbers of sheets
change from one edition to the next and mean nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from etl.catalogue import Catalogue
from etl.entries import Region
from etl.errors import ParseError
from etl.grid import Grid
from etl.sources.base import Reply, Tidy
from etl.sources.signs import status_of
from etl.workbook import Workbook

NUTS, KEY, NAME = "EU-Code", "Regionalschlüssel", "Gebietseinheit"
GERMANY_KEY, GERMANY = "17", "DG"  # where the Länder have 01 to 16
THOUSANDS = "1000 Personen"
# The publisher allows numbers of employees to be passed on in thousands with one decimal, whatever the cells hold.
THOUSANDS_DECIMALS = 1
# who a figure is per, by the first word after "je": its ending changes from edition to edition
PER = {
    "einwohner": "Einwohner",
    "erwerbstätig": "Erwerbstätige",
    "arbeitsstunde": "Arbeitsstunde",
    "arbeitnehmer": "Arbeitnehmer",
}
_SHEET = re.compile(r"\d+(\.\d+)*")
_NUMBERING = re.compile(r"^\d+(\.\d+)*\s+")
_SECTOR = re.compile(r"\(([A-Z](?:\s*[-–]\s*[A-Z])?)\)$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = r"^-?\d+(\.\d+)?$"
DIMENSIONS = ("content", "per", "sector", "unit")


class Measure(NamedTuple):
    """What a sheet shows: ``Arbeitnehmer (Inland)``, per nothing, sector ``B-F``, in ``Personen``."""

    content: str
    per: str
    sector: str
    unit: str


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The volume as (content, per, sector, unit, region, time, value, status).

    Raises ParseError with file, sheet and cell where the workbook departs from its known shape.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    workbook = Workbook(reply.body, where)
    sheets = [name for name in workbook.sheet_names if _SHEET.fullmatch(name)]
    if not sheets:
        raise ParseError(
            f"{where}: expected sheets named by numbers such as '1.1', the workbook has "
            f"{list(workbook.sheet_names)[:20]}; look at the file and adapt its reader"
        )
    frames = [_read_sheet(workbook.sheet(name), catalogue) for name in sheets]
    return Tidy(pl.concat(frames))


def _read_sheet(grid: Grid, catalogue: Catalogue) -> pl.DataFrame:
    header = grid.header([NUTS, KEY, NAME])
    measure, scale = _measure(grid, header.row)
    years = _years(grid, header.row, header.columns[NAME])
    regions = {_key(r): r for r in catalogue.regions if _key(r)}
    rows = [r for r in range(header.row + 1, grid.height) if grid.cell(r, header.columns[KEY]) in regions]
    cells: list[tuple[str, str, str, int, int]] = []
    for row in rows:
        region = regions[grid.cell(row, header.columns[KEY])]
        if region.nuts and grid.cell(row, header.columns[NUTS]) != region.nuts:
            raise grid.error(row, header.columns[NUTS], f"the NUTS code of {region.id}, {region.nuts}")
        cells += [(region.id, year, grid.cell(row, column), row, column) for year, column in years.items()]
    _require_all(grid, {c[0] for c in cells}, len(rows), catalogue)
    frame = pl.DataFrame(cells, schema=["region", "time", "text", "row", "column"], orient="row")
    return _with_values(frame, grid, scale).select(
        *(pl.lit(text).alias(name) for name, text in measure._asdict().items()), "region", "time", "value", "status"
    )


def _measure(grid: Grid, header_row: int) -> tuple[Measure, bool]:
    """What the lines above the header say, and whether the cells are thousands of persons."""
    titles = [text for row in range(header_row) if (text := grid.label(row, 0))]
    if len(titles) not in (2, 3):
        raise ParseError(
            f"{grid.where}: sheet {grid.sheet!r}: expected heading, part and unit above the table in column A, came "
            f"{titles}; look at the file and adapt its reader"
        )
    heading, unit = _NUMBERING.sub("", titles[0]), titles[-1].removeprefix("in ").replace("Mill.", "Mio.")
    part = _NUMBERING.sub("", titles[1]) if len(titles) == 3 else ""
    sector = ""
    if found := _SECTOR.search(part):
        sector = re.sub(r"[\s–-]+", "-", found[1])
    elif part.casefold().startswith(heading.casefold()):
        heading = part
    elif part:
        heading = f"{heading}, {part}"
    content, _, per = heading.partition(" je ")
    in_thousands = re.sub(r"(?<=\d)[\s.](?=\d)", "", unit) == THOUSANDS
    per = next((name for start, name in PER.items() if per.casefold().startswith(start)), per)
    return Measure(content, per, sector, "Personen" if in_thousands else unit), in_thousands


def _years(grid: Grid, row: int, name_column: int) -> dict[str, int]:
    """Column of each year: they follow the regions' names without a gap."""
    years: dict[str, int] = {}
    for column in range(name_column + 1, len(grid.rows[row])):
        text = grid.label(row, column)
        if not _YEAR.fullmatch(text):
            break
        if years and int(text) != int(next(reversed(years))) + 1:
            raise grid.error(row, column, f"the year {int(next(reversed(years))) + 1}")
        years[text] = column
    if not years:
        raise grid.error(row, name_column + 1, "the first year")
    if stray := [c for c in range(max(years.values()) + 1, len(grid.rows[row])) if _YEAR.match(grid.cell(row, c))]:
        raise grid.error(row, stray[0], "no year apart from the others")
    return years


def _key(region: Region) -> str:
    """The region's key in these workbooks, ``""`` if they do not have it."""
    if region.level in ("district", "land"):
        return region.id
    return GERMANY_KEY if region.id == GERMANY else ""


def _require_all(grid: Grid, regions: set[str], rows: int, catalogue: Catalogue) -> None:
    missing = sorted({*catalogue.members} - regions)
    if missing or rows != len(regions):
        raise ParseError(
            f"{grid.where}: sheet {grid.sheet!r}: expected one row for each of the eight districts, "
            f"{f'{missing} are missing' if missing else 'a region stands twice'}; look at the file"
        )


def _with_values(frame: pl.DataFrame, grid: Grid, in_thousands: bool) -> pl.DataFrame:
    text = pl.col("text")
    value: pl.Expr = pl.when(text.str.contains(_NUMBER)).then(text.cast(pl.Float64, strict=False))
    if in_thousands:
        value = (value.round(THOUSANDS_DECIMALS) * 1000).round(0)
    frame = frame.with_columns(value.alias("value")).with_columns(status_of(text, pl.col("value")).alias("status"))
    hidden = (pl.col("value") == 0) & text.str.contains("[1-9]")
    frame = frame.with_columns(pl.when(hidden).then(pl.lit("rounded_zero")).otherwise("status").alias("status"))
    bad = frame.filter(pl.col("status").is_null())
    if not bad.is_empty():
        raise grid.error(bad["row"][0], bad["column"][0], "a number or one of the signs . … / x –")
    return frame
