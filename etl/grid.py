"""A sheet's cells by row and column, with what it takes to find a table in it and to say where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from etl.errors import ParseError

HEADER_WITHIN = 60  # rows from the top in which a table's header is looked for
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)


class Merge(NamedTuple):
    """A merged range of cells, corners included; its text stands in the first."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Header(NamedTuple):
    """A header row and the column of each label that was asked for."""

    row: int
    columns: dict[str, int]


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet. Rows and columns count from 0; texts have no blanks around them, no cell is ``""``.

    ``where`` says which file it is, for errors. ``rows`` end with their last filled cell.
    """

    where: str
    sheet: str
    rows: Sequence[Sequence[str]]
    merges: tuple[Merge, ...] = ()

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> str:
        """The cell's text, ``""`` where there is none."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def label(self, row: int, column: int) -> str:
        """The cell's text with line breaks and double blanks as one blank, as labels are compared."""
        return " ".join(self.cell(row, column).split())

    def address(self, row: int, column: int) -> str:
        """The cell as spreadsheet programs name it: ``C12``."""
        return f"{column_letters(column)}{row + 1}"

    def place(self, row: int, column: int) -> str:
        """File, sheet and cell, to begin an error with."""
        return f"{self.where}: sheet {self.sheet!r}, cell {self.address(row, column)}"

    def error(self, row: int, column: int, expected: str) -> ParseError:
        """The error that the cell does not hold what was expected."""
        return ParseError(
            f"{self.place(row, column)}: expected {expected}, came {self.cell(row, column)[:80]!r}; the publisher may "
            "have changed the layout: look at the file and adapt its reader"
        )

    def fill_forward(self, row: int, first: int = 0, last: int | None = None) -> list[str]:
        """The row's labels from column ``first`` to ``last``; an empty cell has the label to its left.

        So a header that spans several columns stands over each of them, whether its cells are merged or not.
        """
        filled: list[str] = []
        for column in range(first, self.width if last is None else last + 1):
            filled.append(self.label(row, column) or (filled[-1] if filled else ""))
        return filled

    def merged_label(self, row: int, column: int) -> str:
        """The cell's label, or that of the merged range it lies in."""
        if text := self.label(row, column):
            return text
        for m in self.merges:
            if m.first_row <= row <= m.last_row and m.first_column <= column <= m.last_column:
                return self.label(m.first_row, m.first_column)
        return ""

    def header(self, labels: Sequence[str], within: int = HEADER_WITHIN) -> Header:
        """The first row that holds every label, each exactly once, in any order.

        Case, blanks and hyphens (of words broken over two lines) do not count. Raises ParseError naming the
        row that comes nearest and what it lacks.
        """
        best: tuple[int, int, list[str]] = (-1, 0, list(labels))
        for row in range(min(within, self.height)):
            texts = [_folded(text) for text in self.rows[row]]
            lacking = [name for name in labels if texts.count(_folded(name)) != 1]
            if not lacking:
                return Header(row, {name: texts.index(_folded(name)) for name in labels})
            if len(labels) - len(lacking) > best[0]:
                best = (len(labels) - len(lacking), row, lacking)
        found, row, lacking = best
        near = f"; row {row + 1} comes nearest and lacks {lacking} (or has them twice)" if found > 0 else ""
        raise ParseError(
            f"{self.where}: sheet {self.sheet!r}: expected a header row with {list(labels)} in the first {within} rows"
            f"{near}; the publisher may have changed the layout: look at the file and adapt its reader"
        )

    def frame(self, columns: Mapping[str, int], first: int, last: int | None = None) -> pl.DataFrame:
        """Rows ``first`` to ``last`` of some columns as strings (``""`` where empty); ``row`` is the row's index."""
        rows = range(first, self.height if last is None else last + 1)
        data = {name: [self.cell(r, column) for r in rows] for name, column in columns.items()}
        schema = {"row": pl.UInt32, **dict.fromkeys(columns, pl.String)}
        return pl.DataFrame({"row": list(rows), **data}, schema=schema)


def _folded(label: str) -> str:
    return re.sub(r"[\s\u00ad-]+", "", label).casefold()


def column_letters(column: int) -> str:
    """A column's letters: 0 is ``A``, 26 is ``AA``."""
    letters, number = "", column + 1
    while number > 0:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def position(address: str) -> tuple[int, int] | None:
    """Row and column of an address such as ``C12``, counted from 0; None if it is no address."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
