"""The BA's job search as a counter: how many adverts a search for a city finds today (SOURCES section 3.4).

Only the cities that are districts of their own are asked, with a radius of 0: a rural district is no place that the
search knows, and radii overlap. Each reply is kept as received; with ``size=1`` it holds one public advert beside
the count, and nothing of that advert is read or published.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import polars as pl

from etl.catalogue import Catalogue
from etl.entries import Region
from etl.errors import EtlError, FetchError, NotOfferedError, OutageError, ParseError
from etl.http import PoliteSession
from etl.raw import RawStore, fetch
from etl.sources.base import Context, Fetcher, Finding, Part, Reply, Request, Tidy

JOBS = "/pc/v6/jobs"
WITHDRAWN = ("/pc/v4/jobs", "/pc/v5/jobs")
EMPLOYMENT = "1"  # "angebotsart": jobs; not training, internships or self-employment
CITY = "kreisfreie Stadt"  # in one of the names of a district that is one town


def parts(table: str, context: Context) -> list[Part]:
    """One search for each city of the region."""
    return [Part((_request(city, context),)) for city in _cities(context.catalogue)]


def _cities(catalogue: Catalogue) -> list[Region]:
    regions = [catalogue.region_by_id[m] for m in catalogue.members]
    return [r for r in regions if any(CITY in name for name in r.names)]


def _request(city: Region, context: Context) -> Request:
    params = (("angebotsart", EMPLOYMENT), ("wo", city.short.de), ("umkreis", "0"), ("size", "1"), ("page", "1"))
    return Request(context.address() + JOBS, params, name=f"city-{city.id}")


def fetcher(raw: RawStore, session: PoliteSession, context: Context) -> Fetcher:
    """A reply that is the same as yesterday's is still today's count: its time is that of the asking."""

    def ask(table: str, request: Request) -> Reply:
        reply = fetch(raw, session, context.source.id, table, request)
        return replace(reply, retrieved_at=datetime.now(UTC))

    return ask


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """One row: the number of hits on the day (UTC) the reply was asked for.

    Raises ParseError if the reply is no search result, or is of another place than was asked for.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    region = catalogue.region_by_id.get(reply.name.removeprefix("city-"))
    if region is None:
        raise ParseError(f"{where}: the stored reply '{reply.name}' is of no region; delete it and run again")
    try:
        result = orjson.loads(reply.body)
    except orjson.JSONDecodeError as error:
        raise ParseError(
            f"{where}: expected JSON: {error}; begins with {reply.body[:60]!r}; run again later"
        ) from error
    hits = _hits(result, where)
    _refuse_other_place(result, region, where)
    frame = pl.DataFrame(
        {
            "region": [region.id],
            "time": [reply.retrieved_at.date().isoformat()],
            "value": [float(hits)],
            "status": ["ok"],
        }
    )
    return Tidy(frame, partial=True)


def _hits(result: object, where: str) -> int:
    """``maxErgebnisse``; without a hit it is 0 and the lists are absent, so the two must agree."""
    match result:
        case {"maxErgebnisse": int(hits), **others} if hits >= 0 and not isinstance(hits, bool):
            if bool(hits) == bool(others.get("ergebnisliste")):
                return hits
            raise ParseError(f"{where}: {hits} hits, but 'ergebnisliste' says otherwise; run again later")
    raise ParseError(
        f"{where}: expected a search result with 'maxErgebnisse', came {str(result)[:120]}; see whether the interface "
        f"has a new version (asked was {JOBS}) and mend etl/sources/jobsuche.py"
    )


def _refuse_other_place(result: dict[str, object], region: Region, where: str) -> None:
    """The search guesses what a place means; ``woOutput.bereinigterOrt`` says what it took it for."""
    match result.get("woOutput"):
        case {"bereinigterOrt": str(place)} if not place.casefold().startswith(region.short.de.casefold()):
            raise ParseError(f"{where}: asked for {region.short.de}, the search took it for '{place[:60]}'; look at it")


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """Whether the counter answers as assumed for the first city, and whether older versions are still withdrawn."""
    table, city = "jobs", _cities(context.catalogue)[0]
    request = _request(city, context)
    assumption = f"{JOBS} answers with maxErgebnisse for {city.short.de}"
    try:
        got = session.get(request.url, request.params)
        reply = Reply(context.source.id, table, request.name, got.url, got.body, got.received_at, "")
        hits = parse(reply, context.catalogue).frame["value"].item()
    except EtlError as error:
        return [Finding(assumption, "unknown" if isinstance(error, OutageError) else "broken", str(error))]
    return [Finding(assumption, "held", f"{hits:g} hits"), *(_withdrawn(session, context, v) for v in WITHDRAWN)]


def _withdrawn(session: PoliteSession, context: Context, path: str) -> Finding:
    assumption = f"{path} is withdrawn"
    try:
        got = session.get(context.address() + path, (("size", "1"),))
    except NotOfferedError as error:
        return Finding(assumption, "held", str(error))
    except FetchError as error:
        held = "HTTP 403" in str(error)
        return Finding(assumption, "held" if held else "unknown", str(error))
    return Finding(assumption, "broken", f"answers with HTTP {got.status}; the newer version is still the one to ask")
