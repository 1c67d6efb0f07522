from __future__ import annotations

from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.changes import Changes, IndicatorChanges, changes_of, counts, sentences
from dashboard.metadata import Metadata
from dashboard.store import Store
from tests.dashboard.small_store import FIRST, SECOND

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture()
def client(metadata: Metadata) -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def test_a_vintage_tells_what_it_changed(store: Store, metadata: Metadata):
    changed = changes_of(store, metadata, SECOND)
    assert changed.indicators == (IndicatorChanges("foreign_population", 0, 1, 0, None, False),)
    assert counts(changed, "de") == "0 neue, 1 revidierte, 0 zurückgezogene Werte"
    assert sentences(changed, metadata, "en") == ("Title foreign_population: 1 revised.",)


def test_of_the_first_vintage_everything_is_new(store: Store, metadata: Metadata):
    changed = changes_of(store, metadata, FIRST)
    assert changed.revised == changed.withdrawn == 0
    assert [c.indicator for c in changed.indicators] == list(metadata.indicators)
    told = "\n".join(sentences(changed, metadata, "de"))
    assert "Titel naturalisations: 135 neue Werte bis 2024." in told
    assert "erfundene Zahlen" in next(s for s in told.splitlines() if "counselling_contacts" in s)


def test_many_indicators_are_summed_up(metadata: Metadata):
    every = tuple(IndicatorChanges(f"i{n}", 1, 1, 1, "2024-12-31", False) for n in range(45))
    told = sentences(Changes(SECOND, every), metadata, "en")
    assert len(told) == 41 and told[-1] == "And 5 other indicators."
    assert told[0] == "i0: 1 new figure to 31 December 2024, 1 revised, 1 withdrawn."


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_feed_is_atom_with_stable_ids_and_one_entry_a_vintage(client: TestClient, lang: str):
    answer = client.get(f"/feed/revisions.atom?lang={lang}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{required}") is not None
    entries = feed.findall(f"{ATOM}entry")
    assert [e.find(f"{ATOM}updated").text for e in entries] == ["2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    assert feed.find(f"{ATOM}updated").text == "2026-06-01T00:00:00Z"
    ids = [e.find(f"{ATOM}id").text for e in entries]
    assert all(SECOND in i or FIRST in i for i in ids) and len(set(ids)) == 2
    elsewhere = client.get(f"/feed/revisions.atom?lang={lang}", headers={"host": "monitor.example.org"})
    assert [e.find(f"{ATOM}id").text for e in ElementTree.fromstring(elsewhere.content).findall(f"{ATOM}entry")] == ids
    assert f"http://monitor.example.org/data-status?v={SECOND}" in elsewhere.text
    assert ("revidiert" if lang == "de" else "revised") in answer.text
