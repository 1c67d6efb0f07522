"""What axe does not see: names and headings for a screen reader, narrow screens, large print, the language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.accessibility import heading_faults, headings, headless_tables, nameless, too_wide
from tests.addresses import FORMS, PAGES, in_english
from tests.browsing import open_all, visit

ALL = PAGES | FORMS


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2, locale="de-DE")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ALL)
def test_a_page_can_be_heard_and_read_large(extract_server: str, page: Page, name: str):
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 pixels enlarged to 200 %
    visit(page, extract_server + ALL[name])
    assert page.locator("html").get_attribute("lang") == "de"
    assert heading_faults(headings(page)) == []
    assert too_wide(page) == []
    open_all(page)
    assert nameless(page) == []
    assert headless_tables(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    for _ in range(20):  # charts follow the width, one after the other
        page.wait_for_timeout(250)
        if not too_wide(page):
            break
    assert too_wide(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_an_english_page_says_that_it_is_english(extract_server: str, page: Page, name: str):
    visit(page, extract_server + in_english(PAGES[name]))
    assert page.locator("html").get_attribute("lang") == "en"
    assert heading_faults(headings(page)) == []
