"""The same for every page in English, and for the pages without a script in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.accessibility import broken_plain_rules, broken_rules, pairs_of_variants
from tests.addresses import PAGES, in_english


@pytest.mark.parametrize("name", PAGES)
def test_an_english_page_breaks_no_rule(extract_server: str, browser: Browser, name: str):
    assert broken_rules(browser, extract_server + in_english(PAGES[name]), pairs_of_variants()) == {}


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("path", ["/plain", "/plain/employees?as=share", "/plain/migration_abroad?r=03101,03102"])
def test_a_page_without_a_script_breaks_no_rule(extract_server: str, browser: Browser, path: str, lang: str):
    address = in_english(path) if lang == "en" else path
    assert broken_plain_rules(browser, extract_server + address) == {}
