"""What can be chosen for an indicator: the defaults, and the options that the store's figures allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from dashboard.breakdowns import common_parts, whole_of
from dashboard.metadata import REGION_SUM, Break, Indicator, Metadata
from dashboard.periods import ANNUAL_KINDS, Period

Measure = Literal["number", "share", "per1000", "index", "change"]
Chart = Literal["line", "bar", "small-multiples", "table", "map", "side-by-side", "scatter", "highlight"]
MEASURES: tuple[Measure, ...] = ("number", "share", "per1000", "index", "change")
SERIES_CHARTS: tuple[Chart, ...] = ("line", "bar", "small-multiples", "table")  # of series, each by itself
PAIRED_CHARTS: tuple[Chart, ...] = ("side-by-side", "scatter")  # of indicators, each with an axis of its own
MOST_PAIRED: dict[Chart, int] = {"side-by-side": 4, "scatter": 2}
CHARTS: tuple[Chart, ...] = (*SERIES_CHARTS, *PAIRED_CHARTS, "highlight", "map")

FIRST_INDICATOR = "foreign_population"
POPULATION = "population"
SHORTEST = 3  # figures of a series: fewer tell no development
_GROUPS = frozenset({"nationality", "age"})  # dimensions whose groups have a population of their own
# asked in this order where an indicator has no figure for the region
_FALLBACK_REGIONS = (REGION_SUM, "03", "DE91", "DG")


def default_indicator(metadata: Metadata) -> str:
    """The indicator that a bare address shows. The store must hold at least one."""
    return FIRST_INDICATOR if FIRST_INDICATOR in metadata.indicators else next(iter(metadata.indicators))


def default_region(indicator: Indicator) -> str:
    for region in _FALLBACK_REGIONS:
        if region in indicator.regions:
            return region
    return indicator.regions[0]


def default_breakdown(indicator: Indicator) -> str:
    """The catalogue's default; the first one where the publisher gives no such figure (no total, say)."""
    if indicator.default_breakdown in indicator.breakdowns:
        return indicator.default_breakdown
    return indicator.breakdowns[0]


def breakdowns_of(indicator: Indicator, chosen: Sequence[str]) -> tuple[str, ...]:
    """The chosen breakdowns that this indicator has; its default if it has none of them."""
    return tuple(b for b in chosen if b in indicator.breakdowns) or (default_breakdown(indicator),)


def measures_of(indicator: Indicator, breakdowns: Sequence[str], metadata: Metadata) -> tuple[Measure, ...]:
    """What the indicator can be shown as.

    A share needs its other indicator of the same source in the store, an index a count, per 1,000 the population: of
    a group it would be a rate per head of everybody, which readers take for the group's own.
    """
    possible: list[Measure] = ["number"]
    other = metadata.indicators.get(indicator.share_indicator or "")
    if other and _has_share(indicator, other, breakdowns):
        possible.append("share")
    of_a_group = any(_is_group(b, indicator) for b in breakdowns)
    population = metadata.indicators.get(POPULATION)
    if indicator.per1000 and population and _divides(indicator, population) and not of_a_group:
        possible.append("per1000")
    if len(indicator.periods) < 2:
        return tuple(possible)
    # a balance crosses zero: no index and no percentage of it says anything
    if indicator.measure != "rate" and not all(is_balance(b) for b in breakdowns):
        possible.append("index")
    if not any(is_balance(b) for b in breakdowns):
        possible.append("change")
    return tuple(possible)


def _has_share(indicator: Indicator, other: Indicator, breakdowns: Sequence[str]) -> bool:
    """Whether any share can be shown: published for a breakdown, or a part of a total that its source has."""
    if indicator.share_kind == "published":
        return any(b in other.breakdowns for b in breakdowns)
    if indicator.id == other.id and any(b == whole_of(b, indicator.share_within) for b in breakdowns):
        return False  # the whole's share of itself
    return _divides(indicator, other)


def _divides(indicator: Indicator, whole: Indicator) -> bool:
    """Whether a source of the indicator has the whole too: counts of two sources make no rate."""
    return not {*indicator.sources}.isdisjoint(whole.total_sources)


def companions(first: Indicator, regions: Sequence[str], metadata: Metadata) -> tuple[str, ...]:
    """Ids of what can stand beside an indicator to begin with: related ones, then the population, with some of the
    regions and at least two years in common."""
    years = {period.id[:4] for period in first.periods}
    found = []
    for other_id in dict.fromkeys((*first.related, POPULATION)):
        other = metadata.indicators.get(other_id)
        if other is None or other.id == first.id or {*other.regions}.isdisjoint(regions):
            continue
        if len(years & {period.id[:4] for period in other.periods}) > 1:
            found.append(other.id)
    return tuple(found)


def is_rate(indicator: Indicator) -> bool:
    """Whether a change of the indicator counts in its own unit (points, years): a percentage of it is misread."""
    return indicator.measure == "rate"


def is_balance(breakdown: str) -> bool:
    """Whether the figures are arrivals minus departures: they cross zero, so no percentage of them says anything."""
    return (direction_of(breakdown) or "").rpartition("_")[2] == "net"


def direction_of(breakdown: str) -> str | None:
    """``in``, ``out`` or ``net``, of commuters ``commute_in`` and so on; None where nothing moves."""
    found = (part.removeprefix("direction=") for part in breakdown.split(";") if part.startswith("direction="))
    return next(found, None)


def breaks_of(indicator: Indicator, measure: Measure, metadata: Metadata) -> tuple[Break, ...]:
    """The breaks of the indicator's figures as shown: what is worked out has those of its denominator too.

    ``indicator`` is the one whose figures are shown, which for a published share is the share itself.
    """
    other = None
    if measure == "per1000":
        other = metadata.indicators.get(POPULATION)
    elif measure == "share" and indicator.share_kind == "denominator":
        other = metadata.indicators.get(indicator.share_indicator or "")
    return tuple(dict.fromkeys((*indicator.breaks, *(other.breaks if other else ()))))


def _is_group(breakdown: str, indicator: Indicator) -> bool:
    """Whether the breakdown picks a nationality or age out of the indicator's own figures."""
    own = {*breakdown.split(";")} - {*common_parts(indicator.breakdowns)}
    return any(part.split("=", 1)[0] in _GROUPS for part in own)


def periods_of(indicators: Sequence[Indicator]) -> dict[str, Period]:
    """The periods that any of the indicators has, in order, under the form in which an address names them.

    Where all have one figure a year, the year is enough; beside months or quarters it would be ambiguous.
    """
    periods = sorted({period for i in indicators for period in i.periods})
    annual = all(one_a_year(indicator) for indicator in indicators)
    return {str(period.end.year) if annual else period.id: period for period in periods}


def one_a_year(indicator: Indicator) -> bool:
    """Whether the indicator has one figure a year at most, so that the year alone names it."""
    years = [period.end.year for period in indicator.periods]
    return all(p.kind in ANNUAL_KINDS for p in indicator.periods) and len(set(years)) == len(years)
