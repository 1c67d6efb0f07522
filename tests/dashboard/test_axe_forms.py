"""Every form of a chart, notes and an older state of the data keep the rules too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.accessibility import EVERY_PAIR, broken_rules, pairs_of_variants
from tests.addresses import FORMS

# the others differ from these in a chart's marks only, which axe does not look at
CHECKED = tuple(
    name for name in FORMS if name not in ("shares", "index", "bars", "columns", "breaks", "counselling-share")
)


@pytest.mark.parametrize("name", FORMS if pairs_of_variants() is EVERY_PAIR else CHECKED)
def test_a_form_breaks_no_rule(extract_server: str, browser: Browser, name: str):
    assert broken_rules(browser, extract_server + FORMS[name], pairs_of_variants()) == {}
