"""What is assumed of the files below statistikportal.de, asked of the newest file of one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from etl.catalogue import Catalogue
from etl.errors import FetchError, NotOfferedError, ParseError
from etl.http import HttpReply, PoliteSession
from etl.mapping import observations
from etl.sources.base import Context, Finding, Part, Reply, Request, Tidy

Parse = Callable[[Reply, Catalogue], Tidy]


def probe_newest(
    session: PoliteSession, context: Context, table: str, parts: list[Part], parse: Parse
) -> list[Finding]:
    """Ask for the newest file that there is; then whether it is built as assumed and gives every indicator figures."""
    there = f"{table}: one of the addresses of tables.yaml leads to a file"
    layout = f"{table}: the file is built as assumed"
    labels = f"{table}: every indicator of this table finds its figures by the labels of the catalogue"
    try:
        request, got = _newest(session, parts)
    except FetchError as error:
        return [
            Finding(there, "broken", str(error)),
            Finding(layout, "unknown", "no file came"),
            Finding(labels, "unknown", "no file came"),
        ]
    found = [Finding(there, "held", f"{request.url}: {len(got.body):,} bytes")]
    digest = sha256(got.body).hexdigest()
    reply = Reply(context.source.id, table, request.name, request.url, got.body, datetime.now(UTC), digest)
    try:
        tidy = parse(reply, context.catalogue)
    except ParseError as error:
        return [*found, Finding(layout, "broken", str(error)), Finding(labels, "unknown", "the file cannot be read")]
    found.append(Finding(layout, "held", f"{tidy.frame.height:,} figures"))
    return [*found, _labels(tidy, reply, context, labels)]


def _newest(session: PoliteSession, parts: list[Part]) -> tuple[Request, HttpReply]:
    """The first file that is offered, of the newest part; raises the last refusal if there is none."""
    refusal: FetchError = NotOfferedError("tables.yaml names no address")
    for part in reversed(parts):
        for request in part.alternatives:
            try:
                return request, session.get(request.url)
            except NotOfferedError as error:
                refusal = error
    raise refusal


def _labels(tidy: Tidy, reply: Reply, context: Context, assumption: str) -> Finding:
    without: list[str] = []
    for indicator, series in context.catalogue.tables(reply.source)[reply.table]:
        try:
            frame = observations(tidy, indicator, series, context.source, reply.retrieved_at)
        except ParseError as error:
            return Finding(assumption, "broken", str(error))
        if frame["value"].is_null().all():
            without.append(indicator.id)
    if not without:
        return Finding(assumption, "held", "all of them")
    dims = [c for c in tidy.frame.columns if c not in ("region", "time", "value", "status")]
    came = ["; ".join(filter(None, row)) for row in tidy.frame.select(dims).unique(maintain_order=True).iter_rows()]
    return Finding(assumption, "broken", f"none for {', '.join(without)}; the file has: {' | '.join(came[:40])}")
