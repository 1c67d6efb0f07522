"""LSN, Integrationsmonitoring Niedersachsen: one CSV file an indicator (SOURCES section 4.1)."""

from __future__ import annotations

from etl.sources.base import Context, Part, Request
from etl.sources.lsn.parse import parse

__all__ = ["parse", "parts"]


def parts(table: str, context: Context) -> list[Part]:
    """The one file that holds the table, e.g. ``1-2-1``."""
    return [Part((Request(f"{context.address()}/data/indicator_{table}.csv", name="csv"),))]
