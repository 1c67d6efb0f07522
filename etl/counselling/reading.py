"""Reading a form: everything that is wrong with it at once, each cell with one message, or its rows."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

import polars as pl

from etl.catalogue import Catalogue
from etl.counselling.form import HEADERS, INVENTED, KEY_COLUMNS, FormColumn, codes
from etl.counselling.meaning import Entries, EntryError
from etl.counselling.opening import OPTIONAL, Table, cell_of, column_of, label, open_form
from etl.counselling.problems import Problems, masked, personal
from etl.counselling_entries import Provider
from etl.sentences import Language

ROWS: Final[dict[str, Any]] = {**dict.fromkeys(KEY_COLUMNS, pl.String), "count": pl.Int64}
_COLUMNS: tuple[FormColumn, ...] = (*KEY_COLUMNS, "count")  # the same, as columns of the form
_ALMOST = 0.7  # how near a header is to the one that it means
_STRAY = 2  # a row with no more filled cells than this is no row of the form
_LAST = 1 << 30  # a row behind all others, for the order of the messages

Values = dict[FormColumn, str | int]


@dataclass(frozen=True)
class Form:
    """The rows of a form (columns of ``ROWS``), whether they are marked as invented, and the periods they are of."""

    rows: pl.DataFrame
    invented: bool
    periods: tuple[str, ...]


def read_form(body: bytes, catalogue: Catalogue, provider: Provider, today: date, lang: Language) -> Form:
    """The rows of the provider's filled form, XLSX or CSV. Raises RefusedForm with all that is wrong with it."""
    reader = _Reader(open_form(body, lang), Entries(codes(catalogue, provider), today, lang), lang)
    rows = pl.DataFrame(reader.read(), schema=ROWS, orient="row")
    return Form(rows, reader.invented, tuple(sorted(set(rows["period"]))))


class _Reader:
    """Reads row by row and collects what is wrong instead of stopping at the first."""

    def __init__(self, table: Table, entries: Entries, lang: Language) -> None:
        self.table, self.entries, self.lang = table, entries, lang
        self.problems = Problems(lang)
        self._at: dict[FormColumn, int] = {}  # where the form's columns stand
        self._foreign: set[int] = set()  # columns that are refused as a whole
        self._keys: dict[tuple[str | int, ...], int] = {}
        self._spans: dict[tuple[str, str, bool], int] = {}  # office, quarter, whether given by month → row
        self._marks: dict[bool, list[int]] = {True: [], False: []}

    @property
    def invented(self) -> bool:
        """Whether the rows are marked as made up."""
        return bool(self._marks[True])

    def read(self) -> list[tuple[str | int, ...]]:
        """The rows in the order of the file, their values as in ``ROWS``. Raises RefusedForm."""
        self._read_header()
        self._refuse_what_is_elsewhere()
        rows = [row for number, cells in self.table.rows if (row := self._row(number, cells)) is not None]
        if not self.table.rows:
            self.problems.add((self.table.header[0] + 1, 0), self._line(self.table.header[0]), "no_rows")
        self._refuse_links()
        self._check_marks()
        self.problems.raise_if_any()
        return rows

    def _read_header(self) -> None:
        number, cells = self.table.header
        meant: set[FormColumn] = set()
        for place, text in enumerate(cells):
            column = self.table.columns[place]
            guess = self._almost_a_header(text) if text and column is None else None
            if place in self.table.formulas.get(number, ()):
                meant |= {column} if column else set()
            elif column is not None and column in self._at:
                first = self._cell(number, self._at[column])
                self._add(number, place, "double_column", column=label(column, self.lang), first=first)
            elif column is not None:
                self._at[column] = place
                continue
            elif guess is not None:
                meant.add(guess)
                self._add(
                    number, place, "misspelt_column", value=" ".join(text.split()), column=label(guess, self.lang)
                )
            elif text:
                self._add(number, place, "unknown_column", value=masked(text, self.lang))
            else:
                continue
            self._foreign.add(place)
        for column in HEADERS:
            if column not in self._at and column not in meant and column != OPTIONAL:
                name = label(column, self.lang)
                self.problems.add((number, len(cells)), self._line(number), "missing_column", column=name)

    def _almost_a_header(self, text: str) -> FormColumn | None:
        """The missing column that a header with a slip means."""
        names = [name.casefold() for c, t in HEADERS.items() for name in (c, t.de, t.en) if c not in self.table.columns]
        near = get_close_matches(" ".join(text.split()).casefold(), names, n=1, cutoff=_ALMOST)
        return column_of(near[0]) if near and text.isprintable() else None

    def _refuse_what_is_elsewhere(self) -> None:
        """What stands above the table, and formulas wherever no row of the table is."""
        for number, cells in self.table.above:
            self._refuse_outside(number, cells, self.table.formulas.get(number, frozenset()))
        inside = {number for number, _ in self.table.rows}
        for number, places in self.table.formulas.items():
            for place in sorted(places) if number not in inside else ():
                self._add(number, place, "formula")
        for sheet, number, place in self.table.elsewhere:
            self.problems.add((_LAST, 0), cell_of(sheet, number, place, self.lang), "formula")

    def _refuse_links(self) -> None:
        """Cells with a link, but for those of which more is said already."""
        for sheet, number, place in self.table.links:
            inside = sheet == self.table.sheet
            if not (inside and self.problems.told_of((number, place))):
                at = (number, place) if inside else (_LAST, 0)
                self.problems.add(at, cell_of(sheet, number, place, self.lang), "link")

    def _row(self, number: int, cells: list[str]) -> tuple[str | int, ...] | None:
        """The row's values in the order of ``ROWS``; None if it cannot be used, or nothing in it is of the table."""
        held = {c: cells[place] if place < len(cells) else "" for c, place in self._at.items()}
        formulas = self.table.formulas.get(number, frozenset())
        self._refuse_outside(number, cells, formulas | self._foreign | set(self._at.values()))
        for place in sorted(formulas):
            self._add(number, place, "formula")
        filled = [c for c, text in held.items() if text or self._at[c] in formulas]
        if not filled:
            return None
        if len(filled) <= _STRAY < len(self._at) - 1:
            if not formulas:
                self._add(number, self._at[filled[0]], "stray", value=masked(held[filled[0]], self.lang))
            return None
        values: Values = {}
        for column, text in held.items():
            if self._at[column] not in formulas:
                self._read_cell(number, column, text, values)
        self._compare(number, values)
        return tuple(values[c] for c in _COLUMNS) if values.keys() >= set(_COLUMNS) else None

    def _read_cell(self, number: int, column: FormColumn, text: str, values: Values) -> None:
        """Put the cell's value into ``values``, or a problem to the others."""
        if text:
            try:
                values[column] = self.entries.value(column, text, briefly=self.problems.full)
            except EntryError as wrong:
                self._add(number, self._at[column], wrong.key, **wrong.values)
        elif column == OPTIONAL:
            values[column] = ""
        else:
            self._add(number, self._at[column], "empty", allowed=self.entries.allowed(column))

    def _compare(self, number: int, values: Values) -> None:
        """Set the row against those before it."""
        key = tuple(values[c] for c in KEY_COLUMNS if c in values)
        if len(key) == len(KEY_COLUMNS) and self._keys.setdefault(key, number) != number:
            self.problems.add((number, 0), self._line(number), "duplicate", first=self._keys[key])
        if "period" in values and "office" in values:
            self._compare_spans(number, str(values["period"]), str(values["office"]))
        if OPTIONAL in values:
            self._marks[values[OPTIONAL] == INVENTED].append(number)

    def _compare_spans(self, number: int, period: str, office: str) -> None:
        """Months and their quarter from one office would count twice: said once, where the second kind begins."""
        by_month = "Q" not in period
        quarter = f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}" if by_month else period
        is_first = self._spans.setdefault((office, quarter, by_month), number) == number
        if is_first and (other := self._spans.get((office, quarter, not by_month))):
            key = "month_beside_quarter" if by_month else "quarter_beside_month"
            self._add(number, self._at["period"], key, quarter=quarter, first=other)

    def _check_marks(self) -> None:
        """Either all rows are marked or none: said once, at the first of the fewer ones."""
        (is_marked, fewer), (_, others) = sorted(self._marks.items(), key=lambda one: len(one[1]))
        if fewer:
            self._add(fewer[0], self._at[OPTIONAL], "marked" if is_marked else "unmarked", first=others[0])

    def _refuse_outside(self, number: int, cells: list[str], belonging: Set[int]) -> None:
        for place, text in enumerate(cells):
            if text and place not in belonging:
                kind = "formula" if text[0] in "=@" else personal(text)
                self._add(number, place, kind or "outside", value=masked(text, self.lang), allowed="")

    def _add(self, number: int, place: int, key: str, **values: object) -> None:
        where = "" if self.problems.full else self._cell(number, place)
        self.problems.add((number, place), where, key, **values)

    def _cell(self, number: int, place: int) -> str:
        return self.table.place(number, place, self.lang)

    def _line(self, number: int) -> str:
        return self.table.line(number, self.lang)
