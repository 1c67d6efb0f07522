"""What a new state of the figures changes against the published one."""

from __future__ import annotations

from typing import Any

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue
from etl.entries import RevisionLimits
from etl.schema import KEY, by_indicator, in_order

FIGURE = ["value", "status", "unit"]  # what makes a figure another figure; labels and addresses do not


def changes(published: pl.DataFrame, candidate: pl.DataFrame) -> pl.DataFrame:
    """One row per key that is in either state: ``change`` (new, revised, withdrawn, unchanged), old and new figure."""
    parts = [_changes(before, after) for _, (before, after) in by_indicator(published, candidate)]
    return pl.concat(parts) if parts else _changes(published, candidate)


def _changes(published: pl.DataFrame, candidate: pl.DataFrame) -> pl.DataFrame:
    old = published.select(*KEY, *[pl.col(c).alias(f"old_{c}") for c in FIGURE], pl.lit(True).alias("was"))
    new = candidate.select(*KEY, *[pl.col(c).alias(f"new_{c}") for c in FIGURE], pl.lit(True).alias("comes"))
    same = pl.all_horizontal(pl.col(f"old_{c}").eq_missing(pl.col(f"new_{c}")) for c in FIGURE)
    change = (
        pl.when(pl.col("was").is_null()).then(pl.lit("new"))
        .when(pl.col("comes").is_null()).then(pl.lit("withdrawn"))
        .when(same).then(pl.lit("unchanged")).otherwise(pl.lit("revised"))
    )  # fmt: skip
    joined = old.join(new, on=KEY, how="full", coalesce=True)
    return in_order(joined.with_columns(change.cast(pl.Categorical).alias("change")).drop("was", "comes"))


def counts(changed: pl.DataFrame) -> dict[str, int]:
    """How many figures are new, revised and withdrawn; a row without a value is none.

    A figure that is no longer published, or now published, is revised, and so is one whose status changes.
    """
    figures = changed.filter(pl.col("old_value").is_not_null() | pl.col("new_value").is_not_null())
    found = dict(figures.group_by("change").len().iter_rows())
    return {kind: found.get(kind, 0) for kind in ("new", "revised", "withdrawn")}


def too_large(changed: pl.DataFrame, catalogue: Catalogue) -> list[str]:
    """One sentence for every revision that must not be published without a look.

    Many figures that change much, many that vanish, one figure of the region, its districts, the Land or
    Germany that changes out of all proportion, and figures of the newest period that vanish.
    """
    return [
        sentence for _, (rows,) in by_indicator(changed) for sentence in _too_large_in_one_indicator(rows, catalogue)
    ]


def _too_large_in_one_indicator(changed: pl.DataFrame, catalogue: Catalogue) -> list[str]:
    limits = catalogue.revision_limits
    counted = [u.id for u in catalogue.units.values() if u.counts]
    shown = [REGION_SUM, *catalogue.members, "03", "DG"]
    old, new = pl.col("old_value"), pl.col("new_value")
    least = pl.when(pl.col("new_unit").is_in(counted)).then(limits.ignore_below).otherwise(limits.ignore_rates_below)
    above = (new - old).abs() > least
    series = ["indicator", "source", "breakdown"]
    newest = changed.filter(old.is_not_null()).group_by(series).agg(pl.col("period").max().alias("newest"))
    rows = changed.join(newest, on=series, how="left").with_columns(
        (above & ((new - old).abs() > limits.large_change * old.abs())).alias("large"),
        (
            above
            & pl.col("region").is_in(shown)
            & (pl.max_horizontal(new.abs(), old.abs()) > limits.single_factor * pl.min_horizontal(new.abs(), old.abs()))
        ).alias("absurd"),
        (old.is_not_null() & new.is_null()).alias("lost"),
        (old.is_not_null() & new.is_null() & (pl.col("period") == pl.col("newest"))).alias("lost_newest"),
    )
    table = rows.group_by("indicator", "source").agg(
        old.is_not_null().sum().alias("had"),
        (old.is_not_null() & new.is_not_null()).sum().alias("common"),
        *[pl.col(kind).sum() for kind in ("large", "absurd", "lost", "lost_newest")],
        (100 * (new / old - 1)).filter(pl.col("large")).median().alias("median"),
        *[_examples(kind) for kind in ("large", "absurd", "lost", "lost_newest")],
    )
    return [
        sentence
        for row in table.sort("indicator", "source").iter_rows(named=True)
        for sentence in _sentences(row, limits)
    ]


def _examples(kind: str) -> pl.Expr:
    parts = [pl.col(c).filter(pl.col(kind)).head(3) for c in ("region", "period", "breakdown")]
    return pl.concat_str(parts, separator=" ").str.strip_chars().alias(f"{kind}_rows")


def _sentences(row: dict[str, Any], limits: RevisionLimits) -> list[str]:
    who = f"{row['indicator']} ({row['source']})"
    sentences = []
    if row["large"] > limits.share_of_figures * row["common"]:
        sentences.append(
            f"{who}: {row['large']:,} of {row['common']:,} figures change by more than {limits.large_change:.0%} "
            f"(median {row['median']:+.0f} %), e.g. {', '.join(row['large_rows'])}"
        )
    elif row["absurd"]:
        sentences.append(
            f"{who}: {row['absurd']:,} figures change by more than a factor of {limits.single_factor:g}, "
            f"e.g. {', '.join(row['absurd_rows'])}"
        )
    if row["lost"] > limits.withdrawn_share * row["had"]:
        sentences.append(f"{who}: {row['lost']:,} of {row['had']:,} figures vanish, e.g. {', '.join(row['lost_rows'])}")
    elif row["lost_newest"]:
        sentences.append(
            f"{who}: {row['lost_newest']:,} figures of the newest period vanish, "
            f"e.g. {', '.join(row['lost_newest_rows'])}"
        )
    return sentences
