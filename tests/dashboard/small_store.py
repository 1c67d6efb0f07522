"""A small published store with invented figures, built by the tables of the contract."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

import duckdb

from etl.store_schema import SCHEMA_VERSION, TABLES
from tests.dashboard.registered import register_rows

FIRST, SECOND = "20260101T000000Z", "20260601T000000Z"
DISTRICTS = ("03101", "03102", "03103", "03151", "03153", "03154", "03157", "03158")
NAMES = ("Braunschweig", "Salzgitter", "Wolfsburg", "Gifhorn", "Goslar", "Helmstedt", "Peine", "Wolfenbüttel")
YEARS = range(2010, 2025)
BODY, DEMO = "provider=welcome_center", "provider=demo"
CONTACTS, CONTACTS_MONTHLY = "counselling_contacts", "counselling_contacts_monthly"
# invented contacts of the year 2022, 2023, 2024; None is secret
COUNSELLED: dict[str, tuple[int | None, int | None, int | None]] = {
    "": (200, 240, 300),
    "kind=company": (None, None, None),
    "kind=event": (20, 30, None),
    "kind=first_contact": (120, None, 150),
    "kind=intensive": (50, 60, 90),
}


def build(folder: Path, *, current: str = SECOND) -> Path:
    """Writes store and pointer under ``folder/published`` and returns ``folder``."""
    published = folder / "published"
    published.mkdir(parents=True, exist_ok=True)
    path = published / f"{current}.duckdb"
    connection = duckdb.connect(path)
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
    for name, rows in _tables(current).items():
        for row in rows:
            marks = ", ".join("?" for _ in row)
            names = ", ".join(f'"{key}"' for key in row)
            connection.execute(f"INSERT INTO {name} ({names}) VALUES ({marks})", list(row.values()))
    connection.executemany(f"INSERT INTO observations VALUES ({', '.join('?' * 17)})", _observations())
    connection.close()
    (published / "current").write_text(path.name, encoding="utf-8")
    return folder


def foreigners(district: int, year: int) -> int:
    """Invented: multiples of 5, growing by a different pace in each district."""
    return 1000 + 500 * district + (year - 2010) * 50 * (district + 1)


def inhabitants(district: int, year: int) -> int:
    return 20000 + 1000 * district + year - 2010


def _indicator(identity: str, order: int, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": identity,
        "theme": "population",
        "sort_order": order,
        "title_de": f"Titel {identity}",
        "title_en": f"Title {identity}",
        "definition_de": "Begriff",
        "definition_en": "Definition",
        "reading_de": "Lesart",
        "reading_en": "Reading",
        "unit": "persons",
        "decimals": 0,
        "measure": "stock",
        "period_kind": "reference_date",
        "dims": [],
        "default_breakdown": "",
        "regional_sum": True,
        "share_indicator": None,
        "share_kind": None,
        "share_within": [],
        "per1000": False,
        "preferred_source": "lsn",
        "rounding_base": None,
        "rounding_cells": None,
        "rounding_since": None,
        "rounding_de": None,
        "rounding_en": None,
        "notes_json": '[{"de": "Anmerkung", "en": "Remark"}]',
        "related": ["population"],
    }
    return plain | changes


def _event(identity: str, at: date, short_de: str, short_en: str, **changes: object) -> dict[str, object]:
    said = {"title_de": f"Ereignis {short_de}", "title_en": f"Event {short_en}"}
    said |= {"short_de": short_de, "short_en": short_en, "source_de": "Gesetzblatt", "source_en": "Law gazette"}
    plain: dict[str, object] = {"id": identity, "at": at, **said, "link": "https://example.org/law"}
    return plain | {"verified": False, "themes": [], "indicators": [], "regions": []} | changes


def _area(n: int, district: str) -> dict[str, object]:
    """One of eight squares side by side, with common borders, between 10 and 11 degrees east."""
    left, right = 10 + n / 8, 10 + (n + 1) / 8
    ring = [[left, 52], [left, 52.1], [right, 52.1], [right, 52], [left, 52]]
    return {
        "region": district,
        "geometry": json.dumps({"type": "Polygon", "coordinates": [ring]}),
        "as_of": date(2021, 1, 1),
        "attribution_de": "© Karte / Amt (Daten verändert)",
        "attribution_en": "© Karte / Amt (data changed)",
        "licence_de": "Datenlizenz",
        "licence_en": "Data licence",
        "licence_url": "https://example.org/dl-de",
        "link": "https://example.org/boundaries",
        "retrieved_at": datetime(2026, 1, 1),
    }


def _tables(current: str) -> dict[str, list[dict[str, object]]]:
    rounded = {"rounding_base": 5, "rounding_cells": 1, "rounding_since": 2005}
    rounded |= {"rounding_de": "gerundet", "rounding_en": "rounded"}
    regions = [("BSR", "region", "Region Braunschweig", [])]
    regions += [(i, "district", n, ["BSR", "03"]) for i, n in zip(DISTRICTS, NAMES, strict=True)]
    regions += [("03", "land", "Niedersachsen", []), ("DE91", "nuts2", "Statistische Region Braunschweig", [])]
    return {
        "store": [{"schema_version": SCHEMA_VERSION, "vintage": current, "metadata_sha256": "0"}],
        "vintages": [
            {"vintage": v, "published_at": datetime.strptime(v, "%Y%m%dT%H%M%SZ"), "origin": "test"}
            | {"new_figures": 1, "revised_figures": 0, "withdrawn_figures": 0}
            for v in (FIRST, SECOND)
        ],
        "regions": [
            {"id": i, "sort_order": n, "level": level, "name_de": name, "name_en": name}
            | {"short_de": name, "short_en": name, "nuts": None, "part_of": part_of}
            for n, (i, level, name, part_of) in enumerate(regions)
        ],
        "units": [
            {"id": "persons", "label_de": "Anzahl Personen", "label_en": "number of persons"},
            {"id": "contacts", "label_de": "Anzahl Kontakte", "label_en": "number of contacts"},
            {"id": "percent", "label_de": "Prozent", "label_en": "per cent", "suffix_de": "%", "suffix_en": "%"},
        ],
        "sources": [
            {"id": i, "name_de": i, "name_en": i, "publisher_de": f"Amt {i}", "publisher_en": f"Office {i}"}
            | {"homepage": "https://example.org", "licence": "cc", "licence_de": "Lizenz", "licence_en": "Licence"}
            | {"licence_url": "https://example.org/licence", "attribution_de": f"Amt {i}; {{data}}"}
            | {"attribution_en": f"Office {i}; {{data}}", "rhythm_de": "jährlich", "rhythm_en": "yearly"}
            | {"stale_after_days": 400, "invented": False}
            for i in ("lsn", "eurostat")
        ]
        + [
            {"id": i, "name_de": i, "name_en": i, "publisher_de": "Stellen", "publisher_en": "Bodies"}
            | {"homepage": "https://example.org", "licence": "cc", "licence_de": "Lizenz", "licence_en": "Licence"}
            | {"licence_url": "https://example.org/licence", "attribution_de": f"Stellen; {{data}} {i}"}
            | {"attribution_en": f"Bodies; {{data}} {i}", "rhythm_de": "jährlich", "rhythm_en": "yearly"}
            | {"stale_after_days": 400, "invented": i == "counselling_demo"}
            for i in ("counselling", "counselling_demo")
        ],
        "providers": [
            {"code": code, "name_de": name, "name_en": name, "about_de": "Beratung", "about_en": "Advice"}
            | {"source": "Beschluss", "invented": code == "demo", "sort_order": n, "threshold": 5, "round_to": None}
            | {"regions": ["03101", "03103"], "topics": ["housing"]}
            for n, (code, name) in enumerate((("welcome_center", "Welcome Center"), ("demo", "Demo-Stelle")))
        ],
        "milestones": [
            {"at": date(2020, 11, 27), "when_de": "bis November 2020", "when_en": "by November 2020"}
            | {"text_de": "Rund 1.500 Menschen", "text_en": "About 1,500 people"}
            | {"source_de": "Bericht", "source_en": "report", "link": None}
        ],
        "series": [
            {"indicator": i, "source": "lsn", "table": "1-1", "data_de": "Register", "data_en": "Register"}
            | {"link": "https://example.org"}
            for i in ("population", "foreign_population")
        ],
        "dimensions": [
            {"dim": dim, "label_de": dim, "label_en": dim, "total_de": "x", "total_en": "x"}
            for dim in ("nationality", "sex", "provider", "kind")
        ],
        "dimension_values": [
            *(
                {"dim": dim, "code": code, "sort_order": n, "label_de": said, "label_en": said}
                | {"ordered": False, "residual": False}
                | {"definition_de": said if dim == "kind" else None, "definition_en": said if dim == "kind" else None}
                for dim, codes in (
                    ("provider", (("welcome_center", "Welcome Center"), ("demo", "Demo-Stelle"))),
                    (
                        "kind",
                        (
                            ("first_contact", "Erstkontakt"),
                            ("intensive", "Intensivberatung"),
                            ("company", "Unternehmenskontakt"),
                            ("event", "Veranstaltung"),
                        ),
                    ),
                )
                for n, (code, said) in enumerate(codes)
            ),
            *(
                {"dim": dim, "code": code, "sort_order": n, "label_de": de, "label_en": en}
                | {"ordered": False, "residual": False}
                for dim, code, n, de, en in (
                    ("sex", "m", 0, "männlich", "male"),
                    ("sex", "f", 1, "weiblich", "female"),
                    ("nationality", "foreign", 0, "Ausländer", "foreigners"),
                )
            ),
        ],
        "events": [
            _event("everywhere", date(2014, 1, 1), "Überall", "Everywhere"),
            _event("theme", date(2016, 1, 1), "Beschäftigung", "Employment", themes=["employment"]),
            _event("indicator", date(2020, 3, 1), "Ausländer", "Foreigners", indicators=["foreign_population"]),
            _event("local", date(2018, 6, 1), "Salzgitter", "Salzgitter", regions=["03102"], verified=True),
        ],
        **register_rows(),
        "areas": [_area(n, district) for n, district in enumerate(DISTRICTS)],
        "corrections": [
            {"id": "shifted", "source": "lsn", "table": "1-1", "action": "withhold", "rows": 2}
            | {"reason_de": "Zeilen vertauscht", "reason_en": "Rows swapped"}
        ],
        "breaks": [
            {"indicator": "population", "source": "lsn", "at": date(2022, 12, 31)}
            | {"text_de": "Neuer Zensus", "text_en": "New census"}
        ],
        "indicators": [
            _indicator("population", 1),
            _indicator(
                "foreign_population",
                2,
                per1000=True,
                share_indicator="foreign_population_share",
                share_kind="published",
                **rounded,
            ),
            _indicator("foreign_population_share", 3, unit="percent", decimals=1, measure="rate"),
            _indicator(
                "residence_permits",
                4,
                share_indicator="foreign_population",
                share_kind="denominator",
                default_breakdown="sex=m",
                **rounded,
            ),
            _indicator("naturalisations", 5, measure="flow", period_kind="year"),
            _indicator("unemployment_rate", 6, unit="percent", decimals=1, measure="rate", period_kind="month"),
            # one source has long series of a part, the preferred one the whole for two days, the newer still to come
            _indicator(
                "jobs",
                7,
                theme="employment",
                share_indicator="jobs",
                share_kind="denominator",
                default_breakdown="nationality=foreign",
                preferred_source="eurostat",
            ),
            *(
                _indicator(
                    identity,
                    n,
                    theme="counselling",
                    unit="contacts",
                    measure="flow",
                    period_kind=kind,
                    regional_sum=False,
                    share_indicator=identity,
                    share_kind="denominator",
                    share_within=["provider"],
                    preferred_source="counselling",
                )
                for n, (identity, kind) in enumerate(((CONTACTS, "year"), (CONTACTS_MONTHLY, "month")), start=8)
            ),
        ],
    }


def _row(
    indicator: str,
    region: str,
    period: str,
    value: float | None,
    *,
    breakdown: str = "",
    status: str = "ok",
    source: str = "lsn",
    kind: str = "reference_date",
    known_from: str = FIRST,
    known_until: str | None = None,
) -> tuple[object, ...]:
    if kind == "month":
        start = date.fromisoformat(f"{period}-01")
        end = start.replace(day=monthrange(start.year, start.month)[1])
    elif kind == "year":
        start, end = date(int(period), 1, 1), date(int(period), 12, 31)
    else:
        start = end = date.fromisoformat(period)
    unit = "percent" if indicator in ("foreign_population_share", "unemployment_rate") else "persons"
    unit = "contacts" if indicator in (CONTACTS, CONTACTS_MONTHLY) else unit
    described = (indicator, region, period, start, end, kind, breakdown, value, unit, status)
    return (*described, source, "1-1", "cc", f"Amt {source}; Register", datetime(2026, 1, 1), known_from, known_until)


def _observations() -> list[tuple[object, ...]]:
    rows = []
    for year in YEARS:
        day = f"{year}-12-31"
        for n, district in enumerate(DISTRICTS):
            rows.append(_row("population", district, day, inhabitants(n, year)))
            rows.append(_row("naturalisations", district, str(year), 10 * n + year - 2000, kind="year"))
            rows.append(_row("residence_permits", district, day, 100 + 5 * n, breakdown="sex=m"))
            rows.append(_row("residence_permits", district, day, 50 + 5 * n, breakdown="sex=f"))
            # Goslar's newest figure was secret at first and Peine's was revised
            if (district, year) == ("03153", 2024):
                rows.append(_row("foreign_population", district, day, None, status="secret"))
            elif (district, year) == ("03157", 2024):
                rows.append(_row("foreign_population", district, day, 4000, known_until=SECOND))
                rows.append(_row("foreign_population", district, day, foreigners(n, year), known_from=SECOND))
            elif (district, year) != ("03158", 2015):  # a missing year
                status = "provisional" if (district, year) == ("03101", 2024) else "ok"
                rows.append(_row("foreign_population", district, day, foreigners(n, year), status=status))
            share = 100 * foreigners(n, year) / inhabitants(n, year)
            rows.append(_row("foreign_population_share", district, day, round(share, 1)))
        status = "limited" if year == 2024 else "ok"
        total = sum(foreigners(n, year) for n in range(8) if year != 2024 or n != 4)
        rows.append(_row("foreign_population", "BSR", day, total, status=status))
        rows.append(_row("population", "BSR", day, sum(inhabitants(n, year) for n in range(8))))
        rows.append(_row("naturalisations", "BSR", str(year), sum(10 * n + year - 2000 for n in range(8)), kind="year"))
        rows.append(_row("residence_permits", "BSR", day, 1000 + (20 if year == 2024 else 0), breakdown="sex=m"))
        rows.append(_row("unemployment_rate", "03", f"{year}-06", 5 + (year - 2010) / 10, kind="month"))
        rows.append(_row("jobs", "03101", f"{year}-06-30", 10 * (year - 2000), breakdown="nationality=foreign"))
        rows.append(_row("population", "DE91", day, 1_600_000, source="eurostat"))
        rows.append(_row("population", "03101", day, 1, source="eurostat"))
    for breakdown, value in (("", 2400), ("nationality=foreign", 240)):
        old, new = ("jobs", "03101", "2024-06-30", value), ("jobs", "03101", "2025-06-30", None)
        rows.append(_row(*old, breakdown=breakdown, source="eurostat"))
        rows.append(_row(*new, breakdown=breakdown, source="eurostat", status="pending"))
    return [*rows, *_contacts()]


def _contacts() -> list[tuple[object, ...]]:
    """The real body's contacts and, of half the size, the invented ones of the demo body, with secret cells in both."""
    rows = []
    for body, source, part in ((BODY, "counselling", 1), (DEMO, "counselling_demo", 2)):
        for region in ("BSR", "03101", "03103"):
            for kind, values in COUNSELLED.items():
                breakdown = ";".join(p for p in (kind, body) if p)
                for year, value in zip((2022, 2023, 2024), values, strict=True):
                    # Wolfsburg's total is secret once: no share can be made then
                    hidden = value is None or (region, kind, year) == ("03103", "", 2023)
                    told = None if hidden or value is None else value // part
                    said = {"breakdown": breakdown, "source": source, "status": "secret" if hidden else "ok"}
                    rows.append(_row(CONTACTS, region, str(year), told, kind="year", **said))
            for month in range(1, 13):
                told = None if month % 4 == 0 else 10 * month // part
                said = {"breakdown": f"kind=intensive;{body}", "source": source}
                said |= {"status": "secret" if told is None else "ok"}
                rows.append(_row(CONTACTS_MONTHLY, region, f"2024-{month:02}", told, kind="month", **said))
                said = {"breakdown": body, "source": source}
                rows.append(_row(CONTACTS_MONTHLY, region, f"2024-{month:02}", 200 // part, kind="month", **said))
    return rows
