"""The one place where the published store is opened.

The store is a DuckDB file that never changes after publishing; ``current`` names the newest one. A new
name means a new connection, so readers of the old file finish undisturbed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from dotenv import load_dotenv

PROJECT = Path(__file__).resolve().parent.parent
POINTER = "current"
SCHEMA_VERSION = 5

_open_stores: dict[Path, Store] = {}
_opening = threading.Lock()


class NoStoreError(RuntimeError):
    """There is no published store, or it cannot be used. The message says what to do."""


@dataclass(frozen=True)
class Store:
    """One published store, opened read-only. Two stores are equal when they are the same file."""

    path: Path
    connection: duckdb.DuckDBPyConnection = field(compare=False, repr=False)

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Rows of a parametrised query (``$name``); every call has its own cursor, so threads do not meet."""
        with self.connection.cursor() as cursor:
            return cursor.sql(sql, params=dict(params or {})).pl()


def published_dir() -> Path:
    """The folder of the published stores: ``ETL_DATA_DIR/published``, by default the project's ``data/published``."""
    load_dotenv(PROJECT / ".env")
    return Path(os.environ.get("ETL_DATA_DIR") or PROJECT / "data") / "published"


def current_path() -> Path:
    """The file the pointer names.

    Raises NoStoreError if there is no pointer or it names no file.
    """
    pointer = published_dir() / POINTER
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoStoreError(f"No published store: {pointer} is missing. Run 'etl run' first.") from error
    # the pointer is data: only a plain file name may come out of it
    path = (pointer.parent / Path(name).name).resolve()
    if not name or not path.is_file():
        raise NoStoreError(f"{pointer} names '{name}', which is not there. Run 'etl run' or 'etl rollback'.")
    return path


def current_store() -> Store:
    """The current store, opened once per file name.

    Raises NoStoreError if there is none, it cannot be opened or has another schema version.
    """
    path = current_path()
    with _opening:
        if path not in _open_stores:
            _open_stores[path] = _open(path)
        return _open_stores[path]


def _open(path: Path) -> Store:
    try:
        connection = duckdb.connect(path, read_only=True, config={"enable_external_access": "false"})
        connection.execute("SET lock_configuration=true")
        found = connection.execute("SELECT schema_version FROM store").fetchone()
    except duckdb.Error as error:
        raise NoStoreError(f"{path.name} cannot be read as a published store: {error}") from error
    if found is None or found[0] != SCHEMA_VERSION:
        version = found[0] if found else "none"
        raise NoStoreError(f"{path.name} has schema version {version}, expected {SCHEMA_VERSION}. Run 'etl run'.")
    return Store(path, connection)
