"""LSN, Integrationsmonitoring Niedersachsen: one CSV file an indicator (SOURCES section 4.1), and a workbook.

Employees by qualification (5-2-2) are in no CSV file; the LSN's own page offers them as a workbook, whose name begins
with the year of the report.
"""

from __future__ import annotations

from etl.catalogue import Catalogue
from etl.sources.base import Context, Part, Reply, Request, Tidy
from etl.sources.lsn.parse import parse as parse_csv
from etl.sources.lsn.probe import probe
from etl.sources.lsn.recognise import WORKBOOK, recognise
from etl.sources.lsn.workbook import parse as parse_workbook

__all__ = ["parse", "parts", "probe", "recognise"]

WORKBOOKS = (WORKBOOK,)
EDITIONS = 3  # this year's report, and two before it


def parts(table: str, context: Context) -> list[Part]:
    """The one file that holds the table, e.g. ``1-2-1``; of a workbook the newest edition."""
    if table not in WORKBOOKS:
        return [Part((Request(f"{context.address()}/data/indicator_{table}.csv", name="csv"),))]
    address = context.address("workbooks")
    years = range(context.today.year, context.today.year - EDITIONS, -1)
    return [Part(tuple(Request(f"{address}/excel/{year}_{table}.xlsx", name=f"{year}.xlsx") for year in years))]


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The table as its file shows it. Raises ParseError or CorrectionError."""
    return (parse_workbook if reply.table in WORKBOOKS else parse_csv)(reply, catalogue)
