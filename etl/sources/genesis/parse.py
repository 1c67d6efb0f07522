"""A stored GENESIS reply, flat CSV in a zip or keyless classic CSV, as the tidy frame of the catalogue's regions."""

from __future__ import annotations

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.sources.base import Reply, Tidy
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
    if reply.name.startswith("ffcsv"):
        regions = {
            f"{variable}/{region.id}": region.id
            for variable, level in ffcsv.LEVELS.items()
            for region in catalogue.regions
            if region.level == level
        }
        frame = ffcsv.read(csv_blocks(reply.body, where, block), regions, options.merged, where)
    elif reply.name.startswith("classic"):
        ids = {region.id for region in catalogue.regions}
        frame = classic.read(reply.body, reply.table, options.classic, ids, where)
    else:
        raise ParseError(f"{where}: expected a reply named ffcsv… or classic…, got '{reply.name}'")
    _require_members(frame, catalogue, where)
    return Tidy(frame, partial=reply.name.startswith("classic"))


def _require_members(frame: pl.DataFrame, catalogue: Catalogue, where: str) -> None:
    came = set(frame["region"])
    if missing := [f"{m} {catalogue.region_by_id[m].short.de}" for m in catalogue.members if m not in came]:
        raise ParseError(
            f"{where}: expected rows of all {len(catalogue.members)} districts, missing {', '.join(missing)}; "
            "ask for them (regionalvariable, regionalkey) or look at the raw reply"
        )
