"""The command line ``etl``: one command a job, exit codes as in the contract."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from etl import report
from etl.catalogue import Catalogue, load_catalogue
from etl.checks import run_checks
from etl.errors import EtlError, StoreError
from etl.export import export_frame, write_export
from etl.extract import EXTRACT_FILE, load_extract, write_extract
from etl.logs import redact, set_up_logging
from etl.metadata import metadata_tables
from etl.pipeline import TableOutcome
from etl.pipeline import run as run_pipeline
from etl.publish import publish, writer_lock
from etl.revisions import changes
from etl.schema import Observation
from etl.settings import Settings, load_settings
from etl.status import source_statuses
from etl.store import applied_corrections, current_state, resolve_vintage, state_at, vintages

OK, FAILED, PARTLY, REFUSED = 0, 1, 3, 4

app = typer.Typer(
    help="Fills the store of the Monitor Arbeitsmigration: fetch, check and publish official figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
out = Console(soft_wrap=True)

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]


@contextmanager
def _explained() -> Iterator[None]:
    """A known failure as one clear line and exit code 1."""
    try:
        yield
    except (EtlError, OSError) as error:
        typer.echo(f"etl: {redact(str(error))}", err=True)
        raise typer.Exit(FAILED) from error


def _print_json(value: object) -> None:
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def _sources(catalogue: Catalogue, chosen: list[str]) -> list[str]:
    if unknown := sorted(set(chosen) - catalogue.sources.keys()):
        raise typer.BadParameter(f"no source {unknown}; there are {', '.join(catalogue.sources)}")
    return chosen


@app.callback()
def _set_up(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also say what goes well.")] = False) -> None:
    set_up_logging(verbose)


@app.command()
def run(
    source: Annotated[list[str] | None, typer.Option(help="Only this source (repeatable).")] = None,
    offline: Annotated[bool, typer.Option(help="Read data/raw only, ask no publisher.")] = False,
    accept_revisions: Annotated[bool, typer.Option(help="Publish revisions of any size.")] = False,
    json: JsonFlag = False,
) -> None:
    """Fetch, parse, check and publish.

    Exit codes: 0 published or nothing new · 3 published, but a table failed and its last good figures stay ·
    4 refused by a check, nothing published · 1 failed.
    """
    with _explained():
        catalogue = load_catalogue()
        chosen = _sources(catalogue, source or [])
        with _progress(quiet=json) as on_table:
            result = run_pipeline(load_settings(), catalogue, chosen, offline, accept_revisions, on_table)
    if json:
        _print_json(asdict(result))
    else:
        report.show_run(result, out)
    raise typer.Exit(result.exit_code)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[TableOutcome, int, int], None]]:
    """A bar on a terminal; one plain line a table in a log."""
    if quiet:
        yield lambda outcome, done, total: None
    elif sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("tables", total=None)
            yield lambda o, done, total: bar.update(
                task, completed=done, total=total, description=f"{o.source} {o.table}"
            )
    else:
        yield lambda o, done, total: typer.echo(
            f"[{done}/{total}] {o.source} {o.table}: {o.state}, {o.rows} rows", err=True
        )


@app.command()
def status(json: JsonFlag = False) -> None:
    """Per source: last fetch, newest period, next expected publication, state. Exit code 3 if something is stale."""
    with _explained():
        settings = load_settings()
        statuses = source_statuses(settings, load_catalogue(), datetime.now(UTC).date())
        vintage = _newest_vintage(settings)
    if json:
        _print_json({"vintage": vintage, "sources": [s.model_dump() for s in statuses]})
    else:
        report.show_statuses(statuses, vintage, out)
    raise typer.Exit(PARTLY if any(s.stale for s in statuses) else OK)


def _newest_vintage(settings: Settings) -> str | None:
    try:
        return resolve_vintage(settings.published_dir, None)
    except StoreError:
        return None


@app.command()
def diff(
    a: Annotated[str | None, typer.Argument(help="Older vintage or date; default: the one before B.")] = None,
    b: Annotated[str | None, typer.Argument(help="Newer vintage or date; default: the newest.")] = None,
    json: JsonFlag = False,
) -> None:
    """New, revised and withdrawn figures between two vintages."""
    with _explained():
        folder = load_settings().published_dir
        new = resolve_vintage(folder, b)
        earlier = [v for v in vintages(folder)["vintage"] if v < new]
        old = resolve_vintage(folder, a) if a else (earlier[-1] if earlier else None)
        before = state_at(folder, old) if old else Observation.create_empty()
        changed = changes(before, state_at(folder, new))
    if json:
        rows = changed.filter(changed["change"] != "unchanged").to_dicts()
        _print_json({"from": old, "to": new, "changes": rows})
    else:
        report.show_changes(changed, old or "nothing", new, out)


@app.command("vintages")
def list_vintages(json: JsonFlag = False) -> None:
    """All published data states, oldest first."""
    with _explained():
        rows = vintages(load_settings().published_dir).to_dicts()
    if json:
        _print_json(rows)
        return
    for r in rows:
        out.print(
            f"{r['vintage']}  {r['origin']:<8} {r['new_figures']:>9,} new {r['revised_figures']:>9,} revised "
            f"{r['withdrawn_figures']:>9,} withdrawn",
            highlight=False,
        )


@app.command()
def rollback(vintage: Annotated[str, typer.Argument(help="The vintage to make current again.")]) -> None:
    """Make an older state current again, as a new vintage: links to every earlier state keep working."""
    with _explained():
        folder, catalogue = load_settings().published_dir, load_catalogue()
        with writer_lock(folder):
            state = Observation.cast(
                state_at(folder, resolve_vintage(folder, vintage)).drop("known_from", "known_until")
            )
            applied = [c for found in applied_corrections(folder).values() for c in found]
            made = publish(folder, state, metadata_tables(catalogue, applied), "rollback")
    message = (
        f"published vintage {made.vintage} with the figures of {vintage}" if made else f"{vintage} is current already"
    )
    typer.echo(message)


@app.command()
def export(
    out_file: Annotated[
        Path, typer.Option("--out", help="The file; its ending says the format: .csv, .parquet, .xlsx.")
    ],
    indicator: Annotated[list[str] | None, typer.Option(help="Only this indicator (repeatable).")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region (repeatable).")] = None,
    as_of: Annotated[str | None, typer.Option(help="The figures as known at a vintage, date or time (UTC).")] = None,
) -> None:
    """Observations as csv, parquet or xlsx."""
    with _explained():
        frame = export_frame(load_settings().published_dir, indicator or [], region or [], as_of)
        write_export(frame, out_file)
    typer.echo(f"{out_file}: {frame.height:,} rows")


@app.command()
def check(json: JsonFlag = False) -> None:
    """All checks on the published figures. Exit code 4 if one fails."""
    with _explained():
        folder = load_settings().published_dir
        resolve_vintage(folder, None)  # nothing published is a failure, not a pass
        state = current_state(folder)
        failures = [str(f) for f in run_checks(state, state, load_catalogue())]
    if json:
        _print_json({"figures": state.height, "failures": failures})
    else:
        for failure in failures:
            typer.echo(failure)
        typer.echo(f"{state.height:,} figures checked, {len(failures)} checks failed")
    raise typer.Exit(REFUSED if failures else OK)


@app.command()
def extract(
    load: Annotated[
        bool, typer.Option("--load", help="Publish the bundled extract if nothing was fetched yet.")
    ] = False,
) -> None:
    """Write the published figures as the bundled extract (data/extract), or publish the bundled extract."""
    with _explained():
        folder = load_settings().published_dir
        if load:
            made = load_extract(folder, load_catalogue())
            typer.echo(
                f"published the bundled figures as vintage {made.vintage}" if made else "there are figures already"
            )
        else:
            size = write_extract(folder)
            typer.echo(f"{EXTRACT_FILE.name}: {size:,} bytes")


def main() -> None:
    """Entry of the console script."""
    app()
