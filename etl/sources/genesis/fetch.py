"""Fetching a table of a GENESIS host: login, metadata, the table or its job; what of it the raw store keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import structlog

from etl.errors import FetchError, NotOfferedError, ParseError
from etl.http import HttpReply, Judge, PoliteSession, TryLaterError, is_loopback
from etl.logs import redact
from etl.raw import RawStore, fetch
from etl.sources.base import Context, Fetcher, Reply, Request
from etl.sources.genesis import jobs
from etl.sources.genesis.client import GenesisClient, TableState, table_state
from etl.sources.genesis.envelope import NOT_UPDATED, TOO_BIG, Asked, is_page, zip_fingerprint
from etl.sources.genesis.requests import Form

METADATA = "metadata"
TRUSTED = timedelta(
    days=30
)  # ``Updated`` may be older than the figures, so even an unchanged table is fetched at times

log = structlog.get_logger()


def fetcher(raw: RawStore, session: PoliteSession, context: Context) -> Fetcher:
    """The fetcher of one host for one run: it checks the account once and remembers a refusal."""
    client = GenesisClient(session, context)

    def ask(table: str, request: Request) -> Reply:
        if request.form is None:
            return fetch(raw, session, client.source, table, request, judge_classic(client.source, table))
        if client.refused:
            client.log_in(table)  # fails at once, without a request
        try:
            return _Table(client, raw, table, request, request.form).load()
        except FetchError as error:
            named = _naming_the_table(error, client.source, table)
            raw.log(client.source, table, request, request.url, "failed", str(named))
            if named is error:
                raise
            raise named from error

    return ask


def updated(raw: RawStore, source: str, table: str) -> tuple[datetime | None, str | None]:
    """When the publisher updated the table that lies in the raw store, and its newest period as published.

    None for what is not known. The time has the publisher's time zone.
    """
    try:
        stored = raw.newest(source, table, METADATA)
        document = None if stored is None else orjson.loads(stored.body)
    except (ParseError, orjson.JSONDecodeError):
        return None, None
    state = table_state(document) if isinstance(document, dict) else TableState(None, None)
    return state.updated, state.newest


class _Table:
    """One table in one run."""

    def __init__(self, client: GenesisClient, raw: RawStore, table: str, request: Request, form: Form) -> None:
        self.client, self.raw, self.table, self.request, self.form = client, raw, table, request, form
        self.source = client.source

    @property
    def folder(self) -> Path:
        return self.raw.root / self.source / self.table

    def load(self) -> Reply:
        about, state = self._metadata()
        job = jobs.resumable(self.folder, self.form, state, datetime.now(UTC))
        if job is not None:
            log.info("job resumed", source=self.source, table=self.table, job=job.name)
        got = self._dialogue(state) if job is None else jobs.collect(self.client, self.folder, self.table, job)
        if isinstance(got, Reply):
            return got
        reply = self._keep(got)
        # only now: metadata beside older figures would tell that these are up to date
        if about is not None:
            self._keep_metadata(about)
        jobs.forget(self.folder)
        return reply

    def _metadata(self) -> tuple[HttpReply | None, TableState]:
        """What the publisher says of the table; a reply that nobody can read is no reason not to ask for figures."""
        try:
            return self.client.metadata(self.table)
        except FetchError as error:
            if type(error) is not FetchError:
                raise
            log.warning("metadata not read", source=self.source, table=self.table, error=str(error))
            return None, TableState(None, None)

    def _dialogue(self, state: TableState) -> HttpReply | Reply:
        codes = frozenset({TOO_BIG, NOT_UPDATED})
        asked = Asked(self.source, self.table, "data/tablefile", file=True, codes=codes)
        reply, answer = self.client.ask(asked, self.form)
        if answer.kind == "file":
            return reply
        if answer.code == NOT_UPDATED:
            return self._confirm(reply.url)
        if self._is_current(state):
            return self._confirm(reply.url)
        ordered = jobs.order(self.client, self.folder, self.table, self.form, state)
        if isinstance(ordered, HttpReply):
            return ordered
        return jobs.collect(self.client, self.folder, self.table, ordered)

    def _is_current(self, state: TableState) -> bool:
        """Whether the stored reply of a big table may stand for a new one.

        Never on this machine: a replay costs nothing and must show every change.
        """
        known = updated(self.raw, self.source, self.table)
        found = self.raw.newest_meta(self.source, self.table, self.request.name)
        if is_loopback(self.client.base) or found is None or None in known:
            return False
        if known != (state.updated, state.newest) or found[0].form != dict(self.form):
            return False
        downloads = [
            line.at
            for line in self.raw.request_log(self.source)
            if (line.table, line.name) == (self.table, self.request.name) and line.outcome in ("stored", "unchanged")
        ]
        age = datetime.now(UTC) - max([found[0].fetched_at, *downloads])
        return age < TRUSTED and not self.raw.refused(self.source, self.table, self.request.name)

    def _confirm(self, url: str) -> Reply:
        stored = self.raw.newest(self.source, self.table, self.request.name)
        if stored is None:
            raise FetchError(
                f"{self.source}: table {self.table}: the publisher says that nothing was updated, but no reply of it "
                f"lies in {self.raw.root}; run again later"
            )
        self.raw.log(self.source, self.table, self.request, url, "not_modified")
        return stored

    def _keep(self, got: HttpReply) -> Reply:
        reply, new = self.raw.save(self.source, self.table, self.request, got, zip_fingerprint(got.body))
        self.raw.log(self.source, self.table, self.request, got.url, "stored" if new else "unchanged")
        return reply

    def _keep_metadata(self, about: HttpReply) -> None:
        request = Request(about.url, name=METADATA)
        _, new = self.raw.save(self.source, self.table, request, about)
        self.raw.log(self.source, self.table, request, about.url, "stored" if new else "unchanged")


def judge_classic(source: str, table: str) -> Judge:
    """What to make of the keyless download: it answers 200 with nothing in it for a table that it does not have."""

    def judge(reply: HttpReply) -> None:
        if reply.status != 304 and not reply.body.strip():
            raise NotOfferedError(
                f"{source}: table {table}: {redact(reply.url)} is empty: there is no keyless download of this table; "
                f"set {source.upper()}_USER and {source.upper()}_PASSWORD to load it from the web service"
            )
        if is_page(reply.body):
            raise TryLaterError("with a web page in place of data, as during maintenance,")

    return judge


def _naming_the_table(error: FetchError, source: str, table: str) -> FetchError:
    """The same error; one of the session knows the address only, which is the same for all tables."""
    text = str(error)
    if f"table {table}" in text:
        return error
    return type(error)(f"{source}: table {table}: {text.removeprefix(f'{source}: ')}")
