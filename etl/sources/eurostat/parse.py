"""A stored Eurostat reply as the tidy frame of the codes and regions that the catalogue names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from etl.catalogue import Catalogue
from etl.errors import ParseError
from etl.sources.base import BY_HAND, Reply, Tidy
from etl.sources.eurostat import jsonstat, tsv
from etl.sources.eurostat.flags import with_status
from etl.sources.eurostat.requests import region_ids, wanted_codes

DECODERS: Mapping[str, Callable[[bytes, str], pl.DataFrame]] = {"jsonstat": jsonstat.decode, "tsv": tsv.decode}

_SHOWN = 6  # codes listed in a note before "and n more"


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The reply's cells whose codes a series of the catalogue uses, for regions of the catalogue.

    The frame has the dimensions in alphabetical order (without ``geo``), ``region``, ``time``, ``value``,
    ``status``, sorted, and is the same whether the table came as JSON-stat or as TSV. Codes and regions that
    did not come are notes. Raises ParseError if the reply is no data, if its dimensions are not those that
    the catalogue names, if nothing wanted is in it, or if a cell stands in it twice.
    """
    table = reply.table
    decoder = DECODERS.get(_form(reply))
    if decoder is None:
        raise ParseError(f"eurostat {table}: expected a reply in the role {' or '.join(DECODERS)}, got '{reply.name}'")
    cells = decoder(reply.body, table)
    wanted = wanted_codes(table, catalogue)
    regions = region_ids(catalogue)
    dims = sorted(set(cells.columns) - {"geo", "time", "value", "flag"})
    _check_dimensions(cells, dims, wanted, table)
    kept = cells.filter(
        pl.col("geo").is_in(list(regions)), *(pl.col(dim).is_in(codes) for dim, codes in wanted.items())
    )
    if kept.is_empty():
        raise ParseError(
            f"eurostat {table}: expected figures for the codes of the catalogue, got none among {cells.height} cells; "
            "compare the series' codes and the regions' NUTS codes with the publisher's"
        )
    _refuse_ambiguous(kept, [dim for dim in dims if dim not in wanted], table)
    _refuse_twins(kept, [*dims, "geo", "time"], table)
    with_statuses, notes = with_status(kept)
    frame = (
        with_statuses.with_columns(region=pl.col("geo").replace_strict(regions, return_dtype=pl.String))
        .select(*dims, "region", "time", "value", "status")
        .sort(*dims, "region", "time")
    )
    missing = [*_missing_codes(kept, wanted), *_missing_regions(kept, catalogue)]
    return Tidy(frame, tuple(f"table {table}: {note}" for note in (*notes, *missing)))


def _form(reply: Reply) -> str:
    """A reply's name says what it is; of a file that came by hand the body does."""
    if reply.name != BY_HAND:
        return reply.name
    return "jsonstat" if reply.body.lstrip()[:1] == b"{" else "tsv"


def _check_dimensions(cells: pl.DataFrame, dims: list[str], wanted: Mapping[str, tuple[str, ...]], table: str) -> None:
    lacking = sorted({"geo", "time", *wanted} - set(cells.columns))
    if lacking:
        raise ParseError(
            f"eurostat {table}: expected the dimensions {', '.join(['geo', 'time', *wanted])}, "
            f"got {', '.join(['geo', 'time', *dims])}: {', '.join(lacking)} missing; check the series' columns"
        )


def _refuse_ambiguous(kept: pl.DataFrame, unnamed: list[str], table: str) -> None:
    """A dimension that the catalogue does not name must not hide several figures behind one."""
    for dim in unnamed:
        codes = kept[dim].unique().sort().to_list()
        if len(codes) > 1:
            raise ParseError(
                f"eurostat {table}: dimension '{dim}' came with {len(codes)} codes ({_some(codes)}), and the catalogue "
                "names none of them; add it to the columns of the table's series"
            )


def _refuse_twins(kept: pl.DataFrame, keys: list[str], table: str) -> None:
    twins = kept.filter(kept.select(keys).is_duplicated())
    if twins.height:
        raise ParseError(
            f"eurostat {table}: expected one figure a cell, got {twins.height} rows that share their codes, "
            f"first at {', '.join(map(str, twins.select(keys).row(0)))}; fetch it again"
        )


def _missing_codes(kept: pl.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    notes: list[str] = []
    for dim, codes in wanted.items():
        absent = [code for code in codes if code not in set(kept[dim])]
        if absent:
            notes.append(f"no figures came for {dim} {_some(absent)}")
    return notes


def _missing_regions(kept: pl.DataFrame, catalogue: Catalogue) -> list[str]:
    """One note for a whole level that the table does not have, else the regions by code."""
    came = set(kept["geo"])
    notes: list[str] = []
    for level in dict.fromkeys(region.level for region in catalogue.regions):
        codes = [region.nuts for region in catalogue.regions if region.level == level and region.nuts is not None]
        absent = [code for code in codes if code not in came]
        if absent and len(absent) == len(codes):
            notes.append(f"no figures came for regions of level '{level}'")
        elif absent:
            notes.append(f"no figures came for geo {_some(absent)}")
    return notes


def _some(codes: list[str]) -> str:
    more = len(codes) - _SHOWN
    return ", ".join(codes[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
