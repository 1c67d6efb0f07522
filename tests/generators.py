"""Random tables in the publishers' own shapes, for tests that compare what went in with what came out.

A ``Cube`` is what a publisher means; the ``as_...`` functions write it as the publisher would send it.
They are plain loops on purpose: the code under test works on whole columns, so that the two share no mistake.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

Row = tuple[tuple[str, ...], float | None, str | None]  # (codes of all dimensions and the period), value, flag letters


@dataclass(frozen=True)
class Cube:
    """A table: codes per dimension (``freq`` first, ``geo`` last), periods, and what stands in the cells.

    ``cells`` maps (codes..., period) to (number as the publisher writes it, or None; flag letters). A cell that
    is not listed is missing.
    """

    dims: dict[str, tuple[str, ...]]
    times: tuple[str, ...]
    cells: dict[tuple[str, ...], tuple[str | None, str]]

    def observed(self) -> set[Row]:
        """Every cell that has a value or a flag, as a reader should return it."""
        return {
            (key, None if number is None else float(number), flags or None)
            for key, (number, flags) in self.cells.items()
            if number is not None or flags
        }


NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 99)).map(lambda p: f"{p[0]}.{p[1]:02d}"),
)
FLAGS = st.sampled_from(["", "", "", "b", "bu", "p", "e", "bep", "u", "c", "d", "s", "n", "z", "r", "f"])
CODES = st.from_regex(r"[A-Z][A-Z0-9]{0,3}([-_][A-Z0-9]{1,3})?", fullmatch=True)


@st.composite
def cubes(draw: st.DrawFn, max_codes: int = 4) -> Cube:
    """Annual Eurostat tables of up to three own dimensions, four periods and a few hundred cells."""
    names = draw(st.lists(st.sampled_from(["sex", "unit", "age", "isced11", "citizen"]), max_size=2, unique=True))
    codes = st.lists(CODES, min_size=1, max_size=max_codes, unique=True).map(tuple)
    dims = {"freq": ("A",), **{name: draw(codes) for name in names}, "geo": draw(codes)}
    first, length = draw(st.integers(1995, 2020)), draw(st.integers(1, 4))
    times = tuple(str(first + i) for i in range(length))
    filling = st.tuples(st.one_of(st.none(), NUMBERS), FLAGS)
    cells = {key: draw(filling) for key in product(*dims.values(), times)}
    return Cube(dims, times, cells)


def as_jsonstat(cube: Cube, *, spaced: bool = False, arrays: bool = False) -> bytes:
    """JSON-stat 2.0 in Eurostat's order of keys; ``arrays`` is the form of the standard that lists every cell."""
    axes = {**cube.dims, "time": cube.times}
    keys = list(product(*axes.values()))
    value = {str(i): float(cube.cells[k][0]) for i, k in enumerate(keys) if k in cube.cells and cube.cells[k][0]}
    status = {str(i): cube.cells[k][1] for i, k in enumerate(keys) if k in cube.cells and cube.cells[k][1]}
    body = {
        "version": "2.0",
        "class": "dataset",
        "label": 'A table with a "value":{0} in its title',
        "source": "ESTAT",
        "updated": "2026-09-17T11:00:00+0200",
        "value": [value.get(str(i)) for i in range(len(keys))] if arrays else value,
        **({"status": status} if status else {}),
        "id": list(axes),
        "size": [len(codes) for codes in axes.values()],
        "dimension": {
            name: {
                "label": name,
                "category": {"index": {c: i for i, c in enumerate(codes)}, "label": {c: c for c in codes}},
            }
            for name, codes in axes.items()
        },
        "extension": {"lang": "EN", "agencyId": "ESTAT", "status": {"label": {"p": "provisional"}}},
    }
    return json.dumps(body, separators=None if spaced else (",", ":")).encode()


def as_tsv(cube: Cube, *, old: bool = False, zipped: bool = False) -> bytes:
    """The TSV with the flag behind a blank; the old bulk form has no ``freq``, LF, and the newest period first."""
    dims = {name: codes for name, codes in cube.dims.items() if not (old and name == "freq")}
    times = cube.times[::-1] if old else cube.times
    end = "\n" if old else "\r\n"
    corner = ",".join(dims) + ("\\time" if old else "\\TIME_PERIOD")
    lines = [corner + "\t" + "\t".join(f"{time} " for time in times)]
    for key in product(*dims.values()):
        full = ("A", *key) if old else key
        cells = (cube.cells.get((*full, time), (None, "")) for time in times)
        lines.append(",".join(key) + "\t" + "\t".join(f"{':' if n is None else n} {f}" for n, f in cells))
    body = (end.join(lines) + end).encode()
    return gzip.compress(body, mtime=0) if zipped else body


def as_commas(cube: Cube) -> bytes:
    """The comma form, with the flags glued to the value."""
    lines = [",".join([*cube.dims, *cube.times])]
    for key in product(*cube.dims.values()):
        cells = (cube.cells.get((*key, time), (None, "")) for time in cube.times)
        lines.append(",".join([*key, *(f"{':' if n is None else n}{f}" for n, f in cells)]))
    return ("\r\n".join(lines) + "\r\n").encode()


@st.composite
def damaged(draw: st.DrawFn, body: bytes) -> bytes:
    """The body with bytes overwritten, removed or inserted, or cut short."""
    out = bytearray(body)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(out) - 1, 0)))
        kind = draw(st.sampled_from(["overwrite", "overwrite", "remove", "insert", "double", "cut"]))
        if kind == "overwrite" and out:
            out[at] = draw(st.one_of(st.sampled_from(b'0129.,:"{}[]\t\n\r -+eEnb'), st.integers(0, 255)))
        elif kind == "remove":
            del out[at : at + draw(st.integers(1, 4))]
        elif kind == "insert":
            out[at:at] = bytes([draw(st.sampled_from(b'0129.,:"{}[]\t\n\r -+eEnb'))])
        elif kind == "double":
            out[at:at] = out[at : at + draw(st.integers(1, 12))]
        else:
            del out[at:]
    return bytes(out)
