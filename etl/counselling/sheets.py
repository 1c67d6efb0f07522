"""The sheets of a form's workbook, read as a stream: texts of cells, and where formulas stand.

``etl.workbook`` reads the large workbooks of publishers, as values only and with ten times their memory. A form comes
from anybody: here formulas must be seen, and no file may take the machine's memory. So the XML goes tag by tag through
a parser that keeps filled cells only, and stops at bounds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from etl.archive import Archive
from etl.counselling.parts import SheetError, stream
from etl.grid import position

CONTENTS, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
MAX_ROWS: Final = 200_000  # filled ones
MAX_LINES: Final = 250_000  # empty ones too
MAX_COLUMNS: Final = 60  # the form has nine
_MAX_TEXTS = 500_000
MAX_TEXT: Final = 2000  # characters that are kept of a text: no entry of the form is as long
_MAX_FORMULAS = 1000  # rows with some, and links, that are remembered: the first ones refuse the form
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # those without a code
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')  # what stands for itself in a number format
_DAY_ZERO, _DAYS_TO_1904 = datetime(1899, 12, 30), 1462

Row = tuple[int, list[str]]  # its number, and its cells from column A on


@dataclass
class Sheet:
    """A sheet's filled rows, and by row number the columns (from 0) of the cells that hold a formula.

    ``links``: row number and column of the cells that lead to an address outside.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    formulas: dict[int, set[int]] = field(default_factory=dict)
    links: list[tuple[int, int]] = field(default_factory=list)


def read_sheets(archive: Archive) -> Iterator[Sheet]:
    """The workbook's sheets one by one. Raises SheetError, and ParseError if the archive is damaged."""
    targets, sheets, first_day = _contents(archive)
    texts, dates = _shared_texts(archive), _date_styles(archive)
    for name, relation in sheets:
        target = targets.get(relation, "")
        part = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if "chartsheet" not in part:
            reader = _SheetReader(Sheet(" ".join(name.split())), part, texts, dates, first_day)
            stream(archive, part, reader.start, reader.end, reader.text, name)
            yield reader.sheet


def _contents(archive: Archive) -> tuple[dict[str, str], list[tuple[str, str]], datetime]:
    """The part of each relation, name and relation of each sheet, and the day from which dates are counted."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []
    first_day = [_DAY_ZERO]

    def relation(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def entry(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            ids = [v for k, v in attributes.items() if k.rpartition(":")[2] == "id"]
            sheets.append((attributes.get("name", ""), ids[0] if ids else ""))
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            first_day[0] = _DAY_ZERO + timedelta(days=_DAYS_TO_1904)

    stream(archive, RELATIONS, relation)
    stream(archive, CONTENTS, entry)
    return targets, sheets, first_day[0]


def _shared_texts(archive: Archive) -> list[str]:
    if _STRINGS not in archive.names:
        return []
    reader = _TextReader()
    stream(archive, _STRINGS, reader.start, reader.end, reader.text)
    return reader.texts


class _Pieces:
    """The text of a cell from its pieces; that of the reading aid of East Asian scripts is left out."""

    def __init__(self) -> None:
        self._inside = self._aside = False
        self._found: list[str] = []
        self._length = 0

    def start(self, tag: str) -> None:
        self._inside = tag in ("t", "v") and not self._aside
        self._aside = self._aside or tag == "rPh"

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "rPh":
            self._aside = False

    def text(self, data: str) -> None:
        if self._inside and self._length < MAX_TEXT:
            self._found.append(data[:MAX_TEXT])
            self._length += len(data)

    def take(self) -> str:
        """The text so far; the next one begins."""
        text, self._found, self._length = "".join(self._found).strip(), [], 0
        return text


class _TextReader:
    """The texts that cells refer to by their number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces = _Pieces()
        self.text = self._pieces.text

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        self._pieces.start(tag)

    def end(self, tag: str) -> None:
        self._pieces.end(tag)
        if tag == "si":
            if len(self.texts) >= _MAX_TEXTS:
                raise SheetError("vast", _STRINGS)
            self.texts.append(self._pieces.take())


def _date_styles(archive: Archive) -> frozenset[int]:
    """The numbers of the styles that show a number as a date or time."""
    if _STYLES not in archive.names:
        return frozenset()
    codes: dict[str, str] = {}
    formats: list[str] = []
    within = [""]

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
            within[0] = tag
        elif tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:200]
        elif tag == "xf" and within[0] == "cellXfs":
            formats.append(attributes.get("numFmtId", ""))

    stream(archive, _STYLES, start)
    dates = {str(n) for n in _DATE_FORMATS} - codes.keys()
    dates |= {n for n, code in codes.items() if re.search("[dmyhDMYH]", _NO_DATE.sub("", code))}
    return frozenset(style for style, number in enumerate(formats) if number in dates)


class _SheetReader:
    """Follows the tags of one sheet."""

    def __init__(self, sheet: Sheet, part: str, texts: list[str], dates: frozenset[int], first_day: datetime) -> None:
        self.sheet, self._part, self._texts, self._dates, self._first_day = sheet, part, texts, dates, first_day
        self._row, self._column = -1, -1
        self._lines = 0
        self._type = self._style = ""
        self._cells: list[str] = []
        self._pieces = _Pieces()
        self._known: dict[str, str] = {}  # a label stands in thousands of cells, each with a copy of it
        self.text = self._pieces.text

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            self._begin_row(attributes.get("r"))
        elif tag == "c":
            self._begin_cell(attributes.get("r"))
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        elif tag == "f":
            if len(self.sheet.formulas) < _MAX_FORMULAS:
                self.sheet.formulas.setdefault(self._row + 1, set()).add(self._column)
        elif tag == "hyperlink":
            self._add_link(attributes)
        else:
            self._pieces.start(tag)

    def end(self, tag: str) -> None:
        if tag == "row":
            if self._cells:
                self._end_row()
        elif tag == "c":
            if value := self._value(self._pieces.take()):
                self._keep(value)
        else:
            self._pieces.end(tag)

    def _end_row(self) -> None:
        if len(self.sheet.rows) >= MAX_ROWS:
            raise SheetError("too_many_rows", self.sheet.name)
        self.sheet.rows.append((self._row + 1, self._cells))
        self._cells = []

    def _add_link(self, attributes: Mapping[str, str]) -> None:
        """One that names a relation leads outside; the others lead to a place in the workbook."""
        if any(name.rpartition(":")[2] == "id" for name in attributes) and len(self.sheet.links) < _MAX_FORMULAS:
            row, column = position(attributes.get("ref", "").partition(":")[0]) or (0, 0)
            self.sheet.links.append((row + 1, column))

    def _begin_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else self._number(number) - 1
        if row <= self._row or self._cells:
            raise SheetError("damaged", self._part)
        self._lines += 1
        if self._lines > MAX_LINES:
            raise SheetError("too_long", self.sheet.name)
        self._row, self._column = row, -1

    def _begin_cell(self, address: str | None) -> None:
        row, column = (self._row, self._column + 1) if address is None else position(address) or (-1, -1)
        if row != self._row or column <= self._column:
            raise SheetError("damaged", self._part)
        self._column = column

    def _keep(self, value: str) -> None:
        if self._column >= MAX_COLUMNS:
            raise SheetError("vast", self.sheet.name)
        self._cells += [""] * (self._column - len(self._cells))
        self._cells.append(self._known.setdefault(value, value))

    def _value(self, text: str) -> str:
        if self._type == "s" and text:
            number = self._number(text)
            if number >= len(self._texts):
                raise SheetError("damaged", self._part)
            return self._texts[number]
        if self._type == "b":
            return {"1": "true", "0": "false"}.get(text, text)
        if self._type == "d":
            return text.removesuffix("T00:00:00")
        return self._figure(text) if self._type == "n" else text

    def _figure(self, text: str) -> str:
        """A number without a needless point or exponent; a date in ISO form if it is shown as one."""
        try:
            value = float(text)
        except ValueError:
            return text
        if not isfinite(value):
            return text
        if self._style.isdecimal() and int(self._style) in self._dates:
            return self._date(value) or text
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)

    def _date(self, value: float) -> str | None:
        try:
            moment = self._first_day + timedelta(days=value)
        except OverflowError:
            return None
        return moment.date().isoformat() if value == int(value) else moment.isoformat(" ", "seconds")

    def _number(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise SheetError("damaged", self._part)
        return int(text)
