"""From the rows of a form to the figures that are to be published, and the sums between them.

A figure is a sum of rows: of an office's district or all offices, of a period, of one code of one dimension or of
all. Crossed dimensions are not published, so everything that follows from the figures follows from these sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue, join_breakdown
from etl.counselling.form import origin_of
from etl.counselling_entries import ContentDim, Provider

Kind = Literal["year", "quarter", "month"]
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_ROW_KEY = ["region", "period", "dim", "code"]


class Cell(NamedTuple):
    """Which figure: district or region, period, and code of a dimension (both empty: the total)."""

    region: str
    period: str
    dim: str
    code: str


@dataclass(frozen=True)
class Figures:
    """The figures of one year with the sums between them (each a whole and its parts)."""

    values: dict[Cell, int]
    sums: tuple[tuple[Cell, tuple[Cell, ...]], ...]


def kind_of(period: str) -> Kind:
    """What length of period it is: ``2025``, ``2025-Q1``, ``2025-03``."""
    return "year" if len(period) == 4 else "quarter" if "Q" in period else "month"


def months_of(quarter: str) -> tuple[str, ...]:
    first = QUARTERS.index(quarter[5:]) * 3 + 1
    return tuple(f"{quarter[:4]}-{month:02d}" for month in range(first, first + 3))


def shorter_periods(period: str) -> tuple[str, ...]:
    """The quarters of a year, the months of a quarter; a month has none."""
    kind = kind_of(period)
    return () if kind == "month" else months_of(period) if kind == "quarter" else quarters_of(period)


def quarters_of(year: str) -> tuple[str, ...]:
    return tuple(f"{year}-{quarter}" for quarter in QUARTERS)


def breakdown(cell: Cell, provider: Provider) -> str:
    """The figure's breakdown in the store: the provider, and what it is a part of."""
    return join_breakdown({"provider": provider.code} | ({cell.dim: cell.code} if cell.dim else {}))


def figures(rows: pl.DataFrame, year: str, catalogue: Catalogue, provider: Provider) -> Figures:
    """The figures of a year from the rows of a form, complete periods only.

    A quarter is complete with its three months (or given as such), a year with its quarters, the region with all
    offices of the provider. What has no row in a period that an office reported counts 0.
    """
    counted = _counted(rows.filter(pl.col("period").str.starts_with(year)), catalogue, provider)
    regions = [o.region for o in provider.offices]
    periods = {region: _complete({p for r, p in _reported(counted) if r == region}, year) for region in regions}
    periods[REGION_SUM] = _in_common([periods[r] for r in regions])
    given = dict(zip(counted.select(_ROW_KEY).iter_rows(), counted["count"], strict=True))
    values: dict[Cell, int] = {}
    sums: list[tuple[Cell, tuple[Cell, ...]]] = []
    for region in (*regions, REGION_SUM):
        for period, shorter in periods[region].items():
            parts = _dims(period, catalogue, provider)
            for dim, code in (("", ""), *chain.from_iterable(parts.values())):
                cell = Cell(region, period, dim, code)
                if region == REGION_SUM:
                    below = tuple(cell._replace(region=r) for r in regions)
                else:
                    below = tuple(cell._replace(period=p) for p in shorter)
                values[cell] = sum(values.get(b, given.get(b, 0)) for b in below) if below else given.get(cell, 0)
            total = Cell(region, period, "", "")
            sums += [(total, tuple(Cell(region, period, *part) for part in codes)) for codes in parts.values()]
    return Figures(values, (*sums, *_over_time(values, periods), *_over_offices(values, regions)))


def _counted(rows: pl.DataFrame, catalogue: Catalogue, provider: Provider) -> pl.DataFrame:
    """The rows added up by district, period and one code: columns region, period, dim, code, count."""
    region = {o.id: o.region for o in provider.offices}
    placed = rows.with_columns(
        pl.col("office").replace_strict(region).alias("region"),
        pl.col("origin").replace_strict(origin_of(catalogue)).alias("origin"),
    )
    dims: tuple[ContentDim, ...] = catalogue.counselling.published.year
    by_code = [
        placed.select("region", "period", pl.lit(d).alias("dim"), pl.col(d).alias("code"), "count") for d in dims
    ]
    total = placed.select("region", "period", pl.lit("").alias("dim"), pl.lit("").alias("code"), "count")
    return pl.concat([total, *by_code]).group_by(_ROW_KEY).agg(pl.col("count").sum())


def _reported(counted: pl.DataFrame) -> set[tuple[str, str]]:
    return set(counted.select("region", "period").unique().iter_rows())


def _complete(reported: set[str], year: str) -> dict[str, tuple[str, ...]]:
    """All periods of the year that are complete, shorter ones first, each with the shorter ones that make it up."""
    found: dict[str, tuple[str, ...]] = {p: () for p in sorted(reported) if kind_of(p) == "month"}
    for quarter in quarters_of(year):
        if all(month in reported for month in months_of(quarter)):
            found[quarter] = months_of(quarter)
        elif quarter in reported:
            found[quarter] = ()
    quarters = quarters_of(year)
    return found | ({year: quarters} if all(q in found for q in quarters) else {})


def _in_common(offices: Sequence[dict[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """The periods that all offices have, each with the shorter ones that all offices have."""
    first, *others = offices
    return {
        period: tuple(s for s in shorter if all(s in o for o in others))
        for period, shorter in first.items()
        if all(period in o for o in others)
    }


def _dims(period: str, catalogue: Catalogue, provider: Provider) -> dict[ContentDim, list[tuple[str, str]]]:
    counselling = catalogue.counselling
    dims: tuple[ContentDim, ...] = getattr(counselling.published, kind_of(period))
    return {dim: [(dim, code) for code in counselling.codes_of(provider, dim)] for dim in dims}


def _over_time(
    values: dict[Cell, int], periods: dict[str, dict[str, tuple[str, ...]]]
) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    for cell in values:
        shorter = periods[cell.region][cell.period]
        parts = tuple(cell._replace(period=p) for p in shorter)
        # months have fewer dimensions than quarters; a sum needs all its parts
        if parts and all(part in values for part in parts) and shorter == shorter_periods(cell.period):
            yield cell, parts


def _over_offices(values: dict[Cell, int], regions: Sequence[str]) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    for cell in values:
        if cell.region == REGION_SUM:
            yield cell, tuple(cell._replace(region=r) for r in regions)
