"""The publishers. Each source says what to request and how to read a reply; nothing here writes the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from etl.catalogue import Catalogue
from etl.sources import eurostat, lsn
from etl.sources.base import Reply, Request, Tidy


@dataclass(frozen=True)
class SourceCode:
    """A publisher's two halves: ``requests`` (table, base address → requests) and ``parse`` (reply → tidy)."""

    requests: Callable[[str, str, Catalogue], list[Request]]
    parse: Callable[[Reply, Catalogue], Tidy]


SOURCES: dict[str, SourceCode] = {
    "lsn": SourceCode(lsn.requests, lsn.parse),
    "eurostat": SourceCode(eurostat.requests, eurostat.parse),
}
