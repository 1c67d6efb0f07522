"""Eurostat's replies: what is asked for, what is read from each form, and what is refused."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.catalogue import Catalogue
from etl.counselling_entries import CounsellingFile
from etl.entries import Indicator, Region, RevisionLimits, Series, Source, Text
from etl.errors import CatalogueError, ParseError
from etl.outlook_entries import OutlookFile
from etl.service_entries import ServicesFile
from etl.sources.base import Context, Reply, Request
from etl.sources.eurostat import jsonstat, parse, parts, tsv
from etl.sources.eurostat.flags import status_of
from tests.generators import Cube, Row, as_commas, as_jsonstat, as_tsv, cubes, damaged
from tests.recordings import SHARED, needs_recordings

RECORDINGS = SHARED / "recordings" / "eurostat"
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)

TABLE = "demo_r_pjangrp3"
BASE = "http://127.0.0.1:1/eurostat/api/dissemination"


def region(code: str, nuts: str | None, level: str = "district") -> Region:
    text = Text(de=code, en=code)
    return Region.model_validate({"id": code, "level": level, "name": text, "short": text, "nuts": nuts})


def catalogue(*columns: dict[str, dict[str, str | None]], table: str = TABLE, regions=None) -> Catalogue:
    """A catalogue whose only table is read by one series per ``columns``."""
    series = [Series.model_construct(source="eurostat", table=table, columns=c) for c in columns]
    return Catalogue(
        regions=regions
        or (
            region("03101", "DE911"),
            region("03102", "DE912"),
            region("BSR", None, "region"),
            region("DE91", "DE91", "nuts2"),
        ),
        ignored_regions=(),
        sources={},
        dimensions={},
        units={},
        indicators={f"i{n}": Indicator.model_construct(id=f"i{n}", series=(s,)) for n, s in enumerate(series)},
        events=(),
        corrections=(),
        table_options=(),
        revision_limits=RevisionLimits.model_construct(),
        counselling=CounsellingFile.model_construct(),
        outlook=OutlookFile.model_construct(),
        measures=(),
        services=ServicesFile.model_construct(),
    )


def requests(table: str, known: Catalogue, base: str = BASE) -> tuple[Request, ...]:
    """The alternatives for the table's one part."""
    source = Source.model_construct(id="eurostat", address=BASE)
    (part,) = parts(table, Context(source, known, None, date(2026, 11, 22), base))
    return part.alternatives


POPULATION = {
    "freq": {"A": ""},
    "unit": {"NR": ""},
    "sex": {"T": "", "F": "sex=f", "M": None},
    "age": {"TOTAL": ""},
}


def reply(body: bytes, name: str = "jsonstat", table: str = TABLE) -> Reply:
    return Reply("eurostat", table, name, BASE, body, datetime(2026, 11, 22, tzinfo=UTC), "0" * 64)


def rows_of(frame: pl.DataFrame, dims: list[str]) -> set[Row]:
    rows = frame.select(*dims, "time", "value", "flag").rows()
    assert len(set(rows)) == len(rows)
    return {(row[:-2], row[-2], row[-1]) for row in rows}


def sample() -> Cube:
    dims = {"freq": ("A",), "sex": ("F", "M", "T"), "unit": ("NR",), "age": ("TOTAL", "Y_LT5"), "geo": ("DE911", "FR1")}
    cells = {key: (str(1000 + i), "") for i, key in enumerate(product(*dims.values(), ("2021", "2022")))}
    cells["A", "T", "NR", "TOTAL", "DE911", "2021"] = ("251800", "bp")
    cells["A", "T", "NR", "TOTAL", "DE911", "2022"] = (None, "c")
    cells["A", "F", "NR", "TOTAL", "DE911", "2022"] = (None, "")
    return Cube(dims, ("2021", "2022"), cells)


# What is asked for


def test_json_stat_is_asked_for_first_with_every_code_that_some_series_uses_and_the_bulk_form_second():
    by_sex = {**POPULATION, "sex": {"T": None, "F": None, "M": "sex=m"}}
    first, second = requests(TABLE, catalogue(POPULATION, by_sex), BASE + "/")
    assert (first.name, first.url) == ("jsonstat", f"{BASE}/statistics/1.0/data/{TABLE}")
    assert first.params[:2] == (("format", "JSON"), ("lang", "EN"))
    assert sorted(first.params[2:]) == sorted(
        [
            *[("geo", g) for g in ("DE911", "DE912", "DE91")],
            ("freq", "A"),
            ("unit", "NR"),
            ("age", "TOTAL"),
            *[("sex", s) for s in "TFM"],
        ]
    )
    assert (second.name, second.url) == ("tsv", f"{BASE}/sdmx/2.1/data/{TABLE}")
    assert second.params == (("format", "TSV"), ("compressed", "true"))


def test_a_label_that_every_series_leaves_out_is_not_asked_for():
    assert ("sex", "M") not in requests(TABLE, catalogue(POPULATION))[0].params


def test_a_table_that_no_series_reads_or_that_series_describe_differently_is_a_catalogue_error():
    with pytest.raises(CatalogueError, match="found none"):
        requests("nama_10r_3gdp", catalogue(POPULATION))
    with pytest.raises(CatalogueError, match="different dimensions"):
        requests(TABLE, catalogue(POPULATION, {"freq": {"A": ""}}))


# What is read: whatever a publisher can mean comes back from every form


FORMS: dict[str, tuple[Callable[[Cube], bytes], Callable[[bytes, str], pl.DataFrame]]] = {
    "jsonstat": (as_jsonstat, jsonstat.decode),
    "jsonstat spaced": (lambda c: as_jsonstat(c, spaced=True), jsonstat.decode),
    "jsonstat arrays": (lambda c: as_jsonstat(c, arrays=True), jsonstat.decode),
    "tsv": (as_tsv, tsv.decode),
    "tsv old": (lambda c: as_tsv(c, old=True), tsv.decode),
    "tsv gzip": (lambda c: as_tsv(c, zipped=True), tsv.decode),
    "commas": (as_commas, tsv.decode),
}


@pytest.mark.parametrize("form", FORMS)
@given(cube=cubes())
@patient
def test_every_form_gives_back_the_figures_that_went_in(form: str, cube: Cube):
    write, read = FORMS[form]
    assert rows_of(read(write(cube), TABLE), list(cube.dims)) == cube.observed()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_parsed_to_the_same_tidy_frame(form: str):
    tidy = parse(reply(FORMS[form][0](sample()), form.split()[0].replace("commas", "tsv")), catalogue(POPULATION))
    assert tidy.frame.columns == ["age", "freq", "sex", "unit", "region", "time", "value", "status"]
    assert tidy.frame.rows() == [
        ("TOTAL", "A", "F", "NR", "03101", "2021", 1000.0, "ok"),
        ("TOTAL", "A", "T", "NR", "03101", "2021", 251800.0, "break"),
        ("TOTAL", "A", "T", "NR", "03101", "2022", None, "secret"),
    ]
    assert [str(t) for t in tidy.frame.dtypes] == ["String"] * 6 + ["Float64", "String"]


def test_codes_and_regions_that_did_not_come_back_are_noted_and_a_level_without_any_figure_in_one_note():
    asked = {**POPULATION, "age": {"TOTAL": "", "Y_GE90": ""}}
    tidy = parse(reply(as_jsonstat(sample())), catalogue(asked))
    assert tidy.notes == (
        f"table {TABLE}: no figures came for age Y_GE90",
        f"table {TABLE}: no figures came for geo DE912",
        f"table {TABLE}: no figures came for regions of level 'nuts2'",
    )


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("5 ", 5.0, "ok"),
        ("5 b", 5.0, "break"),
        ("5 bu", 5.0, "break"),
        ("5 up", 5.0, "limited"),
        ("5 d", 5.0, "limited"),
        ("5 n", 5.0, "limited"),
        ("0 n", 0.0, "rounded_zero"),
        ("5 e", 5.0, "estimated"),
        ("5 s", 5.0, "estimated"),
        ("5 fp", 5.0, "estimated"),
        ("5 pr", 5.0, "provisional"),
        ("5 r", 5.0, "revised"),
        ("5 x", 5.0, "limited"),
        ("5 c", None, "secret"),
        ("5 z", None, "not_applicable"),
        (": c", None, "secret"),
        (": z", None, "not_applicable"),
        (": bu", None, "unreliable"),
        (": p", None, "pending"),
    ],
)
def test_flags_become_the_statuses_of_the_store(cell: str, value: float | None, status: str):
    body = f"freq,geo\\TIME_PERIOD\t2021 \r\nA,DE911\t{cell}\r\n".encode()
    frame = parse(reply(body, "tsv"), catalogue({"freq": {"A": ""}})).frame
    assert frame.select("value", "status").row(0) == (value, status)


def test_a_colon_among_the_flags_of_json_stat_says_missing_and_nothing_else():
    body = edited(value={"3": 5}, status={"0": ":", "1": ": u", "3": ":p"})
    assert jsonstat.decode(body, TABLE).select("value", "flag").rows() == [(None, "u"), (5.0, "p")]


def test_an_unknown_flag_and_a_figure_that_should_have_been_withheld_are_noted():
    body = b"freq,geo\\TIME_PERIOD\t2021 \t2022 \r\nA,DE911\t7 x\t9 c\r\n"
    notes = " | ".join(parse(reply(body, "tsv"), catalogue({"freq": {"A": ""}})).notes)
    assert "flag 'x' is not known; 1 cells" in notes
    assert "1 figures came with the flag 'c' or 'z' and are withheld" in notes


@given(flags=st.text("bcdefnprsuzxy", max_size=4), value=st.booleans())
def test_a_status_that_promises_a_good_figure_needs_a_value_and_no_doubtful_flag(flags: str, value: bool):
    status = status_of(flags, has_value=value, is_zero=False)
    assert (status == "ok") == (value and not flags)
    assert (status in {"secret", "not_applicable", "unreliable", "pending"}) == (
        not value or bool(set(flags) & set("cz"))
    )


# What is refused: each with the table, what was expected, what came


REFUSED = {
    "async": (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. Please try again later."}}', "too big"),
    "error": (b'{"error":[{"status":400,"id":150,"label":"INVALID_QUERY_DIMENSION: ages"}]}', "INVALID_QUERY_DIM"),
    "empty error": (b'{"error":[]}', "got error"),
    "page": (b"<!DOCTYPE html>\n<html><title>Sorry</title></html>", "maintenance"),
    "fault": (b"<?xml version='1.0'?><S:Fault>EXTRACTION_TOO_BIG: estimated 9 rows</S:Fault>", "too big"),
    "xml": (b"<?xml version='1.0'?><structure/>", "got XML"),
    "nothing": (b"", "empty reply"),
    "blanks": (b" \r\n", "empty reply"),
}


@pytest.mark.parametrize("read", [jsonstat.decode, tsv.decode], ids=["jsonstat", "tsv"])
@pytest.mark.parametrize("case", REFUSED)
def test_a_reply_that_is_no_data_is_refused_by_name(case: str, read):
    body, said = REFUSED[case]
    with pytest.raises(ParseError, match=f"eurostat {TABLE}.*{said}"):
        read(body, TABLE)


def edited(**changes: object) -> bytes:
    return json.dumps({**json.loads(as_jsonstat(sample())), **changes}, separators=(",", ":")).encode()


BROKEN_JSON = {
    "position beyond the cube": (edited(value={"0": 1, "24": 2}), "cell positions below 24"),
    "status beyond the cube": (edited(status={"99": "p"}), "cell positions below 24"),
    "position below zero": (edited(value={"-1": 1}), "cell positions|where a cell's position is due"),
    "position that is no number": (edited(value={"0": 1, "x": 2}), "'x' where a cell's position is due"),
    "text as value": (edited(value={"0": "12"}), "expected a number as value, got '12'"),
    "truth as value": (edited(value={"0": True}), "expected a number as value, got True"),
    "number as flag": (edited(status={"0": 3}), "expected flags as text"),
    "array of the wrong length": (edited(value=[1, 2]), "array 'value' of 24 cells"),
    "no values at all": (edited(value=None), "expected 'value' as an object or array"),
    "cut": (as_jsonstat(sample())[:-40], "cut or garbled"),
    "list": (b"[1]", "expected a JSON object"),
    "another object": (b'{"Status":{"Code":104}}', "expected a JSON-stat 2.0 data set"),
    "size against id": (edited(size=[1, 3, 1, 2, 2]), "do not fit together"),
    "size against codes": (edited(size=[1, 3, 1, 2, 3, 2]), "dimension 'geo' should list 3 codes"),
    "two cells of one position": (edited(value={"0": 1, "00": 2}), "gives a cell twice"),
    "beyond the largest number": (edited().replace(b'"0":1000.0', b'"0":1e999'), "no JSON|beyond the range"),
}


@pytest.mark.parametrize("case", BROKEN_JSON)
def test_broken_json_stat_says_what_is_wrong(case: str):
    body, said = BROKEN_JSON[case]
    with pytest.raises(ParseError, match=said):
        jsonstat.decode(body, TABLE)


def test_an_empty_value_object_means_unknown_code_and_is_refused():
    with pytest.raises(ParseError, match="got none among"):
        parse(reply(edited(value={}, status={})), catalogue(POPULATION))


GOOD_TSV = as_tsv(sample())
BROKEN_TSV = {
    "cut in a line": (GOOD_TSV[:-9], "is cut"),
    "line with a field less": (GOOD_TSV + b"A,F,NR,TOTAL,FR2\t1 \r\n", "line 14 should have 7 fields"),
    "line with a field more": (GOOD_TSV + b"A,F,NR,TOTAL,FR2\t1 \t2 \t3 \r\n", "got 8"),
    "blank line": (GOOD_TSV + b"\r\n", "got 1"),
    "no number": (GOOD_TSV.replace(b"1004 ", b"1O04 "), "at A, F, NR, Y_LT5, DE911, 2021, got '1O04 '"),
    "empty cell": (GOOD_TSV.replace(b"1004 ", b" "), "got ' '"),
    "flag of digits": (GOOD_TSV.replace(b"1004 ", b"1004 7"), "flag letters"),
    "not a number": (GOOD_TSV.replace(b"1004 ", b"nan "), "."),
    "no header": (GOOD_TSV.partition(b"\n")[2], "expected a header"),
    "renamed period": (GOOD_TSV.replace(b"2022 ", b"total "), "expected a header"),
    "period twice": (GOOD_TSV.replace(b"2022 ", b"2021 "), "expected a header"),
    "no frequency, quarters": (b"unit,geo\\time\t2021Q1 \nNR,DE911\t1 \n", "no column 'freq'"),
    "field lost beside a colon in a code": (
        b"freq,geo\\TIME_PERIOD\t2021 \t2022 \nA,DE1\t1 \t2 \nA,D:2\t2 \n",
        "line 3 should have 4 fields",
    ),
    "cut gzip": (gzip.compress(GOOD_TSV)[:-20], "ends early"),
    "damaged gzip": (b"\x1f\x8b" + bytes(100), "damaged gzip"),
    "bytes behind the gzip": (gzip.compress(GOOD_TSV) + b"tail", "damaged gzip"),
}


@pytest.mark.parametrize("case", BROKEN_TSV)
def test_broken_tsv_says_what_is_wrong(case: str):
    body, said = BROKEN_TSV[case]
    with pytest.raises(ParseError, match=said):
        tsv.decode(body, TABLE)


def test_a_gzip_bomb_is_refused_before_it_expands():
    bomb = gzip.compress(bytes(1_000_000))
    with pytest.raises(ParseError, match="expands to more than 1000 bytes"):
        tsv.decode(bomb, TABLE, max_expanded=1000)
    two_members = gzip.compress(GOOD_TSV[:100]) + gzip.compress(GOOD_TSV[100:])
    assert tsv.decode(two_members, TABLE, max_expanded=len(GOOD_TSV)).equals(tsv.decode(GOOD_TSV, TABLE))
    with pytest.raises(ParseError, match="expands to more"):
        tsv.decode(two_members, TABLE, max_expanded=len(GOOD_TSV) - 1)


def test_a_reply_without_a_dimension_of_the_catalogue_or_with_an_unnamed_one_of_several_codes_is_refused():
    with pytest.raises(ParseError, match="citizen missing"):
        parse(reply(as_jsonstat(sample())), catalogue({**POPULATION, "citizen": {"FOR": ""}}))
    unnamed = {dim: labels for dim, labels in POPULATION.items() if dim != "age"}
    with pytest.raises(ParseError, match=r"dimension 'age' came with 2 codes \(TOTAL, Y_LT5\)"):
        parse(reply(as_jsonstat(sample())), catalogue(unnamed))


def test_a_cell_that_stands_in_the_reply_twice_is_refused():
    line = b"A,T,NR,TOTAL,DE911\t1 \t2 \r\n"
    with pytest.raises(ParseError, match="share their codes, first at TOTAL, A, T, NR, DE911, 2021"):
        parse(reply(GOOD_TSV + line, "tsv"), catalogue(POPULATION))


def test_a_reply_in_an_unknown_role_is_refused():
    with pytest.raises(ParseError, match="role jsonstat or tsv, got 'csv'"):
        parse(reply(b"x", "csv"), catalogue(POPULATION))


# Damage: a damaged reply is refused, or read exactly as a slow and literal reader reads the same bytes


def literal_jsonstat(body: bytes) -> set[Row] | None:
    """The cells of the text, number for number; None where the text is no JSON-stat. Forgives leading zeros."""
    try:
        plain = re.sub(rb'(?<=":)-?[0-9.][0-9.eE+-]*', lambda m: repr(float(m[0])).encode(), body)
        document = json.loads(plain)
        sizes = [int(size) for size in document["size"]]
        codes = []
        for name in document["id"]:
            index = document["dimension"][name]["category"]["index"]
            codes.append({int(at): code for code, at in index.items()})
        keys = dict(enumerate(product(*([at[i] for i in range(s)] for at, s in zip(codes, sizes, strict=True)))))
        value = {int(k): v for k, v in document["value"].items() if v is not None}
        status = {int(k): re.sub("[: ]", "", f) for k, f in document.get("status", {}).items() if f is not None}
        cells = sorted({*value, *(k for k, f in status.items() if f)})
        return {(keys[c], value.get(c), status.get(c) or None) for c in cells}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


NUMBER_AND_FLAGS = re.compile(r" *(:|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) *([A-Za-z]*) *\r?", re.ASCII)


def literal_tsv(body: bytes) -> set[Row] | None:
    """The cells of the text, line by line; None where a line or a cell does not fit the header."""
    try:
        head, *lines = body.decode().split("\n")
        times = [time.strip() for time in head.split("\t")[1:]]
        width = head.count(",") + 1
        rows: set[Row] = set()
        for line in lines[:-1]:
            fields = re.split("[\t,]", line)
            if len(fields) != width + len(times):
                return None
            for time, cell in zip(times, fields[width:], strict=True):
                number, flags = re.fullmatch(NUMBER_AND_FLAGS, cell).groups()
                if number != ":" or flags:
                    value = None if number == ":" else float(number)
                    rows.add(((*fields[:width], time), value, flags or None))
        return rows
    except (ValueError, AttributeError):
        return None


@given(data=st.data(), cube=cubes(max_codes=2), spaced=st.booleans())
@settings(patient, max_examples=250)
def test_a_damaged_json_stat_reply_is_refused_or_read_literally(data, cube: Cube, spaced: bool):
    body = data.draw(damaged(as_jsonstat(cube, spaced=spaced)))
    try:
        frame = jsonstat.decode(body, TABLE)
    except ParseError:
        return
    *dims, time, value, flag = frame.columns
    assert {(r[:-2], r[-2], r[-1]) for r in frame.select(*dims, time, value, flag).rows()} == literal_jsonstat(body)


@given(data=st.data(), cube=cubes(max_codes=2))
@settings(patient, max_examples=250)
def test_a_damaged_tsv_reply_is_refused_or_read_literally(data, cube: Cube):
    body = data.draw(damaged(as_tsv(cube)))
    try:
        frame = tsv.decode(body, TABLE)
    except ParseError:
        return
    dims = [c for c in frame.columns if c not in {"time", "value", "flag"}]
    if "freq" not in body.decode().partition("\\")[0].lower().split(","):
        dims.remove("freq")
    assert {(r[:-2], r[-2], r[-1]) for r in frame.select(*dims, "time", "value", "flag").rows()} == literal_tsv(body)


@given(data=st.data(), cube=cubes(max_codes=2))
@patient
def test_any_damaged_comma_or_gzip_reply_never_ends_in_another_error(data, cube: Cube):
    for body in (as_commas(cube), as_tsv(cube, zipped=True), as_tsv(cube, old=True)):
        try:
            tsv.decode(data.draw(damaged(body)), TABLE)
        except ParseError:
            continue


@pytest.mark.parametrize("cell", ["-10.e0", "10.", ".5", "-.5"])
def test_a_point_without_digits_on_both_sides_is_no_number(cell: str):
    with pytest.raises(ParseError, match="expected a number"):
        tsv.decode(f"freq,geo\\TIME_PERIOD\t1995 \nA,DE\t{cell} \n".encode(), TABLE)


# The recorded tables


def recorded_body(table: str) -> bytes:
    return (RECORDINGS / f"{table}.tsv.gz").read_bytes()


def recorded_cells(table: str, geo: str) -> set[Row]:
    """The cells of one geo, read line by line from the recorded file."""
    text = gzip.decompress(recorded_body(table)).decode()
    head = re.split("[\t,]", text.partition("\n")[0].replace("\\TIME_PERIOD", "").replace("\\time", ""))
    width = head.index("geo") + 1
    rows: set[Row] = set()
    for line in text.splitlines()[1:]:
        fields = re.split("[\t,]", line)
        for time, cell in zip(head[width:], fields[width:], strict=True):
            number, flags = re.fullmatch(r"(:|-?[0-9.]+) ?([a-z]*)", cell).groups()
            if fields[width - 1] == geo and (number != ":" or flags):
                key = (*fields[:width], time.strip())
                rows.add((key, None if number == ":" else float(number), flags or None))
    return rows


@needs_recordings
@pytest.mark.parametrize(
    ("table", "geo"),
    [
        ("demo_r_pjangrp3", "DE911"),
        ("demo_r_pjanind3", "DE913"),
        ("nama_10r_3gdp", "DE911"),
        ("edat_lfse_04", "DE91"),
        ("lfst_r_lfu3rt", "DE91"),
    ],
)
def test_every_recorded_table_is_read_cell_by_cell(table: str, geo: str):
    expected = recorded_cells(table, geo)
    cells = tsv.decode(recorded_body(table), table).filter(pl.col("geo") == geo)
    dims = [c for c in cells.columns if c not in {"time", "value", "flag"}]
    if table in {"edat_lfse_04", "lfst_r_lfu3rt"}:  # the old form has no frequency
        assert cells["freq"].unique().to_list() == ["A"]
        dims.remove("freq")
    assert expected
    assert rows_of(cells, dims) == expected


@needs_recordings
def test_population_of_de911_lies_under_region_03101():
    frame = parse(reply(recorded_body(TABLE), "tsv"), catalogue(POPULATION)).frame
    found = frame.filter(pl.col("region") == "03101", pl.col("sex") == "T").select("time", "value").rows()
    line = next(
        line
        for line in gzip.decompress(recorded_body(TABLE)).decode().splitlines()
        if line.startswith("A,T,NR,TOTAL,DE911\t")
    )
    published = [float(cell.split(" ")[0]) for cell in line.split("\t")[1:]]
    assert found == [(str(2014 + i), value) for i, value in enumerate(published)]
