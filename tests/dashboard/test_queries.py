from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.choices import measures_of
from dashboard.measures import ratio, with_base
from dashboard.metadata import Base, Metadata
from dashboard.queries import EXPORT_COLUMNS, Selection, observations, source_of_each_series, view_figures
from dashboard.store import Store
from dashboard.view import View, read
from tests.dashboard.invented import frame, having, indicator, periods
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


def test_a_share_is_taken_from_a_source_that_has_the_whole(store: Store, metadata: Metadata):
    counts = figures(store, metadata, i="jobs", r="03101")
    assert set(counts["source"]) == {"lsn"}
    shares = figures(store, metadata, i="jobs", r="03101", as_="share")
    assert set(shares["source"]) == {"eurostat"}
    assert at(shares, "03101", 2024) == (10, "ok")


def test_figures_say_why_they_are_not_from_the_preferred_source(store: Store, metadata: Metadata):
    assert set(figures(store, metadata, i="jobs", r="03101")["passed_over"]) == {"few"}
    assert set(figures(store, metadata, i="jobs", r="03101", b="total")["passed_over"]) == {None}
    assert set(figures(store, metadata, i="population", r="03101,DE91")["passed_over"]) == {"incomplete"}
    assert set(figures(store, metadata, i="population", r="03101")["passed_over"]) == {None}


def test_the_total_has_no_share_of_itself(metadata: Metadata):
    jobs = metadata.indicators["jobs"]
    assert "share" in measures_of(jobs, ("nationality=foreign",), metadata)
    assert "share" not in measures_of(jobs, ("", "nationality=foreign"), metadata)


def test_counts_of_two_sources_make_no_rate(metadata: Metadata):
    own = indicator(metadata, "own", per1000=True, share_indicator="population", share_kind="denominator")
    alone = replace(own, sources=("other",))
    assert {"share", "per1000"} <= {*measures_of(own, ("",), having(metadata, own))}
    assert {"share", "per1000"}.isdisjoint(measures_of(alone, ("",), having(metadata, alone)))


def test_one_period_has_no_index_and_no_change(metadata: Metadata):
    one = indicator(metadata, "one", periods=periods("2025", kind="year"))
    two = indicator(metadata, "two", periods=periods("2024", "2025", kind="year"))
    assert measures_of(one, ("",), having(metadata, one)) == ("number",)
    assert measures_of(two, ("",), having(metadata, two)) == ("number", "index", "change")


@pytest.mark.parametrize("balance", ["direction=net", "direction=commute_net"])
def test_a_balance_has_no_percentage(metadata: Metadata, balance: str):
    flows = indicator(metadata, "flows", breakdowns=("direction=in", balance))
    assert "change" in measures_of(flows, ("direction=in",), metadata)
    assert {"index", "change"}.isdisjoint(measures_of(flows, (balance,), metadata))


def test_a_rate_has_one_base_above_and_below_the_line():
    old = Base("lsn", "census_2011", date(2011, 12, 31), date(2022, 12, 30))
    new = Base("lsn", "census_2022", date(2022, 12, 31), None)
    late = replace(new, since=date(2023, 12, 31))
    days = {"2021-12-31": 10.0, "2022-12-31": 20.0, "2023-12-31": 30.0}
    part, whole = frame({("part", "03101", ""): days}), frame({("whole", "03101", ""): dict.fromkeys(days, 100.0)})
    above = with_base(part, [old, new])
    # below the line the new census comes a year later
    below = with_base(whole, [replace(old, until=date(2023, 12, 30)), late])
    rates = ratio(above, below, 100, same_day=True, wholes={"": ""})
    assert rates["value"].to_list() == [10, None, 30]
    assert rates["status"].to_list() == ["ok", "not_applicable", "ok"]
    unknown = ratio(with_base(part, []), below, 100, same_day=True, wholes={"": ""})
    assert unknown["value"].to_list() == [10, 20, 30]
