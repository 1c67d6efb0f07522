"""The command ``etl briefing``: a prepared file for the round table as a document, so that a schedule can send it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from etl.catalogue import PROJECT
from etl.cli_options import LangOption, explained, known_language
from etl.settings import load_settings

# who draws is on the other side of the store: it runs as a program of its own and reads what is published
RENDERER = "dashboard.exports.briefing"

DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the meeting, on the cover.")]
SinceOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the last meeting: tells what is new since.")
]


def briefing(
    name: Annotated[str, typer.Argument(help="The prepared file: a name of data/catalogue/briefings.")],
    out_file: Annotated[Path, typer.Option("--out", help="The file; its ending says the format: .pdf, .pptx, .html.")],
    date: DayOption = None,
    since: SinceOption = None,
    place: Annotated[str, typer.Option(help="Place of the meeting, on the cover.")] = "",
    lang: LangOption = "de",
) -> None:
    """A prepared file with the published figures: cover, charts, tables, sources, and what is new since a day.

    Exit codes: 0 written · 1 failed, or nothing is published · 2 unknown name or ending.
    """
    known_language(lang)
    with explained():
        data = load_settings().published_dir.parent
    days = {"--date": date, "--since": since}
    command = [sys.executable, "-m", RENDERER, name, "--out", str(out_file.resolve()), "--lang", lang]
    command += [part for option, day in days.items() if day for part in (option, f"{day:%Y-%m-%d}")]
    command += [f"--place={place}"] if place else []
    made = subprocess.run(  # noqa: S603 - our own program, its arguments as a list
        command, cwd=PROJECT, env=os.environ | {"ETL_DATA_DIR": str(data.resolve())}, capture_output=True, text=True
    )
    typer.echo(made.stdout, nl=False)
    if made.returncode:
        lines = made.stderr.strip().splitlines()
        typer.echo(f"etl: {lines[-1] if lines else f'{RENDERER} ended with {made.returncode}'}", err=True)
    raise typer.Exit(made.returncode)
