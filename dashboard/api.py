"""HTTP routes beside the pages: observations for machines, and the data's health for a monitor."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.exports.csv import machine_csv
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.periods import days_of
from dashboard.queries import Selection, observations
from dashboard.store import NoStoreError, current_store
from dashboard.view import PARAMETERS, TOTAL, listed

OBSERVATIONS = "/data/v1/observations.csv"
HEALTH = "/healthz/data"


class BadRequestError(ValueError):
    """A parameter that cannot be answered; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


async def observations_csv(request: Request) -> Response:
    """The observations that ``i, r, b, from, to, v`` select; a parameter that is left out selects everything."""
    return await run_in_threadpool(_observations, dict(request.query_params), request.headers.get("if-none-match"))


async def data_health(request: Request) -> Response:
    """Vintage, newest retrieval and number of current figures; 503 without a usable store."""
    return await run_in_threadpool(_health)


ROUTES = [
    Route(OBSERVATIONS, observations_csv, methods=["GET", "HEAD"]),
    Route(HEALTH, data_health, methods=["GET", "HEAD"]),
]


def selection_of(params: Mapping[str, str], metadata: Metadata) -> Selection:
    """The selection that the parameters name.

    ``chart`` and ``lang`` of a page's address change nothing here. Raises BadRequestError (400 for an unknown
    parameter, id or period, 404 for an unknown vintage) with what was expected.
    """
    _check_names(params)
    indicators = _known(params, "i", list(metadata.indicators), "indicator")
    regions = _known(params, "r", list(metadata.regions), "region")
    chosen = [metadata.indicators[i] for i in indicators or metadata.indicators]
    written = {**params, "b": ",".join(_canonical(b) for b in listed(params, "b"))}
    breakdowns = _known(written, "b", [*dict.fromkeys(b or TOTAL for i in chosen for b in i.breakdowns)], "breakdown")
    vintage = params.get("v") or None
    if vintage is not None and vintage not in metadata.vintages:
        raise BadRequestError(f"v: there is no vintage '{vintage}'. Known: {', '.join(metadata.vintages)}", 404)
    days = {key: _days(params, key) for key in ("from", "to")}
    return Selection(
        indicators=indicators,
        regions=regions,
        breakdowns=None if breakdowns is None else tuple("" if b == TOTAL else b for b in breakdowns),
        first=days["from"][0] if days["from"] else None,
        last=days["to"][1] if days["to"] else None,
        vintage=vintage,
    )


def _observations(params: Mapping[str, str], known_tag: str | None) -> Response:
    try:
        store = current_store()
        selection = selection_of(params, read_metadata(store))
    except NoStoreError:
        return PlainTextResponse("There is no published data.\n", 503)
    except BadRequestError as error:
        return PlainTextResponse(f"{error}\n", error.status)
    # a store never changes under its name, so name and question make the answer
    tag = '"' + hashlib.sha256(f"{store.path.name} {selection}".encode()).hexdigest()[:32] + '"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if known_tag and tag in (t.strip().removeprefix("W/") for t in known_tag.split(",")):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'attachment; filename="observations.csv"'
    body = machine_csv(observations(store, selection))
    return Response(body, media_type="text/csv; charset=utf-8; header=present", headers=headers)


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
    for name in params:
        if name not in PARAMETERS:
            raise BadRequestError(f"There is no parameter '{name[:60]}'. Known: {', '.join(PARAMETERS)}")
    if params.get("as", "").strip() not in ("", "number"):
        raise BadRequestError("as: these are the observations as published; only 'number' can be asked for.")


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
