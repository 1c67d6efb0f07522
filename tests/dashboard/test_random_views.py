"""500 random views of the bundled figures, some of an earlier state: the same link, the same figures everywhere.

Pictures are drawn of every eighth view and pages opened for every fourth; with ``EVERY_VIEW=1`` of all.
"""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.metadata import Metadata
from dashboard.store import Store
from tests.dashboard.every_door import check_figures, check_link
from tests.dashboard.random_links import BLOCKS, PICTURES_EVERY, block


@pytest.mark.parametrize("number", range(BLOCKS))
def test_a_view_has_the_same_figures_through_every_door(number: int, revised_store: Store, revised_metadata: Metadata):
    client = TestClient(Starlette(routes=ROUTES))
    for place, view in enumerate(block(revised_metadata, number)):
        check_link(view, revised_metadata)
        check_figures(view, revised_store, revised_metadata, client, pictures=place % PICTURES_EVERY == 0)
