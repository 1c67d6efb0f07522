"""The published figures that the model stands on, as a state of the data has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboard.metadata import Base, Metadata
from dashboard.outlook.ages import GROUPS, SEXES
from dashboard.outlook.cohorts import Ages
from dashboard.queries import Selection, observations
from dashboard.store import Store

POPULATION, BIRTHS, ABROAD, STUDENTS = "population", "births", "migration_abroad", "students"
LAND = "03"  # migration across the borders by age is published for the Land only
FOREIGN = "nationality=foreign"
_IN, _OUT = "direction=in", "direction=out"
_BY_AGE = [f"age={group};sex={sex}" for sex in SEXES for group in GROUPS]


@dataclass(frozen=True)
class Change:
    """By how many people a population changed during a year, both ends on the same ``census``."""

    people: float
    census: str


@dataclass(frozen=True)
class Evidence:
    """Figures by region and year (of a 31 December or a calendar year).

    ``structures``: people by sex and five-year group, all from one source. ``changes``: the population's change during
    a year, between figures of one source. ``abroad``: the Land's balance of a year across Germany's
    borders by bands of age (from, under). ``students``: international students of the newest semester. ``bases``: the
    census behind the structures, by year. ``used``: the observations behind all of it.
    """

    members: tuple[str, ...]
    structures: Mapping[tuple[str, int], Ages]
    changes: Mapping[tuple[str, int], Change]
    births: Mapping[tuple[str, int], float]
    abroad: Mapping[int, Mapping[tuple[int, int], float]]
    students: Mapping[str, float]
    bases: Mapping[int, str]
    used: pl.DataFrame

    def changes_of(self, region: str) -> dict[int, float]:
        """A region's changes by year, of the years that stand on the census of its newest age structure.

        Older years are left out: an old census was carried on with an error that its successor had to correct.
        """
        census = self.bases[self.years[-1]]
        own = {y: change for (held, y), change in self.changes.items() if held == region and change.census == census}
        return {year: own[year].people for year in sorted(own)}

    @property
    def years(self) -> tuple[int, ...]:
        """Years whose age structure is complete for all districts."""
        return tuple(sorted({year for region, year in self.structures if region == self.members[0]}))

    def until(self, year: int) -> Evidence:
        """Only what tells of ``year`` and before: what a forecast that starts then may know. Students are left out."""
        return replace(
            self,
            structures={key: found for key, found in self.structures.items() if key[1] <= year},
            changes={key: found for key, found in self.changes.items() if key[1] <= year},
            births={key: found for key, found in self.births.items() if key[1] <= year},
            abroad={known: found for known, found in self.abroad.items() if known <= year},
            students={},
            bases={known: found for known, found in self.bases.items() if known <= year},
        )


def read_evidence(store: Store, metadata: Metadata, vintage: str | None) -> Evidence | None:
    """The evidence of a state of the data; None where no year has the age structure of all districts."""
    members = metadata.members
    people = _known(store, POPULATION, members, vintage)
    structures, source = _structures(people, members)
    if not structures:
        return None
    bases = metadata.indicators[POPULATION].bases
    births = _known(store, BIRTHS, members, vintage)
    abroad = _known(store, ABROAD, (LAND,), vintage).filter(pl.col("breakdown").str.starts_with("age="))
    students = _known(store, STUDENTS, members, vintage).filter(pl.col("breakdown") == FOREIGN)
    students = students.filter(pl.col("period_end") == students["period_end"].max())
    shown = people.filter((pl.col("source") == source) & pl.col("breakdown").is_in(_BY_AGE))
    totals = people.filter(pl.col("breakdown") == "")
    newest = max(year for _, year in structures)
    return Evidence(
        members=members,
        structures=structures,
        changes=_changes(totals, bases),
        births=_sums(births),
        abroad=_balances(abroad),
        students=dict(students.select("region", "value").iter_rows()),
        bases={year: _base(source, date(year, 12, 31), bases) for year in {y for _, y in structures}},
        used=pl.concat([*(one.filter(pl.col("year") <= newest) for one in (shown, totals, births, abroad)), students]),
    )


def _known(store: Store, indicator: str, regions: Sequence[str], vintage: str | None) -> pl.DataFrame:
    found = observations(store, Selection(indicators=(indicator,), regions=tuple(regions), vintage=vintage))
    return found.filter(pl.col("value").is_not_null()).with_columns(pl.col("period_end").dt.year().alias("year"))


def _structures(people: pl.DataFrame, members: Sequence[str]) -> tuple[dict[tuple[str, int], Ages], str]:
    """All complete structures of the source with the newest one, and the source; a year must be complete everywhere."""
    whole = (
        people.filter(pl.col("breakdown").is_in(_BY_AGE))
        .group_by("source", "year")
        .len()
        .filter(pl.col("len") == len(_BY_AGE) * len(members))
    )
    if whole.is_empty():
        return {}, ""
    ranked = whole.group_by("source").agg(pl.len(), pl.col("year").max()).sort("year", "len", "source")
    source = str(ranked["source"][-1])
    years = whole.filter(pl.col("source") == source)["year"].to_list()
    own = people.filter((pl.col("source") == source) & pl.col("year").is_in(years))
    values = {(r, y, b): v for r, y, b, v in own.select("region", "year", "breakdown", "value").iter_rows()}
    found = {
        (region, year): np.array([values[region, year, b] for b in _BY_AGE]).reshape(len(SEXES), len(GROUPS))
        for region in members
        for year in years
    }
    return found, source


def _changes(totals: pl.DataFrame, bases: Sequence[Base]) -> dict[tuple[str, int], Change]:
    """The change during each year for which one source has both ends on the same census."""
    held = {
        (source, region, day): value
        for source, region, day, value in totals.select("source", "region", "period_end", "value").iter_rows()
    }
    found: dict[tuple[str, int], Change] = {}
    for (source, region, day), value in sorted(held.items()):
        before = date(day.year - 1, day.month, day.day)
        census = _base(source, day, bases)
        if (source, region, before) in held and _base(source, before, bases) == census:
            found[region, day.year] = Change(value - held[source, region, before], census)
    return found


def _base(source: str, day: date, bases: Sequence[Base]) -> str:
    """The census behind a source's figures of a day; empty before the first one that the catalogue names."""
    own = (b.id for b in bases if b.source == source and b.since <= day and (b.until is None or day <= b.until))
    return next(own, "")


def _sums(births: pl.DataFrame) -> dict[tuple[str, int], float]:
    """Births of both citizenships, where both are published."""
    parts = births.filter(pl.col("breakdown").is_in([FOREIGN, "nationality=german"]))
    summed = parts.group_by("region", "year").agg(pl.col("value").sum(), pl.col("breakdown").n_unique())
    rows = summed.filter(pl.col("breakdown") == 2).select("region", "year", "value").iter_rows()
    return {(region, year): value for region, year, value in rows}


def _balances(abroad: pl.DataFrame) -> dict[int, dict[tuple[int, int], float]]:
    """Arrivals less departures by year and band of age, for years in which every band has both."""
    net: dict[int, dict[tuple[int, int], float]] = {}
    seen: dict[int, int] = {}
    for year, breakdown, value in abroad.select("year", "breakdown", "value").iter_rows():
        age, _, direction = str(breakdown).removeprefix("age=").partition(";")
        if direction in (_IN, _OUT):
            band = _band(age)
            own = net.setdefault(year, {})
            own[band] = own.get(band, 0) + (value if direction == _IN else -value)
            seen[year] = seen.get(year, 0) + 1
    return {year: bands for year, bands in net.items() if seen[year] == 2 * len(bands) == max(seen.values())}


def _band(group: str) -> tuple[int, int]:
    """``y20_39`` as (20, 40); an open group ends far above every age."""
    first, _, last = group.removeprefix("y").removesuffix("plus").partition("_")
    return int(first), int(last) + 1 if last else 1000


def years_back(values: Mapping[int, float], count: int) -> NDArray[np.float64]:
    """The values of the newest ``count`` years that there are."""
    return np.array([values[year] for year in sorted(values)[-count:]])
