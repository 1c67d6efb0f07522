"""Read the Kreiswanderungsmatrix: every district as destination by every other as origin.

Assumed, because no archive is recorded (the names of columns are those that users of the files 2022 to 2024 read):

- the archive holds a CSV file (``;``, UTF-8 or cp1252) of destination × origin × age group with the columns
  ``zielkreis_ags``, ``herkunftskreis_ags`` (leading zeros may be lost), ``altersgruppe``,
- and one column for each direction × nationality × sex, such as ``saldo_deu_i``: ``zu...`` arrivals in the destination
  from the origin, ``fort...`` departures to it, ``saldo`` the balance; ``ins`` all, ``deu`` Germans, ``aus``
  foreigners; ``i`` both sexes, ``m``, ``w``.

A year before 2022 came as workbooks of another layout and is not read.
"""

from __future__ import annotations

import io
import re

import polars as pl

from etl.archive import Archive
from etl.catalogue import REGION_SUM, Catalogue
from etl.errors import ParseError
from etl.sources.base import Reply, Tidy
from etl.sources.signs import status_of

DESTINATION, ORIGIN, AGE = "zielkreis_ags", "herkunftskreis_ags", "altersgruppe"
DIRECTIONS = (("zu", "Zuzüge"), ("fort", "Fortzüge"), ("saldo", "Saldo"))
ALL_AGES = "insgesamt"  # a row of this age group would hold the others once more
GERMAN_KEYS = r"^(0[1-9]|1[0-6])\d{3}$"
_MEASURE = re.compile(r"(zu[a-zü]*|fort[a-zü]*|saldo)_(ins|deu|aus)_(i|m|w)")
FILE_NAME = re.compile(r"KWM_((?:19|20)\d\d)\.zip$", re.ASCII)
_NUMBER = r"^-?\d+$"

IN_REGION, IN_LAND, ELSEWHERE = "Region", "Land", "andere Länder"  # where the other district lies
DIMENSIONS = ("direction", "nationality", "sex", "other")


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """One year as (direction, nationality, sex, other, region, time, value, status), a row for each cell.

    ``other`` tells where the other district lies, seen from the row's: in the region, elsewhere in its Land, in
    another Land. Raises ParseError with file and line where the archive departs from the assumed shape.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    year = FILE_NAME.search(reply.url)
    if year is None:
        raise ParseError(f"{where}: expected an address ending in KWM_{{year}}.zip; mend 'paths' in tables.yaml")
    name, frame = _matrix(Archive(reply.body, where), where)
    frame = _districts(frame, catalogue, f"{where}: {name}")
    long = _long(frame, f"{where}: {name}")
    return Tidy(long.select(*DIMENSIONS, "region", pl.lit(year[1]).alias("time"), "value", "status"), partial=True)


def _matrix(archive: Archive, where: str) -> tuple[str, pl.DataFrame]:
    """The one file of the archive that has the columns of the matrix, with its line numbers."""
    headers: dict[str, list[str]] = {}
    for name in archive.names:
        if not name.lower().endswith(".csv"):
            continue
        text = _decoded(archive.read(name))
        columns = [c.strip().strip('"').lower() for c in text.partition("\n")[0].split(";")]
        headers[name] = columns
        if {DESTINATION, ORIGIN} <= set(columns) and any(_MEASURE.fullmatch(c) for c in columns):
            return name, _table(text, columns, f"{where}: {name}")
    raise ParseError(
        f"{where}: expected a CSV file with the columns {DESTINATION}, {ORIGIN} and such as saldo_ins_i; the archive "
        f"holds {headers or list(archive.names)[:10]}; look at it and adapt etl/sources/statistikportal/parse.py"
    )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _table(text: str, columns: list[str], where: str) -> pl.DataFrame:
    if len(set(columns)) < len(columns):
        raise ParseError(f"{where}: a column stands twice: {columns}")
    wanted = [c for c in columns if c in (DESTINATION, ORIGIN, AGE) or _MEASURE.fullmatch(c)]
    try:
        frame = pl.read_csv(
            io.StringIO(text), separator=";", has_header=False, skip_rows=1, new_columns=columns, infer_schema=False
        )
    except pl.exceptions.PolarsError as error:
        raise ParseError(f"{where}: is no table separated by semicolons: {str(error).splitlines()[0]}") from error
    if frame.width != len(columns):
        raise ParseError(f"{where}: expected {len(columns)} columns in every line, came {frame.width}")
    return frame.select(pl.col(wanted).fill_null("").str.strip_chars()).with_columns(
        pl.int_range(2, pl.len() + 2).alias("line")
    )


def _districts(frame: pl.DataFrame, catalogue: Catalogue, where: str) -> pl.DataFrame:
    """Rows of the catalogue's districts with ``region`` and ``other``; other districts and abroad are left out."""
    frame = frame.with_columns(pl.col(DESTINATION, ORIGIN).str.zfill(5))
    strange = frame.filter(~pl.col(DESTINATION).str.contains(GERMAN_KEYS))
    if not strange.is_empty():
        raise ParseError(
            f"{where}: line {strange['line'][0]}: expected the key of a district in {DESTINATION}, came "
            f"{strange[DESTINATION][0]!r}; look at the file"
        )
    if AGE in frame.columns:
        frame = frame.filter(pl.col(AGE).str.to_lowercase() != ALL_AGES)
    districts = [r.id for r in catalogue.regions if r.level == "district"]
    frame = frame.filter(
        pl.col(DESTINATION).is_in(districts),
        pl.col(ORIGIN).str.contains(GERMAN_KEYS),
        pl.col(ORIGIN) != pl.col(DESTINATION),
    )
    if missing := sorted({*catalogue.members} - {*frame[DESTINATION].unique()}):
        raise ParseError(f"{where}: the districts {missing} of {REGION_SUM} are missing; look at the file")
    same_land = pl.col(ORIGIN).str.head(2) == pl.col(DESTINATION).str.head(2)
    other = (
        pl.when(pl.col(ORIGIN).is_in(catalogue.members))
        .then(pl.lit(IN_REGION))
        .when(same_land)
        .then(pl.lit(IN_LAND))
        .otherwise(pl.lit(ELSEWHERE))
    )
    return frame.with_columns(pl.col(DESTINATION).alias("region"), other.alias("other"))


def _long(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """One row for each figure."""
    frames: list[pl.DataFrame] = []
    for column in frame.columns:
        found = _MEASURE.fullmatch(column)
        if found is None:
            continue
        direction = next(label for start, label in DIRECTIONS if column.startswith(start))
        text = pl.col(column)
        value = pl.when(text.str.contains(_NUMBER)).then(text.cast(pl.Float64, strict=False))
        part = frame.select("region", "other", "line", text.alias("text"), value.alias("value")).with_columns(
            status_of(pl.col("text"), pl.col("value")).alias("status"),
            pl.lit(direction).alias("direction"),
            pl.lit(found[2]).alias("nationality"),
            pl.lit(found[3]).alias("sex"),
        )
        bad = part.filter(pl.col("status").is_null())
        if not bad.is_empty():
            raise ParseError(
                f"{where}: line {bad['line'][0]}, column {column}: expected a whole number or a sign, came "
                f"{bad['text'][0][:40]!r}; look at the file"
            )
        frames.append(part)
    return pl.concat(frames)
