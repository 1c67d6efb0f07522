"""The typed reading of ``data/catalogue``: regions, sources, dimensions, units, indicators, corrections, events.

Everything a YAML file can say is said there; this module only gives it types and checks that the
files agree with each other. An error names the file and the key.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from etl.errors import CatalogueError

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE_DIR = PROJECT / "data" / "catalogue"

REGION_SUM = "BSR"  # id of the sum of the eight districts

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
# "sex=m", "nationality=foreign;sex=f"; the empty string is the total
Breakdown = Annotated[str, StringConstraints(pattern=r"^([a-z]+=[A-Za-z0-9_]+)?(;[a-z]+=[A-Za-z0-9_]+)*$")]
PeriodKind = Literal["reference_date", "year", "annual_average", "quarter", "month", "semester"]
Theme = Literal["population", "immigration", "employment", "unemployment", "qualification", "economy"]


class Strict(BaseModel):
    """A catalogue entry: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages of the interface."""

    de: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Region(Strict):
    """A region whose figures are kept: one of the 8 districts, another district, or a larger area."""

    id: str
    level: Literal["district", "region", "nuts2", "land", "country"]
    name: Text
    short: Text
    nuts: str | None = None
    lsn: str | None = None  # digits of the LSN GeoCode without its letter prefix
    names: tuple[str, ...] = ()  # spellings of the publishers
    part_of: tuple[str, ...] = ()


class IgnoredRegion(Strict):
    """A region that publishers list and the store leaves out, with the reason."""

    name: str
    reason: str


class RegionsFile(Strict):
    regions: tuple[Region, ...]
    ignored: tuple[IgnoredRegion, ...] = ()


class Licence(Strict):
    id: str
    name: Text
    url: str


class Source(Strict):
    """A publisher's service: where it is, what it allows, when it publishes, how to treat it politely."""

    id: Id
    name: Text
    publisher: Text
    homepage: str
    address: str
    licence: Licence
    attribution: Text  # ``{data}`` is replaced by the series' own data source
    terms_note: Text | None = None
    rhythm: Text
    release_months: tuple[int, ...] = Field(min_length=1)
    stale_after_days: int = Field(gt=0)
    credentials: tuple[str, ...] = ()
    gap_seconds: float = Field(ge=0)
    max_bytes: int = Field(gt=0)


class SourcesFile(Strict):
    sources: tuple[Source, ...]


class Dimension(Strict):
    """A breakdown dimension and the labels of its codes."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    label: Text
    total: Text
    values: dict[str, Text]


class DimensionsFile(Strict):
    dimensions: tuple[Dimension, ...]


class Unit(Strict):
    id: Id
    label: Text  # long form for subtitles
    suffix: Text | None = None  # short form behind a figure; none for counts
    counts: bool = False  # whole numbers, never negative but for a balance
    largest: float | None = None  # a figure beyond it is a slip of the publisher, such as a lost decimal point


class UnitsFile(Strict):
    units: tuple[Unit, ...]


class PeriodRule(Strict):
    """How a publisher's year becomes a period.

    ``day`` (``MM-DD``) makes a reference date out of a year; ``offset_years`` is -1 where a publisher
    dates a stock 1 January and the period is 31 December of the year before.
    """

    kind: PeriodKind
    day: Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")] | None = None
    offset_years: int = 0

    @model_validator(mode="after")
    def day_belongs_to_reference_dates(self) -> PeriodRule:
        if (self.kind == "reference_date") != (self.day is not None):
            raise ValueError("'day' is needed for kind 'reference_date' and only there")
        return self


class Series(Strict):
    """Where an indicator's figures stand: a publisher's table and how its columns map to breakdowns.

    ``columns`` names every dimension column of the table; each of its labels maps to a breakdown
    fragment, to ``""`` (total) or to null (left out on purpose). A label that is not named is an error.
    """

    source: Id
    table: str
    data: Text  # the register or statistic behind the table, for the attribution
    link: str  # a page of the data set
    period: PeriodRule
    columns: dict[str, dict[str, Breakdown | None]] = {}
    fixed: Breakdown = ""


class Break(Strict):
    """A break in an indicator's series: figures from ``at`` on do not compare with those before."""

    at: date
    sources: tuple[Id, ...]
    text: Text


class Rounding(Strict):
    """The publisher's rounding: counts are multiples of ``base`` from ``since`` on."""

    base: int = Field(gt=1)
    since: int
    text: Text


class PartsCheck(Strict):
    """Over one dimension the parts must add up to the total, up to ``steps`` of rounding, from year ``since`` on.

    A step is what the figures of a year are multiples of: 5 in a register rounded to 5, else 1.
    """

    dim: str
    parts: tuple[str, ...]
    steps: int = 0
    since: int = 1900
    sources: tuple[Id, ...] | None = None


class BalanceCheck(Strict):
    """``minuend`` - ``subtrahend`` = ``difference`` over one dimension, up to ``steps`` of rounding."""

    dim: str
    minuend: str
    subtrahend: str
    difference: str
    steps: int = 0


class DistrictsCheck(Strict):
    """All districts of the Land must add up to the Land: within ``steps`` of rounding plus ``share`` of it."""

    steps: int = 0
    share: float = 0
    since: int = 1900
    sources: tuple[Id, ...] | None = None


class Checks(Strict):
    parts: tuple[PartsCheck, ...] = ()
    balance: tuple[BalanceCheck, ...] = ()
    districts: DistrictsCheck | None = None


class ShareOf(Strict):
    """What ``as=share`` means: another indicator that is the published share, or a denominator."""

    indicator: Id
    kind: Literal["published", "denominator"]


class RegionRate(Strict):
    """The region's rate from counts: the districts' ``numerator`` over their own implied denominators."""

    numerator: Id
    per: float


class Indicator(Strict):
    """One indicator: what it is, how to read it, where its figures come from, what must hold."""

    id: Id
    theme: Theme
    order: int
    title: Text
    definition: Text
    reading: Text  # what a rise means, and what it does not mean
    unit: Id
    decimals: int = Field(ge=0, le=3)
    measure: Literal["stock", "flow", "rate"]
    period_kind: PeriodKind
    dims: tuple[str, ...] = ()
    default_breakdown: Breakdown = ""
    regional_sum: bool
    region_rate: RegionRate | None = None
    share_of: ShareOf | None = None
    per1000: bool = False
    preferred_source: Id
    rounding: Rounding | None = None
    breaks: tuple[Break, ...] = ()
    notes: tuple[Text, ...] = ()
    related: tuple[Id, ...] = ()
    checks: Checks = Checks()
    series: tuple[Series, ...] = Field(min_length=1)


class Event(Strict):
    """A dated event of the policy timeline, drawn as context, never as a cause."""

    id: Id
    at: date
    title: Text
    source: Text
    verified: bool


class EventsFile(Strict):
    events: tuple[Event, ...]


class Guard(Strict):
    """What must still be wrong in the publisher's file for the correction to be applied.

    ``code_conflict``: a row's region code and region name disagree. ``row_missing``: the row is not there.
    ``parts_differ``: over ``dim`` the ``parts`` do not add up to ``total`` by more than ``tolerance``.
    """

    kind: Literal["code_conflict", "row_missing", "parts_differ"]
    dim: str | None = None
    parts: tuple[str, ...] = ()
    total: str | None = None
    tolerance: float = 0


class Correction(Strict):
    """A known defect of a publisher's table: which rows, what is done, why, and when it ends."""

    id: Id
    source: Id
    table: str
    where: dict[str, tuple[str, ...]]
    action: Literal["region_by_name", "withhold", "add_pending"]
    reason: Text
    guard: Guard


class CorrectionsFile(Strict):
    corrections: tuple[Correction, ...]


class RevisionLimits(Strict):
    """What size of revision stops a publish until someone looks (``etl run --accept-revisions``)."""

    large_change: float  # relative change of one figure that counts as large
    single_factor: float  # one figure of the region, its districts, the Land or Germany that changes by this factor
    ignore_below: float  # absolute changes of counts below this never count as large
    ignore_rates_below: float  # the same for rates and amounts
    share_of_figures: float  # refuse when more than this share of an indicator's figures changed by that much
    withdrawn_share: float  # refuse when more than this share of an indicator's figures vanished


class ChecksFile(Strict):
    revisions: RevisionLimits


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """All of ``data/catalogue``, read and cross-checked."""

    regions: tuple[Region, ...]
    ignored_regions: tuple[IgnoredRegion, ...]
    sources: dict[str, Source]
    dimensions: dict[str, Dimension]
    units: dict[str, Unit]
    indicators: dict[str, Indicator]
    events: tuple[Event, ...]
    corrections: tuple[Correction, ...]
    revision_limits: RevisionLimits

    @cached_property
    def region_by_id(self) -> dict[str, Region]:
        return {r.id: r for r in self.regions}

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Ids of the districts that make up the region."""
        return tuple(r.id for r in self.regions if REGION_SUM in r.part_of)

    @cached_property
    def land_districts(self) -> tuple[str, ...]:
        return tuple(r.id for r in self.regions if r.level == "district" and "03" in r.part_of)

    def tables(self, source: str) -> dict[str, list[tuple[Indicator, Series]]]:
        """The tables that a source must deliver, with the series that are read from each."""
        found: dict[str, list[tuple[Indicator, Series]]] = {}
        for indicator in self.indicators.values():
            for series in indicator.series:
                if series.source == source:
                    found.setdefault(series.table, []).append((indicator, series))
        return found

    def corrections_for(self, source: str, table: str) -> list[Correction]:
        return [c for c in self.corrections if c.source == source and c.table == table]


class _UniqueKeys(yaml.CSafeLoader):
    """The safe loader; a key that stands twice is a mistake and not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(k) for k in keys if keys.count(k) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"keys stand twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, model: type[M]) -> M:
    """One YAML file as its model.

    Raises CatalogueError with file and key if the file is no YAML or breaks its model.
    """
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: cannot be read as YAML: {error}") from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(str(p) for p in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise CatalogueError(f"{path} breaks its rules:\n  " + "\n  ".join(lines)) from error


def load_catalogue(folder: Path = CATALOGUE_DIR) -> Catalogue:
    """The whole catalogue.

    Raises CatalogueError (file and key) for a broken file or a reference to nothing.
    """
    regions = read_yaml(folder / "regions.yaml", RegionsFile)
    indicators: dict[str, Indicator] = {}
    for path in sorted((folder / "indicators").glob("*.yaml")):
        indicator = read_yaml(path, Indicator)
        if indicator.id != path.stem:
            raise CatalogueError(f"{path}: id: is '{indicator.id}', the file's name says '{path.stem}'")
        indicators[indicator.id] = indicator
    corrections = [
        c for p in sorted((folder / "corrections").glob("*.yaml")) for c in read_yaml(p, CorrectionsFile).corrections
    ]
    catalogue = Catalogue(
        regions=regions.regions,
        ignored_regions=regions.ignored,
        sources=_by_id("sources.yaml", read_yaml(folder / "sources.yaml", SourcesFile).sources),
        dimensions=_by_id("dimensions.yaml", read_yaml(folder / "dimensions.yaml", DimensionsFile).dimensions),
        units=_by_id("units.yaml", read_yaml(folder / "units.yaml", UnitsFile).units),
        indicators=dict(sorted(indicators.items(), key=lambda item: item[1].order)),
        events=read_yaml(folder / "events.yaml", EventsFile).events,
        corrections=tuple(corrections),
        revision_limits=read_yaml(folder / "checks.yaml", ChecksFile).revisions,
    )
    problems = [*_broken_references(catalogue), *_bad_regions(catalogue)]
    if problems:
        raise CatalogueError(f"{folder} contradicts itself:\n  " + "\n  ".join(problems))
    return catalogue


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_HasId)


def _by_id(file: str, entries: Sequence[E]) -> dict[str, E]:
    found: dict[str, E] = {}
    for entry in entries:
        if entry.id in found:
            raise CatalogueError(f"{file}: {entry.id}: stands twice")
        found[entry.id] = entry
    return found


def parse_breakdown(breakdown: str) -> dict[str, str]:
    """``"nationality=foreign;sex=m"`` as a dict; the total as an empty one."""
    return dict(part.split("=", 1) for part in breakdown.split(";") if part)


def join_breakdown(parts: dict[str, str]) -> str:
    """The canonical breakdown: sorted ``dim=value`` pairs joined by ``;``."""
    return ";".join(f"{dim}={value}" for dim, value in sorted(parts.items()))


def _bad_regions(catalogue: Catalogue) -> list[str]:
    ids = [r.id for r in catalogue.regions]
    problems = [f"regions.yaml: {i}: stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if len(catalogue.members) != 8:
        problems.append(f"regions.yaml: part_of: {REGION_SUM} has {len(catalogue.members)} districts, not 8")
    return problems


def _codes(indicator: Indicator) -> set[tuple[str, str]]:
    """Every dimension and code that an indicator's series can give."""
    fragments = [f for s in indicator.series for f in (s.fixed, *(b for c in s.columns.values() for b in c.values()))]
    return {pair for fragment in fragments for pair in parse_breakdown(fragment or "").items()}


def _broken_references(catalogue: Catalogue) -> list[str]:
    problems: list[str] = []
    for indicator in catalogue.indicators.values():
        at = f"indicators/{indicator.id}.yaml"
        if indicator.unit not in catalogue.units:
            problems.append(f"{at}: unit: '{indicator.unit}' is not in units.yaml")
        links = [*indicator.related, *([indicator.share_of.indicator] if indicator.share_of else [])]
        problems += [f"{at}: '{i}' is no indicator" for i in links if i not in catalogue.indicators]
        if indicator.region_rate and indicator.region_rate.numerator not in catalogue.indicators:
            problems.append(f"{at}: region_rate: '{indicator.region_rate.numerator}' is no indicator")
        codes = [(p.dim, c) for p in indicator.checks.parts for c in p.parts]
        codes += [(b.dim, c) for b in indicator.checks.balance for c in (b.minuend, b.subtrahend, b.difference)]
        codes += parse_breakdown(indicator.default_breakdown).items()
        problems += [
            f"{at}: '{d}={c}' of a check or default is in no series"
            for d, c in codes
            if (d, c) not in _codes(indicator)
        ]
        if indicator.preferred_source not in {s.source for s in indicator.series}:
            problems.append(f"{at}: preferred_source: '{indicator.preferred_source}' has no series here")
        for series in indicator.series:
            if series.source not in catalogue.sources:
                problems.append(f"{at}: series: source '{series.source}' is not in sources.yaml")
            fragments = [series.fixed, *(b for labels in series.columns.values() for b in labels.values() if b)]
            for dim, value in (pair for f in fragments for pair in parse_breakdown(f).items()):
                known = catalogue.dimensions.get(dim)
                if dim not in indicator.dims:
                    problems.append(f"{at}: series {series.table}: dimension '{dim}' is not in dims")
                if known is None or value not in known.values:
                    problems.append(f"{at}: series {series.table}: '{dim}={value}' is not in dimensions.yaml")
    for correction in catalogue.corrections:
        if correction.table not in catalogue.tables(correction.source):
            problems.append(f"corrections: {correction.id}: nothing reads table {correction.table}")
    return problems
