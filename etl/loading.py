"""Reply by reply to observations: asks each source for its tables, reads what came, tells what failed and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

import polars as pl
import structlog

from etl.asking import IMPORT, Asker
from etl.catalogue import Catalogue
from etl.entries import Source
from etl.errors import CorrectionError, EtlError, FetchError, NotOfferedError, ParseError
from etl.mapping import observations
from etl.raw import RawStore
from etl.registry import SOURCES
from etl.settings import Settings, account_hint
from etl.sources.base import AppliedCorrection, Part, Reply, Tidy

SHOWN = 2  # ways of asking whose failure is told in full
ONLY_WITH_ACCOUNT = " (without one the publisher does not offer it)"

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


@dataclass
class Loaded:
    """Observations (one frame an indicator and series), the replies behind them, and what happened to each table."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    outcomes: list[TableOutcome] = field(default_factory=list)

    def add(self, other: Loaded) -> None:
        """Take over what another loading found."""
        self.frames += other.frames
        self.replies += other.replies
        self.outcomes += other.outcomes


OnTable = Callable[[TableOutcome, int, int], None]


def load(
    settings: Settings,
    catalogue: Catalogue,
    only: Sequence[str] = (),
    offline: bool = False,
    on_table: OnTable = lambda outcome, done, total: None,
    by_hand: bool = False,
) -> Loaded:
    """Every table of the chosen sources: asked for, or offline from the stored replies.

    Sources that are asked by name only are left out unless named; tables that come by hand too, unless ``by_hand``
    (offline) asks for what was imported of them.
    """
    loaded = Loaded()
    sources = [s for s in catalogue.sources.values() if (s.id in only if only else not s.by_name_only)]
    jobs = [
        (source, table)
        for source in sources
        if source.id in SOURCES and (by_hand or not source.manual)
        for table in sorted(catalogue.tables(source.id))
        if by_hand or not catalogue.options(source.id, table).manual
    ]
    raw = RawStore(settings.raw_dir)
    today = datetime.now(UTC).date()
    askers = {
        s.id: Asker(s, settings.context(s, catalogue, today), raw, offline, refused_too=by_hand)
        for s in {source.id: source for source, _ in jobs}.values()
    }
    for done, (source, table) in enumerate(jobs, start=1):
        found = _load_table(catalogue, table, askers[source.id])
        loaded.add(found)
        outcome = found.outcomes[0]
        log.debug("table", source=source.id, table=table, state=outcome.state, rows=outcome.rows)
        on_table(outcome, done, len(jobs))
    return loaded


def read_reply(catalogue: Catalogue, reply: Reply, raw: RawStore) -> Loaded:
    """One stored reply that came by hand, as its source's own code reads it. Raises ParseError, CorrectionError."""
    try:
        tidy = SOURCES[reply.source].parse(reply, catalogue)
        found = _loaded([(tidy, reply)], tidy.notes, catalogue, catalogue.sources[reply.source], reply.table)
    except (ParseError, CorrectionError) as error:
        raw.mark(reply, rejected=str(error))
        raise
    raw.mark(reply, rejected=None)
    return found


def _load_table(catalogue: Catalogue, table: str, asker: Asker) -> Loaded:
    """The table's observations from the best request of each part that works, or why it has none."""
    source = asker.source
    try:
        parts = asker.parts(table)
    except EtlError as error:  # e.g. the description of a stored reply is damaged
        return _without(TableOutcome(source.id, table, "failed", message=_named(error, source, table)))
    if not parts:
        return _without(TableOutcome(source.id, table, "skipped", message=_why_skipped(asker)))
    read: list[tuple[Tidy, Reply]] = []
    notes: list[str] = []
    for part in parts:
        got, problems, offered = _load_part(catalogue, table, asker, part)
        if got is not None:
            read += [*_earlier(catalogue, table, asker, part, got[0]), got]
            notes += [*got[0].notes, *([f"first way failed: {_bounded(problems)}"] if problems else [])]
        elif not offered and asker.has_no_account:
            reason = f"{_why_skipped(asker)}{ONLY_WITH_ACCOUNT}"
            return _without(TableOutcome(source.id, table, "skipped", message=reason))
        elif offered or not part.optional:
            return _without(TableOutcome(source.id, table, "failed", message=_bounded(problems)))
    try:
        return _loaded(read, notes, catalogue, source, table)
    except ParseError as error:
        for _, reply in read:
            asker.raw.mark(reply, rejected=str(error))
        return _without(TableOutcome(source.id, table, "failed", message=_named(error, source, table)))


def _bounded(problems: Sequence[str]) -> str:
    """What was wrong with the first ways that were tried; a file may be looked for under a dozen addresses."""
    left = len(problems) - SHOWN
    more = f" | and {left} more {'way' if left == 1 else 'ways'} failed" if left > 0 else ""
    return " | ".join(problems[:SHOWN]) + more


def _without(outcome: TableOutcome) -> Loaded:
    return Loaded(outcomes=[outcome])


def _loaded(
    read: Sequence[tuple[Tidy, Reply]], notes: Collection[str], catalogue: Catalogue, source: Source, table: str
) -> Loaded:
    frames = observe(read, catalogue, source, table)
    rows = sum(f.height for f in frames)
    corrections = tuple(c for tidy, _ in read for c in tidy.corrections)
    partial = any(tidy.partial for tidy, _ in read) or all(reply.name == IMPORT for _, reply in read)
    outcome = TableOutcome(source.id, table, "loaded", rows, "", tuple(dict.fromkeys(notes)), corrections, partial)
    return Loaded(frames, [replace(reply, body=b"") for _, reply in read], [outcome])  # bodies lie in the raw store


def _why_skipped(asker: Asker) -> str:
    if asker.has_no_account:
        return account_hint(asker.source.id)
    return "no stored reply; run without --offline first"


def _load_part(
    catalogue: Catalogue, table: str, asker: Asker, part: Part
) -> tuple[tuple[Tidy, Reply] | None, list[str], bool]:
    """The first alternative that can be read, what was wrong with others, and whether any was offered.

    An edition of a file that is not there is no problem where another edition of it is (a reply of the same form).
    """
    problems: list[str] = []
    absent: list[tuple[str, str]] = []
    for request in part.alternatives:
        reply: Reply | None = None
        try:
            reply = asker.reply(table, request)
            tidy = asker.code.parse(reply, catalogue)
            if len(part.alternatives) > 1:  # one that does not give every indicator its figures is no good
                observe([(tidy, reply)], catalogue, asker.source, table)
        except (FetchError, ParseError, CorrectionError) as error:
            told = _named(error, asker.source, table)
            if reply is not None:
                asker.raw.mark(reply, rejected=str(error))
            if isinstance(error, NotOfferedError):
                absent.append((request.name, told))
                continue
            problems.append(told)
            if part.only_if_absent:
                break
            continue
        asker.raw.mark(reply, rejected=None)
        return (tidy, reply), [*problems, *(told for name, told in absent if _form(name) != _form(request.name))], True
    return None, [*problems, *(told for _, told in absent)], bool(problems)


def _form(name: str) -> str:
    """What kind of reply a name stands for: ``2026.xlsx`` → ``xlsx``, ``classic`` → ``classic``."""
    return name.rpartition(".")[2]


def _earlier(catalogue: Catalogue, table: str, asker: Asker, part: Part, newest: Tidy) -> list[tuple[Tidy, Reply]]:
    """Of a partial table the stored replies before the newest: offline they give the periods that it lacks."""
    if not newest.partial:
        return []
    replies = [reply for request in part.alternatives for reply in asker.earlier(table, request)]
    return [(asker.code.parse(reply, catalogue), reply) for reply in replies]


def _named(error: Exception, source: Source, table: str) -> str:
    """The error's sentence with source and table in front, if it does not name them."""
    text = str(error)
    if text.startswith(source.id) and re.search(rf"(?<!\w){re.escape(table)}(?!\w)", text):
        return text
    return f"{source.id}: table {table}: {text.removeprefix(f'{source.id}: ')}"


def observe(read: Sequence[tuple[Tidy, Reply]], catalogue: Catalogue, source: Source, table: str) -> list[pl.DataFrame]:
    """One frame an indicator and series, all parts together.

    Raises ParseError if one has no figure at all.
    """
    if not read:
        raise ParseError(f"{source.id}: table {table}: the publisher offers none of its parts; run again later")
    frames = []
    for indicator, series in catalogue.tables(source.id)[table]:
        by_name = [(r.name, observations(t, indicator, series, source, r.retrieved_at)) for t, r in read]
        frame = pl.concat(_each_period_from_its_last_reply(by_name))
        if frame["value"].is_null().all():
            raise ParseError(f"{source.id}: table {table}: not one figure for {indicator.id}; run again later")
        frames.append(frame)
    return frames


def _each_period_from_its_last_reply(frames: Sequence[tuple[str, pl.DataFrame]]) -> list[pl.DataFrame]:
    """Frames with the names of their replies, oldest first, without the periods that a later one holds.

    Later ones of the same name (snapshots of one part) count, and what came by hand stands over everything.
    """
    kept: list[pl.DataFrame] = []
    for n, (name, frame) in enumerate(frames):
        later = [f for other, f in frames[n + 1 :] if other in (name, IMPORT)]
        for newer in later:
            frame = frame.join(newer, on="period", how="anti")
        kept.append(frame)
    return kept
