"""What a GENESIS web service answers: a zip, one of three kinds of JSON, a web page, or nothing; and what each means.

The HTTP status says little (a refusal may come with 200, an outage with 404), so the body decides. The service's
``Parameter`` block, which echoes the request and its account, is dropped on reading.
"""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal

import orjson

from etl.archive import Archive
from etl.errors import AccessError, FetchError, NotOfferedError, ParseError
from etl.http import HttpReply, TryLaterError
from etl.sources.genesis.archive import LIMITS

OK = 0
CORRECTED = 22  # the service corrected a parameter and went on
NOT_UPDATED = 50
NO_SUCH_TABLE = 90
EMPTY_SELECTION = -1
TOO_BIG = 98
ORDERED = 99
NOT_FOUND = 104
NOT_ALLOWED = 15
LOGIN_OR_OUTAGE = 2  # one code for both: its text decides

ZIP_MAGIC = b"PK\x03\x04"
GUEST = "GAST"
_LOGIN_TEXT = re.compile(r"passwor[td]|nutzername|user ?name", re.IGNORECASE)
_QUOTED = 240


@dataclass(frozen=True)
class Answer:
    """A reply, told apart. ``content`` is the service's own sentence, on one line; ``document`` its whole JSON."""

    kind: Literal["file", "json", "page", "empty", "unknown"]
    status: int
    code: int | None = None
    content: str = ""
    document: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What was asked for, for the messages, and which answers are welcome."""

    source: str
    table: str
    call: str  # such as data/tablefile
    file: bool = False
    codes: frozenset[int] = frozenset()

    @property
    def prefix(self) -> str:
        return f"{self.source}: table {self.table}: " if self.table else f"{self.source}: "

    @property
    def where(self) -> str:
        return self.prefix + self.call

    @property
    def variables(self) -> str:
        return f"{self.source.upper()}_USER and {self.source.upper()}_PASSWORD"


def read_answer(reply: HttpReply, secrets: tuple[str, ...] = ()) -> Answer:
    """Tell a reply apart; ``secrets`` are taken out of whatever will be quoted of it."""
    if reply.body.startswith(ZIP_MAGIC):
        return Answer("file", reply.status)
    text = reply.body.strip()
    if not text:
        return Answer("empty", reply.status)
    if is_page(reply.body):
        return Answer("page", reply.status)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        return Answer("unknown", reply.status, content=_one_line(text[:80].decode("utf-8", "replace"), secrets))
    document.pop("Parameter", None)
    status = document.get("Status")
    told = status if isinstance(status, dict) else document  # nested or flat
    content = told.get("Content") or (status if isinstance(status, str) else "")
    return Answer("json", reply.status, _number(told.get("Code")), _one_line(str(content), secrets), document)


def is_page(body: bytes) -> bool:
    """Whether a body is a web page: the portal, or the notice of maintenance."""
    return body[:256].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html", b"<?xml"))


def check_answer(answer: Answer, asked: Asked) -> None:
    """Nothing if the answer is one of those asked for.

    Raises TryLaterError where asking again may help (an outage, a maintenance page, an empty body), AccessError for a
    refused account, NotOfferedError for a table or selection that the publisher does not have, else FetchError.
    """
    if answer.status == 401 or answer.code == NOT_ALLOWED:
        raise AccessError(wrong_login(asked, answer))
    if answer.kind == "file" and asked.file:
        return
    if answer.kind == "json":
        if answer.code in asked.codes:
            return
        _refuse(answer, asked)
    if answer.kind == "page" and answer.status == 200:
        raise TryLaterError("with a web page in place of data, as during maintenance,")
    if answer.kind == "empty" and answer.status == 200:
        raise TryLaterError("with an empty body")
    raise FetchError(
        f"{asked.where} answered HTTP {answer.status} with {_named(answer)}, expected {_expected(asked)}; check the "
        f"source's address in data/catalogue/sources.yaml and ETL_BASE_URL_{asked.source.upper()}, or run again later"
    )


def _refuse(answer: Answer, asked: Asked) -> None:
    if answer.code == LOGIN_OR_OUTAGE:
        if speaks_of_the_login(answer):
            raise AccessError(wrong_login(asked, answer))
        raise TryLaterError(told(answer))
    if answer.code == EMPTY_SELECTION:
        raise NotOfferedError(
            f"{asked.where} answered {told(answer)}: the selection of the table is empty; check since, "
            "regional_variable and regional_key of the table in data/catalogue/tables.yaml"
        )
    if answer.code == NO_SUCH_TABLE:
        raise NotOfferedError(
            f"{asked.where} answered {told(answer)}: the publisher has no such table; check its name in the catalogue"
        )
    if answer.code == NOT_FOUND:
        raise NotOfferedError(
            f"{asked.where} answered {told(answer)}: nothing is found under that name and selection; check the "
            "table's name and its entry in data/catalogue/tables.yaml"
        )
    raise FetchError(
        f"{asked.where} answered {told(answer)}, expected {_expected(asked)}; if the service has changed, see "
        "'etl probe', else run again later"
    )


def speaks_of_the_login(answer: Answer) -> bool:
    """Whether the service's sentence is about the user name or the password, not about an outage of its own."""
    return _LOGIN_TEXT.search(answer.content) is not None


def wrong_login(asked: Asked, answer: Answer) -> str:
    """The message for an account that the publisher refuses."""
    return (
        f"{asked.where}: the publisher does not accept the account ({told(answer)}); check {asked.variables}, which "
        "hold for this host only (each host has an account of its own)"
    )


def told(answer: Answer) -> str:
    """The service's own words, for a message."""
    code = "no Code" if answer.code is None else f"Code {answer.code}"
    status = "" if answer.status == 200 else f"HTTP {answer.status}, "
    return f"{status}{code} '{answer.content}'"


def zip_fingerprint(body: bytes) -> str | None:
    """Checksum and size of what a zip holds: its member's name, with the time in it, differs at every download.

    None for what is no zip within the limits; nothing is unpacked.
    """
    try:
        Archive(body, "reply", LIMITS)
        with zipfile.ZipFile(BytesIO(body)) as archive:
            members = sorted((m.CRC, m.file_size) for m in archive.infolist())
    except (ParseError, zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OSError, EOFError):
        return None
    return " ".join(f"crc32:{crc:08x}:{size}" for crc, size in members) or None


def _expected(asked: Asked) -> str:
    codes = ", ".join(str(c) for c in sorted(asked.codes))
    return " or ".join([*(["a zip"] if asked.file else []), *([f"Code {codes}"] if codes else [])]) or "an account"


def _named(answer: Answer) -> str:
    names = {"file": "a zip", "page": "a web page", "empty": "an empty body"}
    return names.get(answer.kind, f"what is neither a zip nor JSON ({answer.content!r})")


def _one_line(text: str, secrets: tuple[str, ...]) -> str:
    line = " ".join(text.split())
    for secret in filter(None, secrets):
        line = line.replace(secret, "***")
    return line if len(line) <= _QUOTED else line[:_QUOTED] + "…"


def _number(code: object) -> int | None:
    try:
        return int(str(code))
    except ValueError:
        return None
