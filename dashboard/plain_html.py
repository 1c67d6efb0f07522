"""HTML without script: elements, and the frame of a plain page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from dashboard.metadata import Lang
from dashboard.tables import FigureTable
from dashboard.text import LANGUAGES, text

_STYLE = Path(__file__).parent / "assets" / "plain.css"
_VOID = frozenset({"img", "link", "meta", "input", "source"})


class Html(str):
    """Text that is HTML already; everything else is escaped where it is put in."""

    __slots__ = ()


@dataclass(frozen=True)
class Option:
    """One choice of a select box."""

    value: str
    label: str
    chosen: bool = False


def element(name: str, /, *children: str, **attributes: str) -> Html:
    """An element. An underscore at an attribute's end is dropped (``for_``), one inside is a hyphen (``aria_label``);
    an empty value is an attribute without one."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + (f'="{escape(value)}"' if value else "")
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def joined(children: Iterable[str]) -> Html:
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def link(said: str, address: str, **attributes: str) -> Html:
    return element("a", said, href=address, **attributes)


def listed(items: Iterable[str]) -> Html:
    """A list; empty without any item."""
    found = [element("li", item) for item in items]
    return element("ul", *found) if found else Html("")


def table(figures: FigureTable, caption: str) -> Html:
    """A table for every screen reader: caption, column and row headers. It scrolls in its own box, which takes the
    keyboard's focus."""
    head = element("tr", *(element("th", column, scope="col") for column in figures.columns))
    rows = (
        element("tr", element("th", first.text, scope="row"), *(element("td", cell.text) for cell in cells))
        for first, *cells in figures.rows
    )
    written = element("table", element("caption", caption), element("thead", head), element("tbody", *rows))
    return element("div", written, class_="scrolls", tabindex="0", role="region", aria_label=caption)


def select(label: str, name: str, options: Sequence[Option]) -> Html:
    """A labelled select box."""
    boxes = (element("option", o.label, value=o.value, **({"selected": ""} if o.chosen else {})) for o in options)
    return element("p", element("label", label, for_=f"f-{name}"), element("select", *boxes, id=f"f-{name}", name=name))


def page(lang: Lang, title: str, body: Iterable[str], *, folder: str, head: Iterable[str] = ()) -> bytes:
    """A whole page. ``folder`` is that of the monitor, before every path."""
    name = f"{text(lang, 'app.title')} · {text(lang, 'app.place')}"
    suffix = "" if lang == LANGUAGES[0] else f"?lang={lang}"
    feed = f"{folder}/feed/revisions.atom{suffix}"
    written = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", f"{title} · {name}"),
            element("link", rel="alternate", type="application/atom+xml", href=feed, title=text(lang, "changes.feed")),
            element("style", Html(_style())),
            *head,
        ),
        element(
            "body",
            link(text(lang, "plain.skip"), "#content", class_="skip"),
            element("header", link(name, f"{folder}/plain{suffix}"), class_="top"),
            element("main", *body, id="content"),
            element(
                "footer",
                element("p", text(lang, "footer.text")),
                element(
                    "p",
                    link(text(lang, "plain.app"), f"{folder}/{suffix}"),
                    " · ",
                    link(text(lang, "app.methods"), f"{folder}/methods{suffix}"),
                    " · ",
                    link(text(lang, "plain.feed"), feed),
                ),
            ),
        ),
        lang=lang,
    )
    return f"<!DOCTYPE html>\n{written}\n".encode()


def policy(frame_ancestors: str) -> str:
    """The content security policy of a plain page: its own style and images, no script at all."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {frame_ancestors}"
    )


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
