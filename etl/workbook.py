"""XLSX workbooks as text, cell by cell: read by python-calamine, within bounds, errors with the cell's address.

The library sees only parts that have been unpacked against a counter and looked at (``etl.sheet_guard``), and one sheet
at a time. Numbers keep all their digits, and an error of a formula stays visible as text (``#DIV/0!``): an empty cell
means something in these files.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook

from etl.archive import Archive
from etl.errors import ParseError
from etl.grid import Grid, Merge, column_letters
from etl.sheet_guard import ErrorCell, checked_text, inspect, text_sizes

__all__ = ["Grid", "Workbook", "read_sheet", "sheet_names"]

CONTENTS, RELATIONS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
COMMON: Final = ("_rels/.rels", CONTENTS, RELATIONS, STRINGS, "xl/styles.xml")
_PANIC: Final = "PanicException"  # what a fault of the library in Rust becomes; no Exception, and it cannot be imported
_DAY_ZERO: Final = datetime(1899, 12, 30)

Value = int | float | str | bool | time | date | datetime | timedelta
OnStart = Callable[[str, Mapping[str, str]], None]


def sheet_names(body: bytes, where: str) -> tuple[str, ...]:
    """The names of the workbook's sheets in their order. Raises ParseError if it is no workbook."""
    return Workbook(body, where).sheet_names


def read_sheet(body: bytes, sheet: str, where: str) -> Grid:
    """One sheet of a workbook. Raises ParseError; to read several sheets make a ``Workbook``."""
    return Workbook(body, where).sheet(sheet)


class Workbook:
    """An XLSX workbook. Raises ParseError (``where``, part, cell) wherever it departs from the format or its bounds."""

    def __init__(self, body: bytes, where: str) -> None:
        self.where = where
        self._archive = Archive(body, where)
        if missing := {"[Content_Types].xml", CONTENTS} - set(self._archive.names):
            raise ParseError(f"{where}: expected an XLSX workbook, the archive lacks {sorted(missing)}")
        self._sheets = self._parts_of_sheets()

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._sheets)

    def sheet(self, name: str) -> Grid:
        """The sheet's cells; its name must be given exactly."""
        if name not in self._sheets:
            raise ParseError(
                f"{self.where}: expected a sheet {name!r}, the workbook has {list(self._sheets)[:60]}; the publisher "
                "may have renamed it: look at the file and adapt its reader"
            )
        at, part = f"{self.where}: sheet {name!r}", self._sheets[name]
        xml = self._part(part)
        errors = inspect(xml, self._text_sizes, at)
        values, merges = self._read(name, self._common | {part: xml}, at)
        return Grid(self.where, name, _rows(values, errors, at), merges)

    def _read(self, name: str, parts: Mapping[str, bytes], at: str) -> tuple[list[list[Value]], tuple[Merge, ...]]:
        try:
            with CalamineWorkbook.from_filelike(_stored(parts)) as book:
                sheet = book.get_sheet_by_name(name)
                return sheet.to_python(skip_empty_area=False), _merges(sheet)
        except BaseException as error:
            if isinstance(error, Exception) or type(error).__name__ == _PANIC:
                raise ParseError(f"{at}: cannot be read ({error}); look at the raw reply") from error
            raise

    @cached_property
    def _common(self) -> dict[str, bytes]:
        """What the library needs to read any of the sheets."""
        return {part: self._part(part) for part in COMMON if part in self._archive.names}

    @cached_property
    def _text_sizes(self) -> list[int]:
        strings = self._common.get(STRINGS, b"")
        checked_text(strings, f"{self.where}: {STRINGS}")
        return text_sizes(strings)

    def _parts_of_sheets(self) -> dict[str, str]:
        targets: dict[str, str] = {}
        found: list[tuple[str, str]] = []

        def relation(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def entry(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "sheet":
                ids = [v for k, v in attributes.items() if k.rpartition(":")[2] == "id"]
                found.append((attributes.get("name", ""), ids[0] if ids else ""))

        self._parse(RELATIONS, relation)
        self._parse(CONTENTS, entry)
        sheets: dict[str, str] = {}
        for name, relation_id in found:
            target = targets.get(relation_id, "")
            part = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if "chartsheet" not in part:
                sheets[name] = part
        if not sheets:
            raise ParseError(f"{self.where}: the workbook has no sheets")
        return sheets

    def _parse(self, part: str, start: OnStart) -> None:
        """Read one of the workbook's tables of contents as a stream of tags without their prefixes."""
        parser = expat.ParserCreate()

        def on_doctype(*_: object) -> None:
            raise ParseError(f"{self.where}: {part}: declares a document type, which no workbook does")

        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
        parser.StartDoctypeDeclHandler = on_doctype
        try:
            parser.Parse(self._part(part), True)
        except (expat.ExpatError, LookupError, UnicodeError) as error:
            raise ParseError(f"{self.where}: {part}: is no proper XML ({error}); look at the raw reply") from error

    def _part(self, name: str) -> bytes:
        if name not in self._archive.names:
            raise ParseError(f"{self.where}: the workbook lacks its part {name}; look at the raw reply")
        return self._archive.read(name)


def _stored(parts: Mapping[str, bytes]) -> io.BytesIO:
    """The parts as an archive: two readers may see different files in one that came from outside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def _merges(sheet: CalamineSheet) -> tuple[Merge, ...]:
    return tuple(Merge(*first, *last) for first, last in sheet.merged_cell_ranges or ())


def _rows(values: list[list[Value]], errors: list[ErrorCell], at: str) -> list[list[str]]:
    """The texts of the cells; each row ends with its last filled cell, and so does the sheet."""
    for row, column, text in errors:
        if row >= len(values) or column >= len(values[row]):
            raise ParseError(f"{at}: an error of a formula stands outside of the table ({text}); look at the file")
        values[row][column] = text
    known: dict[str, str] = {}  # a label stands in thousands of cells, each with a copy of it
    rows: list[list[str]] = []
    for row, cells in enumerate(values):
        texts, column = [""] * len(cells), 0
        try:
            for column, cell in enumerate(cells):
                if cell != "":
                    texts[column] = _text(cell, known)
        except (ValueError, OverflowError) as error:
            raise ParseError(f"{at}, cell {column_letters(column)}{row + 1}: {error}; look at the file") from error
        while texts and not texts[-1]:
            texts.pop()
        rows.append(texts)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _text(value: Value, known: dict[str, str]) -> str:
    """A cell as text: all digits of a number without an exponent, dates in ISO form."""
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, str):
        text = value.strip()
        return known.setdefault(text, text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _moment(value)


def _plain(value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"expected a number, came {value}")
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _moment(value: time | date | datetime | timedelta) -> str:
    """Seconds are as fine as spreadsheets show; the floats behind them are a little off."""
    if isinstance(value, timedelta):
        value = _DAY_ZERO + value
    elif isinstance(value, time):
        value = datetime.combine(_DAY_ZERO, value)
    elif not isinstance(value, datetime):
        return value.isoformat()
    moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat(" ")
