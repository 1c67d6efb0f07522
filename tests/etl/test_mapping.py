"""Labels become breakdowns, years become periods; what the catalogue does not know is refused."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from etl.catalogue import join_breakdown, load_catalogue, parse_breakdown
from etl.entries import PeriodRule
from etl.errors import ParseError
from etl.mapping import observations, period
from etl.sources.base import Tidy
from tests.etl.replies import WHEN

CATALOGUE = load_catalogue()
YEAR_END = PeriodRule(kind="reference_date", day="12-31")


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("2024", YEAR_END, ("2024-12-31", date(2024, 12, 31), date(2024, 12, 31))),
        (
            "2021",
            PeriodRule(kind="reference_date", day="12-31", offset_years=-1),
            ("2020-12-31",) + (date(2020, 12, 31),) * 2,
        ),
        ("2024", PeriodRule(kind="year"), ("2024", date(2024, 1, 1), date(2024, 12, 31))),
        ("Juni 2024", PeriodRule(kind="month"), ("2024-06", date(2024, 6, 1), date(2024, 6, 30))),
        ("Dezember 2023", PeriodRule(kind="month"), ("2023-12", date(2023, 12, 1), date(2023, 12, 31))),
        ("Februar 2024", PeriodRule(kind="month"), ("2024-02", date(2024, 2, 1), date(2024, 2, 29))),
    ],
)
def test_a_publishers_time_is_a_period(text, rule, expected):
    assert period(text, rule) == expected


@pytest.mark.parametrize("text", ["", "24", "2024a", "Juni 2024", "WS 2005/06", "2024 / 2005"])
def test_another_time_is_refused(text):
    with pytest.raises(ParseError, match="is no period of kind reference_date"):
        period(text, YEAR_END)


@pytest.mark.parametrize("text", ["Juni", "June 2024", "Juni 2024 x", "2024"])
def test_another_month_is_refused(text):
    with pytest.raises(ParseError):
        period(text, PeriodRule(kind="month"))


def test_breakdowns_are_sorted_and_round():
    assert join_breakdown({"sex": "m", "nationality": "foreign"}) == "nationality=foreign;sex=m"
    assert parse_breakdown("nationality=foreign;sex=m") == {"nationality": "foreign", "sex": "m"}
    assert parse_breakdown("") == {}


def migration(*rows):
    columns = ["Wanderung", "Nationalität / Geschlecht", "region", "time", "value"]
    schema_overrides = {"value": pl.Float64, "region": pl.String}
    frame = pl.DataFrame(rows, schema=columns, orient="row", schema_overrides=schema_overrides)
    frame = frame.with_columns(pl.lit("Anzahl").alias("Units"), pl.lit("ok").alias("status"))
    indicator = CATALOGUE.indicators["migration_abroad"]
    return observations(Tidy(frame), indicator, indicator.series[0], CATALOGUE.sources["lsn"], WHEN)


def test_two_columns_make_one_breakdown():
    row = migration(("Zuzüge", "Ausländerinnen und Ausländer", "03101", "2024", 5.0)).row(0, named=True)
    assert row["breakdown"] == "direction=in;nationality=foreign"
    assert (row["indicator"], row["period"], row["period_kind"]) == ("migration_abroad", "2024", "year")
    assert row["attribution"].startswith("Landesamt für Statistik Niedersachsen (LSN)")
    assert row["retrieved_at"] == WHEN.replace(tzinfo=None)


def test_labels_are_compared_without_case_and_blanks():
    assert migration(("ZUZÜGE ", "insgesamt", "03101", "2024", 5.0))["breakdown"].to_list() == ["direction=in"]


def test_a_label_the_catalogue_does_not_know_is_an_error():
    with pytest.raises(ParseError, match="column 'Wanderung' holds 'Umzüge', unknown to the catalogue"):
        migration(("Umzüge", "Insgesamt", "03101", "2024", 5.0))


def test_a_key_with_two_values_is_an_error_and_a_repeated_row_is_not():
    same = ("Zuzüge", "Insgesamt", "03101", "2024", 5.0)
    assert migration(same, same).height == 1
    with pytest.raises(ParseError, match="2 rows stand twice with different values"):
        migration(same, (*same[:4], 6.0))


def test_regions_left_out_do_not_come_through():
    assert (
        migration(("Zuzüge", "Insgesamt", "03101", "2024", 5.0), ("Zuzüge", "Insgesamt", None, "2024", 9.0)).height == 1
    )
