"""What all commands of ``etl`` share: exit codes, options, the explaining of known failures, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from etl.catalogue import Catalogue
from etl.errors import EtlError
from etl.imports import RefusedError
from etl.loading import TableOutcome
from etl.logs import redact
from etl.sentences import LANGUAGES, Language

OK, FAILED, PARTLY, REFUSED = 0, 1, 3, 4

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]
LangOption = Annotated[str, typer.Option("--lang", help="Language of the sentences: de or en.")]
AcceptFlag = Annotated[bool, typer.Option("--accept-revisions", help="Publish revisions of any size.")]

out = Console(soft_wrap=True)


@contextmanager
def explained() -> Iterator[None]:
    """A known failure as one clear line: exit code 4 for a refused file, else 1."""
    try:
        yield
    except (EtlError, OSError) as error:
        typer.echo(f"etl: {redact(str(error))}", err=True)
        raise typer.Exit(REFUSED if isinstance(error, RefusedError) else FAILED) from error


def print_json(value: object) -> None:
    """A result for programs, on standard output."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def known_sources(catalogue: Catalogue, chosen: list[str]) -> list[str]:
    """The chosen sources; usage error if the catalogue lacks one."""
    if unknown := sorted(set(chosen) - catalogue.sources.keys()):
        raise typer.BadParameter(f"no source {', '.join(unknown)}; there are {', '.join(catalogue.sources)}")
    return chosen


def known_language(language: str) -> Language:
    """``de`` or ``en``; usage error for anything else."""
    for known in LANGUAGES:
        if language == known:
            return known
    raise typer.BadParameter(f"no language '{language}'; there are {', '.join(LANGUAGES)}")


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[TableOutcome, int, int], None]]:
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
