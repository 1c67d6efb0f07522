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
from etl.errors import CorrectionError, FetchError, NotOfferedError, OutageError, ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.metadata import metadata_tables
from etl.publish import Published, publish, writer_lock
from etl.raw import RawStore, plain_fetcher, write_atomically
from etl.region_sum import mark_unloaded_slices, with_region
from etl.registry import SOURCES
from etl.revisions import changes, too_large
from etl.schema import Observation
from etl.settings import Settings
from etl.sources.base import AppliedCorrection, Context, Fetcher, Part, Reply, Request, Tidy
from etl.store import applied_corrections, current_file, current_state

LAST_RUN = "last_run.json"
OUTAGES = 2  # after so many tables in a row a publisher that is down is left in peace for this run
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
    partial: bool = False  # the reply holds some periods only; what is published of others stays


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
    sources = [s for s in catalogue.sources.values() if (s.id in only if only else not s.by_name_only) and not s.manual]
    jobs = [(s, t) for s in sources for t in sorted(catalogue.tables(s.id)) if not catalogue.options(s.id, t).manual]
    raw = RawStore(settings.raw_dir)
    today = datetime.now(UTC).date()
    askers = {s.id: _Asker(s, settings.context(s, catalogue, today), raw, offline) for s in sources}
    for done, (source, table) in enumerate(jobs, start=1):
        outcome, frames, replies = _load_table(catalogue, table, askers[source.id])
        loaded.frames += frames
        loaded.replies += replies
        loaded.outcomes.append(outcome)
        log.debug("table", source=source.id, table=table, state=outcome.state, rows=outcome.rows)
        on_table(outcome, done, len(jobs))
    return loaded


class _Asker:
    """One source in one run: asks the publisher, or the raw store only, and stops asking one that is down."""

    def __init__(self, source: Source, context: Context, raw: RawStore, offline: bool) -> None:
        self.source, self.context, self.raw, self.offline = source, context, raw, offline
        self.code = SOURCES[source.id]
        self._outages = 0
        self._last_outage = ""
        session = PoliteSession(source)
        make = self.code.fetcher
        self._fetch: Fetcher = make(raw, session, context) if make else plain_fetcher(raw, session, source.id)

    def parts(self, table: str) -> list[Part]:
        """What to ask for; offline only what is stored, of several ways the one that was answered last."""
        parts = self.code.parts(table, self.context)
        if not self.offline:
            return parts
        stored = [_newest_stored(self.raw, self.source.id, table, part) for part in parts]
        return [part for part in stored if part is not None]

    def reply(self, table: str, request: Request) -> Reply:
        """The publisher's reply, or the stored one; raises FetchError."""
        if self.offline:
            stored = self.raw.newest(self.source.id, table, request.name)
            if stored is None:
                raise FetchError(f"{self.source.id}: table {table}: the stored reply is gone; run without --offline")
            return stored
        if self._outages >= OUTAGES:
            raise OutageError(f"not asked, because the source is down: {self._last_outage}")
        try:
            reply = self._fetch(table, request)
        except OutageError as error:
            self._outages += 1
            self._last_outage = str(error)
            raise
        self._outages = 0
        return reply


def _newest_stored(raw: RawStore, source: str, table: str, part: Part) -> Part | None:
    """Of the ways to fill a part the one that was answered last: an older reply must not undo a newer one."""
    known = {r: at for r in part.alternatives if (at := raw.last_known(source, table, r.name)) is not None}
    return Part((max(known, key=known.__getitem__),), part.optional) if known else None


def _load_table(
    catalogue: Catalogue, table: str, asker: _Asker
) -> tuple[TableOutcome, list[pl.DataFrame], list[Reply]]:
    """The table's observations from the best request of each part that works, or why a part has none."""
    source = asker.source
    parts = asker.parts(table)
    if not parts:
        return TableOutcome(source.id, table, "skipped", message=_why_skipped(asker)), [], []
    read: list[tuple[Tidy, Reply]] = []
    notes: list[str] = []
    for part in parts:
        got, problems, offered = _load_part(catalogue, table, asker, part)
        if got is not None:
            read.append(got)
            notes += [*got[0].notes, *(f"first way failed: {p}" for p in problems)]
        elif offered or not part.optional:
            return TableOutcome(source.id, table, "failed", message=" | ".join(problems)), [], []
    try:
        frames = _observe(read, catalogue, source, table)
    except ParseError as error:
        for _, reply in read:
            asker.raw.mark(reply, rejected=str(error))
        return TableOutcome(source.id, table, "failed", message=str(error)), [], []
    rows = sum(f.height for f in frames)
    corrections = tuple(c for tidy, _ in read for c in tidy.corrections)
    partial = any(tidy.partial for tidy, _ in read)
    outcome = TableOutcome(source.id, table, "loaded", rows, "", tuple(notes), corrections, partial)
    return outcome, frames, [reply for _, reply in read]


def _why_skipped(asker: _Asker) -> str:
    if asker.source.account and asker.context.credentials is None:
        name = asker.source.id.upper()
        return f"no account; set {name}_USER and {name}_PASSWORD to load it"
    return "no stored reply; run without --offline first"


def _load_part(
    catalogue: Catalogue, table: str, asker: _Asker, part: Part
) -> tuple[tuple[Tidy, Reply] | None, list[str], bool]:
    """The first alternative that can be read, what was wrong with those before, and whether any was offered."""
    problems: list[str] = []
    offered = False
    for request in part.alternatives:
        reply: Reply | None = None
        try:
            reply = asker.reply(table, request)
            tidy = asker.code.parse(reply, catalogue)
            if len(part.alternatives) > 1:  # one that does not give every indicator its figures is no good
                _observe([(tidy, reply)], catalogue, asker.source, table)
        except (FetchError, ParseError, CorrectionError) as error:
            offered |= not isinstance(error, NotOfferedError)
            problems.append(str(error))
            if reply is not None:
                asker.raw.mark(reply, rejected=str(error))
            continue
        asker.raw.mark(reply, rejected=None)
        return (tidy, reply), problems, True
    return None, problems, offered


def _observe(
    read: Sequence[tuple[Tidy, Reply]], catalogue: Catalogue, source: Source, table: str
) -> list[pl.DataFrame]:
    """One frame an indicator and series, all parts together. Raises ParseError if one has no figure at all."""
    if not read:
        raise ParseError(f"{source.id}: table {table}: the publisher offers none of its parts; run again later")
    frames = []
    for indicator, series in catalogue.tables(source.id)[table]:
        frame = pl.concat([observations(t, indicator, series, source, r.retrieved_at) for t, r in read])
        if frame["value"].is_null().all():
            raise ParseError(f"{source.id}: table {table}: not one figure for {indicator.id}; run again later")
        frames.append(frame)
    return frames


def _publish(settings: Settings, catalogue: Catalogue, loaded: _Loaded, accept_revisions: bool) -> RunResult:
    outcomes = tuple(loaded.outcomes)
    now = datetime.now(UTC)
    partly = 3 if any(o.state == "failed" for o in outcomes) else 0
    published = current_state(settings.published_dir)
    if not loaded.frames and not published.height:
        return RunResult(1, now, outcomes, message="no table could be loaded and nothing was published before")
    retained = _retained(published, catalogue, outcomes, loaded.frames)
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


def _retained(
    published: pl.DataFrame, catalogue: Catalogue, outcomes: Sequence[TableOutcome], fresh: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    """Published rows that stay: of tables that this run did not load, of periods that a partial table left out.

    Rows that the catalogue no longer knows go; tables that came by hand are known by their indicator and source.
    """
    rows = published.filter(pl.col("region") != REGION_SUM)
    by_hand = [s.id for s in catalogue.sources.values() if s.manual]
    wanted = [
        {"indicator": i.id, "source": s.source, "table": s.table}
        for i in catalogue.indicators.values()
        for s in i.series
    ]
    known = pl.DataFrame(wanted, schema={"indicator": pl.String, "source": pl.String, "table": pl.String})
    columns = list(known.columns)
    rows = pl.concat(
        [
            rows.join(known, on=columns, how="semi"),
            rows.join(known, on=columns, how="anti").filter(pl.col("source").is_in(by_hand)),
        ]
    )
    loaded = {(o.source, o.table): o.partial for o in outcomes if o.state == "loaded"}
    replaced = [{"source": s, "table": t} for (s, t), partial in loaded.items() if not partial]
    whole = pl.DataFrame(replaced, schema={"source": pl.String, "table": pl.String})
    rows = rows.join(whole, on=["source", "table"], how="anti")
    if fresh:  # a partial table replaces its own periods
        periods = pl.concat(f.select(*columns, "period").unique() for f in fresh)
        rows = rows.join(periods, on=[*columns, "period"], how="anti")
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
