"""The refusal of a form with all that is wrong; nothing that could be a person or a count is repeated in it.

A value is shown only where it is almost a code of the form. Everything else is masked: initials, and ``#`` for digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from etl.counselling.wording import say
from etl.imports import RefusedError
from etl.sentences import Language

MOST: Final = 500  # problems that are listed before "and n more"
_WORDS_SHOWN = 3

_EMAIL = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_MONTHS = r"jan|feb|mär|mrz|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec"
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|(?:18|19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    rf"|\d{{1,2}}\.?\s?(?:{_MONTHS})[a-zä]*\.?,?\s?(?:18|19|20)\d\d"
    rf"|(?:{_MONTHS})[a-z]*\s\d{{1,2}},?\s(?:18|19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_NAME_PART = r"[^\W\d_]+(?:['’.-][^\W\d_]*)*"
_NAME = re.compile(rf"{_NAME_PART},?(?:\s{_NAME_PART}){{1,3}}")
_TITLE = re.compile(r"(?:frau|herrn?|mrs?|ms|dr|prof)\b\.?\s*\S", re.IGNORECASE)
_SMALL_WORDS = frozenset({"al", "ben", "da", "de", "del", "den", "der", "di", "el", "ibn", "van", "von", "zu"})


class RefusedForm(RefusedError):  # noqa: N818 - the name says what was refused
    """A form of which nothing is imported; ``problems`` lists all that is wrong with it, the message as well."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def refused(lang: Language, key: str, **values: object) -> RefusedForm:
    """The refusal of a whole file, in one line."""
    return RefusedForm([say(lang, key, **values)])


class Problems:
    """Collects what is wrong, each with its place in the file; only the first ones are worded, the others counted."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang
        self._found: list[tuple[tuple[int, int], str]] = []
        self._more = 0

    @property
    def full(self) -> bool:
        """Whether further ones are only counted, so that nobody need word them."""
        return len(self._found) >= MOST

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._found) + self._more

    def told_of(self, at: tuple[int, int]) -> bool:
        """Whether something is listed there."""
        return any(place == at for place, _ in self._found)

    def add(self, at: tuple[int, int], place: str, key: str, **values: object) -> None:
        """One more, at the row and column ``at``; they are listed in that order."""
        if self.full:
            self._more += 1
        else:
            self._found.append((at, f"{place}: {say(self.lang, key, **values)}"))

    def raise_if_any(self) -> None:
        """Raises RefusedForm if there is any."""
        if self._found:
            told = [text for _, text in sorted(self._found, key=lambda one: one[0])]
            raise RefusedForm([*told, say(self.lang, "more", n=self._more)] if self._more else told)


def masked(value: str, lang: Language) -> str:
    """A value so that nobody can be known by it: ``K… M…, 2 words``; digits are ``#``, however many there are."""
    words = value.split()
    shown = " ".join(_masked_word(word) for word in words[:_WORDS_SHOWN])
    told = say(lang, "word") if len(words) == 1 else say(lang, "words", n=len(words))
    return f"{shown}, {told}"


def _masked_word(word: str) -> str:
    if any(c.isdigit() for c in word):
        return "#"
    first = next((c for c in word if c.isalpha()), "")
    return f"{first}…"


def personal(value: str) -> str | None:
    """What a text gives away about a person: ``email``, ``date``, ``name``, or None."""
    if _EMAIL.search(value):
        return "email"
    if _DATE.search(value):
        return "date"
    if _TITLE.match(value) or (_NAME.fullmatch(value) and all(_is_capital(word) for word in value.split())):
        return "name"
    return None


def _is_capital(word: str) -> bool:
    return word[0].isupper() or word.casefold() in _SMALL_WORDS
