"""A published store with the project's own labels and invented counselling figures, for the page Beratung."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from dashboard.periods import days_of
from etl.catalogue import load_catalogue
from etl.metadata import Rows, metadata_tables
from etl.store_schema import SCHEMA_VERSION, TABLES

FIRST, SECOND = "20260101T000000Z", "20260601T000000Z"
WELCOME, DEMO, SECOND_BODY = "welcome_center", "demo", "second_body"
REAL, INVENTED = "counselling", "counselling_demo"
OFFICES = ("03101", "03103")
YEARS = (2023, 2024, 2025)
SPLITS = ("kind", "group", "origin", "topic", "channel")
OWN_TOPIC, LEFT_OUT, ZERO = "training", "housing", "business"  # of the second body; a topic without contacts
SECRET = {"company", "family", "written"}  # in Wolfsburg, and in the sum of both offices
OFFICIAL = {
    "residence_permits": ("purpose=employment", "reference_date", "{year}-12-31"),
    "employees": ("nationality=foreign", "reference_date", "{year}-06-30"),
}


def build(folder: Path, bodies: dict[str, str], *, gone: str = "") -> Path:
    """Writes a store of these bodies, each with its source; the figures of ``gone`` are no longer current."""
    published = folder / "published"
    published.mkdir(parents=True)
    path = published / f"{folder.name}.duckdb"  # pages remember what they drew by the file's name
    connection = duckdb.connect(path)
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
    for name, rows in (_catalogue() | _more(SECOND_BODY in bodies)).items():
        if rows:
            _insert(connection, name, pl.DataFrame(rows, infer_schema_length=None))
    found = [
        row for body, source in bodies.items() for row in _contacts(body, source, SECOND if body == gone else None)
    ]
    names = [row[0] for row in connection.execute("SELECT column_name FROM (DESCRIBE observations)").fetchall()]
    rows = pl.DataFrame([*found, *_official()], schema=names, orient="row", infer_schema_length=None)
    _insert(connection, "observations", rows)
    connection.close()
    (published / "current").write_text(path.name, encoding="utf-8")
    return folder


def count(body: str, region: str, dim: str, n: int, period: str) -> int:
    """Invented: no two figures of a table are the same, and none is below 100."""
    where = {"03101": 1, "03103": 2, "BSR": 3}[region]
    return 100 * where + 10 * n + len(dim) + int(period[:4]) - 2020 + (5 if body == SECOND_BODY else 0)


@cache
def _catalogue() -> dict[str, Rows]:
    return metadata_tables(load_catalogue(), [])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    connection.register("given", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given")
    connection.unregister("given")


def _more(second: bool) -> dict[str, Rows]:
    """The tables that are not the catalogue's, and the second body with a topic of its own."""
    vintages: Rows = [
        {"vintage": v, "published_at": datetime.strptime(v, "%Y%m%dT%H%M%SZ"), "origin": "test"}
        | {"new_figures": 1, "revised_figures": 0, "withdrawn_figures": 0}
        for v in (FIRST, SECOND)
    ]
    tables: dict[str, Rows] = {
        "vintages": vintages,
        "store": [{"schema_version": SCHEMA_VERSION, "vintage": SECOND, "metadata_sha256": "0"}],
    }
    if not second:
        return tables
    plain = {"name_de": "Zweite Stelle", "name_en": "Second body", "about_de": "Berät.", "about_en": "Counsels."}
    values = [("provider", SECOND_BODY, "Zweite Stelle"), ("topic", OWN_TOPIC, "Weiterbildung")]
    described: Rows = [
        {"dim": dim, "code": code, "sort_order": 90, "label_de": said, "label_en": said}
        | {"ordered": False, "residual": False}
        for dim, code, said in values
    ]
    body: Rows = [
        {"code": SECOND_BODY, **plain, "source": "erfunden", "invented": False, "sort_order": 9, "threshold": 5}
        | {"round_to": None, "regions": ["03101"], "topics": _codes("topic", SECOND_BODY)}
    ]
    return tables | {
        "dimension_values": [*_catalogue()["dimension_values"], *described],
        "providers": [*_catalogue()["providers"], *body],
    }


def _codes(dim: str, body: str) -> list[str]:
    codes = [row["code"] for row in _catalogue()["dimension_values"] if row["dim"] == dim]
    if (dim, body) != ("topic", SECOND_BODY):
        return codes
    return [code for code in codes if code != LEFT_OUT] + [OWN_TOPIC]


def _contacts(body: str, source: str, known_until: str | None) -> Iterator[tuple[object, ...]]:
    years = [str(year) for year in YEARS]
    quarters = [f"{year}-Q{n}" for year in YEARS for n in range(1, 5)]
    months = [f"{year}-{n:02}" for year in YEARS[-1:] for n in range(1, 13)]
    offices = OFFICES if body != SECOND_BODY else OFFICES[:1]
    lengths = {"": (years, "year"), "_quarterly": (quarters, "quarter"), "_monthly": (months, "month")}
    for suffix, (periods, kind) in lengths.items():
        for period in periods:
            for region in (*offices, "BSR"):
                told = ("counselling_contacts" + suffix, region, period, kind)
                yield _row(*told, f"provider={body}", count(body, region, "", 9, period), source, known_until)
                for dim in SPLITS if kind != "month" else SPLITS[:1]:
                    for n, code in enumerate(_codes(dim, body)):
                        secret = code in SECRET and region != "03101"
                        value = 0 if code == ZERO else None if secret else count(body, region, dim, n, period)
                        breakdown = ";".join(sorted((f"{dim}={code}", f"provider={body}")))
                        yield _row(*told, breakdown, value, source, known_until)


def _official() -> Iterator[tuple[object, ...]]:
    for indicator, (breakdown, kind, form) in OFFICIAL.items():
        for year in YEARS:
            yield _row(indicator, "BSR", form.format(year=year), kind, breakdown, 1000 + year, "lsn", None)


def _row(
    indicator: str,
    region: str,
    period: str,
    kind: str,
    breakdown: str,
    value: int | None,
    source: str,
    known_until: str | None,
) -> tuple[object, ...]:
    start, end = days_of(period) or (date.min, date.min)
    status, unit = ("secret" if value is None else "ok"), ("persons" if source == "lsn" else "contacts")
    told = (indicator, region, period, start, end, kind, breakdown, value, unit, status, source)
    return (*told, "counselling", "by-agreement", source, datetime(2026, 1, 1), FIRST, known_until)
