"""Read an LSN CSV file into a tidy frame: check its columns, place its rows in regions, read its cells."""

from __future__ import annotations

import csv
import io

import polars as pl

from etl.catalogue import Catalogue
from etl.corrections import CONFLICT, apply_corrections
from etl.errors import ParseError
from etl.sources.base import Reply, Tidy
from etl.sources.lsn.places import SHOWN, place_rows
from etl.sources.signs import status_of

TIME, NAME, CODE, VALUE = "Year", "Gebietseinheit", "GeoCode", "Value"
LAND = "03"
NUMBER = r"^[+-]?\d+(\.\d+)?$"


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The table as (dimension columns, region, time, value, status).

    Raises ParseError with file and rows where the reply departs from the known shape, and
    CorrectionError where a correction no longer fits.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    frame = _read_csv(reply.body, where)
    dims = _dimension_columns(reply, catalogue)
    _check_columns(frame.columns, dims, where)
    frame = _read_values(frame, where)
    notes: list[str] = []
    if NAME in frame.columns:
        digits = pl.col(CODE).str.extract(r"^(?:K|RH|MZ)(\d+)$")
        frame, unplaced = place_rows(frame, NAME, digits, catalogue, where)
        if unplaced:
            notes.append(f"table {reply.table}: {unplaced} rows without a usable GeoCode were placed by their name")
    else:
        frame = frame.with_columns(pl.lit(LAND).alias("region"), pl.lit(False).alias(CONFLICT))
    frame, applied = apply_corrections(frame, catalogue.corrections_for(reply.source, reply.table), where)
    _refuse_conflicts(frame, where)
    tidy = frame.select(*sorted(dims), "region", pl.col(TIME).alias("time"), "value", "status")
    return Tidy(tidy, tuple(notes), tuple(applied))


def _read_csv(body: bytes, where: str) -> pl.DataFrame:
    if body.lstrip()[:1] == b"<":
        raise ParseError(f"{where}: expected a CSV file, a web page came (maintenance?); run again later")
    try:
        text = body.decode("utf-8-sig")
        _check_widths(text, where)
        frame = pl.read_csv(io.StringIO(text), infer_schema=False)
    except (UnicodeDecodeError, csv.Error, pl.exceptions.PolarsError) as error:
        raise ParseError(
            f"{where}: expected a comma-separated UTF-8 file: {str(error).splitlines()[0]}; look at the raw reply"
        ) from error
    if frame.is_empty():
        raise ParseError(f"{where}: expected rows of figures, the file has none; run again later")
    return frame.with_columns(pl.all().fill_null("").str.strip_chars(), pl.int_range(2, pl.len() + 2).alias("line"))


def _check_widths(text: str, where: str) -> None:
    """Every line has as many cells as the header: a line cut short would lose its figure without a word."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = len(next(lines, []))
    if bad := next(((lines.line_num, len(cells)) for cells in lines if len(cells) != width), None):
        raise ParseError(
            f"{where}: line {bad[0]} should have {width} cells as the header has, got {bad[1]}; "
            "the reply is cut or garbled, fetch it again"
        )


def _dimension_columns(reply: Reply, catalogue: Catalogue) -> set[str]:
    series = catalogue.tables(reply.source).get(reply.table, [])
    return {column for _, s in series for column in s.columns}


def _check_columns(columns: list[str], dims: set[str], where: str) -> None:
    has_regions = NAME in columns or CODE in columns
    expected = {TIME, VALUE, *dims, *({NAME, CODE} if has_regions else set())}
    came = set(columns) - {"line"}
    if came != expected:
        raise ParseError(
            f"{where}: columns have changed: missing {sorted(expected - came)}, new {sorted(came - expected)}; "
            "look at the file and adapt the indicator's 'columns' in data/catalogue/indicators"
        )


def _read_values(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    text = pl.col(VALUE)
    value = pl.when(text.str.contains(NUMBER)).then(text.str.strip_prefix("+").cast(pl.Float64, strict=False))
    frame = frame.with_columns(value.alias("value")).with_columns(status_of(text, pl.col("value")).alias("status"))
    bad = frame.filter(pl.col("status").is_null() | pl.col("value").is_infinite())
    if not bad.is_empty():
        cells = ", ".join(f"line {line}: {text!r}" for line, text in bad.select("line", VALUE).head(SHOWN).iter_rows())
        raise ParseError(f"{where}: column {VALUE}: expected numbers or signs, came {bad.height} others ({cells})")
    if frame["value"].null_count() == frame.height:
        raise ParseError(f"{where}: not one of {frame.height} rows holds a figure; run again later")
    return frame


def _refuse_conflicts(frame: pl.DataFrame, where: str) -> None:
    bad = frame.filter(pl.col(CONFLICT))
    if not bad.is_empty():
        rows = "; ".join(
            f"line {n}: {name} has {code}" for n, name, code in bad.select("line", NAME, CODE).head(SHOWN).iter_rows()
        )
        raise ParseError(
            f"{where}: region code and name disagree in {bad.height} rows ({rows}); look which is right and add a "
            "correction to data/catalogue/corrections"
        )
