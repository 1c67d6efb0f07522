"""One run: fetch → raw → parse → check → publish. A table that fails keeps its last good figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from etl.catalogue import REGION_SUM, Catalogue
from etl.checks import run_checks
from etl.comparisons import source_differences
from etl.expected import shrunk
from etl.loading import Loaded, OnTable, TableOutcome, load
from etl.measures.kept import imported_measures
from etl.metadata import metadata_tables
from etl.publish import Published, publish, writer_lock
from etl.raw import RawStore, write_atomically
from etl.refusals import by_source
from etl.region_sum import mark_unloaded_slices, with_region
from etl.revisions import changes, too_large
from etl.schema import Observation
from etl.sentences import LANGUAGES, change_sentences
from etl.settings import Settings
from etl.sources.base import AppliedCorrection
from etl.store import applied_corrections, current_file, current_state

__all__ = ["RunResult", "TableOutcome", "last_run", "publish_loaded", "run"]

LAST_RUN = "last_run.json"
REFUSED = 4
SHORT = 15  # lines on what a publish changed; 'etl diff' tells the rest


@dataclass(frozen=True)
class RunResult:
    """What a run did; ``exit_code`` as in the contract of the command line."""

    exit_code: int
    finished_at: datetime
    outcomes: tuple[TableOutcome, ...]
    published: Published | None = None
    refused: tuple[str, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()  # what was seen and stops nothing, such as two sources that differ
    changes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # language → what the publish changed
    refused_by: dict[str, tuple[str, ...]] = field(default_factory=dict)  # source → the refusals that concern it

    @property
    def failed(self) -> tuple[TableOutcome, ...]:
        return tuple(o for o in self.outcomes if o.state == "failed")


def run(
    settings: Settings,
    catalogue: Catalogue,
    only: Sequence[str] = (),
    offline: bool = False,
    accept_revisions: bool = False,
    on_table: OnTable = lambda outcome, done, total: None,
    expected: pl.DataFrame | None = None,
) -> RunResult:
    """Load every table of the chosen sources and publish what changed.

    ``expected`` (columns of ``etl.expected.COLUMNS``): row counts below which a table is refused. Raises EtlError only
    where nothing can be said about single tables (another run is writing, the store is damaged); everything else is
    in the result.
    """
    loading = partial(load, settings, catalogue, only, offline, on_table)
    return publish_loaded(settings, catalogue, loading, accept_revisions, expected, by_hand=False)


def publish_loaded(
    settings: Settings,
    catalogue: Catalogue,
    loading: Callable[[], Loaded],
    accept_revisions: bool,
    expected: pl.DataFrame | None,
    by_hand: bool,
    may_take_back: bool = False,
    ended: Callable[[RunResult], None] = lambda result: None,
) -> RunResult:
    """Load under the writer's lock, check, publish, and put it on record.

    A file that came ``by_hand`` and is refused says nothing about the publishers' state and leaves no record.
    With ``may_take_back`` the newest figures may become secret or go. ``ended`` is told the result before it is put on
    record, still under the lock.
    """
    with writer_lock(settings.published_dir):
        loaded = loading()
        again = "the same 'etl import …' command with --accept-revisions" if by_hand else "'etl run --accept-revisions'"
        result = _publish(settings, catalogue, loaded, accept_revisions, expected, again, may_take_back)
        ended(result)
        if result.exit_code == REFUSED:
            result = replace(result, refused_by=by_source(result.refused, catalogue, _loaded_sources(result)))
        if result.exit_code == REFUSED or by_hand:
            # the next run must ask for the whole: the publisher's ETag would bring the refused replies again
            raw = RawStore(settings.raw_dir)
            for reply in loaded.replies:
                raw.mark(reply, rejected=result.message if result.exit_code == REFUSED else None)
        if not (by_hand and result.exit_code == REFUSED):
            _remember(settings.published_dir, result, by_hand)
        return result


def _remember(published_dir: Path, result: RunResult, by_hand: bool) -> None:
    """Put the run on record; a table that it did not touch keeps what the run before said of it.

    So does a source of which nothing was loaded keep its refusals.
    """
    before = last_run(published_dir) or {"outcomes": []}
    now = {(o.source, o.table) for o in result.outcomes if o.state != "skipped"}
    kept = [o for o in before["outcomes"] if (o["source"], o["table"]) not in now]
    outcomes = [*kept, *(asdict(o) for o in result.outcomes if o.state != "skipped")]
    record = dict(before if by_hand and "refused" in before else asdict(result))
    loaded = () if by_hand else _loaded_sources(result)
    record["refused_by"] = {
        **{s: told for s, told in before.get("refused_by", {}).items() if s not in loaded},
        **result.refused_by,
    }
    write_atomically(
        published_dir / LAST_RUN, orjson.dumps({**record, "outcomes": outcomes}, option=orjson.OPT_INDENT_2)
    )


def _loaded_sources(result: RunResult) -> set[str]:
    return {o.source for o in result.outcomes if o.state == "loaded"}


def last_run(published_dir: Path) -> dict[str, Any] | None:
    """The record of the last run, as written by ``run``."""
    path = published_dir / LAST_RUN
    return orjson.loads(path.read_bytes()) if path.exists() else None


def _publish(
    settings: Settings,
    catalogue: Catalogue,
    loaded: Loaded,
    accept_revisions: bool,
    expected: pl.DataFrame | None,
    again: str,
    may_take_back: bool,
) -> RunResult:
    """``again``: how the same is published whatever the size of its revisions."""
    outcomes = tuple(loaded.outcomes)
    now = datetime.now(UTC)
    published = current_state(settings.published_dir)
    if not loaded.frames and not published.height:
        nothing = "no table could be loaded and nothing was published before"
        return RunResult(1 if any(o.state == "failed" for o in outcomes) else 0, now, outcomes, message=nothing)
    retained = _retained(published, catalogue, outcomes, loaded.frames)
    frame = mark_unloaded_slices(pl.concat([*loaded.frames, retained]), catalogue.members)
    candidate = _keep_rates(with_region(frame, catalogue), published, catalogue, outcomes)
    not_older = published.clear() if may_take_back else published
    refused = [str(f) for f in run_checks(candidate, not_older, catalogue)]
    refused += shrunk(loaded, expected) if expected is not None else []
    if refused:
        return RunResult(REFUSED, now, outcomes, None, tuple(refused), "refused by a check, nothing published")
    changed = changes(published, candidate)
    if not accept_revisions:
        refused = [f"revision: {s}" for s in too_large(changed, catalogue)]
        if refused:
            message = f"refused: revisions larger than usual; look at them, then {again} publishes them"
            return RunResult(REFUSED, now, outcomes, None, tuple(refused), message)
    del published  # millions of rows: the database needs the memory now
    corrections = _corrections(settings.published_dir, outcomes)
    tables = metadata_tables(catalogue, corrections, imported_measures(settings.data_dir))
    made = publish(settings.published_dir, candidate, tables, "run")
    message = "published" if made else "nothing new: every figure is as published"
    partly = 3 if any(o.state == "failed" for o in outcomes) else 0
    notes = tuple(source_differences(candidate, catalogue))
    told: dict[str, tuple[str, ...]] = {}
    if made:
        told = {lang: tuple(change_sentences(changed, catalogue, lang, longest=SHORT)) for lang in LANGUAGES}
    return RunResult(partly, now, outcomes, made, (), message, notes, told)


def _retained(
    published: pl.DataFrame, catalogue: Catalogue, outcomes: Sequence[TableOutcome], fresh: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    """Published rows that stay: of tables that this run did not load, of periods that a partial table left out.

    Rows that the catalogue no longer knows go; tables that came by hand are known by their indicator and source.
    The region's rows are made anew, but for indicators whose tables bring them themselves.
    """
    own_region = [i.id for i in catalogue.indicators.values() if not (i.regional_sum or i.region_rate)]
    loaded = {(o.source, o.table): o.partial for o in outcomes if o.state == "loaded"}
    replaced = [{"source": s, "table": t} for (s, t), some_periods in loaded.items() if not some_periods]
    whole = pl.DataFrame(replaced, schema=dict.fromkeys(("source", "table"), pl.Categorical))
    rows = published.join(whole, on=["source", "table"], how="anti")
    rows = rows.filter((pl.col("region") != REGION_SUM) | pl.col("indicator").is_in(own_region))
    by_hand = [s.id for s in catalogue.sources.values() if s.manual]
    wanted = [
        {"indicator": i.id, "source": s.source, "table": s.table}
        for i in catalogue.indicators.values()
        for s in i.series
    ]
    known = pl.DataFrame(wanted, schema=dict.fromkeys(("indicator", "source", "table"), pl.Categorical))
    columns = list(known.columns)
    rows = pl.concat(
        [
            rows.join(known, on=columns, how="semi"),
            rows.join(known, on=columns, how="anti").filter(pl.col("source").is_in(by_hand)),
        ]
    )
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
