"""A file of a meeting as a typeset PDF: A4, tagged, with real text and figures as vectors.

Set by typst in memory. The template and the fonts that typst brings along are all it reads; what readers wrote comes as
data and is never read as markup. Nothing is written to disk.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
import vl_convert

from dashboard.meeting.document import Document, Part
from dashboard.tables import FigureTable
from dashboard.text import text

TEMPLATE = Path(__file__).parent.parent / "assets" / "meeting.typ"


def meeting_pdf(document: Document) -> bytes:
    """The PDF of a document; the same document is the same file."""
    made: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        ignore_system_fonts=True,  # the same on every machine
        sys_inputs={"data": json.dumps(_data(document), ensure_ascii=False)},
        timestamp=int(document.published.timestamp()),
    )
    return made


def _data(document: Document) -> dict[str, Any]:
    """What the template reads; figures as lists of bytes, because its inputs are texts."""
    lang = document.lang
    keys = {
        "contents": "round_table.contents",
        "news": "round_table.news.title",
        "events": "round_table.news.events",
        "note": "round_table.note",
        "figures": "round_table.figures",
        "since_then": "past.then_and_now",
        "own": "past.own",
        "state": "round_table.cover.state",
        "hints": "round_table.notes_title",
        "code": "round_table.code_alt",
        "code_says": "round_table.code_says",
        "closing": "round_table.closing.title",
        "revised": "round_table.news.revised",
        "sources": "round_table.sources",
        "methods": "round_table.methods",
        "notes": "round_table.notes_title",
    }
    page = text(lang, "round_table.page_of", page="{page}", pages="{pages}")
    return {
        "lang": lang,
        "title": document.title,
        "publisher": f"{text(lang, 'app.title')}, {text(lang, 'app.place')}",
        "about": text(lang, "app.description"),
        "state": document.state,
        "words": {name: text(lang, key) for name, key in keys.items()} | {"page": page},
        "facts": document.facts,
        "news": document.news,
        "events": document.events,
        "parts": [_part(part) for part in document.parts],
        "revised": _table(document.revised),
        "revised_more": document.revised_more,
        "sources": document.sources,
        "methods": document.methods,
        "closing": document.closing,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "number": part.number,
        "heading": part.heading,
        "finding": part.finding,
        "subtitle": part.subtitle,
        "note": part.note,
        "notes": part.notes,
        "figure": list(_figure(part.figure)),
        "alt": part.alt,
        "table": _table(part.table),
        "more": part.more_rows,
        "caveats": part.caveats,
        "filters": part.filters,
        "source": part.source,
        "licences": part.licences,
        "state": part.state,
        "link": part.link,
        "code": part.code,
        "past": part.past,
        "then_now": _table(part.then_now),
        "then_now_more": part.then_now_more,
    }


def _figure(svg: str) -> bytes:
    """The figure as a page of its own: its letters are embedded there, and typst has no such font."""
    if not svg:
        return b""
    made: bytes = vl_convert.svg_to_pdf(svg)
    return made


def _table(table: FigureTable | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {"columns": table.columns, "rows": [[cell.text for cell in row] for row in table.rows]}
