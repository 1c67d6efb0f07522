"""What every source shares: the requests it needs, the replies it gets, the tidy frame it makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

TIDY_COLUMNS = ("region", "time", "value", "status")


@dataclass(frozen=True)
class Request:
    """One HTTP GET that can fill a table; several requests of a table are alternatives, best first."""

    url: str
    params: tuple[tuple[str, str], ...] = ()
    name: str = "data"


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
    ``notes`` are English sentences on what was survived and must be reported.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    corrections: tuple[AppliedCorrection, ...] = ()
