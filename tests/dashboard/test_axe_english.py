"""The same for every page in English, and for the pages without a script in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.accessibility import broken_rules
from tests.addresses import PAGES, in_english


@pytest.mark.parametrize("name", PAGES)
def test_an_english_page_breaks_no_rule(extract_server: str, browser: Browser, name: str):
    assert broken_rules(browser, extract_server + in_english(PAGES[name])) == {}
