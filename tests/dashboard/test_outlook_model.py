"""The cohort model against examples worked out by hand, and against figures that it must not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboard.metadata import REGION_SUM
from dashboard.metadata_reading import read_metadata
from dashboard.outlook import backtest
from dashboard.outlook.ages import AGES, GROUPS, OLDEST, between, evenly, in_groups, single_ages
from dashboard.outlook.assumptions import Assumptions, LifeTable, read_assumptions
from dashboard.outlook.backtest import back_test
from dashboard.outlook.cohorts import Rates, project, step
from dashboard.outlook.evidence import Change, Evidence, read_evidence
from dashboard.outlook.forecast import districts_at
from dashboard.outlook.migration import land_profile, own_profile, workers, yearly_balances
from dashboard.outlook.mortality import expectancy, fitted, survival, survivors
from dashboard.outlook.reliability import reliability
from dashboard.outlook.scenario import Prepared, Scenario, look_ahead, prepare
from dashboard.store import current_store
from etl.catalogue import load_catalogue

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "RESULTS.md"
# an example on paper: young and old; half of the young men and three quarters of the young women become old, a quarter
# and a half of the old stay alive; a young woman has 1.5 children a step, half of them boys, all of whom live
PAPER = Rates(
    survival=np.array([[0.5, 0.25], [0.75, 0.5]]),
    at_birth=np.array([1.0, 1.0]),
    fertility=np.array([1.5, 0.0]),
    boys=0.5,
)
START = np.array([[64.0, 32.0], [64.0, 48.0]])
NOBODY = np.zeros((2, 2))


def test_two_cohorts_without_migration_come_out_as_on_paper():
    course = project(START, PAPER, NOBODY, 2)
    # first step: 64 x 1.5 = 96 children; old men 64/2 + 32/4 = 40, old women 48 + 24 = 72
    assert course[1].tolist() == [[48.0, 40.0], [48.0, 72.0]]
    # second step: 48 x 1.5 = 72 children; old men 24 + 10 = 34, old women 36 + 36 = 72
    assert course[2].tolist() == [[36.0, 34.0], [36.0, 72.0]]
    assert course[0].tolist() == START.tolist() and course.shape == (3, 2, 2)


def test_migration_is_added_at_the_end_of_the_step_and_lives_on():
    came = np.array([[0.0, 0.0], [4.0, 0.0]])
    course = project(START, PAPER, came, 2)
    assert (course[1] - step(START, PAPER, NOBODY)).tolist() == came.tolist()
    # four more young women: six children, three of them old women a step later, and four new ones
    assert (course[2] - project(START, PAPER, NOBODY, 2)[2]).tolist() == [[3.0, 0.0], [3.0 + 4.0, 3.0]]


def test_each_step_may_have_a_balance_of_its_own():
    balances = np.stack([NOBODY, np.ones((2, 2)), NOBODY])
    course, alone = project(START, PAPER, balances, 3), project(START, PAPER, NOBODY, 3)
    assert (course[1] == alone[1]).all() and (course[2] - alone[2]).tolist() == np.ones((2, 2)).tolist()


def test_groups_become_years_without_losing_or_inventing_anybody():
    groups = np.random.default_rng(1).uniform(0, 1000, (2, len(GROUPS)))
    groups[0, 3] = 0
    years = single_ages(groups)
    assert years.shape == (2, AGES) and years.min() >= -1e-9
    assert np.allclose(in_groups(years), groups)
    assert np.allclose(single_ages(np.full((1, len(GROUPS)), 50.0))[0, :OLDEST], 10)


def test_amounts_of_bands_are_spread_over_their_years():
    found = evenly([(0, 5), (5, 15), (80, 1000)], [10, -20, 11])
    assert found[:5].tolist() == [2] * 5 and found[5:15].tolist() == [-2] * 10 and found[80:].tolist() == [1] * 11


def test_everybody_dies_as_the_table_says():
    deaths = np.full((2, 91), 0.5)
    lived = survivors(deaths)
    assert lived[0, :4].tolist() == [1, 0.5, 0.25, 0.125]
    rates, at_birth = survival(lived)
    assert np.allclose(rates, 0.5) and at_birth.tolist() == [0.75, 0.75]
    assert expectancy(lived) == pytest.approx([1.5, 1.5])


def test_the_catalogue_holds_the_official_life_table_and_the_older_one_is_shifted():
    tables = {table.id: table for table in load_catalogue().outlook.life_tables}
    newest = tables["destatis_2022_24"].deaths
    # 78.47 and 83.19 years in the published table
    assert expectancy(survivors(np.array([newest.m, newest.f]))) == pytest.approx([78.47, 83.19], abs=0.1)
    older = tables["destatis_2009_11"].deaths
    lived = survivors(np.array([older.m, older.f]))
    moved = fitted(lived, np.array([77.72, 82.73]))
    assert expectancy(moved) == pytest.approx([77.72, 82.73], abs=1e-6)
    assert (moved[:, 1:100] > lived[:, 1:100]).all() and (np.diff(moved) <= 0).all()


TABLE = LifeTable("made", 2000, np.repeat([[0.01], [0.005]], 91, axis=1), None)
PLACE = "03101"


def closed(came: float = 0.0) -> Evidence:
    """A made-up place whose people are carried on by the model itself, ``came`` women of 30 to under 35 a year."""
    rates, at_birth = survival(TABLE.lived)
    fertility = np.zeros(AGES)
    fertility[15:45] = 0.05
    migration = np.zeros((2, AGES))
    migration[1, 30:35] = came / 5
    people = single_ages(np.full((2, len(GROUPS)), 500.0))
    course = project(people, Rates(rates, at_birth, fertility, 0.5), migration, 5)
    years = range(2015, 2021)
    sums = course.sum(axis=(1, 2))
    return Evidence(
        members=(PLACE,),
        structures={(PLACE, y): in_groups(c) for y, c in zip(years, course, strict=True)},
        changes={(PLACE, y): Change(sums[n] - sums[n - 1], "new") for n, y in enumerate(years) if n},
        births={(PLACE, y): float(course[n - 1, 1] @ fertility) for n, y in enumerate(years) if n},
        abroad={},
        students={},
        bases=dict.fromkeys(years, "new"),
        used=None,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("came", [0.0, 100.0])
def test_past_migration_is_what_births_and_deaths_leave_unexplained(came: float):
    evidence = closed(came)
    assert [*yearly_balances(evidence, PLACE, TABLE).values()] == pytest.approx([came] * 5, abs=1)
    found = own_profile(evidence, PLACE, TABLE)
    assert found is not None and found[1] == (2016, 2020)
    assert found[0].sum() == pytest.approx(came, abs=1)
    assert found[0][1, 27:38].sum() == pytest.approx(came, rel=0.05, abs=1)
    assert abs(found[0][0]).sum() < 3


def test_figures_of_an_older_census_are_left_out():
    evidence = closed()
    older = {**evidence.changes, (PLACE, 2014): Change(-999.0, "old")}
    assert 2014 not in replace(evidence, changes=older).changes_of(PLACE)
    broken = replace(evidence, bases={**evidence.bases, 2015: "old"})
    assert own_profile(broken, PLACE, TABLE) is None


def test_one_more_migrant_is_spread_as_the_land_s_balance():
    abroad = {2019: {(0, 20): 100.0, (20, 40): 300.0, (40, 1000): -100.0}, 2018: {(0, 20): 0.0, (20, 40): 100.0}}
    spread = land_profile(replace(closed(), abroad=abroad), 1)
    assert spread is not None and spread.sum() == pytest.approx(1)
    assert between(spread, 20, 40) == pytest.approx(1) and between(spread, 0, 20) == pytest.approx(1 / 3)
    only = workers(spread, (20, 65))
    assert between(only, 20, 40) == pytest.approx(1) and only.min() == 0
    assert land_profile(closed(), 5) is None


@pytest.fixture(scope="module")
def real(extract_data: Path) -> tuple[Evidence, Assumptions]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ETL_DATA_DIR", str(extract_data))
        store = current_store()
        evidence, assumptions = read_evidence(store, read_metadata(store), None), read_assumptions(store)
    assert evidence is not None and assumptions is not None
    return evidence, assumptions


@pytest.fixture(scope="module")
def prepared(real: tuple[Evidence, Assumptions]) -> Prepared:
    found = prepare(*real)
    assert found is not None
    return found


def test_the_evidence_is_the_published_figures(real: tuple[Evidence, Assumptions]):
    evidence, _ = real
    assert evidence.years == (*range(2013, 2022),) and {*evidence.bases.values()} == {"census2011"}
    assert sum(evidence.structures[r, 2021].sum() for r in evidence.members) == 1_135_998
    assert evidence.births["03101", 2021] == 2472
    assert evidence.changes["03101", 2021] == Change(262.0, "census2011")
    assert ("03101", 2011) not in evidence.changes and evidence.changes["03101", 2024].census == "census2022"
    assert evidence.abroad[2013][20, 40] == 19468
    assert evidence.used["period_end"].max() <= date(2024, 3, 31)  # students of the newest semester


def spoiled(evidence: Evidence, start: int) -> Evidence:
    """The same figures up to ``start``, and nonsense afterwards."""
    return replace(
        evidence,
        structures={k: v if k[1] <= start else v * 3 for k, v in evidence.structures.items()},
        changes={k: v if k[1] <= start else replace(v, people=9e5) for k, v in evidence.changes.items()},
        births={k: v if k[1] <= start else v * 5 for k, v in evidence.births.items()},
        abroad={y: v if y <= start else dict.fromkeys(v, 7e5) for y, v in evidence.abroad.items()},
    )


@pytest.mark.parametrize("start", [2013, 2018])
def test_a_forecast_knows_nothing_of_the_years_after_its_start(real: tuple[Evidence, Assumptions], start: int):
    evidence, assumptions = real
    honest = back_test(evidence, assumptions, start, 2021)
    blind = back_test(spoiled(evidence, start), assumptions, start, 2021)
    for known, unknown in zip(honest.districts, blind.districts, strict=True):
        assert (known.model == unknown.model).all() and (known.naive == unknown.naive).all()
        assert known.actual[-1] * 3 == pytest.approx(unknown.actual[-1])
    assert assumptions.life_table(start).last <= start


def test_errors_are_mean_absolute_percentages_of_the_years_after_the_start():
    nan = float("nan")
    one = backtest.Tested(
        "x", np.array([10.0, 100, nan, 200]), np.array([10.0, 110, 7, 180]), np.array([10.0, 100, 7, 150])
    )
    assert one.model_error == pytest.approx(10) and one.naive_error == pytest.approx(12.5) and one.better


def test_the_page_of_results_holds_what_the_back_test_gives(prepared: Prepared):
    test = prepared.test
    assert test is not None and (test.start, test.end, test.broken) == (2013, 2021, False)
    section = RESULTS.read_text(encoding="utf-8").split("## Outlook back-test\n")[1].split("\n## ")[0].replace("*", "")
    for one in (*test.districts, test.region):
        assert f"| {one.model_error:.2f} % | {one.naive_error:.2f} % |" in section
    assert f"measured: {test.better}." in section


def test_a_new_census_between_start_and_end_is_told(real: tuple[Evidence, Assumptions]):
    evidence, assumptions = real
    newer = replace(evidence, bases={y: "census2022" if y > 2019 else base for y, base in evidence.bases.items()})
    assert back_test(newer, assumptions, 2013, 2021).broken
    assert not back_test(newer, assumptions, 2013, 2019).broken


def test_constant_growth_takes_the_working_age_itself_where_its_past_is_published(real: tuple[Evidence, Assumptions]):
    test = back_test(*real, 2018, 2021)
    then, now = (between(single_ages(real[0].structures[PLACE, y]), 20, 65) for y in (2013, 2018))
    assert test.districts[0].naive[-1] == pytest.approx(now * (now / then) ** (3 / 5))


USUAL = Scenario(0, None, 46)


def test_the_region_is_the_sum_of_its_districts(prepared: Prepared):
    parts = [look_ahead(prepared, r, USUAL) for r in prepared.districts]
    whole = look_ahead(prepared, REGION_SUM, USUAL)
    for what in ("observed", "alone", "chosen"):
        summed = sum(getattr(part, what).people for part in parts)
        assert np.allclose(getattr(whole, what).people, summed)
    assert whole.balance == pytest.approx(sum(part.balance for part in parts))
    assert whole.years == (*range(2021, 2037),) and whole.observed.people[-1] == pytest.approx(667_363)


@pytest.mark.parametrize("area", [REGION_SUM, "03153"])
@pytest.mark.parametrize("scenario", [USUAL, Scenario(2.5, None, 60)])
def test_the_migration_needed_keeps_the_labour_force(prepared: Prepared, area: str, scenario: Scenario):
    ahead = look_ahead(prepared, area, scenario)
    level = ahead.alone.force[0]
    kept = look_ahead(prepared, area, replace(scenario, migration=ahead.balance + ahead.more))
    assert kept.chosen.force[-1] == pytest.approx(level)
    # the same from nobody moving at all: past and retained people taken away, those needed added
    nobody = replace(prepared, districts={r: replace(d, past=d.past * 0) for r, d in prepared.districts.items()})
    alone = look_ahead(nobody, area, replace(scenario, migration=ahead.needed))
    assert alone.chosen.force[-1] == pytest.approx(level)


def test_age_alone_knows_no_lever(prepared: Prepared):
    moved = look_ahead(prepared, REGION_SUM, Scenario(5, 9000, 80, "all"))
    usual = look_ahead(prepared, REGION_SUM, USUAL)
    assert (moved.alone.people == usual.alone.people).all() and (moved.alone.force == usual.alone.force).all()
    assert moved.alone.people[-1] < 0.9 * moved.alone.people[0]


def test_levers_move_what_they_say(prepared: Prepared):
    usual = look_ahead(prepared, REGION_SUM, USUAL)
    more = look_ahead(prepared, REGION_SUM, replace(USUAL, participation=1))
    assert (more.chosen.people == usual.chosen.people).all()
    older = sum(between(d.course(d.past, 15), 20, 70)[-1] for d in prepared.districts.values())
    assert more.chosen.force[-1] - usual.chosen.force[-1] == pytest.approx(0.01 * older, rel=1e-6)
    stays = look_ahead(prepared, "03101", replace(USUAL, retention=56))
    before = look_ahead(prepared, "03101", USUAL)
    # a tenth of a fifth of 3,336 students, fifteen times; a few of them die
    assert stays.chosen.people[-1] - before.chosen.people[-1] == pytest.approx(3336 / 5 * 0.1 * 15, rel=0.01)
    workers_, all_ages = (
        look_ahead(prepared, REGION_SUM, Scenario(0, usual.balance + 5000, 46, profile)).chosen.people[-1]
        for profile in ("work", "all")
    )
    assert workers_ > all_ages > usual.chosen.people[-1]


def test_the_stated_share_of_the_tests_stayed_inside_the_band(real: tuple[Evidence, Assumptions]):
    evidence, assumptions = real
    found = reliability(evidence, assumptions)
    off = []
    for start in evidence.years[:-1]:
        whole = back_test(evidence, assumptions, start, 2021).region
        off += [*(np.abs(whole.model / whole.actual - 1)[1:] * 100 / np.arange(1, 2022 - start))]
    assert found[REGION_SUM].tests == len(off) == 36
    inside = sum(miss <= found[REGION_SUM].forecast + 1e-9 for miss in off) / len(off)
    assert inside == pytest.approx(0.8, abs=0.03)
    assert found[REGION_SUM].model < found[REGION_SUM].forecast
    assert {*found} == {*evidence.members, REGION_SUM}


def test_a_district_starts_with_its_published_people(real: tuple[Evidence, Assumptions]):
    evidence, assumptions = real
    for region, district in districts_at(evidence, assumptions, 2021, newest_table=True).items():
        assert in_groups(district.people) == pytest.approx(evidence.structures[region, 2021])
        births = float(district.people[1] @ district.rates.fertility)
        assert births == pytest.approx(np.mean([evidence.births[region, y] for y in range(2017, 2022)]))


def with_new_census(evidence: Evidence) -> Evidence:
    """The same figures and three more years on another census, a twentieth lower, as a live run would bring them."""
    structures, changes, births = dict(evidence.structures), dict(evidence.changes), dict(evidence.births)
    for region in evidence.members:
        for year in (2022, 2023, 2024):
            structures[region, year] = evidence.structures[region, 2021] * 0.95
            births.setdefault((region, year), births[region, 2021])
            changes[region, year] = Change(0.0, "census2022")
    bases = {**evidence.bases, 2022: "census2022", 2023: "census2022", 2024: "census2022"}
    return replace(evidence, structures=structures, changes=changes, births=births, bases=bases)


def test_figures_of_a_new_census_are_carried_on_without_mixing(real: tuple[Evidence, Assumptions]):
    evidence, assumptions = real
    newer = prepare(with_new_census(evidence), assumptions)
    assert newer is not None and newer.start == 2024
    assert newer.test is not None and newer.test.broken and newer.test.start == 2016
    assert {*newer.observed} == {2022, 2023, 2024}
    assert newer.past_years(REGION_SUM) == (2017, 2021)  # the newest two structures of one census five years apart
    assert newer.reliability[REGION_SUM].tests == 36 + 3
