"""Observations as a file: csv, parquet or xlsx, in the columns of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from etl.errors import StoreError
from etl.raw import write_atomically
from etl.store import open_current, resolve_vintage, state_at

EXPORT_COLUMNS = [
    "indicator", "region", "region_name", "period", "period_start", "period_end", "period_kind", "breakdown", "value",
    "unit", "status", "source", "table", "licence", "attribution", "retrieved_at", "known_from", "known_until",
]  # fmt: skip
SORTED_BY = ["indicator", "source", "region", "breakdown", "period"]
XLSX_ROWS = 1_048_575


def export_frame(
    published_dir: Path, indicators: Sequence[str] = (), regions: Sequence[str] = (), as_of: str | None = None
) -> pl.DataFrame:
    """The figures known at ``as_of`` (default: now) in ``EXPORT_COLUMNS``; an empty value was not published.

    Raises StoreError for an indicator, region or vintage that the store does not know.
    """
    vintage = resolve_vintage(published_dir, as_of)
    frame = state_at(published_dir, vintage)
    with open_current(published_dir) as con:
        names = con.sql("SELECT id AS region, name_de AS region_name FROM regions").pl()
        _refuse_unknown(con, "indicators", indicators)
        _refuse_unknown(con, "regions", regions)
    if indicators:
        frame = frame.filter(pl.col("indicator").is_in(list(indicators)))
    if regions:
        frame = frame.filter(pl.col("region").is_in(list(regions)))
    names = names.with_columns(pl.col("region").cast(pl.Categorical))
    ordered = frame.join(names, on="region", how="left").select(EXPORT_COLUMNS).sort(SORTED_BY)
    return ordered.with_columns(pl.col(pl.Categorical).cast(pl.String))


def write_export(frame: pl.DataFrame, out: Path) -> None:
    """Write by the file's ending; a half-written file never takes the place of a good one.

    Raises StoreError for another ending, or if a sheet cannot hold the rows.
    """
    if out.suffix not in (".csv", ".parquet", ".xlsx"):
        raise StoreError(f"{out.name}: the ending says the format; expected .csv, .parquet or .xlsx")
    if out.suffix == ".xlsx" and frame.height > XLSX_ROWS:
        raise StoreError(
            f"{frame.height:,} rows do not fit on a sheet ({XLSX_ROWS:,}); choose indicators or another format"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".csv":
        write_atomically(out, as_csv(frame).encode())
        return
    part = out.with_name(f".{out.name}.part{out.suffix}")
    if out.suffix == ".parquet":
        frame.write_parquet(part)
    else:
        frame.write_excel(part, worksheet="observations", autofit=True, freeze_panes=(1, 0))
    part.replace(out)


def as_csv(frame: pl.DataFrame) -> str:
    """Comma-separated text with whole numbers as such (``84332``, not ``84332.0``) and empty cells for no value."""
    value = pl.col("value")
    whole = value.round() == value
    text = pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
    return frame.with_columns(text.alias("value")).write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ")


def _refuse_unknown(con: duckdb.DuckDBPyConnection, table: str, wanted: Sequence[str]) -> None:
    known = {str(row[0]) for row in con.table(table).project("id").fetchall()}
    if unknown := sorted(set(wanted) - known):
        raise StoreError(f"the store has no {table} {', '.join(unknown)}; it has {', '.join(sorted(known))}")
