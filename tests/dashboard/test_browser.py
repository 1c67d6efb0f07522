"""The app in a real browser: links show exactly their view, widgets change the link, nothing leaves the host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.screenshots import CHROMIUM, FLAGS

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60_000  # ms; the machine of a test run may be busy


def chromium() -> str:
    """An installed Chromium. Without one the test is skipped, except in CI, where that is a failure."""
    found = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        message = "no Chromium is installed; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def server(small_data: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    environment = os.environ | {"ETL_DATA_DIR": str(small_data)}
    process = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{base}/healthz/data", timeout=2).read()
                break
            except OSError:
                time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture()
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, locale="de-DE")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def parameters(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def headline(page: Page) -> str:
    return page.locator("h3").first.inner_text()


def test_a_link_shows_exactly_its_view(server: str, page: Page):
    link = "/explore?i=foreign_population&r=03101,03102&from=2012&to=2020&as=index"
    page.goto(server + link)
    chart = page.locator("[data-testid=stVegaLiteChart]")
    expect(chart).to_have_count(1)
    expect(chart.locator("svg")).to_be_visible()
    drawn = chart.locator("svg").text_content() or ""
    assert "Braunschweig" in drawn and "Salzgitter" in drawn and "2012" in drawn and "2020" in drawn
    assert "2021" not in drawn and "Quelle:" in drawn
    assert "31.12.2012 = 100" in headline(page)
    regions = page.locator("[data-testid=stMultiSelect]").first
    assert {"Braunschweig", "Salzgitter"} == set(regions.locator("[data-tag] span[title]").all_inner_texts())
    expect(page.get_by_role("radio", name="Index")).to_be_checked()
    assert page.locator("html").get_attribute("lang") == "de"


def test_a_changed_widget_changes_the_address_and_the_chart(server: str, page: Page):
    page.goto(f"{server}/explore?r=03101,03102&from=2012")
    expect(page.locator("h3").first).to_contain_text("Salzgitter")
    page.get_by_role("radio", name="Index").click()
    page.wait_for_url("**as=index**")
    expect(page.locator("h3").first).to_contain_text("31.12.2012 = 100")
    page.get_by_role("slider").last.press("ArrowLeft")
    page.wait_for_url("**to=2023**")
    assert parameters(page) == {"r": "03101,03102", "from": "2012", "to": "2023", "as": "index"}
    page.reload()
    expect(page.locator("h3").first).to_contain_text("31.12.2023")


def test_going_back_shows_the_view_before(server: str, page: Page):
    page.goto(f"{server}/explore?r=03102")
    expect(page.locator("h3").first).to_contain_text("mehr als")
    page.get_by_role("radio", name="Index").click()
    expect(page.locator("h3").first).to_contain_text("= 100")
    page.go_back()
    expect(page.locator("h3").first).to_contain_text("mehr als")


def test_what_does_not_exist_leaves_a_visible_note(server: str, page: Page):
    page.goto(f"{server}/explore?i=nothing&r=99999,03102")
    note = page.locator("[data-testid=stAlert]")
    expect(note).to_contain_text("„nothing“")
    expect(note).to_contain_text("„99999“")
    expect(page.locator("h3").first).to_contain_text("Salzgitter")


def test_the_language_button_keeps_the_view(server: str, page: Page):
    page.goto(f"{server}/explore?r=03102")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**lang=en**")
    expect(page.locator("h3").first).to_contain_text("foreigners")
    assert parameters(page) == {"r": "03102", "lang": "en"}


def test_a_tile_leads_to_its_view(server: str, page: Page):
    page.goto(f"{server}/?r=03102")
    page.get_by_role("link", name="Zeitreihe ansehen").last.click()
    page.wait_for_url("**/explore?**")
    assert parameters(page) == {"i": "naturalisations", "r": "03102"}
    expect(page.locator("h3").first).to_contain_text("Einbürgerungen")


def test_nothing_is_asked_of_another_host_and_nothing_is_refused(server: str, page: Page):
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    for path in ("/", "/explore?r=03102"):
        page.goto(server + path)
        expect(page.locator("[data-testid=stVegaLiteChart] svg").first).to_be_visible()
    assert refused == []
    hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme in ("http", "https", "ws")}
    assert hosts == {"127.0.0.1"}


def test_nothing_is_wider_than_a_phone(server: str, browser: Browser):
    context = browser.new_context(viewport={"width": 375, "height": 812}, color_scheme="dark")
    page = context.new_page()
    for path in ("/", "/explore?r=BSR,03101,03102,03103,03151,03153,03154,03157,03158"):
        page.goto(server + path)
        expect(page.locator("[data-testid=stVegaLiteChart] svg").first).to_be_visible(timeout=PATIENCE)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("e => e.scrollWidth") <= 375
        for chart in page.locator("[data-testid=stVegaLiteChart] svg").all():
            box = chart.bounding_box()
            assert box is None or box["x"] + box["width"] <= 375
    context.close()
