"""Regional accounts: every sheet is what its heading says, and every figure comes out as it stands."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.sources import vgrdl
from etl.sources.base import Context, Reply, Tidy
from etl.sources.statistikportal.addresses import expanded
from etl.workbook import Workbook
from tests.etl.books import book
from tests.etl.replies import WHEN, reply
from tests.generators_workbook import FIGURES, Cell, Measure, as_accounts
from tests.recordings import SHARED, needs_recordings

CATALOGUE = load_catalogue()
EIGHT = {r: (CATALOGUE.region_by_id[r].nuts or "", CATALOGUE.region_by_id[r].name.de) for r in CATALOGUE.members}
REGIONS = {**EIGHT, "03": ("DE9", "Niedersachsen"), "031": ("DE91", "Braunschweig"), "17": ("DE", "Deutschland")}
KEPT = {**{r: r for r in EIGHT}, "03": "03", "17": "DG"}
YEARS = ("2021", "2022", "2023")
INCOME = "Verfügbares Einkommen der privaten Haushalte einschl. der privaten Organisationen ohne Erwerbszweck"


def filled(value: Cell, regions: dict[str, tuple[str, str]] = REGIONS) -> dict[tuple[str, str], Cell]:
    return {(r, y): value for r in regions for y in YEARS}


def volume(
    titles: tuple[str, ...], cells: dict[tuple[str, str], Cell], regions: dict[str, tuple[str, str]] = REGIONS
) -> Reply:
    return reply("vgrdl", "r2b3", as_accounts({"1.1": Measure(titles, cells)}, regions, YEARS))


def read(titles: tuple[str, ...], value: Cell = 1) -> tuple[str, ...]:
    """What the parser makes of the lines above a table."""
    frame = vgrdl.parse(volume(titles, filled(value)), CATALOGUE).frame
    return frame.select("content", "per", "sector", "unit").unique().row(0)


@given(
    st.fixed_dictionaries(
        {(r, y): st.one_of(FIGURES, st.sampled_from([".", "…", "/", "x", "–"])) for r in REGIONS for y in YEARS}
    )
)
@settings(max_examples=25, deadline=None)
def test_every_figure_that_goes_in_comes_out(cells: dict[tuple[str, str], Cell]) -> None:
    frame = vgrdl.parse(volume(("1 Primäreinkommen", "1.1 Primäreinkommen", "in Mio. EUR"), cells), CATALOGUE).frame
    came = {(r, t): v for r, t, v in frame.select("region", "time", "value").iter_rows()}
    meant = {(KEPT[r], y): None if isinstance(c, str) else float(c or 0) for (r, y), c in cells.items() if r in KEPT}
    assert came == meant


@pytest.mark.parametrize(
    ("titles", "meaning"),
    [
        (("1   " + INCOME, "1.1 " + INCOME, "in Mio. EUR"), (INCOME, "", "", "Mio. EUR")),
        (("2 " + INCOME, f"2.4 {INCOME} je Einwohnerin bzw. Einwohner", "in EUR"), (INCOME, "Einwohner", "", "EUR")),
        (
            ("1 Löhne (Inland)", "1.3.1 Produzierendes Gewerbe (B-E)", "in Mill. EUR"),
            ("Löhne (Inland)", "", "B-E", "Mio. EUR"),
        ),
        (("1 Löhne (Inland)", "1.1 insgesamt (A-T)", "in Mill. EUR"), ("Löhne (Inland)", "", "A-T", "Mio. EUR")),
        (("5 Löhne insgesamt je Arbeitnehmer", "in EUR"), ("Löhne insgesamt", "Arbeitnehmer", "", "EUR")),
        (("1 Löhne", "1.1.1 insgesamt (A-T)", "Anteil am Land in %"), ("Löhne", "", "A-T", "Anteil am Land in %")),
        (("3 Arbeitnehmer", "3.2 Landwirtschaft (A)", "in 1 000 Personen"), ("Arbeitnehmer", "", "A", "Personen")),
    ],
)
def test_the_lines_above_a_table_say_what_it_shows(titles: tuple[str, ...], meaning: tuple[str, ...]) -> None:
    assert read(titles) == meaning


def test_persons_are_passed_on_in_thousands_with_one_decimal_as_the_terms_demand() -> None:
    tidy = vgrdl.parse(volume(("3 Arbeitnehmer (Inland)", "in 1000 Personen"), filled(159.1489)), CATALOGUE)
    assert tidy.frame["value"].unique().to_list() == [159_100]


def test_signs_mean_what_the_workbook_explains() -> None:
    cells = filled(1.5) | {("03101", "2021"): ".", ("03101", "2022"): "…", ("03101", "2023"): "/", ("17", "2021"): "X"}
    frame = vgrdl.parse(volume(("1 Löhne", "in EUR"), cells), CATALOGUE).frame
    assert frame.filter(region="03101")["status"].to_list() == ["secret", "pending", "unreliable"]
    assert frame.filter(region="DG", time="2021")["status"].to_list() == ["not_applicable"]


@pytest.mark.parametrize(
    ("regions", "cells", "message"),
    [
        ({k: v for k, v in REGIONS.items() if k != "03157"}, {}, r"sheet '1.1'.*\['03157'\] are missing"),
        (
            {**REGIONS, "03101": ("DE912", "Braunschweig")},
            {},
            "sheet '1.1', cell B7: expected the NUTS code of 03101, DE911",
        ),
        (REGIONS, {("03102", "2022"): "viel"}, "sheet '1.1', cell J8: expected a number or one of the signs.*'viel'"),
        (REGIONS, {("03102", "2022"): "#REF!"}, "cell J8: expected a number.*#REF!"),
    ],
)
def test_a_departure_is_named_with_sheet_and_cell(
    regions: dict[str, tuple[str, str]], cells: dict[tuple[str, str], Cell], message: str
) -> None:
    with pytest.raises(ParseError, match=message):
        vgrdl.parse(volume(("1 Löhne", "in EUR"), filled(1) | cells, regions), CATALOGUE)


def test_a_moved_column_is_noticed() -> None:
    body = as_accounts({"1.1": Measure(("1 Löhne", "in EUR"), filled(1))}, REGIONS, ("2021", "2023"))
    with pytest.raises(ParseError, match=r"sheet '1\.1', cell J5: expected the year 2022, came '2023'"):
        vgrdl.parse(reply("vgrdl", "r2b2", body), CATALOGUE)
    body = as_accounts({"1.1": Measure(("1 Löhne", "in EUR"), filled(1))}, REGIONS, ("Insgesamt", *YEARS))
    with pytest.raises(ParseError, match=r"sheet '1\.1', cell I5: expected the first year, came 'Insgesamt'"):
        vgrdl.parse(reply("vgrdl", "r2b2", body), CATALOGUE)
    body = as_accounts({"1.1": Measure(("1 Löhne", "in EUR"), filled(1))}, REGIONS, YEARS, key="Schlüssel")
    with pytest.raises(ParseError, match=r"row 5 comes nearest and lacks \['Regionalschlüssel'\]"):
        vgrdl.parse(reply("vgrdl", "r2b2", body), CATALOGUE)


def test_the_next_edition_is_tried_first_and_the_known_one_last() -> None:
    paths = ("{year}-01/bs{year-2}.xlsx", "2026-01/bs2024.xlsx", "2021-08/old.xlsx")
    assert expanded(paths, (2027, 2026)) == ("2027-01/bs2025.xlsx", "2026-01/bs2024.xlsx", "2021-08/old.xlsx")


@pytest.mark.parametrize("table", ["r2b1", "r2b2", "r2b3"])
def test_a_volume_has_one_part_with_addresses_below_the_sources(table: str) -> None:
    context = Context(CATALOGUE.sources["vgrdl"], CATALOGUE, None, date(2027, 3, 1), "http://127.0.0.1:1/x/")
    (part,) = vgrdl.parts(table, context)
    urls = [r.url for r in part.alternatives]
    assert urls[0].startswith("http://127.0.0.1:1/x/2027-") and len(set(urls)) == len(urls) > 1
    assert len({r.name for r in part.alternatives}) == len(urls) and not any("_" in r.name for r in part.alternatives)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("vgrdl_r2b3_bs2024.xlsx", "r2b3"),
        ("vgr_r2b2_bs2020_2.xlsx", "r2b2"),
        ("vgrdl_r2b1_bs2024 (1).xlsx", "r2b1"),
    ],
)
def test_a_volume_brought_by_hand_is_known_by_the_publishers_name(name: str, table: str) -> None:
    assert vgrdl.recognise(b"PK...", name) == table
    assert vgrdl.recognise(b"<html>", name) is None


@pytest.mark.parametrize("name", ["vgrdl_r1b4_bs2023.xlsx", "Mappe1.xlsx"])
def test_a_volume_under_another_name_is_told_from_other_workbooks(name: str) -> None:
    income = volume(("1 Primäreinkommen", "1.1 Primäreinkommen", "in Mio. EUR"), filled(1)).body
    with pytest.raises(ParseError, match=r"sheet '1\.1': is a sheet of a volume, but only the publisher's name"):
        vgrdl.recognise(income, name)
    assert vgrdl.recognise(book({"1.1": [["EU-Code", "Jahr"]]}), name) is None


# the volume that is not recorded


def served(httpserver: HTTPServer, body: bytes) -> tuple[PoliteSession, Context]:
    """The known edition of volume 1, and nothing else."""
    source = CATALOGUE.sources["vgrdl"].model_copy(update={"gap_seconds": 0})
    httpserver.expect_request("/2026-01/vgrdl_r2b1_bs2024.xlsx").respond_with_data(body)
    httpserver.expect_request(re.compile(".*")).respond_with_data("no", status=404)
    return PoliteSession(source), Context(
        source, CATALOGUE, None, date(2026, 11, 22), httpserver.url_for("/").rstrip("/")
    )


def gdp_volume(heading: str) -> bytes:
    sheets = {
        "1.1": Measure(("1 " + heading, "1.1 " + heading, "in Mio. EUR"), filled(9000.5)),
        "1.4": Measure(("1 " + heading, f"1.4 {heading} je Erwerbstätigen (Inland)", "in EUR"), filled(81_234)),
    }
    return as_accounts(sheets, REGIONS, YEARS)


def test_gross_domestic_product_is_found_by_its_heading() -> None:
    tidy = vgrdl.parse(reply("vgrdl", "r2b1", gdp_volume("Bruttoinlandsprodukt")), CATALOGUE)
    assert value(figures(tidy, "r2b1", "gdp"), "03101", "2023") == 9000.5
    assert value(figures(tidy, "r2b1", "gdp_per_employed"), "DG", "2021") == 81_234


def test_the_probe_tells_that_the_assumptions_hold(httpserver: HTTPServer) -> None:
    findings = vgrdl.probe(*served(httpserver, gdp_volume("Bruttoinlandsprodukt")))
    assert [f.state for f in findings] == ["held"] * 3


def test_the_probe_names_the_headings_that_came_instead(httpserver: HTTPServer) -> None:
    findings = vgrdl.probe(*served(httpserver, gdp_volume("BIP, neu")))
    assert [f.state for f in findings] == ["held", "held", "broken"]
    assert (
        "none for gdp, gdp_per_employed; the file has: BIP, neu; Mio. EUR | BIP, neu; Erwerbstätige"
        in findings[2].detail
    )


def test_the_probe_tells_a_file_of_another_layout_from_a_missing_one(httpserver: HTTPServer) -> None:
    findings = vgrdl.probe(*served(httpserver, b"<html>"))
    assert [f.state for f in findings] == ["held", "broken", "unknown"]
    assert "web page" in findings[1].detail


# the recorded volumes


def recorded(file: str, table: str) -> Tidy:
    return vgrdl.parse(
        reply("vgrdl", table, (SHARED / "recordings" / "statistikportal" / file).read_bytes()), CATALOGUE
    )


def figures(tidy: Tidy, table: str, indicator: str) -> pl.DataFrame:
    series = next(s for i, s in CATALOGUE.tables("vgrdl")[table] if i.id == indicator)
    entry, source = CATALOGUE.indicators[indicator], CATALOGUE.sources["vgrdl"]
    return observations(tidy, entry, series, source, WHEN)


@needs_recordings
def test_recorded_incomes_agree_with_their_cells_and_with_each_other() -> None:
    file = SHARED / "recordings" / "statistikportal" / "vgrdl_r2b3_bs2024.xlsx"
    tidy = recorded(file.name, "r2b3")
    per_head, total = (figures(tidy, "r2b3", i) for i in ("household_income", "household_income_total"))
    assert per_head["period"].unique().len() == 29
    sheet = Workbook(file.read_bytes(), "w").sheet("2.4")  # read by hand: the row by its name, the column by its year
    row = next(r for r in range(sheet.height) if sheet.cell(r, 7).startswith("Braunschweig, Kreisfreie Stadt"))
    column = list(sheet.rows[4]).index("2022")
    assert value(per_head, "03101", "2022") == float(sheet.cell(row, column)) == 26008
    assert value(total, "03101", "2023") == pytest.approx(7000.597)
    # inhabitants that both imply: those of the population statistic
    people = value(total, "03101", "2023") * 1e6 / value(per_head, "03101", "2023")
    assert people == pytest.approx(251_935, abs=500)


@needs_recordings
def test_recorded_employees_add_up_over_sectors_and_districts() -> None:
    tidy = recorded("vgr_r2b2_bs2020_2.xlsx", "r2b2")
    people = figures(tidy, "r2b2", "employees_accounts")
    assert value(people, "03101", "2019") == 159_100
    parts = [value(people, "03101", "2019", f"sector={s}") for s in ("A", "B_F", "G_T")]
    assert sum(parts) == pytest.approx(159_100, abs=150)
    wages = figures(tidy, "r2b2", "wages_per_employee")
    assert value(wages, "03103", "2019") > value(wages, "DG", "2019") > 30_000


def value(frame: pl.DataFrame, region: str, period: str, breakdown: str = "") -> float:
    rows = frame.filter(pl.col("region") == region, pl.col("period") == period, pl.col("breakdown") == breakdown)
    return float(rows["value"].item())
