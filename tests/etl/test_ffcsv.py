"""GENESIS' flat CSV: what goes in comes out, whatever its order; what is damaged is refused, and takes no memory."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.entries import TableOptions
from etl.errors import ParseError
from etl.sources.genesis.parse import parse
from tests.etl.replies import reply
from tests.generators_genesis import EIGHT as DISTRICTS
from tests.generators_genesis import (
    STYLES,
    FlatTable,
    Record,
    Style,
    as_ffcsv,
    as_old_ffcsv,
    flat_tables,
    zipped,
)
from tests.recordings import ROOT, SHARED, needs_recordings

CATALOGUE = load_catalogue()
REGIO = "regionalstatistik"
RECORDINGS = SHARED / "recordings"
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def with_options(**options):
    """The catalogue with options for the invented table."""
    own = TableOptions(source=REGIO, table="12345-0001", **options)
    return replace(CATALOGUE, table_options=(own,))


def read(text: bytes, catalogue=CATALOGUE, **how) -> pl.DataFrame:
    return parse(reply(REGIO, "12345-0001", zipped(text), "ffcsv"), catalogue, **how).frame


def rows(frame: pl.DataFrame, variables: tuple[str, ...]) -> set:
    assert not frame.is_duplicated().any()
    columns = [*variables, "value_variable_code", "value_unit", "region", "time", "value", "status"]
    assert sorted(frame.columns) == sorted(columns)
    return set(frame.select(columns).rows())


def one_figure(text: str = "12", mark: str = "", district: str = "03101") -> FlatTable:
    """Total population of the eight districts; ``text`` in one of them."""
    records = [
        Record(("KREISE", code), "2024-12-31", ("",), ((text, mark) if code == district else ("7", ""),))
        for code in DISTRICTS
    ]
    return FlatTable(("GES",), (("BEVSTD", "Anzahl"),), tuple(records))


# What is read


@given(table=flat_tables(), style=STYLES)
@patient
def test_every_figure_of_our_regions_comes_back(table: FlatTable, style: Style):
    assert rows(read(as_ffcsv(table, style)), table.variables) == table.expected(quality=style.quality)


@given(table=flat_tables().filter(lambda t: len({code for code, _ in t.measures}) == len(t.measures)), style=STYLES)
@patient
def test_the_old_layout_gives_the_same(table: FlatTable, style: Style):
    assert rows(read(as_old_ffcsv(table, style)), table.variables) == table.expected(quality=style.quality)


@given(table=flat_tables(), style=STYLES, size=st.integers(1, 2000))
@settings(patient, max_examples=15)
def test_reading_in_blocks_gives_the_same_as_reading_at_once(table: FlatTable, style: Style, size: int):
    text = as_ffcsv(replace(table, records=table.records[:60]), style)
    try:
        at_once = read(text, block=1 << 24)
    except ParseError as error:  # not all districts are among the first records
        with pytest.raises(ParseError) as again:
            read(text, block=size)
        assert str(again.value) == str(error)
    else:
        assert read(text, block=size).equals(at_once)


def test_a_quoted_field_may_hold_separators_and_line_ends_also_where_blocks_are_cut():
    text = as_ffcsv(one_figure("4711")).replace(b";Label;", b';"La\nb;""el""";')
    for size in (1, 5, 100, 10_000):
        assert read(text, block=size).filter(region="03101")["value"].to_list() == [4711]


@pytest.mark.parametrize(
    ("text", "mark", "value", "status"),
    [
        ("12", "e", 12, "ok"),
        ("12,5", "", 12.5, "ok"),
        ("-12", "", -12, "ok"),
        ("0", "", 0, "rounded_zero"),
        ("0,0", "", 0, "ok"),
        ("-", "e", None, "nil"),
        (".", "", None, "secret"),
        ("...", "", None, "pending"),
        ("…", "", None, "pending"),
        ("/", "", None, "unreliable"),
        ("x", "", None, "not_applicable"),
        ("(12)", "", 12, "limited"),
        ("12", "()", 12, "limited"),
        ("12", "() p", 12, "limited"),
        ("12", "p", 12, "provisional"),
        ("12", "pr", 12, "provisional"),
        ("12", "r", 12, "revised"),
        ("12", "s", 12, "estimated"),
        ("0", ".", None, "secret"),
        ("0", "/", None, "unreliable"),
    ],
)
def test_signs_and_marks_are_never_taken_for_numbers(text, mark, value, status):
    frame = read(as_ffcsv(one_figure(text, mark)))
    assert frame.filter(region="03101").select("value", "status").rows() == [(value, status)]


def test_several_variables_become_one_column_where_the_catalogue_says_so():
    records = [
        Record(("KREISE", code), "2025", attributes, ((str(n), ""),))
        for code in DISTRICTS
        for n, attributes in enumerate([("", ""), ("ERWAQ7A", ""), ("", "ERWAQ8A")], start=1)
    ]
    text = as_ffcsv(FlatTable(("ERWAQ7", "ERWAQ8"), (("ERWP06", "Anzahl"),), tuple(records)))
    frame = read(text, with_options(merged={"group": ("ERWAQ7", "ERWAQ8")}))
    assert set(frame.filter(region="03103").select("group", "value").rows()) == {
        ("", 1.0),
        ("ERWAQ7A", 2.0),
        ("ERWAQ8A", 3.0),
    }
    both = text.replace(b"ERWAQ7A;Label;ERWAQ8;Merkmal;;", b"ERWAQ7A;Label;ERWAQ8;Merkmal;ERWAQ8B;")
    with pytest.raises(ParseError, match="8 rows have more than one of the variables"):
        read(both, with_options(merged={"group": ("ERWAQ7", "ERWAQ8")}))
    with pytest.raises(ParseError, match="of column 'group' came none"):
        read(text, with_options(merged={"group": ("ERWAQ9",)}))


def test_a_row_without_a_variable_that_others_have_is_its_total():
    text = as_ffcsv(one_figure())
    bare = text.replace(b"03101;W\xc3\xbcrzburg, Kreis;GES;Merkmal;", b"03101;W\xc3\xbcrzburg, Kreis;;;")
    assert read(bare).filter(region="03101")["GES"].to_list() == [""]


# What is refused


def changed(**replacements: str) -> bytes:
    text = as_ffcsv(one_figure())
    for old, new in replacements.items():
        text = text.replace(old.encode(), new.encode())
    return text


TWICE = FlatTable(
    ("GES", "GES"), (("BEVSTD", "Anzahl"),), (Record(("KREISE", "03101"), "2024", ("", "GESM"), (("1", ""),)),)
)
REFUSED = {
    "a decimal point": (as_ffcsv(one_figure("12.5")), r"line 2: '12\.5'"),
    "an unknown sign": (as_ffcsv(one_figure("#", district="03158")), "line 9: '#'"),
    "an unknown mark": (as_ffcsv(one_figure("12", "q")), "quality marks, came 1 other cells .line 2: 'q'"),
    "a sign in brackets": (as_ffcsv(one_figure("(-)")), r"line 2: '\(-\)'"),
    "a number without end": (as_ffcsv(one_figure("9" * 400)), "line 2: '999"),
    "districts that are missing": (changed(**{"03157;": "03155;"}), "missing 03157 Peine"),
    "no rows": (changed().split(b"\n")[0] + b"\n", "expected a header and rows"),
    "an empty file": (b"", "expected a header and rows"),
    "another header": (changed(value_unit="unit"), r"columns \['value_unit'\] are missing"),
    "a column that nobody knows": (changed(value_q="value_x"), r"columns \['value_x'\] are new"),
    "a column twice": (changed(value_variable_label="value"), "each column once"),
    "a row cut short": (changed()[:-30], "line 9 should have 18 fields as the header has, got"),
    "a row too long": (changed(**{";03154;": ";03154;;"}), "line 7 should have 18 fields"),
    "an empty line": (changed(**{"\n12345;": "\n\n12345;"}), "line 2 should have 18 fields"),
    "not UTF-8": (changed().replace("ü".encode(), b"\xfc"), "line 2 is not UTF-8"),
    "a quotation mark left open": (changed(**{"03151;": '"03151;'}), "garbled"),
    "the same cell with two figures": (
        changed() + changed().split(b"\n")[3].replace(b";7;", b";8;") + b"\n",
        r"lines \[4, 10\] have the same codes and different figures",
    ),
    "two regions in a row": (changed(GES="KREISE"), "8 rows have more than one region variable"),
    "no region variable": (changed(KREISE="KREIS"), "missing 03101 Braunschweig"),
    "a variable twice": (as_ffcsv(TWICE), "variable GES more than once"),
    "an attribute of no variable": (changed(**{"GES;Merkmal;;": ";Merkmal;GESM;"}), "an attribute without a variable"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_in_the_known_shape_is_refused_with_the_reason(case: str):
    text, said = REFUSED[case]
    with pytest.raises(ParseError, match=said) as refusal:
        read(text)
    assert "12345-0001" in str(refusal.value)


def test_a_line_that_never_ends_is_refused():
    endless = random.Random(1).randbytes(1_000_000).hex().encode()
    with pytest.raises(ParseError, match="no end of the line within"):
        read(changed() + endless)


def archive_of(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def lying(body: bytes, size: int) -> bytes:
    """The archive with another size in its directory and in front of the member."""
    directory = body.rindex(b"PK\x01\x02")
    body = body[: directory + 24] + struct.pack("<I", size) + body[directory + 28 :]
    return body[:22] + struct.pack("<I", size) + body[26:]


BAD_ARCHIVES = {
    "a web page": (b"<!doctype html><html>", "web page"),
    "nothing": (b"", "empty reply"),
    "a cut archive": (zipped(changed())[:-40], "archive refused"),
    "two files": (archive_of(("a.csv", changed()), ("b.csv", changed())), "holds 2 members"),
    "no file": (archive_of(), "one .csv file"),
    "another kind of file": (archive_of(("a.xlsx", changed())), "one .csv file"),
    "a file that shrank too much": (zipped(bytes(10_000_000)), "expands 10[0-9][0-9]-fold"),
    "a directory that says less": (lying(zipped(changed()), 500), "cannot be unpacked|archive refused"),
    "a directory that says more": (lying(zipped(changed()), 5000), "has 1,277 bytes, the archive says 5,000"),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_a_bad_archive_is_refused_with_the_reason(case: str):
    body, said = BAD_ARCHIVES[case]
    with pytest.raises(ParseError, match=said):
        parse(reply(REGIO, "12345-0001", body, "ffcsv"), CATALOGUE)


def bomb(*, honest: bool) -> bytes:
    """1.2 GB of the rows of one district of Bavaria; a lying directory promises 900,000 bytes."""
    header, row = as_ffcsv(one_figure()).replace(b"03101", b"09101").split(b"\n")[:2]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(header + b"\n") + packer.flush(zlib.Z_FULL_FLUSH)
    rows = (row + b"\n") * (12_000_000 // (len(row) + 1))
    again = packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * 100 + packer.flush()
    size = len(header) + 1 + 100 * len(rows) if honest else 900_000
    fields = struct.pack("<HHHHHIIIHH", 20, 0, zipfile.ZIP_DEFLATED, 0, 0, 0, len(packed), size, len("a.csv"), 0)
    local = b"PK\3\4" + fields + b"a.csv" + packed
    entry = b"PK\1\2" + struct.pack("<H", 20) + fields + bytes(14) + b"a.csv"
    return local + entry + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, len(entry), len(local), 0)


MEMORY = """
import sys
from datetime import datetime
from pathlib import Path
from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.sources.base import Reply
from etl.sources.genesis.parse import parse
catalogue, body, table = load_catalogue(), Path(sys.argv[1]).read_bytes(), sys.argv[2]
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) // 1024
before = peak()
try:
    said = parse(Reply("genesis", table, "ffcsv", "u", body, datetime.now(), ""), catalogue).frame.height
except ParseError as error:
    said = error
print(peak(), peak() - before, said)
"""


def memory_of(path: Path, table: str) -> tuple[int, int, str]:
    """Peak megabytes of a process that reads the reply, how many of them for reading it, and what it said."""
    command = [sys.executable, "-c", MEMORY, str(path), table]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    all_in_all, reading, said = done.stdout.split(maxsplit=2)
    return int(all_in_all), int(reading), said


needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak memory from /proc")


@needs_proc
@pytest.mark.parametrize(("honest", "said"), [(True, "fold"), (False, "damaged")])
def test_a_bomb_of_a_gigabyte_takes_a_few_megabytes(honest: bool, said: str, tmp_path: Path):
    (tmp_path / "bomb.zip").write_bytes(bomb(honest=honest))
    _, reading, message = memory_of(tmp_path / "bomb.zip", "12345-0001")
    assert reading < 40
    assert said in message


# The recorded replies


def recorded(source: str, folder: str, table: str, time: str) -> pl.DataFrame:
    body = (RECORDINGS / source / folder / f"{table}__{time}.zip").read_bytes()
    return parse(reply(source, table, body, "ffcsv"), CATALOGUE).frame


def figure(frame: pl.DataFrame, region: str = "03101", **codes: str) -> tuple:
    """Value and status of the one cell with these codes."""
    (found,) = frame.filter(region=region, **codes).select("value", "status").rows()
    return found


@needs_recordings
def test_recorded_population():
    frame = recorded(REGIO, "tablefile", "12411-01-01-4", "2024-12-31")
    assert figure(frame, GES="") == (252_962, "ok")
    assert frame.filter(pl.col("region").is_in(DISTRICTS), GES="")["value"].sum() == 1_135_772
    assert "031" not in set(frame["region"])


@needs_recordings
def test_recorded_employees_and_the_year_that_is_not_filled_yet():
    frame = recorded(REGIO, "tablefile", "13111-01-03-4", "2024-06-30")
    assert figure(frame, NAT="", GES="") == (136_610, "ok")
    assert figure(frame, NAT="NATA", GES="") == (15_853, "ok")
    empty = recorded(REGIO, "tablefile", "13111-01-03-4", "2025-06-30")
    districts = empty.filter(pl.col("region").is_in(DISTRICTS))
    assert set(districts["status"]) == {"nil"}
    assert districts["value"].null_count() == districts.height == 48
    assert figure(empty, region="DG", NAT="NATA", GES="") == (5_837_916, "ok")


@needs_recordings
def test_recorded_students():
    frame = recorded(REGIO, "tablefile", "21311-01-01-4-B", "2023-10P6M")
    totals = {"GESINS": "INSGESAMT", "HS-FG2": "INSGESAMT"}
    assert figure(frame, NAT01="INSGESAMT", **totals) == (17_007, "ok")
    assert figure(frame, NAT01="NATA", **totals) == (3_336, "ok")


@needs_recordings
def test_recorded_protection_seekers():
    frame = recorded("genesis", "job", "12531-0043", "2024-12-31").filter(region="03101")
    sums = dict(frame.group_by("SCHST2").agg(pl.col("value").sum()).rows())
    assert [sums[f"SCHUTZST-{code}"] for code in ("AK-1", "OF", "X")] == [6_565, 1_230, 460]


@needs_recordings
@needs_proc
def test_a_year_of_33_megabytes_stays_under_212_in_memory():
    peak, _, height = memory_of(RECORDINGS / "genesis" / "job" / "12531-0043__2024-12-31.zip", "12531-0043")
    assert int(height) > 10_000
    assert peak < 212
