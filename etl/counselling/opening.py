"""Opening a form: what the file is, whether it may be read at all, and its table as texts with their places.

What could do harm (macros, links, embedded objects, bombs) or is no form is refused before it is read, in one line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from etl.archive import MEGABYTE, Archive, Limits
from etl.counselling.form import HEADERS, FormColumn, folded
from etl.counselling.parts import SheetError, stream
from etl.counselling.problems import RefusedForm, refused
from etl.counselling.sheets import MAX_LINES, MAX_ROWS, MAX_TEXT, Row, Sheet, read_sheets
from etl.counselling.wording import say
from etl.errors import ParseError
from etl.grid import column_letters
from etl.sentences import Language

MAX_BYTES: Final = 10 * MEGABYTE
HEADER_WITHIN: Final = 10  # rows from the top
_UNPACKED = 40 * MEGABYTE
_LIMITS = Limits(members=500, member_bytes=_UNPACKED, total_bytes=_UNPACKED)
_ANY_SIZE = Limits(members=500, member_bytes=1 << 62, total_bytes=1 << 62, ratio=float("inf"))
_LEAST_KNOWN = 3  # columns of the form that make a row its header
OPTIONAL: Final = "mark"  # without this column no row is marked
_TELLING: frozenset[FormColumn] = frozenset({"period", "count"})  # columns that the sheet of lists does not have

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # begins an old workbook and, around a new one, its encryption
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS: Mapping[bytes, str] = {
    b"MZ": "program",
    b"\x7fELF": "program",
    b"#!": "program",
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"BZh": "packed",
    b"<": "markup",
}
_DELIMITERS = ";,\t"
_EXTERNAL = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
_EMBEDDED = ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/")


@dataclass(frozen=True)
class Table:
    """The form's table: its filled rows from the header on, and what each column is (None: no column of the form).

    ``sheet`` is None for a text file. ``formulas``: columns (from 0) by row number; ``elsewhere``: sheet, row number
    and column of the formulas on other sheets, ``links`` those of the cells that lead outside, on any sheet.
    """

    sheet: str | None
    header: Row
    rows: Sequence[Row]
    columns: tuple[FormColumn | None, ...]
    above: Sequence[Row]
    formulas: Mapping[int, Set[int]]
    elsewhere: tuple[tuple[str, int, int], ...]
    links: tuple[tuple[str, int, int], ...] = ()

    def place(self, row: int, column: int, lang: Language) -> str:
        """Where a cell stands, as its user finds it."""
        if self.sheet is not None:
            return cell_of(self.sheet, row, column, lang)
        known = self.columns[column] if column < len(self.columns) else None
        if known is None or row <= self.header[0]:
            return say(lang, "line_number", row=row, column=column + 1)
        return say(lang, "line_column", row=row, column=label(known, lang))

    def line(self, row: int, lang: Language) -> str:
        """How its user calls a whole row."""
        key = "line" if self.sheet is None else "row"
        return say(lang, key, sheet=self.sheet, row=row)


def cell_of(sheet: str, row: int, column: int, lang: Language) -> str:
    """A cell of a sheet, as its user finds it."""
    return say(lang, "cell", sheet=sheet, address=f"{column_letters(column)}{row}")


def label(column: FormColumn, lang: Language) -> str:
    """A column's header."""
    return HEADERS[column].de if lang == "de" else HEADERS[column].en


def open_form(body: bytes, lang: Language) -> Table:
    """The table of a form in XLSX or CSV, known by what the file holds and not by its name. Raises RefusedForm."""
    _refuse_at_sight(body, lang)
    if not body.startswith(_ZIP):
        return _open_text(body, lang)
    sheets = open_sheets(body, lang)
    links = tuple((s.name, row, column) for s in sheets for row, column in s.links)
    return replace(_table(sheets, lang), links=links)


def _refuse_at_sight(body: bytes, lang: Language) -> None:
    if not body.strip():
        raise refused(lang, "empty_file")
    if len(body) > MAX_BYTES:
        raise refused(lang, "too_large", megabytes=MAX_BYTES // MEGABYTE)
    if body.startswith(_OLE):
        raise refused(lang, "encrypted" if _ENCRYPTED in body else "old_workbook")


def open_sheets(body: bytes, lang: Language) -> list[Sheet]:
    """The sheets of a workbook that may be read at all. Raises RefusedForm with one line for any other file."""
    _refuse_at_sight(body, lang)
    if not body.startswith(_ZIP):
        raise refused(lang, "no_workbook")
    try:
        archive = _archive(body, lang)
        linked = _refuse_what_is_no_form(archive, lang)
        sheets = list(read_sheets(archive))
        if linked and not any(s.links for s in sheets):  # no cell could be named
            raise refused(lang, "external", part=linked)
        return sheets
    except ParseError as error:
        raise refused(lang, "damaged", part="ZIP") from error
    except SheetError as error:
        most = MAX_LINES if error.what == "too_long" else MAX_ROWS
        where = {"part": error.where, "sheet": error.where, "most": most}
        raise refused(lang, error.what, **where) from error


def _archive(body: bytes, lang: Language) -> Archive:
    Archive(body, "", _ANY_SIZE)  # what this refuses is damaged, what only the next one refuses is too large
    try:
        return Archive(body, "", _LIMITS)
    except ParseError as error:
        raise refused(lang, "bomb", megabytes=_UNPACKED // MEGABYTE) from error


def _refuse_what_is_no_form(archive: Archive, lang: Language) -> str:
    """Refuse what is no workbook, and what in a workbook could do harm.

    Spreadsheet programs make a hyperlink of every e-mail address: so hyperlinks are left to be told by their cells, and
    the part that holds some is returned.
    """
    linked = ""
    names = {name.casefold(): name for name in archive.names}
    if not {"[content_types].xml", "xl/workbook.xml"} <= names.keys():
        raise refused(lang, "no_table", what=say(lang, "other_zip"))
    if any(n.endswith("vbaproject.bin") or n.startswith("xl/macrosheets/") for n in names) or _is_made_for_macros(
        archive, names["[content_types].xml"]
    ):
        raise refused(lang, "macros")
    for lower, name in names.items():
        if lower.startswith(_EMBEDDED) or "oleobject" in lower:
            raise refused(lang, "embedded", part=name)
        leads_to = _leads_outside(archive, name) if lower.endswith(".rels") else set()
        if lower.startswith(_EXTERNAL) or leads_to - {"hyperlink"}:
            raise refused(lang, "external", part=name)
        linked = name if leads_to else linked
    return linked


def _is_made_for_macros(archive: Archive, part: str) -> bool:
    found: list[str] = []

    def start(_: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("ContentType", "").casefold()
        if "macroenabled" in kind or "vbaproject" in kind:
            found.append(kind)

    stream(archive, part, start)
    return bool(found)


def _leads_outside(archive: Archive, part: str) -> set[str]:
    """The kinds of relations that lead out of the workbook."""
    found: set[str] = set()

    def start(_: str, attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode", "").casefold() == "external":
            found.add(attributes.get("Type", "").rpartition("/")[2])

    stream(archive, part, start)
    return found


def _table(sheets: Sequence[Sheet], lang: Language) -> Table:
    """The table on the sheet whose header is the form's."""
    ranked = sorted(sheets, key=lambda s: (_rank(_header_of(s.rows)[1]), _is_filled(s)), reverse=True)
    if not ranked or sum(_rank(_header_of(ranked[0].rows)[1])) < _LEAST_KNOWN:
        raise _no_header(lang)
    chosen, *others = ranked
    if others and _is_filled(chosen) and _is_filled(others[0]):
        first, second = (s.name for s in sheets if s is chosen or s is others[0])
        raise refused(lang, "two_sheets", first=first, second=second)
    elsewhere = tuple((s.name, row, c) for s in others for row, cs in s.formulas.items() for c in sorted(cs))
    return _cut(chosen.name, chosen.rows, chosen.formulas, elsewhere)


def _is_filled(sheet: Sheet) -> bool:
    """Whether the sheet has all of the form's columns, and rows below them."""
    place, columns = _header_of(sheet.rows)
    return {*columns, OPTIONAL} >= HEADERS.keys() and len(sheet.rows) > place + 1


def _open_text(body: bytes, lang: Language) -> Table:
    text = _decoded(body, lang)
    delimiter = max(_DELIMITERS, key=lambda d: _rank(_header_of(_first_rows(text, d))[1]))
    rows = _csv_rows(text, delimiter, lang)
    if sum(_rank(_header_of(rows)[1])) < _LEAST_KNOWN:
        raise _no_header(lang)
    return _cut(None, rows, {}, ())


def _first_rows(text: str, delimiter: str) -> list[Row]:
    """Those that may hold the header, however badly the delimiter parts them."""
    try:
        return list(enumerate(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEADER_WITHIN), 1))
    except csv.Error:
        return []


def _decoded(body: bytes, lang: Language) -> str:
    """The text: UTF-8, or else what spreadsheet programs on Windows write."""
    for beginning, what in _BEGINNINGS.items():
        if body.lstrip().startswith(beginning):
            raise refused(lang, "no_table", what=say(lang, what))
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused(lang, "utf16")
    if b"\0" in body:
        raise refused(lang, "no_table", what=say(lang, "binary"))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused(lang, "bad_encoding")


def _csv_rows(text: str, delimiter: str, lang: Language) -> list[Row]:
    """The filled rows, each with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    known: dict[str, str] = {}
    begins = 1
    try:
        for cells in reader:
            texts = [known.setdefault(text, text) for text in (cell.strip()[:MAX_TEXT] for cell in cells)]
            # the line "sep=;" tells a spreadsheet program how to read the file
            if any(texts) and not (reader.line_num == 1 and texts[0].casefold().startswith("sep=")):
                rows.append((begins, texts))
            if len(rows) > MAX_ROWS + 1:
                raise refused(lang, "too_many_rows", most=MAX_ROWS)
            if reader.line_num > MAX_LINES:
                raise refused(lang, "too_long", most=MAX_LINES)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refused(lang, "bad_csv", row=begins) from error
    return rows


def _cut(
    sheet: str | None,
    rows: Sequence[Row],
    formulas: Mapping[int, Set[int]],
    elsewhere: tuple[tuple[str, int, int], ...],
) -> Table:
    place, columns = _header_of(rows)
    return Table(sheet, rows[place], rows[place + 1 :], columns, rows[:place], formulas, elsewhere)


def _header_of(rows: Sequence[Row]) -> tuple[int, tuple[FormColumn | None, ...]]:
    """Which of the first rows has most of the form's columns, and what each of its cells is."""
    read = [
        tuple(column_of(cell) for cell in cells) for number, cells in rows[:HEADER_WITHIN] if number <= HEADER_WITHIN
    ]
    best = max(range(len(read)), key=lambda n: _rank(read[n]), default=0)
    return best, read[best] if read else ()


def _rank(columns: Sequence[FormColumn | None]) -> tuple[int, int]:
    """How much a row is like the form's header; the sheet of lists has most of its columns too."""
    known = {c for c in columns if c is not None}
    return len(known & _TELLING), len(known - _TELLING)


def column_of(text: str) -> FormColumn | None:
    """The column that a header means by its id or its label in either language."""
    return _BY_NAME.get(folded(text))


def _names() -> Iterator[tuple[str, FormColumn]]:
    for column, header in HEADERS.items():
        yield from ((folded(name), column) for name in (column, header.de, header.en))


_BY_NAME: Final[Mapping[str, FormColumn]] = dict(_names())


def _no_header(lang: Language) -> RefusedForm:
    columns = ", ".join(label(c, lang) for c in HEADERS if c != OPTIONAL)
    return refused(lang, "no_header", within=HEADER_WITHIN, columns=columns)
