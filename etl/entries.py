"""The entries of the catalogue's YAML files, typed: what a region, a source, an indicator, a correction may say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
# "sex=m", "nationality=foreign;sex=f"; the empty string is the total
Breakdown = Annotated[str, StringConstraints(pattern=r"^([a-z]+=[A-Za-z0-9_]+)?(;[a-z]+=[A-Za-z0-9_]+)*$")]
PeriodKind = Literal["reference_date", "year", "annual_average", "quarter", "month", "semester"]
Theme = Literal["population", "immigration", "employment", "unemployment", "qualification", "economy", "counselling"]


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
    same_service_as: str | None = None  # another source at the same service: its ETL_BASE_URL counts here too
    services: dict[str, str] = {}  # addresses of further services of the publisher, by name
    attribution: Text  # ``{data}`` is replaced by the series' own data source
    terms_note: Text | None = None
    rhythm: Text
    release_months: tuple[int, ...] = Field(min_length=1)
    stale_after_days: int = Field(gt=0)
    account: bool = False  # takes <SOURCE>_USER and <SOURCE>_PASSWORD
    invented: bool = False  # its figures are made up, for a look at the pages; said wherever they are shown
    manual: bool = False  # no stable address: files come by ``etl import file`` or ``etl import table``
    by_name_only: bool = False  # asked only when named: ``etl run --source ID``
    headers: dict[str, str] = {}  # sent with every request; public values only
    gap_seconds: float = Field(ge=0)
    wait_seconds: float = Field(default=0.5, gt=0)  # first wait before a request is repeated, doubled each time
    retry_statuses: tuple[int, ...] = ()  # what this publisher answers to those who ask too fast, beside 429 and 503
    max_bytes: int = Field(gt=0)


class SourcesFile(Strict):
    sources: tuple[Source, ...]


class TableOptions(Strict):
    """What has to be known to ask a source for a table, beyond its name."""

    source: Id
    table: str
    since: int | None = None  # first year to ask for
    regional_variable: str | None = None  # GENESIS: ask for the regions ``regional_key`` of this variable only
    regional_key: str | None = None
    classifying: dict[str, str] = {}  # GENESIS: a variable to break down by, and its keys (comma list)
    # GENESIS: several variables as one column of the tidy frame, {column: variable codes}
    merged: dict[str, tuple[str, ...]] = {}
    # Regionalstatistik's keyless CSV: what each header row stands for: a column of the tidy frame, "time", or "-"
    classic: tuple[str, ...] | None = None
    manual: bool = False  # comes by ``etl import file`` only
    paths: tuple[str, ...] = ()  # addresses of files below the source's, newest first; {year}, {month}: to be probed
    note: str = ""


class TablesFile(Strict):
    tables: tuple[TableOptions, ...]


class Dimension(Strict):
    """A breakdown dimension and the labels of its codes."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    label: Text
    total: Text
    values: dict[str, Text]
    definitions: dict[str, Text] = {}  # of codes whose label alone does not say what is counted
    ordered: tuple[str, ...] | Literal["all"] = ()  # codes with an order of their own, which charts keep
    residual: tuple[str, ...] = ()  # codes of what is left over or unknown, which are no finding

    @model_validator(mode="after")
    def _known(self) -> Dimension:
        named = () if self.ordered == "all" else self.ordered
        if unknown := sorted({*named, *self.residual, *self.definitions} - self.values.keys()):
            raise ValueError(f"{self.id}: no such code: {', '.join(unknown)}")
        return self

    def has_order(self, code: str) -> bool:
        """Whether the code has its place in an order of codes."""
        return self.ordered == "all" or code in self.ordered


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

    ``day`` (``MM-DD``) makes a reference date out of a year, ``any`` takes full dates as they are; ``offset_years`` is
    -1 where a publisher dates a stock 1 January and the period is 31 December of the year before.
    """

    kind: PeriodKind
    day: Annotated[str, StringConstraints(pattern=r"^(\d\d-\d\d|any)$")] | None = None
    offset_years: int = 0

    @model_validator(mode="after")
    def day_belongs_to_reference_dates(self) -> PeriodRule:
        if (self.kind == "reference_date") != (self.day is not None):
            raise ValueError("'day' is needed for kind 'reference_date' and only there")
        return self


class Series(Strict):
    """Where an indicator's figures stand: a publisher's table and how its columns map to breakdowns.

    ``columns`` names every dimension column of the table; each of its labels maps to a breakdown
    fragment, to ``""`` (total) or to null (left out on purpose). A label that is not named is an error, unless
    the column names ``"*"``, which stands for all others. With ``aggregate`` several labels may make one breakdown:
    their counts are added up. ``absent: zero`` means that the publisher leaves out cells of 0: they are filled in
    for every region, period and breakdown of the table.
    """

    source: Id
    table: str
    data: Text  # the register or statistic behind the table, for the attribution
    link: str  # a page of the data set
    period: PeriodRule
    columns: dict[str, dict[str, Breakdown | None]] = {}
    fixed: Breakdown = ""
    factor: float = Field(default=1, gt=0)  # from the publisher's unit to the indicator's, such as 0.001 for thousands
    aggregate: bool = False
    absent: Literal["zero"] | None = None


class Break(Strict):
    """A break in an indicator's series: figures from ``at`` on do not compare with those before."""

    at: date
    sources: tuple[Id, ...]
    text: Text


class Base(Strict):
    """What a source's figures from ``since`` on stand on, such as the population of a census.

    Figures of different bases are different series: no line and no rate goes across. The same ``id`` in two
    indicators means that their figures fit each other.
    """

    id: Id
    sources: tuple[Id, ...] = Field(min_length=1)
    since: date
    text: Text


class Rounding(Strict):
    """The publisher's rounding: counts are multiples of ``base`` from ``since`` on.

    ``cells``: about so many rounded values make up one figure here (it was added up), so that their errors do too.
    """

    base: int = Field(gt=1)
    cells: int = Field(default=1, ge=1)
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
    some_districts: bool = False  # published for some of the districts only; the others have no row
    equal_sources: tuple[tuple[Id, Id], ...] = ()  # pairs whose figures should be equal; differences are reported


class ShareOf(Strict):
    """What ``as=share`` means: another indicator that is the published share, or a denominator.

    The denominator is its total; with ``within`` the one of the same code of these dimensions.
    """

    indicator: Id
    kind: Literal["published", "denominator"]
    within: tuple[str, ...] = ()


class RegionRate(Strict):
    """The region's rate from counts: the districts' ``numerator`` over their own implied denominators.

    ``estimated``: the published rates are rounded so coarsely that what they imply is an estimate; so is the rate.
    """

    numerator: Id
    per: float
    estimated: bool = False


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
    bases: tuple[Base, ...] = ()
    notes: tuple[Text, ...] = ()
    related: tuple[Id, ...] = ()
    checks: Checks = Checks()
    series: tuple[Series, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def a_new_base_is_a_drawn_break(self) -> Indicator:
        drawn = {(source, b.at) for b in self.breaks for source in b.sources}
        for source in {source for b in self.bases for source in b.sources}:
            _, *later = sorted(b.since for b in self.bases if source in b.sources)
            if missing := [day for day in later if (source, day) not in drawn]:
                raise ValueError(f"bases: {source} changes its base on {missing[0]}, which is not in 'breaks'")
        return self


EventName = Annotated[str, StringConstraints(min_length=1, max_length=23, strip_whitespace=True)]


class EventShort(Strict):
    """An event's name inside a chart, where there is no room for more."""

    de: EventName
    en: EventName


class Event(Strict):
    """A dated event of the policy timeline, drawn as context, never as a cause.

    It is context for the indicators named and for all of its ``themes``, for all indicators if both are empty;
    ``regions`` empty is everywhere.
    """

    id: Id
    at: date
    title: Text
    short: EventShort
    source: Text
    link: Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[a-z]+/\S*$")]  # the source's stable address
    verified: bool
    themes: tuple[Theme, ...] = ()
    indicators: tuple[Id, ...] = ()
    regions: tuple[str, ...] = ()


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
