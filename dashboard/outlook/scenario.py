"""The years ahead under a reader's assumptions, and the labour migration that would keep the labour force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.metadata import REGION_SUM
from dashboard.outlook.ages import AGES, SEXES, between, single_ages
from dashboard.outlook.assumptions import PER_CENT, Assumptions
from dashboard.outlook.backtest import BackTest, back_test
from dashboard.outlook.cohorts import Ages
from dashboard.outlook.evidence import Evidence
from dashboard.outlook.forecast import District, districts_at
from dashboard.outlook.migration import land_profile, workers
from dashboard.outlook.reliability import Reliability, reliability

Course = NDArray[np.float64]
Profile = Literal["work", "all"]
PROFILES: tuple[Profile, ...] = get_args(Profile)


@dataclass(frozen=True)
class Scenario:
    """What a reader assumes. ``migration``: the area's yearly balance (people), None as in the past. ``profile``: the
    ages of those who come more or less than in the past. ``participation``: percentage points at the end.
    ``retention``: per cent of the international students who stay."""

    participation: float
    migration: float | None
    retention: float
    profile: Profile = "work"


@dataclass(frozen=True)
class Prepared:
    """All that no reader changes: the districts at ``start``, the profiles of one more migrant, the tests."""

    assumptions: Assumptions
    start: int
    districts: Mapping[str, District]
    profiles: Mapping[Profile, Ages]
    students: Mapping[str, float]
    observed: Mapping[int, Mapping[str, Ages]]  # people by year of age, by year and district, of the start's census
    test: BackTest | None
    reliability: Mapping[str, Reliability]

    @property
    def end(self) -> int:
        return self.start + self.assumptions.settings["horizon"]

    def within(self, area: str) -> tuple[District, ...]:
        """The districts of an area."""
        return tuple(self.districts.values()) if area == REGION_SUM else (self.districts[area],)

    def balance(self, area: str) -> float:
        """The past yearly balance of an area (people)."""
        return sum(district.balance for district in self.within(area))

    def past_years(self, area: str) -> tuple[int, int]:
        """The first and the last year of the past balance."""
        spans = [district.past_years for district in self.within(area)]
        return min(first for first, _ in spans), max(last for _, last in spans)

    def working(self, area: str) -> float:
        """The area's people of working age at the start."""
        return sum(float(between(d.people, *self.assumptions.working_ages)) for d in self.within(area))


@dataclass(frozen=True)
class Path:
    """Year by year: people of working age, and the labour force."""

    people: Course
    force: Course


@dataclass(frozen=True)
class Ahead:
    """The years ahead of an area. ``observed`` ends with the start, the others begin with it.

    ``needed``: the yearly balance of people of working age that leaves the labour force at the end as it was at the
    start, without any other migration; ``more``: how many more than in the past; ``spread``: how far ``needed`` may be
    off, in people, by the model's own past error; None where nothing could be tested. ``usual``: participation and
    retention are the defaults.
    """

    area: str
    scenario: Scenario
    years: tuple[int, ...]
    observed_years: tuple[int, ...]
    observed: Path
    alone: Path
    chosen: Path
    balance: float
    needed: float
    more: float
    spread: float | None
    reliability: Reliability | None
    usual: bool


def prepare(evidence: Evidence, assumptions: Assumptions) -> Prepared | None:
    """The model at the newest age structure; None where the migration to spread is not published."""
    start = evidence.years[-1]
    spread = land_profile(evidence, assumptions.settings["window"])
    if spread is None:
        return None
    census = evidence.bases[start]
    first = start - assumptions.settings["test_years"]
    return Prepared(
        assumptions=assumptions,
        start=start,
        districts=districts_at(evidence, assumptions, start, newest_table=True),
        profiles={"work": workers(spread, assumptions.working_ages), "all": spread},
        students=evidence.students,
        observed={
            year: {region: single_ages(evidence.structures[region, year]) for region in evidence.members}
            for year in evidence.years
            if evidence.bases[year] == census
        },
        test=back_test(evidence, assumptions, first, start) if first in evidence.years else None,
        reliability=reliability(evidence, assumptions),
    )


def look_ahead(prepared: Prepared, area: str, scenario: Scenario) -> Ahead:
    """An area's years ahead. Raises KeyError for an area that is neither the region nor one of its districts."""
    assumptions, districts = prepared.assumptions, prepared.within(area)
    length = assumptions.settings["horizon"]
    shares = _shares(prepared, districts)
    balance = prepared.balance(area)
    wanted = balance if scenario.migration is None else scenario.migration
    beside = (wanted - balance) * prepared.profiles[scenario.profile]
    unmoved = [np.zeros_like(d.past) for d in districts]
    stayed = [_stayed(prepared, d.region, scenario.retention) for d in districts]
    rates = _participation(assumptions, scenario.participation, length)
    chosen = [d.past + share * beside + more for d, share, more in zip(districts, shares, stayed, strict=True)]
    one_more = [share * prepared.profiles["work"] for share in shares]

    def course(migration: Sequence[Ages], *, people: bool = True) -> Ages:
        return _course(districts, migration, length, people=people)

    kept = _force(course(unmoved), _participation(assumptions, 0, length))[0]
    effect = float(_force(course(one_more, people=False), rates)[-1])
    missing = kept - float(_force(course(stayed), rates)[-1])
    going_on = [d.past + more for d, more in zip(districts, stayed, strict=True)]
    still_missing = kept - float(_force(course(going_on), rates)[-1])
    tested = prepared.reliability.get(area)
    observed = tuple(sorted(prepared.observed))
    seen = np.stack([_observed(prepared, year, districts) for year in observed])
    return Ahead(
        area=area,
        scenario=scenario,
        years=tuple(range(prepared.start, prepared.end + 1)),
        observed_years=observed,
        observed=_path(seen, _participation(assumptions, 0, len(observed) - 1), assumptions),
        alone=_path(course(unmoved), _participation(assumptions, 0, length), assumptions),
        chosen=_path(course(chosen), rates, assumptions),
        balance=balance,
        needed=missing / effect,
        more=still_missing / effect,
        spread=kept * tested.model / PER_CENT * length / effect if tested else None,
        reliability=tested,
        usual=all(getattr(scenario, name) == assumptions.levers[name].value for name in ("participation", "retention")),
    )


def _shares(prepared: Prepared, districts: Sequence[District]) -> list[float]:
    """Each district's share in the area's people of working age: where one more migrant is taken to settle."""
    own = [float(between(d.people, *prepared.assumptions.working_ages)) for d in districts]
    return [people / sum(own) for people in own]


def _stayed(prepared: Prepared, region: str, retention: float) -> Ages:
    """Graduates a year who stay beyond those who stayed so far (below zero: fewer), by age."""
    settings = prepared.assumptions.settings
    usual = prepared.assumptions.levers["retention"].value or 0
    graduates = prepared.students.get(region, 0.0) / settings["study_years"]
    ages = np.zeros((len(SEXES), AGES))
    inside = slice(settings["graduate_from"], settings["graduate_to"])
    ages[:, inside] = 1 / ages[:, inside].size
    return graduates * (retention - usual) / PER_CENT * ages


def _participation(assumptions: Assumptions, points: float, length: int) -> Ages:
    """Participation rates (years, ages) that move evenly by ``points`` percentage points up to the last year."""
    part = np.linspace(0, 1, length + 1)[:, None] * points / PER_CENT
    counted = assumptions.participation > 0
    return np.clip(assumptions.participation + part * counted, 0, 1)


def _course(districts: Sequence[District], migration: Sequence[Ages], length: int, *, people: bool) -> Ages:
    """The area's people (years, sexes, ages); without ``people`` only those whom the migration brings."""
    total = np.zeros((length + 1, len(SEXES), AGES))
    for district, balance in zip(districts, migration, strict=True):
        with_them = district.course(balance, length)
        total += with_them if people else with_them - district.course(np.zeros_like(balance), length)
    return total


def _observed(prepared: Prepared, year: int, districts: Sequence[District]) -> Ages:
    total: Ages = np.sum([prepared.observed[year][d.region] for d in districts], axis=0)
    return total


def _force(people: Ages, rates: Ages) -> Course:
    """The labour force of each year, of people (years, sexes, ages) and rates (years, ages)."""
    total: Course = (people.sum(axis=1) * rates).sum(axis=1)
    return total


def _path(people: Ages, rates: Ages, assumptions: Assumptions) -> Path:
    return Path(between(people, *assumptions.working_ages), _force(people, rates))
