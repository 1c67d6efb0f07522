"""The schema of observations, with the rules that a single row must keep.

Texts are categoricals: ten million rows repeat a few thousand words, and a word that stands once takes a tenth of
the memory. They compare with plain strings; string functions need ``.cast(pl.String)``.
"""

from __future__ import annotations

from collections.abc import Iterator

import dataframely as dy
import numpy as np
import polars as pl

STATUSES = (
    "ok", "provisional", "revised", "estimated", "limited", "break", "rounded_zero", "nil", "pending", "secret",
    "unreliable", "not_applicable", "suppressed",
)  # fmt: skip
# a figure with one of these has no value; the others have one ("unreliable" may print it or not)
EMPTY_STATUSES = ("nil", "pending", "secret", "not_applicable", "suppressed")
PERIOD_KINDS = ("reference_date", "year", "annual_average", "quarter", "month", "semester")

PERIOD = r"^\d{4}(-Q[1-4]|-\d\d(-\d\d)?)?$"
KEY = ["indicator", "region", "period", "breakdown", "source"]


class Observation(dy.Schema):
    """One published figure: what, where, when, how broken down, and where it comes from."""

    indicator = dy.Categorical(nullable=False, primary_key=True)
    region = dy.Categorical(nullable=False, primary_key=True)
    period = dy.Categorical(nullable=False, primary_key=True)
    period_start = dy.Date(nullable=False)
    period_end = dy.Date(nullable=False)
    period_kind = dy.Categorical(nullable=False, check=lambda c: c.is_in(PERIOD_KINDS))
    breakdown = dy.Categorical(nullable=False, primary_key=True)
    value = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    unit = dy.Categorical(nullable=False)
    status = dy.Categorical(nullable=False, check=lambda c: c.is_in(STATUSES))
    source = dy.Categorical(nullable=False, primary_key=True)
    table = dy.Categorical(nullable=False, check=lambda c: c != "")
    licence = dy.Categorical(nullable=False, check=lambda c: c != "")
    attribution = dy.Categorical(nullable=False, check=lambda c: c != "")
    retrieved_at = dy.Datetime(nullable=False)

    @dy.rule()
    def period_is_one(cls) -> pl.Expr:
        return pl.col("period").cast(pl.String).str.contains(PERIOD)

    @dy.rule()
    def period_runs_forward(cls) -> pl.Expr:
        return pl.col("period_start") <= pl.col("period_end")

    @dy.rule()
    def empty_exactly_when_the_status_says_so(cls) -> pl.Expr:
        empty = pl.col("status").is_in(EMPTY_STATUSES)
        return (pl.col("value").is_null() == empty) | (pl.col("status") == "unreliable")


OBSERVATION_COLUMNS = Observation.column_names()


def by_indicator(*frames: pl.DataFrame) -> Iterator[tuple[str, tuple[pl.DataFrame, ...]]]:
    """Every indicator that is in one of the frames, in order, with its rows of each frame.

    What is done indicator by indicator needs the working memory of the largest one only.
    """
    found = {i for frame in frames for i in frame["indicator"].unique()}
    for indicator in sorted(found, key=str):
        yield indicator, tuple(f.filter(pl.col("indicator").eq_missing(pl.lit(indicator))) for f in frames)


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Sorted by ``KEY`` (none of it null): the few words are put in order, then numbers instead of words compared."""
    place = np.zeros(frame.height, dtype=np.uint64)
    for column in KEY:
        words = frame[column].unique().sort().to_physical().to_numpy()
        rank = np.zeros(int(words.max(initial=0)) + 1, dtype=np.uint64)
        rank[words] = np.arange(len(words), dtype=np.uint64)
        place = place * np.uint64(len(words)) + rank[frame[column].to_physical().to_numpy()]
    return frame.select(pl.all().gather(pl.Series(place).arg_sort()))
