"""In a real browser: what Streamlit writes itself is German on German pages, and follows a change of language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from dashboard.page import PATHS
from dashboard.text import text, texts
from tests.browsing import PATIENCE, open_all, running, settle, visit

ENGLISH = {said for key, said in texts("en").items() if key.startswith("streamlit.") and texts("de")[key] != said}
EXACT = {said for said in ENGLISH if "{" not in said}
FORMS = [re.compile("^" + re.sub(r"\\\{\w+\\\}", ".+", re.escape(said)) + "$") for said in ENGLISH if "{" in said]


@pytest.fixture(scope="module")
def server(small_data: Path) -> Iterator[str]:
    with running(small_data) as base:
        yield base


@pytest.fixture()
def page(browser: Browser) -> Iterator[Page]:
    # an English browser: where it is German, some words would be so by themselves
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def told(page: Page) -> set[str]:
    """Every name, description and text of the accessibility tree, and every placeholder and title."""
    found = set()
    for node in page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]:
        found |= {str(node[part].get("value", "")) for part in ("name", "description", "value") if part in node}
        found |= {
            str(p["value"].get("value", "")) for p in node.get("properties", []) if p["name"] == "roledescription"
        }
    script = (
        "() => [...document.querySelectorAll('[placeholder],[title]')].flatMap(e => [e.placeholder ?? '', e.title])"
    )
    return {" ".join(said.split()) for said in {*found, *page.evaluate(script)}}


def english(page: Page) -> list[str]:
    return sorted(s for s in told(page) if s in EXACT or any(form.match(s) for form in FORMS))


def open_list(page: Page, box: Locator) -> None:
    """Opens the list of a select box. A pop-over that has just closed may take the focus back some moments later, and
    the key with it, so that is tried again."""
    shown = page.get_by_role("listbox")
    for _ in range(5):
        box.press("ArrowDown")
        with suppress(TimeoutError):
            shown.wait_for(state="visible", timeout=3000)
            return
    expect(shown).to_be_visible()


def everything_opened(page: Page) -> set[str]:
    """English words found while each select box, pop-over, slider and fold of the page is open."""
    found: set[str] = set()
    open_all(page)
    found |= {*english(page)}
    shown = page.get_by_test_id("stPopoverBody").locator("visible=true")
    popovers = {p.inner_text(): p for p in page.locator("[data-testid=stPopover] button:visible").all()}
    for popover in popovers.values():  # one of those that every chart has
        popover.press("Enter")
        expect(shown).to_have_count(1)
        found |= {*english(page)}
        page.keyboard.press("Escape")
        expect(shown).to_have_count(0)
    for box in page.locator("[data-testid=stSelectbox] input:visible, [data-testid=stMultiSelect] input:visible").all():
        open_list(page, box)
        found |= {*english(page)}
        box.fill("qqqq")
        expect(page.get_by_text(text("de", "streamlit.no_results"))).to_be_visible()
        found |= {*english(page)}
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    settle(page)
    return found


@pytest.mark.parametrize("path", PATHS.values())
def test_no_english_word_of_streamlit_stands_on_a_german_page(server: str, page: Page, path: str):
    visit(page, f"{server}/{path}")
    assert everything_opened(page) == set()


def test_the_words_follow_a_change_of_language_and_back(server: str, page: Page):
    visit(page, f"{server}/explore")
    skip = page.get_by_test_id("stSkipToContent")
    expect(skip).to_have_text(text("de", "streamlit.skip"))
    page.get_by_role("button", name="English").click()
    expect(skip).to_have_text(text("en", "streamlit.skip"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert english(page)  # they are Streamlit's words again: the tests above would find them
    expect(page).to_have_title(re.compile("^Time series"))
    assert page.locator("meta[name=description]").get_attribute("content") == text("en", "shell.descriptions.explore")
    page.go_back()
    expect(skip).to_have_text(text("de", "streamlit.skip"))


def test_title_and_description_follow_the_page(server: str, page: Page):
    visit(page, f"{server}/explore")
    page.get_by_role("link", name=text("de", "app.methods")).last.click()
    expect(page).to_have_title(re.compile(f"^{text('de', 'app.methods')}"))
    described = page.locator("meta[name=description]").get_attribute("content")
    assert described == text("de", "shell.descriptions.methods")


def test_a_chart_is_one_picture_with_one_name(server: str, page: Page):
    visit(page, f"{server}/explore")
    chart = page.get_by_role("img", name=re.compile("Liniendiagramm"))
    expect(chart).to_have_count(1)
    assert not any("mark" in said or "axis" in said for said in told(page))


def test_nothing_is_missing_on_the_server(server: str, page: Page):
    answers: list[tuple[int, str]] = []
    page.on("response", lambda answer: answers.append((answer.status, answer.url)))
    for path in ("", "explore", "methods"):
        visit(page, f"{server}/{path}")
    assert [answer for answer in answers if answer[0] >= 400] == []


def test_without_script_there_is_a_way_to_the_figures(server: str, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/explore?i=population&lang=en")
    page.get_by_role("link", name=text("en", "shell.plain")).click()
    assert "/plain/population" in page.url and page.get_by_role("table").count() >= 1
    context.close()
