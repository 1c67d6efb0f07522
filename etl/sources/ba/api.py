"""The BA's statistics API: key figures by month, one region a request, asked by name (SOURCES section 3.1).

A table holds this month, the one before and the same month a year earlier; the series grows from run to run.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from urllib.parse import parse_qsl, urlsplit

import polars as pl

from etl.catalogue import Catalogue, join_breakdown, parse_breakdown
from etl.entries import Series
from etl.errors import FetchError, ParseError
from etl.http import PoliteSession
from etl.mapping import MONTHS
from etl.raw import RawStore, fetch
from etl.sources.ba.eckwerte import MONTH, Cell, Table, read_csv, read_json
from etl.sources.ba.names import Names
from etl.sources.base import Context, Fetcher, Part, Reply, Request, Tidy

LAND, COUNTRY = "03", "DG"
FORMS = {"csv": "/bifrontend/bids-api/ct/v1/tableFetch/csv", "json": "/bifrontend/bids-api/pc/v1/tableFetch/dia"}
# most tables hold every level, told apart by the parameter; of unemployment there is one table a level
LEVELS = {
    "EckwerteTabelleALOKr": ("district",),
    "EckwerteTabelleALOBL": ("land",),
    "EckwerteTabelleALOD": ("country",),
}
ALL_LEVELS = ("district", "land", "country")
PARAMETERS = {"district": "Kreis", "land": "Bundesland"}  # Germany is what is given without one
SUFFIXES = {"EckwerteTabelleBST": " AO"}  # employees are counted at the place of work
OTHERS = "*"  # as in ``etl.mapping``


def parts(table: str, context: Context) -> list[Part]:
    """One part a region: its CSV, or else its JSON. A district must come, Land and Germany may be missing."""
    regions = {"district": context.catalogue.members, "land": (LAND,), "country": (COUNTRY,)}
    levels = LEVELS.get(table, ALL_LEVELS)
    return [
        Part(
            tuple(_request(form, table, level, region, context) for form in FORMS),
            optional=len(levels) > 1 and level != "district",
        )
        for level in levels
        for region in regions[level]
    ]


def _request(form: str, table: str, level: str, region: str, context: Context) -> Request:
    """The request with the region's id in braces: only the fetcher knows the name that the publisher wants."""
    name = PARAMETERS.get(level)
    params = ((name + SUFFIXES.get(table, ""), f"{{{region}}}"),) if name else ()
    return Request(f"{context.address()}{FORMS[form]}/{table}", params, name=f"{form}-{region}")


def fetcher(raw: RawStore, session: PoliteSession, context: Context) -> Fetcher:
    """Puts the publisher's names into the requests and sees to it that the region is heeded."""

    def plain(table: str, request: Request) -> Reply:
        return fetch(raw, session, context.source.id, table, request)

    names = Names(plain, context)
    seen: dict[tuple[str, str, str], str] = {}  # (table, form, hash) → region
    deaf: dict[str, str] = {}  # table → why none of its replies can be trusted

    def ask(table: str, request: Request) -> Reply:
        if table in deaf:
            raise FetchError(deaf[table])
        params = tuple((k, names.of(v[1:-1]) if v.startswith("{") else v) for k, v in request.params)
        reply = plain(table, replace(request, params=params))
        form, _, region = request.name.partition("-")
        other = seen.setdefault((table, form, reply.sha256), region)
        if other != region:
            deaf[table] = (
                f"ba: table {table}: {reply.url} answered for {region} word for word what it answered for {other}: "
                "the parameter of the region seems to be ignored; see the API's documentation and mend "
                "etl/sources/ba/api.py"
            )
            raise FetchError(deaf[table])
        return reply

    return ask


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """One region's key figures: columns ``section`` and ``row`` as printed, ``time`` as the table's indicators read it.

    Rows that no indicator reads are left out. Raises ParseError where the reply is not in the known shape, is of
    another region than was asked for, or lacks a row that an indicator reads.
    """
    form, _, region = reply.name.partition("-")
    where = f"{reply.source}: table {reply.table} ({reply.url})"
    if form not in FORMS or region not in catalogue.region_by_id:
        raise ParseError(f"{where}: the stored reply '{reply.name}' is none of the API's; delete it and run again")
    table = read_csv(reply.body, where) if form == "csv" else read_json(reply.body, where)
    notes = _region_notes(table, reply, region, catalogue, where)
    series = [s for _, s in catalogue.tables(reply.source).get(reply.table, [])]
    _refuse_missing_rows(table.cells, series, where)
    read = [c for c in table.cells if any(_breakdown(c, s) is not None for s in series)]
    by_day = any(s.period.kind == "reference_date" for s in series)
    rows = [(c.section, c.row, region, _time(c, by_day, where), *c.figure(where)) for c in read]
    frame = pl.DataFrame(
        rows,
        schema={
            "section": pl.String,
            "row": pl.String,
            "region": pl.String,
            "time": pl.String,
            "value": pl.Float64,
            "status": pl.String,
        },
        orient="row",
    )
    return Tidy(frame, notes, partial=True)


def _region_notes(table: Table, reply: Reply, region: str, catalogue: Catalogue, where: str) -> tuple[str, ...]:
    """Refuse the reply if its metadata name another region; a note if they name none. JSON has no metadata."""
    if not table.metadata or region == COUNTRY:
        return ()
    asked = {name for _, name in parse_qsl(urlsplit(reply.url).query)}
    own = {*asked, *catalogue.region_by_id[region].names}
    others = {name: r.id for r in catalogue.regions for name in (*r.names, r.name.de) if r.id != region}
    if any(re.match(rf"{re.escape(name)}(?!\w)", value) for value in table.metadata.values() for name in own):
        return ()
    for key, value in table.metadata.items():
        if value in others:
            raise ParseError(
                f"{where}: asked for {region} ({', '.join(sorted(asked))}), the reply is of another region "
                f"('{key}: {value}'); see the API's documentation and mend etl/sources/ba/api.py"
            )
    return (f"table {reply.table}: the reply for {region} does not say which region it is of",)


def _breakdown(cell: Cell, series: Series) -> str | None:
    """What the catalogue makes of a cell's section and row; None: left out."""
    fragments = []
    for column, label in (("section", cell.section), ("row", cell.row)):
        labels = {known.strip().casefold(): part for known, part in series.columns.get(column, {}).items()}
        fragments.append(labels.get(label.strip().casefold(), labels.get(OTHERS)))
    return _joined(fragments)


def _joined(fragments: Sequence[str | None]) -> str | None:
    if None in fragments:
        return None
    return join_breakdown({k: v for f in fragments for k, v in parse_breakdown(f or "").items()})


def _refuse_missing_rows(cells: Sequence[Cell], series: Sequence[Series], where: str) -> None:
    """A label that has changed must not pass for a figure that is no longer published."""
    came = {(c.section, c.row): c for c in cells}
    for one in series:
        wanted = {_joined(f) for f in product(*(set(labels.values()) for labels in one.columns.values()))} - {None}
        missing = wanted - {_breakdown(c, one) for c in came.values()}
        if missing:
            known = [label for label, part in one.columns.get("row", {}).items() if part is not None]
            rows = "; ".join(f"{c.place} '{row}'" for (_, row), c in list(came.items())[:20])
            raise ParseError(
                f"{where}: no row for the breakdowns {sorted(map(repr, missing))}: expected one of {known}, came "
                f"{rows}; if a label has changed, add it to 'columns' of the indicator in data/catalogue/indicators"
            )


def _time(cell: Cell, by_day: bool, where: str) -> str:
    """The month as published; of a stock on a reference date the month's last day."""
    if not MONTH.fullmatch(cell.month):
        raise ParseError(f"{where}: {cell.place}: expected a month like 'Mai 2026', came {cell.month[:40]!r}")
    if not by_day:
        return cell.month
    name, year = cell.month.split()
    month = MONTHS.index(name) + 1
    return f"{year}-{month:02}-{calendar.monthrange(int(year), month)[1]:02}"
