"""LSN, Integrationsmonitoring Niedersachsen: one CSV file an indicator (SOURCES section 4.1)."""

from __future__ import annotations

from etl.catalogue import Catalogue
from etl.sources.base import Request
from etl.sources.lsn.parse import parse

__all__ = ["parse", "requests"]


def requests(table: str, base_url: str, catalogue: Catalogue) -> list[Request]:
    """The one file that holds the table, e.g. ``1-2-1``."""
    return [Request(f"{base_url}/data/indicator_{table}.csv", name="csv")]
