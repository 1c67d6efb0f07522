"""A file of a meeting as one HTML file: no script, no request, figures as SVG inside; it prints on A4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from dashboard.meeting.document import Document, Part
from dashboard.metadata import Lang
from dashboard.plain_html import Html, element, joined, link, listed, table
from dashboard.text import text

_STYLE = Path(__file__).parent.parent / "assets" / "meeting.css"
# whoever opens the file is asked for nothing and asks nobody
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def meeting_html(document: Document) -> bytes:
    """The file in UTF-8; everything that readers wrote is escaped."""
    lang = document.lang
    publisher = f"{text(lang, 'app.title')}, {text(lang, 'app.place')}"
    written = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="referrer", content="no-referrer"),
            element("title", f"{document.title} · {publisher}"),
            element("style", Html(_style())),
        ),
        element("body", element("main", *_body(document, publisher)), element("footer", document.state)),
        lang=lang,
    )
    return f"<!DOCTYPE html>\n{written}\n".encode()


def _body(document: Document, publisher: str) -> Iterator[Html]:
    lang = document.lang
    facts = (element("dt", name) + element("dd", *_lines(value)) for name, value in document.facts)
    yield element(
        "header",
        element("p", publisher, class_="publisher"),
        element("h1", document.title),
        element("dl", *(Html(f) for f in facts)),
        _contents(document),
    )
    if document.news:
        yield element(
            "section",
            element("h2", text(lang, "round_table.news.title")),
            element("p", document.news[0]),
            listed(document.news[1:]),
            *([element("h3", text(lang, "round_table.news.events"))] if document.events else []),
            listed(document.events),
            id="news",
        )
    for part in document.parts:
        yield element("section", *_part(part, lang), id=f"c{part.number}")
    yield element("section", *_closing(document), id="closing")


def _contents(document: Document) -> Html:
    lang = document.lang
    entries = [link(text(lang, "round_table.news.title"), "#news")] if document.news else []
    entries += [link(f"{part.number}  {part.heading}", f"#c{part.number}") for part in document.parts]
    entries.append(link(text(lang, "round_table.closing.title"), "#closing"))
    return element("nav", element("h2", text(lang, "round_table.contents")), listed(entries))


def _part(part: Part, lang: Lang) -> Iterator[Html]:
    yield element("h2", f"{part.number}  {part.heading}")
    if part.finding:
        yield element("p", part.finding, class_="finding")
    yield element("p", part.subtitle, class_="about")
    for said in part.notes:
        yield element("p", said, class_="doubt")
    if part.figure:
        yield element("figure", Html(part.figure))
    if part.note:
        name = element("strong", text(lang, "round_table.note"))
        yield element("div", name, element("p", *_lines(part.note)), class_="note")
    facts = [*part.filters, (text(lang, "round_table.cover.state"), part.state)]
    facts += [(text(lang, "round_table.notes_title"), part.caveats)] if part.caveats else []
    chosen = element("dl", *(Html(element("dt", n) + element("dd", v)) for n, v in facts))
    licences = joined(Html(f" {link(url, url)}") for url in part.licences)
    sources = element("p", part.source, licences, class_="source")
    yield element("div", element("div", chosen, sources), *_code(part, lang), class_="facts")
    yield element("h3", text(lang, "round_table.figures"))
    yield table(part.table, part.subtitle)
    if part.more_rows:
        yield element("p", part.more_rows, class_="about")
    if part.past:
        yield element("h3", text(lang, "past.then_and_now"))
        yield element("p", part.past)
        if part.then_now:
            yield table(part.then_now, text(lang, "past.then_and_now"))
            yield element("p", f"{part.then_now_more} {text(lang, 'past.own')}".strip(), class_="about")


def _code(part: Part, lang: Lang) -> Iterable[Html]:
    """The QR code with the link that it holds; the link alone where there is no code."""
    if not part.link:
        return
    said = link(text(lang, "round_table.code_says"), part.link)
    named = part.code.replace("<svg", f'<svg role="img" aria-label="{text(lang, "round_table.code_alt")}"', 1)
    yield element("div", *([Html(named)] if part.code else []), element("p", said), class_="code")


def _closing(document: Document) -> Iterator[Html]:
    lang = document.lang
    yield element("h2", text(lang, "round_table.closing.title"))
    if document.revised:
        yield element("h3", text(lang, "round_table.news.revised"))
        yield table(document.revised, text(lang, "round_table.news.revised"))
        yield element("p", f"{document.revised_more} {text(lang, 'past.own')}".strip(), class_="about")
    if document.sources:
        yield element("h3", text(lang, "round_table.sources"))
        yield listed(document.sources)
    if document.methods:
        yield element("h3", text(lang, "round_table.methods"))
        yield element("dl", *(Html(element("dt", n) + element("dd", said)) for n, said in document.methods))
    yield element("h3", text(lang, "round_table.notes_title"))
    for said in document.closing:
        yield element("p", said)


def _lines(said: str) -> Iterator[str]:
    """Lines of a text that somebody wrote, parted by breaks."""
    for n, line in enumerate(said.splitlines()):
        if n:
            yield Html("<br>")
        yield line


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
