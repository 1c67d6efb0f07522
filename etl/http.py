"""One polite HTTP session for all sources: pace, retries, size and time limits, no surprises with redirects."""

from __future__ import annotations

import email.utils
import ipaddress
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import stamina
import structlog

from etl.entries import Source
from etl.errors import FetchError, NotOfferedError, OutageError
from etl.logs import redact

USER_AGENT = "arbeitsmigration-monitor-etl/0.1 (Monitor Arbeitsmigration, Region Braunschweig)"
CONNECT_SECONDS = 20
READ_SECONDS = 60
TOTAL_SECONDS = 600
ATTEMPTS = 5
LONGEST_WAIT = 60.0
RETRY_STATUS = frozenset({429, 500, 502, 503, 504})
TRANSIENT = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)

log = structlog.get_logger()


@dataclass(frozen=True)
class HttpReply:
    """A reply as it came; the body of a 304 is empty."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class TryLaterError(Exception):
    """The publisher asked to come back later, maybe saying when."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


Judge = Callable[[HttpReply], None]  # raises TryLaterError (ask again) or FetchError (give up)
Pairs = tuple[tuple[str, str], ...]


class PoliteSession:
    """Requests to one publisher: one at a time, with a gap, retried with a growing wait.

    Every method raises FetchError, which names the address and the next step: OutageError where the publisher is
    down or overloaded, NotOfferedError for a 404.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last_request = 0.0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.headers.update(source.headers)
        self._session.trust_env = False  # a .netrc must not add credentials

    def get(
        self,
        url: str,
        params: Pairs = (),
        validators: Mapping[str, str] | None = None,
        judge: Judge = lambda reply: None,
    ) -> HttpReply:
        """GET ``url``: a reply with status 200, or 304 where ``validators`` are given (conditional headers).

        ``judge`` looks at a reply with one of these two.
        """

        def accept(reply: HttpReply) -> None:
            self._accept_success(reply)
            judge(reply)

        return self._send("GET", url, accept, params=list(params), headers=dict(validators or {}))

    def post(
        self, url: str, form: Pairs, headers: Mapping[str, str], judge: Judge, read_seconds: float = READ_SECONDS
    ) -> HttpReply:
        """POST a form with extra headers (credentials): whatever came, if ``judge`` raises nothing about it.

        The publisher's own kind of refusal is in the body, whatever its status; so only ``judge`` can tell.
        ``read_seconds`` is how long the publisher may be silent over its work.
        """
        return self._send("POST", url, judge, read_seconds=read_seconds, data=list(form), headers=dict(headers))

    def _send(self, method: str, url: str, judge: Judge, **how: Any) -> HttpReply:  # noqa: ANN401
        check_address(url)
        shown = redact(url)
        wait = 0.5 if is_loopback(url) else self._source.wait_seconds
        longest = max(LONGEST_WAIT, 8 * wait)
        try:
            for attempt in stamina.retry_context(
                on=_when_to_retry, attempts=ATTEMPTS, timeout=TOTAL_SECONDS, wait_initial=wait, wait_max=longest
            ):
                with attempt:
                    self._keep_the_gap(url)
                    reply = self._once(method, url, **how)
                    if reply.status in RETRY_STATUS or reply.status in self._source.retry_statuses:
                        later = parse_retry_after(reply.headers.get("Retry-After"))
                        raise TryLaterError(f"HTTP {reply.status}", later)
                    judge(reply)
                    return reply
        except TryLaterError as error:
            raise OutageError(
                f"{self._source.id}: {shown} answered {error} {ATTEMPTS} times; the publisher is overloaded or being "
                "maintained, run again later"
            ) from error
        except TRANSIENT as error:
            raise OutageError(
                f"{self._source.id}: {shown} broke off {ATTEMPTS} times ({type(error).__name__}); check the network "
                "and the address, run again later"
            ) from error
        except requests.RequestException as error:
            # the error's own text may quote headers
            raise FetchError(
                f"{self._source.id}: {shown} cannot be asked ({type(error).__name__}); check its address and account"
            ) from error
        raise FetchError(f"{self._source.id}: {shown}: no attempt was made")  # pragma: no cover

    def _keep_the_gap(self, url: str) -> None:
        if not is_loopback(url):
            time.sleep(max(0.0, self._last_request + self._source.gap_seconds - time.monotonic()))
        self._last_request = time.monotonic()

    def _once(self, method: str, url: str, read_seconds: float = READ_SECONDS, **how: Any) -> HttpReply:  # noqa: ANN401
        with self._session.request(
            method, url, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, read_seconds), **how
        ) as reply:
            # read to its end even where only the status counts: the publisher is through with a request
            # before the next one comes, over the same connection
            body = self._read(reply)
            if reply.is_redirect:
                target = redact(reply.headers.get("Location", "?"))
                raise FetchError(
                    f"{self._source.id}: {redact(url)} redirects to {target}; redirects are not followed. If the "
                    "service has moved, set its new address in data/catalogue/sources.yaml"
                )
            return HttpReply(reply.status_code, reply.url, dict(reply.headers), body, datetime.now(UTC))

    def _accept_success(self, reply: HttpReply) -> None:
        shown = redact(reply.url)
        if reply.status == 404:
            raise NotOfferedError(
                f"{self._source.id}: {shown} answered HTTP 404, expected 200; check the table's name in the catalogue "
                "and the source's address"
            )
        if reply.status not in (200, 304):
            raise FetchError(
                f"{self._source.id}: {shown} answered HTTP {reply.status}, expected 200; check the table's "
                "name in the catalogue and the source's address"
            )

    def _read(self, reply: requests.Response) -> bytes:
        limit, begun = self._source.max_bytes, time.monotonic()
        parts, size = [], 0
        for part in reply.iter_content(1 << 16):
            size += len(part)
            if size > limit:
                raise FetchError(
                    f"{self._source.id}: {redact(reply.url)} sends more than {limit:,} bytes; expected less. Raise "
                    "max_bytes in data/catalogue/sources.yaml if that is right"
                )
            if time.monotonic() - begun > TOTAL_SECONDS:
                raise FetchError(f"{self._source.id}: {redact(reply.url)} took over {TOTAL_SECONDS} s; run again later")
            parts.append(part)
        return b"".join(parts)


def parse_retry_after(text: str | None) -> float | None:
    """Seconds of a Retry-After header (a number or a date), or None; never more than the longest wait."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


def is_loopback(url: str) -> bool:
    """Whether the address is this machine itself (a replay or a test, not a publisher)."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(url: str) -> None:
    """Raise FetchError unless the address is https, or plain http on this machine."""
    try:
        scheme, _ = urlsplit(url).scheme, urlsplit(url).port
    except ValueError as error:
        raise FetchError(f"{redact(url)}: is no address ({error}); mend ETL_BASE_URL_<SOURCE>") from error
    if scheme != "https" and not (scheme == "http" and is_loopback(url)):
        raise FetchError(f"{redact(url)}: only https is allowed outside this machine; mend ETL_BASE_URL_<SOURCE>")


def _when_to_retry(error: Exception) -> bool | float:
    if isinstance(error, TryLaterError):
        return True if error.retry_after is None else error.retry_after
    return isinstance(error, TRANSIENT)
