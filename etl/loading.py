"""Reply by reply to observations: asks each source for its tables, reads what came, tells what failed and why."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import polars as pl
import requests
import structlog

from etl.catalogue import Catalogue
from etl.entries import Source
from etl.errors import CorrectionError, EtlError, FetchError, NotOfferedError, OutageError, ParseError
from etl.http import PoliteSession
from etl.logs import redact
from etl.mapping import observations
from etl.raw import RawStore, plain_fetcher
from etl.registry import SOURCES
from etl.settings import Settings
from etl.sources.base import AppliedCorrection, Context, Fetcher, Part, Reply, Request, Tidy

IMPORT = "import"  # name of a stored reply that came by hand
OUTAGES = 2  # after so many outages in a row a publisher is left in peace for this run

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
        s.id: _Asker(s, settings.context(s, catalogue, today), raw, offline, refused_too=by_hand)
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


class _Asker:
    """One source in one run: asks the publisher, or the raw store only, and stops asking one that is down."""

    def __init__(self, source: Source, context: Context, raw: RawStore, offline: bool, refused_too: bool) -> None:
        self.source, self.context, self.raw, self.offline = source, context, raw, offline
        self._refused_too = refused_too  # also read what came by hand and was refused
        self.code = SOURCES[source.id]
        self._outages = 0
        self._last_outage = ""
        session = PoliteSession(source)
        make = self.code.fetcher
        self._fetch: Fetcher = make(raw, session, context) if make else plain_fetcher(raw, session, source.id)

    def parts(self, table: str) -> list[Part]:
        """What to ask for; offline only what is stored, of several ways the one that was answered last."""
        if not self.offline:
            return self.code.parts(table, self.context)
        manual = self.source.manual or self.context.catalogue.options(self.source.id, table).manual
        parts = [] if manual else self.code.parts(table, self.context)
        stored = [_newest_stored(self.raw, self.source.id, table, part) for part in parts]
        known = [part for part in stored if part is not None]
        by_hand = self._imported(table, known)
        return known if by_hand is None else [*known, by_hand]

    def _imported(self, table: str, known: Sequence[Part]) -> Part | None:
        """A file that came by hand after everything that was fetched, unless it was refused."""
        found = self.raw.newest_meta(self.source.id, table, IMPORT)
        if found is None or (found[1].with_suffix(".rejected").exists() and not self._refused_too):
            return None
        imported = self.raw.last_known(self.source.id, table, IMPORT)
        names = [part.alternatives[0].name for part in known]
        fetched = [at for name in names if (at := self.raw.last_known(self.source.id, table, name)) is not None]
        if imported is None or any(at > imported for at in fetched):
            return None
        return Part((Request(found[0].url, name=IMPORT),))

    def reply(self, table: str, request: Request) -> Reply:
        """The publisher's reply, or the stored one; raises FetchError."""
        if self.offline:
            stored = self.raw.newest(self.source.id, table, request.name)
            if stored is None:
                raise FetchError(f"{self.source.id}: table {table}: the stored reply is gone; run without --offline")
            return stored
        if self._outages >= OUTAGES:
            raise OutageError(f"not asked, because the source is down: {self._last_outage}")
        begun, asked = time.monotonic(), datetime.now(UTC)
        try:
            reply = self._fetch(table, request)
        except FetchError as error:
            if isinstance(error, OutageError):
                self._outages += 1
                self._last_outage = str(error)
            self._tell(table, request, type(error).__name__.removesuffix("Error").lower(), begun)
            raise
        self._outages = 0
        self._tell(table, request, "stored" if reply.retrieved_at >= asked else "unchanged", begun)
        return reply

    def _tell(self, table: str, request: Request, outcome: str, begun: float) -> None:
        """One log line a request; a request never holds credentials, and addresses lose theirs."""
        log.info(
            "request",
            source=self.source.id,
            table=table,
            url=redact(request_url(request)),
            outcome=outcome,
            milliseconds=round(1000 * (time.monotonic() - begun)),
        )


def request_url(request: Request) -> str:
    """The request's whole address, for messages; a form's fields stand behind ``#``."""
    url = str(requests.Request("GET", request.url, params=list(request.params)).prepare().url)
    return url + ("#" + "&".join(f"{k}={v}" for k, v in request.form) if request.form else "")


def _newest_stored(raw: RawStore, source: str, table: str, part: Part) -> Part | None:
    """Of the ways to fill a part the one that was answered last: an older reply must not undo a newer one."""
    known = {r: at for r in part.alternatives if (at := raw.last_known(source, table, r.name)) is not None}
    return Part((max(known, key=known.__getitem__),), part.optional) if known else None


def _load_table(catalogue: Catalogue, table: str, asker: _Asker) -> Loaded:
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
            read.append(got)
            notes += [*got[0].notes, *(f"first way failed: {p}" for p in problems)]
        elif offered or not part.optional:
            return _without(TableOutcome(source.id, table, "failed", message=" | ".join(problems)))
    try:
        return _loaded(read, notes, catalogue, source, table)
    except ParseError as error:
        for _, reply in read:
            asker.raw.mark(reply, rejected=str(error))
        return _without(TableOutcome(source.id, table, "failed", message=_named(error, source, table)))


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
    return Loaded(frames, [reply for _, reply in read], [outcome])


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
                observe([(tidy, reply)], catalogue, asker.source, table)
        except (FetchError, ParseError, CorrectionError) as error:
            offered |= not isinstance(error, NotOfferedError)
            problems.append(_named(error, asker.source, table))
            if reply is not None:
                asker.raw.mark(reply, rejected=str(error))
            continue
        asker.raw.mark(reply, rejected=None)
        return (tidy, reply), problems, True
    return None, problems, offered


def _named(error: Exception, source: Source, table: str) -> str:
    """The error's sentence with source and table in front, if it does not name them."""
    text = str(error)
    if text.startswith(source.id) and re.search(rf"(?<!\w){re.escape(table)}(?!\w)", text):
        return text
    return f"{source.id}: table {table}: {text.removeprefix(f'{source.id}: ')}"


def observe(read: Sequence[tuple[Tidy, Reply]], catalogue: Catalogue, source: Source, table: str) -> list[pl.DataFrame]:
    """One frame an indicator and series, all parts together; what came by hand replaces its periods in the others.

    Raises ParseError if one has no figure at all.
    """
    if not read:
        raise ParseError(f"{source.id}: table {table}: the publisher offers none of its parts; run again later")
    frames = []
    for indicator, series in catalogue.tables(source.id)[table]:
        by_name = [(r.name, observations(t, indicator, series, source, r.retrieved_at)) for t, r in read]
        fetched = [f for name, f in by_name if name != IMPORT]
        by_hand = [f for name, f in by_name if name == IMPORT]
        if by_hand and fetched:
            fetched = [f.join(by_hand[0], on="period", how="anti") for f in fetched]
        frame = pl.concat([*fetched, *by_hand])
        if frame["value"].is_null().all():
            raise ParseError(f"{source.id}: table {table}: not one figure for {indicator.id}; run again later")
        frames.append(frame)
    return frames
