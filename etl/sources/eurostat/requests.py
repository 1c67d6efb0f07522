"""What to ask Eurostat for: the filtered JSON-stat reply, and the whole table as TSV if that fails."""

from __future__ import annotations

from etl.catalogue import Catalogue
from etl.errors import CatalogueError
from etl.sources.base import Context, Part, Request

SOURCE = "eurostat"


def wanted_codes(table: str, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The codes per dimension that at least one series of the table uses, in the catalogue's order.

    A label that every series leaves out (null) is not asked for. Raises CatalogueError if no series
    reads the table, or if the series that read it do not name the same dimensions.
    """
    series = [s for _, s in catalogue.tables(SOURCE).get(table, [])]
    if not series:
        raise CatalogueError(f"{SOURCE} {table}: expected a series of the catalogue to read this table, found none")
    dims = set(series[0].columns)
    if any(set(s.columns) != dims for s in series):
        raise CatalogueError(
            f"{SOURCE} {table}: its series name different dimensions ({', '.join(sorted(dims))} and others); "
            "name every dimension of the table in each of them"
        )
    codes: dict[str, dict[str, None]] = {dim: {} for dim in series[0].columns}
    for one in series:
        for dim, labels in one.columns.items():
            codes[dim].update({label: None for label, breakdown in labels.items() if breakdown is not None})
    return {dim: tuple(labels) for dim, labels in codes.items()}


def region_ids(catalogue: Catalogue) -> dict[str, str]:
    """NUTS code to region id, for every region of the catalogue that has one."""
    return {region.nuts: region.id for region in catalogue.regions if region.nuts is not None}


def parts(table: str, context: Context) -> list[Part]:
    """The alternatives for one table, best first: filtered JSON-stat, then the whole table as gzipped TSV.

    Every dimension is named in the filter: Eurostat has no default total and would send all codes of an
    omitted one.
    """
    base = context.address()
    geo = [("geo", nuts) for nuts in region_ids(context.catalogue)]
    filters = [(dim, code) for dim, codes in wanted_codes(table, context.catalogue).items() for code in codes]
    json_stat = Request(
        url=f"{base}/statistics/1.0/data/{table}",
        params=(("format", "JSON"), ("lang", "EN"), *geo, *filters),
        name="jsonstat",
    )
    tsv = Request(
        url=f"{base}/sdmx/2.1/data/{table}",
        params=(("format", "TSV"), ("compressed", "true")),
        name="tsv",
    )
    return [Part((json_stat, tsv))]
