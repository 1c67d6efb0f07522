"""Reading the form of measures: all cells that depart at once, or the measures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import ValidationError

from etl.catalogue import Catalogue
from etl.counselling.form import folded
from etl.counselling.opening import cell_of, open_sheets
from etl.counselling.problems import Problems, personal, refused
from etl.counselling.sheets import Row, Sheet
from etl.entries import EventShort, Text
from etl.measure_entries import LINK, MOMENT, Citation, Measure, Moved
from etl.measures.form import COLUMNS, LONGEST_SHORT, MeasureColumn, choices, codes_by_name, headers, parted
from etl.sentences import Language
from etl.service_entries import bad_measure

_LEAST_KNOWN = 3  # columns of the form that make a row its header
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LINK, _MOMENT = re.compile(LINK), re.compile(MOMENT)
_LONGEST_SHOWN = 40  # characters of a cell that a message repeats

Values = dict[MeasureColumn, str]


def read_measures(body: bytes, catalogue: Catalogue, now: datetime, lang: Language) -> tuple[Measure, ...]:
    """The measures of a filled form (XLSX). Raises RefusedForm with all that is wrong with it."""
    sheets = open_sheets(body, lang)
    known = headers()
    sheet = next((s for s in sheets if s.rows and len(_columns(s.rows[0], known)) >= _LEAST_KNOWN), None)
    if sheet is None:
        needed = ", ".join(_in(c.header, lang) for c in COLUMNS.values() if c.needed)
        raise refused(lang, "no_measures_header", columns=needed)
    return _Reader(sheet, catalogue, now, lang).read()


def _columns(row: Row, known: dict[str, MeasureColumn]) -> dict[MeasureColumn, int]:
    return {known[folded(text)]: place for place, text in enumerate(row[1]) if folded(text) in known}


class _Reader:
    """Reads row by row and collects what is wrong instead of stopping at the first."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue, now: datetime, lang: Language) -> None:
        self.sheet, self.catalogue, self.now, self.lang = sheet, catalogue, now, lang
        self.problems = Problems(lang)
        self._at = _columns(sheet.rows[0], headers())
        self._codes = {column: codes_by_name(labels, catalogue) for column, labels in choices(catalogue).items()}
        self._ids: dict[str, int] = {}

    def read(self) -> tuple[Measure, ...]:
        """The measures in the file's order. Raises RefusedForm."""
        self._check_header()
        for number, places in self.sheet.formulas.items():
            for place in sorted(places):
                self._add(number, place, "formula")
        for number, place in self.sheet.links:
            if place != self._at.get("link"):  # spreadsheet programs make links of addresses themselves
                self._add(number, place, "link")
        rows = [(n, cells) for n, cells in self.sheet.rows[1:] if any(cells)]
        if not rows:
            self.problems.add((2, 0), cell_of(self.sheet.name, 2, 0, self.lang), "no_measures")
        found = [self._measure(number, cells) for number, cells in rows]
        self.problems.raise_if_any()
        return tuple(measure for measure in found if measure is not None)

    def _check_header(self) -> None:
        number, cells = self.sheet.rows[0]
        for place, text in enumerate(cells):
            if text and place not in self._at.values():
                self._add(number, place, "column_of_no_form", value=text[:_LONGEST_SHOWN])
        for column, about in COLUMNS.items():
            if about.needed and column not in self._at:
                self._add(number, len(cells), "missing_column", column=_in(about.header, self.lang))

    def _measure(self, number: int, cells: Sequence[str]) -> Measure | None:
        """The row's measure; None if one of its cells departs, which is then a problem."""
        values: Values = {c: cells[at] if at < len(cells) else "" for c, at in self._at.items()}
        before = self.problems.count
        for place in range(len(cells)):
            if cells[place] and place not in self._at.values() and not self.sheet.rows[0][1][place : place + 1]:
                self._add(number, place, "outside", value="…")
        for column, about in COLUMNS.items():
            written = values.get(column, "")
            if not written and about.needed and column in self._at:
                self._wrong(number, column, "")
            elif "@" in written and personal(written) == "email":
                self._add(number, self._at[column], "email", allowed="")
        parts = {column: self._listed(number, column, values) for column in self._codes}
        self._check_forms(number, values)
        moved = self._moved(number, values)
        if self.problems.count > before or any(one is None for one in (*parts.values(), moved)):
            return None
        return self._built(number, values, {c: tuple(p or ()) for c, p in parts.items()}, moved or ())

    def _listed(self, number: int, column: MeasureColumn, values: Values) -> list[str] | None:
        """The codes of a cell; of footing and status exactly one."""
        entries = parted(values.get(column, ""))
        found = [self._codes[column].get(folded(entry)) for entry in entries]
        single = column in ("duty", "status")
        if None in found or (single and len(found) > 1):
            self._wrong(number, column, values[column])
            return None
        return [code for code in found if code]

    def _check_forms(self, number: int, values: Values) -> None:
        """What a cell must look like, and what does not fit another cell of its row."""
        identity = values.get("id", "")
        if identity and not _ID.fullmatch(identity):
            self._wrong(number, "id", identity)
        elif identity in {m.id for m in self.catalogue.measures}:
            self._add(number, self._at["id"], "measure_of_catalogue", value=identity)
        elif identity and self._ids.setdefault(identity, number) != number:
            self._add(number, self._at["id"], "measure_twice", value=identity, first=self._ids[identity])
        if len(values.get("short", "")) > LONGEST_SHORT:
            self._wrong(number, "short", values["short"])
        begins, ends = values.get("begins", ""), values.get("ends", "")
        if begins and not _is_moment(begins):
            self._wrong(number, "begins", begins)
        if ends and not _is_moment(ends):
            self._wrong(number, "ends", ends)
        in_order = _is_moment(begins) and ends >= begins[: len(ends)]
        if _is_moment(ends) and not in_order and (not begins or _is_moment(begins)):
            self._wrong(number, "ends", ends)
        if (link := values.get("link", "")) and not _LINK.fullmatch(link):
            self._wrong(number, "link", link)
        if bool(values.get("compared_with")) != bool(values.get("compared_why")):
            self._wrong(number, "compared_why", values.get("compared_why", ""))

    def _moved(self, number: int, values: Values) -> tuple[Moved, ...] | None:
        found = []
        for entry in parted(values.get("indicators", "")):
            name, _, breakdown = entry.partition(" ")
            try:
                found.append(Moved(indicator=name, breakdown=";".join(breakdown.replace(",", " ").split())))
            except ValidationError:
                self._wrong(number, "indicators", entry)
                return None
        return tuple(found)

    def _built(
        self, number: int, values: Values, parts: dict[MeasureColumn, tuple[str, ...]], moved: tuple[Moved, ...]
    ) -> Measure | None:
        def both(column: MeasureColumn, english: MeasureColumn | None = None) -> Text | None:
            written = values.get(column, "")
            return Text(de=written, en=values.get(english, "") or written if english else written) if written else None

        own = sorted(set(parts["districts"]) & set(parts["compared_with"]))
        if own:
            self._wrong(number, "compared_with", ", ".join(own))
            return None
        said = {
            "id": values["id"],
            "name": both("name", "name_en"),
            "short": EventShort(de=values["short"], en=values["short"]),
            "what": both("what", "what_en"),
            "lead": both("lead"),
            "duty": parts["duty"][0],
            "status": parts["status"][0],
            "groups": parts["groups"],
            "topics": parts["topics"],
            "begins": values.get("begins") or None,
            "ends": values.get("ends") or None,
            "budget": both("budget"),
            "indicators": moved,
            "districts": parts["districts"],
            "compared_with": parts["compared_with"],
            "compared_why": both("compared_why"),
            "sources": (Citation(text=both("source") or Text(de="–", en="–"), link=values.get("link") or None),),
            "entered_by": values["entered_by"],
            "imported_at": self.now,
        }
        measure = Measure.model_validate(said)
        if bad_measure(measure, self.catalogue):  # its groups, topics and districts are known: it is a series
            self._wrong(number, "indicators", values.get("indicators", ""))
            return None
        return measure

    def _wrong(self, number: int, column: MeasureColumn, written: str) -> None:
        """The cell holds something else than its column expects, or nothing."""
        place = self._at.get(column, len(self.sheet.rows[0][1]))
        expected = _in(COLUMNS[column].expected, self.lang)
        self._add(
            number, place, "expected" if written else "missing", value=written[:_LONGEST_SHOWN], expected=expected
        )

    def _add(self, number: int, place: int, key: str, **values: object) -> None:
        self.problems.add((number, place), cell_of(self.sheet.name, number, place, self.lang), key, **values)


def _is_moment(written: str) -> bool:
    if not _MOMENT.fullmatch(written):
        return False
    try:
        return len(written) < len("2025-01-01") or bool(date.fromisoformat(written))
    except ValueError:
        return False


def _in(text: Text, lang: Language) -> str:
    return text.de if lang == "de" else text.en
