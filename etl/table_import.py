"""``etl import table``: a tidy CSV or XLSX table through a mapping, checked cell by cell before it is imported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from etl.asking import IMPORT
from etl.catalogue import REGION_SUM, Catalogue, parse_breakdown
from etl.entries import Indicator
from etl.errors import ParseError
from etl.grid import column_letters
from etl.imports import RefusedError, keep, read_bounded
from etl.loading import Loaded, TableOutcome
from etl.mapping import observations, period
from etl.pipeline import RunResult, publish_loaded
from etl.raw import RawStore
from etl.schema import EMPTY_STATUSES, STATUSES
from etl.settings import Settings
from etl.sources.base import Tidy
from etl.sources.signs import SIGN_STATUS
from etl.store import current_state
from etl.table_mapping import TableMapping, read_mapping
from etl.workbook import Workbook

MAPPING = "mapping"  # name of the mapping in the raw store, beside the table's own ``import``
SHOWN = 100  # problems that are listed before "and n more"
NUMBERS = {
    "comma": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII),
    "point": re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII),
    # a text such as 1.000 in a workbook is no number: nobody knows which one it means
    "workbook": re.compile(r"[+-]?\d+(\.\d*[1-9])?", re.ASCII),
}


@dataclass(frozen=True)
class Table:
    """A file's table: the labels of its header, and its rows with their numbers in the file."""

    labels: list[str]
    rows: list[tuple[int, list[str]]]
    workbook: bool

    def place(self, row: int, label: str) -> str:
        """Where a cell stands, as its user finds it."""
        if self.workbook:
            return f"cell {column_letters(self.labels.index(label))}{row}"
        return f"{self.line(row)}, column '{label}'"

    def line(self, row: int) -> str:
        """How its user calls a whole row: spreadsheets have rows, text files have lines."""
        return f"{'row' if self.workbook else 'line'} {row}"


def import_table(
    settings: Settings, catalogue: Catalogue, path: Path, mapping_path: Path, accept_revisions: bool = False
) -> RunResult:
    """Publish the table's figures; those of other periods and tables stay.

    Raises RefusedError with everything that departs from the mapping, by line or cell; then nothing is imported.
    """
    mapping, indicator = read_mapping(mapping_path, catalogue)
    source = catalogue.sources[mapping.source]
    body = read_bounded(path, source)
    tidy = read_table(body, path.name, mapping, indicator, catalogue)
    raw = RawStore(settings.raw_dir)

    def loading() -> Loaded:
        keep(raw, source, mapping.table, mapping_path.name, MAPPING, mapping_path.read_bytes())
        reply = keep(raw, source, mapping.table, path.name, IMPORT, body)
        frame = observations(tidy, indicator, mapping.series(), source, reply.retrieved_at)
        _refuse_clashes(frame, current_state(settings.published_dir), mapping)
        outcome = TableOutcome(source.id, mapping.table, "loaded", frame.height, partial=True)
        return Loaded([frame], [reply], [outcome])

    return publish_loaded(settings, catalogue, loading, accept_revisions, None, by_hand=True)


def _refuse_clashes(frame: pl.DataFrame, published: pl.DataFrame, mapping: TableMapping) -> None:
    key = ["indicator", "region", "period", "breakdown", "source"]
    others = published.filter(pl.col("table") != mapping.table, pl.col("region") != REGION_SUM)
    twice = others.join(frame.select(key), on=key, how="semi")
    if not twice.is_empty():
        region, when, table = twice.select("region", "period", "table").row(0)
        raise RefusedError(
            f"{twice.height} figures stand already in table {table} of {mapping.source} (first: {region} {when}); use "
            f"'table: {table}' to replace them"
        )


def read_table(body: bytes, name: str, mapping: TableMapping, indicator: Indicator, catalogue: Catalogue) -> Tidy:
    """The table in the catalogue's terms. Raises RefusedError that lists every cell that departs."""
    try:
        table = _read_workbook(body, name, mapping) if body[:2] == b"PK" else _read_csv(body, name, mapping)
    except ParseError as error:
        raise RefusedError(str(error)) from error
    _check_labels(table, name, mapping)
    counts = catalogue.units[indicator.unit].counts
    regions = _regions(catalogue, mapping.region.by)
    balances = frozenset((rule.dim, rule.difference) for rule in indicator.checks.balance)
    reader = _Reader(table, mapping, regions, counts, balances)
    rows = [reader.row(number, cells) for number, cells in table.rows]
    problems = [*reader.problems, *reader.twice(rows)]
    if not rows:
        problems.append("expected rows of figures below the header, there are none")
    if problems:
        more = f"\n  and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise RefusedError(f"{name}: nothing was imported:\n  " + "\n  ".join(problems[:SHOWN]) + more)
    schema = {
        **dict.fromkeys([*mapping.columns, "region", "time"], pl.String),
        "value": pl.Float64,
        "status": pl.String,
    }
    return Tidy(pl.DataFrame(rows, schema=schema, orient="row"), partial=True)


def _read_csv(body: bytes, name: str, mapping: TableMapping) -> Table:
    """Separated by semicolons, commas or tabs, whichever parts the header into the mapping's columns."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    found: list[Table] = []
    for delimiter in ";,\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            lines = [(reader.line_num, [c.strip() for c in cells]) for cells in reader if any(c.strip() for c in cells)]
        except csv.Error as error:
            raise ParseError(f"{name}: line {reader.line_num}: is no proper CSV ({error})") from error
        if not lines:
            raise ParseError(f"{name}: expected a header and rows, the file is empty")
        found.append(Table(lines[0][1], lines[1:], workbook=False))
    return max(found, key=lambda t: len(set(t.labels) & set(mapping.labels())))


def _read_workbook(body: bytes, name: str, mapping: TableMapping) -> Table:
    book = Workbook(body, name)
    if mapping.sheet is None and len(book.sheet_names) > 1:
        raise ParseError(
            f"{name}: has the sheets {list(book.sheet_names)}; name one of them in the mapping: 'sheet: …'"
        )
    grid = book.sheet(mapping.sheet or book.sheet_names[0])
    header = grid.header(mapping.labels())
    labels = [grid.label(header.row, column) for column in range(len(grid.rows[header.row]))]
    rows = [(r + 1, [grid.cell(r, c) for c in range(grid.width)]) for r in range(header.row + 1, grid.height)]
    return Table(labels, [(number, cells) for number, cells in rows if any(cells)], workbook=True)


def _check_labels(table: Table, name: str, mapping: TableMapping) -> None:
    came, named = table.labels, mapping.labels()
    problems = [f"column '{n}' of the mapping is missing" for n in named if n not in came]
    problems += [
        f"column '{n}' is not in the mapping; name it there, if only under 'ignore'" for n in came if n not in named
    ]
    problems += [f"column '{n}' stands twice" for n in sorted({n for n in came if came.count(n) > 1})]
    if problems:
        raise RefusedError(f"{name}: nothing was imported; the header is {came}:\n  " + "\n  ".join(problems))


def _regions(catalogue: Catalogue, by: str) -> dict[str, tuple[str, str]]:
    """What the region column may say, folded → as spelt, and the region's id; never the region's own sum."""
    regions = [r for r in catalogue.regions if r.id != REGION_SUM]
    if by == "ags":
        return {r.id.casefold(): (r.id, r.id) for r in regions}
    names: dict[str, set[str]] = {}
    spelt: dict[str, str] = {}
    for region in regions:
        for spelling in (region.name.de, region.name.en, region.short.de, region.short.en, *region.names):
            names.setdefault(spelling.casefold(), set()).add(region.id)
            spelt.setdefault(spelling.casefold(), spelling)
    return {folded: (spelt[folded], ids.pop()) for folded, ids in names.items() if len(ids) == 1}


Row = tuple[str | float | None, ...]


class _Reader:
    """Reads row by row and collects what departs instead of stopping at the first."""

    def __init__(
        self,
        table: Table,
        mapping: TableMapping,
        regions: dict[str, tuple[str, str]],
        counts: bool,
        balances: Collection[tuple[str, str]],
    ) -> None:
        self.table, self.mapping, self.regions, self.counts = table, mapping, regions, counts
        self._balances = balances  # dimension and code of what may be negative
        self.problems: list[str] = []
        self._labels = {c: {label.casefold() for label in known} for c, known in mapping.columns.items()}
        self._numbers = NUMBERS["workbook" if table.workbook else mapping.decimal]

    def row(self, number: int, cells: list[str]) -> Row:
        """The row's breakdown labels, region, time, value and status; what departs is None and a problem."""
        if len(cells) > len(self.table.labels) and any(cells[len(self.table.labels) :]):
            here, width = self.table.line(number), len(self.table.labels)
            self.problems.append(f"{here}: has {len(cells)} cells, the header {width}")
        padded = [*cells, *[""] * (len(self.table.labels) - len(cells))]
        by_label = dict(zip(self.table.labels, padded, strict=False))

        def problem(label: str, expected: str) -> None:
            self.problems.append(f"{self.table.place(number, label)}: '{by_label[label]}': expected {expected}")

        m = self.mapping
        labels = [by_label[c] for c in m.columns]
        for column, label in zip(m.columns, labels, strict=True):
            if label.casefold() not in self._labels[column]:
                problem(column, "one of " + ", ".join(f"'{known}'" for known in m.columns[column]))
        _, region = self.regions.get(by_label[m.region.column].casefold(), ("", None))
        if region is None:
            problem(m.region.column, self._a_region(by_label[m.region.column]))
        time = by_label[m.period.column]
        try:
            period(time, m.period.rule())
        except ParseError:
            problem(m.period.column, f"a period of kind {m.period.kind}")
        value, status = self._figure(by_label, problem)
        return (*labels, region, time, value, status)

    def _a_region(self, came: str) -> str:
        near = get_close_matches(came.casefold(), list(self.regions), n=3)
        what = (
            "an AGS of the catalogue, such as 03101" if self.mapping.region.by == "ags" else "a region of the catalogue"
        )
        spelt = (f"'{self.regions[folded][0]}'" for folded in near)
        return what + (f" (like {', '.join(spelt)})" if near else "")

    def _figure(self, cells: dict[str, str], problem: Callable[[str, str], None]) -> tuple[float | None, str | None]:
        column, text = self.mapping.value.column, cells[self.mapping.value.column]
        said = cells[self.mapping.status.column] if self.mapping.status else ""
        if self.mapping.status and said and said not in STATUSES:
            problem(self.mapping.status.column, f"nothing or one of {', '.join(STATUSES)}")
            return None, None
        if self._numbers.fullmatch(text):
            value = self._number(text)
            if self.counts and re.search(r"[.,]\d*$", text) and value != self._number(re.sub(r"[.,]", "", text)):
                problem(column, "a whole number (see 'decimal' in the mapping)")
            if self.counts and value < 0 and not self._is_balance(cells):
                problem(column, "a count, which is never negative")
            if said in EMPTY_STATUSES:
                problem(column, f"no value beside the status {said}")
            return value, said or "ok"
        status = said if said in (*EMPTY_STATUSES, "unreliable") else SIGN_STATUS.get(text) if text else None
        if status is None or (said and text and SIGN_STATUS.get(text) != said):
            signs = " ".join(s for s in SIGN_STATUS if s)
            problem(column, f"a number with decimal {self._decimal()}, or a sign ({signs})")
        return None, status

    def _is_balance(self, cells: dict[str, str]) -> bool:
        """Whether the row's breakdown is a difference of two counts, such as the migration balance."""
        fragments = [self.mapping.fixed]
        for column, known in self.mapping.columns.items():
            said = cells[column].casefold()
            fragments += [b for label, b in known.items() if b and label.casefold() == said]
        return any(pair in self._balances for f in fragments for pair in parse_breakdown(f).items())

    def _decimal(self) -> str:
        return "point" if self.table.workbook else self.mapping.decimal

    def _number(self, text: str) -> float:
        if self._decimal() == "comma":
            return float(text.replace(".", "").replace(",", "."))
        return float(text.replace(",", ""))

    def twice(self, rows: list[Row]) -> Iterator[str]:
        """Rows that give one figure a second time."""
        first: dict[Row, int] = {}
        for (number, _), row in zip(self.table.rows, rows, strict=True):
            key = tuple(v.casefold() if isinstance(v, str) else v for v in row[:-2])
            if key in first and None not in key:
                here, there = self.table.line(number), self.table.line(first[key])
                yield f"{here}: gives the same region, period and breakdown as {there}; expected one of them"
            first.setdefault(key, number)
