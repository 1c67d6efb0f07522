"""What a new state of the figures changes against the published one."""

from __future__ import annotations

import polars as pl

from etl.catalogue import RevisionLimits
from etl.schema import KEY

FIGURE = ["value", "status", "unit"]  # what makes a figure another figure; labels and addresses do not


def changes(published: pl.DataFrame, candidate: pl.DataFrame) -> pl.DataFrame:
    """One row per key that is in either state: ``change`` (new, revised, withdrawn, unchanged), old and new figure."""
    old = published.select(*KEY, *[pl.col(c).alias(f"old_{c}") for c in FIGURE], pl.lit(True).alias("was"))
    new = candidate.select(*KEY, *[pl.col(c).alias(f"new_{c}") for c in FIGURE], pl.lit(True).alias("comes"))
    same = pl.all_horizontal(pl.col(f"old_{c}").eq_missing(pl.col(f"new_{c}")) for c in FIGURE)
    change = (
        pl.when(pl.col("was").is_null()).then(pl.lit("new"))
        .when(pl.col("comes").is_null()).then(pl.lit("withdrawn"))
        .when(same).then(pl.lit("unchanged")).otherwise(pl.lit("revised"))
    )  # fmt: skip
    joined = old.join(new, on=KEY, how="full", coalesce=True)
    return joined.with_columns(change.alias("change")).drop("was", "comes").sort(KEY)


def counts(changed: pl.DataFrame) -> dict[str, int]:
    """How many figures are new, revised and withdrawn."""
    found = dict(changed.group_by("change").len().iter_rows())
    return {kind: found.get(kind, 0) for kind in ("new", "revised", "withdrawn")}


def too_large(changed: pl.DataFrame, limits: RevisionLimits) -> list[str]:
    """One sentence per indicator whose revision is too large to be published without a look."""
    difference = (pl.col("new_value") - pl.col("old_value")).abs()
    large = (difference > limits.large_change * pl.col("old_value").abs()) & (difference > limits.ignore_below)
    lost = pl.col("old_value").is_not_null() & pl.col("new_value").is_null()
    had = pl.col("old_value").is_not_null()
    table = (
        changed.group_by("indicator", "source")
        .agg(
            had.sum().alias("had"),
            (had & pl.col("new_value").is_not_null()).sum().alias("common"),
            large.sum().alias("large"),
            lost.sum().alias("lost"),
            (100 * (pl.col("new_value") / pl.col("old_value") - 1)).filter(large).median().alias("median"),
            (pl.col("region") + " " + pl.col("period")).filter(large | lost).head(3).alias("rows"),
        )
        .sort("indicator", "source")
    )
    sentences = []
    for row in table.iter_rows(named=True):
        who, rows = f"{row['indicator']} ({row['source']})", ", ".join(row["rows"])
        if row["large"] > limits.share_of_figures * row["common"]:
            sentences.append(
                f"{who}: {row['large']:,} of {row['common']:,} figures change by more than "
                f"{limits.large_change:.0%} (median {row['median']:+.0f} %), e.g. {rows}"
            )
        if row["lost"] > limits.withdrawn_share * row["had"]:
            sentences.append(f"{who}: {row['lost']:,} of {row['had']:,} figures vanish, e.g. {rows}")
    return sentences
