"""Which table a file of the Integrationsmonitoring holds that someone downloaded by hand."""

from __future__ import annotations

import re

from etl.errors import ParseError
from etl.sources.lsn import workbook
from etl.sources.lsn.parse import CODE, NAME, TIME, VALUE
from etl.workbook import Workbook

# several tables have the same columns: only the publisher's own file name tells them apart
FILE_NAME = re.compile(r"indicator_(\d+-\d+-\d+)(?: ?\(\d+\)|-\d+)?\.csv", re.IGNORECASE | re.ASCII)
COLUMNS = (TIME, NAME, CODE, VALUE)
ENOUGH = 2  # of the columns: a file with so many is one of the LSN's, if a changed one
WORKBOOK = "5-2-2"
LABELS = (workbook.CODE, workbook.YEAR, *workbook.SEXES, workbook.QUALIFICATION_GROUP)
ENOUGH_LABELS = 3  # of the labels of a workbook's header
_A_TABLE = re.compile(r"(?<!\d)\d+-\d+-\d+(?!\d)", re.ASCII)


def recognise(body: bytes, name: str) -> str | None:
    """The table of a file named like the publisher's (``indicator_1-2-1.csv``, ``2025_5-2-2.xlsx``, also a browser's
    second copy of it), and the workbook's table of any workbook with most of its labels; None if it is no such file.

    Raises ParseError for a CSV file of the LSN that nothing but its columns gives away, and for a workbook that
    cannot be read.
    """
    return _workbook(body, name) if body.startswith(b"PK") else _csv(body, name)


def _csv(body: bytes, name: str) -> str | None:
    header = body.decode("utf-8-sig", errors="replace").partition("\n")[0]
    labels = [label.strip().strip('"') for label in header.split(",")]
    found = FILE_NAME.fullmatch(name)
    if found and {TIME, VALUE} <= set(labels):
        return found[1]
    missing = [column for column in COLUMNS if column not in labels]
    if len(COLUMNS) - len(missing) < ENOUGH or _A_TABLE.search(name):
        return None
    if missing and missing != [NAME, CODE]:  # a table of the whole Land names no region
        raise ParseError(f"{name}: line 1: columns {missing} are missing, came {labels}; look at the file")
    raise ParseError(
        f"{name}: line 1: has the columns of several tables of the LSN, which only the publisher's name of the file "
        "tells apart; name it so, such as indicator_1-2-1.csv"
    )


def _workbook(body: bytes, name: str) -> str | None:
    found = workbook.FILE_NAME.fullmatch(name)
    if found or _A_TABLE.search(name):
        return WORKBOOK if found and found[1] == WORKBOOK else None
    book = Workbook(body, name)
    grid = book.sheet(book.sheet_names[0])
    texts = {grid.label(r, c) for r in range(min(grid.height, 60)) for c in range(len(grid.rows[r]))}
    fitting = [label for label in LABELS if any(text.startswith(label) for text in texts)]
    return WORKBOOK if len(fitting) >= ENOUGH_LABELS else None
