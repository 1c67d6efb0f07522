"""The commands for counselling counts: ``etl template``, ``etl import`` and ``etl purge counselling``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from babel.numbers import format_decimal
from rich.table import Table

from etl import report
from etl.catalogue import Catalogue, load_catalogue
from etl.cli_options import OK, REFUSED, JsonFlag, LangOption, explained, known_language, out, print_json
from etl.counselling.comparing import Difference
from etl.counselling.importing import ImportResult, import_counselling
from etl.counselling.private import private_files
from etl.counselling.problems import RefusedForm
from etl.counselling.protecting import Report
from etl.counselling.template import write_template
from etl.counselling_entries import Provider
from etl.publish import writer_lock
from etl.sentences import Language
from etl.settings import load_settings

template_app = typer.Typer(help="Forms to be filled in by those who count.", no_args_is_help=True)
purge_app = typer.Typer(help="Delete files that came by hand and are no longer needed.", no_args_is_help=True)

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "de": {
        "rows": "Zeilen gegenüber dem bisherigen Stand: {added} neu, {removed} entfallen, {changed} mit anderer Anzahl",
        "total": "  {year} {region}: veröffentlichte Kontakte {before} → {after}",
        "same_totals": "  veröffentlichte Jahressummen: unverändert",
        "none": "keine Angabe",
        "secret": "geheim",
        "cells": "Zahlen im Datensatz der Stelle",
        "primary": "davon geheim, weil klein",
        "zeros": "davon geheim, weil Null in einer kleinen Gruppe",
        "secondary": "davon geheim, weil sie andere verraten würden",
        "taken_back": "davon geheim, obwohl schon veröffentlicht",
        "kept": "Kontakte in veröffentlichten Zahlen",
        "threshold": "Schwelle",
        "small_group": "kleine Gruppe unter",
        "round_to": "gerundet auf Vielfache von",
        "seconds": "Sekunden",
        "dry": "Probelauf: nichts wurde übernommen",
        "purged": "{provider}: {name} vom {day} gelöscht; was daraus veröffentlicht ist, bleibt und ist nicht mehr zu "
        "ändern: {periods}",
        "periods": "{n} Zeiträume von {first} bis {last}",
        "nothing_purged": "Vor dem {day} ist keine Datei eingegangen",
        "written": "{file}: Formular für {provider} geschrieben",
    },
    "en": {
        "rows": "rows against what was there: {added} new, {removed} gone, {changed} with another count",
        "total": "  {year} {region}: published contacts {before} → {after}",
        "same_totals": "  published totals of years: unchanged",
        "none": "no figure",
        "secret": "secret",
        "cells": "figures in the body's data set",
        "primary": "of these secret because small",
        "zeros": "of these secret because zero in a small group",
        "secondary": "of these secret because they would give others away",
        "taken_back": "of these secret though published before",
        "kept": "contacts in published figures",
        "threshold": "threshold",
        "small_group": "small group below",
        "round_to": "rounded to multiples of",
        "seconds": "seconds",
        "dry": "dry run: nothing was imported",
        "purged": "{provider}: {name} of {day} deleted; what was published of it stays and can no longer be changed: "
        "{periods}",
        "periods": "{n} periods from {first} to {last}",
        "nothing_purged": "no file came before {day}",
        "written": "{file}: form for {provider} written",
    },
}

_PERIODS_NAMED = 4

ProviderOption = Annotated[str, typer.Option("--provider", help="The body that counts, as in counselling.yaml.")]


@template_app.command("counselling")
def write_form(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook to write, .xlsx.", dir_okay=False)],
    example: Annotated[bool, typer.Option("--example", help="Filled with invented figures, marked as such.")] = False,
    provider: ProviderOption = "welcome-center",
    lang: LangOption = "de",
) -> None:
    """The form of counselling counts as a workbook, with lists to choose from."""
    language = known_language(lang)
    with explained():
        catalogue = load_catalogue()
        body = _known_provider(catalogue, provider)
        write_template(file, catalogue, body, language, example)
    typer.echo(_WORDS[language]["written"].format(file=file.name, provider=_name(body, language)))


def import_form(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The filled form.", exists=True, dir_okay=False)],
    provider: ProviderOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what the file would change.")] = False,
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """A body's counts in the form of 'etl template counselling', XLSX or CSV: only protected figures are published.

    The file is kept where only its owner can read it; for the same office and period it replaces an earlier one.
    Exit codes as of 'etl run'; 4 also if one cell departs: then all that depart are listed and nothing is imported.
    """
    language = known_language(lang)

    def told(difference: Difference, protection: Report) -> None:
        if not json:
            _show_difference(catalogue, difference, language)
            _show_report(protection, language)

    with explained():
        catalogue = load_catalogue()
        body = _known_provider(catalogue, provider)
        try:
            result = import_counselling(load_settings(), catalogue, file, body, language, dry_run, told)
        except RefusedForm as error:
            _show_problems(error, json)
            raise typer.Exit(REFUSED) from error
    if json:
        print_json(_as_json(result))
    elif result.run is not None:
        report.show_run(result.run, out, language)
    else:
        out.print(_WORDS[language]["dry"], highlight=False, markup=False)
    raise typer.Exit(result.exit_code)


@purge_app.command("counselling")
def purge_files(
    before: Annotated[
        datetime, typer.Option(help="Files that came before this day (UTC) are deleted.", formats=["%Y-%m-%d"])
    ],
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """Delete the files of counselling counts that came before a day, which is put on record.

    What is published stays. It can no longer be changed: without the counts nothing could tell whether a change gives
    one of them away. So the months of a file should be final, and their years complete, before it is purged.
    """
    language = known_language(lang)
    words, day = _WORDS[language], before.date()
    with explained():
        settings = load_settings()
        with writer_lock(settings.published_dir):
            purged = private_files(settings).purge(day)
    if json:
        print_json([p.model_dump(mode="json") for p in purged])
        return
    for p in purged:
        came, periods = p.received_at.date(), _periods({period for _, period in p.pairs}, language)
        line = words["purged"].format(provider=p.provider, name=p.name, day=came, periods=periods)
        out.print(line, highlight=False, markup=False)
    if not purged:
        out.print(words["nothing_purged"].format(day=day), highlight=False, markup=False)
    raise typer.Exit(OK)


def _known_provider(catalogue: Catalogue, wanted: str) -> Provider:
    """The provider of that id; usage error if the catalogue lacks it."""
    known = {p.id: p for p in catalogue.counselling.providers}
    if wanted not in known:
        raise typer.BadParameter(f"no provider '{wanted}'; there are {', '.join(known)}")
    return known[wanted]


def _name(provider: Provider, lang: Language) -> str:
    return provider.name.de if lang == "de" else provider.name.en


def _periods(found: set[str], lang: Language) -> str:
    """All of a few periods; of more their number, the first and the last."""
    periods = sorted(found)
    if len(periods) <= _PERIODS_NAMED:
        return ", ".join(periods)
    return _WORDS[lang]["periods"].format(n=len(periods), first=periods[0], last=periods[-1])


def _show_problems(error: RefusedForm, json: bool) -> None:
    if json:
        print_json({"exit_code": REFUSED, "problems": error.problems})
        return
    for problem in error.problems:
        typer.echo(problem, err=True)


def _show_difference(catalogue: Catalogue, difference: Difference, lang: Language) -> None:
    words = _WORDS[lang]
    rows = {name: format_decimal(getattr(difference, name), locale=lang) for name in ("added", "removed", "changed")}
    out.print(words["rows"].format(**rows), highlight=False, markup=False)
    changed = [t for t in difference.totals if (t.before, t.before_status) != (t.after, t.after_status)]
    if difference.totals and not changed:
        out.print(words["same_totals"], highlight=False, markup=False)
    for total in changed:
        region = catalogue.region_by_id[total.region].name
        before, after = _figure(total.before, total.before_status, lang), _figure(total.after, total.after_status, lang)
        line = words["total"].format(
            year=total.year, region=region.de if lang == "de" else region.en, before=before, after=after
        )
        out.print(line, highlight=False, markup=False)


def _figure(value: float | None, status: str, lang: Language) -> str:
    if value is not None:
        return format_decimal(value, locale=lang)
    return _WORDS[lang]["secret" if status == "secret" else "none"]


def _show_report(protection: Report, lang: Language) -> None:
    words = _WORDS[lang]
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("cells", "primary", "zeros", "secondary", *(["taken_back"] if protection.taken_back else [])):
        table.add_row(words[name], format_decimal(getattr(protection, name), locale=lang))
    table.add_row(words["kept"], f"{100 * protection.kept_share:.0f} %")
    for name in ("threshold", "small_group", *(["round_to"] if protection.round_to else [])):
        table.add_row(words[name], str(getattr(protection, name)))
    table.add_row(words["seconds"], format_decimal(protection.seconds, format="0.0", locale=lang))
    out.print(table)


def _as_json(result: ImportResult) -> dict[str, Any]:
    """The result for programs. The share of contacts is rounded: exactly it would tell the sum of the secret ones."""
    told = asdict(result)
    told["report"]["kept_share"] = round(result.report.kept_share, 2)
    return {"exit_code": result.exit_code, "dry_run": result.run is None, **told}
