"""Which table a file of the Integrationsmonitoring holds that someone downloaded by hand."""

from __future__ import annotations

import re

from etl.sources.lsn.parse import TIME, VALUE

# several tables have the same columns: only the publisher's own file name tells them apart
FILE_NAME = re.compile(r"indicator_(\d+-\d+-\d+)(?: ?\(\d+\)|-\d+)?\.csv", re.IGNORECASE | re.ASCII)


def recognise(body: bytes, name: str) -> str | None:
    """The table of a file named like the publisher's (``indicator_1-2-1.csv``, also a browser's second copy of it)
    whose first line names the publisher's columns; None if it is no such file.
    """
    found = FILE_NAME.fullmatch(name)
    header = body.decode("utf-8-sig", errors="replace").partition("\n")[0]
    labels = {label.strip().strip('"') for label in header.split(",")}
    return found[1] if found and {TIME, VALUE} <= labels else None
