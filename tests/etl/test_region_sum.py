"""The region's value is the sum of the eight; with one missing it is "at least", and no rate is made of it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from etl.catalogue import load_catalogue
from etl.region_sum import mark_unloaded_slices, with_region
from etl.schema import Observation

CATALOGUE = load_catalogue()
EIGHT = CATALOGUE.members


def figures(indicator: str, values, statuses=None, unit=None, breakdown="", period="2024-12-31") -> pl.DataFrame:
    """One figure per district for one period."""
    statuses = statuses or ["ok" if v is not None else "secret" for v in values]
    day = date(2024, 12, 31)
    rows = [
        {
            "indicator": indicator, "region": region, "period": period, "period_start": day, "period_end": day,
            "period_kind": "reference_date", "breakdown": breakdown, "value": value,
            "unit": unit or CATALOGUE.indicators[indicator].unit, "status": status, "source": "lsn", "table": "1-2-1",
            "licence": "l", "attribution": "LSN", "retrieved_at": None,
        }
        for region, value, status in zip(EIGHT, values, statuses, strict=False)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Float64}).with_columns(
        pl.lit(date(2026, 1, 1)).cast(pl.Datetime("us")).alias("retrieved_at")
    )
    return Observation.cast(frame)


def region_row(frame: pl.DataFrame, indicator: str) -> dict[str, object] | None:
    rows = with_region(frame, CATALOGUE).filter(pl.col("region") == "BSR", pl.col("indicator") == indicator)
    return rows.row(0, named=True) if rows.height else None


def test_eight_values_are_summed_and_marked_as_own_calculation():
    row = region_row(figures("foreign_population", [10, 20, 30, 40, 50, 60, 70, 80]), "foreign_population")
    assert (row["value"], row["status"]) == (360, "ok")
    assert "eigene Berechnung" in row["attribution"]


@pytest.mark.parametrize("gap", ["secret", "pending", "nil"])
def test_a_missing_district_makes_the_sum_at_least(gap):
    frame = figures("foreign_population", [10, 20, 30, 40, 50, 60, 70, None], ["ok"] * 7 + [gap])
    row = region_row(frame, "foreign_population")
    assert (row["value"], row["status"]) == (280, "limited")


def test_an_absent_district_makes_the_sum_at_least_too():
    row = region_row(figures("foreign_population", [10, 20, 30]), "foreign_population")
    assert (row["value"], row["status"]) == (60, "limited")


def test_nothing_known_is_never_zero():
    row = region_row(figures("foreign_population", [None] * 8, ["pending"] * 8), "foreign_population")
    assert (row["value"], row["status"]) == (None, "pending")
    row = region_row(figures("foreign_population", [None] * 8, ["unreliable"] * 8), "foreign_population")
    assert (row["value"], row["status"]) == (None, "unreliable")


def test_a_provisional_part_makes_a_provisional_sum():
    frame = figures("foreign_population", [1] * 8, ["ok"] * 7 + ["provisional"])
    assert region_row(frame, "foreign_population")["status"] == "provisional"


def test_a_rate_comes_from_counts_and_is_not_the_mean_of_rates():
    counts = figures("foreign_population", [100] * 4 + [300] * 4)
    rates = figures("foreign_population_share", [10.0] * 4 + [20.0] * 4)
    row = region_row(pl.concat([counts, rates]), "foreign_population_share")
    # 1,600 of 4 × 1,000 + 4 × 1,500 inhabitants; the mean of the rates would be 15
    assert row["value"] == pytest.approx(16.0)


def test_a_rate_inherits_what_its_parts_are_marked_with():
    counts = figures("foreign_population", [100] * 8)
    rates = figures("foreign_population_share", [10.0] * 8, ["ok"] * 7 + ["provisional"])
    assert region_row(pl.concat([counts, rates]), "foreign_population_share")["status"] == "provisional"


def test_no_rate_without_all_eight():
    counts = figures("foreign_population", [100] * 7 + [None])
    rates = figures("foreign_population_share", [10.0] * 8)
    assert region_row(pl.concat([counts, rates]), "foreign_population_share") is None


def test_rates_are_never_summed():
    assert region_row(figures("minimum_income_rate", [100.0] * 8), "minimum_income_rate") is None


def test_a_slice_that_is_empty_in_every_district_is_pending():
    empty = figures("foreign_population", [None] * 8, ["nil"] * 8)
    assert set(mark_unloaded_slices(empty, EIGHT)["status"]) == {"pending"}


def test_a_slice_that_is_empty_in_one_district_only_stays_as_it_is():
    frame = figures("foreign_population", [1] * 7 + [None], ["ok"] * 7 + ["nil"])
    assert mark_unloaded_slices(frame, EIGHT)["status"].to_list() == ["ok"] * 7 + ["nil"]
