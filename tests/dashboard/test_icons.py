"""The icon font that is sent instead of Streamlit's whole one has every icon that can be shown."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.middleware import ICONS, PageMiddleware

STATIC = Path(streamlit.__file__).parent / "static" / "static"
LISTED = ICONS.with_suffix(".txt")


def test_the_small_font_is_sent_in_place_of_the_whole_one():
    (whole,) = (STATIC / "media").glob("MaterialSymbols-Rounded.*.woff2")
    client = TestClient(Starlette(middleware=[Middleware(PageMiddleware)]))
    for path in (f"/static/media/{whole.name}", f"/monitor/static/media/{whole.name}"):
        answer = client.get(path)
        assert answer.content == ICONS.read_bytes() and answer.content.startswith(b"wOF2")
        assert answer.headers["content-type"] == "font/woff2" and "immutable" in answer.headers["cache-control"]
    assert ICONS.stat().st_size < 0.2 * whole.stat().st_size


def test_it_has_every_icon_that_the_code_and_streamlit_name():
    """If this fails after a change: ``python deploy/subset_icons.py``."""
    known = {*LISTED.read_text(encoding="utf-8").split(), "star_filled"}  # the last is no icon of the font at all
    code = Path(__file__).resolve().parents[2] / "dashboard"
    files = [*code.rglob("*.py"), *code.rglob("*.yaml"), *(STATIC / "js").glob("*.js")]
    named = {name for f in files for name in re.findall(r":material/([a-z0-9_]+):", f.read_text(encoding="utf-8"))}
    assert len(named) > 60 and named <= known, named - known
