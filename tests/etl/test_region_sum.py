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


@pytest.mark.parametrize("gap", ["secret", "pending", "unreliable", "not_applicable", "suppressed"])
def test_a_missing_district_makes_the_sum_at_least(gap):
    frame = figures("foreign_population", [10, 20, 30, 40, 50, 60, 70, None], ["ok"] * 7 + [gap])
    row = region_row(frame, "foreign_population")
    assert (row["value"], row["status"]) == (280, "limited")


def test_nothing_there_in_a_district_is_zero_beside_figures():
    frame = figures("foreign_population", [10, 20, None, None, None, None, None, None], ["ok"] * 2 + ["nil"] * 6)
    row = region_row(frame, "foreign_population")
    assert (row["value"], row["status"]) == (30, "ok")
    frame = figures("foreign_population", [10, None, None], ["ok", "nil", "secret"])
    assert region_row(frame, "foreign_population")["status"] == "limited"


def test_nothing_there_in_any_district_is_no_zero():
    row = region_row(figures("foreign_population", [None] * 8, ["nil"] * 8), "foreign_population")
    assert (row["value"], row["status"]) == (None, "nil")


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


NIL = ([None] * 8, ["nil"] * 8)


def slices(*known: tuple[str, str, tuple[list[float | None], list[str]]]) -> pl.DataFrame:
    """Figures of the eight as (period, breakdown, (values, statuses)), each period with its own day."""
    return pl.concat(
        figures("foreign_population", *cells, breakdown=breakdown, period=period).with_columns(
            period_start=pl.lit(date.fromisoformat(period)), period_end=pl.lit(date.fromisoformat(period))
        )
        for period, breakdown, cells in known
    )


def statuses(frame: pl.DataFrame) -> dict[tuple[str, str], set[str]]:
    marked = mark_unloaded_slices(frame, EIGHT)
    assert marked.drop("status").equals(frame.drop("status"))
    return {
        key: set(rows["status"])
        for key, rows in marked.partition_by("period", "breakdown", as_dict=True, include_key=False).items()
    }


def test_a_period_without_any_figure_of_the_eight_is_pending():
    filled = ([5.0] * 8, ["ok"] * 8)
    found = statuses(slices(("2024-12-31", "", filled), ("2025-12-31", "", NIL), ("2025-12-31", "sex=m", NIL)))
    assert found == {("2024-12-31", ""): {"ok"}, ("2025-12-31", ""): {"pending"}, ("2025-12-31", "sex=m"): {"pending"}}


def test_a_breakdown_that_nobody_has_beside_filled_ones_is_nothing_there():
    filled = ([5.0] * 8, ["ok"] * 8)
    one = ([7.0, *[None] * 7], ["ok", *["nil"] * 7])
    found = statuses(
        slices(
            ("2024-12-31", "", filled), ("2024-12-31", "sex=m", one), ("2024-12-31", "sex=f", NIL),
            ("2025-12-31", "", filled), ("2025-12-31", "sex=m", NIL), ("2025-12-31", "sex=f", NIL),
        )
    )  # fmt: skip
    assert found[("2025-12-31", "sex=f")] == {"nil"}
    assert found[("2025-12-31", "sex=m")] == {"nil"}


def test_a_breakdown_that_most_districts_had_does_not_vanish_from_all_at_once():
    filled, five = ([5.0] * 8, ["ok"] * 8), ([5.0] * 5 + [None] * 3, ["ok"] * 5 + ["nil"] * 3)
    found = statuses(
        slices(
            ("2023-12-31", "", filled), ("2023-12-31", "nationality=foreign", five),
            ("2024-12-31", "", filled), ("2024-12-31", "nationality=foreign", NIL),
            ("2025-12-31", "", filled), ("2025-12-31", "nationality=foreign", NIL),
        )
    )  # fmt: skip
    assert found[("2024-12-31", "nationality=foreign")] == {"pending"}
    assert found[("2025-12-31", "nationality=foreign")] == {"pending"}


def test_a_pending_slice_has_no_value_and_its_sum_is_pending_too():
    frame = mark_unloaded_slices(slices(("2025-06-30", "", NIL)), EIGHT)
    assert region_row(frame, "foreign_population")["value"] is None
    assert region_row(frame, "foreign_population")["status"] == "pending"


def test_the_land_of_a_slice_that_is_not_loaded_keeps_its_figure():
    land = slices(("2025-12-31", "", ([9.0], ["ok"]))).with_columns(region=pl.lit("03", dtype=pl.Categorical))
    marked = mark_unloaded_slices(pl.concat([slices(("2025-12-31", "", NIL)), land]), EIGHT)
    assert marked.filter(region="03").select("value", "status").row(0) == (9.0, "ok")
    assert set(marked.filter(pl.col("region") != "03")["status"]) == {"pending"}


def test_a_slice_that_is_empty_in_one_district_only_stays_as_it_is():
    frame = figures("foreign_population", [1] * 7 + [None], ["ok"] * 7 + ["nil"])
    assert mark_unloaded_slices(frame, EIGHT)["status"].to_list() == ["ok"] * 7 + ["nil"]


def test_a_rate_from_coarsely_rounded_rates_is_an_estimate():
    counts = figures("unemployed", [1000.0] * 8)
    rates = figures("unemployment_rate", [6.3] * 4 + [7.1] * 4)
    row = region_row(pl.concat([counts, rates]), "unemployment_rate")
    assert (row["value"], row["status"]) == (6.7, "estimated")
    assert "gerundeten Quoten" in row["attribution"]
