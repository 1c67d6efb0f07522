"""Forms of counselling counts as files, for tests: a few rows are enough."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from etl.catalogue import load_catalogue
from etl.counselling.importing import ImportResult, import_counselling
from etl.counselling.published import TABLE
from etl.settings import Settings
from etl.store import current_state

CATALOGUE = load_catalogue()
BODIES = {p.id: p for p in CATALOGUE.counselling.providers}
HEADER = "period;office;kind;group;origin;topic;channel;count;mark"
OFFICES = ("braunschweig", "wolfsburg")
KINDS = ("first_contact", "intensive", "follow_up")
QUARTER = ("2025-01", "2025-02", "2025-03")
YEAR = tuple(f"2025-{month:02}" for month in range(1, 13))

Row = tuple[str, str, str, int]  # period, office, kind, count


def rows(
    periods: Iterable[str] = QUARTER, counts: tuple[int, ...] = (40, 30, 20), offices: Iterable[str] = OFFICES
) -> list[Row]:
    """Some contacts of each kind in each period and office, the same everywhere."""
    return [(p, o, k, n) for p in periods for o in offices for k, n in zip(KINDS, counts, strict=True)]


def text(found: Iterable[Row], invented: bool = False) -> str:
    mark = "erfunden" if invented else ""
    lines = [f"{p};{o};{k};student;IN;housing;phone;{n};{mark}" for p, o, k, n in found]
    return "\n".join([HEADER, *lines]) + "\n"


def in_file(folder: Path, found: Iterable[Row], invented: bool = False, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_text(text(found, invented), encoding="utf-8")
    return path


def imported(
    settings: Settings,
    folder: Path,
    found: Iterable[Row],
    provider: str = "welcome-center",
    invented: bool = False,
    catalogue=CATALOGUE,
    **how,
) -> ImportResult:
    """Import a file with these rows."""
    body = next(p for p in catalogue.counselling.providers if p.id == provider)
    return import_counselling(settings, catalogue, in_file(folder, found, invented), body, **how)


def figures(settings: Settings, period: str, region: str = "03101", provider: str = "welcome_center") -> dict:
    """What is published now of a period: kind ("" for the total) → value, or the status where there is none."""
    found = published(settings).filter(period=period, region=region)
    parts = {k: f"kind={k};provider={provider}" for k in KINDS} | {"": f"provider={provider}"}
    shown = {b: v if v is not None else s for b, v, s in found.select("breakdown", "value", "status").iter_rows()}
    return {k: shown[b] for k, b in parts.items() if b in shown}


def published(settings: Settings) -> pl.DataFrame:
    """All counselling figures that are published now."""
    return current_state(settings.published_dir).filter(pl.col("table") == TABLE)
