"""The model started some years ago against what happened, beside constant growth, from nothing known only later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.outlook.ages import between, single_ages
from dashboard.outlook.assumptions import Assumptions
from dashboard.outlook.evidence import Evidence
from dashboard.outlook.forecast import districts_at

Course = NDArray[np.float64]  # people of working age in each year from the start on; nan where not published


@dataclass(frozen=True)
class Tested:
    """A district's people of working age in the years from the start on: as counted, by the model, by constant growth.

    Errors are mean absolute percentage errors over the years after the start.
    """

    region: str
    actual: Course
    model: Course
    naive: Course

    @property
    def model_error(self) -> float:
        return _error(self.model, self.actual)

    @property
    def naive_error(self) -> float:
        return _error(self.naive, self.actual)

    @property
    def better(self) -> bool:
        """Whether the model was nearer to what happened than constant growth."""
        return self.model_error < self.naive_error


@dataclass(frozen=True)
class BackTest:
    """All districts and their sum (the last). ``broken``: the years lie on both sides of a new census."""

    start: int
    end: int
    districts: tuple[Tested, ...]
    region: Tested
    broken: bool

    @property
    def better(self) -> int:
        """In how many districts the model was better than constant growth."""
        return sum(one.better for one in self.districts)


def back_test(evidence: Evidence, assumptions: Assumptions, start: int, end: int) -> BackTest:
    """The forecast of the year ``start`` for every year up to ``end``. Raises KeyError without structures at both."""
    ages = assumptions.working_ages
    actual = {region: counted(evidence, region, ages, start, end) for region in evidence.members}
    model = {
        region: between(district.course(district.past, end - start), *ages)
        for region, district in districts_at(evidence, assumptions, start, newest_table=False).items()
    }
    known = evidence.until(start)
    naive = {region: _grown(known, assumptions, region, start, end) for region in evidence.members}
    districts = tuple(Tested(r, actual[r], model[r], naive[r]) for r in evidence.members)
    region = Tested("", *(_added(course) for course in (actual, model, naive)))
    census = {evidence.bases[year] for year in evidence.years if start <= year <= end}
    return BackTest(start, end, districts, region, len(census) > 1)


def counted(evidence: Evidence, region: str, ages: tuple[int, int], start: int, end: int) -> Course:
    """The published people of an age from year to year, as far as whole groups make them up."""
    return np.array(
        [
            between(single_ages(evidence.structures[region, year]), *ages)
            if (region, year) in evidence.structures
            else np.nan
            for year in range(start, end + 1)
        ]
    )


def _grown(known: Evidence, assumptions: Assumptions, region: str, start: int, end: int) -> Course:
    """Working age growing as it did before the start; where its past is not published, as the whole population did."""
    window, ages = assumptions.settings["window"], assumptions.working_ages
    first = max((y for y in known.years if y <= start - window and known.bases[y] == known.bases[start]), default=None)
    now = counted(known, region, ages, start, start)[0]
    if first is not None:
        before = counted(known, region, ages, first, first)[0]
        rate = (now / before) ** (1 / (start - first)) - 1
    else:
        rate = _population_growth(known, region, start, window)
    return np.array(now * (1 + rate) ** np.arange(end - start + 1))


def _population_growth(known: Evidence, region: str, start: int, window: int) -> float:
    """The mean yearly growth of the whole population in the newest years on the census of the start."""
    total = float(known.structures[region, start].sum())
    changes = known.changes_of(region)
    rates = []
    for year in sorted(changes, reverse=True)[:window]:
        before = total - changes[year]
        rates.append(changes[year] / before)
        total = before
    return float(np.mean(rates)) if rates else 0.0


def _added(courses: Mapping[str, Course]) -> Course:
    total: Course = np.sum(list(courses.values()), axis=0)
    return total


def _error(forecast: Course, actual: Course) -> float:
    """The mean absolute percentage error of the years after the start that are published."""
    return float(np.nanmean(np.abs(forecast / actual - 1)[1:])) * 100
