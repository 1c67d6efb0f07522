"""Observations as CSV: one form for machines, one for a German Excel."""

from __future__ import annotations

import polars as pl

from dashboard.queries import EXPORT_COLUMNS


def machine_csv(observations: pl.DataFrame) -> bytes:
    """RFC 4180: comma, decimal point, CRLF, UTF-8 without a mark; an empty value was not published."""
    return _written(observations, ".").write_csv(line_terminator="\r\n").encode("utf-8")


def excel_csv(figures: pl.DataFrame) -> bytes:
    """Semicolon, decimal comma, CRLF, UTF-8 with a mark: what a German Excel opens by double click."""
    written = _written(figures, ",").write_csv(separator=";", line_terminator="\r\n", include_bom=True)
    return written.encode("utf-8")


def marked_as_own(figures: pl.DataFrame, mark: str) -> pl.DataFrame:
    """The figures with the mark of an own calculation behind each attribution that does not carry it yet."""
    said = pl.col("attribution")
    return figures.with_columns(pl.when(said.str.contains(mark, literal=True)).then(said).otherwise(said + f"; {mark}"))


def _written(frame: pl.DataFrame, point: str) -> pl.DataFrame:
    """The export columns in their order; whole numbers without decimals, times as ISO 8601 in UTC."""
    whole = pl.when(pl.col("value") == pl.col("value").round()).then(pl.col("value").cast(pl.Int64))
    return frame.select(EXPORT_COLUMNS).with_columns(
        pl.coalesce(whole.cast(pl.String), pl.col("value").cast(pl.String).str.replace(".", point, literal=True)),
        pl.col("retrieved_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
