"""Where two sources carry one figure: the differences between them, reported and never refused."""

from __future__ import annotations

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue

AT = ["region", "period", "breakdown"]
SHOWN = 20  # differences a pair of sources quotes


def source_differences(candidate: pl.DataFrame, catalogue: Catalogue) -> list[str]:
    """English sentences on every pair of ``checks.equal_sources``: how many figures were compared, and each difference.

    Compared is where both have a figure of the same region, period and breakdown; the region's own sums are left out,
    their districts are compared. Of many differences the newest are quoted.
    """
    sentences: list[str] = []
    for indicator in catalogue.indicators.values():
        for pair in indicator.checks.equal_sources:
            rows = candidate.filter(
                pl.col("indicator") == indicator.id, pl.col("source").is_in(pair), pl.col("region") != REGION_SUM
            )
            sentences += _differences(indicator.id, rows.drop_nulls("value"), pair)
    return sentences


def _differences(indicator: str, rows: pl.DataFrame, pair: tuple[str, str]) -> list[str]:
    one, other = (rows.filter(pl.col("source") == source).select(*AT, "value") for source in pair)
    both = one.join(other, on=AT, suffix="_other")
    if both.is_empty():
        return []
    off = both.filter(pl.col("value") != pl.col("value_other")).sort(
        "period", "region", "breakdown", descending=[True, False, False]
    )
    said = f"{off.height:,} differ" if off.height else "all are equal"
    summary = f"{indicator}: {both.height:,} figures of {pair[0]} and {pair[1]} compared, {said}"
    quoted = [
        f"{indicator} {' '.join(filter(None, (region, period, breakdown)))}: "
        f"{pair[0]} has {value:,.10g}, {pair[1]} has {value_other:,.10g}"
        for region, period, breakdown, value, value_other in off.head(SHOWN).iter_rows()
    ]
    more = [f"{indicator}: and {off.height - SHOWN:,} more differences"] if off.height > SHOWN else []
    return [summary, *quoted, *more]
