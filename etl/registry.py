"""The registry of publishers: which code asks each source and reads its replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from etl.catalogue import Catalogue
from etl.http import PoliteSession
from etl.raw import RawStore
from etl.sources import eurostat, lsn
from etl.sources.base import Context, Fetcher, Finding, Part, Reply, Tidy


@dataclass(frozen=True)
class SourceCode:
    """A publisher's halves: ``parts`` (table → what to request) and ``parse`` (reply → tidy).

    ``parts`` gives nothing where the source cannot be asked without an account. ``fetcher`` is for publishers that
    need more than one plain GET (login, jobs, a search page); ``probe`` makes the smallest live request and tells
    which assumptions about the publisher hold.
    """

    parts: Callable[[str, Context], list[Part]]
    parse: Callable[[Reply, Catalogue], Tidy]
    fetcher: Callable[[RawStore, PoliteSession, Context], Fetcher] | None = None
    probe: Callable[[PoliteSession, Context], list[Finding]] | None = None


SOURCES: dict[str, SourceCode] = {
    "lsn": SourceCode(lsn.parts, lsn.parse),
    "eurostat": SourceCode(eurostat.parts, eurostat.parse),
}
