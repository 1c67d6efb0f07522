"""What a cell of a form means: a period, a code, a count; or what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final

from etl.counselling.form import Codes, FormColumn
from etl.counselling.problems import masked, personal
from etl.counselling.wording import say
from etl.entries import Text
from etl.errors import EtlError
from etl.sentences import Language

HIGHEST: Final = 100_000
FIRST_YEAR: Final = 2000
ALL_SHOWN: Final = 12  # codes that are listed in a message; of more only the nearest
_ALIKE, _ALMOST, _SLIP = 0.6, 0.8, 2  # how near: to be suggested; to be shown, and then by letters more or fewer
_LONGEST_LABEL = 60
_SHORTEST_NAME = 3  # the two letters of a country are like any short text

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01(?: 00:00:00)?)?", re.ASCII)  # spreadsheets make a day of a month
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])", re.ASCII)
_ALMOST_PERIOD = re.compile(r"(?:19|20)\d\d(?:[-/]|[-/ ]?[Qq])\d{1,2}", re.ASCII)  # nothing that could be a count
_WHOLE = re.compile(r"\d+", re.ASCII)
_NEGATIVE = re.compile(r"[-−–]\s?\d[\d.,]*", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+")
_DECIMALS = re.compile(r"\d+[.,]\d+", re.ASCII)


class EntryError(EtlError):
    """A cell that cannot be used: ``key`` of what is said about it, with its ``values``."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Entries:
    """Reads the cells of one form's columns. All functions take a text that is not empty and raise EntryError."""

    def __init__(self, known: dict[FormColumn, Codes], today: date, lang: Language) -> None:
        self._known, self._today, self._lang = known, today, lang
        self._near = cache(self._find_near)

    def value(self, column: FormColumn, text: str, briefly: bool = False) -> str | int:
        """The cell's code, period or count. ``briefly``: errors need not say what is near, which takes time."""
        if text[0] in "=@":
            raise EntryError("formula")
        if column == "count":
            return self.count(text)
        return self.period(text) if column == "period" else self.code(column, text, briefly)

    def code(self, column: FormColumn, text: str, briefly: bool = False) -> str:
        """The code that the text means in this column."""
        code = self._known[column].code_of(text)
        if code is not None:
            return code
        written = " ".join(text.split())
        near, is_slip = ((), False) if briefly else self._near(column, written.casefold())
        allowed = self.allowed(column, near)
        if is_slip:
            raise EntryError("unknown", value=written, allowed=allowed)
        raise EntryError(personal(text) or "unknown", value=masked(text, self._lang), allowed=allowed)

    def period(self, text: str) -> str:
        """A month or a quarter that is over, as ``2025-03`` or ``2025-Q1``."""
        allowed = self.allowed("period")
        if month := _MONTH.fullmatch(text):
            period, year, last = f"{month[1]}-{month[2]}", int(month[1]), int(month[2])
        elif quarter := _QUARTER.fullmatch(text):
            period, year, last = f"{quarter[1]}-Q{quarter[2]}", int(quarter[1]), int(quarter[2]) * 3
        else:
            shown = text if _ALMOST_PERIOD.fullmatch(text) else masked(text, self._lang)
            raise EntryError(personal(text) or "no_period", value=shown, allowed=allowed)
        if year < FIRST_YEAR:
            raise EntryError("too_early", first=FIRST_YEAR, allowed=allowed)
        # a year far ahead has no last day that a date could be
        if year > self._today.year or _last_day(year, last) >= self._today:
            raise EntryError("not_over", value=period, allowed=allowed)
        return period

    def count(self, text: str) -> int:
        """A whole number from 0 to ``HIGHEST``."""
        allowed = self.allowed("count")
        if _WHOLE.fullmatch(text):
            digits = text.lstrip("0") or "0"
            if len(digits) > len(str(HIGHEST)) or int(digits) > HIGHEST:
                raise EntryError("too_high", allowed=allowed)
            return int(digits)
        if kind := personal(text):
            raise EntryError(kind, value=masked(text, self._lang), allowed=allowed)
        for pattern, key in ((_NEGATIVE, "negative"), (_THOUSANDS, "thousands"), (_DECIMALS, "decimals")):
            if pattern.fullmatch(text):
                raise EntryError(key, allowed=allowed)
        raise EntryError("no_number", value=masked(text, self._lang), allowed=allowed)

    def allowed(self, column: FormColumn, near: tuple[str, ...] = ()) -> str:
        """A sentence on what may stand in the column; of many codes only those ``near``."""
        if column == "period":
            return say(self._lang, "period")
        if column == "count":
            return say(self._lang, "whole", most=HIGHEST)
        labels = [self._in(text) for text in self._known[column].labels.values()]
        if column == "mark":
            return say(self._lang, "nothing_or", codes=", ".join(labels))
        if len(labels) + len(self._known[column].further) <= ALL_SHOWN:
            return say(self._lang, "allowed", codes=", ".join(labels))
        return say(self._lang, "near", codes=", ".join(near)) if near else say(self._lang, "listed")

    def _find_near(self, column: FormColumn, folded: str) -> tuple[tuple[str, ...], bool]:
        """The labels that are like the text, and whether it is one of them but for a slip of the pen."""
        if len(folded) > _LONGEST_LABEL:
            return (), False
        entry = self._known[column]
        names: dict[str, Text] = {}
        for code, label in {**entry.further, **entry.labels}.items():
            names |= {n.casefold(): label for n in (code, label.de, label.en) if len(n) >= _SHORTEST_NAME}
        alike = get_close_matches(folded, names, n=6, cutoff=_ALIKE)
        almost = get_close_matches(folded, alike, n=1, cutoff=_ALMOST)
        # a name written behind a label must not pass as a slip
        is_slip = any(abs(len(a) - len(folded)) <= _SLIP and a.count(" ") == folded.count(" ") for a in almost)
        is_slip = is_slip and folded.isprintable() and not re.search(r"\d", folded)
        return tuple(dict.fromkeys(self._in(names[n]) for n in alike))[:3], is_slip

    def _in(self, text: Text) -> str:
        return text.de if self._lang == "de" else text.en


def _last_day(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
