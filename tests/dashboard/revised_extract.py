"""The bundled figures with a past: a copy of their store in which an earlier state knew some of them differently."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

EARLIER, LATER = "20260301T000000Z", "20261201T000000Z"
# of seven figures one was smaller before and one was not known yet
_REVISED, _NEW = (
    "hash(indicator, region, period, breakdown) % 7 = 0",
    "hash(indicator, region, period, breakdown) % 7 = 1",
)


def build(folder: Path, source: Path) -> Path:
    """Copies the store of ``source`` under ``folder``, gives it an earlier state, and returns ``folder``."""
    published = folder / "published"
    published.mkdir(parents=True)
    name = (source / "published" / "current").read_text(encoding="utf-8").strip()
    path = published / f"revised-{name}"  # pages remember what they drew by the file's name
    shutil.copy(source / "published" / name, path)
    with duckdb.connect(path) as connection:
        connection.execute("INSERT INTO vintages SELECT ?, TIMESTAMP '2026-03-01', 'run', 1, 0, 0", [EARLIER])
        connection.execute(
            "INSERT INTO observations SELECT * REPLACE "
            "(greatest(value - 5, 0) AS value, ? AS known_from, known_from AS known_until) "
            f"FROM observations WHERE value IS NOT NULL AND {_REVISED}",
            [EARLIER],
        )
        connection.execute(
            f"UPDATE observations SET known_from = ? WHERE known_until IS NULL AND NOT ({_NEW}) "
            f"AND (value IS NULL OR NOT ({_REVISED}))",
            [EARLIER],
        )
    (published / "current").write_text(path.name, encoding="utf-8")
    return folder


def build_later(folder: Path, source: Path) -> Path:
    """The same the other way round: after the state of ``source`` comes a later one, in which of seven figures one is
    larger by 5."""
    published = folder / "published"
    published.mkdir(parents=True)
    name = (source / "published" / "current").read_text(encoding="utf-8").strip()
    path = published / f"{LATER}.duckdb"
    shutil.copy(source / "published" / name, path)
    with duckdb.connect(path) as connection:
        connection.execute("INSERT INTO vintages SELECT ?, TIMESTAMP '2026-12-01', 'run', 0, 1, 0", [LATER])
        connection.execute("UPDATE store SET vintage = ?", [LATER])
        connection.execute(
            "INSERT INTO observations SELECT * REPLACE (value + 5 AS value, ? AS known_from, NULL AS known_until) "
            f"FROM observations WHERE known_until IS NULL AND value IS NOT NULL AND {_REVISED}",
            [LATER],
        )
        connection.execute(
            f"UPDATE observations SET known_until = ? WHERE known_from <> ? AND value IS NOT NULL AND {_REVISED}",
            [LATER, LATER],
        )
    (published / "current").write_text(path.name, encoding="utf-8")
    return folder
