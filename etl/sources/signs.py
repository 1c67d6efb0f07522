"""The signs that German official statistics prints in place of a number, and the status each one means."""

from __future__ import annotations

import polars as pl

# DIN 55301 signs; "" is an empty cell: the publisher prints nothing there.
SIGN_STATUS = {
    "": "nil",
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
