"""What a file of a meeting holds. What readers write into it is plain text of bounded length, whatever comes in."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dashboard.metadata import Lang

MOST_CHARTS = 24
LONGEST_TITLE, LONGEST_LINE, LONGEST_NOTE, LONGEST_VIEW = 160, 600, 1500, 1500  # characters
_BLANKS = re.compile(r"[ \t\u00a0]+")
# signs that turn the direction of what follows could make a text look like another one
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def plain(said: object) -> object:
    """A text without what no reader sees and no file format takes: control characters, halves of characters, turns of
    direction. Anything but a text passes, for the model to refuse it."""
    if not isinstance(said, str):
        return said
    lines = unicodedata.normalize("NFC", said.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c if c == "\n" else " " if c == "\t" else c for c in lines if c in "\n\t" or _is_seen(c))
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in "".join(kept).split("\n")).strip()


def one_line(said: object) -> object:
    """The same on one line."""
    cleaned = plain(said)
    return " ".join(cleaned.split("\n")) if isinstance(cleaned, str) else cleaned


def _is_seen(character: str) -> bool:
    """Whether a character stands for itself: no control, half of a pair, private or unassigned one."""
    return unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn") and character not in _TURNS


Line = Annotated[str, BeforeValidator(one_line)]
Words = Annotated[str, BeforeValidator(plain)]


class _Part(BaseModel):
    """Unknown keys are mistakes, and nothing changes after reading. An error tells the place and never the words."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Chart(_Part):
    """A chart: the parameters of its link without state of the data and language, which are the file's, and what a
    reader wrote to it."""

    view: Annotated[Line, Field(max_length=LONGEST_VIEW)]
    heading: Annotated[Line, Field(max_length=LONGEST_TITLE)] = ""
    note: Annotated[Words, Field(max_length=LONGEST_NOTE)] = ""


class MeetingFile(_Part):
    """A file: cover, charts in order, the state of the data that it shows (None: the current one, whatever it will
    be), and the day of the last meeting, since when news are told."""

    title: Annotated[Line, Field(max_length=LONGEST_TITLE)] = ""
    day: date | None = None
    place: Annotated[Line, Field(max_length=LONGEST_TITLE)] = ""
    participants: Annotated[Words, Field(max_length=LONGEST_LINE)] = ""
    since: date | None = None
    vintage: Annotated[str, Field(pattern=r"^\d{8}T\d{6}Z$")] | None = None
    lang: Lang = "de"
    charts: Annotated[tuple[Chart, ...], Field(max_length=MOST_CHARTS)] = ()
