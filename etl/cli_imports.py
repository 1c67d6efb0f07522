"""The commands for what does not come by itself: ``etl import``, ``etl probe``, ``etl expected-rows``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from etl import cli_measures, report
from etl.catalogue import load_catalogue
from etl.cli_counselling import import_form
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
from etl.expected import differences, fewer, read_expected, renewed, write_expected
from etl.imports import import_file, recognising_sources
from etl.loading import load
from etl.pipeline import RunResult
from etl.probe import NOTHING_TO_ASK, run_probe
from etl.sentences import Language
from etl.settings import load_settings
from etl.table_import import import_table

app = typer.Typer(
    help="Figures that come by hand: a publisher's file, any tidy table, a counselling body's form.",
    no_args_is_help=True,
)
app.command("counselling")(import_form)
app.command("measures")(cli_measures.import_form)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file.", exists=True, dir_okay=False)]


@app.command("file")
def import_one_file(
    file: FileArgument,
    source: Annotated[str, typer.Option(help="The source that the file is of.")],
    accept_revisions: AcceptFlag = False,
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """A publisher's file, recognised by its layout: stored raw, checked and published like a fetched one.

    Exit codes as of 'etl run'; 4 also for a file that is none of the source's tables or departs from its layout.
    """
    language = known_language(lang)
    with explained():
        catalogue = load_catalogue()
        known_sources(catalogue, [source])
        if source not in recognising_sources():
            raise typer.BadParameter(
                f"{source} knows no files; there are {', '.join(recognising_sources())}. For any other table use "
                "'etl import table'"
            )
        result = import_file(load_settings(), catalogue, file, source, accept_revisions, read_expected())
    _show(result, language, json)


@app.command("table")
def import_one_table(
    file: FileArgument,
    mapping: Annotated[Path, typer.Option(help="The YAML mapping of its columns.", exists=True, dir_okay=False)],
    accept_revisions: AcceptFlag = False,
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """Any tidy CSV or XLSX table through a small YAML mapping.

    Exit codes as of 'etl run'; 4 also if one cell departs: then all that depart are listed and nothing is imported.
    """
    language = known_language(lang)
    with explained():
        result = import_table(load_settings(), load_catalogue(), file, mapping, accept_revisions)
    _show(result, language, json)


@app.command("boundaries")
def import_the_boundaries(
    file: FileArgument,
    as_of: Annotated[
        datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day of the boundaries, such as 2021-01-01.")
    ],
    json: JsonFlag = False,
) -> None:
    """The districts' boundaries for maps: GeoJSON of the Federal Agency for Cartography (VG5000, districts).

    Checked, simplified and written to data/extract/boundaries.json; exit code 4 if anything departs: then all of it is
    listed and nothing is changed.
    """
    from etl.boundaries import import_boundaries, read_rules  # slow to import, and no other command needs it

    with explained():
        done = import_boundaries(load_settings(), load_catalogue(), read_rules(), file, as_of.date())
    if json:
        print_json(asdict(done))
        return
    what = "written" if done.changed else "unchanged"
    out.print(
        f"boundaries {what}: {done.districts} districts as of {done.as_of}, {done.before:,} positions simplified to "
        f"{done.after:,} ({done.size:,} bytes)",
        highlight=False,
        markup=False,
    )
    if done.changed:
        out.print("the next 'etl run' publishes them ('etl extract --load': with the bundled figures)", highlight=False)


def _show(result: RunResult, language: Language, json: bool) -> None:
    if json:
        print_json(asdict(result))
    else:
        report.show_run(result, out, language)
    raise typer.Exit(result.exit_code)


def probe(
    source: Annotated[str, typer.Argument(help="The source to ask.")],
    json: JsonFlag = False,
) -> None:
    """The few smallest live requests: which assumptions about a publisher hold.

    Exit code 3 if one is broken or unknown; 0 for a source whose files come by hand.
    """
    with explained():
        catalogue = load_catalogue()
        known_sources(catalogue, [source])
        findings = run_probe(load_settings(), catalogue, source)
    if json:
        print_json({"source": source, "findings": [asdict(f) for f in findings]})
    elif findings:
        report.show_findings(source, findings, out)
    else:
        out.print(f"{source}: {NOTHING_TO_ASK}", highlight=False, markup=False)
    raise typer.Exit(OK if all(f.state == "held" for f in findings) else PARTLY)


def expected_rows(
    update: Annotated[
        bool, typer.Option("--update/--check", help="Accept the row counts of the stored replies, or only compare.")
    ] = False,
    source: Annotated[list[str] | None, typer.Option(help="Only this source (repeatable).")] = None,
) -> None:
    """Row counts of the stored replies beside the expected ones (data/catalogue/expected_rows.csv).

    Exit code 4 if --check finds a table with fewer rows than expected.
    """
    with explained():
        catalogue = load_catalogue()
        chosen = known_sources(catalogue, source or [s.id for s in catalogue.sources.values()])
        with progress(quiet=False) as on_table:
            loaded = load(load_settings(), catalogue, chosen, offline=True, on_table=on_table, by_hand=True)
        expected = read_expected()
        known = {(s, table) for s in catalogue.sources for table in catalogue.tables(s)}
        new = renewed(loaded, expected, known)
        differing = differences(expected, new)
        if update:
            write_expected(new)
    for line in report.left_out(o for o in loaded.outcomes if o.state == "failed"):
        out.print(line, highlight=False, markup=False)
    report.show_row_counts(differing, "accepted" if update else "differ", out)
    raise typer.Exit(REFUSED if not update and fewer(expected, new) else OK)
