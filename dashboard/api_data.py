"""The figures for programs: observations, what there is, and the data's health for a monitor."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date
from typing import Any, get_args

import orjson
import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.addresses import DataKind
from dashboard.answers import Answer, BadRequestError, Question, answered
from dashboard.data_description import described
from dashboard.exports.csv import machine_csv
from dashboard.exports.files import MEDIA_TYPES
from dashboard.exports.json import observations_json
from dashboard.exports.xlsx import observations_xlsx
from dashboard.links import upgraded
from dashboard.metadata import Metadata
from dashboard.periods import days_of
from dashboard.queries import Selection, observations
from dashboard.store import NoStoreError, current_store
from dashboard.view import PARAMETERS, TOTAL, language_of, listed

INDICATORS = "/data/v1/indicators.json"
HEALTH = "/healthz/data"
KINDS: tuple[DataKind, ...] = get_args(DataKind)
MOST_ROWS = 100_000  # of a workbook or JSON, which are made in memory; CSV has all

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def observations_as(kind: DataKind) -> Endpoint:
    """The route of the observations that ``i, r, b, from, to, v`` select, as published; a parameter that is left out
    selects everything."""

    async def endpoint(request: Request) -> Response:
        return await answered(request, lambda asked: _observations(asked, kind))

    return endpoint


async def indicators(request: Request) -> Response:
    """Every indicator with its breakdowns, regions, periods and sources, in both languages."""
    return await answered(request, _indicators)


async def data_health(request: Request) -> Response:
    """Vintage, newest retrieval and number of current figures; 503 without a usable store."""
    return await run_in_threadpool(_health)


def selection_of(params: Mapping[str, str], metadata: Metadata) -> Selection:
    """The selection that the parameters name.

    What a page's address says beside them (chart, events, language) changes nothing here. Raises BadRequestError (400
    for an unknown parameter, id or period, 404 for an unknown vintage) with what was expected.
    """
    _check_names(params)
    params, note = upgraded(params, metadata)
    if note:
        raise BadRequestError("link: there is no such version of the link's form.")
    indicators = _known(params, "i", list(metadata.indicators), "indicator")
    regions = _known(params, "r", list(metadata.regions), "region")
    chosen = [metadata.indicators[i] for i in indicators or metadata.indicators]
    written = {**params, "b": ",".join(_canonical(b) for b in listed(params, "b"))}
    breakdowns = _known(written, "b", [*dict.fromkeys(b or TOTAL for i in chosen for b in i.breakdowns)], "breakdown")
    days = {key: _days(params, key) for key in ("from", "to")}
    return Selection(
        indicators=indicators,
        regions=regions,
        breakdowns=None if breakdowns is None else tuple("" if b == TOTAL else b for b in breakdowns),
        first=days["from"][0] if days["from"] else None,
        last=days["to"][1] if days["to"] else None,
        vintage=known_vintage(params, metadata),
    )


def known_vintage(params: Mapping[str, str], metadata: Metadata) -> str | None:
    """The vintage that is asked for. Raises BadRequestError (404) if there is none of that name."""
    vintage = params.get("v", "").strip() or None
    if vintage is not None and vintage not in metadata.vintages:
        raise BadRequestError(f"v: there is no vintage '{vintage[:60]}'. Known: {', '.join(metadata.vintages)}", 404)
    return vintage


def _observations(asked: Question, kind: DataKind) -> Answer:
    selection = selection_of(asked.params, asked.metadata)
    lang = language_of(asked.params)

    def body() -> bytes:
        found = observations(asked.store, selection)
        if selection.vintage:  # may be kept for a year: it must not tell what came later
            found = found.with_columns(pl.lit(None, pl.String).alias("known_until"))
        if kind == "csv":
            return machine_csv(found)
        if found.height > MOST_ROWS:
            raise BadRequestError(
                f"These are {found.height} observations; as {kind} there are at most {MOST_ROWS}. "
                "Select fewer with i, r, b, from, to, or take the CSV."
            )
        if kind == "xlsx":
            return observations_xlsx(found, asked.metadata, lang, selection.vintage)
        vintage = selection.vintage or asked.metadata.current
        return observations_json(found, {"vintage": vintage, "described": f"{asked.origin}{INDICATORS}"})

    about = f"{selection} {lang} {asked.origin}"
    return Answer(about, body, MEDIA_TYPES[kind], lasting=selection.vintage is not None, file=f"observations.{kind}")


def _indicators(asked: Question) -> Answer:
    for name in asked.params:
        raise BadRequestError(f"There is no parameter '{name[:60]}'. Known: none")
    return Answer("", lambda: orjson.dumps(described(asked.metadata, asked.origin)), MEDIA_TYPES["json"])


def _health() -> Response:
    headers = {"Cache-Control": "no-store"}
    try:
        store = current_store()
    except NoStoreError as error:
        return JSONResponse({"ok": False, "error": type(error).__name__}, 503, headers)
    row = store.query(
        "SELECT (SELECT vintage FROM store) AS vintage, max(retrieved_at) AS newest, count(*) AS figures "
        "FROM observations WHERE known_until IS NULL"
    ).row(0, named=True)
    newest = row["newest"]
    answer = {
        "ok": row["figures"] > 0,
        "vintage": row["vintage"],
        "newest_retrieval": f"{newest:%Y-%m-%dT%H:%M:%SZ}" if newest else None,
        "rows": row["figures"],
    }
    return JSONResponse(answer, 200 if answer["ok"] else 503, headers)


def _known(params: Mapping[str, str], key: str, known: Sequence[str], name: str) -> tuple[str, ...] | None:
    """The comma list under a key; None if it is not given."""
    wanted = listed(params, key)
    if not wanted:
        return None
    for value in wanted:
        if value not in known:
            shown = ", ".join(known) if len(known) <= 60 else f"{', '.join(known[:60])}, …"
            raise BadRequestError(f"{key}: there is no {name} '{value[:60]}'. Known: {shown}")
    return tuple(wanted)


def _check_names(params: Mapping[str, str]) -> None:
    """Refuses what would otherwise be ignored, so that nobody takes an answer for another one."""
    check_names(params, PARAMETERS)
    if params.get("as", "").strip() not in ("", "number"):
        raise BadRequestError("as: these are the observations as published; only 'number' can be asked for.")


def check_names(params: Mapping[str, str], known: Sequence[str]) -> None:
    """Raises BadRequestError for a parameter that the route does not know."""
    for name in params:
        if name not in known:
            raise BadRequestError(f"There is no parameter '{name[:60]}'. Known: {', '.join(known)}")


def _canonical(breakdown: str) -> str:
    """A breakdown with its pairs sorted; the empty one is written ``total``."""
    return ";".join(sorted(part.strip() for part in breakdown.split(";") if part.strip())) or TOTAL


def _days(params: Mapping[str, str], key: str) -> tuple[date, date] | None:
    value = params.get(key)
    if not value:
        return None
    days = days_of(value)
    if days is None:
        raise BadRequestError(f"{key}: '{value[:60]}' is no period. Expected 2024, 2024-Q2, 2024-06 or 2024-06-30.")
    return days
