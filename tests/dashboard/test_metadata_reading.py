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


def test_events_come_in_order_of_time_with_what_they_are_context_for(metadata: Metadata):
    assert [e.id for e in metadata.events] == ["everywhere", "theme", "local", "indicator"]
    everywhere, theme, local, indicator = metadata.events
    assert (everywhere.themes, everywhere.indicators, everywhere.regions) == ((), (), ())
    assert (theme.themes, indicator.indicators) == (("employment",), ("foreign_population",))
    assert (local.regions, local.verified, local.link) == (("03102",), True, "https://example.org/law")


def test_every_district_has_a_boundary_with_its_licence(metadata: Metadata):
    assert tuple(metadata.areas) == metadata.members
    area = metadata.areas["03101"]
    assert (area.geometry["type"], len(area.geometry["coordinates"][0])) == ("Polygon", 5)
    assert (area.as_of, area.attribution.de) == (date(2021, 1, 1), "© Karte / Amt (Daten verändert)")
    assert (area.licence_url, area.link) == ("https://example.org/dl-de", "https://example.org/boundaries")


def test_each_table_has_its_page_and_its_corrections(metadata: Metadata):
    assert [(s.indicator, s.table, s.link) for s in metadata.series] == [
        ("population", "1-1", "https://example.org"),
        ("foreign_population", "1-1", "https://example.org"),
    ]
    (correction,) = metadata.corrections
    assert (correction.table, correction.rows, correction.reason.de) == ("1-1", 2, "Zeilen vertauscht")


def test_a_source_says_when_it_publishes(metadata: Metadata):
    assert (metadata.sources["lsn"].rhythm.de, metadata.sources["lsn"].stale_after_days) == ("jährlich", 400)
