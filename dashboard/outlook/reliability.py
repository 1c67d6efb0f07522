"""How far the model was off: every start and every later year that the published age structures allow to test.

Two errors are told apart. As a forecast, past migration goes on, and the miss is mostly migration that came otherwise.
With the balance of each year known afterwards, what is left is the model's own: ages of movers, deaths, births.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.metadata import REGION_SUM
from dashboard.outlook.ages import between
from dashboard.outlook.assumptions import Assumptions
from dashboard.outlook.backtest import counted
from dashboard.outlook.evidence import Evidence
from dashboard.outlook.forecast import districts_at
from dashboard.outlook.migration import land_profile, yearly_balances

Courses = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Reliability:
    """Misses of an area in per cent per year of the forecast's length: the share of tests that the settings name stayed
    below them. ``tests``: how many there were."""

    forecast: float
    model: float
    tests: int


def reliability(evidence: Evidence, assumptions: Assumptions) -> Mapping[str, Reliability]:
    """By area: the districts and their sum. Start and later year stand on one census; empty where none holds two."""
    forecast: dict[str, list[float]] = {}
    model: dict[str, list[float]] = {}
    for start in evidence.years:
        length = max(y for y in evidence.years if evidence.bases[y] == evidence.bases[start]) - start
        actual = _with_sum(
            {r: counted(evidence, r, assumptions.working_ages, start, start + length) for r in evidence.members}
        )
        for misses, courses in zip((forecast, model), _courses(evidence, assumptions, start, length), strict=True):
            for area, course in _with_sum(courses).items():
                off = np.abs(course / actual[area] - 1)[1:] / np.arange(1, length + 1)
                misses.setdefault(area, []).extend(off[np.isfinite(off)])
    share = assumptions.settings["coverage"] / 100
    return {
        area: Reliability(
            float(np.quantile(misses, share)) * 100, float(np.quantile(model[area], share)) * 100, len(misses)
        )
        for area, misses in forecast.items()
        if misses
    }


def _courses(evidence: Evidence, assumptions: Assumptions, start: int, length: int) -> tuple[Courses, Courses]:
    """People of working age as forecast at the start, and with the balance of each year as it was afterwards."""
    ages, table = assumptions.working_ages, assumptions.life_table(start)
    spread = land_profile(evidence.until(start), assumptions.settings["window"])
    forecast, known = {}, {}
    for region, district in districts_at(evidence, assumptions, start, newest_table=False).items():
        forecast[region] = between(district.course(district.past, length), *ages)
        balances = yearly_balances(evidence, region, table)
        came = np.array([balances.get(start + n, 0.0) for n in range(1, length + 1)])
        profile = np.zeros_like(district.past) if spread is None else spread
        known[region] = between(district.course(came[:, None, None] * profile, length), *ages)
    return forecast, known


def _with_sum(courses: Courses) -> Courses:
    total: NDArray[np.float64] = np.sum(list(courses.values()), axis=0)
    return {**courses, REGION_SUM: total}
