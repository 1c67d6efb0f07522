"""The raw store: every reply as received, with its request, headers, time and hash.

``data/raw/<source>/<table>/<time>_<name>.body`` beside ``….json``. The body is written first and the
description last, both atomically, so that a killed run leaves nothing that looks complete and is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from pydantic import BaseModel, ConfigDict, ValidationError

from etl.errors import FetchError, ParseError
from etl.http import HttpReply, Judge, PoliteSession
from etl.logs import redact
from etl.sources.base import Fetcher, Reply, Request

STAMP = "%Y%m%dT%H%M%S%fZ"
KEPT_HEADERS = ("content-type", "content-length", "date", "etag", "last-modified", "cache-control")


class RawMeta(BaseModel):
    """What is known of a stored reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    table: str
    name: str
    url: str
    status: int
    headers: dict[str, str]
    fetched_at: datetime
    sha256: str
    size: int
    form: dict[str, str] | None = None  # of a POST; credentials are never part of it
    fingerprint: str | None = None  # of the content, where the same content never comes in the same bytes


class RequestLine(BaseModel):
    """One line of a source's request log."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    at: datetime
    table: str
    name: str
    url: str
    outcome: str  # stored, unchanged, not_modified, failed
    detail: str = ""


class RawStore:
    """All replies below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(
        self, source: str, table: str, request: Request, reply: HttpReply, fingerprint: str | None = None
    ) -> tuple[Reply, bool]:
        """Keep a reply; returns it and whether it is new (a repeated body is not kept twice).

        A body repeats another one of the same request if it is the same, or if both contents have the same
        ``fingerprint`` and the kept one was not refused (it may be damaged where its fingerprint does not look).
        """
        digest = hashlib.sha256(reply.body).hexdigest()
        newest = self.newest_meta(source, table, request.name)
        form = None if request.form is None else dict(request.form)
        if newest is not None and (newest[0].url, newest[0].form) == (redact(reply.url), form):
            alike = fingerprint is not None and newest[0].fingerprint == fingerprint
            if newest[0].sha256 == digest or (alike and not self.refused(source, table, request.name)):
                return self._read(*newest), False
        folder = self.root / source / table
        folder.mkdir(parents=True, exist_ok=True)
        stamp = f"{reply.received_at:{STAMP}}"
        if newest is not None and (last := newest[1].stem.split("_")[0]) >= stamp:  # the clock was set back
            stamp = f"{datetime.strptime(last, STAMP) + timedelta(microseconds=1):{STAMP}}"
        meta = RawMeta(
            source=source,
            table=table,
            name=request.name,
            url=redact(reply.url),
            status=reply.status,
            headers={k.lower(): v for k, v in reply.headers.items() if k.lower() in KEPT_HEADERS},
            fetched_at=reply.received_at,
            sha256=digest,
            size=len(reply.body),
            form=form,
            fingerprint=fingerprint,
        )
        path = folder / f"{stamp}_{request.name}.json"
        write_atomically(path.with_suffix(".body"), reply.body)
        write_atomically(path, meta.model_dump_json(indent=1).encode())
        return Reply(source, table, request.name, meta.url, reply.body, meta.fetched_at, digest), True

    def newest_meta(self, source: str, table: str, name: str) -> tuple[RawMeta, Path] | None:
        """The newest complete reply of that name, and where its description lies."""
        for path in sorted((self.root / source / table).glob(f"*_{name}.json"), reverse=True):
            try:
                return RawMeta.model_validate_json(path.read_bytes()), path
            except (OSError, ValidationError) as error:
                raise ParseError(f"{path}: the description of a raw reply is damaged ({error}); delete it") from error
        return None

    def newest(self, source: str, table: str, name: str) -> Reply | None:
        """The newest reply of that name with its body.

        Raises ParseError if the body is not the one that was received.
        """
        found = self.newest_meta(source, table, name)
        if found is None:
            return None
        return self._read(*found)

    def earlier(self, source: str, table: str, name: str) -> list[Reply]:
        """All complete replies of that name but the newest, oldest first, without those that were refused."""
        paths = sorted((self.root / source / table).glob(f"*_{name}.json"))[:-1]
        return [
            self._read(RawMeta.model_validate_json(path.read_bytes()), path)
            for path in paths
            if not path.with_suffix(".rejected").exists()
        ]

    def _read(self, meta: RawMeta, path: Path) -> Reply:
        body_path = path.with_suffix(".body")
        try:
            body = body_path.read_bytes()
        except OSError as error:
            raise ParseError(
                f"{body_path}: the raw reply is gone ({error}); delete {path.name} and fetch again"
            ) from error
        if hashlib.sha256(body).hexdigest() != meta.sha256:
            raise ParseError(
                f"{body_path}: is not what was received (sha256 differs); delete it with {path.name} and fetch again"
            )
        return Reply(meta.source, meta.table, meta.name, meta.url, body, meta.fetched_at, meta.sha256)

    def last_known(self, source: str, table: str, name: str) -> datetime | None:
        """When the publisher last gave or confirmed the newest reply of that name; None if there is none."""
        found = self.newest_meta(source, table, name)
        if found is None:
            return None
        answers = [
            line.at
            for line in self.request_log(source)
            if (line.table, line.name) == (table, name) and line.outcome != "failed"
        ]
        return max([found[0].fetched_at, *answers])

    def validators(self, source: str, table: str, request: Request) -> dict[str, str]:
        """Conditional headers for a request; none if the stored reply was refused or answered another request."""
        found = self.newest_meta(source, table, request.name)
        if found is None or self.refused(source, table, request.name):
            return {}
        if found[0].url != redact(str(requests.Request("GET", request.url, params=list(request.params)).prepare().url)):
            return {}
        headers = found[0].headers
        pairs = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
        return {k: v for k, v in pairs.items() if v}

    def refused(self, source: str, table: str, name: str) -> bool:
        """Whether the newest reply of that name was refused, or its body is gone."""
        found = self.newest_meta(source, table, name)
        return found is not None and (
            found[1].with_suffix(".rejected").exists() or not found[1].with_suffix(".body").exists()
        )

    def mark(self, reply: Reply, rejected: str | None) -> None:
        """Remember that the newest reply was refused (``rejected`` says why), or that it was not.

        After a refusal the publisher is asked for the whole again, whatever its ETag says.
        """
        found = self.newest_meta(reply.source, reply.table, reply.name)
        if found is None or found[0].sha256 != reply.sha256:
            return
        mark = found[1].with_suffix(".rejected")
        if rejected is None:
            mark.unlink(missing_ok=True)
        else:
            write_atomically(mark, rejected.encode())

    def log(self, source: str, table: str, request: Request, url: str, outcome: str, detail: str = "") -> None:
        """Append one line to the source's request log."""
        folder = self.root / source
        folder.mkdir(parents=True, exist_ok=True)
        line = RequestLine(
            at=datetime.now(UTC),
            table=table,
            name=request.name,
            url=redact(url),
            outcome=outcome,
            detail=redact(detail),
        )
        with (folder / "requests.jsonl").open("a+b") as file:
            if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":  # a kill cut the last line
                file.write(b"\n")
            file.write(line.model_dump_json().encode() + b"\n")

    def request_log(self, source: str) -> list[RequestLine]:
        """The source's request log, oldest first; a line cut by a kill is passed over."""
        path = self.root / source / "requests.jsonl"
        lines: list[RequestLine] = []
        for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            try:
                lines.append(RequestLine.model_validate(json.loads(text)))
            except ValueError:
                continue
        return lines


def write_atomically(path: Path, body: bytes) -> None:
    """Write a file so that it is either the old one or wholly the new one, also after a crash."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # the dashboard may run as another user
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def fetch(
    store: RawStore,
    session: PoliteSession,
    source: str,
    table: str,
    request: Request,
    judge: Judge = lambda reply: None,
) -> Reply:
    """Ask the publisher once, keep what came if ``judge`` raises nothing about it, and return the stored reply.

    Raises FetchError if the publisher did not deliver; that is logged too.
    """
    validators = store.validators(source, table, request)
    try:
        got = session.get(request.url, request.params, validators, judge)
        if got.status == 304 and not validators:
            raise FetchError(
                f"{source}: {redact(request.url)} answered 304 to an unconditional request; run again later"
            )
    except FetchError as error:
        store.log(source, table, request, request.url, "failed", str(error))
        raise
    if got.status == 304:
        store.log(source, table, request, got.url, "not_modified")
        confirmed = store.newest(source, table, request.name)
        if confirmed is None:
            raise FetchError(f"{source}: {table}: the reply that the publisher confirmed is gone from {store.root}")
        return confirmed
    reply, new = store.save(source, table, request, got)
    store.log(source, table, request, got.url, "stored" if new else "unchanged")
    return reply


def plain_fetcher(store: RawStore, session: PoliteSession, source: str) -> Fetcher:
    """The fetcher of a source that needs no more than a GET for each request."""
    return lambda table, request: fetch(store, session, source, table, request)
