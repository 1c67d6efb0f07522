"""Tables with a row for each district, wherever they begin: regions by code and name, columns by all their headers.

German offices build these by hand: merged headers over several rows, a row of column numbers, notes above and below,
districts as ``03101 Braunschweig, Stadt`` in one cell, as code and name in two, or by name only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from etl.catalogue import Catalogue
from etl.entries import Region
from etl.errors import ParseError
from etl.grid import Grid, column_letters

REGION_COLUMNS = 6  # regions stand in one of the first columns
HEADER_ROWS = 6
_CODED = re.compile(r"(\d{2}|\d{5})(?:\s+(\D.*))?", re.ASCII)
_KIND = re.compile(r"^(?:LK|SK|Landkreis|Kreis|Stadt|kreisfreie Stadt)\.? +", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"\d{1,2}", re.ASCII)


@dataclass(frozen=True)
class DistrictTable:
    """Where a table's regions and columns are.

    ``rows`` are those of regions of the catalogue; ``headers`` names each column by its headers from top to bottom.
    """

    grid: Grid
    first_row: int
    rows: tuple[tuple[int, str], ...]  # row, region id
    headers: Mapping[int, tuple[str, ...]]


def district_table(grid: Grid, catalogue: Catalogue) -> DistrictTable:
    """The sheet's table of districts.

    Raises ParseError with sheet and cell if one of the eight districts is missing or stands twice, or if a code and a
    name disagree.
    """
    names = _names(catalogue)
    best: dict[str, int] = {}
    best_column = 0
    for column in range(min(REGION_COLUMNS, grid.width)):
        found = _regions(grid, column, names, catalogue)
        if len(found) > len(best):
            best, best_column = found, column
    if missing := [m for m in catalogue.members if m not in best]:
        near = f"; column {column_letters(best_column)} lacks {missing}" if best else ""
        raise ParseError(
            f"{grid.where}: sheet {grid.sheet!r}: expected a row for each of the eight districts, by code or name{near}"
            "; the publisher may have changed the layout: look at the file and adapt its reader"
        )
    rows = tuple(sorted((row, region) for region, row in best.items()))
    first = _first_row(grid, best_column, rows[0][0])
    return DistrictTable(grid, first, rows, _headers(grid, best_column, first))


def region_at(grid: Grid, row: int, column: int, name_column: int, catalogue: Catalogue) -> Region | None:
    """The region whose code stands in one cell and whose name in another; None if the catalogue lacks the code.

    Raises ParseError with the cell if the name is another region's.
    """
    region = catalogue.region_by_id.get(grid.label(row, column))
    if region is not None and not _is_called(region, grid.label(row, name_column)):
        raise grid.error(row, name_column, f"the name of {region.id} {region.names[0]!r}")
    return region


def _regions(grid: Grid, column: int, names: Mapping[str, str], catalogue: Catalogue) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in range(grid.height):
        region = _region(grid, row, column, names, catalogue)
        if region is None:
            continue
        if region in found:
            raise ParseError(
                f"{grid.place(row, column)}: {region} stands in {grid.address(found[region], column)} already; "
                "expected one row for each region: look at the file and adapt its reader"
            )
        found[region] = row
    return found


def _region(grid: Grid, row: int, column: int, names: Mapping[str, str], catalogue: Catalogue) -> str | None:
    text = grid.label(row, column)
    coded = _CODED.fullmatch(text.zfill(5) if re.fullmatch(r"[1-9]\d{3}", text, re.ASCII) else text)
    if coded is None:
        return names.get(_KIND.sub("", text).casefold())
    region = catalogue.region_by_id.get(coded[1])
    name = coded[2] or grid.label(row, column + 1)
    if region is None or not re.search(r"[^\W\d_]{3}", name):  # without a name behind it, it is a figure
        return None
    if not _is_called(region, name):
        raise grid.error(row, column, f"with the code {region.id} the name {region.names[0]!r}")
    return region.id


def _names(catalogue: Catalogue) -> dict[str, str]:
    """Region ids by every spelling that means one region only."""
    spelled: dict[str, set[str]] = {}
    for region in catalogue.regions:
        for name in region.names:
            spelled.setdefault(name.casefold(), set()).add(region.id)
    for region in catalogue.regions:
        if region.names:
            spelled.setdefault(region.short.de.casefold(), set()).add(region.id)
    return {name: ids.pop() for name, ids in spelled.items() if len(ids) == 1}


def _is_called(region: Region, name: str) -> bool:
    """Whether a name can be the region's: its first word is in it ("Oldenburg (Oldenburg), Stadt")."""
    return bool(region.names) and re.split(r"[ ,(]", region.names[0])[0].casefold() in name.casefold()


def _first_row(grid: Grid, column: int, known: int) -> int:
    """The table's first row: the first one of a region of any kind, in an unbroken run above the first known one."""
    row = known
    while row > 0 and grid.label(row - 1, column) and _has_figures(grid, row - 1, column):
        row -= 1
    return row


def _has_figures(grid: Grid, row: int, column: int) -> bool:
    """Whether a row looks like one of figures; a row of column numbers (1, 2, 3 …) does not."""
    cells = [text for c in range(column + 1, len(grid.rows[row])) if (text := grid.label(row, c))]
    numbers = [text for text in cells if re.fullmatch(r"[\d.,]+|[*x.\-–…]|\.x", text)]
    return bool(numbers) and cells != [str(n) for n in range(1, len(cells) + 1)]


def _headers(grid: Grid, region_column: int, first_row: int) -> dict[int, tuple[str, ...]]:
    """The headers above each column right of the regions; merged ones stand over each of their columns.

    A merged note across the whole sheet begins left of the columns and is no header.
    """
    above = range(max(0, first_row - HEADER_ROWS), first_row)
    covered = {
        (row, column): grid.label(m.first_row, m.first_column)
        for m in grid.merges
        if m.first_column > region_column
        for row in range(m.first_row, m.last_row + 1)
        for column in range(m.first_column, m.last_column + 1)
    }
    headers: dict[int, tuple[str, ...]] = {}
    for column in range(region_column + 1, grid.width):
        texts = (grid.label(row, column) or covered.get((row, column), "") for row in above)
        named = [text for text in texts if text and not _COLUMN_NUMBER.fullmatch(text)]
        headers[column] = tuple(dict.fromkeys(named))
    return headers
