"""Eurostat's TSV in every shape seen so far, decoded as whole columns.

======================= ===================================================== ==================
shape                   header                                                cell
======================= ===================================================== ==================
current                 ``freq,unit,geo\\TIME_PERIOD<tab>2014 <tab>2015 ``     ``12.3 b``
old bulk (no freq)      ``age,sex,geo\\time<tab>2013 <tab>2012 ``              ``12.3 b``, newest first
comma form              ``freq,unit,geo,2000,2001``                           ``48900e``
======================= ===================================================== ==================

Lines end in LF or CRLF, ``:`` is a missing value. With a blank before the flag, blanks and commas can be
turned into tabs in one pass over the bytes and the CSV reader does the rest. Where that does not fit
exactly, cells are read as text and taken apart, which costs more but explains what is wrong.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import polars as pl

from etl.errors import ParseError
from etl.sources.eurostat.refusals import quoted, refuse_if_no_data

MAX_EXPANDED = 400_000_000  # bytes; the largest table used here has 10 million

_GZIP = b"\x1f\x8b"
_PERIOD = re.compile(r"[12][0-9]{3}([-QMSW][0-9A-Z-]{1,6})?")
_DIMENSION = re.compile(r"[a-z][a-z0-9_]*")
_CORNER = re.compile(r"([a-z0-9_,]+)\\(?:time|TIME_PERIOD)", re.IGNORECASE)
_CELL = r"^ *(:|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?) *([A-Za-z]*) *$"
_FLAG = r"^[A-Za-z]+$"
# a decimal point without a digit on one of its sides: Polars reads such a number, publishers write none
_BARE_POINTS = (b".e", b".E", b". ", b".\t", b".\r", b".\n", b"\t.", b" .", b"-.")
_COMMA_TO_TAB = bytes.maketrans(b",", b"\t")
_BLANK_AND_COMMA_TO_TAB = bytes.maketrans(b" ,", b"\t\t")


@dataclass(frozen=True)
class Header:
    """The first line: dimensions (lower case, as sent), periods (as sent), and where the lines begin."""

    dims: tuple[str, ...]
    times: tuple[str, ...]
    end: int
    tabbed: bool


def decode(body: bytes, table: str, max_expanded: int = MAX_EXPANDED) -> pl.DataFrame:
    """All cells of a TSV reply, gzipped or not, that have a value or a flag.

    Returns a column per dimension (lower-case id, String codes; ``freq`` is added where the old form has
    none), ``time`` (as sent), ``value`` (Float64) and ``flag`` (String), null where there is none. Raises
    ParseError naming the table, what was expected and what came.
    """
    text = expand(body, table, max_expanded) if body.startswith(_GZIP) else body
    refuse_if_no_data(text, table)
    header = _header(text, table)
    if not text.endswith(b"\n"):
        raise ParseError(f"eurostat {table}: the last line has no end; the reply is cut, fetch it again")
    lines = text[header.end :]
    wide = _quick(lines, header) if header.tabbed else None
    cells = _unpivot(wide, header) if wide is not None else _careful(lines, header, table)
    if not cells["value"].drop_nulls().is_finite().all():
        raise ParseError(f"eurostat {table}: a value is beyond the range of a number; the reply is garbled")
    flags = cells["flag"].drop_nulls().unique()
    bad = flags.filter(~flags.str.contains(_FLAG))
    if bad.len():
        raise ParseError(f"eurostat {table}: expected flag letters behind the value, got {bad[0]!r:.60}; fetch again")
    if "freq" in header.dims:
        return cells
    if not all(len(time) == len("2000") for time in header.times):
        raise ParseError(f"eurostat {table}: no column 'freq', and the periods are not years: {header.times[:3]}")
    return cells.select(pl.lit("A").alias("freq"), pl.all())


def expand(body: bytes, table: str, limit: int) -> bytes:
    """The content of a gzip reply of any number of members. Raises ParseError if damaged or over ``limit`` bytes."""
    parts: list[bytes] = []
    size, rest = 0, body
    while rest:
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(rest, limit - size + 1))
        except zlib.error as error:
            raise ParseError(f"eurostat {table}: damaged gzip ({error}); fetch it again") from error
        size += len(parts[-1])
        if size > limit:
            raise ParseError(f"eurostat {table}: the reply expands to more than {limit} bytes; it is not the table")
        if not member.eof:
            raise ParseError(f"eurostat {table}: the gzip ends early ({len(body)} bytes); fetch it again")
        rest = member.unused_data
    return b"".join(parts)


def _header(text: bytes, table: str) -> Header:
    line, newline, _ = text.partition(b"\n")
    first = line.decode("utf-8", "replace").rstrip("\r")  # a byte that is no UTF-8 fits no pattern below
    corner, *periods = first.split("\t")
    tabbed = _CORNER.fullmatch(corner)
    if tabbed:
        dims = tabbed[1].split(",")
    else:
        fields = first.split(",")
        width = next((i for i, field in enumerate(fields) if _PERIOD.fullmatch(field.strip())), len(fields))
        dims, periods = fields[:width], fields[width:]
    dims, times = [dim.strip().lower() for dim in dims], [period.strip() for period in periods]
    fits = (
        bool(newline)
        and bool(times)
        and all(map(_DIMENSION.fullmatch, dims))
        and all(map(_PERIOD.fullmatch, times))
        and len({*dims, *times, "time", "value", "flag"}) == len(dims) + len(times) + 3
    )
    if not fits:
        raise ParseError(
            f"eurostat {table}: expected a header like 'freq,unit,geo\\TIME_PERIOD' and periods, "
            f"got {quoted(line)}; the reply is no TSV of this table"
        )
    return Header(tuple(dims), tuple(times), len(line) + 1, tabbed is not None)


def _quick(lines: bytes, header: Header) -> pl.DataFrame | None:
    """Columns ``d0``... of codes, ``v0``, ``f0``... per period; None unless all cells are ``value blank flag``."""
    if b"." in lines and any(bare in lines for bare in _BARE_POINTS):
        return None
    values = [f"v{i}" for i in range(len(header.times))]
    schema: dict[str, pl.DataType] = {f"d{i}": pl.String() for i in range(len(header.dims))}
    for i, value in enumerate(values):
        schema |= {value: pl.Float64(), f"f{i}": pl.String()}
    fields = lines.translate(_BLANK_AND_COMMA_TO_TAB)
    try:
        wide = pl.read_csv(
            fields,
            separator="\t",
            has_header=False,
            schema=schema,
            null_values=dict.fromkeys(values, ":"),
            quote_char=None,
        )
    except pl.exceptions.PolarsError:
        return None
    missing = sum(wide[value].null_count() for value in values)
    no_key = any(wide[f"d{i}"].null_count() for i in range(len(header.dims)))
    exact = wide.height and fields.count(b"\t") == wide.height * (len(schema) - 1) and missing == fields.count(b":")
    exact = exact and lines.count(b",") == wide.height * (len(header.dims) - 1)  # a comma in a cell is no blank
    return wide if exact and not no_key else None


def _unpivot(wide: pl.DataFrame, header: Header) -> pl.DataFrame:
    keys = [pl.col(f"d{i}").alias(dim) for i, dim in enumerate(header.dims)]
    observed = [
        wide.lazy()
        .filter(pl.col(f"v{i}").is_not_null() | pl.col(f"f{i}").is_not_null())
        .select(*keys, pl.lit(time).alias("time"), pl.col(f"v{i}").alias("value"), pl.col(f"f{i}").alias("flag"))
        for i, time in enumerate(header.times)
    ]
    return pl.concat(observed).collect()


def _careful(lines: bytes, header: Header, table: str) -> pl.DataFrame:
    """The same cells, each read as text; raises ParseError naming the first line or cell that does not fit."""
    names = [*header.dims, *header.times]
    separators = b"\t," if header.tabbed else b","
    for number, line in enumerate(lines.split(b"\n")[:-1], start=2):
        width = 1 + sum(line.count(bytes([s])) for s in separators)
        if width != len(names):
            raise ParseError(
                f"eurostat {table}: line {number} should have {len(names)} fields as the header has, "
                f"got {width}: {quoted(line)}; the reply is cut or garbled, fetch it again"
            )
    try:
        wide = pl.read_csv(
            lines.translate(_COMMA_TO_TAB),
            separator="\t",
            has_header=False,
            schema=dict.fromkeys(names, pl.String()),
            quote_char=None,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError as error:
        raise ParseError(f"eurostat {table}: the lines are no table ({str(error)[:120]}); fetch it again") from error
    long = wide.unpivot(index=header.dims, on=header.times, variable_name="time", value_name="cell")
    parts = pl.col("cell").str.strip_chars("\r").str.extract_groups(_CELL)
    long = long.with_columns(parts.struct.field("1").alias("number"), parts.struct.field("2").alias("flag"))
    bad = long.filter(pl.col("number").is_null())
    if bad.height:
        row = bad.row(0, named=True)
        where = ", ".join(str(row[name]) for name in (*header.dims, "time"))
        raise ParseError(
            f"eurostat {table}: expected a number or ':' with flag letters at {where}, "
            f"got {row['cell']!r:.60}; {bad.height} such cells"
        )
    return long.select(
        *header.dims,
        "time",
        pl.col("number").replace(":", None).cast(pl.Float64).alias("value"),
        pl.when(pl.col("flag") != "").then(pl.col("flag")).alias("flag"),
    ).filter(pl.col("value").is_not_null() | pl.col("flag").is_not_null())
