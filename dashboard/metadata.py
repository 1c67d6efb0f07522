"""What the store says about its figures, as frozen dataclasses; ``metadata_reading`` fills them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from dashboard.periods import Period
from dashboard.registers import Registers

Lang = Literal["de", "en"]
REGION_SUM = "BSR"


def qualified(title: str, part: str) -> str:
    """A title and the part of it that is meant, in brackets; never brackets inside brackets or side by side."""
    if "(" in part:
        return f"{title}, {part}"
    return f"{title[:-1]}, {part})" if title.endswith(")") else f"{title} ({part})"


@dataclass(frozen=True)
class Label:
    """A text of the store in both languages."""

    de: str
    en: str

    def to(self, lang: Lang) -> str:
        return self.de if lang == "de" else self.en


@dataclass(frozen=True)
class Region:
    id: str
    order: int
    level: str  # district, region, nuts2, land, country
    name: Label
    short: Label
    part_of: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    id: str
    label: Label
    suffix: Label | None


@dataclass(frozen=True)
class Rounding:
    """Counts are multiples of ``base`` from the year ``since`` on; a figure is made of about ``cells`` of them."""

    base: int
    cells: int
    since: int
    text: Label


@dataclass(frozen=True)
class Break:
    """Figures from ``at`` on do not compare with those before, in the series of ``source``."""

    source: str
    at: date
    text: Label


@dataclass(frozen=True)
class Base:
    """What the figures of ``source`` from ``since`` up to and including ``until`` stand on, such as a census.

    Figures of different bases make no rate; ``until`` None is up to now.
    """

    source: str
    id: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Indicator:
    """An indicator and what the store holds of it: its breakdowns, regions and periods, each in order.

    ``sources`` have any of its figures, ``total_sources`` those of its total: what a rate can be made of.
    ``share_within``: dimensions whose code a share's denominator has in common with the figure, such as the body that
    counted; () where it is the total.
    """

    id: str
    theme: str
    title: Label
    definition: Label
    reading: Label
    unit: str
    decimals: int
    measure: str  # stock, flow, rate
    period_kind: str
    default_breakdown: str
    share_indicator: str | None
    share_kind: str | None
    share_within: tuple[str, ...]
    per1000: bool
    preferred_source: str
    rounding: Rounding | None
    notes: tuple[Label, ...]
    related: tuple[str, ...]
    breaks: tuple[Break, ...]
    bases: tuple[Base, ...]
    breakdowns: tuple[str, ...]
    regions: tuple[str, ...]
    periods: tuple[Period, ...]
    sources: tuple[str, ...]
    total_sources: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    id: str
    name: Label
    publisher: Label
    homepage: str
    licence: Label
    licence_url: str
    attribution: Label
    rhythm: Label  # when it publishes, in words
    stale_after_days: int  # without newer figures for so long something is amiss
    invented: bool  # made up for a look at the pages: no statistic


@dataclass(frozen=True)
class Dimension:
    """``definitions`` hold what a code means, for those codes that the catalogue explains; ``ordered`` are codes with
    an order of their own: that of ``values``; ``residual`` are those of what is left over or unknown."""

    label: Label
    total: Label
    values: dict[str, Label]
    definitions: dict[str, Label]
    ordered: frozenset[str] = frozenset()
    residual: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Provider:
    """A counselling body, a value of the dimension ``provider``; ``regions`` are the districts of its offices.

    Its counts below ``threshold`` are secret, and those published are multiples of ``round_to`` where it is given.
    """

    code: str
    name: Label
    about: Label
    source: str
    invented: bool
    threshold: int
    round_to: int | None
    regions: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Milestone:
    """A cited fact about the counselling bodies: no figure of a series."""

    at: date
    when: Label
    text: Label
    source: Label
    link: str | None


@dataclass(frozen=True)
class SeriesSource:
    """Where an indicator's figures stand: a source's table, the statistic behind it, and its page."""

    indicator: str
    source: str
    table: str
    data: Label
    link: str


@dataclass(frozen=True)
class Event:
    """A dated event of the policy timeline: context for charts, never a cause. ``short`` fits into a chart.

    It belongs to the ``indicators`` named and to all of its ``themes``, to all if both are empty; ``regions`` empty is
    everywhere. ``verified``: its source was read.
    """

    id: str
    at: date
    title: Label
    short: Label
    source: Label
    link: str
    verified: bool
    themes: tuple[str, ...]
    indicators: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """A district's simplified boundary as GeoJSON geometry (WGS 84), with what its publisher asks to be said.

    Outer rings go clockwise, as Vega's projections expect it.
    """

    region: str
    geometry: dict[str, Any]
    as_of: date
    attribution: Label
    licence: Label
    licence_url: str
    link: str
    retrieved: datetime


@dataclass(frozen=True)
class Correction:
    """A known defect of a publisher's table: what was done about how many rows, and why.

    ``action``: region_by_name, withhold or add_pending.
    """

    id: str
    source: str
    table: str
    action: str
    rows: int
    reason: Label


@dataclass(frozen=True)
class Vintage:
    id: str
    published_at: datetime


@dataclass(frozen=True)
class Metadata:
    """The store's metadata. Dicts are in the order in which a reader should see their entries."""

    indicators: dict[str, Indicator]
    regions: dict[str, Region]
    units: dict[str, Unit]
    sources: dict[str, Source]
    data_names: dict[tuple[str, str], Label]  # by source and table: the register or statistic behind it
    dimensions: dict[str, Dimension]
    providers: dict[str, Provider]
    milestones: tuple[Milestone, ...]  # in order of time
    events: tuple[Event, ...]  # in order of time
    areas: dict[str, Area]  # by region; empty if no boundaries were imported
    series: tuple[SeriesSource, ...]  # of the indicators that are listed, in their order
    corrections: tuple[Correction, ...]
    vintages: dict[str, Vintage]
    current: str
    registers: Registers = field(default_factory=Registers)
    starts: tuple[Event, ...] = ()  # of measures: drawn where an address asks for them only, in order of time

    @property
    def members(self) -> tuple[str, ...]:
        """Ids of the districts that make up the region."""
        return tuple(r.id for r in self.regions.values() if REGION_SUM in r.part_of)
