"""Commuters between districts (``krpend``): of its pairs only each district's totals are kept.

Layout (as its readers describe 06/2023): two sheets, each with a block of rows per district. Code and name of the
district stand in the first two columns, at least of the block's first row; the other end of the commute in the next
two: districts (5 digits), larger areas (2 and 3 digits), ``Übrige …`` for what is too small to be shown, countries by
letters, in the end ``ZZ`` (within Germany) and ``Z`` (all). A total is the publisher's own row of all commuters. A
block without one is added up from all its parts, remainder rows included; with a secret part the sum is ``limited``: at
least so many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.grid import HEADER_WITHIN, Grid, Header
from etl.sources.ba.cells import SIGNS
from etl.sources.base import Reply, Tidy
from etl.sources.district_table import region_at
from etl.sources.sheet_cells import Figure, figure, heading_day
from etl.workbook import Workbook

SHEETS: Final = {"Auspendler Kreise": ("Wohnort", "Arbeitsort"), "Einpendler Kreise": ("Arbeitsort", "Wohnort")}
MEASURES: Final = {  # the column's label → how its header begins
    "Insgesamt": "Insgesamt",
    "Männer": "Männ",
    "Frauen": "Frau",
    "Deutsche": "Deutsch",
    "Ausländer": "Ausländ",
}
HEADER_ROWS = 3
REMAINDER = "Übrige"
_ALL = re.compile(r"(?:Aus|Ein)pendler insgesamt")
_WITHIN = re.compile(r"(?:Auspendler in das|Einpendler aus dem) Bundesgebiet")
_EDITION = re.compile(r"krpend-k-0-(\d{4})(\d\d)-")


@dataclass(frozen=True)
class _Columns:
    """A sheet's columns: the block's own district and the other end (each code, then name), and the measures."""

    own: int
    other: int
    measures: dict[str, int]


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """Columns ``Richtung`` (Auspendler, Einpendler) and ``Merkmal``; one reference date.

    Raises ParseError with sheet and cell where the layout departs, where a part is larger than its total, or where one
    of the eight districts is missing.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    workbook = Workbook(reply.body, where)
    grids = [workbook.sheet(name) for name in SHEETS]
    day = _day(grids, reply.url)
    rows = [
        (grid.sheet.split()[0], measure, region, day.isoformat(), *value)
        for grid in grids
        for region, values in _totals(grid, catalogue)
        for measure, value in values.items()
    ]
    columns = {"Richtung": pl.String, "Merkmal": pl.String, "region": pl.String, "time": pl.String}
    return Tidy(
        pl.DataFrame(rows, schema={**columns, "value": pl.Float64, "status": pl.String}, orient="row"), partial=True
    )


def _day(grids: Sequence[Grid], url: str) -> date:
    """The reference date that the sheets name, or else the file's own month; both must agree."""
    named = {heading_day(grid, _header(grid)[0]) for grid in grids} - {None}
    if len(named) > 1:
        raise ParseError(f"{grids[0].where}: expected one reference date, its sheets name {sorted(map(str, named))}")
    day = named.pop() if named else None
    edition = _EDITION.search(url)
    if day is None and edition is not None and edition[2] == "06":
        return date(int(edition[1]), 6, 30)
    if day is None or (edition is not None and f"{day:%Y%m}" != edition[1] + edition[2]):
        raise ParseError(f"{grids[0].where}: expected a reference date above the tables and in the address, came {day}")
    return day


def _totals(grid: Grid, catalogue: Catalogue) -> Iterator[tuple[str, dict[str, Figure]]]:
    header, columns = _header(grid)
    blocks: dict[str, list[int]] = {}
    region: str | None = None
    for row in range(header + 1, grid.height):
        if grid.label(row, columns.own):
            found = region_at(grid, row, columns.own, columns.own + 1, catalogue)
            district = found.id if found is not None and found.level == "district" else None
            if district is not None and district != region and district in blocks:
                raise grid.error(
                    row, columns.own, f"one block of rows for each district, not a second one for {district}"
                )
            region = district
        if region is not None and grid.label(row, columns.other):
            blocks.setdefault(region, []).append(row)
    if missing := [m for m in catalogue.members if m not in blocks]:
        raise ParseError(f"{grid.where}: sheet {grid.sheet!r}: expected a block for each district, missing {missing}")
    total_rows = {region: _total_row(grid, rows, columns) for region, rows in blocks.items()}
    if lacking := [region for region, row in total_rows.items() if row is None and any(total_rows.values())]:
        raise grid.error(
            blocks[lacking[0]][-1], columns.other + 1, "a row of all commuters at the block's end, as others"
        )
    for region, rows in blocks.items():
        yield region, _block(grid, rows, total_rows[region], columns)


def _header(grid: Grid) -> tuple[int, _Columns]:
    """The header's first row and the columns, which must stand in the publisher's order."""
    own, other = SHEETS[grid.sheet]
    found = _header_row(grid, (own, other, "Insgesamt"))
    columns = found.columns
    if not columns[own] + 2 == columns[other] == columns["Insgesamt"] - 2:
        raise grid.error(
            found.row, columns[own], f"code and name of {own}, code and name of {other}, then Insgesamt side by side"
        )
    first = columns["Insgesamt"]
    measures: dict[str, int] = {}
    for name, begin in MEASURES.items():
        under = range(found.row, min(found.row + HEADER_ROWS, grid.height))
        at = {c for row in under for c in range(first, len(grid.rows[row])) if grid.label(row, c).startswith(begin)}
        if len(at) != 1:
            raise grid.error(found.row, first, f"one column {name!r} from here on ({len(at)} found)")
        measures[name] = at.pop()
    return found.row, _Columns(columns[own], columns[other], measures)


def _header_row(grid: Grid, labels: Sequence[str]) -> Header:
    """The first row with all labels; a label may stand over the code and again over the name."""
    for row in range(min(HEADER_WITHIN, grid.height)):
        texts = [grid.label(row, column) for column in range(len(grid.rows[row]))]
        if set(labels) <= set(texts):
            return Header(row, {name: texts.index(name) for name in labels})
    return grid.header(labels)  # raises, with the row that comes nearest


def _total_row(grid: Grid, rows: Sequence[int], columns: _Columns) -> int | None:
    found = [row for row in rows if _ALL.fullmatch(grid.label(row, columns.other + 1))]
    if len(found) > 1:
        raise grid.error(found[1], columns.other + 1, "one row of all commuters in each block")
    return found[0] if found else None


def _block(grid: Grid, rows: Sequence[int], total_row: int | None, columns: _Columns) -> dict[str, Figure]:
    codes = {row: grid.label(row, columns.other) for row in rows}
    names = {row: grid.label(row, columns.other + 1) for row in rows}
    pairs = [row for row in rows if re.fullmatch(r"\d{5}", codes[row])]
    totals: dict[str, Figure] = {}
    for measure, column in columns.measures.items():
        if total_row is None:
            totals[measure] = _sum([figure(grid, row, column, SIGNS) for row in _leaves(codes, names)])
            continue
        totals[measure] = figure(grid, total_row, column, SIGNS)
        total, known = totals[measure][0], _sum([figure(grid, row, column, SIGNS) for row in pairs])[0] or 0
        if total is not None and known > total:
            raise grid.error(total_row, column, f"a total of at least {known:.0f}, the sum of the districts above it")
    _check_groups(grid, rows[0] if total_row is None else total_row, columns, totals)
    return totals


def _sum(parts: Sequence[Figure]) -> Figure:
    """The parts' sum: "at least" (``limited``) if one is not published, its sign if none is."""
    known = [value for value, _ in parts if value is not None]
    unknown = [status for _, status in parts if status not in ("ok", "nil")]
    if not known:
        return None, unknown[0] if unknown else "nil"
    return sum(known), "limited" if unknown else "ok"


def _leaves(codes: dict[int, str], names: dict[int, str]) -> list[int]:
    """The rows that add up to the block: areas whose parts are listed as well are left out, sums too."""
    listed = set(codes.values())
    leaves = []
    for row, code in codes.items():
        if _ALL.fullmatch(names[row]) or _WITHIN.fullmatch(names[row]):
            continue
        divided = code.isdigit() and any(c != code and c.startswith(code) for c in listed if c.isdigit())
        rest = any(r != row and c == code and names[r].startswith(REMAINDER) for r, c in codes.items())
        if names[row].startswith(REMAINDER) or not (divided or rest):
            leaves.append(row)
    return leaves


def _check_groups(grid: Grid, row: int, columns: _Columns, totals: dict[str, Figure]) -> None:
    """No two groups can be more than all: else the columns have moved."""
    total = totals["Insgesamt"]
    for pair in (("Männer", "Frauen"), ("Deutsche", "Ausländer")):
        parts = [totals[name][0] or 0 for name in pair]
        if total[0] is not None and total[1] == "ok" and sum(parts) > total[0]:
            raise grid.error(row, columns.measures[pair[0]], f"{' and '.join(pair)} within the total of {total[0]:.0f}")
