"""``etl import file``: a publisher's file that came by hand, recognised by its layout and published like a fetched one.

The file is read by the source's own ``parse``, stored raw (reply ``import``), checked, and published; only its own
table is loaded, everything else stays as it is. One that departs is refused with the place and not stored: an earlier
import stays the newest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from etl.archive import Archive
from etl.asking import IMPORT
from etl.catalogue import Catalogue
from etl.entries import Source
from etl.errors import CorrectionError, EtlError, ParseError
from etl.http import HttpReply
from etl.loading import Loaded, read_reply
from etl.pipeline import RunResult, publish_loaded
from etl.raw import RawStore
from etl.registry import SOURCES
from etl.settings import Settings
from etl.sources.base import Reply, Request
from etl.workbook import Workbook

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class RefusedError(EtlError):
    """A file that departs from what is expected; nothing of it is published."""


def recognising_sources() -> list[str]:
    """The sources that know their files when they see them."""
    return [name for name, code in SOURCES.items() if code.recognise is not None]


def import_file(
    settings: Settings,
    catalogue: Catalogue,
    path: Path,
    source_id: str,
    accept_revisions: bool = False,
    expected: pl.DataFrame | None = None,
) -> RunResult:
    """Publish the table that the file holds.

    Raises RefusedError if the file is none of the source's tables or departs from its layout (with sheet and cell or
    line), and OSError if it cannot be read.
    """
    source = catalogue.sources[source_id]
    body = read_bounded(path, source)
    table = _recognised(catalogue, source, body, path.name)
    raw = RawStore(settings.raw_dir)

    def loading() -> Loaded:
        url, digest = f"file:{path.name}", hashlib.sha256(body).hexdigest()
        came = Reply(source.id, table, IMPORT, url, body, datetime.now(UTC), digest)
        try:
            found = read_reply(catalogue, came, raw)
        except (ParseError, CorrectionError) as error:
            raise RefusedError(_told(path.name, error)) from error
        kept = keep(raw, source, table, path.name, IMPORT, body, came.retrieved_at)
        if kept.retrieved_at != came.retrieved_at:  # the very file was stored before, under its time
            return read_reply(catalogue, kept, raw)
        return replace(found, replies=[replace(kept, body=b"")])

    return publish_loaded(settings, catalogue, loading, accept_revisions, expected, by_hand=True)


def read_bounded(path: Path, source: Source) -> bytes:
    """The file's bytes; its size is looked at first. Raises RefusedError if it is larger than the source's files."""
    size = path.stat().st_size
    if size > source.max_bytes:
        raise RefusedError(
            f"{path.name}: has {size:,} bytes, expected at most {source.max_bytes:,}; raise max_bytes of "
            f"{source.id} in data/catalogue/sources.yaml if that is right"
        )
    return path.read_bytes()


def _recognised(catalogue: Catalogue, source: Source, body: bytes, name: str) -> str:
    recognise = SOURCES[source.id].recognise
    assert recognise is not None
    tables, by_hand = catalogue.tables(source.id), SOURCES[source.id].by_hand
    whole = [table for table in sorted(tables) if by_hand is None or table in by_hand]
    looked_for = ", ".join(whole) or "none"
    try:
        table = recognise(body, name) or _named(name, whole)
        if table is None:
            _refuse_unreadable(body, name)
    except ParseError as error:
        raise RefusedError(_told(name, error)) from error
    if table is None:
        raise RefusedError(
            f"{name}: expected a table of {source.id}, its layout is that of none; looked for {looked_for}. "
            "Check --source, or describe the file in a mapping and use 'etl import table'"
        )
    if table not in tables:
        raise RefusedError(
            f"{name}: is table {table} of {source.id}, which no indicator reads; looked for {looked_for}. "
            "Add the table to an indicator in data/catalogue/indicators"
        )
    return table


def _named(file_name: str, tables: Collection[str]) -> str | None:
    """The table whose id stands in the file's name: its own ``parse`` says best where the file departs."""
    found = [
        table
        for table in tables
        if re.search(rf"(?<![0-9A-Za-z])(?<!\d-){re.escape(table)}(?![0-9A-Za-z])(?!-\d)", file_name, re.IGNORECASE)
    ]
    return max(found, key=len, default=None)


def _refuse_unreadable(body: bytes, name: str) -> None:
    """Raise ParseError with what is wrong with an archive or a workbook, where it is not only an unknown one."""
    if not body.strip():
        raise ParseError(f"{name}: the file is empty")
    if body.startswith(_OLD_WORKBOOK):
        raise ParseError(f"{name}: is a workbook of the old format .xls, expected .xlsx; save it as such")
    if name.lower().endswith(".zip"):
        Archive(body, name)
    elif body.startswith(b"PK") or name.lower().endswith(".xlsx"):
        book = Workbook(body, name)
        if not any(any(row) for sheet in book.sheet_names for row in book.sheet(sheet).rows):
            raise ParseError(f"{name}: no cell of its sheets {list(book.sheet_names)} holds anything")


def _told(name: str, error: EtlError) -> str:
    return str(error) if str(error).startswith(f"{name}:") else f"{name}: {error}"


def keep(
    raw: RawStore, source: Source, table: str, file_name: str, name: str, body: bytes, at: datetime | None = None
) -> Reply:
    """Store what came by hand as a raw reply; of its path only the file's name is kept."""
    url = f"file:{file_name}"
    request = Request(url, name=name)
    reply, new = raw.save(source.id, table, request, HttpReply(200, url, {}, body, at or datetime.now(UTC)))
    raw.log(source.id, table, request, url, "stored" if new else "unchanged")
    return reply
