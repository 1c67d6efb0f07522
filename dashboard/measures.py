"""Own calculations on figures: shares, rates, index, change. Frames have the export columns.

No rate, index or change is made of a missing figure or of an incomplete sum (status ``limited``): the value
becomes null and the status says why. What a secret figure goes into is secret as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard.metadata import Base
from dashboard.periods import year_before
from dashboard.protection import UNDISCLOSED

SERIES = ["indicator", "region", "breakdown", "source"]
INCOMPLETE = "limited"
BREAK = "break"
NOT_APPLICABLE = "not_applicable"


def with_base(figures: pl.DataFrame, bases: Sequence[Base]) -> pl.DataFrame:
    """The figures with the id of what they stand on (column base), null where the catalogue names nothing."""
    found = pl.lit(None, pl.String)
    for base in bases:
        inside = (pl.col("source") == base.source) & (pl.col("period_end") >= base.since)
        if base.until:
            inside &= pl.col("period_end") <= base.until
        found = pl.when(inside).then(pl.lit(base.id)).otherwise(found)
    return figures.with_columns(found.alias("base"))


def ratio(
    figures: pl.DataFrame, totals: pl.DataFrame, per: float, *, same_day: bool, wholes: Mapping[str, str]
) -> pl.DataFrame:
    """``figures`` over ``totals`` of the same source and region, times ``per``, with table and retrieval of the totals.

    Both are frames of ``with_base``: where both name a base, it must be the same. ``same_day`` asks for totals of the
    same day (a share); otherwise for those of 31 December of the figure's year (a rate per inhabitants). ``wholes`` has
    the breakdown of the total for each breakdown of the figures.
    """
    wanted = pl.col("period_end") if same_day else pl.date(pl.col("period_end").dt.year(), 12, 31)
    below = totals.select(
        "region",
        "source",
        pl.col("breakdown").alias("total_breakdown"),
        pl.col("period_end").alias("total_end"),
        pl.col("status").alias("total_status"),
        pl.when(pl.col("status") != INCOMPLETE).then("value").alias("total"),
        pl.col("base").alias("total_base"),
        pl.col("table").alias("total_table"),
        pl.col("retrieved_at").alias("total_retrieved"),
    )
    whole = pl.when(pl.col("status") != INCOMPLETE).then("value")
    fits = (pl.col("base") == pl.col("total_base")).fill_null(True)
    return (
        figures.with_columns(
            wanted.alias("total_end"),
            pl.col("breakdown").replace_strict(wholes, return_dtype=pl.String).alias("total_breakdown"),
        )
        .join(below, on=["region", "source", "total_breakdown", "total_end"], how="left", maintain_order="left")
        .with_columns(
            pl.when((pl.col("total") > 0) & fits).then(whole / pl.col("total") * per).alias("value"),
            pl.when(pl.col("value").is_not_null() & (pl.col("total_status") == UNDISCLOSED))
            .then(pl.lit(UNDISCLOSED))
            .when(pl.col("value").is_not_null() & (pl.col("total").is_null() | ~fits))
            .then(pl.lit(NOT_APPLICABLE))
            .otherwise("status")
            .alias("status"),
        )
        .drop("total_end", "total", "total_base", "total_breakdown", "total_status")
    )


def index_figures(figures: pl.DataFrame) -> pl.DataFrame:
    """Each series in percent of its figure in the first period that all series have (that period = 100).

    A series without any figure is passed over. Without a common period, or where a series is not above zero there,
    values are null.
    """
    whole = pl.when(pl.col("status") != INCOMPLETE).then("value")
    base_end = first_common_end(figures)
    at_base = pl.when((pl.col("period_end") == pl.lit(base_end, pl.Date)) & (whole > 0)).then(whole)
    base = at_base.max().over(SERIES)
    return figures.with_columns(
        (whole / base * 100).alias("value"),
        pl.when(pl.col("value").is_not_null() & base.is_null())
        .then(pl.lit(NOT_APPLICABLE))
        .otherwise("status")
        .alias("status"),
    )


def first_common_end(figures: pl.DataFrame) -> date | None:
    """The last day of the first period in which every series that has complete figures has one; None if there is
    none."""
    complete = figures.filter(pl.col("value").is_not_null() & (pl.col("status") != INCOMPLETE))
    wanted = complete.select(SERIES).unique().height
    ends = complete.group_by("period_end").len().filter(pl.col("len") >= wanted)["period_end"]
    return min(ends.to_list(), default=None)


def changes(figures: pl.DataFrame, *, in_units: bool, breaks: Sequence[tuple[str, date]]) -> pl.DataFrame:
    """The change on the same period a year earlier, in percent, or as a plain difference of rates.

    ``breaks`` are (source, first day on the new footing): across one the value is null with status ``break``.
    """
    earlier = figures.select(
        *SERIES,
        pl.col("period_end").alias("earlier_end"),
        pl.col("period").str.len_chars().alias("form"),
        pl.when(pl.col("status") != INCOMPLETE).then("value").alias("earlier"),
        pl.col("status").alias("earlier_status"),
    )
    whole = pl.when(pl.col("status") != INCOMPLETE).then("value")
    if in_units:
        change = whole - pl.col("earlier")
    else:
        change = pl.when(pl.col("earlier") > 0).then((whole / pl.col("earlier") - 1) * 100)
    crossed = pl.any_horizontal(
        pl.lit(False),
        *(
            (pl.col("source") == source) & (pl.col("earlier_end") < at) & (pl.col("period_end") >= at)
            for source, at in breaks
        ),
    )
    hidden = (pl.col("earlier_status") == UNDISCLOSED).fill_null(False)
    missing = (
        pl.when(crossed).then(pl.lit(BREAK)).when(hidden).then(pl.lit(UNDISCLOSED)).otherwise(pl.lit(NOT_APPLICABLE))
    )
    return (
        figures.with_columns(
            pl.col("period_end").map_elements(year_before, return_dtype=pl.Date).alias("earlier_end"),
            pl.col("period").str.len_chars().alias("form"),
        )
        .join(earlier, on=[*SERIES, "earlier_end", "form"], how="left", maintain_order="left")
        .with_columns(
            pl.when(~crossed).then(change).alias("value"),
            # a figure without a change says why; one that is itself missing keeps its reason
            pl.when(pl.col("value").is_not_null() & (crossed | change.is_null()) & (pl.col("status") != INCOMPLETE))
            .then(missing)
            .otherwise("status")
            .alias("status"),
        )
        .drop("earlier_end", "form", "earlier", "earlier_status")
    )
