"""Results as a reader's text: lines for a log, tables for a terminal."""

from __future__ import annotations

import polars as pl
from rich.console import Console

from etl.pipeline import RunResult
from etl.status import SourceStatus

FAILED = 1
SHOWN = 40  # rows of a listing before "and n more"


def show_run(result: RunResult, console: Console) -> None:
    """What a run did, table by table where something is to be said."""
    for o in result.outcomes:
        for c in o.corrections:
            console.print(f"{o.source} {o.table}: correction applied: {c.id} ({c.rows} rows)", highlight=False)
        for note in o.notes:
            console.print(f"{o.source} {o.table}: note: {note}", highlight=False)
    for o in result.outcomes:
        if o.state != "loaded":
            console.print(f"{o.source} {o.table}: {o.state.upper()}: {o.message}", highlight=False)
    for sentence in result.refused:
        console.print(f"REFUSED: {sentence}", highlight=False)
    loaded = sum(o.state == "loaded" for o in result.outcomes)
    console.print(f"{loaded} of {len(result.outcomes)} tables loaded, {len(result.failed)} failed", highlight=False)
    if result.published:
        p = result.published
        console.print(
            f"published vintage {p.vintage}: {p.new:,} new, {p.revised:,} revised, {p.withdrawn:,} withdrawn figures",
            highlight=False,
        )
    else:
        console.print(result.message, highlight=False)
    if result.failed and result.exit_code != FAILED:
        console.print("the last good figures of the failed tables stay published", highlight=False)


def show_statuses(statuses: list[SourceStatus], vintage: str | None, console: Console) -> None:
    """A few lines a source."""
    console.print(f"published vintage: {vintage or 'none'}", highlight=False)
    for s in statuses:
        fetched = f"{s.last_answer:%Y-%m-%d %H:%M} UTC" if s.last_answer else "never"
        console.print(f"{s.source}: {'STALE: ' if s.stale else ''}{s.message}", highlight=False)
        console.print(
            f"  last fetch {fetched} ({s.requests:,} requests so far); {s.figures:,} figures, newest period "
            f"{s.newest_period or '-'}; next publication expected from {s.next_expected:%Y-%m}",
            highlight=False,
        )


def show_changes(changed: pl.DataFrame, old: str, new: str, console: Console) -> None:
    """New, revised and withdrawn figures between two vintages; revised ones with size."""
    console.print(f"from vintage {old} to {new}:", highlight=False)
    changed = changed.filter(pl.col("change") != "unchanged")
    if changed.is_empty():
        console.print("no figure differs")
        return
    summary = changed.group_by("change", "indicator", "source").agg(
        pl.len().alias("figures"), pl.col("period").min().alias("first"), pl.col("period").max().alias("last")
    )
    for row in summary.sort("change", "indicator", "source").iter_rows(named=True):
        console.print(
            f"{row['change']}: {row['indicator']} ({row['source']}): {row['figures']:,} figures, "
            f"{row['first']} to {row['last']}",
            highlight=False,
        )
    revised = changed.filter(pl.col("change") == "revised")
    for row in revised.head(SHOWN).iter_rows(named=True):
        where = f"{row['indicator']} {row['region']} {row['period']} {row['breakdown']}".rstrip()
        console.print(f"  {where}: {_figure(row, 'old')} → {_figure(row, 'new')}", highlight=False)
    if revised.height > SHOWN:
        console.print(f"  and {revised.height - SHOWN:,} more; all of them with --json", highlight=False)


def _figure(row: dict[str, object], which: str) -> str:
    value, status = row[f"{which}_value"], row[f"{which}_status"]
    text = "no value" if value is None else f"{value:,.10g}"
    return text if status == "ok" else f"{text} ({status})"
