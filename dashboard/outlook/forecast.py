"""One district carried forward: rates and past migration worked out from what was known at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.outlook.ages import single_ages
from dashboard.outlook.assumptions import Assumptions
from dashboard.outlook.cohorts import WOMEN, Ages, Rates, project
from dashboard.outlook.evidence import Evidence, years_back
from dashboard.outlook.migration import land_profile, own_profile, yearly_balances
from dashboard.outlook.mortality import survival


@dataclass(frozen=True)
class District:
    """A district at the start. ``past`` (sexes, ages): its mean yearly migration balance by age in ``past_years``."""

    region: str
    people: Ages
    rates: Rates
    past: Ages
    past_years: tuple[int, int]

    @property
    def balance(self) -> float:
        """The mean yearly balance of all ages (people)."""
        return float(self.past.sum())

    def course(self, migration: Ages, years: int) -> Ages:
        """The people (years + 1, sexes, ages) with a yearly balance by age."""
        return project(self.people, self.rates, migration, years)


def districts_at(
    evidence: Evidence, assumptions: Assumptions, start: int, *, newest_table: bool
) -> dict[str, District]:
    """All districts at the end of the year ``start``, from nothing that was not known then.

    ``newest_table`` takes the newest life table instead of the one observed by the start: for the years ahead.
    Raises KeyError if ``start`` has no age structure.
    """
    known = evidence.until(start)
    table = assumptions.life_table(None if newest_table else start)
    survived, at_birth = survival(table.lived)
    window = assumptions.settings["window"]
    spread = land_profile(known, window)
    found = {}
    for region in evidence.members:
        groups = known.structures[region, start]
        people = single_ages(groups)
        own = own_profile(known, region, table)
        if own is None:  # no two structures far enough apart: the region's level, spread as the Land's migration
            balances = yearly_balances(known, region, table)
            years = sorted(balances)[-window:]
            level = mean_balance(balances, window)
            own = (
                np.zeros_like(people) if spread is None else level * spread,
                (years[0], years[-1]) if years else (start, start),
            )
        past, past_years = own
        rates = Rates(survived, at_birth, _fertility(known.births, region, people, assumptions.settings), _boys(groups))
        found[region] = District(region, people, rates, past, past_years)
    return found


def mean_balance(balances: Mapping[int, float], window: int) -> float:
    """The mean of the newest ``window`` years; 0 where nothing is known."""
    return float(years_back(balances, window).mean()) if balances else 0.0


def _fertility(births: Mapping[tuple[str, int], float], region: str, people: Ages, settings: Mapping[str, int]) -> Ages:
    """Children a woman of each age has in a year: the mean births of the newest years, over all women of that span."""
    own = {year: value for (held, year), value in births.items() if held == region}
    ages = np.zeros(people.shape[1])
    if own:
        mothers = slice(settings["mothers_from"], settings["mothers_to"])
        ages[mothers] = years_back(own, settings["window"]).mean() / people[WOMEN, mothers].sum()
    return ages


def _boys(groups: Ages) -> float:
    """The share of boys in the youngest group."""
    return float(groups[0, 0] / groups[:, 0].sum())
