from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from dashboard.headlines import headline
from dashboard.metadata import Metadata
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.tiles import tile
from dashboard.view import read
from tests.dashboard.small_store import foreigners


def said(store: Store, metadata: Metadata, **link: str) -> str:
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert notes == ()
    return headline(view_figures(store, metadata, view), view, metadata)


def test_one_series_tells_its_newest_figure_and_its_change(store: Store, metadata: Metadata):
    first, last = foreigners(1, 2014), foreigners(1, 2024)
    assert (first, last) == (1900, 2900)
    assert said(store, metadata, r="03102", from_="2014") == (
        "Salzgitter: 2.900 Ausländerinnen und Ausländer am 31.12.2024, 1.000 mehr als am 31.12.2014 (+52,6\u00a0%)."
    )
    assert said(store, metadata, r="03102", from_="2014", lang="en") == (
        "Salzgitter: 2,900 foreigners on 31 December 2024, 1,000 more than on 31 December 2014 (+52.6%)."
    )


def test_a_change_inside_the_rounding_is_unchanged(store: Store, metadata: Metadata):
    # the sum of eight figures rounded to 5 may be off by 20
    told = said(store, metadata, i="residence_permits", r="BSR", b="sex=m")
    assert "1.020" in told and "unverändert (Unterschied innerhalb der Rundung)" in told
    assert "mehr" not in told


@pytest.mark.parametrize(("more", "claimed"), [(5, False), (6, True)])
def test_one_district_may_be_off_by_one_step(store: Store, metadata: Metadata, more: float, claimed: bool):
    view, _ = read({"i": "residence_permits", "r": "03102", "b": "sex=m"}, metadata)
    figures = view_figures(store, metadata, view)
    changed = pl.when(pl.col("period_end").dt.year() == 2024).then(pl.col("value") + more).otherwise("value")
    told = headline(figures.with_columns(changed.alias("value")), view, metadata)
    assert (f"{more} mehr" in told) is claimed


def test_equal_figures_are_plainly_unchanged(store: Store, metadata: Metadata):
    told = said(store, metadata, i="residence_permits", r="03102", b="sex=m")
    assert "unverändert gegenüber dem 31.12.2010" in told and "Rundung" not in told


def test_no_growth_is_claimed_across_a_break(store: Store, metadata: Metadata):
    told = said(store, metadata, i="population", r="03101")
    assert "wegen eines Bruchs in der Reihe (31.12.2022)" in told
    assert "mehr als" not in told and "%" not in told
    assert "mehr als" in said(store, metadata, i="population", r="03101", from_="2022")


def test_no_growth_is_claimed_on_an_incomplete_sum(store: Store, metadata: Metadata):
    told = said(store, metadata, r="BSR")
    assert "mind." in told and "fehlen" in told and "mehr als" not in told


def test_a_rate_changes_in_points_without_a_percentage(store: Store, metadata: Metadata):
    told = said(store, metadata, i="unemployment_rate", from_="2020")
    assert told == (
        "Niedersachsen, Titel unemployment_rate: 6,4\u00a0% im Juni 2024, 0,4 Prozentpunkte mehr als im Juni 2020."
    )


def test_two_series_are_both_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102", from_="2014")
    assert told == (
        "Ausländerinnen und Ausländer am 31.12.2024: Braunschweig 1.700 (+41,7\u00a0%); "
        "Salzgitter 2.900 (+52,6\u00a0%), jeweils gegenüber dem 31.12.2014."
    )


def test_of_many_series_the_widest_and_least_change_are_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102,03103", from_="2014")
    assert told == (
        "Ausländerinnen und Ausländer, Veränderung vom 31.12.2014 bis zum 31.12.2024: "
        "am höchsten Wolfsburg (+57,7\u00a0%), am niedrigsten Braunschweig (+41,7\u00a0%)."
    )


def test_of_many_shares_the_highest_and_lowest_are_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102,03103", as_="share")
    assert "am höchsten Wolfsburg" in told and "am niedrigsten Braunschweig" in told and "Veränderung" not in told


def test_bars_tell_of_their_period_and_not_that_the_sum_is_the_largest(store: Store, metadata: Metadata):
    told = said(store, metadata, i="naturalisations", r="BSR,03101,03102,03103", chart="bar")
    assert "am höchsten Wolfsburg (44)" in told and "am niedrigsten Braunschweig (24)" in told


def test_an_index_names_its_base(store: Store, metadata: Metadata):
    assert "(31.12.2014 = 100)" in said(store, metadata, r="03101", from_="2014", as_="index")
    assert "(31.12.2014 = 100)" in said(store, metadata, r="03101,03102", from_="2014", as_="index")


def test_a_default_that_is_only_a_part_is_named(store: Store, metadata: Metadata):
    assert "(männlich)" in said(store, metadata, i="residence_permits", r="03102")


def test_without_figures_the_headline_says_so(store: Store, metadata: Metadata):
    view, _ = read({"r": "03101"}, metadata)
    empty = view_figures(store, metadata, view).clear()
    assert "keine veröffentlichten Zahlen" in headline(empty, view, metadata)


def test_a_tile_compares_with_the_year_before(store: Store, metadata: Metadata):
    view, _ = read({"r": "03102"}, metadata)
    facts = tile(view_figures(store, metadata, view), view, metadata)
    assert facts is not None
    assert (facts.figure, facts.period, facts.change) == ("2.900", "31.12.2024", "+100 (+3,6\u00a0%) zum Vorjahr")


@pytest.mark.parametrize(
    ("indicator", "region", "end", "change"),
    [
        ("population", "03101", "2022", "Bruch"),
        ("foreign_population", "BSR", "2024", "fehlen"),
        ("residence_permits", "BSR", "2024", "unverändert"),
        ("foreign_population", "03158", "2016", "kein Vergleich"),
    ],
)
def test_a_tile_says_why_it_states_no_change(
    store: Store, metadata: Metadata, indicator: str, region: str, end: str, change: str
):
    view, _ = read({"i": indicator, "r": region}, metadata)
    facts = tile(view_figures(store, metadata, replace(view, end=end)), view, metadata)
    assert facts is not None and change in facts.change
