"""Structured logging: readable lines on a terminal, plain ``key=value`` lines in a log; never a secret."""

from __future__ import annotations

import logging
import re
import sys

import structlog

_USERINFO = re.compile(r"(https?://)[^/@\s]+@")


_SHORTEST_SECRET = 6  # shorter values would be found inside ordinary words
_secrets: set[str] = set()


def keep_secret(*values: str) -> None:
    """From now on ``redact`` takes these values (user names, passwords) out of every text."""
    _secrets.update(v for v in values if len(v) >= _SHORTEST_SECRET)


def redact(text: str) -> str:
    """The text without the account's values and without user names and passwords in any address."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _USERINFO.sub(r"\1***@", text)


def _redact_event(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {k: redact(v) if isinstance(v, str) else v for k, v in event.items()}


def set_up_logging(verbose: bool = False) -> None:
    """Log to standard error; debug lines only when asked for."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact_event,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
