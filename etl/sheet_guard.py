"""What is looked at in a sheet's XML before the reading library sees it: its extent, its texts, its errors.

The library keeps a sheet as a full rectangle and copies a shared text into each cell that has it, so a few bytes could
take all memory. It also passes over comments (with what follows in the cell), takes the first text for a broken
reference to one, and leaves the errors of formulas empty. So all of that is found here, and refused or read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import polars as pl

from etl.errors import ParseError
from etl.grid import column_letters, position

MAX_CELLS: Final = 8_000_000  # of the rectangle from A1 to the last cell; the library takes about 32 bytes for each
MAX_TEXT: Final = 400_000_000  # bytes of all texts, each as often as it is used
LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14
_OPEN, _CLOSE = r"<(?:[^\s<>/:]+:)?", r"</(?:[^\s<>/:]+:)?"
_ATTRIBUTES = r"""(?:\s*[^\s=<>/"']+\s*=\s*(?:"[^"'<>]*"|'[^"'<>]*'))*\s*"""
_START = _OPEN + r"(?:c|row)[\s/>]"
# a row's tag, or a cell's with its formula and its value
_TAG = (
    rf"{_OPEN}(?:c|row){_ATTRIBUTES}/?>"
    rf"(?:{_CLOSE}c>|(?:\s*{_OPEN}f{_ATTRIBUTES}(?:/>|>[^<]*{_CLOSE}f>))?"
    rf"(?:\s*{_OPEN}v{_ATTRIBUTES}>[^<]*{_CLOSE}v>)?)"
)
_EMPTY = rf"^[^>]*(?:/>|>{_CLOSE}c>)$"
_ROW = rf"^{_OPEN}row"
_ADDRESS = r"""^[^>]*?[\s"']r\s*=\s*["'](?<letters>[A-Za-z]*)(?<digits>[0-9]+)["']"""
_SHARED, _ERROR = (rf"""^[^>]*[\s"']t\s*=\s*["']{kind}["']""" for kind in "se")
_TWICE = r"""^[^>]*[\s"'](?:r\s*=[^>]*[\s"']r|t\s*=[^>]*[\s"']t)\s*="""
_VALUE = rf">([^<>]*){_CLOSE}v>$"
_TEXT_END = re.compile(rb"<(?:/(?:[^\s<>/:]+:)?si\s*|(?:[^\s<>/:]+:)?si\s*/)>")


class ErrorCell(NamedTuple):
    """An error of a formula, such as ``#DIV/0!``, and its place."""

    row: int
    column: int
    text: str


def checked_text(xml: bytes, at: str) -> str:
    """The XML, refused if it holds what the library would pass over: other encodings, comments, document types."""
    found = xml.find(b"<!")
    if xml[found : found + 9] == b"<!DOCTYPE":
        raise ParseError(f"{at}: declares a document type, which no workbook does")
    if found >= 0 or xml.find(b"<?", 4) >= 0:  # the first of these declares that it is XML
        raise ParseError(f"{at}: holds a comment or the like, which is not read; save it in a spreadsheet program")
    try:
        text = xml.decode()
    except UnicodeDecodeError as error:
        raise ParseError(f"{at}: expected UTF-8 ({error}); look at the raw reply") from error
    if "\0" in text:
        raise ParseError(f"{at}: expected UTF-8, came another encoding; open and save it in a spreadsheet program")
    return text


def text_sizes(xml: bytes) -> list[int]:
    """The bytes that each of the shared texts takes at most."""
    ends = [0, *(found.end() for found in _TEXT_END.finditer(xml))]
    return [end - start for start, end in pairwise(ends)]


def inspect(xml: bytes, sizes: Sequence[int], at: str) -> list[ErrorCell]:
    """The errors of formulas in a sheet. ``sizes`` are those of the shared texts.

    Raises ParseError if the sheet is too large, takes too much text, or cannot be understood.
    """
    sheet = pl.Series("tag", [checked_text(xml, at)])
    tags = sheet.str.extract_all(_TAG).explode().drop_nulls()
    if len(tags) != sheet.str.count_matches(_START).item() or tags.str.contains(_TWICE).any():
        raise ParseError(f"{at}: has a tag of a row or a cell that cannot be understood; look at the raw reply")
    _check_extent(tags, at)
    held = tags.filter(~tags.str.contains(_EMPTY))
    _check_texts(held.filter(held.str.contains(_SHARED)).str.extract(_VALUE), sizes, at)
    errors = held.filter(held.str.contains(_ERROR))
    found = errors.str.extract_groups(_ADDRESS).struct.unnest().with_columns(errors.str.extract(_VALUE).alias("value"))
    return [_error_cell(f"{letters}{digits}", value, at) for letters, digits, value in found.iter_rows()]


def _check_extent(tags: pl.Series, at: str) -> None:
    """Refuse a rectangle from A1 to the last cell of more than ``MAX_CELLS`` cells."""
    places = tags.str.extract_groups(_ADDRESS).struct.unnest()
    unplaced = tags.filter(places["digits"].is_null())
    if unplaced.is_empty():
        # what holds nothing takes no memory, and no cell's place follows from it
        places = places.filter(~(tags.str.contains(_EMPTY) | tags.str.contains(_ROW)))
    rows = places["digits"].drop_nulls().unique().cast(pl.Int64, strict=False).fill_null(LAST_ROW + 1).to_list()
    columns = [_column(letters) for letters in places["letters"].drop_nulls().unique()]
    further_rows = len(unplaced.filter(unplaced.str.contains(_ROW)))
    last_row = max(rows, default=0) + further_rows
    last_column = max(columns, default=0) + len(unplaced) - further_rows
    if last_row > LAST_ROW or last_column > LAST_COLUMN:
        raise ParseError(f"{at}: a cell lies outside of the largest sheet (row {last_row}, column {last_column})")
    if last_row * last_column > MAX_CELLS:
        last = f"{column_letters(last_column - 1)}{last_row}"
        raise ParseError(
            f"{at}: holds more than {MAX_CELLS:,} cells, it reaches to {last}; look at the file before raising that"
        )


def _check_texts(references: pl.Series, sizes: Sequence[int], at: str) -> None:
    """Refuse references to texts that are not there, and more text than ``MAX_TEXT`` by using it again and again."""
    indices = references.cast(pl.UInt32, strict=False)
    wrong = references.filter(indices.is_null() | (indices >= len(sizes)))
    if not wrong.is_empty():
        raise ParseError(f"{at}: refers to a text that is not there ({wrong[0]}); look at the raw reply")
    if (total := pl.Series(sizes, dtype=pl.Int64).gather(indices).sum()) > MAX_TEXT:
        raise ParseError(f"{at}: its texts take {total:,} bytes, expected at most {MAX_TEXT:,}; look at the file")


def _error_cell(address: str, value: str | None, at: str) -> ErrorCell:
    place = position(address)
    if place is None or value is None:
        raise ParseError(f"{at}: has an error of a formula that cannot be understood ({address}: {value})")
    return ErrorCell(*place, value.strip())


def _column(letters: str) -> int:
    place = position(f"{letters}1")
    return place[1] + 1 if place else LAST_COLUMN + 1 if letters else 0
