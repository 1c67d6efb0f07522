"""What Streamlit's server leaves out: security headers on every answer, and the rewritten shell of its pages."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.addresses import EMBED_PAGE
from dashboard.answers import FOR_A_YEAR, HOST
from dashboard.api_plain import INDEX
from dashboard.frame_ancestors import OWN_SITE, frame_ancestors
from dashboard.page import PATHS, ROUND_TABLE
from dashboard.shell import is_shell, rewritten

# Vega runs as an interpreter inside Streamlit, so no 'unsafe-eval'; Streamlit writes its styles at run time
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'{sockets}; worker-src 'self' blob:; frame-src 'self'; "
    "frame-ancestors {ancestors}; object-src 'none'; base-uri 'self'; form-action 'self'"
)
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
# nothing of a reader's device is needed; what is not named stays as the browser has it
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
# of requests for a page: an answer must come whole and uncompressed, because its text depends on the language
_DROPPED_REQUEST = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


# Streamlit's icon font is the largest file of a first visit; the pages show a few hundred of its 4,300 icons
_ICON_FONT = re.compile(r"/static/media/MaterialSymbols-Rounded\.[\w-]+\.woff2")
ICONS = Path(__file__).parent / "assets" / "icons.woff2"


class PageMiddleware:
    """Rewrites the HTML shell for the address's language, sends the small icon font and adds security headers to every
    answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.embedders = frame_ancestors()  # a wrong setting stops the start, not a reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        app = self.app
        if _ICON_FONT.search(scope.get("path", "")):
            app = FileResponse(ICONS, media_type="font/woff2", headers={"Cache-Control": FOR_A_YEAR})
        asks_page = scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", "")
        if asks_page and not is_plain(scope):
            scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k not in _DROPPED_REQUEST]}
        ancestors = self.embedders if is_plain(scope) or is_embedding(scope) else OWN_SITE
        await app(scope, receive, _Answer(scope, send, ancestors))


class _Answer:
    """Passes an answer on; an HTML one is held back until it is whole, then rewritten. A page that brings its own
    policy passes as it is."""

    def __init__(self, scope: Scope, send: Send, ancestors: str) -> None:
        self.send = send
        self.host = Headers(scope=scope).get("host", "")
        self.path = scope.get("path", "")
        self.query = scope.get("query_string", b"").decode("latin-1")
        self.ancestors = ancestors
        # what a page asks for next names its whole address, and there a meeting's file may stand with its notes
        self.is_meeting = self.path.rstrip("/").endswith(f"/{PATHS[ROUND_TABLE]}")
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer" if self.is_meeting else "strict-origin-when-cross-origin"
            headers["Permissions-Policy"] = _PERMISSIONS
            if "content-security-policy" in headers:
                await self.send(message)
                return
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self.start = message
                return
            headers["Content-Security-Policy"] = content_policy(b"", self.host, self.ancestors)
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page(self.start)
            return
        await self.send(message)

    async def _send_page(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        page = self.body
        if is_shell(page):
            page = rewritten(page, self.path, self.query)
            for stale in ("etag", "last-modified"):
                del headers[stale]
        headers["Content-Security-Policy"] = content_policy(page, self.host, self.ancestors)
        if page:  # the answer to HEAD has no body and keeps its length
            headers["content-length"] = str(len(page))
        await self.send({**start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": page})


def is_plain(scope: Scope) -> bool:
    """Whether the address is one of the plain pages, which are no shell to be rewritten."""
    return f"{INDEX}/" in f"{scope.get('path', '')}/"


def is_embedding(scope: Scope) -> bool:
    """Whether the address is the page of one chart alone."""
    return str(scope.get("path", "")).rstrip("/").endswith(EMBED_PAGE)


def content_policy(page: bytes, host: str = "", ancestors: str = OWN_SITE) -> str:
    """The content security policy of a page: own host only, and exactly the scripts written into it.

    ``host`` is named for web sockets as well: not every browser counts them to 'self'. ``ancestors`` are the sites
    that may show it in a frame.
    """
    hashes = (base64.b64encode(hashlib.sha256(s).digest()).decode() for s in _INLINE_SCRIPT.findall(page))
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return _POLICY.format(scripts="".join(f" 'sha256-{h}'" for h in hashes), sockets=sockets, ancestors=ancestors)
