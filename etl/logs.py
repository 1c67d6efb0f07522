"""Structured logging: readable lines on a terminal, plain ``key=value`` lines in a log; never a secret."""

from __future__ import annotations

import logging
import re
import sys

import structlog

_USERINFO = re.compile(r"(https?://)[^/@\s]+@")


def redact(text: str) -> str:
    """The text with user names and passwords taken out of any address in it."""
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
