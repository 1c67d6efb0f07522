"""A catalogue of one indicator and a source of one's own making, for tests of what a run does with its tables."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import polars as pl

from etl.catalogue import Catalogue, load_catalogue
from etl.errors import NotOfferedError, OutageError, ParseError
from etl.http import HttpReply
from etl.registry import SOURCES, SourceCode
from etl.sources.base import Part, Request, Tidy

CATALOGUE = load_catalogue()
INDICATOR = CATALOGUE.indicators["foreign_population"]
SERIES = next(s for s in INDICATOR.series if (s.source, s.table) == ("lsn", "1-2-1"))
ACCOUNT = "https://one.example"


def catalogue(*tables: tuple[str, str], **about_source: object) -> Catalogue:
    """The catalogue with foreign_population only, read from these (source, table); default: table t of source lsn.

    Each table has an indicator of its own, so that no two of them give the same figure.
    """
    wanted = tables or (("lsn", "t"),)
    indicators = {}
    for source, table in wanted:
        name = f"i_{source}_{table}".replace("-", "_")
        series = SERIES.model_copy(update={"source": source, "table": table})
        indicators[name] = INDICATOR.model_copy(
            update={"id": name, "series": (series,), "preferred_source": source, "related": ()}
        )
    sources = {
        name: s.model_copy(update=about_source) if name == wanted[0][0] else s for name, s in CATALOGUE.sources.items()
    }
    return dataclasses.replace(CATALOGUE, sources=sources, indicators=indicators, table_options=(), corrections=())


def body(**years: int | None) -> bytes:
    """A reply: ``y2024=100`` gives each of the eight districts 100 on 31 December 2024."""
    return json.dumps({year.removeprefix("y"): value for year, value in years.items()}).encode()


def parse(reply, about):
    """The invented publisher's reply; ``"partial": true`` says that it holds some periods only."""
    try:
        held = json.loads(reply.body)
    except ValueError as error:
        raise ParseError(f"{reply.source}: table {reply.table}: expected JSON") from error
    partial = bool(held.pop("partial", False))
    rows = [(r, year, None if v is None else float(v), "pending" if v is None else "ok")
            for year, v in held.items() for r in about.members]  # fmt: skip
    schema = {"region": pl.String, "time": pl.String, "value": pl.Float64, "status": pl.String}
    return Tidy(pl.DataFrame(rows, schema=schema, orient="row"), partial=partial)


class Publisher:
    """Answers from a dict {(table, request name): body or error}; remembers what it was asked."""

    def __init__(
        self, monkeypatch, source: str = "lsn", names: tuple[str, ...] = ("data",), optional: tuple[str, ...] = ()
    ):
        self.replies: dict[tuple[str, str], bytes | Exception] = {}
        self.asked: list[tuple[str, str]] = []
        self.names, self.optional = names, optional
        code = SourceCode(self.parts, parse, self.fetcher, recognise=self.recognise)
        monkeypatch.setitem(SOURCES, source, code)
        self.source = source

    def parts(self, table, context):
        if context.source.account and context.credentials is None:
            return []
        return [Part((Request(f"{ACCOUNT}/{table}", name=n),), optional=n in self.optional) for n in self.names]

    def fetcher(self, raw, session, context):
        def fetch(table, request):
            self.asked.append((table, request.name))
            reply = self.replies.get((table, request.name), NotOfferedError(f"{self.source}: {request.url}: HTTP 404"))
            if isinstance(reply, Exception):
                raise reply
            got = HttpReply(200, request.url, {}, reply, datetime.now(UTC))
            stored, new = raw.save(self.source, table, request, got)
            raw.log(self.source, table, request, request.url, "stored" if new else "unchanged")
            return stored

        return fetch

    def recognise(self, content, name):
        return name.partition(".")[0] if content[:1] == b"{" else None

    def down(self, *tables):
        """These tables answer with an outage."""
        for table in tables:
            self.replies[table, "data"] = OutageError(f"{self.source}: {ACCOUNT}/{table} answered HTTP 503 5 times")
