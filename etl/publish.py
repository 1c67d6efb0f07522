"""The only writer of the published store.

Every publish makes a new file that holds all vintages and then replaces the pointer; a reader or a
killed run sees the old state or the new one, never something between.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from etl.errors import StoreError
from etl.metadata import Rows, metadata_hash
from etl.raw import write_atomically
from etl.revisions import FIGURE, changes, counts
from etl.schema import KEY, OBSERVATION_COLUMNS, in_order
from etl.store import POINTER, VINTAGE_FORMAT, current_figures, current_file, indicators_of, literal, open_current
from etl.store_schema import SCHEMA_VERSION, TABLES

MEMORY = "300MB"  # of the database while it writes; more goes to its temporary files
_KEYS = ", ".join(KEY)


@dataclass(frozen=True)
class Published:
    """What a publish did."""

    vintage: str
    new: int
    revised: int
    withdrawn: int


@contextmanager
def writer_lock(published_dir: Path) -> Iterator[None]:
    """Only one run writes at a time; the lock dies with its process. Raises StoreError if it is taken."""
    published_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(published_dir / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreError(f"another run is writing to {published_dir}; wait until it has ended") from error
    try:
        for leftover in published_dir.glob(".*.*"):  # of a run that was killed
            leftover.unlink()
        yield
    finally:
        lock.release()


def publish(
    published_dir: Path,
    state: pl.DataFrame,
    metadata: dict[str, Rows],
    origin: str,
    vintage: str | None = None,
) -> Published | None:
    """Publish ``state`` (columns of ``Observation``) as a new vintage; None if figures and metadata are as published.

    Call it under ``writer_lock``. ``vintage`` fixes the id (the bundled extract keeps its own).
    """
    previous = current_file(published_dir)
    changed = _changed(published_dir, state)
    numbers = counts(changed)
    digest = metadata_hash(metadata)
    if previous is not None and changed.is_empty() and digest == _published_hash(published_dir):
        return None
    vintage = _next_vintage(published_dir, vintage)
    part = published_dir / f".{vintage}.duckdb.part"
    part.unlink(missing_ok=True)
    with duckdb.connect(str(part)) as con:
        con.execute(f"SET memory_limit='{MEMORY}'")
        con.execute("SET threads=1")  # several write the rows in pieces: twice the file, and no sooner
        for name, columns in TABLES.items():
            con.execute(f'CREATE TABLE "{name}" ({columns})')
        if previous is not None:
            con.execute(f"ATTACH {literal(str(previous))} AS previous (READ_ONLY)")
        con.execute("BEGIN")
        _write_observations(con, state, changed, vintage, previous is not None)
        con.execute("COMMIT")
        if previous is not None:
            con.execute("INSERT INTO vintages FROM previous.vintages")
            con.execute("DETACH previous")
        row = [vintage, datetime.strptime(vintage, VINTAGE_FORMAT), origin, *numbers.values()]
        con.execute("INSERT INTO vintages VALUES (?, ?, ?, ?, ?, ?)", row)
        con.execute("INSERT INTO store VALUES (?, ?, ?)", [SCHEMA_VERSION, vintage, digest])
        for name, rows in metadata.items():
            _write_rows(con, name, rows)
        con.execute("CHECKPOINT")
    _settle(part, published_dir / f"{vintage}.duckdb")
    write_atomically(published_dir / POINTER, f"{vintage}.duckdb\n".encode())
    _fsync_folder(published_dir)
    return Published(vintage, **numbers)


def _changed(published_dir: Path, state: pl.DataFrame) -> pl.DataFrame:
    """Keys of the rows that are new, revised or withdrawn, with the kind of ``change``, old and new value."""
    if current_file(published_dir) is None:
        new = pl.lit("new", dtype=pl.Categorical).alias("change")
        return state.select(
            *KEY, new, pl.lit(None, dtype=pl.Float64).alias("old_value"), pl.col("value").alias("new_value")
        )
    found = []
    with open_current(published_dir) as con:
        for indicator in sorted({*state["indicator"].unique(), *indicators_of(con)}):
            now = state.filter(pl.col("indicator") == indicator)
            changed = changes(current_figures(con, indicator, [*KEY, *FIGURE]), now)
            found.append(
                changed.filter(pl.col("change") != "unchanged").select(*KEY, "change", "old_value", "new_value")
            )
    return pl.concat(found)


def _write_observations(
    con: duckdb.DuckDBPyConnection, state: pl.DataFrame, changed: pl.DataFrame, vintage: str, has_previous: bool
) -> None:
    """Indicator by indicator, so that a reader of one indicator finds its rows close together."""
    indicators = {*state["indicator"].unique(), *changed["indicator"].unique()}
    if has_previous:
        indicators.update(indicators_of(con, "previous.observations"))
    for indicator in sorted(indicators):
        own = pl.col("indicator") == indicator
        _write_indicator(con, indicator, state.filter(own), changed.filter(own), vintage, has_previous)


def _write_indicator(
    con: duckdb.DuckDBPyConnection,
    indicator: str,
    state: pl.DataFrame,
    changed: pl.DataFrame,
    vintage: str,
    has_previous: bool,
) -> None:
    """History first, then what ended with this vintage, then the state: unchanged figures keep their first day."""
    fresh = changed.filter(pl.col("change").is_in(["new", "revised"])).select(KEY)
    ended = changed.filter(pl.col("change").is_in(["revised", "withdrawn"])).select(KEY)
    if has_previous:
        old = f"FROM previous.observations WHERE indicator = {literal(indicator)} AND"
        con.execute(f"INSERT INTO observations {old} known_until IS NOT NULL")
        con.register("ended", ended)
        con.execute(
            f"INSERT INTO observations SELECT * REPLACE (? AS known_until) FROM ({old} known_until IS NULL) "  # noqa: S608
            f"SEMI JOIN ended USING ({_KEYS})",
            [vintage],
        )
        con.unregister("ended")
        # addresses and labels of the catalogue may have been bettered, the figure and its dates stay
        dates = con.sql(f"SELECT {_KEYS}, retrieved_at, known_from {old} known_until IS NULL").pl()
        dates = dates.with_columns(pl.col(pl.String).cast(pl.Categorical))
        kept = state.drop("retrieved_at").join(fresh, on=KEY, how="anti").join(dates, on=KEY)
        _append(con, kept.select(*OBSERVATION_COLUMNS, "known_from"))
    new = state.join(fresh, on=KEY, how="semi") if has_previous else state
    _append(con, new.with_columns(pl.lit(vintage).alias("known_from")))


def _append(con: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    con.register("rows", in_order(rows))
    con.execute("INSERT INTO observations SELECT *, NULL FROM rows")
    con.unregister("rows")


def _write_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    if rows:
        con.register("rows", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
        con.execute(f'INSERT INTO "{table}" BY NAME FROM rows')
        con.unregister("rows")


def _published_hash(published_dir: Path) -> str:
    with open_current(published_dir) as con:
        row = con.sql("SELECT metadata_sha256 FROM store").fetchone()
    return str(row[0]) if row else ""


def _next_vintage(published_dir: Path, wanted: str | None) -> str:
    """The id of this publish: now or ``wanted``, but always later than every vintage there is."""
    vintage = wanted or datetime.now(UTC).strftime(VINTAGE_FORMAT)
    if current_file(published_dir) is None:
        return vintage
    with open_current(published_dir) as con:
        row = con.sql("SELECT max(vintage) FROM vintages").fetchone()
    last = str(row[0]) if row else ""
    if vintage > last:
        return vintage
    return (datetime.strptime(last, VINTAGE_FORMAT) + timedelta(seconds=1)).strftime(VINTAGE_FORMAT)


def _settle(part: Path, final: Path) -> None:
    """The finished file on disk under its own name, read-only from now on."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.chmod(0o444)
    part.replace(final)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
