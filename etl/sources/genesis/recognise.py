"""Which GENESIS table a file holds that someone downloaded by hand: flat CSV in its zip, or the classic CSV."""

from __future__ import annotations

import re

from etl.archive import Archive
from etl.errors import ParseError
from etl.sources.genesis.archive import LIMITS
from etl.sources.genesis.classic import printed_table

_ID = re.compile(r"(\d{5}-(?:\d{4}|\d\d-\d\d-\d(?:-[A-Z])?))(?![0-9A-Za-z-])", re.ASCII)


def recognise(body: bytes, name: str) -> str | None:
    """The table that the first line of a classic CSV, the zip's member or the file's name says; None if none does.

    Raises ParseError for a workbook, and for an archive that is damaged or larger than any table.
    """
    if name.lower().endswith(".xlsx"):
        raise ParseError(f"{name}: is a workbook, expected the table as flat CSV (zip) or CSV; download it as one")
    if not body.startswith(b"PK"):
        return printed_table(body) or _table_of(name)
    member = next(iter(Archive(body, name, LIMITS).names), "")
    return _table_of(member) or _table_of(name)


def _table_of(file_name: str) -> str | None:
    found = _ID.match(file_name)
    return found[1] if found else None
