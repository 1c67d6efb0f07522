"""Results as a reader's text: lines for a log, tables for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from etl.loading import ONLY_WITH_ACCOUNT, TableOutcome
from etl.pipeline import RunResult
from etl.refusals import told_once
from etl.sentences import Language
from etl.sources.base import Finding
from etl.status import NOTHING_TO_CHECK, SourceStatus

FAILED = 1
SHOWN_LINES = 100  # row counts and refusals that are listed before "and n more"
SHOWN_OF_URL = 120  # characters of an address; the whole is in --json and in the log


def show_run(result: RunResult, console: Console, language: Language = "de") -> None:
    """What a run did, table by table where something is to be said, and what it changed."""
    for o in result.outcomes:
        for c in o.corrections:
            _line(console, f"{o.source} {o.table}: correction applied: {c.id} ({c.rows} rows)")
        for note in o.notes:
            _line(console, f"{o.source} {o.table}: note: {note}")
    for line in left_out(result.outcomes):
        _line(console, line)
    for note in result.notes:
        _line(console, f"note: {note}")
    refused = told_once(result.refused)
    for sentence in refused[:SHOWN_LINES]:
        _line(console, f"REFUSED: {sentence}")
    if len(refused) > SHOWN_LINES:
        _line(console, f"REFUSED: and {len(refused) - SHOWN_LINES:,} more; all of them with --json")
    loaded = sum(o.state == "loaded" for o in result.outcomes)
    _line(console, f"{loaded} of {len(result.outcomes)} tables loaded, {len(result.failed)} failed")
    if result.published:
        p = result.published
        _line(
            console,
            f"published vintage {p.vintage}: {p.new:,} new, {p.revised:,} revised, {p.withdrawn:,} withdrawn figures",
        )
        for sentence in result.changes.get(language, ()):
            _line(console, f"  {sentence}")
    else:
        _line(console, result.message)
    if result.failed and result.exit_code != FAILED:
        _line(console, "the last good figures of the failed tables stay published")


def left_out(outcomes: Iterable[TableOutcome]) -> Iterator[str]:
    """What was not loaded: one line a table, but one for all tables of a source that have the same cause.

    Long addresses are cut.
    """
    grouped: dict[tuple[str, str, str], list[TableOutcome]] = {}
    for o in outcomes:
        if o.state != "loaded":
            cause = (
                re.sub(rf"(?<!\w){re.escape(o.table)}(?!\w)", "…", o.message)
                if o.state == "failed"
                else o.message.removesuffix(ONLY_WITH_ACCOUNT)
            )
            grouped.setdefault((o.source, o.state, cause), []).append(o)
    for (source, state, cause), alike in grouped.items():
        first, message = alike[0], _cut(alike[0].message)
        if state == "skipped":
            tables = "1 table" if len(alike) == 1 else f"{len(alike)} tables"
            yield f"{source}: SKIPPED ({tables}): {cause}"
        elif len(alike) == 1:
            yield f"{source} {first.table}: FAILED: {message}"
        else:
            yield (
                f"{source}: FAILED ({len(alike)} tables: {', '.join(o.table for o in alike)}), each like "
                f"{first.table}: {message}"
            )


def show_statuses(statuses: list[SourceStatus], vintage: str | None, console: Console) -> None:
    """A few lines a source."""
    _line(console, f"published vintage: {vintage or 'none'}")
    for s in statuses:
        _line(console, f"{s.source}: {'STALE: ' if s.stale else ''}{s.message}")
        figures = f"{s.figures:,} figures, newest period {s.newest_period or '-'}"
        imported = f"last import {s.last_import:%Y-%m-%d %H:%M} UTC" if s.last_import else ""
        if s.state == "by hand":
            _line(console, f"  {imported or 'never imported'}; {figures}")
            continue
        fetched = f"{s.last_answer:%Y-%m-%d %H:%M} UTC" if s.last_answer else "never"
        updated = f"; updated by the publisher {s.updated:%Y-%m-%d}" if s.updated else ""
        _line(
            console,
            f"  last fetch {fetched} ({s.requests:,} requests so far){'; ' + imported if imported else ''}; {figures}"
            f"{updated}; next publication expected from {s.next_expected:%Y-%m}",
        )
        refused = s.checks not in ("passed", NOTHING_TO_CHECK)
        if s.failed_tables or refused:
            _line(console, f"  checks of the last run: {'refused' if refused else s.checks}")


def show_changes(sentences: Sequence[str], corrections: Sequence[str], old: str, new: str, console: Console) -> None:
    """What differs between two vintages, and the corrections behind the newer one."""
    _line(console, f"{old} → {new}")
    for sentence in [*sentences, *corrections]:
        _line(console, sentence)


def show_findings(source: str, findings: Sequence[Finding], console: Console) -> None:
    """One line an assumption."""
    for f in findings:
        _line(console, f"{f.state.upper():<7} {source}: {f.assumption} ({f.detail})")
    held = sum(f.state == "held" for f in findings)
    _line(console, f"{held} of {len(findings)} assumptions held")


def show_row_counts(differing: Sequence[str], verb: str, console: Console) -> None:
    """The row counts that differ from the expected ones."""
    for line in differing[:SHOWN_LINES]:
        _line(console, line)
    if len(differing) > SHOWN_LINES:
        _line(console, f"and {len(differing) - SHOWN_LINES:,} more")
    _line(console, f"{len(differing):,} row counts {verb}")


def _cut(text: str) -> str:
    """The text with every address cut to ``SHOWN_OF_URL`` characters."""
    return re.sub(rf"((?=https?://)\S{{{SHOWN_OF_URL}}})\S+", r"\1…", text)


def _line(console: Console, text: str) -> None:
    console.print(_cut(text), highlight=False, markup=False)
