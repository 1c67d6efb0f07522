"""What to ask a GENESIS web service for, and where: addresses and form fields, without credentials."""

from __future__ import annotations

from urllib.parse import urlsplit

from etl.catalogue import Catalogue
from etl.entries import Source
from etl.sources.base import Context, Part, Request

Form = tuple[tuple[str, str], ...]

CLASSIC_SOURCE = "regionalstatistik"  # the only host with a keyless download
EARLIEST_YEAR = 1995  # no district table of either host begins before it
LANGUAGE = ("language", "de")


def parts(table: str, context: Context) -> list[Part]:
    """The whole table as ffcsv (needs the account), then the newest year as the keyless classic CSV.

    Without an account the classic CSV is the only way; a table that has none gives nothing. With one it stands in for
    tables that the web service does not have, not for a service that is down: it holds one year only.
    """
    ways = [] if context.credentials is None else [table_request(table, context)]
    ways += classic_requests(table, context)
    return [Part(tuple(ways), only_if_absent=True)] if ways else []


def table_request(table: str, context: Context) -> Request:
    """``data/tablefile`` of one table from its first year on."""
    form = table_form(context.source.id, table, context.catalogue, context.today.year)
    return Request(f"{service_address(context)}/data/tablefile", name="ffcsv", form=form)


def table_form(source: str, table: str, catalogue: Catalogue, last_year: int) -> Form:
    """The form fields of ``data/tablefile``; without a first year only the newest period would come."""
    options = catalogue.options(source, table)
    form: Form = (
        ("name", table),
        ("area", "all"),
        ("format", "ffcsv"),
        LANGUAGE,
        ("startyear", str(options.since or EARLIEST_YEAR)),
        ("endyear", str(last_year)),
        ("quality", "on"),
        ("compress", "false"),
        ("job", "false"),
    )
    if options.regional_variable:
        form += (("regionalvariable", options.regional_variable),)
    if options.regional_key:
        form += (("regionalkey", options.regional_key),)
    for n, (variable, keys) in enumerate(options.classifying.items(), start=1):
        form += ((f"classifyingvariable{n}", variable), (f"classifyingkey{n}", keys))
    return form


def as_job(form: Form) -> Form:
    """The same table ordered as a job. The tables that need one are huge, so cells without anything are left out."""
    changed = {"job": "true", "compress": "true"}
    return tuple((name, changed.get(name, text)) for name, text in form)


def classic_requests(table: str, context: Context) -> list[Request]:
    """The keyless CSV of one table, if its host has one and the catalogue knows the table's layout."""
    known = context.catalogue.options(context.source.id, table).classic is not None
    if context.source.id != CLASSIC_SOURCE or not known:
        return []
    return [Request(f"{classic_address(context)}/00/tables/{table}_00.csv", name="classic")]


def service_address(context: Context) -> str:
    """The address of the REST service; an override that names only the host gets the service's usual path."""
    address = context.address()
    return address if "/rest/" in address else address + _rest_path(context.source)


def classic_address(context: Context) -> str:
    """The address of the keyless download; an override of the REST service moves it too."""
    if context.override is None:
        return context.address("classic")
    return f"{service_address(context).partition('/rest/')[0]}/downloader"


def _rest_path(source: Source) -> str:
    return urlsplit(source.address).path.rstrip("/")
