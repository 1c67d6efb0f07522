"""What is assumed of Eurostat's interface, asked of one cell of one table."""

from __future__ import annotations

import json
from typing import Any

from etl.errors import FetchError
from etl.http import PoliteSession
from etl.sources.base import Context, Finding

TABLE, INDICATOR = "demo_r_pjanind3", "MEDAGEPOP"
THERE = "the interface answers at the address of the catalogue"
SHAPE = "a reply is JSON-stat 2.0 with the dimensions that were asked for, and geo and time"
CODES = "the districts' NUTS codes of the catalogue are still the ones in use"
ONE_PERIOD = "lastTimePeriod=1 gives the newest period only"


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """The newest median age of the eight districts, one request."""
    nuts = [r.nuts for r in context.catalogue.regions if r.id in context.catalogue.members and r.nuts]
    url = f"{context.address()}/statistics/1.0/data/{TABLE}"
    params = (("format", "JSON"), ("lang", "EN"), ("indic_de", INDICATOR), ("lastTimePeriod", "1"))
    try:
        reply = session.get(url, (*params, *(("geo", code) for code in nuts)))
    except FetchError as error:
        return [Finding(THERE, "broken", str(error)), *_unknown("no reply came", SHAPE, CODES, ONE_PERIOD)]
    there = Finding(THERE, "held", f"{url}: {len(reply.body):,} bytes")
    sizes = _dimensions(reply.body)
    if not {"geo", "time", "indic_de"} <= sizes.keys():
        came = ", ".join(sizes) or reply.body[:80].decode("utf-8", errors="replace")
        return [
            there,
            Finding(SHAPE, "broken", f"came: {came}"),
            *_unknown("the reply cannot be read", CODES, ONE_PERIOD),
        ]
    missing = sorted(set(nuts) - set(sizes["geo"]))
    periods = sizes["time"]
    return [
        there,
        Finding(SHAPE, "held", ", ".join(sizes)),
        Finding(CODES, "broken" if missing else "held", f"missing: {missing}" if missing else f"{len(nuts)} districts"),
        Finding(ONE_PERIOD, "held" if len(periods) == 1 else "broken", f"came: {', '.join(periods)}"),
    ]


def _unknown(why: str, *assumptions: str) -> list[Finding]:
    return [Finding(a, "unknown", why) for a in assumptions]


def _dimensions(body: bytes) -> dict[str, list[str]]:
    """Dimension → its codes; empty if the reply is no JSON-stat."""
    try:
        found: Any = json.loads(body)
        return {name: list(about["category"]["index"]) for name, about in found["dimension"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}
