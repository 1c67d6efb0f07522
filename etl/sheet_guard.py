"""What is looked at in a sheet's XML before the reading library sees it: its extent, its texts, its errors.

The library keeps a sheet as a full rectangle and copies a shared text into each cell that has it, so a few bytes could
take all memory. It also passes over comments (and what follows them in a cell), takes the first text for a broken
reference to one, and leaves the errors of formulas empty. So all of that is found here: refused, or read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from etl.errors import ParseError
from etl.grid import column_letters, position

MAX_CELLS: Final = 4_000_000  # of the rectangle from A1 to the last cell; the library takes 32 bytes for each
MAX_TEXT: Final = 400_000_000  # bytes of all texts, each as often as it is used
LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14
_STEP = 1 << 20
_PREFIX = rb"(?:[^\s<>/:]+:)?"
_VALUE = rb">\s*<" + _PREFIX + rb"v(?:\s[^<>]*)?>"
_OTHER = rb"""[^\s=<>/"']+\s*=\s*(?:"[^"]*"|'[^']*')"""
_ADDRESS = rb"""r\s*=\s*["']([A-Za-z]*)(\d+)["']"""
# a row, or a cell that holds something; without an end the tag is none that can be understood
_TAG = re.compile(
    rb"<" + _PREFIX + rb"(?:row|(c))(?=[\s/>])(?:(?:\s*(?:" + _ADDRESS + rb"|" + _OTHER + rb"))*\s*(/?>))?"
)
_SHARED = re.compile(rb"""[\s"']t\s*=\s*["']s["'][^<>]*?(?:(/)>|""" + _VALUE + rb"(\d+)</)")
_IS_SHARED = re.compile(rb"""[\s"']t\s*=\s*["']s["']""")
_IS_ERROR = re.compile(rb"""[\s"']t\s*=\s*["']e["'][^<>]*""")
_ERROR = re.compile(rb"([^<]*)</")
_TEXT_END = re.compile(rb"<(?:/" + _PREFIX + rb"si\s*|" + _PREFIX + rb"si\s*/)>")


class ErrorCell(NamedTuple):
    """An error of a formula, such as ``#DIV/0!``, and its place."""

    row: int
    column: int
    text: str


def check_text(xml: bytes, at: str) -> None:
    """Refuse what the library would pass over: other encodings than UTF-8, comments, document types."""
    if b"\0" in xml:
        raise ParseError(f"{at}: expected UTF-8, came another encoding; open and save it in a spreadsheet program")
    if (found := xml.find(b"<!")) >= 0:
        what = "declares a document type, which no workbook does" if xml[found:].startswith(b"<!DOCTYPE") else (
            "holds a comment or an unparsed text, which the reader cannot read; save it in a spreadsheet program"
        )
        raise ParseError(f"{at}: {what}")


def check_extent(xml: bytes, at: str) -> None:
    """Refuse a sheet whose rectangle from A1 to its last cell has more than ``MAX_CELLS`` cells."""
    last_row = last_column = 0
    for tags in _tags(xml):
        if any(not end for *_, end in tags):
            raise ParseError(f"{at}: has a tag of a row or a cell that cannot be understood; look at the raw reply")
        held = [tag for tag in tags if tag[3] == b">"]
        unplaced = Counter(cell for cell, _, digits, _ in held if not digits)
        columns = {letters for _, letters, _, _ in held}
        rows = {digits for _, _, digits, _ in held if digits}
        last_row = max(last_row, max(map(int, rows), default=0)) + unplaced[b""]
        last_column = max(last_column, max(map(_column, columns), default=0)) + unplaced[b"c"]
    if last_row > LAST_ROW or last_column > LAST_COLUMN:
        raise ParseError(f"{at}: a cell lies outside of the largest sheet (row {last_row}, column {last_column})")
    if last_row * last_column > MAX_CELLS:
        last = f"{column_letters(last_column - 1)}{last_row}"
        raise ParseError(
            f"{at}: holds more than {MAX_CELLS:,} cells, it reaches to {last}; look at the file before raising that"
        )


def text_sizes(xml: bytes) -> list[int]:
    """The bytes that each of the shared texts takes at most."""
    ends = [0, *(found.end() for found in _TEXT_END.finditer(xml))]
    return [end - start for start, end in zip(ends, ends[1:], strict=False)]


def check_shared(xml: bytes, sizes: Sequence[int], at: str) -> None:
    """Refuse references to texts that are not there, and more text than ``MAX_TEXT`` by using it again and again."""
    found = Counter(_SHARED.findall(xml))
    if found.total() != sum(1 for _ in _IS_SHARED.finditer(xml)):
        raise ParseError(f"{at}: has a cell that refers to a text without saying which; look at the raw reply")
    uses = {int(index): times for (_, index), times in found.items() if index}
    if (last := max(uses, default=-1)) >= len(sizes):
        raise ParseError(f"{at}: refers to a text that is not there ({last}); look at the raw reply")
    if (total := sum(sizes[index] * times for index, times in uses.items())) > MAX_TEXT:
        raise ParseError(f"{at}: its texts take {total:,} bytes, expected at most {MAX_TEXT:,}; look at the file")


def error_cells(xml: bytes, at: str) -> Iterator[ErrorCell]:
    """The cells whose formula gave an error."""
    for found in _IS_ERROR.finditer(xml):
        tag = _TAG.match(xml, xml.rfind(b"<", 0, found.end()))
        end = re.compile(_VALUE).match(xml, tag.end() - 1) if tag else None
        text = _ERROR.match(xml, end.end()) if end else None
        place = position((tag[2] + tag[3]).decode()) if tag and tag[3] else None
        if text is None or place is None:
            raise ParseError(f"{at}: has an error of a formula that cannot be understood: {found[0][:60]!r}")
        yield ErrorCell(*place, text[1].decode("utf-8", "replace").strip())


def _tags(xml: bytes) -> Iterator[list[tuple[bytes, bytes, bytes, bytes]]]:
    """Rows and cells of the sheet in portions: what kind, letters and digits of the address, how the tag ends."""
    at = 0
    while at < len(xml):
        end = xml.find(b"<", at + _STEP)
        end = len(xml) if end < 0 else end
        yield _TAG.findall(xml, at, end)
        at = end


def _column(letters: bytes) -> int:
    place = position(f"{letters.decode()}1")
    return place[1] + 1 if place else LAST_COLUMN + 1 if letters else 0
