"""What the first live run must tell about the statistics API: everything here was assumed, not seen (SOURCES 3.1)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from etl.errors import EtlError, FetchError, NotOfferedError, OutageError, ParseError
from etl.http import HttpReply, PoliteSession
from etl.sources.ba.api import FORMS, parse, parts
from etl.sources.ba.names import DISTRICTS, list_request, name_in_catalogue, parse_names
from etl.sources.base import Context, Finding, Reply, Request, Tidy

UNKNOWN_TABLE = "EckwerteTabelleXYZ"
ROUNDED_TO = 10


def probe_api(session: PoliteSession, context: Context, tables: list[str]) -> list[Finding]:
    """The list of names, one table for its first region in both forms, and a table that does not exist."""
    names, findings = _names(session, context)
    of_tables: list[Finding] = []
    for table in tables[:1]:  # all tables come from the same addresses in the same two forms
        for request in parts(table, context)[0].alternatives:
            of_tables += _table(session, context, table, request, names)
    known = any(f.state == "held" for f in of_tables)
    return [*findings, *of_tables, _unknown_table(session, context, known)]


def _failed(assumption: str, error: EtlError) -> Finding:
    """A publisher that is down says nothing about an assumption; anything else breaks it."""
    return Finding(assumption, "unknown" if isinstance(error, OutageError) else "broken", str(error))


def _finding(assumption: str, held: bool, detail: str) -> Finding:
    return Finding(assumption, "held" if held else "broken", detail)


def _names(session: PoliteSession, context: Context) -> tuple[dict[str, str], list[Finding]]:
    assumption = f"the list of names holds {DISTRICTS} districts"
    request = list_request(context)
    try:
        names = parse_names(session.get(request.url, request.params).body)
    except (FetchError, ParseError) as error:
        return {}, [_failed(assumption, error)]
    ours = {r: name_in_catalogue(context.catalogue, r) for r in context.catalogue.members}
    differ = [
        f"{r}: listed as {names.get(r)!r}, in regions.yaml {own!r}" for r, own in ours.items() if names.get(r) != own
    ]
    return names, [
        _finding(assumption, len(names) == DISTRICTS, f"{len(names)} districts"),
        _finding(
            "the names of the eight districts are those of regions.yaml",
            not differ,
            "; ".join(differ) or ", ".join(ours.values()),
        ),
    ]


def _table(
    session: PoliteSession, context: Context, table: str, request: Request, names: dict[str, str]
) -> list[Finding]:
    form, _, region = request.name.partition("-")
    assumption = f"{table} as {form.upper()} has the known shape and rows ({region})"
    name = names.get(region, name_in_catalogue(context.catalogue, region))
    asked = replace(request, params=tuple((k, name) for k, _ in request.params))
    try:
        tidy = parse(_reply(session.get(asked.url, asked.params), context, table, asked), context.catalogue)
    except (FetchError, ParseError) as error:
        return [_failed(assumption, error)]
    times = tidy.frame["time"].unique(maintain_order=True).to_list()
    detail = "; ".join([f"{tidy.frame.height} figures of {', '.join(times)}", *tidy.notes])
    return [Finding(assumption, "held", detail), *([_rounding(table, tidy)] if form == next(iter(FORMS)) else [])]


def _reply(got: HttpReply, context: Context, table: str, request: Request) -> Reply:
    digest = sha256(got.body).hexdigest()
    return Reply(context.source.id, table, request.name, got.url, got.body, got.received_at, digest)


def _rounding(table: str, tidy: Tidy) -> Finding:
    """Counts are multiples of ten, as the note below the publisher's tables says; rates have decimals."""
    values = tidy.frame["value"].drop_nulls().to_list()
    exact = [v for v in values if v == round(v) and v >= ROUNDED_TO and v % ROUNDED_TO]
    detail = f"not multiples: {exact[:5]}" if exact else f"{len(values)} figures"
    return _finding(f"counts of {table} are rounded to multiples of {ROUNDED_TO}", not exact, detail)


def _unknown_table(session: PoliteSession, context: Context, known: bool) -> Finding:
    """``known``: whether a table that does exist was answered; a 404 to both says nothing."""
    assumption = "a table that does not exist is answered with HTTP 404"
    try:
        got = session.get(f"{context.address()}{FORMS['csv']}/{UNKNOWN_TABLE}")
    except NotOfferedError as error:
        if not known:
            return Finding(assumption, "unknown", f"a table that should exist was not answered either; {error}")
        return Finding(assumption, "held", str(error))
    except FetchError as error:
        return _failed(assumption, error)
    return Finding(assumption, "broken", f"HTTP {got.status}, {len(got.body)} bytes beginning with {got.body[:60]!r}")
