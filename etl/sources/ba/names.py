"""The districts' names as the BA's statistics API wants them: it asks by name, not by AGS (SOURCES section 3.1).

The publisher lists them in a script of its web page, ``var persistListenfelderJSON = {…};``: one of its lists holds
the districts, each entry with ``formValues`` ``{"Filtername": "Kreis", "BA_SCHL": "03101…", "DESC": "<name>"}``.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
import structlog

from etl.catalogue import Catalogue
from etl.errors import FetchError, ParseError
from etl.sources.base import Context, Fetcher, Request

LIST_PATH = "/Auswahl/Layout/Statistiktabellen/JS/DR-LZR-persistListenfelderJSON.js"
LIST_TABLE = "names"  # where the list lies in the raw store; no indicator reads it
DISTRICTS = 401
_ASSIGNMENT = re.compile(r"^\s*var\s+persistListenfelderJSON\s*=\s*(.*?)\s*;?\s*$", re.DOTALL)

log = structlog.get_logger()


def list_request(context: Context) -> Request:
    """The request for the publisher's list of names."""
    return Request(context.address("files") + LIST_PATH, name="districts")


def parse_names(body: bytes) -> dict[str, str]:
    """The publisher's name of each district by AGS.

    Raises ParseError if the script or its list of districts is not in the known shape.
    """
    where = "ba: list of names"
    try:
        found = _ASSIGNMENT.match(body.decode("utf-8-sig"))
        lists = orjson.loads(found[1]) if found else None
    except (UnicodeDecodeError, orjson.JSONDecodeError) as error:
        raise ParseError(f"{where}: cannot be read ({error}); look at the raw reply") from error
    if not isinstance(lists, dict):
        raise ParseError(
            f"{where}: expected 'var persistListenfelderJSON = {{…}};', came {body[:60]!r}; look at the raw reply"
        )
    for entries in lists.values():
        names = _district_names(entries)
        if names:
            return names
    raise ParseError(f"{where}: no list with formValues.Filtername 'Kreis' is in it; look at the raw reply")


def _district_names(entries: Any) -> dict[str, str]:  # noqa: ANN401 - whatever the script holds
    """AGS → name, if this is the list of districts, else nothing."""
    names: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else []:
        form = entry.get("formValues") if isinstance(entry, dict) else None
        if not isinstance(form, dict) or form.get("Filtername") != "Kreis":
            continue
        values = {**entry, **form}
        key, name = str(values.get("BA_SCHL", "")), str(values.get("DESC", "")).strip()
        if re.match(r"\d{5}", key, re.ASCII) and name:
            names.setdefault(key[:5], name)
    return names


class Names:
    """The names for the requests of one run: the publisher's, or the catalogue's where his list cannot be had."""

    def __init__(self, fetch: Fetcher, context: Context) -> None:
        self._fetch = fetch
        self._context = context
        self._listed: dict[str, str] | None = None

    def of(self, region: str) -> str:
        """The name of a region of the catalogue; the list is asked for once, when the first district needs it."""
        own = name_in_catalogue(self._context.catalogue, region)
        if self._context.catalogue.region_by_id[region].level != "district":
            return own
        if self._listed is None:
            self._listed = self._ask()
        return self._listed.get(region, own)

    def _ask(self) -> dict[str, str]:
        try:
            return parse_names(self._fetch(LIST_TABLE, list_request(self._context)).body)
        except (FetchError, ParseError) as error:
            log.warning("ba: asked with the catalogue's names, the publisher's list cannot be had", reason=str(error))
            return {}


def name_in_catalogue(catalogue: Catalogue, region: str) -> str:
    """The first of the region's names in regions.yaml, which for districts is the BA's ("Braunschweig, Stadt")."""
    entry = catalogue.region_by_id[region]
    return entry.names[0] if entry.names else entry.name.de
