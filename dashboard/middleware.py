"""What Streamlit's server leaves out: security headers on every answer, and the rewritten shell of its pages."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.shell import is_shell, rewritten

# Vega runs as an interpreter inside Streamlit, so no 'unsafe-eval'; Streamlit writes its styles at run time
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'{sockets}; worker-src 'self' blob:; frame-src 'self'; "
    "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
)
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
# a host as a browser sends it; anything else must not get into a header
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?|\[[0-9A-Fa-f:]+\](?::\d+)?")
# of requests for a page: an answer must come whole and uncompressed, because its text depends on the language
_DROPPED_REQUEST = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


class PageMiddleware:
    """Rewrites the HTML shell for the address's language and adds security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", ""):
            scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k not in _DROPPED_REQUEST]}
        await self.app(scope, receive, _Answer(scope, send))


class _Answer:
    """Passes an answer on; an HTML one is held back until it is whole, then rewritten."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.send = send
        self.host = Headers(scope=scope).get("host", "")
        self.path = scope.get("path", "")
        self.query = scope.get("query_string", b"").decode("latin-1")
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self.start = message
                return
            headers["Content-Security-Policy"] = content_policy(b"", self.host)
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page(self.start)
            return
        await self.send(message)

    async def _send_page(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        page = rewritten(self.body, self.path, self.query) if is_shell(self.body) else self.body
        headers["Content-Security-Policy"] = content_policy(page, self.host)
        for stale in ("etag", "last-modified"):
            del headers[stale]
        if page:  # the answer to HEAD has no body and keeps its length
            headers["content-length"] = str(len(page))
        await self.send({**start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": page})


def content_policy(page: bytes, host: str = "") -> str:
    """The content security policy of a page: own host only, and exactly the scripts written into it.

    ``host`` is named for web sockets as well: not every browser counts them to 'self'.
    """
    hashes = (base64.b64encode(hashlib.sha256(s).digest()).decode() for s in _INLINE_SCRIPT.findall(page))
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return _POLICY.format(scripts="".join(f" 'sha256-{h}'" for h in hashes), sockets=sockets)
