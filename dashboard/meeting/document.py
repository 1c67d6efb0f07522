"""A file of a meeting as a document: every word, figure and picture of it, before it is typeset in any format.

All formats are made of this, so that they say the same, and what they say is what the routes of a chart say.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

import segno

from dashboard import formats
from dashboard.charting import made
from dashboard.drawn import Drawing
from dashboard.exports.picture import as_sentences, figure
from dashboard.exports.shown import data_state
from dashboard.meeting.model import MeetingFile
from dashboard.meeting.news import News, news_of
from dashboard.meeting.sheets import Sheet, lost_charts, sheets_of, views_of
from dashboard.metadata import Event, Lang, Metadata, Vintage
from dashboard.metadata_reading import read_metadata
from dashboard.revised import Revision, revision_table
from dashboard.store import Store
from dashboard.tables import FigureTable
from dashboard.text import LANGUAGES, text
from dashboard.view import View, address

WIDTH = 760  # px of a figure; on A4 its letters are then as large as those of a footnote
MOST_ROWS = 400  # of a chart's table
MOST_REVISED = 24  # rows of a table of then and now
LONGEST_CODE = 1200  # characters of a link; a code of a longer one is too fine to be read from paper


@dataclass(frozen=True)
class Part:
    """One chart. ``finding`` is empty where it is the heading; ``figure`` is SVG, empty for a table alone; ``link`` is
    empty where nobody could follow it, ``code`` its QR code as SVG; ``licences`` are addresses. ``then_now`` is what
    was revised since."""

    number: int
    heading: str
    finding: str
    subtitle: str
    note: str
    notes: tuple[str, ...]
    figure: str
    alt: str
    table: FigureTable
    more_rows: str
    caveats: str
    filters: tuple[tuple[str, str], ...]
    source: str
    licences: tuple[str, ...]
    state: str
    link: str
    code: str
    past: str
    then_now: FigureTable | None
    then_now_more: str


@dataclass(frozen=True)
class Document:
    """The whole file. ``facts`` are the lines of the cover; ``state`` and ``published`` (UTC) say which state of the
    data it shows; ``revised`` is what of its charts is told otherwise than at the last meeting."""

    lang: Lang
    title: str
    facts: tuple[tuple[str, str], ...]
    state: str
    published: datetime
    parts: tuple[Part, ...]
    news: tuple[str, ...]
    events: tuple[str, ...]
    revised: FigureTable | None
    revised_more: str
    sources: tuple[str, ...]
    methods: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]


def document_of(
    file: MeetingFile, store: Store, metadata: Metadata, *, origin: str, today: date, lang: Lang | None = None
) -> Document:
    """The document of a file, in its own language unless ``lang`` says otherwise.

    ``origin`` is scheme, host and folder of the monitor, empty where nothing tells: then links have no codes. ``today``
    ends the events of a meeting that has no day.
    """
    lang = lang or file.lang
    sheets = sheets_of(file, store, metadata, lang, origin, lambda view, theme: _drawn(store, view)[0])
    news = news_of(file, views_of(file, lang, metadata), store, metadata, lang, today)
    revised, more = _then_and_now(news.revisions if news else (), metadata, lang)
    return Document(
        lang=lang,
        title=file.title or text(lang, "round_table.untitled"),
        facts=_cover(file, metadata, lang),
        state=text(lang, "app.data_state", vintage=formats.moment(state_of(file, metadata).published_at, lang)),
        published=state_of(file, metadata).published_at,
        parts=tuple(_part(sheet, _drawn(store, sheet.view)[1], metadata) for sheet in sheets),
        news=(news.lead, *news.own, *([news.others] if news.others else [])) if news else (),
        events=tuple(event_line(e, lang) for e in news.events) if news else (),
        revised=revised,
        revised_more=more,
        sources=_sources([sheet.drawn for sheet in sheets], lang),
        methods=_methods(sheets, metadata, lang),
        closing=(*lost_charts(file, metadata, lang), *_closing(news, origin, lang)),
    )


def state_of(file: MeetingFile, metadata: Metadata) -> Vintage:
    """The state of the data that a file shows: its own, or the current one if that is not known here."""
    return metadata.vintages.get(file.vintage or "", metadata.vintages[metadata.current])


def code_of(link: str, kind: Literal["svg", "png"] = "svg", scale: int = 8) -> bytes:
    """The QR code of a link as SVG or PNG; empty without a link, and for one that is too long to be read."""
    if not link or len(link) > LONGEST_CODE:
        return b""
    written = io.BytesIO()
    options: dict[str, Any] = {"xmldecl": False, "title": ""} if kind == "svg" else {}
    segno.make(link, error="m", micro=False).save(written, kind=kind, scale=scale, border=1, **options)
    return written.getvalue()


def event_line(event: Event, lang: Lang) -> str:
    """Day, title and source of an event; its day is not vouched for where nobody read the source."""
    source = event.source.to(lang)
    said = source if event.verified else text(lang, "events.unverified", source=source)
    return text(lang, "events.named", day=formats.day(event.at, lang), title=event.title.to(lang), source=said)


def _cover(file: MeetingFile, metadata: Metadata, lang: Lang) -> tuple[tuple[str, str], ...]:
    found = {
        "day": formats.day(file.day, lang) if file.day else "",
        "place": file.place,
        "participants": file.participants,
        "since": formats.day(file.since, lang) if file.since else "",
    }
    said = [(text(lang, f"round_table.cover.{name}"), value) for name, value in found.items() if value]
    state = formats.moment(state_of(file, metadata).published_at, lang)
    return (*said, (text(lang, "round_table.cover.state"), state))


@lru_cache(maxsize=200)
def _drawn(store: Store, view: View) -> tuple[Drawing, str]:
    """A view drawn once for all formats, and its figure as SVG. Only published figures are remembered, no words."""
    drawn = made(store, read_metadata(store), view, "light")
    return drawn, figure(drawn, view, WIDTH, f"f{sha256(repr(view).encode()).hexdigest()[:8]}")


def _part(sheet: Sheet, svg: str, metadata: Metadata) -> Part:
    drawn, facts, lang = sheet.drawn, sheet.facts, sheet.view.lang
    link = facts.link if "://" in facts.link else ""  # a path alone leads nowhere from a file
    rows = drawn.table.rows
    more = ""
    if len(rows) > MOST_ROWS:
        total = formats.number(len(rows), 0, lang)
        more = text(lang, "sharing.more_rows", shown=MOST_ROWS, total=total)
    then_now, then_now_more = _then_and_now([sheet.revision], metadata, lang)
    return Part(
        number=sheet.number,
        heading=sheet.heading,
        finding=facts.title if sheet.heading != facts.title else "",
        subtitle=facts.subtitle,
        note=sheet.chart.note,
        notes=sheet.notes,
        figure=svg,
        alt=" ".join(drawn.alts),
        table=replace(drawn.table, rows=rows[:MOST_ROWS]),
        more_rows=more,
        caveats=as_sentences(drawn.caveats),
        filters=sheet.filters,
        source=facts.source,
        licences=facts.licence_urls,
        state=data_state(sheet.view, metadata),
        link=link,
        code=code_of(link).decode(),
        past=sheet.past,
        then_now=then_now,
        then_now_more=then_now_more,
    )


def _then_and_now(revisions: Sequence[Revision], metadata: Metadata, lang: Lang) -> tuple[FigureTable | None, str]:
    """The table of what was revised or withdrawn, and how many rows it leaves out; None where nothing was."""
    every = sum(len(r.revised) + len(r.withdrawn) for r in revisions)
    if not every:
        return None, ""
    table = revision_table(revisions, metadata, lang, MOST_REVISED)
    if every <= len(table.rows):
        return table, ""
    shown, number = (formats.number(n, 0, lang) for n in (len(table.rows), every))
    return table, text(lang, "past.more", shown=shown, number=number)


def _sources(drawings: Sequence[Drawing], lang: Lang) -> tuple[str, ...]:
    """Every source once, with licence and newest retrieval."""
    found: dict[str, tuple[str, str, datetime]] = {}
    for source in (s for drawn in drawings for s in drawn.sources):
        known = found.get(source.text)
        newest = max(known[2], source.retrieved) if known else source.retrieved
        found[source.text] = (source.licence, source.licence_url, newest)
    return tuple(
        " · ".join(
            part
            for part in (
                said,
                f"{text(lang, 'sources.licence')}: {licence}",
                url,
                text(lang, "sources.retrieved", day=formats.day(retrieved.date(), lang)),
            )
            if part
        )
        for said, (licence, url, retrieved) in sorted(found.items())
    )


def _methods(sheets: Sequence[Sheet], metadata: Metadata, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What each indicator counts, once."""
    shown = dict.fromkeys(i for sheet in sheets for i in sheet.view.indicators)
    return tuple((metadata.indicators[i].title.to(lang), metadata.indicators[i].definition.to(lang)) for i in shown)


def _closing(news: News | None, origin: str, lang: Lang) -> tuple[str, ...]:
    methods = address(f"{origin}/methods", {} if lang == LANGUAGES[0] else {"lang": lang})
    context = [text(lang, "events.context")] if news and news.events else []
    return (
        text(lang, "round_table.closing.reading"),
        *context,
        text(lang, "round_table.closing.methods", link=methods),
    )
