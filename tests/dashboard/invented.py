"""Views, frames and indicators that the small store does not hold, made up for one test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboard.metadata import Break, Dimension, Indicator, Label, Metadata, Rounding, Unit
from dashboard.periods import Period, days_of

Values = Mapping[str, float | None]
FIVES = Rounding(5, 1, 2000, Label("gerundet", "rounded"))


def label(said: str) -> Label:
    return Label(said, said)


def break_at(day: str) -> Break:
    return Break("lsn", date.fromisoformat(day), label("Grund"))


def having(metadata: Metadata, *indicators: Indicator) -> Metadata:
    """The metadata with further indicators, units and words."""
    dimensions = {
        "direction": {"in": "Zuzüge", "out": "Fortzüge", "net": "Saldo"},
        "nationality": {"german": "Deutsche", "foreign": "Ausländerinnen und Ausländer"},
        "age": {"y0_17": "unter 18 Jahre"},
        "qualification": {
            "academic": "akademisch",
            "vocational": "mit Berufsabschluss",
            "unknown": "Berufsabschluss unbekannt",
        },
    }
    return replace(
        metadata,
        indicators=metadata.indicators | {i.id: i for i in indicators},
        units=metadata.units
        | {
            "years": Unit("years", label("Jahre"), label("Jahre")),
            "per_1000": Unit("per_1000", label("je 1.000"), label("je 1.000")),
        },
        dimensions=metadata.dimensions
        | {
            dim: Dimension(
                label(dim), label("x"), {k: label(v) for k, v in values.items()}, {}, residual=frozenset({"unknown"})
            )
            for dim, values in dimensions.items()
        },
    )


def indicator(metadata: Metadata, identity: str, **changes: Any) -> Indicator:
    """A count of persons on 31 December, without breaks or rounding, unless said otherwise."""
    plain = metadata.indicators["population"]
    return replace(plain, id=identity, title=label(f"Titel {identity}"), **({"breaks": ()} | changes))


def frame(series: Mapping[tuple[str, str, str], Values], kind: str = "reference_date") -> pl.DataFrame:
    """Figures by (indicator, region, breakdown) and period, as ``view_figures`` gives them."""
    rows = []
    for (identity, region, breakdown), values in series.items():
        for period, value in values.items():
            days = days_of(period)
            assert days
            rows.append(
                {"indicator": identity, "region": region, "breakdown": breakdown, "source": "lsn", "table": "1-1"}
                | {"period": period, "period_end": days[1], "period_kind": kind, "value": value, "counted": value}
                | {"status": "pending" if value is None else "ok", "retrieved_at": datetime(2026, 1, 1)}
                | {
                    "attribution": "Amt lsn; Register",
                    "total_table": None,
                    "total_retrieved": None,
                    "passed_over": None,
                    "revised_by": None,
                }
            )
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "total_retrieved": pl.Datetime("us")})


def periods(*texts: str, kind: str = "reference_date") -> tuple[Period, ...]:
    found = ((text, days_of(text)) for text in texts)
    return tuple(Period(days[1], days[0], text, kind) for text, days in found if days)
