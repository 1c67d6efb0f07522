"""Every page in German in both sizes and on both grounds keeps the rules of WCAG 2.2 A and AA that axe-core knows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.accessibility import broken_rules
from tests.addresses import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_german_page_breaks_no_rule(extract_server: str, browser: Browser, name: str):
    assert broken_rules(browser, extract_server + PAGES[name]) == {}
