"""Statistics of the Federal Employment Agency (BA): its statistics API and its workbooks (SOURCES section 3).

Both are one source with one account of requests; a table that bears a workbook's name is the workbooks' affair.
"""

from __future__ import annotations

from etl.catalogue import Catalogue
from etl.http import PoliteSession
from etl.raw import RawStore
from etl.sources.ba import api, workbooks
from etl.sources.ba.probe import probe_api
from etl.sources.ba.workbooks import BY_HAND, recognise
from etl.sources.base import Context, Fetcher, Finding, Part, Reply, Request, Tidy

__all__ = ["BY_HAND", "fetcher", "parse", "parts", "probe", "recognise"]


def parts(table: str, context: Context) -> list[Part]:
    """What to ask for: a region's key figures each, or the newest workbook."""
    return workbooks.parts(table, context) if table in workbooks.WORKBOOKS else api.parts(table, context)


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The reply as a tidy frame; see ``api.parse`` and ``workbooks.parse``."""
    return workbooks.parse(reply, catalogue) if reply.table in workbooks.WORKBOOKS else api.parse(reply, catalogue)


def fetcher(raw: RawStore, session: PoliteSession, context: Context) -> Fetcher:
    """One session for both, so that the publisher's pace is kept."""
    figures, files = api.fetcher(raw, session, context), workbooks.fetcher(raw, session, context)

    def ask(table: str, request: Request) -> Reply:
        return (files if table in workbooks.WORKBOOKS else figures)(table, request)

    return ask


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """What held of the assumptions about the API and about the workbooks."""
    tables = sorted(set(context.catalogue.tables(context.source.id)) - workbooks.WORKBOOKS)
    return [*probe_api(session, context, tables), *workbooks.probe_files(session, context)]
