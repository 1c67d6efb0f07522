"""VGRdL, regional accounts of the districts: one workbook a volume (SOURCES section 3.3).

Volumes: ``r2b1`` gross domestic product and value added, ``r2b2`` employees and wages, ``r2b3`` income of households.
An address carries the month of upload and the state of calculation: those of the next edition are tried first, those
that are known (data/catalogue/tables.yaml) after them.
"""

from __future__ import annotations

import re

from etl.errors import CatalogueError, ParseError
from etl.http import PoliteSession
from etl.sources.base import Context, Finding, Part
from etl.sources.statistikportal.addresses import expanded, requests
from etl.sources.statistikportal.probe import probe_newest
from etl.sources.vgrdl.parse import KEY, NAME, NUTS, parse
from etl.workbook import Grid, Workbook

__all__ = ["parse", "parts", "probe", "recognise"]

FILE_NAME = re.compile(r"vgr(?:dl)?_(r2b[1-3])_bs\d{4}(?:_\d+)?(?: ?\(\d+\))?\.xlsx", re.IGNORECASE | re.ASCII)

_VOLUME = re.compile(r"r2b[1-3]", re.IGNORECASE)

NOT_RECORDED = "r2b1"  # the volume whose layout is taken from the other two


def parts(table: str, context: Context) -> list[Part]:
    """The workbook of a volume, newest edition first."""
    paths = context.catalogue.options(context.source.id, table).paths
    if not paths:
        raise CatalogueError(f"tables.yaml: vgrdl {table}: names no paths; add the workbook's address")
    years = (context.today.year, context.today.year - 1)
    return [Part(requests(context.address(), expanded(paths, years)))]


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """The volume that nobody has recorded: is it there, and is it built like the others?"""
    return probe_newest(session, context, NOT_RECORDED, parts(NOT_RECORDED, context), parse)


def recognise(body: bytes, name: str) -> str | None:
    """The volume of a workbook named like the publisher's (``vgrdl_r2b3_bs2024.xlsx``); None if it is no such file.

    Raises ParseError for a workbook of this publisher that is named otherwise: the volumes look alike.
    """
    if not body.startswith(b"PK"):
        return None
    if found := FILE_NAME.fullmatch(name):
        return found[1].lower()
    if _VOLUME.search(name):
        return None
    workbook = Workbook(body, name)
    for sheet in [s for s in workbook.sheet_names if s[:1].isdigit()][:1]:
        if _is_of_a_volume(workbook.sheet(sheet)):
            raise ParseError(
                f"{name}: sheet {sheet!r}: is a sheet of a volume, but only the publisher's name of the file tells "
                "which of them; name it so, such as vgrdl_r2b1_bs2024.xlsx"
            )
    return None


def _is_of_a_volume(grid: Grid) -> bool:
    try:
        grid.header([NUTS, KEY, NAME])
    except ParseError:
        return False
    return True
