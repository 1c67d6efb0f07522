"""What the ETL knows about itself: per source the last fetch, the newest figures, what is due, what is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel

from etl.asking import IMPORT
from etl.catalogue import Catalogue
from etl.counselling.private import private_files
from etl.counselling.published import DEMO, is_counselling
from etl.entries import Source
from etl.pipeline import last_run
from etl.raw import STAMP, RawStore, RequestLine
from etl.settings import Settings, account_hint
from etl.sources import genesis
from etl.store import current_file, open_current

NOTHING_TO_CHECK = "nothing to check"  # no table of the source was loaded

State = Literal["up to date", "stale", "no account", "by hand", "only by name"]


class SourceStatus(BaseModel):
    """One source's line in ``etl status``."""

    source: str
    state: State
    last_request: datetime | None
    last_answer: datetime | None
    last_import: datetime | None  # of a file that came by hand
    requests: int
    figures: int
    newest_period: str | None
    last_good: datetime | None
    next_expected: date
    updated: datetime | None  # when the publisher last changed one of its tables, where it says so
    failed_tables: list[str]
    checks: str  # "passed", NOTHING_TO_CHECK, or what the last run was refused for
    stale: bool
    message: str


@dataclass(frozen=True)
class _Known:
    """What is known of one source, before it is judged."""

    source: Source
    account_missing: bool
    figures: int
    newest: str | None
    last_good: datetime | None
    failed: list[str]
    loaded: bool  # the last run that asked for it loaded one of its tables
    refused: str
    today: date

    @property
    def too_old(self) -> bool:
        oldest = self.today - timedelta(days=self.source.stale_after_days)
        return self.last_good is None or self.last_good.date() < oldest

    @property
    def state(self) -> State:
        """Stale is only what should be there: not what lacks an account, comes by hand, or is asked only when named."""
        if self.source.manual:
            return "by hand"
        if self.account_missing:
            return "no account"
        if self.source.by_name_only:
            return "only by name"
        return "stale" if self.too_old or self.failed or self.refused else "up to date"


def source_statuses(settings: Settings, catalogue: Catalogue, today: date) -> list[SourceStatus]:
    """One status per source of the catalogue."""
    held = _held(settings.published_dir)
    raw = RawStore(settings.raw_dir)
    run = last_run(settings.published_dir) or {"outcomes": []}
    refused_by = run.get("refused_by", {})
    statuses = []
    for source in catalogue.sources.values():
        lines = raw.request_log(source.id)
        context = settings.context(source, catalogue, today)
        figures, newest, last_good = held.get(source.id, (0, None, None))
        known = _Known(
            source,
            account_missing=source.account and context.credentials is None and not _answered(lines),
            figures=figures,
            newest=newest,
            last_good=last_good,
            failed=[o["table"] for o in run["outcomes"] if o["source"] == source.id and o["state"] == "failed"],
            loaded=any(o["source"] == source.id and o["state"] == "loaded" for o in run["outcomes"]),
            refused="; ".join(refused_by.get(source.id, ())),
            today=today,
        )
        imported = _last_import(raw, source.id, lines)
        if is_counselling(source.id):  # its files lie apart from those of the publishers
            imported = private_files(settings).last_received(invented=source.id == DEMO)
        statuses.append(_status(known, lines, imported, _publisher_says(raw, source.id, catalogue)))
    return statuses


def _answered(lines: list[RequestLine]) -> bool:
    return any(line.outcome != "failed" for line in lines)


def _last_import(raw: RawStore, source: str, lines: list[RequestLine]) -> datetime | None:
    """When a file last came by hand that was not refused."""
    imports = [line for line in lines if line.url.startswith("file:") and line.name == IMPORT]
    replies = {t: _imported(raw.root / source / t) for t in {line.table for line in imports}}
    accepted = [line.at for line in imports if _held_at(line.at, replies[line.table])]
    return max(accepted, default=None)


def _imported(folder: Path) -> list[tuple[datetime, bool]]:
    """When each stored import of a table came, and whether it was accepted; oldest first."""
    return [
        (
            datetime.strptime(path.stem.split("_")[0], STAMP).replace(tzinfo=UTC),
            not path.with_suffix(".rejected").exists(),
        )
        for path in sorted(folder.glob(f"*_{IMPORT}.json"))
    ]


def _held_at(at: datetime, imported: list[tuple[datetime, bool]]) -> bool:
    """Whether the import that was the newest at a time was accepted."""
    return next((accepted for came, accepted in reversed(imported) if came <= at), False)


def _status(
    known: _Known, lines: list[RequestLine], last_import: datetime | None, updated: datetime | None
) -> SourceStatus:
    asked = [line for line in lines if not line.url.startswith("file:")]
    answers = [line.at for line in asked if line.outcome != "failed"]
    after = updated or known.last_good
    return SourceStatus(
        source=known.source.id,
        state=known.state,
        last_request=asked[-1].at if asked else None,
        last_answer=answers[-1] if answers else None,
        last_import=last_import,
        requests=len(asked),
        figures=known.figures,
        newest_period=known.newest,
        last_good=known.last_good,
        next_expected=next_release(known.source, after.date() if after else known.today, known.today),
        updated=updated,
        failed_tables=known.failed,
        checks=known.refused or ("passed" if known.loaded else NOTHING_TO_CHECK),
        stale=known.state == "stale",
        message=_message(known),
    )


def next_release(source: Source, after: date, today: date) -> date:
    """First day of the first release month after a day that is not over: what did not come is expected next time."""
    begun = date(today.year, today.month, 1)
    months = [date(year, m, 1) for year in range(today.year, today.year + 3) for m in source.release_months]
    return min(m for m in months if m > after and m >= begun)


def _publisher_says(raw: RawStore, source: str, catalogue: Catalogue) -> datetime | None:
    """When the publisher last updated one of the source's tables, as far as its client remembers that."""
    said = [genesis.updated(raw, source, table)[0] for table in catalogue.tables(source)]
    return max((when for when in said if when is not None), default=None)


def _message(known: _Known) -> str:
    """The source's state in one line."""
    source, held = known.source, _last_good(known)
    if known.state == "by hand":
        if source.invented and not held:
            return "no invented figures, which only stand in until real ones are imported"
        command = "counselling'" if is_counselling(source.id) else "file' or 'etl import table'"
        return held or f"nothing imported yet; 'etl import {command} brings figures"
    if known.state == "no account":
        return account_hint(source.id) + (f"; {held}" if held else "")
    if known.state == "only by name":
        return f"off unless named: etl run --source {source.id}" + (f"; {held}" if held else "")
    if known.last_good is None:
        return "no figures yet; run 'etl run'" + (f"; {_failed(known)}" if known.failed else "")
    parts = []
    if known.failed:
        parts.append(_failed(known))
    if known.refused:
        parts.append("the last run was refused by a check, see --json")
    if parts or known.too_old:
        parts.append(held)
    if known.too_old:
        parts.append(f"older than {source.stale_after_days} days, run 'etl run'")
    return "; ".join(parts) or "up to date"


def _failed(known: _Known) -> str:
    tables = "1 table" if len(known.failed) == 1 else f"{len(known.failed)} tables"
    return f"{tables} failed in the last run ({', '.join(known.failed)})"


def _last_good(known: _Known) -> str:
    return f"last good figures of {known.last_good:%Y-%m-%d} in use" if known.last_good else ""


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
