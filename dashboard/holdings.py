"""What the store holds of each source and indicator: how much, until when, fetched when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dashboard.metadata import Source
from dashboard.periods import shown_id
from dashboard.store import Store

State = Literal["current", "stale", "invented", "empty"]

_SOURCES = """
    SELECT source, count(value) AS figures, max(retrieved_at) AS retrieved,
           arg_max(period, period_end) FILTER (value IS NOT NULL) AS newest,
           arg_max(period_kind, period_end) FILTER (value IS NOT NULL) AS kind
    FROM observations
    WHERE CASE WHEN $vintage::VARCHAR IS NULL THEN known_until IS NULL
               ELSE known_from <= $vintage AND (known_until IS NULL OR known_until > $vintage) END
    GROUP BY source
"""
_INDICATORS = """
    SELECT o.indicator, o.source, r.level, count(*) AS figures,
           arg_max(o.period, o.period_end) AS newest, arg_max(o.period_kind, o.period_end) AS kind
    FROM observations o JOIN regions r ON r.id = o.region
    WHERE o.value IS NOT NULL
      AND CASE WHEN $vintage::VARCHAR IS NULL THEN o.known_until IS NULL
               ELSE o.known_from <= $vintage AND (o.known_until IS NULL OR o.known_until > $vintage) END
    GROUP BY o.indicator, o.source, r.level
    ORDER BY o.indicator, o.source
"""


@dataclass(frozen=True)
class SourceHolding:
    """The published figures of a source: their number, the newest period, the last retrieval (UTC)."""

    source: str
    figures: int
    newest: str | None
    retrieved: datetime


@dataclass(frozen=True)
class IndicatorHolding:
    """The figures of an indicator from one source; ``newest`` period by level of region."""

    indicator: str
    source: str
    figures: int
    newest: dict[str, str]


def source_holdings(store: Store, vintage: str | None) -> dict[str, SourceHolding]:
    """By source, in the state of a vintage; None is the current one."""
    return {
        row["source"]: SourceHolding(row["source"], row["figures"], _shown(row), row["retrieved"])
        for row in store.query(_SOURCES, {"vintage": vintage}).to_dicts()
    }


def indicator_holdings(store: Store, vintage: str | None) -> tuple[IndicatorHolding, ...]:
    """One for each indicator and source with a figure in the state of a vintage."""
    found: dict[tuple[str, str], IndicatorHolding] = {}
    for row in store.query(_INDICATORS, {"vintage": vintage}).to_dicts():
        key = (row["indicator"], row["source"])
        known = found.get(key, IndicatorHolding(*key, 0, {}))
        newest = known.newest | {row["level"]: _shown(row) or ""}
        found[key] = IndicatorHolding(*key, known.figures + row["figures"], newest)
    return tuple(found.values())


def state_of(source: Source, holding: SourceHolding | None, today: date) -> State:
    """Whether a source's figures are as recent as its rhythm promises: ``stale`` is an invitation to look."""
    if holding is None or not holding.figures:
        return "empty"
    if source.invented:
        return "invented"
    oldest = today - timedelta(days=source.stale_after_days)
    return "stale" if holding.retrieved.date() < oldest else "current"


def _shown(row: dict[str, str | None]) -> str | None:
    return shown_id(row["newest"], row["kind"] or "") if row["newest"] else None
