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
from etl.revisions import changes, counts
from etl.schema import KEY, OBSERVATION_COLUMNS
from etl.store import POINTER, VINTAGE_FORMAT, current_file, current_state, open_current
from etl.store_schema import SCHEMA_VERSION, TABLES

_KEYS = ", ".join(KEY)
_COLUMNS = ", ".join(f'"{c}"' for c in OBSERVATION_COLUMNS)


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
    changed = changes(current_state(published_dir), state)
    numbers = counts(changed)
    digest = metadata_hash(metadata)
    previous = current_file(published_dir)
    if previous is not None and not any(numbers.values()) and digest == _published_hash(published_dir):
        return None
    vintage = _next_vintage(published_dir, vintage)
    part = published_dir / f".{vintage}.duckdb.part"
    part.unlink(missing_ok=True)
    with duckdb.connect(str(part)) as con:
        for name, columns in TABLES.items():
            con.execute(f'CREATE TABLE "{name}" ({columns})')
        if previous is not None:
            con.execute(f"ATTACH '{str(previous).replace(chr(39), chr(39) * 2)}' AS previous (READ_ONLY)")
        _write_observations(con, state, changed, vintage, previous is not None)
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


def _write_observations(
    con: duckdb.DuckDBPyConnection, state: pl.DataFrame, changed: pl.DataFrame, vintage: str, has_previous: bool
) -> None:
    """History first, then what ended with this vintage, then the state: unchanged figures keep their first day."""
    fresh = changed.filter(pl.col("change").is_in(["new", "revised"])).select(KEY)
    ended = changed.filter(pl.col("change").is_in(["revised", "withdrawn"])).select(KEY)
    con.register("state", state.to_arrow())
    con.register("fresh", fresh.to_arrow())
    con.register("ended", ended.to_arrow())
    if has_previous:
        old = "previous.observations"
        con.execute(f"INSERT INTO observations FROM {old} WHERE known_until IS NOT NULL")
        con.execute(
            f"INSERT INTO observations SELECT * REPLACE (? AS known_until) FROM {old} "  # noqa: S608
            f"SEMI JOIN ended USING ({_KEYS}) WHERE known_until IS NULL",
            [vintage],
        )
        # addresses and labels of the catalogue may have been bettered, the figure and its dates stay
        con.execute(
            f"""INSERT INTO observations SELECT s.* REPLACE (o.retrieved_at AS retrieved_at), o.known_from, NULL
            FROM state s JOIN (FROM {old} WHERE known_until IS NULL) o USING ({_KEYS})
            ANTI JOIN fresh USING ({_KEYS}) ORDER BY {_KEYS}"""  # noqa: S608
        )
    con.execute(
        f"INSERT INTO observations SELECT {_COLUMNS}, ?, NULL FROM state SEMI JOIN fresh USING ({_KEYS}) "  # noqa: S608
        f"ORDER BY {_KEYS}",
        [vintage],
    )


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
