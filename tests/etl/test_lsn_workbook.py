"""LSN 5-2-2: employees by qualification, from a workbook with the table in numbers and in per cent."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.sources import lsn
from etl.sources.base import Context, Tidy
from tests.etl.replies import EIGHT, reply
from tests.generators_workbook import QUALIFICATIONS, SEXES, Cell, as_qualifications, rezipped
from tests.recordings import SHARED, needs_recordings

CATALOGUE = load_catalogue()
REGIONS = (
    *((code.removeprefix("K03"), name) for name, code in EIGHT.items()),
    ("1", "Statistische Region Braunschweig"),
    ("241001", "dav. Hannover, Lhst."),
    ("0", "Niedersachsen"),
)
YEARS = ("2024", "2023")
KEYS = [(code, year, sex, q) for code, _ in REGIONS for year in YEARS for sex in SEXES for q in QUALIFICATIONS]
Values = dict[tuple[str, str, str, str], Cell]


def parse(values: Values, regions: tuple[tuple[str, str], ...] = REGIONS) -> Tidy:
    return lsn.parse(reply("lsn", "5-2-2", as_qualifications(values, regions, YEARS), "2025.xlsx"), CATALOGUE)


def ones() -> Values:
    return dict.fromkeys(KEYS, 1)


@given(st.lists(st.integers(0, 10**6), min_size=len(KEYS), max_size=len(KEYS)))
@settings(max_examples=15, deadline=None)
def test_every_figure_that_goes_in_comes_out(numbers: list[int]) -> None:
    values = dict(zip(KEYS, numbers, strict=True))
    frame = parse(dict(values)).frame.filter(Units="Anzahl")
    columns = ["region", "time", "Geschlecht", "Qualifikation", "value"]
    came = {row[:4]: row[4] for row in frame.select(columns).iter_rows()}
    ids = {**{code: f"03{code}" for code, _ in REGIONS[:8]}, "0": "03"}
    assert came == {(ids[c], y, s, q): float(n) for (c, y, s, q), n in values.items() if c in ids}


def test_the_table_in_per_cent_is_kept_apart() -> None:
    frame = parse(ones()).frame
    assert frame.filter(Units="Prozent")["value"].unique().to_list() == [20.5]
    assert frame.filter(Units="Anzahl")["value"].unique().to_list() == [1]


def test_a_statistical_region_and_a_part_of_hannover_belong_to_no_district() -> None:
    assert set(parse(ones()).frame["region"]) == {*CATALOGUE.members, "03"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {("101", "2024", "Männer", QUALIFICATIONS[1]): "ca. 5"},
            "cell K10: expected a number or a sign, came 'ca. 5'",
        ),
        ({("101", "2024", "Männer", QUALIFICATIONS[1]): "#NV"}, "cell K10: expected a number or a sign, came '#NV'"),
    ],
)
def test_a_cell_that_is_no_figure_is_named(change: Values, message: str) -> None:
    with pytest.raises(ParseError, match=f"sheet 'Tabelle1', {message}"):
        parse(ones() | change)


def test_signs_have_no_value() -> None:
    frame = parse(
        ones() | {("101", "2024", "Frauen", "Insgesamt"): ".", ("101", "2023", "Frauen", "Insgesamt"): "-"}
    ).frame
    cells = frame.filter(region="03101", Geschlecht="Frauen", Qualifikation="Insgesamt", Units="Anzahl").sort("time")
    assert cells.select("value", "status").rows() == [(None, "nil"), (None, "secret")]


def test_a_code_that_is_another_regions_is_refused_with_its_cell() -> None:
    regions = (("102", "Braunschweig, Stadt"), *REGIONS[1:])
    with pytest.raises(
        ParseError, match="sheet 'Tabelle1', cell B10: expected the code of Braunschweig, Stadt, came '102'"
    ):
        parse(ones(), regions)


def test_a_missing_district_is_named() -> None:
    with pytest.raises(ParseError, match=r"the districts \['03101'\] are missing"):
        parse(ones(), REGIONS[1:])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Frauen", b"Divers", "cell O7: expected one of"),
        (b"Anzahl", b"Index.", "cell E8: expected a unit"),
        (b"Jahr", b"Zeit", "cell D6: expected 'Jahr', came 'Zeit'"),
        (b"AGS", b"KEY", r"expected a header row with \['AGS', 'Jahr'\]"),
        (b"Darunter nach Qualifikation", b"Darunter nach Nationalitae!", "cell F7: expected one of"),
    ],
)
def test_a_changed_header_is_named_with_its_cell(old: bytes, new: bytes, message: str) -> None:
    body = as_qualifications(ones(), REGIONS, YEARS)
    strings = shared_strings(body).replace(old, new)
    with pytest.raises(ParseError, match=f"sheet 'Tabelle1'.*{message}"):
        lsn.parse(reply("lsn", "5-2-2", rezipped(body, {"xl/sharedStrings.xml": strings})), CATALOGUE)


def shared_strings(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read("xl/sharedStrings.xml")


def test_the_newest_edition_of_the_workbook_is_asked_first_and_csv_tables_as_before() -> None:
    context = Context(CATALOGUE.sources["lsn"], CATALOGUE, None, date(2026, 11, 22), "http://127.0.0.1:1/lsn")
    (part,) = lsn.parts("5-2-2", context)
    assert [r.url.rpartition("/lsn/")[2] for r in part.alternatives] == [
        "excel/2026_5-2-2.xlsx",
        "excel/2025_5-2-2.xlsx",
        "excel/2024_5-2-2.xlsx",
    ]
    assert lsn.parts("1-2-1", context)[0].alternatives[0].url == "http://127.0.0.1:1/lsn/data/indicator_1-2-1.csv"


def test_a_workbook_brought_by_hand_is_known_by_the_publishers_name() -> None:
    body = as_qualifications(ones(), REGIONS, YEARS)
    assert lsn.recognise(body, "2026_5-2-2.xlsx") == "5-2-2"
    assert lsn.recognise(body, "2026_5-2-3.xlsx") is None
    assert lsn.recognise(b"Year,Gebietseinheit,GeoCode,Value\n", "indicator_1-2-1.csv") == "1-2-1"


@needs_recordings
def test_the_recorded_qualifications_add_up_to_the_employees_of_5_2_1() -> None:
    folder = SHARED / "recordings" / "lsn"
    workbook = lsn.parse(reply("lsn", "5-2-2", (folder / "excel" / "2025_5-2-2.xlsx").read_bytes()), CATALOGUE)
    csv = lsn.parse(reply("lsn", "5-2-1", (folder / "indicator_5-2-1.csv").read_bytes()), CATALOGUE)
    numbers = workbook.frame.filter(Units="Anzahl")
    total = pl.col("Qualifikation") == "Insgesamt"
    keys = ["region", "time", "Geschlecht"]
    sums = numbers.filter(~total).group_by(keys).agg(pl.col("value").sum())
    both = sums.join(numbers.filter(total).select(*keys, pl.col("value").alias("total")), on=keys)
    both = both.join(csv.frame.filter(Units="Anzahl").select(*keys, pl.col("value").alias("of_5_2_1")), on=keys)
    assert both.height == numbers.filter(total).height == 46 * 14 * 3
    assert both.filter(pl.col("total") != pl.col("of_5_2_1")).is_empty()
    assert both.filter(pl.col("value") != pl.col("total")).height == 0
    region = both.filter(pl.col("region").is_in(CATALOGUE.members), time="2024", Geschlecht="Insgesamt")
    assert region["value"].sum() == 54_567
