"""Each check goes red for the defect it is there for, and names the rows."""

from __future__ import annotations

import dataclasses
from datetime import date

import polars as pl
import pytest

from etl.catalogue import load_catalogue
from etl.checks import (
    check_balances,
    check_codes,
    check_districts_add_up,
    check_districts_present,
    check_newest_period,
    check_plausible,
    check_schema,
    check_totals,
    run_checks,
)
from etl.comparisons import source_differences
from etl.revisions import changes, counts, too_large
from etl.schema import Observation

CATALOGUE = load_catalogue()
EIGHT = CATALOGUE.members
NOTHING = Observation.create_empty()


def row(
    indicator="foreign_population", region="03101", year=2024, value=100.0, breakdown="", **changes
) -> dict[str, object]:
    about = CATALOGUE.indicators[indicator]
    day = date(year, 12, 31)
    period = {"reference_date": day.isoformat()}.get(about.period_kind, str(year))
    return {
        "indicator": indicator, "region": region, "period": period, "period_start": day, "period_end": day,
        "period_kind": about.period_kind, "breakdown": breakdown, "value": value, "unit": about.unit, "status": "ok",
        "source": "lsn", "table": "t", "licence": "l", "attribution": "a",
        "retrieved_at": pl.Series([date(2026, 1, 1)]).cast(pl.Datetime("us"))[0], **changes,
    }  # fmt: skip


def state(*rows) -> pl.DataFrame:
    return Observation.cast(pl.DataFrame(list(rows), schema=dict(Observation.create_empty().schema), orient="row"))


def eight(**changes) -> list[dict[str, object]]:
    return [row(region=r, **changes) for r in EIGHT]


def test_a_sound_state_passes_everything():
    good = state(*eight())
    assert run_checks(good, good, CATALOGUE) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "guess"},
        {"period": "Juni 2024"},
        {"value": None},  # empty, yet the status says ok
        {"status": "secret"},  # secret, yet there is a value
        {"value": float("inf")},
        {"period_kind": "decade"},
        {"attribution": ""},
        {"licence": None},
        {"period_start": date(2025, 1, 1)},
    ],
)
def test_a_row_that_breaks_the_schema_is_named(broken):
    failures = check_schema(state(row(), row(region="03102", **broken)))
    assert failures
    assert "03102" in str(failures[0])


def test_a_key_that_stands_twice_is_seen():
    assert "primary_key" in str(check_schema(state(row(), row(value=7.0)))[0])


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"region": "99999"}, "region"), ({"source": "nobody"}, "source"), ({"unit": "furlongs"}, "another unit")],
)
def test_codes_and_units_come_from_the_catalogue(changes, named):
    assert named in " ".join(map(str, check_codes(state(row(), row(year=2023, **changes)), CATALOGUE)))


@pytest.mark.parametrize("breakdown", ["sex=x", "planet=mars", "title=none"])
def test_unknown_breakdowns_are_seen(breakdown):
    assert check_codes(state(row(breakdown=breakdown)), CATALOGUE) != []


def test_a_missing_district_is_named():
    (failure,) = check_districts_present(state(*eight()[:-1]), CATALOGUE)
    assert "missing ['03158']" in str(failure)
    assert check_districts_present(state(row(region="03")), CATALOGUE) == []


def permits(men: float) -> pl.DataFrame:
    """A register rounded to 5: one total of 100, of which 40 women."""
    return state(
        row("residence_permits", breakdown="purpose=employment", value=100.0),
        row("residence_permits", breakdown="purpose=employment;sex=m", value=men),
        row("residence_permits", breakdown="purpose=employment;sex=f", value=40.0),
        *[row("residence_permits", breakdown="purpose=family", value=105.0, region=r) for r in EIGHT],
    )


@pytest.mark.parametrize(("men", "fits"), [(60.0, True), (65.0, True), (70.0, False), (61.0, True), (62.0, False)])
def test_parts_must_add_up_within_the_registers_rounding(men, fits):
    """One step is allowed: 5 where all figures are multiples of 5, 1 where they are not."""
    failures = check_totals(permits(men), CATALOGUE)
    assert (failures == []) == fits
    if men == 70:
        assert "03101 2024-12-31 'purpose=employment' off by 10" in str(failures[0])


@pytest.mark.parametrize(("net", "fits"), [(30.0, True), (31.0, False)])
def test_in_minus_out_is_net(net, fits):
    flows = [
        row("migration_abroad", breakdown=f"direction={d}", value=v)
        for d, v in (("in", 100.0), ("out", 70.0), ("net", net))
    ]
    assert (check_balances(state(*flows), CATALOGUE) == []) == fits


@pytest.mark.parametrize(("off", "fits"), [(0, True), (30, True), (35, False)])
def test_all_districts_add_up_to_the_land(off, fits):
    rows = [row(region=r, value=1005.0) for r in CATALOGUE.land_districts]
    land = row(region="03", value=1005.0 * len(rows) + off)
    assert (check_districts_add_up(state(*rows, land), CATALOGUE) == []) == fits


def test_nothing_there_counts_as_zero_where_parts_are_added_up():
    women = row("residence_permits", breakdown="purpose=employment;sex=f", value=None, status="nil")
    for total, fits in ((60.0, True), (100.0, False)):
        figures = state(
            row("residence_permits", breakdown="purpose=employment", value=total),
            row("residence_permits", breakdown="purpose=employment;sex=m", value=60.0),
            women,
        )
        assert (check_totals(figures, CATALOGUE) == []) == fits
    assert check_totals(state(*figures.to_dicts()[:-1], {**women, "status": "secret"}), CATALOGUE) == []


@pytest.mark.parametrize(("land", "fits"), [(100.0, True), (200.0, False)])
def test_districts_with_nothing_there_add_up_as_zero_beside_figures(land, fits):
    first, *others = CATALOGUE.land_districts
    rows = [row(region=first), *(row(region=r, value=None, status="nil") for r in others)]
    assert (check_districts_add_up(state(*rows, row(region="03", value=land)), CATALOGUE) == []) == fits


def test_a_land_whose_districts_have_no_figure_yet_is_not_compared_with_zero():
    rows = [row(region=r, value=None, status="nil") for r in CATALOGUE.land_districts]
    assert check_districts_add_up(state(*rows, row(region="03", value=200.0)), CATALOGUE) == []


def with_checks(**changes):
    """The catalogue with other checks for ``foreign_population``."""
    indicator = CATALOGUE.indicators["foreign_population"]
    checks = indicator.checks.model_copy(update=changes)
    indicators = {**CATALOGUE.indicators, indicator.id: indicator.model_copy(update={"checks": checks})}
    return dataclasses.replace(CATALOGUE, indicators=indicators)


def test_an_indicator_of_some_districts_may_lack_the_others():
    some = with_checks(some_districts=True)
    assert check_districts_present(state(*eight()[:-1]), some) == []
    assert check_districts_add_up(state(row(), row(region="03", value=500.0)), some) == []


def test_a_pending_newest_slice_leaves_the_one_before_as_the_newest():
    published = state(*eight(year=2024))
    coming = state(*eight(year=2024), *eight(year=2025, value=None, status="pending"))
    assert run_checks(coming, published, CATALOGUE) == []
    assert too_large(changes(published, coming), CATALOGUE) == []
    assert check_newest_period(coming, coming) == []
    (failure, *_) = check_newest_period(
        state(*eight(year=2023), *eight(year=2025, value=None, status="pending")), coming
    )
    assert "2023-12-31, published are already 2024-12-31" in str(failure)


def test_sources_that_should_agree_are_compared_and_every_difference_is_told():
    pair = with_checks(equal_sources=(("lsn", "eurostat"),))
    other = [row(source="eurostat"), row(source="eurostat", year=2023, value=1234.5), row(source="eurostat", year=2022)]
    rows = [
        row(),
        row(year=2023, value=1200.0),
        row(year=2021),
        row(region="BSR"),
        row(region="BSR", source="eurostat"),
    ]
    assert source_differences(state(*rows, *other), pair) == [
        "foreign_population: 2 figures of lsn and eurostat compared, 1 differ",
        "foreign_population 03101 2023-12-31: lsn has 1,200, eurostat has 1,234.5",
    ]
    assert source_differences(state(row(), row(source="eurostat")), pair) == [
        "foreign_population: 1 figures of lsn and eurostat compared, all are equal"
    ]
    assert source_differences(state(row(), row(source="eurostat", value=None, status="secret")), pair) == []
    assert source_differences(state(*rows, *other), with_checks(equal_sources=())) == []


def test_many_differences_are_counted_and_the_newest_quoted():
    years = range(1990, 2020)
    rows = [r for y in years for r in (row(year=y), row(year=y, source="eurostat", value=1.0))]
    summary, first, *others = source_differences(state(*rows), with_checks(equal_sources=(("lsn", "eurostat"),)))
    assert summary.endswith("30 figures of lsn and eurostat compared, 30 differ")
    assert "2019-12-31" in first
    assert others[-1] == "foreign_population: and 10 more differences"


def test_the_newest_period_never_goes_back():
    published = state(*eight(year=2024))
    (failure,) = check_newest_period(state(*eight(year=2023)), published)
    assert "2023-12-31, published are already 2024-12-31" in str(failure)
    emptied = state(*eight(year=2024, value=None, status="pending"))
    assert "no period" in str(check_newest_period(emptied, published)[0])


def test_changes_are_told_apart():
    before = state(row(year=2021), row(year=2022), row(year=2023))
    after = state(row(year=2022), row(year=2023, value=101.0), row(year=2024))
    changed = changes(before, after)
    assert dict(changed.select("period", "change").iter_rows()) == {
        "2021-12-31": "withdrawn", "2022-12-31": "unchanged", "2023-12-31": "revised", "2024-12-31": "new",
    }  # fmt: skip
    assert counts(changed) == {"new": 1, "revised": 1, "withdrawn": 1}


def test_a_status_alone_is_a_revision_and_an_address_is_not():
    before = state(row())
    assert counts(changes(before, state(row(status="provisional"))))["revised"] == 1
    assert counts(changes(before, state(row(attribution="another"))))["revised"] == 0


@pytest.mark.parametrize(("factor", "refused"), [(1.02, False), (1.2, False), (1.3, True), (3.0, True), (0.5, True)])
def test_a_large_revision_is_refused_with_its_size(factor, refused):
    before, after = state(*eight(value=1000.0)), state(*eight(value=1000.0 * factor))
    sentences = too_large(changes(before, after), CATALOGUE)
    assert bool(sentences) == refused
    if refused:
        assert "foreign_population (lsn): 8 of 8 figures change by more than 25%" in sentences[0]


def test_figures_that_vanish_are_refused():
    before, after = state(*eight()), state(*eight(value=None, status="pending"))
    assert "8 of 8 figures vanish" in too_large(changes(before, after), CATALOGUE)[0]


def test_one_absurd_figure_is_refused_and_named():
    after = state(*eight(value=1000.0)[:-1], row(region="03158", value=10_000.0))
    (sentence,) = too_large(changes(state(*eight(value=1000.0)), after), CATALOGUE)
    # one of eight is more than 5 %; among many figures the factor alone must speak
    assert "03158 2024-12-31" in sentence
    many = [r for year in range(2000, 2025) for r in eight(year=year, value=1000.0)]
    slipped = [{**r, "value": 10_000.0} if (r["region"], r["period"]) == ("03158", "2024-12-31") else r for r in many]
    (sentence,) = too_large(changes(state(*many), state(*slipped)), CATALOGUE)
    assert sentence == "foreign_population (lsn): 1 figures change by more than a factor of 2, e.g. 03158 2024-12-31"


def test_a_figure_of_the_newest_period_never_vanishes_unseen():
    many = [r for year in range(2000, 2025) for r in eight(year=year)]
    (sentence,) = too_large(changes(state(*many), state(*many[:-1])), CATALOGUE)
    assert sentence == "foreign_population (lsn): 1 figures of the newest period vanish, e.g. 03158 2024-12-31"


@pytest.mark.parametrize(
    "changes",
    [
        {"value": -1.0},
        {"value": 36.38},
        {"indicator": "foreign_population_share", "value": 143_816_067_235_395.0},
        {"indicator": "minimum_income_rate", "value": 24_600.0},
        {"indicator": "migration_abroad", "value": -5.0, "breakdown": "direction=in"},
    ],
)
def test_a_figure_that_cannot_be_is_named(changes):
    (failure,) = check_plausible(state(row(**changes)), CATALOGUE)
    assert "03101" in str(failure)


def test_a_balance_may_be_negative():
    assert check_plausible(state(row("migration_abroad", value=-5.0, breakdown="direction=net;sex=f")), CATALOGUE) == []


def test_a_missing_district_of_the_land_is_named():
    rows = [row(region=r) for r in CATALOGUE.land_districts if r != "03159"]
    land = row(region="03", value=100.0 * 45)
    (failure,) = check_districts_add_up(state(*rows, land), CATALOGUE)
    assert "44 of 45 districts" in str(failure)


def test_small_counts_may_jump():
    before, after = state(*eight(value=5.0)), state(*eight(value=15.0))
    assert too_large(changes(before, after), CATALOGUE) == []
