"""The flat CSV of GENESIS (ffcsv), read block by block: only rows of known regions and columns of codes are kept.

A row names its variables itself, in blocks ``n_variable_code``, ``n_variable_attribute_code``, whose order differs
between tables; so every figure is placed by the codes of its own row, never by a column's position. Two layouts:

====== =========================================== =============================================================
layout blocks                                      figures
====== =========================================== =============================================================
new    ``1_variable_code``, …                      ``value``, ``value_unit``, ``value_variable_code``, ``value_q``
old    ``1_Merkmal_Code``, ``1_Auspraegung_Code``  a column each, ``BEVSTD__Bevoelkerungsstand__Anzahl``, ``…__q``
====== =========================================== =============================================================
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from etl.errors import ParseError
from etl.sources.genesis.figures import with_figures
from etl.sources.genesis.lines import checked, columns, whole_lines

# the region variables that are kept, and the catalogue's level of their codes; a row of any other one is left out
LEVELS = {"KREISE": "district", "DLAND": "land", "DINSG": "country", "DG": "country"}
TOTALS = ("", "INSGESAMT")

_BLOCK = re.compile(r"([1-9][0-9]?)_(?:variable_code|Merkmal_Code)")
_KNOWN = re.compile(
    "(?:statistics|time|value_variable)_(?:code|label)|time|value|value_unit|value_q|"
    "[1-9][0-9]?_variable(?:_attribute)?_(?:code|label)"
)
_KNOWN_OLD = re.compile(
    "(?:Statistik|Zeit)_(?:Code|Label)|Zeit|[1-9][0-9]?_(?:Merkmal|Auspraegung)_(?:Code|Label)|.+__.+"
)
_SHOWN = 5  # how many offending rows an error quotes


@dataclass(frozen=True)
class Figure:
    """Where a row holds a figure; ``code`` and ``unit`` are the columns that say what it is, or the text itself."""

    value: str
    quality: str | None
    code: pl.Expr
    unit: pl.Expr


@dataclass(frozen=True)
class Header:
    """The first line: all column names, the pairs (variable, attribute), the time's two columns, the figures."""

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    time_code: str
    time: str
    figures: tuple[Figure, ...]
    old: bool

    @property
    def needed(self) -> list[int]:
        """Positions of the columns that are read."""
        wanted = {self.time_code, self.time, *(name for pair in self.pairs for name in pair)}
        wanted |= {"value_unit", "value_variable_code"} if not self.old else set()
        wanted |= {name for f in self.figures for name in (f.value, f.quality) if name}
        return [at for at, name in enumerate(self.names) if name in wanted]


def read(
    blocks: Iterable[bytes], regions: Mapping[str, str], merged: Mapping[str, Sequence[str]], where: str
) -> pl.DataFrame:
    """All cells of the regions, ``{"KREISE/03101": "03101", …}``: a region variable and its code to our id.

    Returns a column per variable code (String; the attribute's code as sent, "" where a row does not have the
    variable), ``value_variable_code``, ``value_unit``, ``region``, ``time``, ``value``, ``status``. ``merged`` names
    columns that several variables share. Raises ParseError naming line and text of what is not in the known shape.
    """
    codes = {key.split("/", 1)[1] for key in regions}
    kept: list[pl.DataFrame] = []
    header: Header | None = None
    for header, line, records in _checked_lines(blocks, where):
        kept.append(_rows(records, line, header, codes, where))
    if header is None or not kept:
        raise ParseError(f"{where}: expected a header and rows of figures, got none; fetch it again")
    rows = _with_region(pl.concat(kept), header, regions, where)
    cells = with_figures(_placed(_long(rows, header), header, merged, where), where)
    return _unique(cells, where)


def _checked_lines(blocks: Iterable[bytes], where: str) -> Iterator[tuple[Header, int, bytes]]:
    """The header, and beside it whole lines behind it with the number of their first one."""
    header: Header | None = None
    for line, records, separators in whole_lines(blocks, where):
        if header is None:
            first, _, records = records.partition(b"\n")
            header = _header(first, where)
            line, separators = line + 1, separators.partition(b"\n")[2]
        if records:
            width = len(header.names)
            yield header, line, checked(records, separators, line, width, where, windows=header.old)


def _header(line: bytes, where: str) -> Header:
    try:
        names = tuple(next(csv.reader([line.decode("utf-8")], delimiter=";", strict=True), []))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ParseError(f"{where}: the header cannot be read ({error}); fetch it again") from error
    old = "Zeit" in names
    block, attribute = ("Merkmal_Code", "Auspraegung_Code") if old else ("variable_code", "variable_attribute_code")
    found = [f"{m[1]}_" for m in map(_BLOCK.fullmatch, names) if m and m[0].endswith(block)]
    pairs = tuple((number + block, number + attribute) for number in found)
    time_code, time = ("Zeit_Code", "Zeit") if old else ("time_code", "time")
    figures = _old_figures(names, where) if old else _new_figures(names)
    needed = {time_code, time, *(name for pair in pairs for name in pair)}
    needed |= set() if old else {"value", "value_unit", "value_variable_code"}
    if missing := sorted(needed - set(names)):
        raise ParseError(f"{where}: columns {missing} are missing, came {_some(names)}; the layout has changed")
    if new := [name for name in names if not (_KNOWN_OLD if old else _KNOWN).fullmatch(name)]:
        raise ParseError(f"{where}: columns {new} are new; look what they say of the figures before they are read")
    if len(set(names)) < len(names) or not pairs or not figures:
        raise ParseError(f"{where}: expected each column once, blocks of variables and figures, came {_some(names)}")
    return Header(names, pairs, time_code, time, figures, old)


def _new_figures(names: Collection[str]) -> tuple[Figure, ...]:
    quality = "value_q" if "value_q" in names else None
    return (Figure("value", quality, pl.col("value_variable_code"), pl.col("value_unit")),)


def _old_figures(names: Sequence[str], where: str) -> tuple[Figure, ...]:
    """``CODE__Label__Unit`` (or ``Label__Unit``: then the label is the code), and ``…__q`` right behind its figure."""
    figures: list[Figure] = []
    for before, name in zip(("", *names), names, strict=False):
        parts = name.split("__")
        if len(parts) < 2:
            continue
        if parts[-1] == "q":
            if not figures or figures[-1].value != before or not before.startswith(name.removesuffix("__q")):
                raise ParseError(f"{where}: column {name!r} stands behind {before!r}, whose quality it cannot mean")
            last = figures.pop()
            figures.append(Figure(last.value, name, last.code, last.unit))
        else:
            figures.append(Figure(name, None, pl.lit(parts[0]), pl.lit(parts[-1].replace("_", " "))))
    return tuple(figures)


def _rows(records: bytes, line: int, header: Header, codes: Collection[str], where: str) -> pl.DataFrame:
    """The needed columns, as text, of the rows that have the code of one of the regions in any block."""
    rows = columns(records, line, header.names, header.needed, where)
    attributes = [pl.col(attribute) for _, attribute in header.pairs]
    return rows.filter(pl.any_horizontal(a.is_in(list(codes)) for a in attributes))


def _with_region(rows: pl.DataFrame, header: Header, regions: Mapping[str, str], where: str) -> pl.DataFrame:
    """The rows of the regions, with ``region``. A row has one region variable; others' codes may look like ours."""
    placed = [
        pl.concat_str([variable, attribute], separator="/").replace_strict(
            regions, default=None, return_dtype=pl.String
        )
        for variable, attribute in header.pairs
    ]
    rows = rows.with_columns(region=pl.coalesce(placed)).filter(pl.col("region").is_not_null())
    regional = pl.sum_horizontal(pl.col(variable).is_in(list(LEVELS)).cast(pl.Int32) for variable, _ in header.pairs)
    _refuse(rows.filter(regional > 1), "more than one region variable", where)
    return rows


def _long(rows: pl.DataFrame, header: Header) -> pl.DataFrame:
    """One row a figure, with ``value``, ``quality``, ``value_variable_code``, ``value_unit`` as texts."""
    pairs = [pl.col(name) for pair in header.pairs for name in pair]
    return pl.concat(
        rows.select(
            "line",
            "region",
            pl.col(header.time_code).alias("time_code"),
            pl.col(header.time).str.strip_chars().alias("time"),
            *pairs,
            figure.code.alias("value_variable_code"),
            figure.unit.alias("value_unit"),
            pl.col(figure.value).alias("value"),
            (pl.col(figure.quality) if figure.quality else pl.lit("")).alias("quality"),
        )
        for figure in header.figures
    )


def _placed(cells: pl.DataFrame, header: Header, merged: Mapping[str, Sequence[str]], where: str) -> pl.DataFrame:
    """The blocks of variables as columns named by the variables' codes, several of them ``merged`` into one."""
    pairs = header.pairs
    nameless = pl.any_horizontal((pl.col(v) == "") & (pl.col(a) != "") for v, a in pairs)
    _refuse(cells.filter(nameless), "an attribute without a variable", where)
    times = set(cells["time_code"].unique())
    came = {code for variable, _ in pairs for code in cells[variable].unique()} - {"", *LEVELS, *times}
    own = {"line", "region", "time", "value", "status", "quality", "value_variable_code", "value_unit"}
    if clash := sorted(came & own):
        raise ParseError(f"{where}: variables named {clash} cannot be told from our own columns; look at the raw reply")
    by_code: dict[str, pl.Expr] = {}
    for code in sorted(came):
        is_it = [pl.col(variable) == code for variable, _ in pairs]
        twice = cells.filter(pl.sum_horizontal(i.cast(pl.Int32) for i in is_it) > 1)
        _refuse(twice, f"variable {code} more than once", where)
        attributes = (pl.when(i).then(a) for i, (_, a) in zip(is_it, pairs, strict=True))
        by_code[code] = pl.coalesce(*attributes)
    placed: dict[str, pl.Expr] = {}
    for column, codes in merged.items():
        shared = [by_code.pop(code) for code in codes if code in by_code]
        if not shared:
            raise ParseError(
                f"{where}: of the variables {list(codes)} of column '{column}' came none, but {sorted(came)}"
            )
        parts = [pl.when(~s.is_in(TOTALS)).then(s) for s in shared]
        several = cells.filter(pl.sum_horizontal(p.is_not_null().cast(pl.Int32) for p in parts) > 1)
        _refuse(several, f"more than one of the variables {list(codes)} of column '{column}'", where)
        placed[column] = pl.coalesce(*parts, *shared)
    placed |= by_code
    return cells.select(
        "line",
        *(placed[name].fill_null("").alias(name) for name in sorted(placed)),
        "value_variable_code",
        "value_unit",
        "region",
        "time",
        "value",
        "quality",
    )


def _unique(cells: pl.DataFrame, where: str) -> pl.DataFrame:
    """Rows that stand twice once; ParseError for a key with several figures."""
    figures = cells.drop("line").unique(maintain_order=True)
    keys = [name for name in figures.columns if name not in ("value", "status")]
    twins = figures.filter(figures.select(keys).is_duplicated())
    if not twins.is_empty():
        both = cells.join(twins.select(keys).head(1), on=keys, how="semi", nulls_equal=True)
        raise ParseError(
            f"{where}: lines {both['line'].to_list()[:_SHOWN]} have the same codes and different figures "
            f"({both['value'].to_list()[:_SHOWN]}); {twins.height} such rows; look at the raw reply"
        )
    return figures


def _refuse(rows: pl.DataFrame, what: str, where: str) -> None:
    if not rows.is_empty():
        lines = ", ".join(map(str, rows["line"].head(_SHOWN)))
        raise ParseError(f"{where}: {rows.height} rows have {what} (lines {lines}); look at the raw reply")


def _some(names: Sequence[str]) -> str:
    more = len(names) - 30
    return ", ".join(name[:40] for name in names[:30]) + (f" and {more} more" if more > 0 else "")
