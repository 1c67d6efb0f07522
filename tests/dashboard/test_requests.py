"""A page asks its own host only, its policy allows nothing else, and the browser has nothing to complain about."""

from __future__ import annotations

import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.accessibility import moving
from tests.addresses import FORMS, PAGES
from tests.browsing import open_all, visit

SHOWN = PAGES | {name: FORMS[name] for name in ("lines", "panels", "table", "notes", "counselling-months", "missing")}
# every source that a policy may name: nothing of another host, nothing that turns text into script
_OWN = re.compile(r"'self'|'none'|data:|blob:|wss?://127\.0\.0\.1:\d+|'sha256-[A-Za-z0-9+/]+={0,2}'")


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def watched(page: Page) -> tuple[list[str], list[str]]:
    """The requests of a page and its complaints, both filled while it is open."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("console", lambda m: complaints.append(f"{m.type}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
    return asked, complaints


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_asks_its_own_host_only_and_nothing_is_refused(extract_server: str, browser: Browser, name: str):
    # as a reader who wants no motion, which must not leave anything moving either
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    asked, complaints = watched(page)
    visit(page, extract_server + SHOWN[name])
    unasked = moving(page)  # what a reader unfolds may slide
    open_all(page)
    context.close()
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {urlsplit(extract_server).netloc}
    assert complaints == []
    assert unasked == []


@pytest.mark.parametrize("path", [*PAGES.values(), "/_stcore/health", "/healthz/data", "/gibtsnicht"])
def test_every_answer_forbids_foreign_hosts_and_guessing(extract_server: str, path: str):
    asked = urllib.request.Request(extract_server + path, headers={"Accept": "text/html"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin", "no-referrer")
    policy = directives(headers["Content-Security-Policy"])
    foreign = {
        name: [s for s in sources if not _OWN.fullmatch(s)] for name, sources in policy.items() if name != "style-src"
    }
    assert {name: sources for name, sources in foreign.items() if sources} == {}
    # Streamlit writes its styles at run time
    assert set(policy["style-src"]) == {"'self'", "'unsafe-inline'"}
    assert policy["default-src"] in (["'self'"], ["'none'"]) and policy["object-src"] == ["'none'"]
    assert policy["base-uri"] in (["'self'"], ["'none'"]) and policy["frame-ancestors"] and policy["form-action"]
