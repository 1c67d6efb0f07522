"""The region's own figures: the sum of its eight districts, or a rate from their counts (DESIGN section 5)."""

from __future__ import annotations

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue
from etl.entries import Indicator
from etl.schema import EMPTY_STATUSES, OBSERVATION_COLUMNS, Observation

OWN_CALCULATION = "; eigene Berechnung (Summe der acht Kreise)"
OWN_RATE = "; eigene Berechnung (aus den Anzahlen der acht Kreise)"
ESTIMATED_RATE = "; eigene Berechnung (aus Anzahlen und gerundeten Quoten der acht Kreise zurückgerechnet)"
GROUP = ["indicator", "source", "table", "period", "breakdown"]
# what a sum inherits from its parts, the gravest first; every other status leaves the sum "ok"
INHERITED = ("unreliable", "limited", "break", "estimated", "provisional", "revised")


def with_region(frame: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Observations of all regions but the region's own → the same with the region's rows (id ``BSR``) added."""
    summed = [i.id for i in catalogue.indicators.values() if i.regional_sum]
    rates = [_rates(frame, i, catalogue.members) for i in catalogue.indicators.values() if i.region_rate]
    sums = _sums(frame.filter(pl.col("indicator").is_in(summed)), catalogue.members)
    return pl.concat([frame, *(Observation.cast(rows) for rows in (sums, *rates))])


def _sums(frame: pl.DataFrame, members: tuple[str, ...]) -> pl.DataFrame:
    """One row a period and breakdown: a full sum, or "at least" (status ``limited``) if a district is missing.

    "Nothing there" (``nil``) beside a figure of another district is 0 and makes no sum incomplete.
    """
    districts = frame.filter(pl.col("region").is_in(members))
    has_value = pl.col("value").is_not_null()
    grouped = districts.group_by(GROUP).agg(
        *_shared(),
        pl.col("value").sum().alias("value"),
        has_value.sum().alias("present"),
        (has_value | (pl.col("status") == "nil")).sum().alias("told"),
        *[(pl.col("status") == s).any().alias(f"any_{s}") for s in (*INHERITED, *EMPTY_STATUSES)],
    )
    none = pl.col("present") == 0
    # the gravest first: the first that fits names the sum's status
    rules = [
        (none & pl.col("any_pending"), "pending"),
        *((none & pl.col(f"any_{s}"), s) for s in EMPTY_STATUSES),
        (none, "unreliable"),
        (pl.col("told") < len(members), "limited"),
    ]
    status = pl.coalesce(*(pl.when(fits).then(pl.lit(name)) for fits, name in rules), _inherited())
    return grouped.with_columns(
        pl.lit(REGION_SUM).alias("region"),
        pl.when(none).then(None).otherwise(pl.col("value")).alias("value"),
        status.alias("status"),
        pl.col("attribution") + OWN_CALCULATION,
    ).select(OBSERVATION_COLUMNS)


def _rates(frame: pl.DataFrame, indicator: Indicator, members: tuple[str, ...]) -> pl.DataFrame:
    """The region's rate on the publisher's own denominators, which its rates and counts imply.

    Dividing two sums of another source or census base would give a rate that none of the districts' rates
    agrees with; a mean of the rates would be wrong. Made only where all eight have both.
    """
    rule = indicator.region_rate
    assert rule is not None
    rate = pl.col("count") / pl.col("base") * rule.per
    # a count that is itself only "at least" makes no rate
    usable = pl.col("value").is_not_null() & (pl.col("status") != "limited")
    in_districts = frame.filter(pl.col("region").is_in(members))
    counts = in_districts.filter(pl.col("indicator") == rule.numerator, usable)
    joined = (
        in_districts.filter(pl.col("indicator") == indicator.id, pl.col("value") > 0)
        .join(
            counts.select("source", "region", "period", "breakdown", pl.col("value").alias("count")),
            on=["source", "region", "period", "breakdown"],
        )
        .with_columns((pl.col("count") / pl.col("value") * rule.per).alias("base"))
    )
    return (
        joined.group_by(GROUP)
        .agg(
            *_shared(),
            pl.col("count").sum(),
            pl.col("base").sum(),
            pl.len().alias("present"),
            *[(pl.col("status") == s).any().alias(f"any_{s}") for s in INHERITED],
        )
        .filter(pl.col("present") == len(members))
        .with_columns(
            pl.lit(REGION_SUM).alias("region"),
            (rate.round(indicator.decimals) if rule.estimated else rate).alias("value"),
            _inherited("estimated" if rule.estimated else "ok").alias("status"),
            pl.col("attribution") + (ESTIMATED_RATE if rule.estimated else OWN_RATE),
        )
        .select(OBSERVATION_COLUMNS)
    )


def _inherited(otherwise: str = "ok") -> pl.Expr:
    return pl.coalesce(*(pl.when(pl.col(f"any_{s}")).then(pl.lit(s)) for s in INHERITED), pl.lit(otherwise))


def _shared() -> list[pl.Expr]:
    first = ["period_start", "period_end", "period_kind", "unit", "licence", "attribution"]
    return [*(pl.col(c).first() for c in first), pl.col("retrieved_at").max()]


def mark_unloaded_slices(frame: pl.DataFrame, members: tuple[str, ...]) -> pl.DataFrame:
    """``nil`` in every one of the eight districts is not zero but not loaded yet, hence ``pending``, where

    - no breakdown of the indicator's table has a figure for any of them in this period, or
    - more than half of them had a figure in the slice before: what most of them had does not vanish from all at once.

    Any other slice without a figure beside filled ones is what it says: nothing there.
    """
    nil = pl.col("value").is_null() & (pl.col("status") == "nil")
    slices = (
        frame.filter(pl.col("region").is_in(members))
        .group_by(*GROUP, "period_end")
        .agg(nil.all().alias("empty"), pl.col("value").count().alias("figures"))
    )
    if not slices["empty"].any():
        return frame
    series = [c for c in GROUP if c != "period"]
    before = pl.when(~pl.col("empty")).then("figures").forward_fill().shift().over(series, order_by="period_end")
    whole_period = pl.col("empty").all().over([c for c in GROUP if c != "breakdown"])
    unloaded = slices.filter(pl.col("empty") & (whole_period | (before > len(members) / 2))).select(GROUP)
    rows = frame.with_row_index("row").filter(nil).join(unloaded, on=GROUP, how="semi")["row"]
    pending = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(rows.implode())
    return frame.with_columns(pl.when(pending).then(pl.lit("pending")).otherwise(pl.col("status")).alias("status"))
