"""The BA's workbooks: which there are, where the newest edition lies, and who reads each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from etl.catalogue import Catalogue
from etl.errors import CatalogueError, FetchError, NotOfferedError, ParseError
from etl.http import HttpReply, PoliteSession
from etl.logs import redact
from etl.raw import RawStore, fetch
from etl.sources.ba import amr, krpend, nationalities
from etl.sources.ba.discover import FILE_PARAMS, SEARCH_PAGE, at, editions_back, editions_on_page, topic
from etl.sources.base import Context, Fetcher, Finding, Part, Reply, Request, Tidy
from etl.workbook import Workbook

FILES = "files"  # the service in sources.yaml that the workbooks come from
LAND = "03"
READERS: Final[dict[str, Callable[[Reply, Catalogue], Tidy]]] = {
    "amr": amr.parse,
    "krpend": krpend.parse,
    "nationalities": nationalities.parse,
}
WORKBOOKS: Final = frozenset(READERS)
PROBED: Final = "amr"  # the smallest file; the others are found by the same page
BY_HAND: Final = WORKBOOKS - {"amr"}  # each in one file; a report of amr holds one district


def parts(table: str, context: Context) -> list[Part]:
    """What to ask for: one workbook, or one of each district and the Land; none of a table that comes by hand.

    The addresses still hold ``{month}`` or ``{year}``: the fetcher finds out which edition is the newest.
    """
    if context.catalogue.options(context.source.id, table).manual:
        return []
    url = f"{context.address(FILES)}/{_path(table, context)}"
    if "{region}" not in url:
        return [Part((Request(url, FILE_PARAMS, "xlsx"),))]
    regions = (*context.catalogue.members, LAND)
    return [Part((Request(url.replace("{region}", r), FILE_PARAMS, f"{amr.NAME}{r}"),)) for r in regions]


def parse(reply: Reply, catalogue: Catalogue) -> Tidy:
    """The workbook as a tidy table of some periods. Raises ParseError with sheet and cell."""
    return READERS[reply.table](reply, catalogue)


def recognise(body: bytes, filename: str) -> str | None:
    """Which of the tables that may come by hand a file holds, by its layout; None if none of them.

    Raises ParseError for an archive that is no workbook or cannot be read.
    """
    if not body.startswith(b"PK"):
        return None
    workbook = Workbook(body, filename)
    if set(krpend.SHEETS) & set(workbook.sheet_names):
        return "krpend"
    return "nationalities" if nationalities.recognised(workbook) else None


def fetcher(raw: RawStore, session: PoliteSession, context: Context) -> Fetcher:
    """Asks for the newest edition; all parts of a table come from one and the same, that of its first part.

    The search page names it. If the page is of no use, a few months back are tried one by one, in which a missing file
    (404) means that it is not published.
    """
    chosen: dict[str, str] = {}

    def get(table: str, request: Request) -> Reply:
        path = _path(table, context)
        if table in chosen:
            editions = [chosen[table]]
        else:
            back = editions_back(path, context.today)
            newest = _newest_on_page(session, context, path)
            editions = back if newest is None else [newest, *(e for e in back if e < newest)]
        for edition in editions:
            try:
                asked = replace(request, url=at(request.url, edition))
                reply = fetch(raw, session, context.source.id, table, asked, _must_be_a_workbook)
            except NotOfferedError:
                continue
            chosen[table] = edition
            return reply
        raise NotOfferedError(
            f"{context.source.id}: table {table}: {request.url} is not published for {', '.join(editions)}; look for "
            f"the file on {context.address(FILES)}/{SEARCH_PAGE}?topic_f={topic(path)} and mend 'paths' in "
            "data/catalogue/tables.yaml"
        )

    return get


def _must_be_a_workbook(reply: HttpReply) -> None:
    """Refuse, before it is kept, what is no archive: a web page under maintenance, an empty reply."""
    if reply.status == 200 and not reply.body.startswith(b"PK"):
        raise FetchError(
            f"ba: {redact(reply.url)}: expected an XLSX workbook, came {len(reply.body)} bytes beginning with "
            f"{reply.body[:20]!r} (maintenance?); run again later"
        )


def probe_files(session: PoliteSession, context: Context) -> list[Finding]:
    """Whether the search page still links the smallest workbook at its assumed address, and whether it can be read."""
    return _probe(session, context, PROBED)


def _probe(session: PoliteSession, context: Context, table: str) -> list[Finding]:
    path = _path(table, context)
    assumption = f"the search page lists {table} at {path}"
    try:
        editions = editions_on_page(_page(session, context, path), path)
    except FetchError as error:
        return [Finding(assumption, "broken" if isinstance(error, NotOfferedError) else "unknown", str(error))]
    if not editions:
        return [Finding(assumption, "broken", f"no such link under topic {topic(path)}")]
    return [Finding(assumption, "held", f"newest {editions[0]}"), _probe_layout(session, context, table, editions[0])]


def _probe_layout(session: PoliteSession, context: Context, table: str, edition: str) -> Finding:
    request = parts(table, context)[0].alternatives[0]
    assumption = f"{table} has the assumed layout ({edition})"
    try:
        got = session.get(at(request.url, edition), request.params)
        reply = Reply(context.source.id, table, request.name, got.url, got.body, got.received_at, "")
        tidy = parse(reply, context.catalogue)
    except FetchError as error:
        return Finding(assumption, "unknown", str(error))
    except ParseError as error:
        return Finding(assumption, "broken", str(error))
    return Finding(assumption, "held", f"{tidy.frame.height} figures of {', '.join(sorted(set(tidy.frame['time'])))}")


def _newest_on_page(session: PoliteSession, context: Context, path: str) -> str | None:
    try:
        editions = editions_on_page(_page(session, context, path), path)
    except FetchError:
        return None
    return editions[0] if editions else None


def _page(session: PoliteSession, context: Context, path: str) -> str:
    reply = session.get(f"{context.address(FILES)}/{SEARCH_PAGE}", (("topic_f", topic(path)),))
    return reply.body.decode("utf-8", errors="replace")


def _path(table: str, context: Context) -> str:
    paths = context.catalogue.options(context.source.id, table).paths
    if len(paths) != 1:
        raise CatalogueError(
            f"data/catalogue/tables.yaml: {context.source.id} {table}: 'paths': expected one address, came {len(paths)}"
        )
    return paths[0]
