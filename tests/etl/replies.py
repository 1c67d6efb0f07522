"""Small replies in the publishers' exact shape, written for the tests; the figures are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from etl.sources.base import Reply

WHEN = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)

# LSN's spelling of the eight districts with their GeoCodes, and two rows around them
EIGHT = {
    "Braunschweig, Stadt": "K03101",
    "Salzgitter, Stadt": "K03102",
    "Wolfsburg, Stadt": "K03103",
    "Gifhorn": "K03151",
    "Goslar": "K03153",
    "Helmstedt": "K03154",
    "Peine": "K03157",
    "Wolfenbüttel": "K03158",
}
BOM = "\ufeff"


def reply(source: str, table: str, text: str | bytes, name: str = "csv") -> Reply:
    """A stored reply as the parsers get it."""
    body = text if isinstance(text, bytes) else text.encode()
    return Reply(source, table, name, f"http://127.0.0.1/{table}", body, WHEN, sha256(body).hexdigest())


def foreigners(values: dict[str, list[object]], years: tuple[int, ...] = (2023, 2024), extra: str = "") -> str:
    """Table 1-2-1: one row per year and district, values by district name."""
    rows = [f'{y},"{n}",{EIGHT[n]},{v}' for n, column in values.items() for y, v in zip(years, column, strict=True)]
    return BOM + "Year,Gebietseinheit,GeoCode,Value\n" + "\n".join(rows) + "\n" + extra


def eight_times(first: int = 1000, growth: int = 10) -> dict[str, list[object]]:
    """Two years for every district: 1000/1010, 2000/2010, …"""
    return {name: [first * n, first * n + growth] for n, name in enumerate(EIGHT, start=1)}
