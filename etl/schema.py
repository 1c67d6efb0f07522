"""The schema of observations, with the rules that a single row must keep."""

from __future__ import annotations

import dataframely as dy
import polars as pl

STATUSES = (
    "ok", "provisional", "revised", "estimated", "limited", "break", "rounded_zero", "nil", "pending", "secret",
    "unreliable", "not_applicable", "suppressed",
)  # fmt: skip
# a figure with one of these has no value; the others have one ("unreliable" may print it or not)
EMPTY_STATUSES = ("nil", "pending", "secret", "not_applicable", "suppressed")
PERIOD_KINDS = ("reference_date", "year", "annual_average", "quarter", "month", "semester")

KEY = ["indicator", "region", "period", "breakdown", "source"]


class Observation(dy.Schema):
    """One published figure: what, where, when, how broken down, and where it comes from."""

    indicator = dy.String(nullable=False, primary_key=True)
    region = dy.String(nullable=False, primary_key=True)
    period = dy.String(nullable=False, primary_key=True, regex=r"^\d{4}(-Q[1-4]|-\d\d(-\d\d)?)?$")
    period_start = dy.Date(nullable=False)
    period_end = dy.Date(nullable=False)
    period_kind = dy.String(nullable=False, check=lambda c: c.is_in(PERIOD_KINDS))
    breakdown = dy.String(nullable=False, primary_key=True)
    value = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    unit = dy.String(nullable=False)
    status = dy.String(nullable=False, check=lambda c: c.is_in(STATUSES))
    source = dy.String(nullable=False, primary_key=True)
    table = dy.String(nullable=False, min_length=1)
    licence = dy.String(nullable=False, min_length=1)
    attribution = dy.String(nullable=False, min_length=1)
    retrieved_at = dy.Datetime(nullable=False)

    @dy.rule()
    def period_runs_forward(cls) -> pl.Expr:
        return pl.col("period_start") <= pl.col("period_end")

    @dy.rule()
    def empty_exactly_when_the_status_says_so(cls) -> pl.Expr:
        empty = pl.col("status").is_in(EMPTY_STATUSES)
        return (pl.col("value").is_null() == empty) | (pl.col("status") == "unreliable")


OBSERVATION_COLUMNS = Observation.column_names()
