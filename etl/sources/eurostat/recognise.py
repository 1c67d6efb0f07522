"""Which Eurostat table a file holds that someone downloaded by hand, as JSON-stat or as TSV."""

from __future__ import annotations

import re

import orjson

# estat_demo_r_pjangrp3.tsv.gz, demo_r_pjangrp3__custom_123456_tabular.tsv, a browser's second copy of either
FILE_NAME = re.compile(
    r"(?:estat_)?([a-z][a-z0-9_]*?)(?:__custom_\d+)?(?:_tabular|_linear)?(?: ?\(\d+\))?\.tsv(?:\.gz)?",
    re.IGNORECASE | re.ASCII,
)


def recognise(body: bytes, name: str) -> str | None:
    """The table that a JSON-stat data set says it is, or that the name of a TSV file says; None if neither does.

    Whether it is built like that table is told by ``parse``.
    """
    if body.lstrip()[:1] == b"{":
        return _named_within(body)
    found = FILE_NAME.fullmatch(name)
    return found[1].lower() if found else None


def _named_within(body: bytes) -> str | None:
    """``extension.id`` of the data set: ``DEMO_R_PJANGRP3``."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    extension = document.get("extension") if isinstance(document, dict) else None
    table = extension.get("id") if isinstance(extension, dict) else None
    return table.lower() if isinstance(table, str) else None
