"""What every source shares: the requests it needs, the replies it gets, the tidy frame it makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import polars as pl

from etl.catalogue import Catalogue
from etl.entries import Source

BY_HAND = "import"  # name of a reply that nobody was asked for: a file that came by hand


@dataclass(frozen=True)
class Request:
    """One HTTP request that can fill a part of a table: a GET, or a POST if it has a ``form``.

    ``name`` tells the stored replies of a table apart. Credentials are never part of a request.
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    name: str = "data"
    form: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Part:
    """One piece of a table (all of it, a region, a year): ``alternatives`` that can fill it, best first.

    A part that may be missing (``optional``: a year that may not be out yet) is passed over if the publisher
    does not offer it; any other failure of a part fails its table. With ``only_if_absent`` the next alternative is
    asked only where the publisher does not offer the one before: a lesser way, which must not stand in on a bad day.
    """

    alternatives: tuple[Request, ...]
    optional: bool = False
    only_if_absent: bool = False


@dataclass(frozen=True)
class Credentials:
    """An account at a publisher; its values are kept out of every printed form."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Context:
    """What a source's code may know besides the table: its entry, the catalogue, addresses, account, today."""

    source: Source
    catalogue: Catalogue
    credentials: Credentials | None
    today: date
    override: str | None = None  # ETL_BASE_URL_<SOURCE>

    def address(self, service: str = "") -> str:
        """The address of one of the source's services without a trailing slash; an override stands for all of them."""
        own = self.source.services[service] if service else self.source.address
        return (self.override or own).rstrip("/")


@dataclass(frozen=True)
class Reply:
    """One reply as it lies in the raw store."""

    source: str
    table: str
    name: str
    url: str
    body: bytes
    retrieved_at: datetime
    sha256: str


@dataclass(frozen=True)
class AppliedCorrection:
    """A correction of the catalogue and how many rows it touched."""

    id: str
    rows: int


@dataclass(frozen=True)
class Tidy:
    """A table as its publisher means it, still in the publisher's own labels.

    ``frame`` holds the table's dimension columns (strings), ``region`` (id of the catalogue),
    ``time`` (as published), ``value`` (Float64, null where nothing is published) and ``status``.
    ``notes`` are English sentences on what was survived and must be reported. A ``partial`` table holds
    some periods only: what is published of other periods stays.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    corrections: tuple[AppliedCorrection, ...] = ()
    partial: bool = False


@dataclass(frozen=True)
class Finding:
    """What a probe found of one assumption about a publisher: ``held``, ``broken``, or ``unknown``."""

    assumption: str
    state: Literal["held", "broken", "unknown"]
    detail: str


Fetcher = Callable[[str, Request], Reply]  # (table, request) → the stored reply; raises FetchError
