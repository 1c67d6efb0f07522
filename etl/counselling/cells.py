"""From the rows of a form to the figures that are to be published, and the sums between them.

A figure is a sum of rows: of an office's district or all offices, of a period, of one code of one dimension or of
all. Crossed dimensions are not published, so everything that follows from the figures follows from these sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue, join_breakdown
from etl.counselling.form import origin_of
from etl.counselling_entries import CONTENT_DIMS, ContentDim, Provider

Kind = Literal["year", "quarter", "month"]
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_ROW_KEY = ["region", "period", "dim", "code"]


class Cell(NamedTuple):
    """Which figure: district or region, period, and code of a dimension (both empty: the total)."""

    region: str
    period: str
    dim: str
    code: str


Sum = tuple[Cell, tuple[Cell, ...]]  # a whole and its parts


@dataclass(frozen=True)
class Figures:
    """The figures of one year with the sums between them (each a whole and its parts)."""

    values: dict[Cell, int]
    sums: tuple[Sum, ...]


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
    reported = set(counted.select("region", "period").unique().iter_rows())
    periods = {region: _complete({p for r, p in reported if r == region}, year) for region in regions}
    periods[REGION_SUM] = [p for p in periods[regions[0]] if all(p in periods[r] for r in regions)]
    return _added_up(
        [
            Cell(region, period, dim, code)
            for region, complete in periods.items()
            for period in complete
            for dim, code in (("", ""), *_codes(period, catalogue, provider))
        ],
        counted,
    )


def figures_at(cells: Iterable[Cell], rows: pl.DataFrame, catalogue: Catalogue, provider: Provider) -> Figures:
    """The given figures from the rows of a form, whatever the catalogue publishes now."""
    return _added_up(cells, _counted(rows, catalogue, provider))


def _added_up(cells: Iterable[Cell], counted: pl.DataFrame) -> Figures:
    regions = counted["region"].unique().to_list()
    given = dict(zip(counted.select(_ROW_KEY).iter_rows(), counted["count"], strict=True))
    values = {
        cell: sum(
            given.get((region, period, cell.dim, cell.code), 0)
            for region in (regions if cell.region == REGION_SUM else [cell.region])
            for period in _within(cell.period)
        )
        for cell in cells
    }
    return Figures(values, (*_over_codes(values), *_over_time(values), *_over_offices(values)))


def _within(period: str) -> tuple[str, ...]:
    """The period and all shorter ones in it: an office counts a contact in one of them only."""
    return (period, *chain.from_iterable(_within(shorter) for shorter in shorter_periods(period)))


def _counted(rows: pl.DataFrame, catalogue: Catalogue, provider: Provider) -> pl.DataFrame:
    """The rows added up by district, period and one code: columns region, period, dim, code, count."""
    region = {o.id: o.region for o in provider.offices}
    placed = rows.with_columns(
        pl.col("office").replace_strict(region).alias("region"),
        pl.col("origin").replace_strict(origin_of(catalogue)).alias("origin"),
    )
    by_code = [
        placed.select("region", "period", pl.lit(d).alias("dim"), pl.col(d).alias("code"), "count")
        for d in CONTENT_DIMS
    ]
    total = placed.select("region", "period", pl.lit("").alias("dim"), pl.lit("").alias("code"), "count")
    return pl.concat([total, *by_code]).group_by(_ROW_KEY).agg(pl.col("count").sum())


def _complete(reported: set[str], year: str) -> list[str]:
    """All periods of the year that are complete, shorter ones first."""
    quarters = [q for q in quarters_of(year) if q in reported or all(month in reported for month in months_of(q))]
    months = sorted(p for p in reported if kind_of(p) == "month")
    return [*months, *quarters, *([year] if len(quarters) == len(QUARTERS) else [])]


def _codes(period: str, catalogue: Catalogue, provider: Provider) -> Iterator[tuple[str, str]]:
    dims: tuple[ContentDim, ...] = getattr(catalogue.counselling.published, kind_of(period))
    for dim in dims:
        for code in catalogue.counselling.codes_of(provider, dim):
            yield dim, code


def _over_codes(values: dict[Cell, int]) -> Iterator[Sum]:
    parts: dict[tuple[Cell, str], list[Cell]] = {}
    for cell in values:
        if cell.dim:
            parts.setdefault((cell._replace(dim="", code=""), cell.dim), []).append(cell)
    for (total, _), codes in parts.items():
        yield total, tuple(codes)


def _over_time(values: dict[Cell, int]) -> Iterator[Sum]:
    for cell in values:
        parts = tuple(cell._replace(period=p) for p in shorter_periods(cell.period))
        # months have fewer dimensions than quarters; a sum needs all its parts
        if parts and all(part in values for part in parts):
            yield cell, parts


def _over_offices(values: dict[Cell, int]) -> Iterator[Sum]:
    offices = list(dict.fromkeys(cell.region for cell in values if cell.region != REGION_SUM))
    for cell in values:
        if cell.region == REGION_SUM:
            yield cell, tuple(part for r in offices if (part := cell._replace(region=r)) in values)
