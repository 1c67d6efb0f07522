"""The commands for measures that come by a form: ``etl template measures`` and ``etl import measures``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from etl.catalogue import load_catalogue
from etl.cli_options import REFUSED, JsonFlag, LangOption, explained, known_language, out, print_json
from etl.counselling.problems import RefusedForm
from etl.measures.importing import import_measures
from etl.measures.kept import imported_measures
from etl.measures.template import write_measures_form
from etl.sentences import Language
from etl.settings import load_settings

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "de": {
        "written": "{file}: Formular für Maßnahmen geschrieben, {n} bisher gemeldete stehen darin",
        "counts": "Maßnahmen: {new} neu, {changed} geändert, {gone} entfallen, {same} unverändert",
        "published": "veröffentlicht als Datenstand {vintage}",
        "unpublished": "nichts zu veröffentlichen: unverändert, oder es gibt noch keinen Datenbestand",
    },
    "en": {
        "written": "{file}: form for measures written, with {n} that were reported before",
        "counts": "measures: {new} new, {changed} changed, {gone} gone, {same} unchanged",
        "published": "published as vintage {vintage}",
        "unpublished": "nothing to publish: unchanged, or there is no store yet",
    },
}


def write_form(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook to write, .xlsx.", dir_okay=False)],
    lang: LangOption = "de",
) -> None:
    """The form of measures as a workbook, with those that were imported before."""
    language = known_language(lang)
    with explained():
        measures = imported_measures(load_settings().data_dir)
        write_measures_form(file, load_catalogue(), measures, language)
    typer.echo(_WORDS[language]["written"].format(file=file.name, n=len(measures)))


def import_form(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The filled form.", exists=True, dir_okay=False)],
    lang: LangOption = "de",
    json: JsonFlag = False,
) -> None:
    """Measures in the form of 'etl template measures': the whole list of those that are not in the catalogue.

    They are kept in ETL_DATA_DIR and published like the catalogue's, with the body that entered them and the day. Exit
    code 4 if one cell departs: then all that depart are listed and nothing is taken.
    """
    language = known_language(lang)
    with explained():
        try:
            done = import_measures(load_settings(), load_catalogue(), file, language)
        except RefusedForm as error:
            if json:
                print_json({"exit_code": REFUSED, "problems": error.problems})
            else:
                for problem in error.problems:
                    typer.echo(problem, err=True)
            raise typer.Exit(REFUSED) from error
    if json:
        print_json({"exit_code": 0, **asdict(done)})
        return
    words = _WORDS[language]
    counts = {name: len(getattr(done, name)) for name in ("new", "changed", "gone", "same")}
    out.print(words["counts"].format(**counts), highlight=False, markup=False)
    said = words["published"].format(vintage=done.vintage) if done.vintage else words["unpublished"]
    out.print(said, highlight=False, markup=False)
