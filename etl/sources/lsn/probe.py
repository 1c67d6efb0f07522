"""What is assumed of the LSN's files, asked of one of them."""

from __future__ import annotations

from etl.errors import FetchError
from etl.http import PoliteSession
from etl.sources.base import Context, Finding
from etl.sources.lsn.parse import CODE, NAME, TIME, VALUE

TABLE = "1-2-1"  # the smallest table by district
THERE = "the files lie at the address of the catalogue"
COLUMNS = f"the first line names the columns {TIME}, {NAME}, {CODE} and {VALUE}, separated by commas, in UTF-8"
ETAG = "replies have an ETag, so that an unchanged file is not sent twice"


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """One file, one request."""
    url = f"{context.address()}/data/indicator_{TABLE}.csv"
    try:
        reply = session.get(url)
    except FetchError as error:
        return [
            Finding(THERE, "broken", str(error)),
            Finding(COLUMNS, "unknown", "no file came"),
            Finding(ETAG, "unknown", "no file came"),
        ]
    first = reply.body.partition(b"\n")[0].decode("utf-8-sig", errors="replace").strip()
    labels = [label.strip('"') for label in first.split(",")]
    etag = next((v for k, v in reply.headers.items() if k.lower() == "etag"), None)
    return [
        Finding(THERE, "held", f"{url}: {len(reply.body):,} bytes"),
        Finding(COLUMNS, "held" if {TIME, NAME, CODE, VALUE} == set(labels) else "broken", f"came: {first[:120]}"),
        Finding(ETAG, "held" if etag else "broken", etag or "none came; every run fetches all files anew"),
    ]
