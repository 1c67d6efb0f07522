"""Regionalstatistik's keyless CSV: a printed page in cp1252, with title, header rows, a figure per column, and footer.

::

    GENESIS-Tabelle: 12411-01-01-4            or  Tabelle: 13211-02-05-4
    …                                             …
    Bevölkerungsstand (Anzahl);;;;                Arbeitsmarktstatistik der Bundesagentur für Arbeit;;;…
    ;;Stichtag;Stichtag;Stichtag                  ;;;Arbeitslose;Arbeitslose;…;Arbeitslosenquote …
    ;;31.12.2024;31.12.2024;31.12.2024            ;;;;ausländisch;…
    ;;Insgesamt;männlich;weiblich                 ;;;Anzahl;Anzahl;…;Prozent
    03101;      Braunschweig, …;…                 2025;03101;      Braunschweig, …;9110;2938;…
    __________                                    __________
    …                                             …
    Stand: 26.02.2026 / 15:28:28                  Stand: …

The catalogue says what each header row stands for; a row begins with the region's code, or with the time before it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from etl.errors import ParseError
from etl.sources.genesis.figures import with_figures

TIME, IGNORED = "time", "-"
_TITLE = re.compile(r"(?:GENESIS-)?Tabelle: *(\S+)")
_MEASURE = re.compile(r"(.+) \(([^()]+)\)")  # "Bevölkerungsstand (Anzahl)"
_FOOTER = "__________"
_STAND = re.compile(r"Stand: *[0-9]{2}\.[0-9]{2}\.[0-9]{4}")
_CODE = re.compile(r"DG|[0-9]{2,12}")
_TIME = re.compile(r"[12][0-9]{3}|[0-9]{2}\.[0-9]{2}\.[0-9]{4}|WS [0-9]{4}/[0-9]{2,4}|SS [0-9]{4}")
_FROM_TITLE = ("value_variable_code", "value_unit")


@dataclass(frozen=True)
class Page:
    """The parts of the page: the last title line's text, header rows and rows of figures (line, fields)."""

    measure: str
    header: list[tuple[int, list[str]]]
    rows: list[tuple[int, list[str]]]


def read(body: bytes, table: str, meanings: Sequence[str] | None, regions: Collection[str], where: str) -> pl.DataFrame:
    """All cells of the regions.

    Returns the columns that ``meanings`` names (German labels as printed, "" where the page prints none),
    ``value_variable_code`` and ``value_unit`` (from the title line if no header row gives them), ``region``, ``time``,
    ``value``, ``status``. Raises ParseError naming the line of what is not in the known shape.
    """
    if meanings is None:
        raise ParseError(
            f"{where}: the catalogue does not say what the header rows stand for; add 'classic' to the table in "
            "data/catalogue/tables.yaml"
        )
    page = _page(_text(body, where), table, where)
    keys = _key_columns(page, meanings, where)
    labels = _labels(page, meanings, keys, where)
    cells: dict[tuple[str, ...], tuple[int, str]] = {}
    for line, fields in page.rows:
        code = fields[keys - 2].strip()
        if not _CODE.fullmatch(code) or (keys == 3 and not _TIME.fullmatch(fields[0].strip())):
            raise ParseError(f"{where}: line {line} begins {fields[:keys]}, expected a time or region code; look at it")
        if code not in regions:
            continue
        for label, text in zip(labels, fields[keys:], strict=True):
            key = (*(fields[0].strip() if name is None else name for name in label), code)
            if cells.setdefault(key, (line, text))[1] != text:
                raise ParseError(f"{where}: lines {cells[key][0]} and {line} give {key} differently; look at the file")
    names = [*(_named(meanings)), *(n for n in _FROM_TITLE if n not in meanings), TIME, "region"]
    frame = pl.DataFrame([*cells], schema=dict.fromkeys(names, pl.String()), orient="row").with_columns(
        pl.Series("line", [line for line, _ in cells.values()], dtype=pl.Int64),
        pl.Series("value", [text for _, text in cells.values()], dtype=pl.String),
        pl.lit("").alias("quality"),
    )
    dims = sorted(set(names) - {TIME, "region", *_FROM_TITLE})
    return with_figures(frame, where).select(*dims, *_FROM_TITLE, "region", TIME, "value", "status")


def printed_table(body: bytes) -> str | None:
    """The table that the page's first line names; None if it is no such page."""
    title = _TITLE.match(body[:200].decode("cp1252", errors="replace"))
    return title[1].rstrip(";") if title else None


def _text(body: bytes, where: str) -> str:
    start = body[:200].lstrip()
    if not start or start.startswith(b"<"):
        came = "a web page" if start else "an empty reply"
        raise ParseError(f"{where}: expected a CSV file, {came} came; run again later")
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ParseError(f"{where}: expected text in cp1252 ({error}); the reply is garbled, fetch it again") from error


def _page(text: str, table: str, where: str) -> Page:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    title = _TITLE.match(lines[0])
    if not title or title[1].rstrip(";") != table:
        raise ParseError(f"{where}: expected 'Tabelle: {table}' in line 1, came {lines[0]!r:.80}; fetch it again")
    end = next((at for at, line in enumerate(lines) if line.startswith(_FOOTER)), None)
    if end is None or not any(map(_STAND.match, lines[end:])):
        raise ParseError(
            f"{where}: expected a footer after '{_FOOTER}' with 'Stand: …', the file ends {lines[-1]!r:.80}; "
            "the reply is cut, fetch it again"
        )
    fields = [(number, _fields(line, number, where)) for number, line in enumerate(lines[1:end], start=2)]
    at = next((i for i, (_, row) in enumerate(fields) if _begins_empty(row)), len(fields))
    after = next((i for i in range(at, len(fields)) if not _begins_empty(fields[i][1])), len(fields))
    header, rows = fields[at:after], fields[after:]
    if not at or not header or not rows:
        raise ParseError(
            f"{where}: expected title, header rows and rows of figures, came {at} lines of title, "
            f"{len(header)} and {len(rows)} rows; the layout has changed"
        )
    width = len(header[0][1])
    if bad := next(((n, len(row)) for n, row in (*header, *rows) if len(row) != width), None):
        raise ParseError(f"{where}: line {bad[0]} should have {width} fields, got {bad[1]}; the reply is garbled")
    return Page("".join(fields[at - 1][1][:1]).strip(), header, rows)


def _fields(line: str, number: int, where: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=";", strict=True), [])
    except csv.Error as error:
        raise ParseError(f"{where}: line {number}: {error}; the reply is garbled, fetch it again") from error


def _begins_empty(row: list[str]) -> bool:
    return len(row) > 1 and not row[0].strip() and not row[1].strip()


def _key_columns(page: Page, meanings: Sequence[str], where: str) -> int:
    """2 where rows begin with the region's code, 3 where the time stands before it."""
    line, first = page.rows[0]
    keys = 2 if _CODE.fullmatch(first[0].strip()) and not _TIME.fullmatch(first[0].strip()) else 3
    if (keys == 3) == (TIME in meanings):
        raise ParseError(
            f"{where}: line {line} begins {first[:3]}, but the catalogue's header rows {list(meanings)} "
            f"{'give' if TIME in meanings else 'do not give'} the time; adapt 'classic' in data/catalogue/tables.yaml"
        )
    if len(page.header) != len(meanings):
        raise ParseError(
            f"{where}: expected {len(meanings)} header rows ({', '.join(meanings)}), came {len(page.header)} from line "
            f"{page.header[0][0]} on; adapt 'classic' in data/catalogue/tables.yaml"
        )
    if bad := next((n for n, row in page.header if any(cell.strip() for cell in row[:keys])), None):
        raise ParseError(f"{where}: header line {bad} has text over the regions; the layout has changed")
    return keys


def _labels(page: Page, meanings: Sequence[str], keys: int, where: str) -> list[tuple[str | None, ...]]:
    """What each column of figures is: labels of the named header rows, code and unit, time (None: the row's own)."""
    given = _from_title(page, meanings, where)
    time_row = next((row for m, (_, row) in zip(meanings, page.header, strict=True) if m == TIME), None)
    named = [row for m, (_, row) in zip(meanings, page.header, strict=True) if m not in (TIME, IGNORED)]
    labels: list[tuple[str | None, ...]] = []
    for at in range(keys, len(page.header[0][1])):
        time = time_row[at].strip() if time_row else None
        if time is not None and not _TIME.fullmatch(time):
            raise ParseError(f"{where}: column {at + 1} is headed {time!r:.40}, expected a time; look at the file")
        labels.append((*(row[at].strip() for row in named), *given, time))
    if twins := [label for label in dict.fromkeys(labels) if labels.count(label) > 1]:
        raise ParseError(f"{where}: several columns are headed {twins[0]}; name the header row that tells them apart")
    return labels


def _from_title(page: Page, meanings: Sequence[str], where: str) -> list[str]:
    """The figure's label and unit as far as no header row gives them."""
    lacking = [name for name in _FROM_TITLE if name not in meanings]
    measure = _MEASURE.fullmatch(page.measure)
    if lacking and not measure:
        raise ParseError(
            f"{where}: expected a title line like 'Bevölkerungsstand (Anzahl)' for {', '.join(lacking)}, "
            f"came {page.measure!r:.80}; name the header rows that give them"
        )
    texts = dict(zip(_FROM_TITLE, measure.groups(), strict=True)) if measure else {}
    return [texts[name] for name in lacking]


def _named(meanings: Sequence[str]) -> list[str]:
    return [name for name in meanings if name not in (TIME, IGNORED)]
