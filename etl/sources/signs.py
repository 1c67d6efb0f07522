"""The signs that German official statistics prints in place of a number, and the status each one means."""

from __future__ import annotations

import polars as pl

# DIN 55301 signs. An empty cell ("") is no sign: the table has no figure of that kind for that year, as LSN's 4-4-1 of
# decisions that were counted later only. That is not "nothing there" and never counts as 0 in a sum.
SIGN_STATUS = {
    "": "not_applicable",
    "-": "nil",
    "–": "nil",
    ".": "secret",
    "•": "secret",
    "...": "pending",
    "…": "pending",
    "/": "unreliable",
    "x": "not_applicable",
    "X": "not_applicable",
}


def status_of(text: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Status of a cell: ``ok`` where there is a number, the sign's meaning where not, null for unknown signs."""
    return pl.when(value.is_not_null()).then(pl.lit("ok")).otherwise(text.replace_strict(SIGN_STATUS, default=None))
