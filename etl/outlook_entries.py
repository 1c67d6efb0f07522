"""The entries of ``data/catalogue/outlook.yaml``: what the page ``/outlook`` assumes, each with reason and source."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from etl.entries import Id, Strict, Text

Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[a-z]+/\S*$")]
SettingId = Literal[
    "horizon",
    "test_years",
    "window",
    "coverage",
    "working_from",
    "working_to",
    "enough_districts",
    "mothers_from",
    "mothers_to",
    "study_years",
    "graduate_from",
    "graduate_to",
]
LeverId = Literal["participation", "migration", "retention"]
Probability = Annotated[float, Field(ge=0, le=1)]


class Setting(Strict):
    """A fixed number of the model."""

    id: SettingId
    value: int = Field(gt=0)
    title: Text
    reason: Text


class Lever(Strict):
    """A number that a reader can move: its default (null: worked out from the figures), bounds and step."""

    id: LeverId
    value: float | None
    low: float
    high: float
    step: float = Field(gt=0)
    title: Text
    reason: Text
    source: Text | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def the_default_lies_inside_the_bounds(self) -> Self:
        if not self.low < self.high or not self.low <= (self.low if self.value is None else self.value) <= self.high:
            raise ValueError(f"expected low < high and the default between them, got {self.low}, {self.high}")
        return self


class Band(Strict):
    """The participation rate of people from one age (years) to under another, in per cent."""

    start: int = Field(alias="from", ge=0)
    end: int = Field(alias="to")
    percent: float = Field(ge=0, le=100)


class Participation(Strict):
    title: Text
    reason: Text
    source: Text
    link: Link
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def the_bands_follow_each_other(self) -> Self:
        edges = [(b.start, b.end) for b in self.bands]
        if any(start >= end for start, end in edges) or any(a[1] != b[0] for a, b in pairwise(edges)):
            raise ValueError(f"expected bands one after the other without a gap, got {edges}")
        return self


class BySex(Strict):
    m: tuple[Probability, ...] = Field(min_length=60)
    f: tuple[Probability, ...] = Field(min_length=60)


class Expectancy(Strict):
    """Life expectancy at birth in years."""

    m: float = Field(gt=60, lt=100)
    f: float = Field(gt=60, lt=100)


class LifeTable(Strict):
    """Probabilities of dying within a year by age from 0 on, observed from ``first`` to ``last``."""

    id: Id
    first: int
    last: int
    title: Text
    reason: Text
    source: Text
    link: Link
    expectancy: Expectancy | None = None
    deaths: BySex


class OutlookFile(Strict):
    """All of outlook.yaml."""

    settings: tuple[Setting, ...]
    levers: tuple[Lever, ...]
    participation: Participation
    life_tables: tuple[LifeTable, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def everything_is_there_once(self) -> Self:
        settings, levers = [s.id for s in self.settings], [v.id for v in self.levers]
        if sorted(settings) != sorted(get_args(SettingId)):
            raise ValueError(f"settings: expected each of {', '.join(get_args(SettingId))} once, got {settings}")
        if sorted(levers) != sorted(get_args(LeverId)):
            raise ValueError(f"levers: expected each of {', '.join(get_args(LeverId))} once, got {levers}")
        return self
