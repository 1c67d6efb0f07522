"""10,000 damaged replies: each ends in an error that the ETL knows, or in the figures that stand in the reply.

Where the format has a checksum (zip, gzip) damage must be seen, or not have touched the figures. In plain text a digit
that became another one is just another figure: there the figures must be those that a second, naive reader finds in
the damaged text. Columns that change places must never change a figure. A new format is one more line in FORMATS.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl
import pytest

from etl.catalogue import load_catalogue
from etl.entries import TableOptions
from etl.errors import EtlError
from etl.sources import eurostat, lsn, vgrdl
from etl.sources.genesis.parse import parse as parse_genesis
from tests import test_eurostat as euro
from tests.etl.replies import eight_times, foreigners, reply
from tests.generators import as_jsonstat, as_tsv
from tests.generators_genesis import (
    EIGHT,
    REGIONS,
    ClassicTable,
    FlatTable,
    Record,
    as_classic,
    as_ffcsv,
    columns_swapped,
    meaning,
    zipped,
)
from tests.generators_workbook import Measure, as_accounts, rezipped

ALL = 10_000
CATALOGUE = load_catalogue()
REGIO, TABLE = "regionalstatistik", "12411-01-01-4"
GENESIS = replace(
    CATALOGUE, table_options=(TableOptions(source=REGIO, table=TABLE, classic=("value_variable_code", "time", "GES")),)
)
VARIABLE = {"district": "KREISE", "land": "DLAND", "country": "DINSG"}
PLACES = {(VARIABLE[r.level], r.id) for r in CATALOGUE.regions if r.level in VARIABLE}
Cells = set[tuple[frozenset[tuple[str, str]], float | None, str | None]]  # what and where, value, status


@dataclass(frozen=True)
class Format:
    """A publisher's format: a good reply, its reader, and what a damaged reply says.

    ``says`` gives the cells that a reader of the damaged reply may return (``None``: it must refuse); without it
    the reply has a checksum, and only the original's cells are right. ``swapped`` exchanges two columns.
    """

    name: str
    reply: bytes
    read: Callable[[bytes], pl.DataFrame]
    times: int
    swapped: Callable[[bytes, int, int], bytes] | None = None
    columns: int = 0
    says: Callable[[bytes], Cells | None] | None = None


def cells_of(frame: pl.DataFrame) -> Cells:
    """The tidy frame as a set; a dimension without a code says nothing."""
    dims = [c for c in frame.columns if c not in ("value", "status")]
    return {
        (frozenset((d, row[d]) for d in dims if row[d]), row["value"], row["status"])
        for row in frame.iter_rows(named=True)
    }


def mutated(body: bytes, rng: random.Random) -> bytes:
    """The reply with one to three bytes overwritten, flipped, lost, doubled or put in, or cut short."""
    out = bytearray(body)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, kind = rng.randrange(len(out) + 1), rng.choice(("flip", "byte", "sign", "lose", "put", "double", "cut"))
        if kind == "flip" and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == "byte" and at < len(out):
            out[at] = rng.randrange(256)
        elif kind == "sign" and at < len(out):
            out[at] = rng.choice(b'0179.,:;"-x/()\t\n\r eEp')
        elif kind == "lose":
            del out[at : at + rng.randint(1, 30)]
        elif kind == "put":
            out[at:at] = bytes([rng.choice(b'0179.,:;"-x/()\t\n\r eEp')])
        elif kind == "double":
            out[at:at] = out[at : at + rng.randint(1, 60)]
        elif rng.random() < 0.3:
            del out[at:]
    return bytes(out)


# GENESIS


def population() -> FlatTable:
    figures = [("123456", "e"), ("60000", "p"), ("63456,5", ""), ("-", ""), (".", "e"), ("(7)", ""), ("0", "r")]
    records = [
        Record(region, "2024-12-31", (sex,), (figures[(3 * n + m) % len(figures)],))
        for n, region in enumerate((*REGIONS, ("REGBEZ", "031")))
        for m, sex in enumerate(("", "GESM"))
    ]
    return FlatTable(("GES",), (("BEVSTD", "Anzahl"),), tuple(records))


def page() -> ClassicTable:
    columns = tuple(("Bevölkerung", "31.12.2024", sex) for sex in ("Insgesamt", "männlich"))
    figures = ("123456", "60000", "63456,5", "-", ".", "(7)", "0")
    rows = [(None, r, (figures[n % 7], figures[n % 5])) for n, r in enumerate(("DG", "031", "02000", *EIGHT))]
    meanings = ("value_variable_code", "time", "GES")
    return ClassicTable(TABLE, meanings, columns, tuple(rows), ("Bevölkerungsstand", "Anzahl"))


def read_genesis(name: str) -> Callable[[bytes], pl.DataFrame]:
    return lambda body: parse_genesis(reply(REGIO, TABLE, body, name), GENESIS).frame


def ffcsv_says(text: bytes) -> Cells | None:
    try:
        lines = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";"))
        cells: Cells = set()
        for line in lines:
            said = {line[f"{n}_variable_code"]: line[f"{n}_variable_attribute_code"] for n in (1, 2)}
            place = [pair for pair in said.items() if pair in PLACES]
            if place:
                del said[place[0][0]]
                said |= {"region": place[0][1], "time": line["time"].strip()}
                said |= {name: line[name] for name in ("value_variable_code", "value_unit")}
                found = meaning(line["value"].strip(), line["value_q"].strip())
                cells.add((frozenset((d, c) for d, c in said.items() if c), *found))
    except (KeyError, ValueError, csv.Error, AttributeError):
        return None
    return cells


def classic_says(text: bytes) -> Cells | None:
    try:
        lines = [line.rstrip("\r") for line in text.decode("cp1252").split("\n")]
        end = next(at for at, line in enumerate(lines) if line.startswith("_____"))
        rows = [next(csv.reader([line], delimiter=";"), [""]) for line in lines[:end]]
        start = next(at for at, row in enumerate(rows) if at and len(row) > 1 and not "".join(row[:2]).strip())
        header, title = rows[start : start + 3], rows[start - 1][0].strip()
        unit = title[title.rindex("(") + 1 :].rstrip(")")
        cells: Cells = set()
        for row in rows[start + 3 :]:
            code = row[0].strip()
            for at in range(2, len(row)):
                said = {"value_variable_code": header[0][at], "time": header[1][at], "GES": header[2][at]}
                said = {k: v.strip() for k, v in said.items()} | {"value_unit": unit, "region": code}
                if code in CATALOGUE.region_by_id:
                    cells.add((frozenset((d, c) for d, c in said.items() if c), *meaning(row[at].strip(), "")))
    except (IndexError, ValueError, csv.Error, StopIteration):
        return None
    return cells


def swapped_in_zip(body: bytes, first: int, second: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        text = archive.read(archive.namelist()[0])
    return zipped(b"\xef\xbb\xbf" + columns_swapped(text.removeprefix(b"\xef\xbb\xbf"), first, second))


def swapped_behind_mark(text: bytes, first: int, second: int) -> bytes:
    return b"\xef\xbb\xbf" + columns_swapped(text.removeprefix(b"\xef\xbb\xbf"), first, second)


# Eurostat and LSN


def read_eurostat(name: str) -> Callable[[bytes], pl.DataFrame]:
    known = euro.catalogue({**euro.POPULATION, "age": {"TOTAL": "", "Y_LT5": ""}})
    return lambda body: eurostat.parse(euro.reply(body, name), known).frame.rename({"region": "geo"})


def jsonstat_says(text: bytes) -> Cells | None:
    """Of the flags only that withhold a figure are read here: the others have their own tests."""
    literal = euro.literal_jsonstat(text)
    if literal is None:
        return None
    names = json.loads(re.findall(rb'"id"\s*:\s*(\[[^]]*\])', text)[-1])
    nuts = {"DE911": "03101", "DE912": "03102", "DE91": "DE91"}
    cells: Cells = set()
    for codes, value, flags in literal:
        said = {name.lower(): code for name, code in zip(names, codes, strict=True)}
        said["geo"] = nuts.get(said["geo"], "elsewhere")
        where = frozenset((d, c) for d, c in said.items() if c)
        cells.add((where, None if set(flags or "") & set("cz") else value, None))
    return cells


def read_jsonstat(body: bytes) -> pl.DataFrame:
    return read_eurostat("jsonstat")(body).with_columns(status=pl.lit(None, dtype=pl.String))


def swapped_periods(body: bytes, first: int, second: int) -> bytes:
    text = gzip.decompress(body).replace(b"\r\n", b"\n")
    return gzip.compress(columns_swapped(text, first, second, b"\t"), mtime=0)


def read_lsn(body: bytes) -> pl.DataFrame:
    return lsn.parse(reply("lsn", "1-2-1", body), CATALOGUE).frame


def lsn_says(text: bytes) -> Cells | None:
    regions = {name: r.id for r in CATALOGUE.regions for name in r.names}
    try:
        cells: Cells = set()
        for line in csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")):
            said = {"region": regions.get(line["Gebietseinheit"].strip()), "time": line["Year"].strip()}
            where = frozenset((d, c) for d, c in said.items() if c)
            cells.add((where, *meaning(line["Value"].strip(), "")))
    except (KeyError, ValueError, AttributeError, csv.Error):
        return None
    return {(w, v, "ok" if s == "rounded_zero" else s) for w, v, s in cells}


# workbooks


def accounts() -> bytes:
    """Two sheets of the regional accounts, with every sign."""
    figures = (36249.274614, 1234567, ".", 0.5, "…", 159.1489, "/", -3, "x", 1e-7, "–")
    places = {r: (CATALOGUE.region_by_id[r].nuts or "", CATALOGUE.region_by_id[r].name.de) for r in EIGHT}
    places["17"] = ("DE", "Deutschland")
    years = ("2021", "2022", "2023")
    at = [(region, year) for region in places for year in years]
    sheets = {
        name: Measure(titles, {place: figures[(n * step) % len(figures)] for n, place in enumerate(at)})
        for name, titles, step in (
            ("1.1", ("1 Löhne (Inland)", "1.1 insgesamt (A-T)", "in Mill. EUR"), 1),
            ("1.2", ("1 Löhne (Inland)", "1.2 Landwirtschaft (A)", "in EUR"), 3),
        )
    }
    return as_accounts(sheets, places, years)


def read_accounts(body: bytes) -> pl.DataFrame:
    return vgrdl.parse(reply("vgrdl", "r2b2", body), CATALOGUE).frame


def part_of_accounts(part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(ACCOUNTS)) as archive:
        return archive.read(part)


ACCOUNTS = accounts()
ZIP, TEXT = zipped(as_ffcsv(population())), as_ffcsv(population())
LSN = foreigners(eight_times()).encode()
FORMATS = [
    Format("ffcsv zip", ZIP, read_genesis("ffcsv"), 2500, swapped_in_zip, 18),
    Format(
        "ffcsv damaged before it was zipped",
        TEXT,
        lambda text: read_genesis("ffcsv")(zipped(text)),
        1500,
        swapped_behind_mark,
        18,
        ffcsv_says,
    ),
    Format("classic CSV", as_classic(page()), read_genesis("classic"), 2000, columns_swapped, 4, classic_says),
    Format("Eurostat JSON-stat", as_jsonstat(euro.sample()), read_jsonstat, 1500, says=jsonstat_says),
    Format("Eurostat TSV.gz", as_tsv(euro.sample(), zipped=True), read_eurostat("tsv"), 1500, swapped_periods, 3),
    Format(
        "LSN CSV",
        LSN,
        read_lsn,
        1000,
        lambda text, a, b: b"\xef\xbb\xbf" + columns_swapped(text[3:].replace(b", ", b" "), a, b, b","),
        4,
        lsn_says,
    ),
    Format("workbook of regional accounts", ACCOUNTS, read_accounts, 2000),
]


def wrong(kind: Format, body: bytes, right: Cells | None) -> str | None:
    """What is wrong with the reading of this reply; None if it is refused or right."""
    try:
        came = cells_of(kind.read(body))
    except EtlError:
        return None
    except Exception as error:  # the point of the test
        return f"{type(error).__name__}: {error}"
    if right is None:
        return "it was read, though nobody can read it"
    return f"came {sorted(map(str, came - right))[:3]}" if came - right else None


def test_there_are_ten_thousand_of_them():
    assert sum(kind.times for kind in FORMATS) >= ALL


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.name)
def test_a_damaged_reply_is_refused_or_read_right(kind: Format):
    original = cells_of(kind.read(kind.reply))
    assert original <= ((kind.says(kind.reply) or set()) if kind.says else original)
    found = []
    for n in range(kind.times):
        body = mutated(kind.reply, random.Random(f"{kind.name} {n}"))
        right = kind.says(body) if kind.says else original
        if problem := wrong(kind, body, right):
            found.append(f"{n}: {problem}")
    assert not found, f"{len(found)} of {kind.times}:\n" + "\n".join(found[:10])


@pytest.mark.parametrize(
    "part",
    [
        "xl/worksheets/sheet3.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_a_workbook_damaged_before_it_was_zipped_is_refused_or_read(part: str):
    """Whatever the library makes of it: its figures cannot be known, an error other than the ETL's is a fault."""
    inner = part_of_accounts(part)
    for n in range(400):
        try:
            read_accounts(rezipped(ACCOUNTS, {part: mutated(inner, random.Random(f"{part} {n}"))}))
        except EtlError as error:
            assert "vgrdl" in str(error)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind.swapped], ids=lambda kind: kind.name)
def test_columns_in_each_others_place_change_no_figure(kind: Format):
    assert kind.swapped
    original = cells_of(kind.read(kind.reply))
    for first in range(kind.columns):
        for second in range(first + 1, kind.columns):
            body = kind.swapped(kind.reply, first, second)
            assert not wrong(kind, body, original), (first, second)
