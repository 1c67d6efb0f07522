"""The HTML shell that Streamlit sends for every page, rewritten: language, title, description, what is there without
script, and the script that replaces Streamlit's own English words.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import streamlit as st

from dashboard.metadata import Lang
from dashboard.page import CHART, EXPLORE, PATHS
from dashboard.text import LANGUAGES, text, texts

SCRIPT = Path(__file__).parent / "assets" / "shell.js"
STYLE = Path(__file__).parent / "assets" / "style.css"
ICON = Path(__file__).parent / "icon.svg"
FEED = "feed/revisions.atom"
PLAIN = "plain"
LOCALES: dict[Lang, str] = {"de": "de-DE", "en": "en-GB"}
WORDS = "streamlit."  # the group of Streamlit's own words; the English file has them as Streamlit writes them
_MARK = b'<div id="root">'
# a font that the theme does not use and the pointer to an interface that is off
_DROPPED = re.compile(r'<link\s[^>]*(?:as="font"|rel="service-desc")[^>]*>\s*')
_ICON = re.compile(r'(<link rel="shortcut icon" href=")[^"]*(")')
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_INDICATOR = re.compile(r"[a-z0-9_]+")
_WITH_VIEW = {PATHS[EXPLORE], PATHS[CHART]}


def is_shell(page: bytes) -> bool:
    """Whether an HTML answer is Streamlit's empty page, not one of ours that is complete as it is."""
    return _MARK in page


def rewritten(page: bytes, path: str, query: str) -> bytes:
    """The shell for one address: ``path`` and ``query`` as the request has them."""
    lang = language_of(query)
    name = page_of(path)
    shell = page.decode("utf-8").replace('<html lang="en">', f'<html lang="{lang}">', 1)
    shell = _ICON.sub(lambda found: f"{found[1]}{_icon()}{found[2]}", _DROPPED.sub("", shell), count=1)
    shell = _NOSCRIPT.sub(lambda _: f"<noscript>{_without_script(name, query, lang)}</noscript>", shell, count=1)
    # behind Streamlit's own styles, which it adds to the head: of equal rules the later one counts
    shell = shell.replace("</body>", f"<style>{_style()}</style></body>", 1)
    # before every other script: Streamlit's reads what it sets
    return _TITLE.sub(lambda _: f"{_head(name, lang)}<script>{_script()}</script>", shell, count=1).encode("utf-8")


@cache
def _style() -> str:
    """The project's styles: in the shell, so that nothing is drawn without them first."""
    return STYLE.read_text(encoding="utf-8")


def language_of(query: str) -> Lang:
    """The language that an address asks for."""
    wanted = parse_qs(query).get("lang", [""])[-1]
    return next((known for known in LANGUAGES if known == wanted), LANGUAGES[0])


def page_of(path: str) -> str:
    """The page of a request's path as in ``PATHS``; the overview's empty one for the folder itself."""
    last = path.rsplit("/", 1)[-1]
    return last if last in PATHS.values() else PATHS["overview.py"]


def page_title(name: str, lang: Lang) -> str:
    """What a window, a bookmark or a search engine calls a page: its own name first."""
    app = f"{text(lang, 'app.title')} · {text(lang, 'app.place')}"
    return f"{text(lang, f'app.{_key(name)}')} · {app}" if name else app


def words(lang: Lang) -> list[tuple[str, str]]:
    """Streamlit's own words and what stands for them in a language; nothing where they may stay."""
    ours = texts(lang)
    return [(said, ours[key]) for key, said in texts("en").items() if key.startswith(WORDS) and ours[key] != said]


def _head(name: str, lang: Lang) -> str:
    title, description = escape(page_title(name, lang)), escape(text(lang, f"shell.descriptions.{_key(name)}"))
    site, feed = escape(text(lang, "app.title")), escape(text(lang, "shell.feed"))
    colours = {scheme: escape(str(st.get_option(f"theme.{scheme}.backgroundColor"))) for scheme in ("light", "dark")}
    return "".join(
        [
            f"<title>{title}</title>",
            f'<meta name="description" content="{description}">',
            f'<meta property="og:title" content="{title}"><meta property="og:description" content="{description}">',
            f'<meta property="og:type" content="website"><meta property="og:site_name" content="{site}">',
            f'<meta property="og:locale" content="{LOCALES[lang].replace("-", "_")}">',
            *(
                f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{colour}">'
                for scheme, colour in colours.items()
            ),
            f'<link rel="alternate" type="application/atom+xml" title="{feed}" href="./{FEED}?lang={lang}">',
        ]
    )


def _without_script(name: str, query: str, lang: Lang) -> str:
    """A way to the same figures for browsers that run no script."""
    target: str = PLAIN
    params: dict[str, str] = {"lang": lang}
    asked = {key: values[-1] for key, values in parse_qs(query).items()}
    first = asked.get("i", "").split(",")[0]
    if name in _WITH_VIEW and _INDICATOR.fullmatch(first):
        target, params = f"{PLAIN}/{first}", asked | params
    link = escape(f"./{target}?{urlencode(params)}")
    return (
        f"<h1>{escape(page_title(name, lang))}</h1><p>{escape(text(lang, 'shell.no_script'))}</p>"
        f'<p><a href="{link}">{escape(text(lang, "shell.plain"))}</a></p>'
    )


@cache
def _script() -> str:
    given = {
        lang: {
            "locale": LOCALES[lang],
            "words": words(lang),
            "descriptions": {path: text(lang, f"shell.descriptions.{_key(path)}") for path in PATHS.values()},
        }
        for lang in LANGUAGES
    }
    # inside a script nothing may look like its end
    written = json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")
    return SCRIPT.read_text(encoding="utf-8").replace("__GIVEN__", written, 1)


@cache
def _icon() -> str:
    """The icon in the page itself: Streamlit's own would show until its script has run."""
    return f"data:image/svg+xml;base64,{base64.b64encode(ICON.read_bytes()).decode()}"


def _key(path: str) -> str:
    return next(script for script, known in PATHS.items() if known == path).removesuffix(".py")
