"""What all HTTP routes share: reading the question, caching, errors.

A store never changes under its name, so the file's name, the question and the program make the answer: that is its
ETag. An answer of a named vintage may be kept for a year, any other one must be asked for again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anyio import CapacityLimiter, WouldBlock, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.store import NoStoreError, Store, current_store

FOR_A_YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
ADDRESS_SETTING = "MONITOR_ADDRESS"
# a host as a browser sends it; anything else must not get into an answer or a header
HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?|\[[0-9A-Fa-f:]+\](?::\d+)?")
_ADDRESS = re.compile(rf"https?://(?:{HOST.pattern})(?:/[A-Za-z0-9._~/-]*)?")


class BadRequestError(ValueError):
    """A question that cannot be answered; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Question:
    """What is asked of a route: the store, the parameters, those of the path, and where the monitor is. ``origin`` is
    scheme, host and folder as readers reach it, empty where nothing sane tells; ``folder`` is the last of them."""

    store: Store
    metadata: Metadata
    params: Mapping[str, str]
    path: Mapping[str, str]
    origin: str
    folder: str


@dataclass(frozen=True)
class Answer:
    """What a route will say. ``about`` names everything that the body depends on beside the store and the program;
    ``body`` makes it, and is not called for a reader who has it already. ``file`` is the name it is saved under,
    ``policy`` the page's own content security policy."""

    about: str
    body: Callable[[], bytes]
    media_type: str
    lasting: bool = False
    file: str | None = None
    policy: str | None = None
    status: int = 200


async def answered(
    request: Request,
    answer: Callable[[Question], Answer],
    limiter: CapacityLimiter | None = None,
    waiting: CapacityLimiter | None = None,
) -> Response:
    """The response to a request, worked out in a thread. ``limiter`` bounds how many bodies are made at a time,
    ``waiting`` how many requests may wait for that; beyond them the answer is 503 with the time to come back."""
    held = object()
    if waiting is not None:
        try:
            waiting.acquire_on_behalf_of_nowait(held)
        except WouldBlock:
            return PlainTextResponse("Too many requests at once.\n", 503, {"Retry-After": "5"})
    try:
        return await to_thread.run_sync(_respond, request, answer, limiter=limiter)
    finally:
        if waiting is not None:
            waiting.release_on_behalf_of(held)


def _respond(request: Request, answer: Callable[[Question], Answer]) -> Response:
    try:
        store = current_store()
        folder = str(request.scope.get("root_path", ""))
        asked = Question(
            store,
            read_metadata(store),
            dict(request.query_params),
            request.path_params,
            origin_from(request.url.scheme, request.headers.get("host", ""), folder),
            folder,
        )
        found = answer(asked)
        tag = tag_of(store, request.scope["path"], found.about)
        headers = {"ETag": tag, "Cache-Control": FOR_A_YEAR if found.lasting else ASK_AGAIN}
        headers["Access-Control-Allow-Origin"] = "*"  # published figures, the same for everybody
        if _is_known(tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        if found.file:
            headers["Content-Disposition"] = f'attachment; filename="{found.file}"'
        if found.policy:
            headers["Content-Security-Policy"] = found.policy
        return Response(found.body(), found.status, headers, found.media_type)
    except NoStoreError:
        return PlainTextResponse("There is no published data.\n", 503, {"Cache-Control": "no-store"})
    except BadRequestError as error:
        headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
        return PlainTextResponse(f"{error}\n", error.status, headers)


def tag_of(store: Store, path: str, about: str) -> str:
    """A strong ETag of 128 bits."""
    told = "\n".join((_program(), store.path.name, path, about))
    return '"' + hashlib.sha256(told.encode()).hexdigest()[:32] + '"'


def origin_from(scheme: str, host: str, folder: str) -> str:
    """Scheme, host and folder under which readers reach the monitor: as set, or as their request names them.

    Raises ValueError if ``MONITOR_ADDRESS`` is set to something that is no address.
    """
    wanted = os.environ.get(ADDRESS_SETTING, "").strip().rstrip("/")
    if wanted:
        if not _ADDRESS.fullmatch(wanted):
            raise ValueError(
                f"{ADDRESS_SETTING}: '{wanted}' is no address. Expected such as https://monitor.example.org"
            )
        return wanted
    return f"{scheme}://{host}{folder}" if scheme in ("http", "https") and HOST.fullmatch(host) else ""


def _is_known(tag: str, known_tags: str | None) -> bool:
    """Whether a reader has the answer already; a proxy that compresses makes the tag a weak one."""
    return bool(known_tags) and tag in (t.strip().removeprefix("W/") for t in (known_tags or "").split(","))


@cache
def _program() -> str:
    """Tells one state of the program from another: a new release may draw the same figures otherwise."""
    folder = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".yaml")):
        found.update(path.read_bytes())
    return found.hexdigest()
