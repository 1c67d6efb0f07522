"""LSN's CSV files: what is read, what is survived and reported, what is refused."""

from __future__ import annotations

import dataclasses
from datetime import date

import polars as pl
import pytest

from etl.catalogue import load_catalogue
from etl.errors import CorrectionError, ParseError
from etl.sources.base import Context
from etl.sources.lsn import parse, parts
from tests.etl.replies import BOM, EIGHT, eight_times, foreigners, reply

CATALOGUE = load_catalogue()


def read(text, table="1-2-1", catalogue=CATALOGUE):
    return parse(reply("lsn", table, text), catalogue)


def test_a_table_is_one_file():
    context = Context(CATALOGUE.sources["lsn"], CATALOGUE, None, date(2026, 11, 22), "https://publisher.example/x/")
    ((request,),) = (part.alternatives for part in parts("1-2-1", context))
    assert request.url == "https://publisher.example/x/data/indicator_1-2-1.csv"


def test_rows_are_placed_in_regions_and_cells_read():
    tidy = read(foreigners(eight_times(), extra="2024,Niedersachsen,K030,36500\n"))
    assert tidy.frame.height == 17
    assert tidy.frame.filter(region="03101", time="2024")["value"].to_list() == [1010]
    assert tidy.frame.filter(region="03")["value"].to_list() == [36500]
    assert tidy.notes == ()


def test_a_missing_code_is_reported_and_the_name_decides():
    tidy = read(foreigners(eight_times(), extra="2024,Niedersachsen,,36500\n2023,Niedersachsen,#NV,36000\n"))
    assert tidy.frame.filter(region="03").height == 2
    assert tidy.notes == ("table 1-2-1: 2 rows without a usable GeoCode were placed by their name",)


def test_regions_left_out_on_purpose_have_no_id():
    tidy = read(foreigners(eight_times(), extra="2024,Statistische Region Braunschweig,K031,99999\n"))
    assert tidy.frame["region"].null_count() == 1


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("+14.67", 14.67, "ok"),
        ("-3", -3.0, "ok"),
        ("36380.0", 36380.0, "ok"),
        ("-", None, "nil"),
        ("", None, "not_applicable"),  # no sign: nothing was said, which is not "nothing there"
        (".", None, "secret"),
        ("...", None, "pending"),
        ("/", None, "unreliable"),
        ("x", None, "not_applicable"),
        (" 7 ", 7.0, "ok"),
    ],
)
def test_signs_are_never_taken_for_numbers(cell, value, status):
    values = eight_times()
    values["Peine"] = [cell, 1]
    row = read(foreigners(values)).frame.filter(region="03157", time="2023")
    assert row.select("value", "status").row(0) == (value, status)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!doctype html><html>maintenance</html>", "a web page came"),
        (b"\xff\xfe garbage", "expected a comma-separated UTF-8 file"),
        ("", "expected a comma-separated UTF-8 file"),
        (BOM + "Year,Gebietseinheit,GeoCode,Value\n", "the file has none"),
        (foreigners(eight_times()).replace("Value", "Wert"), r"missing \['Value'\], new \['Wert'\]"),
        (foreigners(eight_times()).replace("Peine", "Peina"), r"unknown regions \['Peina'\]"),
        (foreigners(eight_times(), extra="2024,Peine,K03157,12a\n"), r"line 18: '12a'"),
        (foreigners(eight_times(), extra="2024,Peine,K03157,1e400\n"), "line 18: '1e400'"),
        (foreigners({n: ["-", "-"] for n in EIGHT}), "not one of 16 rows holds a figure"),
    ],
)
def test_another_shape_is_refused_with_its_place(text, message):
    with pytest.raises(ParseError, match=message) as caught:
        read(text)
    assert "lsn: table 1-2-1" in str(caught.value)


def test_a_code_that_contradicts_the_name_is_refused():
    with pytest.raises(ParseError, match=r"disagree in 2 rows .*Peine has K03158"):
        read(foreigners(eight_times()).replace('"Peine",K03157', '"Peine",K03158'))


AGE, NAT = "im Alter von 18 bis unter 65 Jahren", "Ausländerinnen und Ausländer"


def shifted_rates(shift: bool) -> str:
    """Table 6-2-2 with the block that LSN shifts; values are 100, 200, … in the order of the names."""
    codes = [*list(EIGHT.values())[1:], "K03159"] if shift else list(EIGHT.values())
    rows = [f'2022,"{n}",{AGE},{NAT},{c},{100 * i}' for i, (n, c) in enumerate(zip(EIGHT, codes, strict=True), start=1)]
    land = "Niedersachsen,im Alter bis unter 18 Jahren," + NAT
    return BOM + "\n".join(
        ["Year,Gebietseinheit,Altersgruppe,Nationalität,GeoCode,Value", *rows, f"2014,{land},K03101,542", ""]
    )


def test_the_shifted_block_of_6_2_2_is_read_by_name_and_reported():
    tidy = read(shifted_rates(shift=True), "6-2-2")
    block = tidy.frame.filter(Altersgruppe=AGE)
    assert block.filter(region="03101")["value"].to_list() == [100]
    assert block.filter(region="03102")["value"].to_list() == [200]
    assert {c.id: c.rows for c in tidy.corrections}["lsn_6_2_2_shifted_codes"] == 8


def test_a_correction_turns_red_once_the_publisher_has_mended_the_block():
    with pytest.raises(CorrectionError, match=r"'lsn_6_2_2_shifted_codes' no longer fits.*remove the entry"):
        read(shifted_rates(shift=False), "6-2-2")


DURATION = "Aufenthaltsdauer in Jahren"


def stay(female: int, with_missing_row: bool = False) -> str:
    """Table 1-2-3 for one district: the block withheld by a correction, and the row that LSN lost."""
    head = f"Year,Gebietseinheit,{DURATION},Geschlecht,GeoCode,Value"
    rows = [
        '2023,"Braunschweig, Stadt",10 und mehr,Insgesamt,K03101,1000',
        '2023,"Braunschweig, Stadt",10 und mehr,männlich,K03101,600',
        f'2023,"Braunschweig, Stadt",10 und mehr,weiblich,K03101,{female}',
    ]
    if with_missing_row:
        rows.append('2022,"Braunschweig, Stadt",6 - 8,Insgesamt,K03101,77')
    return BOM + "\n".join([head, *rows, ""])


def test_a_scrambled_block_is_withheld_and_a_lost_row_is_pending():
    frame = read(stay(female=123), "1-2-3").frame
    assert frame.filter(Geschlecht="weiblich").select("value", "status").row(0) == (None, "unreliable")
    assert frame.filter(time="2022").select("region", "value", "status").row(0) == ("03101", None, "pending")


def test_the_guards_see_a_mended_block_and_a_found_row():
    with pytest.raises(CorrectionError, match="parts_differ"):
        read(stay(female=400), "1-2-3")
    with pytest.raises(CorrectionError, match="row_missing"):
        read(stay(female=123, with_missing_row=True), "1-2-3")


def test_without_corrections_the_shifted_block_is_refused():
    bare = dataclasses.replace(CATALOGUE, corrections=())
    with pytest.raises(ParseError, match="add a correction"):
        read(shifted_rates(shift=True), "6-2-2", bare)


def test_tables_without_regions_belong_to_the_land():
    text = BOM + (
        "Year,Kategorie,Geschlecht,Units,Value\n"
        "Juni 2025,Arbeitslosenquote Insgesamt (alle Erwerbspersonen),Männer,%,6.2\n"
    )
    assert read(text, "5-3-2").frame.select("region", "time", "value").row(0) == ("03", "Juni 2025", 6.2)
    assert read(text, "5-3-2").frame["status"].dtype == pl.String
