"""A view as a file: its picture, or its figures as they are shown. The parameters are those of a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.addresses import FileKind, file_name
from dashboard.answers import Answer, BadRequestError, Question, answered
from dashboard.api_data import Endpoint, check_names, known_vintage
from dashboard.charting import made
from dashboard.exports.files import MEDIA_TYPES, File, view_file
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.store import Store
from dashboard.text import text
from dashboard.view import PARAMETERS, View, read

WIDTH_PARAMETER = "width"
WIDTHS = {"narrow": 400, "wide": 800}  # px of a picture: for a phone, for a page; the second is the default
MOST_SERIES = 80  # of one picture; nobody reads more, and drawing them would keep others waiting
AT_A_TIME = 2
MOST_WAITING = 24


def view_as(kind: FileKind) -> Endpoint:
    """The route of one kind of file."""

    async def endpoint(request: Request) -> Response:
        return await answered(request, lambda asked: _file(asked, kind), _drawing(), _waiting())

    return endpoint


def view_of(params: Mapping[str, str], metadata: Metadata) -> View:
    """The view that the parameters name.

    A page falls back with a note; a picture in someone's report must not silently become another one. Raises
    BadRequestError (400, or 404 for an unknown vintage) with what a page would note, in the language asked for.
    """
    check_names(params, PARAMETERS)
    known_vintage(params, metadata)
    view, notes = read(params, metadata)
    if notes:
        said = (text(view.lang, n.key if "." in n.key else f"notes.{n.key}", **dict(n.values)) for n in notes)
        raise BadRequestError("\n".join(said))
    series = len(view.indicators) * len(view.regions) * len(view.breakdowns)
    if series > MOST_SERIES:
        raise BadRequestError(text(view.lang, "api.too_many_series", most=MOST_SERIES))
    return view


def _file(asked: Question, kind: FileKind) -> Answer:
    params = dict(asked.params)
    width = params.pop(WIDTH_PARAMETER, "") or "wide"
    if width not in WIDTHS:
        raise BadRequestError(f"{WIDTH_PARAMETER}: there is no '{width[:60]}'. Known: {', '.join(WIDTHS)}")
    view = view_of(params, asked.metadata)
    return Answer(
        f"{view} {asked.origin} {width}",
        lambda: _made(asked.store, view, kind, asked.origin, WIDTHS[width]).body,
        MEDIA_TYPES[kind],
        lasting=view.vintage is not None,
        file=file_name(view, asked.metadata, kind),
    )


@lru_cache(maxsize=200)
def _made(store: Store, view: View, kind: FileKind, origin: str, width: int) -> File:
    metadata = read_metadata(store)
    return view_file(made(store, metadata, view, "light"), view, metadata, kind, origin, width)


@lru_cache(maxsize=1)
def _drawing() -> CapacityLimiter:
    """How many files are made at a time; a limiter can only be made while the server runs."""
    return CapacityLimiter(AT_A_TIME)


@lru_cache(maxsize=1)
def _waiting() -> CapacityLimiter:
    return CapacityLimiter(MOST_WAITING)
