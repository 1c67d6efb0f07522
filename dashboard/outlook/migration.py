"""What past figures tell of migration: its yearly balance, and how it is spread over the ages.

The balance is what births and deaths leave unexplained of the population's change; by age it is what survival leaves
unexplained of a group five years later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.outlook.ages import AGES, OLDEST, SEXES, WIDTH, evenly, in_groups, single_ages
from dashboard.outlook.assumptions import LifeTable
from dashboard.outlook.cohorts import Ages
from dashboard.outlook.evidence import Evidence
from dashboard.outlook.mortality import survival


def yearly_balances(evidence: Evidence, region: str, table: LifeTable) -> dict[int, float]:
    """The balance (people) of each year for which the change of the population and the births are known.

    Deaths are expected from the life table and the age structure of the year before, or the nearest later one.
    """
    rates, at_birth = survival(table.lived)
    years = [year for held, year in evidence.structures if held == region]
    found = {}
    for year, change in evidence.changes_of(region).items():
        births = evidence.births.get((region, year))
        if births is None:
            continue
        nearest = min(years, key=lambda known: abs(known - (year - 1)))
        people = single_ages(evidence.structures[region, nearest])
        deaths = float((people * (1 - rates)).sum()) + births * float(1 - at_birth.mean())
        found[year] = change - births + deaths
    return found


def own_profile(evidence: Evidence, region: str, table: LifeTable) -> tuple[Ages, tuple[int, int]] | None:
    """The region's mean yearly balance (sexes, ages) by cohorts, and the years that it is of: the newest five between
    two structures of one census. None where no two structures are so far apart."""
    for end in sorted(evidence.years, reverse=True):
        start = end - WIDTH
        whole = start in evidence.years and evidence.bases[start] == evidence.bases[end]
        births = _births(evidence, region, end) if whole else None
        if births is not None:
            return _span(evidence, region, table, end, births), (start + 1, end)
    return None


def land_profile(evidence: Evidence, window: int) -> Ages | None:
    """How one more migrant (sum 1) is spread over sexes and ages: as the Land's balance across Germany's borders in the
    newest ``window`` years, both sexes alike. None where nothing is published or the balance was not positive."""
    known = sorted(evidence.abroad)[-window:]
    bands = list(evidence.abroad[known[-1]]) if known else []
    amounts = [sum(evidence.abroad[year].get(band, 0) for year in known) for band in bands]
    if sum(amounts) <= 0:
        return None
    ages = evenly(bands, amounts) / sum(amounts)
    return np.stack([ages / len(SEXES)] * len(SEXES))


def workers(profile: Ages, ages: tuple[int, int]) -> Ages:
    """The part of a profile that comes at working age, as a profile of its own (sum 1); departures are left out."""
    inside = np.zeros(AGES)
    inside[ages[0] : ages[1]] = 1
    part = np.maximum(profile, 0) * inside
    shares: Ages = part / part.sum()
    return shares


def _births(evidence: Evidence, region: str, end: int) -> list[float] | None:
    """The births of the five years up to ``end``, the newest first; None if one is not published."""
    found = [evidence.births.get((region, end - n)) for n in range(WIDTH)]
    return [births for births in found if births is not None] if None not in found else None


def _span(evidence: Evidence, region: str, table: LifeTable, end: int, births: Sequence[float]) -> Ages:
    """The mean yearly balance by age of the five years up to ``end``."""
    rates, at_birth = survival(table.lived)
    before, after = evidence.structures[region, end - WIDTH], evidence.structures[region, end]
    expected = single_ages(before)
    for _ in range(WIDTH):
        alive = expected * rates
        expected = np.concatenate([np.zeros((len(SEXES), 1)), alive[:, :-1]], axis=1)
        expected[:, -1] += alive[:, -1]
    expected_groups = in_groups(expected)
    boys = before[:, 0] / before[:, 0].sum()
    alive_at = [at_birth * np.prod(rates[:, :age], axis=1) for age in range(WIDTH)]
    expected_groups[:, 0] = sum(born * boys * alive for born, alive in zip(births, alive_at, strict=True))
    return _spread((after - expected_groups) / WIDTH)


def _spread(groups: Ages) -> Ages:
    """A yearly balance by the group that a cohort is in at the end of five years, over the ages at which its members
    moved: evenly over the five years around the middle, which lie half in the group and half below it."""
    edges = range(0, OLDEST + 1, WIDTH)
    halves = [(max(0, edge - WIDTH // 2), edge + WIDTH - WIDTH // 2) for edge in edges]
    return np.stack([evenly(halves, list(row)) for row in groups])
