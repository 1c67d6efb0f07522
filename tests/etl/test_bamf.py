"""Integration courses: found by their words, in whatever layout the year brings, or refused."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.mapping import observations
from etl.registry import SOURCES
from etl.sources import bamf
from etl.sources.bamf.courses import SIGNS
from etl.sources.base import Context
from tests.etl.books import book
from tests.etl.replies import reply

CATALOGUE = load_catalogue()
EIGHT = {
    "03101": "Braunschweig",
    "03102": "Salzgitter",
    "03103": "Wolfsburg",
    "03151": "Gifhorn",
    "03153": "Goslar",
    "03154": "Helmstedt",
    "03157": "Peine",
    "03158": "Wolfenbüttel",
}
TITLE = "Integrationskurse: neue Kursteilnehmende im Jahr 2024"


def by_code(figures=None, title=TITLE):
    """Code and name in two columns, headers over two rows, a share beside the counts."""
    figures = figures or {}
    return [
        [title],
        ["Abfragestand: 31.03.2025"],
        [],
        ["AGS", "Kreis", "Neue Kursteilnehmende", None, None, "Kursabsolventen"],
        [None, None, "Insgesamt", "darunter Frauen", "Anteil in %", None],
        [1001, "Flensburg, Stadt", 300, 150, 50, 100],
        *([code, name, *figures.get(code, (500, 250, 50, 200))] for code, name in EIGHT.items()),
        ["Summe", None, 4000, 2000, 50, 1700],
        [],
        ["Quelle: BAMF"],
    ]


BY_CODE = {"Kreise": ["C4:E4", "F4:F5", "A4:A5", "B4:B5"]}


def by_name(years=(2023, 2024), measure="Neue Teilnehmerinnen und Teilnehmer"):
    """Names only, a column for each year under one header."""
    cities = ("Braunschweig", "Salzgitter", "Wolfsburg")
    names = [f"Stadt {n}" if n in cities else f"LK {n}" for n in EIGHT.values()]
    return [
        ["Integrationskurse in Niedersachsen"],
        [],
        ["Landkreis / kreisfreie Stadt", measure],
        [None, *years],
        *([name, *(100 * i + year - 2000 for year in years)] for i, name in enumerate(names, start=1)),
        ["LK Ammerland", *(50 for _ in years)],
        ["kein Landkreis", *(1 for _ in years)],
    ]


def read(rows, merges=None, sheet="Kreise"):
    body = book({"Deckblatt": [["Integrationskursstatistik"]], sheet: rows}, merges)
    assert bamf.recognise(body, "Mappe1.xlsx") == "integrationskurse"
    return bamf.parse(reply("bamf", "integrationskurse", body, "file"), CATALOGUE)


def test_new_participants_and_those_who_finished_are_read_by_code():
    tidy = read(by_code({"03102": (321, 200, 62.3, 123)}), BY_CODE)
    assert tidy.partial
    assert set(tidy.frame["region"]) == set(EIGHT)
    salzgitter = tidy.frame.filter(pl.col("region") == "03102")
    assert sorted(salzgitter.select("Merkmal", "time", "value", "status").rows()) == [
        ("Kursabsolventen", "2024", 123.0, "ok"),
        ("Neue Kursteilnehmende", "2024", 321.0, "ok"),
    ]


def test_a_code_that_lost_its_leading_zero_is_still_the_district():
    rows = by_code()
    for row in rows:
        if row and isinstance(row[0], str) and row[0].startswith("03"):
            row[0] = int(row[0])
    assert read(rows, BY_CODE).frame.equals(read(by_code(), BY_CODE).frame)


def test_districts_by_name_and_years_in_columns_are_read_too():
    frame = read(by_name(), {"Kreise": ["B3:C3"]}).frame
    got = dict(frame.filter(pl.col("time") == "2023").select("region", "value").rows())
    assert {region: got[region] for region in EIGHT} == {
        region: 100.0 * i + 23 for i, region in enumerate(EIGHT, start=1)
    }
    assert got["03451"] == 50
    assert set(frame["time"]) == {"2023", "2024"}


@pytest.mark.parametrize(
    ("cell", "status"), [("*", "secret"), ("<10", "secret"), ("unter 5", "secret"), (".", "secret"), ("-", "nil")]
)
def test_small_numbers_that_are_kept_secret_are_never_zero(cell, status):
    frame = read(by_code({"03157": (cell, cell, "x", 20)}), BY_CODE).frame
    peine = frame.filter(pl.col("region") == "03157", pl.col("Merkmal") == "Neue Kursteilnehmende")
    assert peine.select("value", "status").rows() == [(None, status)]


def test_both_become_groups_of_a_yearly_flow():
    indicator = CATALOGUE.indicators["integration_courses"]
    when = datetime(2026, 11, 22, tzinfo=UTC)
    rows = observations(read(by_code(), BY_CODE), indicator, indicator.series[0], CATALOGUE.sources["bamf"], when)
    goslar = rows.filter(pl.col("region") == "03153").select("breakdown", "period", "value")
    assert sorted(goslar.rows()) == [("group=course_finished", "2024", 200.0), ("group=course_started", "2024", 500.0)]


def ambiguous():
    rows = by_code()
    rows[4][2] = "Männer"
    return rows


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (by_code(title=TITLE.replace("im Jahr", "im 1. Halbjahr")), r"'Kreise', cell A1: expected figures of a whole"),
        (by_code(title="Integrationskurse nach Kreisen"), r"'Kreise', cell C5: expected one year above the table"),
        (ambiguous(), r"'Kreise', cell C5: expected one column of all participants among .*C5 'Männer'.*D5 'darunter"),
        ([row for row in by_code() if "Peine" not in row], r"sheet 'Kreise': .*column A lacks \['03157'\]"),
        (by_code({"03101": ("viele", 1, 1, 1)}), r"'Kreise', cell C7: expected a count or one of the signs .*'viele'"),
        (by_code({"03101": (None, 1, 1, 1)}), r"'Kreise', cell C7: expected a count or one of the signs .*came ''"),
    ],
)
def test_a_layout_that_departs_is_refused_with_sheet_and_cell(rows, error):
    with pytest.raises(ParseError, match=error):
        read(rows, BY_CODE)


def test_a_code_beside_another_districts_name_is_refused():
    rows = [[*row[:1], "Peine", *row[2:]] if row[:1] == ["03101"] else row for row in by_code()]
    with pytest.raises(ParseError, match=r"'Kreise', cell A7: expected with the code 03101 the name 'Braunschweig, St"):
        read(rows, BY_CODE)


def test_a_sheet_of_half_a_year_is_refused_by_its_name():
    with pytest.raises(ParseError, match=r"sheet '1\. Halbjahr 2024': expected figures of a whole year"):
        read(by_code(), {"1. Halbjahr 2024": BY_CODE["Kreise"]}, sheet="1. Halbjahr 2024")


def test_other_files_are_not_recognised():
    courses_by_land = [["Integrationskurse"], *[["Niedersachsen", 1]] * 20]
    assert bamf.recognise(book({"Länder": courses_by_land}), "integrationskurse_kreise.xlsx") is None
    assert bamf.recognise(b"%PDF-1.7", "integrationskurse.xlsx") is None


def test_nothing_is_ever_asked_for():
    context = Context(CATALOGUE.sources["bamf"], CATALOGUE, None, datetime(2026, 11, 22, tzinfo=UTC).date())
    assert SOURCES["bamf"].parts("integrationskurse", context) == []


CELLS = st.one_of(st.integers(0, 10**6), st.sampled_from(sorted(SIGNS)))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=8, max_size=8))
def test_whatever_figures_and_signs_go_in_come_out(cells):
    figures = {region: (new, "*", "x", done) for region, (new, done) in zip(EIGHT, cells, strict=True)}
    frame = read(by_code(figures), BY_CODE).frame
    for region, (new, done) in zip(EIGHT, cells, strict=True):
        own = frame.filter(pl.col("region") == region)
        got = {row["Merkmal"]: (row["value"], row["status"]) for row in own.iter_rows(named=True)}
        assert got == {"Neue Kursteilnehmende": meant(new), "Kursabsolventen": meant(done)}


def meant(cell):
    return (float(cell), "ok") if isinstance(cell, int) else (None, SIGNS[cell])
