"""The cells of a GENESIS table: numbers with a decimal comma, the signs in their place, and the quality marks.

====================  ==================  ==========================
cell or mark          status              value
====================  ==================  ==========================
``-``                 nil                 none
``.``                 secret              none
``...``               pending             none
``/``                 unreliable          none
``x``                 not_applicable      none
mark that is a sign   as the sign         none, even if the cell holds one
``(12)``, mark ``()`` limited             12
mark ``s``            estimated           kept
mark ``p``            provisional         kept
mark ``r``            revised             kept
``0``                 rounded_zero        0: more than nothing
====================  ==================  ==========================

The first line that fits wins. The mark ``e`` (final) adds nothing; marks may come together.
"""

from __future__ import annotations

import polars as pl

from etl.errors import ParseError
from etl.sources.signs import SIGN_STATUS

_NUMBER = r"^[+-]?[0-9]+(?:,[0-9]+)?$"
_MARKS = r"^(?:\(\)|[prse0])*$"
_BETWEEN_MARKS = r"[\s,;]+"
_SIGN_MARKS = {sign: status for sign, status in SIGN_STATUS.items() if sign}
_LETTERS = (("s", "estimated"), ("p", "provisional"), ("r", "revised"))
_SHOWN = 5  # how many offending cells an error quotes


def with_figures(cells: pl.DataFrame, where: str) -> pl.DataFrame:
    """The frame with ``value`` (Float64) and ``status`` in place of the texts ``value`` and ``quality``.

    Expects a column ``line`` for what an error says. Raises ParseError with line and text of cells that are neither
    a number nor a known sign, and of unknown quality marks.
    """
    cells = cells.with_columns(pl.col("value", "quality").str.strip_chars()).with_columns(
        bracketed=pl.col("value").str.extract(r"^\((.*)\)$").str.strip_chars(),
        sign_mark=pl.col("quality").replace_strict(_SIGN_MARKS, default=None, return_dtype=pl.String),
        marks=pl.col("quality").str.replace_all(_BETWEEN_MARKS, ""),
    )
    bare = pl.coalesce("bracketed", "value")
    number = pl.when(bare.str.contains(_NUMBER)).then(
        bare.str.replace(",", ".", literal=True).str.strip_prefix("+").cast(pl.Float64, strict=False)
    )
    cells = cells.with_columns(number=pl.when(number.is_finite()).then(number))
    _refuse_unknown(cells, where)
    letters = [(pl.col("marks").str.contains(letter, literal=True), status) for letter, status in _LETTERS]
    status = (
        pl.when(pl.col("number").is_null())
        .then(pl.col("value").replace_strict(SIGN_STATUS, default=None, return_dtype=pl.String))
        .when(pl.col("sign_mark").is_not_null())
        .then("sign_mark")
        .when(pl.col("bracketed").is_not_null() | pl.col("marks").str.contains("()", literal=True))
        .then(pl.lit("limited"))
    )
    for marked, meaning in letters:
        status = status.when(marked).then(pl.lit(meaning))
    status = status.when(pl.col("value") == "0").then(pl.lit("rounded_zero"))
    return cells.with_columns(
        value=pl.when(pl.col("sign_mark").is_null()).then("number"), status=status.otherwise(pl.lit("ok"))
    ).drop("quality", "bracketed", "sign_mark", "marks", "number")


def _refuse_unknown(cells: pl.DataFrame, where: str) -> None:
    signs = list(SIGN_STATUS)
    no_sign = pl.col("number").is_null() & (~pl.col("value").is_in(signs) | pl.col("bracketed").is_not_null())
    no_mark = pl.col("sign_mark").is_null() & ~pl.col("marks").str.contains(_MARKS)
    for bad, column, expected in ((no_sign, "value", "a number or a sign"), (no_mark, "quality", "quality marks")):
        found = cells.filter(bad.fill_null(True))
        if not found.is_empty():
            shown = ", ".join(f"line {n}: {text!r:.60}" for n, text in found.select("line", column).head(_SHOWN).rows())
            raise ParseError(
                f"{where}: expected {expected}, came {found.height} other cells ({shown}); look at the raw reply"
            )
