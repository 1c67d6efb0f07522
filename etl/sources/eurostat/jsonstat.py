"""JSON-stat 2.0 as Eurostat sends it, decoded without a Python step per cell.

Eurostat's ``value`` is one huge object ``{"0":128.1,"1":128.41,...}`` keyed by the row-major position of the
cell. Building a Python dict of a million entries costs ten times more than reading the same text as a
two-column CSV, so that is tried first. The quick way never judges: whatever it is not sure of goes through
the JSON parser, which either reads it or says what is wrong.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from etl.errors import ParseError
from etl.sources.eurostat.refusals import quoted, refuse_if_no_data

_OPENING = b'"value":{'
_CUT = "\x00values were cut out\x00"  # cannot be a figure, so a document that holds it was cut at the right place
_UNUSUAL = tuple(bytes([byte]) for byte in b" +\t\n\r\v\f")  # the CSV reader forgives them within a number
_MAX_CELLS = 2**62  # positions must fit into a signed 64-bit integer

Axes = dict[str, list[str]]  # dimension id -> its codes by position, in the order of the reply


def decode(body: bytes, table: str) -> pl.DataFrame:
    """All cells of a JSON-stat 2.0 data set that have a value or a flag.

    Returns a column per dimension (lower-case id, String codes), ``value`` (Float64) and ``flag`` (String),
    null where there is none, in row-major order of the cube. Raises ParseError naming the table, what was
    expected and what came.
    """
    refuse_if_no_data(body, table)
    quick = _quick(body)
    document, cells = quick if quick is not None else (_load(body, table), None)
    axes = _axes(document, table)
    total = math.prod(len(codes) for codes in axes.values())
    if total > _MAX_CELLS:
        raise ParseError(f"eurostat {table}: a cube of {total} cells cannot be a data set; fetch it again")
    if cells is None:
        cells = _values(document.get("value"), total, table)
    flags = _flags(document.get("status"), total, table)
    joined = cells.join(flags, on="cell", how="full", coalesce=True).sort("cell") if flags.height else cells
    positions = joined["cell"].to_numpy()
    if positions.size and (positions[0] < 0 or positions[-1] >= total):
        raise ParseError(
            f"eurostat {table}: expected cell positions below {total} (the product of 'size'), "
            f"got {positions[0]} to {positions[-1]}; fetch it again"
        )
    flag = joined["flag"] if flags.height else pl.Series("flag", [None], dtype=pl.String).new_from_index(0, len(joined))
    return pl.DataFrame([*_labels(positions, axes, total), joined["value"], flag])


def _quick(body: bytes) -> tuple[dict[str, Any], pl.DataFrame] | None:
    """The document without its values, and the values; None if anything about them is unusual."""
    start = body.find(_OPENING)
    end = body.find(b"}", start)
    if start < 0 or end < 0:
        return None
    section = body[start + len(_OPENING) : end]
    cells = _read_section(section)
    if cells is None:
        return None
    try:
        document = orjson.loads(body[: start + len(_OPENING) - 1] + orjson.dumps(_CUT) + body[end + 1 :])
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict) or document.get("value") != _CUT:
        return None
    return document, cells


def _read_section(section: bytes) -> pl.DataFrame | None:
    """``"0":1.5,"3":2`` as the columns ``cell`` and ``value``; None unless it is exactly of that form."""
    if not section.startswith(b'"') or any(byte in section for byte in _UNUSUAL):
        return None
    try:
        cells = pl.read_csv(
            section,
            separator=":",
            eol_char=",",
            has_header=False,
            schema={"cell": pl.Int64, "value": pl.Float64},
        )
    except pl.exceptions.PolarsError:
        return None
    regular = (
        section.count(b'"') == 2 * cells.height
        and section.count(b',"') == cells.height - 1
        and section.count(b",") == cells.height - 1
        and section.count(b":") == cells.height
        and cells.null_count().row(0) == (0, 0)
        and bool(cells["value"].is_finite().all())
    )
    positions = cells["cell"].to_numpy()
    return cells if regular and bool((positions[1:] > positions[:-1]).all()) else None


def _load(body: bytes, table: str) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ParseError(
            f"eurostat {table}: expected JSON-stat, got text that is no JSON ({error}; {len(body)} bytes, "
            f"begins {quoted(body)}); the reply is cut or garbled, fetch it again"
        ) from error
    if not isinstance(document, dict):
        raise ParseError(f"eurostat {table}: expected a JSON object, got {type(document).__name__}; fetch it again")
    return document


def _axes(document: dict[str, Any], table: str) -> Axes:
    """The codes of every dimension by position, checked against ``size``."""
    ids, sizes, dimension = document.get("id"), document.get("size"), document.get("dimension")
    if not (
        document.get("class") == "dataset"
        and isinstance(ids, list)
        and all(isinstance(i, str) for i in ids)
        and isinstance(sizes, list)
        and all(type(s) is int and s >= 0 for s in sizes)
        and isinstance(dimension, dict)
    ):
        raise ParseError(
            f"eurostat {table}: expected a JSON-stat 2.0 data set (class, id, size, dimension), "
            f"got an object with {', '.join(sorted(document)) or 'nothing'}; fetch it again"
        )
    names = [i.lower() for i in ids]
    if len(names) != len(sizes) or len(set(names)) != len(names) or {"value", "flag"} & set(names):
        raise ParseError(f"eurostat {table}: 'id' {ids} and 'size' {sizes} do not fit together; fetch it again")
    return {
        name: _codes(dimension.get(raw), size, name, table) for name, raw, size in zip(names, ids, sizes, strict=True)
    }


def _codes(dimension: object, size: int, name: str, table: str) -> list[str]:
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index") if isinstance(category, dict) else None
    if isinstance(index, list) and all(isinstance(code, str) for code in index):
        codes = index
    elif isinstance(index, dict) and all(type(at) is int for at in index.values()):
        codes = sorted(index, key=lambda code: index[code])
        if any(a == b for a, b in pairwise(sorted(index.values()))) or set(index.values()) - set(range(size)):
            codes = []
    else:
        codes = []
    if len(codes) != size or len(set(codes)) != size:
        raise ParseError(
            f"eurostat {table}: dimension '{name}' should list {size} codes at the positions 0 to {size - 1}, "
            f"but its category index does not; fetch it again"
        )
    return codes


def _positions(found: object, total: int, what: str, table: str) -> tuple[pl.Series, list[Any]]:
    """Positions and contents of an object keyed by position or of an array with one entry per cell."""
    if isinstance(found, list):
        if len(found) != total:
            raise ParseError(
                f"eurostat {table}: expected an array '{what}' of {total} cells (the product of 'size'), "
                f"got {len(found)}; fetch it again"
            )
        return pl.Series("cell", np.arange(total), dtype=pl.Int64), found
    if not isinstance(found, dict):
        raise ParseError(f"eurostat {table}: expected '{what}' as an object or array, got {found!r:.60}; fetch again")
    keys = pl.Series("cell", list(found), dtype=pl.String)
    cells = keys.cast(pl.Int64, strict=False)
    bad = keys.filter(cells.is_null() | ~keys.str.contains("^[0-9]+$"))
    if bad.len():
        raise ParseError(f"eurostat {table}: '{what}' has {bad[0]!r:.60} where a cell's position is due; fetch again")
    if not cells.is_unique().all():
        raise ParseError(f"eurostat {table}: '{what}' gives a cell twice; the reply is garbled, fetch it again")
    return cells, list(found.values())


def _values(found: object, total: int, table: str) -> pl.DataFrame:
    cells, contents = _positions(found, total, "value", table)
    odd = set(map(type, contents)) - {int, float, type(None)}
    if odd:
        example = next(c for c in contents if type(c) in odd)
        raise ParseError(f"eurostat {table}: expected a number as value, got {example!r:.60}; fetch it again")
    figures = np.array(contents, dtype=np.float64)  # None becomes NaN, which JSON itself cannot hold
    if np.isinf(figures).any():
        raise ParseError(f"eurostat {table}: a value is beyond the range of a number; the reply is garbled")
    frame = pl.DataFrame([cells, pl.Series("value", figures, nan_to_null=True)])
    return frame.drop_nulls("value").sort("cell")


def _flags(found: object, total: int, table: str) -> pl.DataFrame:
    """Flag letters per cell; a colon means "missing", which the absent value says already."""
    if isinstance(found, str):
        raise ParseError(f"eurostat {table}: one status {found!r:.60} for all cells is not Eurostat's way; check it")
    cells, contents = _positions(found if found is not None else {}, total, "status", table)
    odd = set(map(type, contents)) - {str, type(None)}
    if odd:
        raise ParseError(f"eurostat {table}: expected flags as text, got {', '.join(t.__name__ for t in odd)}")
    letters = pl.Series("flag", contents, dtype=pl.String).str.replace_all("[: ]", "")
    return pl.DataFrame([cells, letters]).filter(pl.col("flag") != "")


def _labels(positions: npt.NDArray[np.int64], axes: Axes, total: int) -> list[pl.Series]:
    """A column of codes per dimension for row-major positions."""
    narrow = positions.astype(np.uint32) if total < 2**32 else positions  # halves the cost of the divisions
    columns: list[pl.Series] = []
    stride = total
    for name, codes in axes.items():
        stride //= max(len(codes), 1)
        at = (narrow // stride) % len(codes) if len(codes) > 1 else np.zeros(len(narrow), dtype=np.uint32)
        columns.append(pl.Series(name, codes, dtype=pl.String).gather(pl.Series(at)))
    return columns
