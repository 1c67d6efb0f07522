"""A stored GENESIS reply, flat CSV in a zip or keyless classic CSV, as the tidy frame of the catalogue's regions."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.sources.base import BY_HAND, Reply, Tidy
from etl.sources.genesis import classic, ffcsv
from etl.sources.genesis.archive import BLOCK, csv_blocks


def parse(reply: Reply, catalogue: Catalogue, block: int = BLOCK) -> Tidy:
    """The reply's cells in the publisher's codes (flat CSV) or its German labels (classic CSV).

    The frame has a column per variable or, in the classic form, per header row that the catalogue names, then
    ``value_variable_code``, ``value_unit``, ``region``, ``time``, ``value``, ``status``. A classic table holds the
    newest period only. Raises ParseError if the reply is not in a known shape or lacks one of the eight districts.
    """
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    options = catalogue.options(reply.source, reply.table)
    form = _form(reply)
    if form == "ffcsv":
        regions = {
            f"{variable}/{region.id}": region.id
            for variable, level in ffcsv.LEVELS.items()
            for region in catalogue.regions
            if region.level == level
        }
        frame = ffcsv.read(_blocks(reply, where, block), regions, options.merged, where)
    elif form == "classic":
        ids = {region.id for region in catalogue.regions}
        frame = classic.read(reply.body, reply.table, options.classic, ids, where)
    else:
        raise ParseError(f"{where}: expected a reply named ffcsv… or classic…, got '{reply.name}'")
    _require_members(frame, catalogue, where)
    return Tidy(frame, partial=form == "classic")


def _form(reply: Reply) -> str:
    """Which of the two forms a reply has: its name says it, of a file that came by hand the body."""
    if reply.name == BY_HAND:
        return "ffcsv" if classic.printed_table(reply.body) is None else "classic"
    return next((form for form in ("ffcsv", "classic") if reply.name.startswith(form)), reply.name)


def _blocks(reply: Reply, where: str, block: int) -> Iterable[bytes]:
    """The flat CSV in blocks; a file that came by hand may be unpacked already."""
    if reply.name == BY_HAND and not reply.body.startswith(b"PK"):
        return (reply.body,)
    return csv_blocks(reply.body, where, block)


def _require_members(frame: pl.DataFrame, catalogue: Catalogue, where: str) -> None:
    came = set(frame["region"])
    if missing := [f"{m} {catalogue.region_by_id[m].short.de}" for m in catalogue.members if m not in came]:
        raise ParseError(
            f"{where}: expected rows of all {len(catalogue.members)} districts, missing {', '.join(missing)}; "
            "ask for them (regionalvariable, regionalkey) or look at the raw reply"
        )
