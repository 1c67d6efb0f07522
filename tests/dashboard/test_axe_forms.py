"""Every form of a chart, notes and an older state of the data keep the rules too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.accessibility import EACH_ONCE, broken_rules
from tests.addresses import FORMS


@pytest.mark.parametrize("name", FORMS)
def test_a_form_breaks_no_rule(extract_server: str, browser: Browser, name: str):
    assert broken_rules(browser, extract_server + FORMS[name], EACH_ONCE) == {}
