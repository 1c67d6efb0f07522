"""What the ETL knows about itself: per source the last fetch, the newest figures, what is due, what is stale."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from pydantic import BaseModel

from etl.catalogue import Catalogue
from etl.entries import Source
from etl.pipeline import last_run
from etl.raw import RawStore
from etl.settings import Settings
from etl.store import current_file, open_current


class SourceStatus(BaseModel):
    """One source's line in ``etl status``."""

    source: str
    last_request: datetime | None
    last_answer: datetime | None
    requests: int
    figures: int
    newest_period: str | None
    last_good: datetime | None
    next_expected: date
    failed_tables: list[str]
    checks: str  # "passed", or what the last run was refused for
    stale: bool
    message: str


def source_statuses(settings: Settings, catalogue: Catalogue, today: date) -> list[SourceStatus]:
    """One status per source of the catalogue."""
    held = _held(settings.published_dir)
    raw = RawStore(settings.raw_dir)
    run = last_run(settings.published_dir) or {"outcomes": [], "refused": []}
    refused = "; ".join(run["refused"])
    statuses = []
    for source in catalogue.sources.values():
        lines = raw.request_log(source.id)
        answers = [line for line in lines if line.outcome != "failed"]
        figures, newest, last_good = held.get(source.id, (0, None, None))
        failed = [o["table"] for o in run["outcomes"] if o["source"] == source.id and o["state"] == "failed"]
        too_old = last_good is None or last_good.date() < today - timedelta(days=source.stale_after_days)
        statuses.append(
            SourceStatus(
                source=source.id,
                last_request=lines[-1].at if lines else None,
                last_answer=answers[-1].at if answers else None,
                requests=len(lines),
                figures=figures,
                newest_period=newest,
                last_good=last_good,
                next_expected=next_release(source, (last_good.date() if last_good else today)),
                failed_tables=failed,
                checks=refused or "passed",
                stale=too_old or bool(failed) or bool(refused),
                message=_message(last_good, failed, refused, too_old, source),
            )
        )
    return statuses


def next_release(source: Source, after: date) -> date:
    """First day of the first release month after a day."""
    months = [date(year, m, 1) for year in (after.year, after.year + 1) for m in source.release_months]
    return min(m for m in months if m > after)


def _message(last_good: datetime | None, failed: list[str], refused: str, too_old: bool, source: Source) -> str:
    if last_good is None:
        return "no figures yet; run 'etl run'"
    parts = []
    if failed:
        parts.append(f"{len(failed)} tables failed in the last run ({', '.join(failed)})")
    if refused:
        parts.append("the last run was refused by a check, see --json")
    if failed or refused or too_old:
        parts.append(f"last good figures of {last_good:%Y-%m-%d} in use")
    if too_old:
        parts.append(f"older than {source.stale_after_days} days, run 'etl run'")
    return "; ".join(parts) or "up to date"


def _held(published_dir: Path) -> dict[str, tuple[int, str | None, datetime | None]]:
    """Per source: number of current figures, newest period, newest retrieval."""
    if current_file(published_dir) is None:
        return {}
    with open_current(published_dir) as con:
        frame = con.sql(
            "SELECT source, count(value) AS n, arg_max(period, period_end) FILTER (value IS NOT NULL) AS newest, "
            "max(retrieved_at) AS got FROM observations WHERE known_until IS NULL GROUP BY source"
        ).pl()
    return {s: (n, newest, got) for s, n, newest, got in frame.select(pl.all()).iter_rows()}
