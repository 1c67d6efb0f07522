"""The page of a random view shows exactly that view and gives its link on."""

from __future__ import annotations

import pytest

from dashboard.metadata import Metadata
from dashboard.store import Store
from tests.dashboard.every_door import check_page
from tests.dashboard.random_links import BLOCKS, PAGES_EVERY, block


@pytest.mark.parametrize("number", range(BLOCKS))
def test_a_page_shows_the_view_of_its_link_and_gives_it_on(
    number: int, revised_store: Store, revised_metadata: Metadata
):
    for view in block(revised_metadata, number)[::PAGES_EVERY]:
        check_page(view, revised_store, revised_metadata)
