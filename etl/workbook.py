"""XLSX workbooks read cell by cell: text as the author wrote it, numbers in full, errors with the cell's address.

A workbook is an archive of XML files. Each is read as a stream by expat; a cell costs what it holds, so that neither
a far-off cell nor a text used a million times takes memory. Numbers keep all their digits, and an error of a formula
stays visible as text (``#DIV/0!``): an empty cell means something in these files.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Final
from xml.parsers import expat

from etl.archive import Archive
from etl.errors import ParseError
from etl.grid import Grid, Merge, column_letters, position

__all__ = ["Grid", "Workbook", "read_sheet", "sheet_names"]

MAX_CELLS: Final = 8_000_000
LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14
_STEP = 1 << 16
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built into every spreadsheet program
_NOT_A_PATTERN = re.compile(r'"[^"]*"|\[(?!h|m|s)[^\]]*\]|\\.|_.', re.IGNORECASE)  # literal text, colours, conditions

OnStart = Callable[[str, Mapping[str, str]], None]
OnEnd = Callable[[str, str], None]  # local name, text since the last tag


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
        if missing := {"[Content_Types].xml", "xl/workbook.xml"} - set(self._archive.names):
            raise ParseError(f"{where}: expected an XLSX workbook, the archive lacks {sorted(missing)}")
        self._sheets: dict[str, str] = {}
        self._from_1904 = False
        self._read_contents()

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
        reader = _SheetReader(f"{self.where}: sheet {name!r}", self._strings, self._date_styles, self._from_1904)
        self._parse(self._sheets[name], reader.start, reader.end)
        return Grid(self.where, name, reader.rows(), tuple(reader.merges))

    def _read_contents(self) -> None:
        targets: dict[str, str] = {}
        found: list[tuple[str, str]] = []

        def relation(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def entry(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "sheet":
                ids = [v for k, v in attributes.items() if k.rpartition(":")[2] == "id"]
                found.append((attributes.get("name", ""), ids[0] if ids else ""))
            elif tag == "workbookPr":
                self._from_1904 = attributes.get("date1904") in ("1", "true")

        self._parse("xl/_rels/workbook.xml.rels", relation)
        self._parse("xl/workbook.xml", entry)
        for name, relation_id in found:
            target = targets.get(relation_id, "")
            part = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if "chartsheet" not in part:
                self._sheets[name] = part
        if not self._sheets:
            raise ParseError(f"{self.where}: the workbook has no sheets")

    @cached_property
    def _strings(self) -> list[str]:
        """The shared texts; rich text is joined, readings of Japanese characters are left out."""
        strings: list[str] = []
        pieces: list[str] = []
        inside = {"rPh": 0}

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "si":
                pieces.clear()
            elif tag == "rPh":
                inside["rPh"] += 1

        def end(tag: str, text: str) -> None:
            if tag == "t" and not inside["rPh"]:
                pieces.append(text)
            elif tag == "si":
                strings.append("".join(pieces).strip())  # here, once: a copy for each cell would cost memory
            elif tag == "rPh":
                inside["rPh"] -= 1

        if "xl/sharedStrings.xml" in self._archive.names:
            self._parse("xl/sharedStrings.xml", start, end)
        return strings

    @cached_property
    def _date_styles(self) -> set[str]:
        """Which cell styles show a number as a date."""
        patterns: dict[str, str] = {}
        formats: list[str] = []
        inside = {"cellXfs": False}

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            if tag == "numFmt":
                patterns[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                inside["cellXfs"] = True
            elif tag == "xf" and inside["cellXfs"]:
                formats.append(attributes.get("numFmtId", "0"))

        def end(tag: str, text: str) -> None:
            if tag == "cellXfs":
                inside["cellXfs"] = False

        if "xl/styles.xml" in self._archive.names:
            self._parse("xl/styles.xml", start, end)
        return {str(i) for i, f in enumerate(formats) if _shows_a_date(f, patterns.get(f))}

    def _parse(self, part: str, start: OnStart, end: OnEnd = lambda tag, text: None) -> None:
        """Read one part of the workbook as a stream of tags without their prefixes."""
        if part not in self._archive.names:
            raise ParseError(f"{self.where}: the workbook lacks its part {part}; look at the raw reply")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        text: list[str] = []

        def on_start(tag: str, attributes: dict[str, str]) -> None:
            text.clear()
            start(tag if ":" not in tag else tag.rpartition(":")[2], attributes)

        def on_end(tag: str) -> None:
            end(tag if ":" not in tag else tag.rpartition(":")[2], "".join(text) if text else "")
            text.clear()

        def on_doctype(*_: object) -> None:
            raise ParseError(f"{self.where}: {part}: declares a document type, which no workbook does")

        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        parser.CharacterDataHandler = text.append
        parser.StartDoctypeDeclHandler = on_doctype
        data = self._archive.read(part)
        try:
            for at in range(0, len(data), _STEP):
                parser.Parse(data[at : at + _STEP], False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, UnicodeError) as error:
            raise ParseError(f"{self.where}: {part}: is no proper XML ({error}); look at the raw reply") from error


class _SheetReader:
    """Collects the cells of one sheet from its tags."""

    def __init__(self, at: str, strings: Sequence[str], date_styles: set[str], from_1904: bool) -> None:
        self._at, self._strings, self._date_styles = at, strings, date_styles
        self._epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
        self._cells: dict[int, list[str]] = {}
        self._held = 0
        self._row = self._column = -1
        self._kind = self._style = ""
        self._value: str | None = None
        self._inline: list[str] = []
        self.merges: list[Merge] = []

    def rows(self) -> list[list[str]]:
        empty: list[str] = []
        return [self._cells.get(i, empty) for i in range(max(self._cells, default=-1) + 1)]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = None
            address = attributes.get("r")
            self._row, self._column = self._place(address) if address else (self._row, self._column + 1)
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isascii() and number.isdigit() else self._row + 1
            self._column = -1
        elif tag == "is":
            self._inline.clear()
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.merges.append(Merge(*self._place(first), *self._place(last or first)))

    def end(self, tag: str, text: str) -> None:
        if tag == "v":
            self._value = text
        elif tag == "t":
            self._inline.append(text)
        elif tag == "is":
            self._value = "".join(self._inline)
        elif tag == "c" and self._value:
            self._keep(self._text(self._value).strip())

    def _keep(self, text: str) -> None:
        if not text:
            return
        if not (0 <= self._row < LAST_ROW and self._column < LAST_COLUMN):
            raise ParseError(f"{self._at}: a cell lies outside of the largest sheet (row {self._row + 1})")
        row = self._cells.setdefault(self._row, [])
        missing = self._column + 1 - len(row)
        self._held += max(missing, 0)
        if self._held > MAX_CELLS:
            raise ParseError(f"{self._at}: holds more than {MAX_CELLS:,} cells; look at the file before raising that")
        row.extend([""] * missing)
        row[self._column] = text

    def _text(self, raw: str) -> str:
        if self._kind == "s":
            try:
                return self._strings[int(raw)]
            except (ValueError, IndexError) as error:
                raise ParseError(f"{self._cell()}: refers to a text that is not there ({raw})") from error
        if self._kind == "n":
            return self._number(raw)
        if self._kind == "b":
            return "true" if raw == "1" else "false"
        return raw  # text, a formula's text, an error, a date in ISO form

    def _number(self, raw: str) -> str:
        """All digits of the number without an exponent; a date in ISO form where the style shows one."""
        if self._style not in self._date_styles:
            if raw.isascii() and raw.isdigit() and (raw[0] != "0" or raw == "0"):
                return raw
            return _plain(self._float(raw))
        try:
            # seconds are as fine as spreadsheets show; the floats behind them are a little off
            moment = self._epoch + timedelta(seconds=round(self._float(raw) * 86400))
        except OverflowError as error:
            raise ParseError(f"{self._cell()}: is no date: {raw}") from error
        return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")

    def _float(self, raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise ParseError(f"{self._cell()}: expected a number, came {raw[:40]!r}")
        return value

    def _cell(self) -> str:
        return f"{self._at}, cell {column_letters(self._column)}{self._row + 1}"

    def _place(self, address: str) -> tuple[int, int]:
        place = position(address)
        if place is None:
            raise ParseError(f"{self._at}: {address[:20]!r} is no address of a cell")
        return place


def _plain(value: float) -> str:
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _shows_a_date(format_id: str, pattern: str | None) -> bool:
    if pattern is None:
        return format_id.isdigit() and int(format_id) in _DATE_FORMATS
    letters = _NOT_A_PATTERN.sub("", pattern.split(";")[0]).lower()
    return letters != "general" and any(c in letters for c in "ymdh")
