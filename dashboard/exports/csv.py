"""Observations as CSV: one form for machines, one for a German Excel."""

from __future__ import annotations

import polars as pl

from dashboard.queries import EXPORT_COLUMNS


def machine_csv(observations: pl.DataFrame) -> bytes:
    """RFC 4180: comma, decimal point, CRLF, UTF-8 without a mark; an empty value was not published."""
    return _ordered(observations).write_csv(line_terminator="\r\n").encode("utf-8")


def excel_csv(figures: pl.DataFrame) -> bytes:
    """Semicolon, decimal comma, CRLF, UTF-8 with a mark: what a German Excel opens by double click."""
    written = _ordered(figures).write_csv(separator=";", decimal_comma=True, line_terminator="\r\n", include_bom=True)
    return written.encode("utf-8")


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """The export columns in their order; whole numbers without decimals, times as ISO 8601 in UTC."""
    return frame.select(EXPORT_COLUMNS).with_columns(pl.col("retrieved_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
