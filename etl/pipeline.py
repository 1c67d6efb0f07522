"""One run: fetch → raw → parse → check → publish. A table that fails keeps its last good figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
import polars as pl
import structlog

from etl.catalogue import REGION_SUM, Catalogue
from etl.checks import run_checks
from etl.entries import Source
from etl.errors import CorrectionError, FetchError, ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.metadata import metadata_tables
from etl.publish import Published, publish, writer_lock
from etl.raw import RawStore, fetch, write_atomically
from etl.region_sum import mark_unloaded_slices, with_region
from etl.revisions import changes, too_large
from etl.schema import Observation
from etl.settings import Settings
from etl.sources import SOURCES
from etl.sources.base import AppliedCorrection, Reply, Request, Tidy
from etl.store import applied_corrections, current_file, current_state

LAST_RUN = "last_run.json"
REFUSED = 4

log = structlog.get_logger()


@dataclass(frozen=True)
class TableOutcome:
    """What became of one table of a source in a run."""

    source: str
    table: str
    state: Literal["loaded", "failed", "skipped"]
    rows: int = 0
    message: str = ""
    notes: tuple[str, ...] = ()
    corrections: tuple[AppliedCorrection, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """What a run did; ``exit_code`` as in the contract of the command line."""

    exit_code: int
    finished_at: datetime
    outcomes: tuple[TableOutcome, ...]
    published: Published | None = None
    refused: tuple[str, ...] = ()
    message: str = ""

    @property
    def failed(self) -> tuple[TableOutcome, ...]:
        return tuple(o for o in self.outcomes if o.state == "failed")


@dataclass
class _Loaded:
    """Observations per table, and what happened to each."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    outcomes: list[TableOutcome] = field(default_factory=list)


OnTable = Callable[[TableOutcome, int, int], None]


def run(
    settings: Settings,
    catalogue: Catalogue,
    only: Sequence[str] = (),
    offline: bool = False,
    accept_revisions: bool = False,
    on_table: OnTable = lambda outcome, done, total: None,
) -> RunResult:
    """Load every table of the chosen sources and publish what changed.

    Raises EtlError only where nothing can be said about single tables (another run is writing, the
    store is damaged); everything else is in the result.
    """
    with writer_lock(settings.published_dir):
        loaded = _load(settings, catalogue, only, offline, on_table)
        result = _publish(settings, catalogue, loaded, accept_revisions)
        if result.exit_code == REFUSED:
            # the next run must ask for the whole: the publisher's ETag would bring the refused replies again
            raw = RawStore(settings.raw_dir)
            for reply in loaded.replies:
                raw.mark(reply, rejected=result.message)
        _remember(settings.published_dir, result)
    return result


def _remember(published_dir: Path, result: RunResult) -> None:
    """Put the run on record; a table that it did not touch keeps what the run before said of it."""
    before = last_run(published_dir) or {"outcomes": []}
    now = {(o.source, o.table) for o in result.outcomes if o.state != "skipped"}
    kept = [o for o in before["outcomes"] if (o["source"], o["table"]) not in now]
    outcomes = [*kept, *(asdict(o) for o in result.outcomes if o.state != "skipped")]
    body = orjson.dumps({**asdict(result), "outcomes": outcomes}, option=orjson.OPT_INDENT_2)
    write_atomically(published_dir / LAST_RUN, body)


def last_run(published_dir: Path) -> dict[str, Any] | None:
    """The record of the last run, as written by ``run``."""
    path = published_dir / LAST_RUN
    return orjson.loads(path.read_bytes()) if path.exists() else None


def _load(settings: Settings, catalogue: Catalogue, only: Sequence[str], offline: bool, on_table: OnTable) -> _Loaded:
    loaded = _Loaded()
    sources = [s for s in catalogue.sources.values() if not only or s.id in only]
    jobs = [(s, table) for s in sources for table in sorted(catalogue.tables(s.id))]
    sessions = {s.id: PoliteSession(s) for s in sources}
    raw = RawStore(settings.raw_dir)
    for done, (source, table) in enumerate(jobs, start=1):
        session = None if offline else sessions[source.id]
        outcome, frames, reply = _load_table(settings, catalogue, source, table, raw, session)
        loaded.frames += frames
        loaded.replies += [reply] if reply else []
        loaded.outcomes.append(outcome)
        log.debug("table", source=source.id, table=table, state=outcome.state, rows=outcome.rows)
        on_table(outcome, done, len(jobs))
    return loaded


def _load_table(
    settings: Settings,
    catalogue: Catalogue,
    source: Source,
    table: str,
    raw: RawStore,
    session: PoliteSession | None,
) -> tuple[TableOutcome, list[pl.DataFrame], Reply | None]:
    """The table's observations from its best request that works and the reply they are from, or why none worked."""
    code = SOURCES[source.id]
    problems: list[str] = []
    requests = code.requests(table, settings.base_url(source), catalogue)
    if session is None:
        requests = _newest_stored(raw, source.id, table, requests)
        if not requests:
            return (
                TableOutcome(source.id, table, "skipped", message="no stored reply; run without --offline first"),
                [],
                None,
            )
    for request in requests:
        reply: Reply | None = None
        try:
            if session is None:
                reply = raw.newest(source.id, table, request.name)
            else:
                reply = fetch(raw, session, source.id, table, request)
            if reply is None:
                continue
            tidy = code.parse(reply, catalogue)
            frames = _observe(tidy, reply, catalogue, source, table)
        except (FetchError, ParseError, CorrectionError) as error:
            problems.append(str(error))
            if reply is not None:
                raw.mark(reply, rejected=str(error))
            continue
        raw.mark(reply, rejected=None)
        rows = sum(f.height for f in frames)
        notes = (*tidy.notes, *(f"first way failed: {p}" for p in problems))
        return TableOutcome(source.id, table, "loaded", rows, "", notes, tidy.corrections), frames, reply
    return TableOutcome(source.id, table, "failed", message=" | ".join(problems)), [], None


def _newest_stored(raw: RawStore, source: str, table: str, requests: list[Request]) -> list[Request]:
    """Of the ways to fill a table the one that was answered last: an older reply must not undo a newer one."""
    known = {r: at for r in requests if (at := raw.last_known(source, table, r.name)) is not None}
    return [max(known, key=known.__getitem__)] if known else []


def _observe(tidy: Tidy, reply: Reply, catalogue: Catalogue, source: Source, table: str) -> list[pl.DataFrame]:
    frames = [
        observations(tidy, indicator, series, source, reply.retrieved_at)
        for indicator, series in catalogue.tables(source.id)[table]
    ]
    for (indicator, _), frame in zip(catalogue.tables(source.id)[table], frames, strict=True):
        if frame["value"].is_null().all():
            raise ParseError(f"{source.id}: table {table}: not one figure for {indicator.id}; run again later")
    return frames


def _publish(settings: Settings, catalogue: Catalogue, loaded: _Loaded, accept_revisions: bool) -> RunResult:
    outcomes = tuple(loaded.outcomes)
    now = datetime.now(UTC)
    partly = 3 if any(o.state == "failed" for o in outcomes) else 0
    published = current_state(settings.published_dir)
    if not loaded.frames and not published.height:
        return RunResult(1, now, outcomes, message="no table could be loaded and nothing was published before")
    retained = _retained(published, catalogue, outcomes)
    frame = mark_unloaded_slices(pl.concat([*loaded.frames, retained]), catalogue.members)
    candidate = _keep_rates(with_region(frame, catalogue), published, catalogue, outcomes)
    refused = [str(f) for f in run_checks(candidate, published, catalogue)]
    if refused:
        return RunResult(4, now, outcomes, None, tuple(refused), "refused by a check, nothing published")
    if not accept_revisions:
        refused = [f"revision: {s}" for s in too_large(changes(published, candidate), catalogue)]
        if refused:
            message = (
                "refused: revisions larger than usual; look at them, then 'etl run --accept-revisions' publishes them"
            )
            return RunResult(4, now, outcomes, None, tuple(refused), message)
    corrections = _corrections(settings.published_dir, outcomes)
    made = publish(settings.published_dir, candidate, metadata_tables(catalogue, corrections), "run")
    message = "published" if made else "nothing new: every figure is as published"
    return RunResult(partly, now, outcomes, made, (), message)


def _retained(published: pl.DataFrame, catalogue: Catalogue, outcomes: Sequence[TableOutcome]) -> pl.DataFrame:
    """Published rows of tables that this run did not load and the catalogue still knows."""
    loaded = {(o.source, o.table) for o in outcomes if o.state == "loaded"}
    wanted = [
        {"indicator": i.id, "source": s.source, "table": s.table}
        for i in catalogue.indicators.values()
        for s in i.series
        if (s.source, s.table) not in loaded
    ]
    keys = pl.DataFrame(wanted, schema={"indicator": pl.String, "source": pl.String, "table": pl.String})
    rows = published.filter(pl.col("region") != REGION_SUM).join(keys, on=list(keys.columns), how="semi")
    return Observation.cast(rows)


def _keep_rates(
    candidate: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue, outcomes: Sequence[TableOutcome]
) -> pl.DataFrame:
    """The region's published rate stays where only one of its two tables, rate and counts, was loaded.

    A new count over an old rate would imply a denominator that nobody published.
    """
    loaded = {(o.source, o.table) for o in outcomes if o.state == "loaded"}
    for indicator in catalogue.indicators.values():
        if indicator.region_rate is None:
            continue
        both = (indicator, catalogue.indicators[indicator.region_rate.numerator])
        # of the counts only the table of the totals matters, the first of the indicator
        fresh = {(i.series[0].source, i.series[0].table) in loaded for i in both}
        if len(fresh) == 2:
            own = (pl.col("indicator") == indicator.id) & (pl.col("region") == REGION_SUM)
            candidate = pl.concat([candidate.filter(~own), Observation.cast(published.filter(own))])
    return candidate


def _corrections(published_dir: Path, outcomes: Sequence[TableOutcome]) -> list[AppliedCorrection]:
    before = applied_corrections(published_dir) if current_file(published_dir) else {}
    now = {(o.source, o.table): list(o.corrections) for o in outcomes if o.state == "loaded"}
    return sorted((c for found in ({**before, **now}).values() for c in found), key=lambda c: c.id)
