"""HTTP routes beside the pages: figures, pictures, plain pages and news for readers without the app."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard import api_chart, api_data, api_plain, feed, openapi
from dashboard.addresses import CHART_ROUTE, DATA_ROUTE, FILE_KINDS
from dashboard.api_data import Endpoint

OBSERVATIONS = f"{DATA_ROUTE}.csv"

_METHODS = ["GET", "HEAD"]
ROUTES = [
    *(Route(f"{DATA_ROUTE}.{kind}", api_data.observations_as(kind), methods=_METHODS) for kind in api_data.KINDS),
    Route(api_data.INDICATORS, api_data.indicators, methods=_METHODS),
    *(Route(f"{CHART_ROUTE}.{kind}", api_chart.view_as(kind), methods=_METHODS) for kind in FILE_KINDS),
    Route(openapi.PATH, openapi.description, methods=_METHODS),
    Route(feed.PATH, feed.revisions, methods=_METHODS),
    Route(api_plain.INDEX, api_plain.index, methods=_METHODS),
    Route(api_plain.INDICATOR, api_plain.indicator, methods=_METHODS),
    Route(api_data.HEALTH, api_data.data_health, methods=_METHODS),
]


def routes_under(folder: str) -> Sequence[BaseRoute]:
    """The routes below the folder that the server is reached under (``server.baseUrlPath``), and as they are.

    They are no mount: it would answer for the pages in the same folder too.
    """
    name = folder.strip("/")
    if not name:
        return ROUTES
    beneath = [Route(f"/{name}{r.path}", _beneath(r.endpoint, f"/{name}"), methods=_METHODS) for r in ROUTES]
    return [*beneath, *ROUTES]


def _beneath(endpoint: Endpoint, folder: str) -> Endpoint:
    """The endpoint that knows its folder, for the links that it writes."""

    async def answer(request: Request) -> Response:
        request.scope["root_path"] = folder
        return await endpoint(request)

    return answer
