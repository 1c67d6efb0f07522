"""``etl import file``: a publisher's file that came by hand, recognised by its layout and published like a fetched one.

The file is stored raw (reply ``import``), read by the source's own ``parse``, checked, and published; only its own
table is loaded, everything else stays as it is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

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
        reply = keep(raw, source, table, path.name, IMPORT, body)
        try:
            return read_reply(catalogue, reply, raw)
        except (ParseError, CorrectionError) as error:
            raise RefusedError(f"{path.name}: {error}") from error

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
    tables = catalogue.tables(source.id)
    looked_for = ", ".join(sorted(tables)) or "none"
    try:
        table = recognise(body, name)
    except ParseError as error:
        raise RefusedError(f"{name}: {error}") from error
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


def keep(raw: RawStore, source: Source, table: str, file_name: str, name: str, body: bytes) -> Reply:
    """Store what came by hand as a raw reply; of its path only the file's name is kept."""
    url = f"file:{file_name}"
    request = Request(url, name=name)
    reply, new = raw.save(source.id, table, request, HttpReply(200, url, {}, body, datetime.now(UTC)))
    raw.log(source.id, table, request, url, "stored" if new else "unchanged")
    return reply
