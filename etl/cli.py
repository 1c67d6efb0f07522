"""The command line ``etl``: one command a job, exit codes as in the contract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from etl import cli_briefing, cli_counselling, cli_imports, cli_measures, report
from etl.catalogue import load_catalogue
from etl.checks import run_checks
from etl.cli_options import (
    OK,
    PARTLY,
    REFUSED,
    AcceptFlag,
    JsonFlag,
    LangOption,
    explained,
    known_language,
    known_sources,
    out,
    print_json,
    progress,
)
from etl.errors import StoreError
from etl.expected import read_expected
from etl.export import export_frame, write_export
from etl.extract import EXTRACT_FILE, load_extract, write_extract
from etl.logs import set_up_logging
from etl.measures.kept import imported_measures
from etl.metadata import metadata_tables
from etl.pipeline import run as run_pipeline
from etl.publish import publish, writer_lock
from etl.refusals import told_once
from etl.revisions import changes
from etl.schema import Observation
from etl.sentences import change_sentences, correction_changes, correction_sentences
from etl.settings import Settings, load_settings
from etl.status import source_statuses
from etl.store import applied_corrections, corrections_at, current_state, resolve_vintage, state_at, vintages

app = typer.Typer(
    help="Fills the store of the Monitor Arbeitsmigration: fetch, check and publish official figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli_counselling.template_app.command("measures")(cli_measures.write_form)
app.add_typer(cli_counselling.template_app, name="template")
app.add_typer(cli_imports.app, name="import")
app.add_typer(cli_counselling.purge_app, name="purge")
app.command()(cli_imports.probe)
app.command("expected-rows")(cli_imports.expected_rows)
app.command()(cli_briefing.briefing)

EXAMPLES = 3  # of the largest revisions of an indicator


@app.callback()
def _set_up(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also say what goes well.")] = False) -> None:
    set_up_logging(verbose)


@app.command()
def run(
    source: Annotated[list[str] | None, typer.Option(help="Only this source (repeatable).")] = None,
    offline: Annotated[bool, typer.Option(help="Read data/raw only, ask no publisher.")] = False,
    accept_revisions: AcceptFlag = False,
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """Fetch, parse, check and publish.

    Exit codes: 0 published or nothing new · 3 published, but a table failed and its last good figures stay ·
    4 refused by a check, nothing published · 1 failed.
    """
    language = known_language(lang)
    with explained():
        catalogue = load_catalogue()
        chosen, expected = known_sources(catalogue, source or []), read_expected()
        with progress(quiet=json) as on_table:
            result = run_pipeline(load_settings(), catalogue, chosen, offline, accept_revisions, on_table, expected)
    if json:
        print_json(asdict(result))
    else:
        report.show_run(result, out, language)
    raise typer.Exit(result.exit_code)


@app.command()
def status(json: JsonFlag = False) -> None:
    """Per source: last fetch, newest period, next expected publication, state. Exit code 3 if something is stale."""
    with explained():
        settings = load_settings()
        statuses = source_statuses(settings, load_catalogue(), datetime.now(UTC).date())
        vintage = _newest_vintage(settings)
    if json:
        print_json({"vintage": vintage, "sources": [s.model_dump() for s in statuses]})
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
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """New, revised and withdrawn figures between two vintages, in sentences; complete with --json."""
    language = known_language(lang)
    with explained():
        folder, catalogue = load_settings().published_dir, load_catalogue()
        new = resolve_vintage(folder, b)
        ids: list[str] = vintages(folder)["vintage"].to_list()
        earlier = [v for v in ids if v < new]
        old = resolve_vintage(folder, a) if a else (earlier[-1] if earlier else None)
        before = state_at(folder, old) if old else Observation.create_empty()
        changed = changes(before, state_at(folder, new))
        was, now = (corrections_at(folder, old) or {}) if old else {}, corrections_at(folder, new)
        corrections = [] if now is None else correction_changes(was, now)
    if json:
        rows = changed.filter(changed["change"] != "unchanged").to_dicts()
        print_json({"from": old, "to": new, "changes": rows, "corrections": [asdict(c) for c in corrections]})
        return
    sentences = change_sentences(changed, catalogue, language, EXAMPLES)
    report.show_changes(sentences, correction_sentences(corrections, catalogue, language), old or "–", new, out)


@app.command("vintages")
def list_vintages(json: JsonFlag = False) -> None:
    """All published data states, oldest first."""
    with explained():
        rows = vintages(load_settings().published_dir).to_dicts()
    if json:
        print_json(rows)
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
    with explained():
        folder, catalogue = load_settings().published_dir, load_catalogue()
        with writer_lock(folder):
            state = Observation.cast(
                state_at(folder, resolve_vintage(folder, vintage)).drop("known_from", "known_until")
            )
            applied = [c for found in applied_corrections(folder).values() for c in found]
            measures = imported_measures(folder.parent)
            made = publish(folder, state, metadata_tables(catalogue, applied, measures), "rollback")
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
    with explained():
        frame = export_frame(load_settings().published_dir, indicator or [], region or [], as_of)
        write_export(frame, out_file)
    typer.echo(f"{out_file}: {frame.height:,} rows")


@app.command()
def check(json: JsonFlag = False) -> None:
    """All checks on the published figures. Exit code 4 if one fails."""
    with explained():
        folder = load_settings().published_dir
        resolve_vintage(folder, None)  # nothing published is a failure, not a pass
        state = current_state(folder)
        failures = [str(f) for f in run_checks(state, state, load_catalogue())]
    if json:
        print_json({"figures": state.height, "failures": failures})
    else:
        for failure in told_once(failures):
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
    with explained():
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
