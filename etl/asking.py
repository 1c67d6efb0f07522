"""One source in one run: what is asked of its publisher or taken from the raw store, and one log line a request."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import requests
import structlog

from etl.entries import Source
from etl.errors import FetchError, OutageError
from etl.http import PoliteSession
from etl.logs import redact
from etl.raw import RawStore, plain_fetcher
from etl.registry import SOURCES
from etl.sources.base import BY_HAND, Context, Fetcher, Part, Reply, Request

IMPORT = BY_HAND
OUTAGES = 2  # after so many outages in a row a publisher is left in peace for this run

log = structlog.get_logger()


class Asker:
    """One source in one run: asks the publisher, or the raw store only, and stops asking one that is down."""

    def __init__(self, source: Source, context: Context, raw: RawStore, offline: bool, refused_too: bool) -> None:
        self.source, self.context, self.raw, self.offline = source, context, raw, offline
        self._refused_too = refused_too  # also read what came by hand and was refused
        self.code = SOURCES[source.id]
        self._outages = 0
        self._last_outage = ""
        session = PoliteSession(source)
        make = self.code.fetcher
        self._fetch: Fetcher = make(raw, session, context) if make else plain_fetcher(raw, session, source.id)

    @property
    def has_no_account(self) -> bool:
        return self.source.account and self.context.credentials is None

    def parts(self, table: str) -> list[Part]:
        """What to ask for; offline only what is stored, of several ways the one that was answered last."""
        if not self.offline:
            return self.code.parts(table, self.context)
        manual = self.source.manual or self.context.catalogue.options(self.source.id, table).manual
        parts = [] if manual else self.code.parts(table, self.context)
        stored = [newest_stored(self.raw, self.source.id, table, part) for part in parts]
        known = [part for part in stored if part is not None]
        by_hand = self._imported(table, known)
        return known if by_hand is None else [*known, by_hand]

    def _imported(self, table: str, known: Sequence[Part]) -> Part | None:
        """A file that came by hand after everything that was fetched, unless it was refused."""
        found = self.raw.newest_meta(self.source.id, table, IMPORT)
        if found is None or (found[1].with_suffix(".rejected").exists() and not self._refused_too):
            return None
        imported = self.raw.last_known(self.source.id, table, IMPORT)
        names = [part.alternatives[0].name for part in known]
        fetched = [at for name in names if (at := self.raw.last_known(self.source.id, table, name)) is not None]
        if imported is None or any(at > imported for at in fetched):
            return None
        return Part((Request(found[0].url, name=IMPORT),))

    def reply(self, table: str, request: Request) -> Reply:
        """The publisher's reply, or the stored one; raises FetchError."""
        if self.offline:
            stored = self.raw.newest(self.source.id, table, request.name)
            if stored is None:
                raise FetchError(f"{self.source.id}: table {table}: the stored reply is gone; run without --offline")
            return stored
        if self._outages >= OUTAGES:
            raise OutageError(f"not asked, because the source is down: {self._last_outage}")
        begun, asked = time.monotonic(), datetime.now(UTC)
        try:
            reply = self._fetch(table, request)
        except FetchError as error:
            if isinstance(error, OutageError):
                self._outages += 1
                self._last_outage = str(error)
            self._tell(table, request, type(error).__name__.removesuffix("Error").lower(), begun)
            raise
        self._outages = 0
        self._tell(table, request, "stored" if reply.retrieved_at >= asked else "unchanged", begun)
        return reply

    def earlier(self, table: str, request: Request) -> list[Reply]:
        """Offline: what the stored replies before the newest one held, oldest first; a run that asks needs none."""
        return self.raw.earlier(self.source.id, table, request.name) if self.offline else []

    def _tell(self, table: str, request: Request, outcome: str, begun: float) -> None:
        """One log line a request; a request never holds credentials, and addresses lose theirs."""
        log.info(
            "request",
            source=self.source.id,
            table=table,
            url=redact(request_url(request)),
            outcome=outcome,
            milliseconds=round(1000 * (time.monotonic() - begun)),
        )


def request_url(request: Request) -> str:
    """The request's whole address, for messages; a form's fields stand behind ``#``."""
    url = str(requests.Request("GET", request.url, params=list(request.params)).prepare().url)
    return url + ("#" + "&".join(f"{k}={v}" for k, v in request.form) if request.form else "")


def newest_stored(raw: RawStore, source: str, table: str, part: Part) -> Part | None:
    """Of the ways to fill a part the one that was answered last: an older reply must not undo a newer one."""
    known = {r: at for r in part.alternatives if (at := raw.last_known(source, table, r.name)) is not None}
    return replace(part, alternatives=(max(known, key=known.__getitem__),)) if known else None
