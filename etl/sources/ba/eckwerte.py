"""The two forms of the BA's key figure tables ("Eckwerte") as cells: a section, a row, a month, a text.

CSV (UTF-8, ``;``)::

    Kreis:; Gifhorn                                   metadata, one a line: key, colon, value
    Berichtsmonat:; Mai 2026
                                                      maybe empty lines
    Ausgewählte Merkmale;Mai 2026;April 2026;Mai 2025;Veränderung Mai 2026 zum Vorjahresmonat absolut;
    Arbeitslose insgesamt;4.980;5.010;4.870;110;      thousands dot, decimal comma
    im Rechtskreis SGB III;2.100;2.120;2.010;90;
    © Statistik der Bundesagentur für Arbeit          the table ends here

Time series turn this round: a header ``Berichtsmonat;Arbeitslose;…`` and a line a month. Labels repeat, so a label
counts within its section: one that begins with a small letter (``im Rechtskreis SGB II``, ``darunter …``) belongs
to the last one before it that does not. Columns and rows of changes (``Veränderung …``) are no figures.

JSON: a list of ``{"attributes": {"0": {"DESC": "Mai 2026"}}, "value": 4980, "showValue": "4.980", "metricName": …}``;
the metric is section and row at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from etl.errors import ParseError
from etl.mapping import MONTHS

MONTH = re.compile(rf"({'|'.join(MONTHS)}) \d{{4}}", re.ASCII)
CHANGE = "veränderung"
SERIES = "Berichtsmonat"
END = "©"
FEWEST_MONTHS = 2  # a metadata line names one month, a table at least two

# at most 15 digits: more are damage, and no number in a computer
_NUMBER = re.compile(r"-?(\d{1,3}(\.\d{3}){1,4}|\d{1,15})(,\d{1,6})?", re.ASCII)
# SOURCES section 3.2; "." stands for a change that is too large or on too small a base
SIGNS = {
    "*": "secret",
    "x": "not_applicable",
    "X": "not_applicable",
    ".": "not_applicable",
    ".x": "not_applicable",
    "-": "nil",
    "–": "nil",
    "…": "pending",
    "...": "pending",
}


@dataclass(frozen=True)
class Cell:
    """One cell of a key figure table, as published; ``place`` says where it stands in the reply."""

    section: str
    row: str
    month: str
    text: str
    place: str
    exact: float | None = None  # the number that JSON gives beside the printed one

    def figure(self, where: str) -> tuple[float | None, str]:
        """Value and status. Raises ParseError for what is neither a number nor a sign of the BA."""
        if self.text in SIGNS:
            return None, SIGNS[self.text]
        if not _NUMBER.fullmatch(self.text):
            raise ParseError(
                f"{where}: {self.place}, '{self.row}' {self.month}: expected a number like 1.234,5 or one of "
                f"{' '.join(SIGNS)}, came {self.text[:40]!r}; look at the raw reply"
            )
        value = float(self.text.replace(".", "").replace(",", "."))
        step = 10.0 ** -len(self.text.partition(",")[2])
        if self.exact is not None and abs(self.exact - value) > step / 2 + 1e-9:
            raise ParseError(
                f"{where}: {self.place}, '{self.row}' {self.month}: value {self.exact:g} and showValue {self.text!r} "
                "are not the same number; look at the raw reply"
            )
        return value, "ok"


@dataclass(frozen=True)
class Table:
    """What one reply holds: its metadata (CSV only) and its cells."""

    metadata: dict[str, str]
    cells: tuple[Cell, ...]


def read_csv(body: bytes, where: str) -> Table:
    """The CSV form. Raises ParseError with the line where it departs from the known shape."""
    lines = list(_lines(body, where))
    header = next((i for i, (_, cells) in enumerate(lines) if _is_header(cells)), None)
    if header is None:
        raise ParseError(
            f"{where}: expected a header line with months ('…;Mai 2026;April 2026;…') or with '{SERIES}', found none "
            f"in {len(lines)} lines that begin with {body[:60]!r}; look at the raw reply"
        )
    metadata = {cells[0].rstrip(": "): cells[1] for _, cells in lines[:header] if len(cells) > 1 and cells[1]}
    number, labels = lines[header]
    rows = _table_lines(lines[header + 1 :], len(labels), where)
    by_month = labels[0] == SERIES and not _months(labels)
    cells = _series_cells(labels, rows, where) if by_month else _point_cells(number, labels, rows, where)
    return Table(metadata, tuple(cells))


def _lines(body: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    if body.lstrip()[:1] == b"<":
        raise ParseError(f"{where}: expected a CSV file, a web page came (maintenance?); run again later")
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
        for cells in reader:
            yield reader.line_num, [c.strip() for c in cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ParseError(f"{where}: expected a UTF-8 file separated by ';': {error}; look at the raw reply") from error


def _months(cells: Sequence[str]) -> list[int]:
    return [i for i, cell in enumerate(cells) if i and MONTH.fullmatch(cell)]


def _is_header(cells: list[str]) -> bool:
    if len(_months(cells)) >= FEWEST_MONTHS:
        return True
    return len(cells) > 1 and cells[0] == SERIES and bool(cells[1]) and not _months(cells)


def _table_lines(
    lines: Sequence[tuple[int, list[str]]], width: int, where: str
) -> Iterator[tuple[int, list[str] | str]]:
    """The lines of the table: a full row, or a text alone (a heading or a footnote)."""
    for number, cells in lines:
        if cells and cells[0].startswith(END):
            return
        if len([c for c in cells if c]) <= 1:
            yield number, cells[0] if cells else ""
        elif len(cells) == width:
            yield number, cells
        else:
            raise ParseError(
                f"{where}: line {number}: expected {width} cells as in the header, came {len(cells)}; the reply is "
                "cut or has changed, look at it"
            )


def _sections(labels: Sequence[str]) -> list[str]:
    """The section of each label, by its position."""
    sections, current = [], ""
    for label in labels:
        current = current if label[:1].islower() else label
        sections.append(current)
    return sections


def _point_cells(
    header: int, labels: list[str], lines: Iterator[tuple[int, list[str] | str]], where: str
) -> Iterator[Cell]:
    columns = _months(labels)
    if odd := [c for i, c in enumerate(labels) if i and i not in columns and c and not _is_change(c)]:
        raise ParseError(f"{where}: line {header}: expected months and '{CHANGE.title()} …', came the columns {odd}")
    if len({labels[i] for i in columns}) < len(columns):
        raise ParseError(f"{where}: line {header}: a month stands twice in {[labels[i] for i in columns]}")
    section = ""
    for number, line in lines:
        label = line if isinstance(line, str) else line[0]
        if label and not label[:1].islower():
            section = label
        if not isinstance(line, str):
            yield from (Cell(section, label, labels[i], line[i], f"line {number}") for i in columns)


def _series_cells(labels: list[str], lines: Iterator[tuple[int, list[str] | str]], where: str) -> Iterator[Cell]:
    sections = _sections(labels)
    for number, line in lines:
        if isinstance(line, str):
            continue
        if not MONTH.fullmatch(line[0]):
            raise ParseError(f"{where}: line {number}: expected a month like 'Mai 2026', came {line[0]!r}")
        for i, label in enumerate(labels):
            if i and label and not _is_change(label):
                yield Cell(sections[i], label, line[0], line[i], f"line {number}")


def _is_change(label: str) -> bool:
    return label.casefold().startswith(CHANGE)


def read_json(body: bytes, where: str) -> Table:
    """The JSON form. Raises ParseError with the number of the entry that departs from the known shape."""
    try:
        entries = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ParseError(
            f"{where}: expected JSON: {error}; begins with {body[:60]!r}; look at the raw reply"
        ) from error
    if not isinstance(entries, list) or not entries:
        raise ParseError(f"{where}: expected a list of entries, came {body[:120]!r}; look at the raw reply")
    return Table({}, tuple(_entry_cell(entry, n, where) for n, entry in enumerate(entries, start=1)))


def _entry_cell(entry: object, number: int, where: str) -> Cell:
    match entry:
        case {"attributes": {"0": {"DESC": str(month)}}, "metricName": str(metric), "value": value, "showValue": shown}:
            exact = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
            return Cell(metric, metric, month, str("" if shown is None else shown).strip(), f"entry {number}", exact)
    raise ParseError(
        f"{where}: entry {number}: expected attributes.0.DESC, metricName, value and showValue, came "
        f"{str(entry)[:120]}; look at the raw reply"
    )
