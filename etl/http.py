"""One polite HTTP session for all sources: pace, retries, size and time limits, no surprises with redirects."""

from __future__ import annotations

import email.utils
import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
import stamina
import structlog

from etl.entries import Source
from etl.errors import FetchError
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
    """A reply with status 200 or 304; the body of a 304 is empty."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class _TryLaterError(Exception):
    """The publisher asked to come back later, maybe saying when."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.retry_after = retry_after


class PoliteSession:
    """Requests to one publisher: one at a time, with a gap, retried with a growing wait.

    ``get`` raises FetchError, which names the address and the next step.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last_request = 0.0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT

    def get(
        self, url: str, params: tuple[tuple[str, str], ...] = (), validators: Mapping[str, str] | None = None
    ) -> HttpReply:
        """GET ``url``; ``validators`` are conditional headers, which make a 304 possible."""
        check_address(url)
        shown = redact(url)
        try:
            for attempt in stamina.retry_context(
                on=_when_to_retry, attempts=ATTEMPTS, timeout=TOTAL_SECONDS, wait_initial=0.5, wait_max=LONGEST_WAIT
            ):
                with attempt:
                    self._keep_the_gap(url)
                    return self._once(url, params, validators or {})
        except _TryLaterError as error:
            raise FetchError(
                f"{self._source.id}: {shown} answered {error} {ATTEMPTS} times; the publisher is overloaded or being "
                "maintained, run again later"
            ) from error
        except TRANSIENT as error:
            raise FetchError(
                f"{self._source.id}: {shown} broke off {ATTEMPTS} times ({type(error).__name__}); check the network "
                "and the address, run again later"
            ) from error
        except requests.RequestException as error:
            raise FetchError(f"{self._source.id}: {shown} cannot be asked: {error}; check the address") from error
        raise FetchError(f"{self._source.id}: {shown}: no attempt was made")  # pragma: no cover

    def _keep_the_gap(self, url: str) -> None:
        if not is_loopback(url):
            time.sleep(max(0.0, self._last_request + self._source.gap_seconds - time.monotonic()))
        self._last_request = time.monotonic()

    def _once(self, url: str, params: tuple[tuple[str, str], ...], validators: Mapping[str, str]) -> HttpReply:
        with self._session.get(
            url,
            params=list(params),
            headers=dict(validators),
            stream=True,
            allow_redirects=False,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
        ) as reply:
            shown = redact(url)
            # read to its end even where only the status counts: the publisher is through with a request
            # before the next one comes, over the same connection
            body = self._read(reply)
            if reply.status_code in RETRY_STATUS:
                raise _TryLaterError(reply.status_code, parse_retry_after(reply.headers.get("Retry-After")))
            if reply.is_redirect:
                target = redact(reply.headers.get("Location", "?"))
                raise FetchError(
                    f"{self._source.id}: {shown} redirects to {target}; redirects are not followed. If the service "
                    "has moved, set its new address in data/catalogue/sources.yaml"
                )
            if reply.status_code not in (200, 304):
                raise FetchError(
                    f"{self._source.id}: {shown} answered HTTP {reply.status_code}, expected 200; check the table's "
                    "name in the catalogue and the source's address"
                )
            return HttpReply(reply.status_code, reply.url, dict(reply.headers), body, datetime.now(UTC))

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
    if isinstance(error, _TryLaterError):
        return True if error.retry_after is None else error.retry_after
    return isinstance(error, TRANSIENT)
