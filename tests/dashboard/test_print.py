"""A page printed from Chromium: clean sheets of A4 with what was chosen, and nothing that is only to be clicked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from dashboard.charts.palette import PALETTES
from dashboard.frame import printed_colours
from dashboard.shell import STYLE
from dashboard.text import text
from tests.browsing import running, visit

A4 = (595, 842)  # points


@pytest.fixture(scope="module")
def server(small_data: Path) -> Iterator[str]:
    with running(small_data) as base:
        yield base


def printed(browser: Browser, address: str, scheme: str = "light") -> PdfReader:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 1280, "height": 900}, locale="de-DE"
    )
    page = context.new_page()
    visit(page, address)
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    context.close()
    return sheets


@pytest.mark.parametrize("path", ["/?r=03102", "/immigration?r=03102", "/explore?i=naturalisations&r=03102&from=2012"])
def test_a_sheet_names_what_was_chosen_and_leaves_the_widgets_out(path: str, browser: Browser, server: str):
    sheets = printed(browser, server + path)
    assert all((round(s.mediabox.width), round(s.mediabox.height)) == A4 for s in sheets.pages)
    said = " ".join(" ".join(s.extract_text() for s in sheets.pages).split())
    first = " ".join(sheets.pages[0].extract_text().split())
    assert first.startswith("Monitor Arbeitsmigration · Region Braunschweig")
    assert "Gebiet: Salzgitter" in first and "Datenstand 01.06.2026" in first
    assert server + path.split("?")[0] in first.replace(" ", "")
    assert "Einbürgerungen" in said
    for key in ("frame.menu", "app.other_language", "sharing.title", "stories.more", "stories.open", "stories.further"):
        assert text("de", key) not in said, key


def test_a_page_on_a_dark_screen_prints_black_on_white(browser: Browser, server: str):
    context = browser.new_context(color_scheme="dark", viewport={"width": 794, "height": 1100})
    page = context.new_page()
    visit(page, f"{server}/explore?i=naturalisations&r=03102")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "() => { const of = (q, what) => getComputedStyle(document.querySelector(q))[what];"
        " return [of('[data-testid=stApp]', 'backgroundColor'), of('h1', 'color'),"
        " of('[data-testid=stVegaLiteChart] svg .mark-text text', 'fill')]; }"
    )
    context.close()
    assert colours[:2] == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    muted, dark = (int(PALETTES[theme].muted[1:3], 16) for theme in ("light", "dark"))
    assert not colours[2].startswith(f"rgb({dark},") and muted < 128


def test_every_colour_of_the_dark_ground_is_printed_as_that_of_the_light_one():
    dark, light = PALETTES["dark"], PALETTES["light"]
    rules = printed_colours()
    pairs = [*zip(dark.hues, light.hues, strict=True), (dark.strong, light.strong), (dark.text, light.text)]
    assert all(f'[stroke="{old}"] {{ stroke: {new}; }}' in rules for old, new in pairs)
    assert all(f'[fill="{old}"] {{ fill: {new}; }}' in rules for old, new in pairs)


def test_the_styles_come_with_the_page(browser: Browser, server: str):
    shell = browser.new_context().request.get(server, headers={"accept": "text/html"}).text()
    assert STYLE.read_text(encoding="utf-8") in shell and "://" not in STYLE.read_text(encoding="utf-8")
