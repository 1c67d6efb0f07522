"""Kreiswanderungsmatrix: moves between the districts of Germany, one archive a year (SOURCES section 3.3)."""

from __future__ import annotations

from etl.errors import CatalogueError
from etl.http import PoliteSession
from etl.sources.base import Context, Finding, Part
from etl.sources.statistikportal.addresses import expanded, requests
from etl.sources.statistikportal.parse import FILE_NAME, parse
from etl.sources.statistikportal.probe import probe_newest

__all__ = ["parse", "parts", "probe", "recognise"]

MATRIX = "KWM"


def parts(table: str, context: Context) -> list[Part]:
    """One archive a year from the first that is known; a year may not be out, or lie at another address."""
    options = context.catalogue.options(context.source.id, table)
    if not options.paths or options.since is None:
        raise CatalogueError(f"tables.yaml: statistikportal {table}: needs 'paths' and 'since'")
    years = range(options.since, context.today.year)
    return [Part(requests(context.address(), expanded(options.paths, (year,))), optional=True) for year in years]


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """The newest archive: is it there, and has it the columns that are assumed?"""
    return probe_newest(session, context, MATRIX, parts(MATRIX, context), parse)


def recognise(body: bytes, name: str) -> str | None:
    """The matrix, if the file is an archive named ``KWM_2024.zip`` like the publisher's: only the name has the year."""
    return MATRIX if FILE_NAME.search(name) and body.startswith(b"PK") else None
