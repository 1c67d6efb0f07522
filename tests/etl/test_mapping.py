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
        ("2024-06", PeriodRule(kind="month"), ("2024-06", date(2024, 6, 1), date(2024, 6, 30))),
        ("2015-05P1M", PeriodRule(kind="month"), ("2015-05", date(2015, 5, 1), date(2015, 5, 31))),
        ("2024-12-31", YEAR_END, ("2024-12-31",) + (date(2024, 12, 31),) * 2),
        ("31.12.2024", YEAR_END, ("2024-12-31",) + (date(2024, 12, 31),) * 2),
        ("2025-09-30", PeriodRule(kind="reference_date", day="any"), ("2025-09-30",) + (date(2025, 9, 30),) * 2),
        ("2000-P1Y", PeriodRule(kind="year"), ("2000", date(2000, 1, 1), date(2000, 12, 31))),
        ("2015-04P3M", PeriodRule(kind="quarter"), ("2015-Q2", date(2015, 4, 1), date(2015, 6, 30))),
        ("2015-Q4", PeriodRule(kind="quarter"), ("2015-Q4", date(2015, 10, 1), date(2015, 12, 31))),
        ("3. Quartal 2015", PeriodRule(kind="quarter"), ("2015-Q3", date(2015, 7, 1), date(2015, 9, 30))),
        ("2023-10P6M", PeriodRule(kind="semester"), ("2023-10", date(2023, 10, 1), date(2024, 3, 31))),
        ("WS 2023/24", PeriodRule(kind="semester"), ("2023-10", date(2023, 10, 1), date(2024, 3, 31))),
        ("SS 2024", PeriodRule(kind="semester"), ("2024-04", date(2024, 4, 1), date(2024, 9, 30))),
    ],
)
def test_a_publishers_time_is_a_period(text, rule, expected):
    assert period(text, rule) == expected


@pytest.mark.parametrize("text", ["", "24", "2024a", "Juni 2024", "WS 2005/06", "2024 / 2005"])
def test_another_time_is_refused(text):
    with pytest.raises(ParseError, match="is no period of kind reference_date"):
        period(text, YEAR_END)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("30.06.2024", "reference_date"),  # another day than the rule's
        ("2024-02-30", "reference_date"),
        ("2015-05P3M", "quarter"),  # no quarter begins in May
        ("2015-04P1M", "quarter"),
        ("2015-04P3M", "month"),
        ("WS 2023/25", "semester"),
        ("2023-09P6M", "semester"),
        ("²⁰²⁴", "year"),
    ],
)
def test_a_period_of_another_kind_is_refused(text, kind):
    with pytest.raises(ParseError, match=f"is no period of kind {kind}"):
        period(text, YEAR_END if kind == "reference_date" else PeriodRule(kind=kind))


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


# several labels as one breakdown, cells left out, units


PROTECTED = CATALOGUE.indicators["protection_seekers"]


def seekers(*cells, columns=None, **series):
    """Observations of status × sex cells: (status, sex, region, value, sign)."""
    names = ["SCHST", "GES", "region", "value", "status"]
    frame = pl.DataFrame(cells, schema=names, orient="row", schema_overrides={"value": pl.Float64})
    chosen = columns or {"SCHST": {"A": "", "B": "", "*": None}, "GES": {"GESM": "", "GESW": ""}}
    described = PROTECTED.series[0].model_copy(
        update={"columns": chosen, "fixed": "", "aggregate": True, "absent": None, "factor": 1, **series}
    )
    tidy = Tidy(frame.with_columns(pl.lit("2024-12-31").alias("time")))
    rows = observations(tidy, PROTECTED, described, CATALOGUE.sources["genesis"], WHEN)
    return {
        (r["region"], r["breakdown"]): (r["value"], r["status"])
        for r in rows.cast({"region": pl.String, "breakdown": pl.String, "status": pl.String}).iter_rows(named=True)
    }


def test_labels_of_one_breakdown_are_added_up_and_marked_as_own_calculation():
    cells = [("A", "GESM", 10.0), ("A", "GESW", 5.0), ("B", "GESM", 20.0), ("C", "GESM", 400.0)]
    assert seekers(*((s, g, "03101", v, "ok") for s, g, v in cells)) == {("03101", ""): (35, "ok")}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ((("ok", 10.0), ("secret", None)), (10, "limited")),  # at least ten
        ((("ok", 10.0), ("nil", None)), (10, "ok")),  # nothing there counts as none
        ((("secret", None), ("pending", None)), (None, "pending")),
        ((("nil", None), ("nil", None)), (None, "nil")),
        ((("ok", 10.0), ("provisional", 5.0)), (15, "provisional")),
        ((("ok", 10.0), ("limited", 5.0)), (15, "limited")),
    ],
)
def test_a_sum_tells_what_its_parts_lack(signs, expected):
    cells = [(label, "GESM", "03101", value, sign) for label, (sign, value) in zip("AB", signs, strict=True)]
    assert seekers(*cells) == {("03101", ""): expected}


def test_cells_that_the_publisher_leaves_out_are_a_rounded_zero():
    columns = {"SCHST": {"A": "title=recognised", "B": "title=open"}, "GES": {"GESM": ""}}
    cells = [("A", "GESM", "03101", 10.0, "ok"), ("B", "GESM", "03102", 5.0, "ok")]
    assert seekers(*cells, columns=columns, absent="zero") == {
        ("03101", "title=recognised"): (10, "ok"),
        ("03101", "title=open"): (0, "rounded_zero"),
        ("03102", "title=recognised"): (0, "rounded_zero"),
        ("03102", "title=open"): (5, "ok"),
    }


def test_a_label_that_is_not_named_needs_the_star():
    cells = [("A", "GESM", "03101", 10.0, "ok"), ("Z", "GESM", "03101", 5.0, "ok")]
    assert seekers(*cells) == {("03101", ""): (10, "ok")}
    with pytest.raises(ParseError, match="column 'SCHST' holds 'Z'"):
        seekers(*cells, columns={"SCHST": {"A": ""}, "GES": {"GESM": ""}})


def test_a_factor_turns_the_publishers_unit_into_the_indicators():
    assert seekers(("A", "GESM", "03101", 12_500.0, "ok"), factor=0.001) == {("03101", ""): (12.5, "ok")}
