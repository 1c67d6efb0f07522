"""Which districts are alike: in size, density of settlement, jobs and share of foreigners.

Each criterion is one figure of every district, standardised over all of them (mean 0, standard deviation 1), of size
and density the logarithm. The distance of two districts is the root of the mean of their squared differences. Alike
is no benchmark: the criteria say nothing about what should be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, log, radians, sqrt
from statistics import fmean, pstdev
from typing import Any

import polars as pl

from dashboard.choices import Measure
from dashboard.metadata import Metadata
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.view import View

COUNT = 4  # peers that are proposed
FEWEST = 3  # districts with a figure, below which nothing can be standardised
ALIKE = 0.5  # standard deviations up to which a district counts as alike in a criterion
APART = 1.0  # standard deviations from which on it counts as different
_DEGREE = 111.2  # kilometres of a degree of latitude


@dataclass(frozen=True)
class Criterion:
    """One figure by which districts are compared; ``per_area`` divides it by the district's area in km²."""

    id: str
    indicator: str
    measure: Measure = "number"
    logarithmic: bool = False
    per_area: bool = False


CRITERIA = (
    Criterion("size", "population", logarithmic=True),
    Criterion("density", "population", logarithmic=True, per_area=True),
    Criterion("jobs", "employees", "per1000"),
    Criterion("foreign", "foreign_population_share"),
)


@dataclass(frozen=True)
class Measured:
    """A criterion's figures by district in one ``period``, and their rows as ``queries.view_figures`` gives them."""

    criterion: Criterion
    view: View
    period: str
    values: dict[str, float]
    figures: pl.DataFrame


@dataclass(frozen=True)
class Peer:
    """A district beside another one. ``apart``: by criterion, by how many standard deviations it is above (below) it.

    ``distance`` is None where a criterion has no figure of the peer, and where none can be used.
    """

    region: str
    distance: float | None
    apart: dict[str, float]


def districts_of(metadata: Metadata) -> tuple[str, ...]:
    """Ids of all districts, those of the region first."""
    return tuple(r.id for r in metadata.regions.values() if r.level == "district")


def measured(store: Store, metadata: Metadata, vintage: str | None = None) -> tuple[Measured, ...]:
    """The criteria that the store has figures for, each in the newest period that most districts have in common."""
    found = (_measured(store, metadata, criterion, vintage) for criterion in CRITERIA)
    return tuple(one for one in found if one is not None and len(one.values) >= FEWEST)


def _measured(store: Store, metadata: Metadata, criterion: Criterion, vintage: str | None) -> Measured | None:
    indicator, districts = metadata.indicators.get(criterion.indicator), districts_of(metadata)
    if indicator is None or "" not in indicator.breakdowns:
        return None
    view = View((indicator.id,), districts, ("",), measure=criterion.measure, vintage=vintage)
    figures = view_figures(store, metadata, view).filter(pl.col("value").is_not_null())
    if figures.is_empty():
        return None
    held = figures.group_by("period", "period_end").agg(pl.col("region").n_unique().alias("held"))
    period = held.sort("held", "period_end")["period"][-1]
    figures = figures.filter(pl.col("period") == period)
    values = dict(figures.select("region", "value").iter_rows())
    if criterion.per_area:
        areas = {r: area_of(metadata.areas[r].geometry) for r in values if r in metadata.areas}
        values = {r: values[r] / area for r, area in areas.items()}
    if criterion.logarithmic:
        values = {r: value for r, value in values.items() if value > 0}
    return Measured(criterion, replace(view, start=period, end=period), period, values, figures)


def area_of(geometry: dict[str, Any]) -> float:
    """The area of a GeoJSON (multi)polygon in degrees, in km²; good to a few per cent for a simplified boundary."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return sum(_ring_area(polygon[0]) - sum(map(_ring_area, polygon[1:])) for polygon in polygons)


def _ring_area(ring: Sequence[Sequence[float]]) -> float:
    """The shoelace formula on a plane that touches the globe at the ring's mean latitude."""
    shrunk = cos(radians(fmean(p[1] for p in ring)))
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return abs(twice) / 2 * shrunk * _DEGREE**2


def standardised(one: Measured) -> dict[str, float]:
    """Each district's figure in standard deviations from the mean of all; all 0 where they do not differ."""
    values = {r: log(value) if one.criterion.logarithmic else value for r, value in one.values.items()}
    mean, deviation = fmean(values.values()), pstdev(values.values())
    return {r: (value - mean) / deviation if deviation else 0.0 for r, value in values.items()}


def peer_of(criteria: Sequence[Measured], district: str, other: str) -> Peer:
    """How ``other`` stands to the district in each criterion that has figures of both."""
    wanted = [(one.criterion.id, standardised(one)) for one in criteria if district in one.values]
    apart = {name: scores[other] - scores[district] for name, scores in wanted if other in scores}
    complete = apart and len(apart) == len(wanted)
    return Peer(other, sqrt(fmean(z**2 for z in apart.values())) if complete else None, apart)


def nearest(
    criteria: Sequence[Measured], district: str, candidates: Sequence[str], count: int = COUNT
) -> tuple[Peer, ...]:
    """The nearest candidates, the nearest first; those that lack a figure are passed over."""
    others = [peer_of(criteria, district, other) for other in candidates if other != district]
    known = [(peer.distance, peer.region, peer) for peer in others if peer.distance is not None]
    return tuple(peer for _, _, peer in sorted(known, key=lambda one: one[:2])[:count])
