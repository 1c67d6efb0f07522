"""The app in a real browser: links show exactly their view, widgets change the link, nothing leaves the host."""

from __future__ import annotations

import csv
import io
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.api import OBSERVATIONS
from tests.browsing import PATIENCE, running


@pytest.fixture(scope="module")
def server(small_data: Path) -> Iterator[str]:
    with running(small_data) as base:
        yield base


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
    return page.locator("h2").first.inner_text()


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
    expect(regions.locator("[data-tag] span[title]")).to_have_text(["Braunschweig", "Salzgitter"])
    expect(page.get_by_role("radio", name="Index")).to_be_checked()
    assert page.locator("html").get_attribute("lang") == "de"


def test_a_changed_widget_changes_the_address_and_the_chart(server: str, page: Page):
    page.goto(f"{server}/explore?r=03101,03102&from=2012")
    expect(page.locator("h2").first).to_contain_text("Salzgitter")
    page.get_by_role("radio", name="Index").click()
    page.wait_for_url("**as=index**")
    expect(page.locator("h2").first).to_contain_text("31.12.2012 = 100")
    page.get_by_role("slider").last.press("ArrowLeft")
    page.wait_for_url("**to=2023**")
    assert parameters(page) == {"r": "03101,03102", "from": "2012", "to": "2023", "as": "index"}
    page.reload()
    expect(page.locator("h2").first).to_contain_text("31.12.2023")


def test_the_link_of_acceptance_shows_exactly_its_view_of_the_real_figures(extract_server: str, page: Page):
    page.goto(f"{extract_server}/explore?i=foreign_population&r=03101,BSR&from=2010&to=2024&as=index")
    expect(page.locator("h2").first).to_contain_text("31.12.2010 = 100")
    chart = page.locator("[data-testid=stVegaLiteChart] svg")
    expect(chart).to_contain_text("RegionBraunschweig")  # two lines
    assert "31.12.2024" in headline(page)
    with urllib.request.urlopen(f"{extract_server}{OBSERVATIONS}?i=foreign_population&b=total&r=03101,BSR") as answer:
        rows = csv.DictReader(io.TextIOWrapper(answer, "utf-8"))
        held = {(r["region"], r["period"][:4]): float(r["value"]) for r in rows if r["value"]}
    for region in ("03101", "BSR"):
        index = 100 * held[region, "2024"] / held[region, "2010"]
        assert f"{index:.1f}".replace(".", ",") in headline(page)
    tags = page.locator("[data-testid=stMultiSelect]").first.locator("[data-tag] span[title]")
    expect(tags).to_have_text(["Braunschweig", "Region Braunschweig"])
    expect(page.get_by_role("radio", name="Index")).to_be_checked()
    ends = page.get_by_role("slider")
    expect(ends).to_have_count(2)
    assert [end.get_attribute("aria-valuetext") for end in ends.all()] == ["2010", "2024"]
    ends.last.press("ArrowLeft")
    page.wait_for_url("**to=2023**")
    expect(page.locator("h2").first).to_contain_text("31.12.2023")
    # this indicator is the default and leaves the address
    assert parameters(page) == {"r": "03101,BSR", "from": "2010", "to": "2023", "as": "index"}


def test_what_the_real_figures_lack_leaves_a_visible_note(extract_server: str, page: Page):
    page.goto(f"{extract_server}/explore?i=nothing&r=99999,BSR&from=2010&to=2024&as=index")
    note = page.locator("[data-testid=stAlert]")
    expect(note).to_contain_text("„nothing“")
    expect(note).to_contain_text("„99999“")
    expect(page.locator("h2").first).to_contain_text("31.12.2010 = 100")


def test_the_link_to_share_is_a_whole_link(server: str, page: Page):
    page.goto(f"{server}/explore?r=03102")
    page.get_by_text("Nutzen und Teilen").click()
    copied = page.locator("[data-testid=stCode]").first
    expect(copied).to_contain_text(f"{server}/explore?r=03102")
    title, link = copied.inner_text().strip().splitlines()
    assert "Salzgitter" in title and link == f"{server}/explore?r=03102"
    page.get_by_text("Genau dieser Datenstand").click()
    expect(copied).to_contain_text(f"{server}/explore?r=03102&v=")


@pytest.mark.parametrize(("measure", "own"), [("index", True), ("number", False)])
def test_the_file_of_an_own_calculation_says_so(server: str, page: Page, measure: str, own: bool):
    page.goto(f"{server}/explore?r=03102&as={measure}")
    page.get_by_text("Nutzen und Teilen").click()
    link = page.get_by_role("link", name="Tabelle als CSV").get_attribute("href")
    body = page.request.get(link or "").body()
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")
    assert {row["attribution"].endswith("; eigene Berechnung") for row in rows} == {own}


def test_the_header_keeps_the_region(server: str, page: Page):
    page.goto(f"{server}/?r=03102")
    page.get_by_role("link", name="Zeitreihen", exact=True).click()
    page.wait_for_url("**/explore?r=03102")
    expect(page.locator("h2").first).to_contain_text("Salzgitter")
    page.get_by_role("link", name="Überblick", exact=True).click()
    page.wait_for_url(f"{server}/?r=03102")


def test_a_page_that_does_not_exist_says_so(server: str, page: Page):
    page.goto(f"{server}/gibtsnicht")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("„gibtsnicht“")
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("link", name="Zum Überblick").click()
    expect(page.locator("h1").first).to_contain_text("Überblick")
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)


def test_going_back_shows_the_view_before(server: str, page: Page):
    page.goto(f"{server}/explore?r=03102")
    expect(page.locator("h2").first).to_contain_text("mehr als")
    page.get_by_role("radio", name="Index").click()
    expect(page.locator("h2").first).to_contain_text("= 100")
    page.go_back()
    expect(page.locator("h2").first).to_contain_text("mehr als")


def test_what_does_not_exist_leaves_a_visible_note(server: str, page: Page):
    page.goto(f"{server}/explore?i=nothing&r=99999,03102")
    note = page.locator("[data-testid=stAlert]")
    expect(note).to_contain_text("„nothing“")
    expect(note).to_contain_text("„99999“")
    expect(page.locator("h2").first).to_contain_text("Salzgitter")


def test_the_language_button_keeps_the_view(server: str, page: Page):
    page.goto(f"{server}/explore?r=03102")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**lang=en**")
    expect(page.locator("h2").first).to_contain_text("foreigners")
    assert parameters(page) == {"r": "03102", "lang": "en"}
    assert page.locator("html").get_attribute("lang") == "en"
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_a_tile_leads_to_its_view(server: str, page: Page):
    page.goto(f"{server}/?r=03102")
    page.get_by_role("link", name="Einbürgerungen", exact=True).click()
    page.wait_for_url("**/explore?**")
    assert parameters(page) == {"i": "naturalisations", "r": "03102"}
    expect(page.locator("h2").first).to_contain_text("Einbürgerungen")


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


def test_a_table_scrolls_in_its_own_box_on_a_phone(server: str, browser: Browser):
    context = browser.new_context(viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(f"{server}/explore?r=BSR,03101,03102,03103,03151,03153&chart=table")
    table = page.locator("table")
    expect(table).to_be_visible(timeout=PATIENCE)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => Math.max(e.scrollWidth, document.documentElement.scrollWidth)") <= 375
    top = table.bounding_box()
    assert top is not None and top["y"] < 812  # in the chart's place
    box = page.locator("[data-testid=stHorizontalBlock][data-test-wrap=false]", has=table)
    assert box.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === 'auto'")
    table.focus()
    page.keyboard.press("ArrowRight")
    expect(box).not_to_have_js_property("scrollLeft", 0)
    context.close()


def test_the_chart_stands_on_a_phone_without_scrolling(server: str, browser: Browser):
    context = browser.new_context(viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(f"{server}/explore?r=03101,03102&as=index")
    chart = page.locator("[data-testid=stVegaLiteChart]")
    expect(chart.locator("svg")).to_be_visible(timeout=PATIENCE)
    place, widget = chart.bounding_box(), page.locator("[data-testid=stSelectbox]").bounding_box()
    assert place is not None and widget is not None and place["y"] < 650 and place["y"] < widget["y"]
    page.get_by_role("radio", name="Veränderung").click()
    page.wait_for_url("**as=change**")
    context.close()
