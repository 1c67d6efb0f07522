"""What the store says about counselling bodies, as the pages read it."""

from __future__ import annotations

from datetime import date

from dashboard.metadata import Label, Metadata
from tests.dashboard.small_store import BODY, CONTACTS, DEMO


def test_bodies_come_in_their_order_with_what_a_page_needs(metadata: Metadata):
    assert list(metadata.providers) == ["welcome_center", "demo"]
    body = metadata.providers["welcome_center"]
    assert (body.threshold, body.round_to, body.regions, body.topics) == (5, None, ("03101", "03103"), ("housing",))
    assert [p.invented for p in metadata.providers.values()] == [False, True]


def test_only_the_source_of_made_up_figures_is_invented(metadata: Metadata):
    assert [s.id for s in metadata.sources.values() if s.invented] == ["counselling_demo"]


def test_milestones_are_cited(metadata: Metadata):
    (milestone,) = metadata.milestones
    assert (milestone.at, milestone.source, milestone.link) == (date(2020, 11, 27), Label("Bericht", "report"), None)


def test_codes_are_defined_where_the_catalogue_says_what_they_mean(metadata: Metadata):
    assert metadata.dimensions["kind"].definitions["event"].de == "Veranstaltung"
    assert metadata.dimensions["provider"].definitions == {}


def test_a_share_within_a_body_can_be_made_of_the_sources_that_have_its_total(metadata: Metadata):
    indicator = metadata.indicators[CONTACTS]
    assert indicator.share_within == ("provider",)
    assert indicator.total_sources == ("counselling", "counselling_demo")
    assert indicator.breakdowns[:2] == (BODY, DEMO)
