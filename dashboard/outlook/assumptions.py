"""What the model assumes beside the published figures, as the store brings it from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dashboard.metadata import Label
from dashboard.outlook.ages import AGES, SEXES
from dashboard.outlook.cohorts import Ages
from dashboard.outlook.mortality import fitted, survivors
from dashboard.store import Store

PER_CENT = 100


@dataclass(frozen=True)
class Assumption:
    """A stated number or set of rates, why it is so and, where it is published, by whom."""

    id: str
    kind: str  # setting, lever, participation, life_table
    value: float | None
    title: Label
    reason: Label
    source: Label | None
    link: str | None


@dataclass(frozen=True)
class Lever:
    """What a reader can move; ``value`` None is worked out from the figures."""

    value: float | None
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class LifeTable:
    """Probabilities of dying (sexes, years), observed up to the year ``last``; ``expectancy`` (sexes) where the table
    has to be shifted to it."""

    id: str
    last: int
    deaths: Ages
    expectancy: NDArray[np.float64] | None

    @cached_property
    def lived(self) -> Ages:
        """Survivors by birthday."""
        found = survivors(self.deaths)
        return found if self.expectancy is None else fitted(found, self.expectancy)


@dataclass(frozen=True)
class Assumptions:
    """All of them. ``participation`` (ages): the share of the labour force in the people of an age, 0 to 1."""

    listed: tuple[Assumption, ...]
    settings: Mapping[str, int]
    levers: Mapping[str, Lever]
    participation: NDArray[np.float64]
    life_tables: tuple[LifeTable, ...]  # the oldest first

    def life_table(self, start: int | None) -> LifeTable:
        """The newest life table; with ``start`` the newest that was observed by then, or the oldest of all."""
        known = [table for table in self.life_tables if start is None or table.last <= start]
        return known[-1] if known else self.life_tables[0]

    @property
    def in_use(self) -> tuple[Assumption, ...]:
        """What the years ahead rest on: everything but the older life tables."""
        older = {table.id for table in self.life_tables[:-1]}
        return tuple(one for one in self.listed if one.id not in older)

    @property
    def force_ages(self) -> tuple[int, int]:
        """From which to under which age there are participation rates."""
        (inside,) = np.nonzero(self.participation)
        return int(inside[0]), int(inside[-1]) + 1

    @property
    def working_ages(self) -> tuple[int, int]:
        return self.settings["working_from"], self.settings["working_to"]


def read_assumptions(store: Store) -> Assumptions | None:
    """The store's assumptions; None where it holds none."""
    rows = store.query("SELECT * FROM outlook_assumptions ORDER BY sort_order").to_dicts()
    rates = store.query("SELECT * FROM outlook_rates ORDER BY assumption, sex, age_from").to_dicts()
    if not rows or not rates:
        return None
    participation = np.zeros(AGES)
    deaths: dict[tuple[str, str], list[float]] = {}
    for rate in rates:
        if rate["sex"] is None:
            participation[rate["age_from"] : rate["age_to"]] = rate["value"] / PER_CENT
        else:
            deaths.setdefault((rate["assumption"], rate["sex"]), []).append(rate["value"])
    tables = [
        LifeTable(
            row["id"],
            row["last_year"],
            np.array([deaths[row["id"], sex] for sex in SEXES]),
            np.array([row["expectancy_m"], row["expectancy_f"]]) if row["expectancy_m"] else None,
        )
        for row in rows
        if row["kind"] == "life_table"
    ]
    return Assumptions(
        listed=tuple(
            Assumption(
                row["id"],
                row["kind"],
                row["value"],
                Label(row["title_de"], row["title_en"]),
                Label(row["reason_de"], row["reason_en"]),
                Label(row["source_de"], row["source_en"]) if row["source_de"] else None,
                row["link"],
            )
            for row in rows
        ),
        settings={row["id"]: int(row["value"]) for row in rows if row["kind"] == "setting"},
        levers={
            row["id"]: Lever(row["value"], row["low"], row["high"], row["step"])
            for row in rows
            if row["kind"] == "lever"
        },
        participation=participation,
        life_tables=tuple(sorted(tables, key=lambda table: table.last)),
    )
