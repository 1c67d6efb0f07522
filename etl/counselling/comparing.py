"""What an import changes against what was there: rows of the form, and the totals that are published for a year."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etl.catalogue import join_breakdown
from etl.counselling.form import KEY_COLUMNS
from etl.counselling_entries import Provider

_AT = ["period", "region"]


@dataclass(frozen=True)
class Total:
    """A provider's published contacts of a year: None where none are published, with the status that says why.

    The status is empty where there is no figure at all.
    """

    year: str
    region: str
    before: float | None
    before_status: str
    after: float | None
    after_status: str


@dataclass(frozen=True)
class Difference:
    """Numbers of rows of the form (never what they count), and the published totals before and after."""

    added: int
    removed: int
    changed: int
    totals: tuple[Total, ...]


def difference(
    before: pl.DataFrame, after: pl.DataFrame, published: pl.DataFrame, coming: pl.DataFrame, provider: Provider
) -> Difference:
    """``before`` and ``after``: all rows of the provider's forms. ``published`` and ``coming``: its observations."""
    was = before.select(*KEY_COLUMNS, pl.col("count").alias("was"))
    now = after.select(*KEY_COLUMNS, pl.col("count").alias("now"))
    both = was.join(now, on=list(KEY_COLUMNS), how="full", coalesce=True)
    return Difference(
        added=both["was"].null_count(),
        removed=both["now"].null_count(),
        changed=both.filter(pl.col("was") != pl.col("now")).height,
        totals=_totals(published, coming, provider),
    )


def _totals(published: pl.DataFrame, coming: pl.DataFrame, provider: Provider) -> tuple[Total, ...]:
    whole = join_breakdown({"provider": provider.code})
    was, now = (
        frame.filter(pl.col("period_kind") == "year", pl.col("breakdown") == whole).select(
            pl.col(_AT).cast(pl.String), "value", pl.col("status").cast(pl.String)
        )
        for frame in (published, coming)
    )
    both = was.join(now, on=_AT, how="full", coalesce=True, suffix="_now").sort(_AT)
    both = both.with_columns(pl.col("status", "status_now").fill_null(""))
    return tuple(Total(*row) for row in both.select(*_AT, "value", "status", "value_now", "status_now").iter_rows())
