"""Regionalstatistik's keyless CSV: three layouts of one printed page; a cut or changed page is refused."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.entries import TableOptions
from etl.errors import ParseError
from etl.sources.genesis.parse import parse
from tests.etl.replies import reply
from tests.generators_genesis import EIGHT, ClassicTable, as_classic, classic_tables
from tests.recordings import SHARED, needs_recordings

CATALOGUE = load_catalogue()
REGIO = "regionalstatistik"
TABLE = "12411-01-01-4"
SEX = ("-", "time", "GES")
GROUPS = ("value_variable_code", "group", "value_unit")
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def read(body: bytes, meanings: tuple[str, ...] | None = SEX, table: str = TABLE, source: str = REGIO):
    options = TableOptions(source=source, table=table, classic=meanings)
    catalogue = replace(CATALOGUE, table_options=(options,))
    return parse(reply(source, table, body, "classic"), catalogue)


def population(changes: dict[str, str] | None = None) -> bytes:
    """Men and women of the eight districts; ``changes`` are made in the page's text."""
    rows = tuple((None, code, ("30", "10", "20")) for code in EIGHT)
    columns = tuple(("Stichtag", "31.12.2024", sex) for sex in ("Insgesamt", "männlich", "weiblich"))
    text = as_classic(ClassicTable(TABLE, SEX, columns, rows, ("Bevölkerungsstand", "Anzahl"))).decode("cp1252")
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    return text.encode("cp1252")


@given(table=classic_tables(), ends=st.sampled_from(["\n", "\r\n"]))
@patient
def test_every_figure_of_the_page_comes_back(table: ClassicTable, ends: str):
    tidy = read(as_classic(table, ends=ends), table.meanings)
    names = [*table.dims(), "value_variable_code", "value_unit", "region", "time", "value", "status"]
    assert tidy.frame.columns == names
    assert not tidy.frame.is_duplicated().any()
    assert set(tidy.frame.rows()) == table.expected()


def test_the_page_holds_the_newest_period_only():
    assert read(population()).partial


def test_label_and_unit_come_from_the_title_and_labels_stay_german():
    first = read(population()).frame.row(1, named=True)
    assert first == {
        "GES": "männlich",
        "value_variable_code": "Bevölkerungsstand",
        "value_unit": "Anzahl",
        "region": "03101",
        "time": "31.12.2024",
        "value": 10.0,
        "status": "ok",
    }


CUT = population()
REFUSED = {
    "a web page": (b"<!doctype html>", SEX, "a web page came"),
    "nothing": (b"", SEX, "an empty reply came"),
    "the page of another table": (population({TABLE: "12411-01-02-4"}), SEX, "expected 'Tabelle: 12411-01-01-4'"),
    "a page cut in its rows": (CUT[: CUT.index(b"03154")], SEX, "expected a footer"),
    "a page cut in its footer": (CUT[: CUT.index(b"Stand: ")], SEX, "expected a footer"),
    "nothing said about header rows": (CUT, None, "add 'classic' to the table"),
    "fewer header rows than said": (CUT, ("-", "-", *SEX), "expected 5 header rows .*came 3 from line 5"),
    "the time said to be in the rows": (CUT, ("-", "-", "GES"), "do not give the time"),
    "columns that are headed alike": (population({"weiblich": "männlich"}), SEX, "several columns are headed"),
    "a time row without times": (CUT, ("time", "-", "GES"), "column 3 is headed 'Stichtag'"),
    "a title without unit": (population({" (Anzahl)": ""}), SEX, "expected a title line like"),
    "a header row too long": (population({";;Insgesamt": ";;;Insgesamt"}), SEX, "should have 5 fields, got 6"),
    "a row too short": (population({"03154, Landkreis;30": "03154, Landkreis"}), SEX, "line 13 should have"),
    "a row that begins with no region": (population({"03154;": "0315x;"}), SEX, r"line 13 begins \['0315x'"),
    "an unknown sign": (population({"03102, Landkreis;30": "03102, Landkreis;30?"}), SEX, r"line 9: '30\?'"),
    "a district that is missing": (population({"03154;": "03155;"}), SEX, "missing 03154 Helmstedt"),
    "a district that stands twice": (
        population({"03154;      Kreis 03154, Landkreis;30": "03157;      Kreis;31"}),
        SEX,
        "lines 13 and 14 give",
    ),
    "a byte that cp1252 does not have": (CUT[:40] + b"\x81" + CUT[40:], SEX, "cp1252"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_the_known_page_is_refused_with_the_reason(case: str):
    body, meanings, said = REFUSED[case]
    with pytest.raises(ParseError, match=said) as refusal:
        read(body, meanings)
    assert TABLE in str(refusal.value)


def test_a_reply_of_another_name_is_refused():
    with pytest.raises(ParseError, match="expected a reply named"):
        parse(reply(REGIO, TABLE, population(), "data"), CATALOGUE)


# The recorded pages


def recorded(name: str, meanings: tuple[str, ...], source: str = REGIO) -> pl.DataFrame:
    body = (SHARED / "recordings" / "classic" / f"{name}.csv").read_bytes()
    return read(body, meanings, name.split("__")[0], source).frame


@needs_recordings
def test_recorded_unemployment():
    frame = recorded("13211-02-05-4__2025", GROUPS).filter(region="03101")
    assert frame["time"].unique().to_list() == ["2025"]
    persons = frame.filter(value_variable_code="Arbeitslose", value_unit="Anzahl")
    rates = frame.filter(value_variable_code="Arbeitslosenquote bez. auf alle zivile Erwerbsp.", value_unit="Prozent")
    assert persons.filter(group="")["value"].to_list() == [9_110]
    assert persons.filter(group="ausländisch")["value"].to_list() == [2_938]
    assert rates.filter(group="")["value"].to_list() == [6.3]
    assert rates.filter(group="ausländisch")["value"].to_list() == [15.2]
    assert recorded("13211-02-05-4__2023", GROUPS)["time"].unique().to_list() == ["2023"]


@needs_recordings
def test_recorded_population():
    frame = recorded("12411-01-01-4__2021", SEX)
    assert frame.filter(region="03101").select("GES", "time", "value").rows() == [
        ("Insgesamt", "31.12.2021", 248_823),
        ("männlich", "31.12.2021", 123_441),
        ("weiblich", "31.12.2021", 125_382),
    ]
    assert {"03", "DG"} < set(frame["region"])


@needs_recordings
def test_recorded_population_with_a_column_per_year():
    frame = recorded("12411-0015__1995-2018", ("-", "time"), "genesis")
    braunschweig = frame.filter(region="03101")
    assert braunschweig.height == 24
    assert braunschweig.filter(time="31.12.2018")["value"].to_list() == [248_292]
