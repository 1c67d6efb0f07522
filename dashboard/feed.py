"""The Atom feed of the data's states: one entry a vintage, with what it changed."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from starlette.requests import Request
from starlette.responses import Response

from dashboard import formats
from dashboard.answers import Answer, Question, answered
from dashboard.api_data import check_names
from dashboard.changes import changes_of, counts, sentences
from dashboard.metadata import Lang, Vintage
from dashboard.text import LANGUAGES, text
from dashboard.view import language_of

PATH = "/feed/revisions.atom"
PARAMETERS = ("lang",)
MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
# an id must stay the same wherever the monitor is reached: the project's name, not an address
_ID = "tag:monitor-arbeitsmigration,2026"


async def revisions(request: Request) -> Response:
    """The newest states first; ``lang`` chooses the language."""
    return await answered(request, _feed)


def _feed(asked: Question) -> Answer:
    check_names(asked.params, PARAMETERS)
    lang = language_of(asked.params)
    return Answer(f"{lang} {asked.origin}", lambda: _written(asked, lang), "application/atom+xml")


def _written(asked: Question, lang: Lang) -> bytes:
    metadata = asked.metadata
    vintages = sorted(metadata.vintages.values(), key=lambda v: v.id, reverse=True)[:MOST_ENTRIES]
    suffix = "" if lang == LANGUAGES[0] else f"?lang={lang}"
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": lang})
    _child(feed, "id", f"{_ID}:revisions:{lang}")
    _child(feed, "title", f"{text(lang, 'app.title')} · {text(lang, 'app.place')}: {text(lang, 'changes.feed')}")
    _child(feed, "subtitle", text(lang, "changes.feed_about"))
    _child(feed, "updated", _time(vintages[0].published_at))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{asked.origin}{PATH}{suffix}"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{asked.origin}/data-status{suffix}"})
    _child(SubElement(feed, "author"), "name", f"{text(lang, 'app.title')}, {text(lang, 'app.place')}")
    for vintage in vintages:
        _entry(feed, vintage, asked, lang)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: Element, vintage: Vintage, asked: Question, lang: Lang) -> None:
    changes = changes_of(asked.store, asked.metadata, vintage.id)
    moment = formats.moment(vintage.published_at, lang)
    entry = SubElement(feed, "entry")
    _child(entry, "id", f"{_ID}:vintage:{vintage.id}:{lang}")
    _child(entry, "title", f"{text(lang, 'app.data_state', vintage=moment)}: {counts(changes, lang)}")
    for name in ("updated", "published"):  # a state never changes
        _child(entry, name, _time(vintage.published_at))
    other = "" if lang == LANGUAGES[0] else f"&lang={lang}"
    address = f"{asked.origin}/data-status?v={vintage.id}{other}"
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    _child(entry, "summary", counts(changes, lang))
    content = SubElement(entry, "content", {"type": "xhtml"})
    box = SubElement(content, "div", {"xmlns": "http://www.w3.org/1999/xhtml"})
    listed = SubElement(box, "ul")
    for said in sentences(changes, asked.metadata, lang):
        _child(listed, "li", said)


def _child(parent: Element, name: str, said: str) -> None:
    SubElement(parent, name).text = said


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
