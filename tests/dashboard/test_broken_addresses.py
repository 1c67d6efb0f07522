"""1,000 random broken addresses: pages fall back with a note, routes refuse them, and nothing ever fails."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.metadata import Metadata
from dashboard.middleware import PageMiddleware
from dashboard.page import PATHS
from dashboard.text import has_text
from dashboard.view import LONGEST_NOTE_VALUE, read, to_params
from tests.dashboard.random_links import broken_links
from tests.dashboard.reading import opened, said

BROKEN = list(broken_links(1000, seed=5))
A_PAGE = 12  # addresses that are opened on each page: all thousand are read by the function that the pages share


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


def test_every_broken_address_falls_back_to_a_view_that_has_an_address(metadata: Metadata):
    for link in BROKEN:
        view, notes = read(link, metadata)
        assert notes, link
        assert read(to_params(view, metadata), metadata) == (view, ()), link


def test_every_note_has_words_and_repeats_little(metadata: Metadata):
    notes = {note for link in BROKEN for note in read(link, metadata)[1]}
    assert all(has_text(lang, f"notes.{note.key}") for note in notes for lang in ("de", "en"))
    assert all(len(value) <= LONGEST_NOTE_VALUE + 60 for note in notes for _, value in note.values)


@pytest.mark.parametrize("script", PATHS)
def test_a_page_shows_a_note_for_every_broken_address(script: str):
    place = list(PATHS).index(script)
    for link in BROKEN[place * A_PAGE : (place + 1) * A_PAGE]:
        shown = opened(script, **link)  # fails on an exception
        assert shown.warning and len(said(shown)) > 5, link


def test_no_route_fails_on_a_broken_address():
    app = Starlette(routes=ROUTES, middleware=[Middleware(PageMiddleware)])
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    paths = [_filled(route.path) for route in ROUTES if isinstance(route, Route)]
    for place, link in enumerate(BROKEN):
        path = paths[place % len(paths)]
        answer = client.get(f"{path}?{urlencode(link)}")
        assert answer.status_code < 500, (path, link)


def _filled(path: str) -> str:
    """A route's path with something in place of its parameters."""
    return path.replace("{indicator}", "foreign_population")
