from __future__ import annotations

import polars as pl
import pytest

from dashboard.choices import measures_of
from dashboard.metadata import Metadata
from dashboard.queries import EXPORT_COLUMNS, Selection, observations, source_of_each_series, view_figures
from dashboard.store import Store
from dashboard.view import View, read
from tests.dashboard.invented import having, indicator
from tests.dashboard.small_store import FIRST, foreigners, inhabitants


def figures(store: Store, metadata: Metadata, **link: str) -> pl.DataFrame:
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert notes == ()
    return view_figures(store, metadata, view)


def at(frame: pl.DataFrame, region: str, year: int) -> tuple[float | None, str]:
    row = frame.filter((pl.col("region") == region) & (pl.col("period_end").dt.year() == year))
    return row["value"].item(), row["status"].item()


def test_observations_have_the_export_columns_in_their_order(store: Store):
    assert tuple(observations(store, Selection()).columns) == EXPORT_COLUMNS


def test_an_earlier_state_gives_the_figures_known_then(store: Store, metadata: Metadata):
    assert at(figures(store, metadata, r="03157"), "03157", 2024) == (foreigners(6, 2024), "ok")
    assert at(figures(store, metadata, r="03157", v=FIRST), "03157", 2024) == (4000, "ok")


def test_values_of_an_address_never_become_sql(store: Store):
    nasty = Selection(indicators=("x'; DROP TABLE observations; --",), regions=("' OR 1=1 --",))
    assert observations(store, nasty).is_empty()
    assert not observations(store, Selection()).is_empty()


def sources_of(store: Store, metadata: Metadata, **link: str) -> dict[str, list[str]]:
    frame = figures(store, metadata, **link)
    return {r: sorted(set(s)) for r, s in frame.group_by("region").agg(pl.col("source")).iter_rows()}


def test_figures_come_from_the_preferred_source(store: Store, metadata: Metadata):
    assert sources_of(store, metadata, i="population", r="03101,BSR") == {"03101": ["lsn"], "BSR": ["lsn"]}


def test_a_chart_does_not_mix_sources_where_one_has_all_of_its_series(store: Store, metadata: Metadata):
    assert sources_of(store, metadata, i="population", r="03101,DE91") == {"03101": ["eurostat"], "DE91": ["eurostat"]}


def test_a_series_that_the_chosen_source_lacks_is_taken_from_another(store: Store, metadata: Metadata):
    chosen = sources_of(store, metadata, i="population", r="03102,03103,DE91")
    assert chosen == {"03102": ["lsn"], "03103": ["lsn"], "DE91": ["eurostat"]}


def held(**lengths: int) -> pl.DataFrame:
    """One region's figures by source: so many years each."""
    rows = [("03101", "", source, float(n)) for source, length in lengths.items() for n in range(length)]
    return pl.DataFrame(rows, schema=["region", "breakdown", "source", "value"], orient="row")


@pytest.mark.parametrize(
    ("lengths", "chosen"),
    [
        ({"a": 3, "b": 20}, "a"),  # the preferred one tells a development
        ({"a": 2, "b": 20}, "b"),  # two figures do not, and another source has more
        ({"a": 2, "b": 2}, "a"),
        ({"b": 2, "c": 3}, "c"),
    ],
)
def test_the_preferred_source_gives_way_only_where_it_tells_no_development(lengths: dict[str, int], chosen: str):
    assert source_of_each_series(held(**lengths), "a")["source"].to_list() == [chosen]


def test_rows_follow_the_order_of_the_view(store: Store, metadata: Metadata):
    frame = figures(store, metadata, r="03103,BSR,03101")
    assert frame["region"].unique(maintain_order=True).to_list() == ["03103", "BSR", "03101"]


def test_a_published_share_is_the_publishers(store: Store, metadata: Metadata):
    value, _ = at(figures(store, metadata, r="03101", as_="share"), "03101", 2020)
    assert value == round(100 * foreigners(0, 2020) / inhabitants(0, 2020), 1)


def test_a_share_by_denominator_is_worked_out_from_the_same_day(store: Store, metadata: Metadata):
    frame = figures(store, metadata, i="residence_permits", r="03102", as_="share")
    assert at(frame, "03102", 2020)[0] == pytest.approx(100 * 105 / foreigners(1, 2020))


def test_per_thousand_uses_the_population_of_the_same_source(store: Store, metadata: Metadata):
    frame = figures(store, metadata, r="03101", as_="per1000")
    assert at(frame, "03101", 2020)[0] == pytest.approx(1000 * foreigners(0, 2020) / inhabitants(0, 2020))


@pytest.mark.parametrize("measure", ["per1000", "index", "change"])
def test_nothing_is_worked_out_from_an_incomplete_sum(store: Store, metadata: Metadata, measure: str):
    assert at(figures(store, metadata, r="BSR", as_=measure), "BSR", 2024) == (None, "limited")


def test_a_share_of_an_incomplete_total_is_not_made(store: Store, metadata: Metadata):
    frame = figures(store, metadata, i="residence_permits", r="BSR", as_="share")
    assert at(frame, "BSR", 2024) == (None, "not_applicable")


def test_the_index_stands_at_100_in_the_first_period_that_all_series_have(store: Store, metadata: Metadata):
    frame = figures(store, metadata, r="03101,03158", from_="2015", as_="index")
    # Wolfenbüttel has no figure for 2015
    assert at(frame, "03101", 2016)[0] == at(frame, "03158", 2016)[0] == 100
    assert at(frame, "03101", 2020)[0] == pytest.approx(100 * foreigners(0, 2020) / foreigners(0, 2016))


def test_the_change_is_on_the_year_before_even_outside_the_range(store: Store, metadata: Metadata):
    frame = figures(store, metadata, r="03101", from_="2020", as_="change")
    assert at(frame, "03101", 2020)[0] == pytest.approx(100 * (foreigners(0, 2020) / foreigners(0, 2019) - 1))


def test_a_change_of_a_percentage_counts_in_points(store: Store, metadata: Metadata):
    frame = figures(store, metadata, i="unemployment_rate", as_="change")
    assert at(frame, "03", 2020)[0] == pytest.approx(0.1)


def test_no_change_is_stated_across_a_break_or_a_gap(store: Store, metadata: Metadata):
    frame = figures(store, metadata, i="population", r="03101", as_="change")
    assert at(frame, "03101", 2022) == (None, "break")
    assert at(frame, "03101", 2023)[0] is not None
    gap = figures(store, metadata, r="03158", as_="change")
    assert at(gap, "03158", 2016) == (None, "not_applicable")


def test_the_range_bounds_the_figures(store: Store, metadata: Metadata):
    view = View(("foreign_population",), ("03101",), ("",), "2012", "2014")
    assert view_figures(store, metadata, view)["period"].to_list() == ["2012-12-31", "2013-12-31", "2014-12-31"]


def test_a_rate_names_where_its_denominator_is_from(store: Store, metadata: Metadata):
    rates = figures(store, metadata, r="03101", as_="per1000")
    assert set(rates["total_table"]) == {"1-1"}
    assert at(rates.with_columns(value="counted"), "03101", 2020)[0] == foreigners(0, 2020)
    assert set(figures(store, metadata, r="03101")["total_table"]) == {None}


@pytest.mark.parametrize("part", ["nationality=foreign", "age=y0_17", "age=y0_17;sex=f"])
def test_a_group_is_not_divided_by_the_whole_population(metadata: Metadata, part: str):
    wide = indicator(metadata, "wide", per1000=True, breakdowns=("", "sex=f", part))
    known = having(metadata, wide)
    assert "per1000" in measures_of(wide, ("", "sex=f"), known)
    assert "per1000" not in measures_of(wide, ("", part), known)
    _, notes = read({"i": "wide", "r": "03101", "b": f"total,{part}", "as": "per1000"}, known)
    assert [n.key for n in notes] == ["measure_impossible"]


def test_a_part_that_all_breakdowns_share_is_not_a_group(metadata: Metadata):
    foreign = ("nationality=foreign", "nationality=foreign;sex=f")
    narrow = indicator(metadata, "narrow", per1000=True, breakdowns=foreign)
    assert "per1000" in measures_of(narrow, foreign, having(metadata, narrow))
