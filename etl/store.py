"""Reading the published store from the ETL's side: which file is current, its vintages, its states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
import polars as pl

from etl.errors import StoreError
from etl.schema import OBSERVATION_COLUMNS, Observation, in_order
from etl.sources.base import AppliedCorrection

POINTER = "current"
VINTAGE_FORMAT = "%Y%m%dT%H%M%SZ"
VINTAGE = re.compile(r"^\d{8}T\d{6}Z$")
_COLUMNS = ", ".join(f'"{c}"' for c in OBSERVATION_COLUMNS)
_KNOWN_THEN = "known_from <= $1 AND (known_until IS NULL OR known_until > $1)"


def current_file(published_dir: Path) -> Path | None:
    """The store file that the pointer names; None if nothing was ever published."""
    pointer = published_dir / POINTER
    if not pointer.exists():
        return None
    path = published_dir / pointer.read_text(encoding="utf-8").strip()
    if not path.is_file():
        raise StoreError(
            f"{pointer} names {path.name}, which is not there; put the file back or delete the pointer and publish anew"
        )
    return path


@contextmanager
def open_current(published_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current store, read-only. Raises StoreError if there is none or it cannot be opened."""
    path = current_file(published_dir)
    if path is None:
        raise StoreError(
            f"nothing is published in {published_dir}; run 'etl run', or 'etl extract --load' for the bundled figures"
        )
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise StoreError(
            f"{path} cannot be opened: {error}; make an older state current by naming its file in {POINTER}"
        ) from error
    try:
        yield connection
    finally:
        connection.close()


def vintages(published_dir: Path) -> pl.DataFrame:
    """All vintages, oldest first: id, time, origin, numbers of new, revised and withdrawn figures."""
    with open_current(published_dir) as con:
        return con.sql("FROM vintages ORDER BY vintage").pl()


def current_state(published_dir: Path) -> pl.DataFrame:
    """The figures known now, as ``Observation``; empty if nothing was published."""
    if current_file(published_dir) is None:
        return Observation.create_empty()
    with open_current(published_dir) as con:
        return _read(con, _COLUMNS, "known_until IS NULL")


def state_at(published_dir: Path, vintage: str) -> pl.DataFrame:
    """The figures as known at a vintage, with ``known_from`` and ``known_until``."""
    with open_current(published_dir) as con:
        return _read(con, f"{_COLUMNS}, known_from, known_until", _KNOWN_THEN, vintage)


def current_figures(con: duckdb.DuckDBPyConnection, indicator: str, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns, the key's among them, of one indicator's figures known now, as in ``Observation``."""
    return _read_indicator(con, ", ".join(columns), "known_until IS NULL", indicator)


def indicators_of(con: duckdb.DuckDBPyConnection, table: str = "observations") -> list[str]:
    """Ids of all indicators that the store has or had figures of."""
    return [str(i) for (i,) in con.sql(f"SELECT DISTINCT indicator FROM {table} ORDER BY indicator").fetchall()]  # noqa: S608


def literal(text: str) -> str:
    """A text inside SQL: other than a parameter it lets the database pass over the blocks without it."""
    return "'" + text.replace("'", "''") + "'"


def _read(con: duckdb.DuckDBPyConnection, columns: str, condition: str, *params: str) -> pl.DataFrame:
    """Indicator by indicator: as plain texts all rows at once would take several times the memory."""
    frames = [_read_indicator(con, columns, condition, i, *params) for i in indicators_of(con)]
    return pl.concat(frames) if frames else _read_indicator(con, columns, condition, "", *params)


def _read_indicator(
    con: duckdb.DuckDBPyConnection, columns: str, condition: str, indicator: str, *params: str
) -> pl.DataFrame:
    sql = f"SELECT {columns} FROM observations WHERE indicator = {literal(indicator)} AND {condition}"  # noqa: S608
    frame = con.sql(sql, params=list(params)).pl().with_columns(pl.col(pl.String).cast(pl.Categorical))
    return in_order(frame)  # a copy: the numbers as they come would keep the memory of the texts beside them


def applied_corrections(published_dir: Path) -> dict[tuple[str, str], list[AppliedCorrection]]:
    """The corrections behind the current figures, by source and table."""
    if current_file(published_dir) is None:
        return {}
    with open_current(published_dir) as con:
        return _corrections(con)


def corrections_at(published_dir: Path, vintage: str) -> dict[tuple[str, str], list[AppliedCorrection]] | None:
    """The corrections behind a vintage's figures; None if the file that it came with is no longer there or readable."""
    path = published_dir / f"{vintage}.duckdb"
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return _corrections(con)
    except duckdb.Error:
        return None


def _corrections(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[AppliedCorrection]]:
    found: dict[tuple[str, str], list[AppliedCorrection]] = {}
    for source, table, name, rows in con.sql('SELECT source, "table", id, rows FROM corrections').fetchall():
        found.setdefault((source, table), []).append(AppliedCorrection(name, rows))
    return found


def resolve_vintage(published_dir: Path, when: str | None) -> str:
    """The vintage that ``when`` means: a vintage id, a date or time (the newest vintage up to then), or None (newest).

    Raises StoreError naming the vintages there are.
    """
    ids: list[str] = vintages(published_dir)["vintage"].to_list()
    if when is None:
        return ids[-1]
    if VINTAGE.fullmatch(when):
        limit = when
        if when not in ids:
            raise StoreError(f"there is no vintage {when}; there are {', '.join(ids[-5:])}")
    else:
        try:
            moment = datetime.fromisoformat(when)
        except ValueError as error:
            raise StoreError(
                f"'{when}' is neither a vintage (as in 'etl vintages') nor a date such as 2026-11-22"
            ) from error
        if "T" not in when and ":" not in when:  # a day: what was known at its end
            moment = datetime.combine(moment.date(), time(23, 59, 59))
        limit = (moment if moment.tzinfo is None else moment.astimezone(UTC)).strftime(VINTAGE_FORMAT)
    earlier = [v for v in ids if v <= limit]
    if not earlier:
        raise StoreError(f"nothing was published by {when}; the oldest vintage is {ids[0]}")
    return earlier[-1]
