"""What a cell of a publisher's workbook says: a count or a sign, a month, a reference date, a year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from etl.grid import Grid
from etl.mapping import MONTHS

COUNT = re.compile(r"\d+|\d{1,3}(?:\.\d{3})+", re.ASCII)  # as a number, or as text with thousands dots
UNDER = re.compile(r"(?:<|unter|weniger als) ?\d+", re.IGNORECASE)  # a small number that is not given
_FOOTNOTE = re.compile(r"(?: ?\d\)|[¹²³⁴⁵])+$")
_MONTH_NUMBER = {name[:3].casefold(): n for n, name in enumerate(MONTHS, start=1)} | {"mrz": 3}
_MONTH_NAMES = "|".join([*MONTHS, *(f"{name[:3]}" for name in MONTHS), "Mrz", "Sept"])
_NAMED = re.compile(rf"({_MONTH_NAMES})\.? (\d{{4}})", re.ASCII)
_NAMED_DAY = re.compile(rf"(\d{{1,2}})\. ?({_MONTH_NAMES})\.? (\d{{4}})", re.ASCII)
_NUMBER_DAY = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)

Figure = tuple[float | None, str]  # value and status


def figure(grid: Grid, row: int, column: int, signs: Mapping[str, str]) -> Figure:
    """The cell's count, or the status that its sign stands for.

    Raises ParseError with the cell for anything else, an empty cell included: where a figure has its place and none
    is printed, a column has moved.
    """
    text = grid.label(row, column)
    if COUNT.fullmatch(text):
        return float(text.replace(".", "")), "ok"
    if text in signs:
        return None, signs[text]
    if UNDER.fullmatch(text):
        return None, "secret"
    raise grid.error(row, column, f"a count or one of the signs {' '.join(signs)}")


def month(text: str) -> str | None:
    """``Okt 2026``, ``Oktober 2026`` or a date of that month as ``2026-10``; None if the text is nothing of that."""
    if iso := _ISO_DAY.fullmatch(text):
        return f"{iso[1]}-{iso[2]}"
    if named := _NAMED.fullmatch(text):
        return f"{named[2]}-{_MONTH_NUMBER[named[1][:3].casefold()]:02d}"
    return None


def reference_day(text: str) -> date | None:
    """The one day that a text names: ``30.06.2023``, ``30. Juni 2023``, ``2023-06-30``; None if none or several."""
    found = {_date(int(m[3]), int(m[2]), int(m[1])) for m in _NUMBER_DAY.finditer(text)}
    found |= {_date(int(m[3]), _MONTH_NUMBER[m[2][:3].casefold()], int(m[1])) for m in _NAMED_DAY.finditer(text)}
    found |= {_date(int(m[1]), int(m[2]), int(m[3])) for m in _ISO_DAY.finditer(text)}
    days = found - {None}
    return days.pop() if len(days) == 1 else None


def without_footnote(label: str) -> str:
    """``Ausländer 1)`` or ``Ausländer²`` without the number of its footnote."""
    return _FOOTNOTE.sub("", label)


def heading(grid: Grid, before: int) -> Sequence[tuple[int, int, str]]:
    """Every filled cell above row ``before``: row, column, label."""
    rows = range(min(before, grid.height))
    cells = ((r, c, grid.label(r, c)) for r in rows for c in range(len(grid.rows[r])))
    return [cell for cell in cells if cell[2]]


def heading_day(grid: Grid, before: int) -> date | None:
    """The reference date of a sheet: the first day named above its table."""
    days = (reference_day(text) for _, _, text in heading(grid, before))
    return next((day for day in days if day is not None), None)


def _date(year: int, number: int, day: int) -> date | None:
    try:
        return date(year, number, day)
    except ValueError:
        return None
