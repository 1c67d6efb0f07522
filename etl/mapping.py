"""From a publisher's tidy table to observations: labels become breakdowns, years become periods."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

import polars as pl

from etl.catalogue import join_breakdown, parse_breakdown
from etl.entries import Indicator, PeriodRule, Series, Source
from etl.errors import ParseError
from etl.schema import OBSERVATION_COLUMNS
from etl.sources.base import Tidy

MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def observations(
    tidy: Tidy, indicator: Indicator, series: Series, source: Source, retrieved_at: datetime
) -> pl.DataFrame:
    """The rows of one series as observations (columns of ``etl.schema.Observation``, without the region sum).

    Raises ParseError for a label the catalogue does not name, a period that cannot be read, or a key
    that stands twice with different values.
    """
    where = f"{series.source}: table {series.table} for {indicator.id}"
    frame = tidy.frame.filter(pl.col("region").is_not_null())
    frame = _with_breakdown(frame, series, where)
    frame = _with_period(frame, series.period, where)
    frame = frame.with_columns(
        pl.lit(indicator.id).alias("indicator"),
        pl.lit(series.period.kind).alias("period_kind"),
        pl.lit(indicator.unit).alias("unit"),
        pl.lit(series.source).alias("source"),
        pl.lit(series.table).alias("table"),
        pl.lit(source.licence.id).alias("licence"),
        pl.lit(source.attribution.de.format(data=series.data.de)).alias("attribution"),
        pl.lit(retrieved_at.replace(tzinfo=None), dtype=pl.Datetime("us")).alias("retrieved_at"),
    ).select(OBSERVATION_COLUMNS)
    return _unique(frame, where)


def _with_breakdown(frame: pl.DataFrame, series: Series, where: str) -> pl.DataFrame:
    named = list(series.columns)
    present = [c for c in frame.columns if c not in ("region", "time", "value", "status")]
    if missing := sorted(set(named) - set(present)):
        raise ParseError(f"{where}: the table has no columns {missing}; adapt 'columns' of the indicator")
    if left_over := sorted(set(present) - set(named)):
        raise ParseError(f"{where}: columns {left_over} are not named; add them to 'columns' of the indicator")
    if not named:
        return frame.with_columns(pl.lit(_canonical(series.fixed)).alias("breakdown"))
    labels = {c: {_fold(label): part for label, part in series.columns[c].items()} for c in named}
    combinations = frame.select(named).unique()
    breakdowns: list[str | None] = []
    for row in combinations.iter_rows():
        parts = parse_breakdown(series.fixed)
        dropped = False
        for column, label in zip(named, row, strict=True):
            if _fold(label) not in labels[column]:
                raise ParseError(
                    f"{where}: column '{column}' holds '{label}', unknown to the catalogue; add it to 'columns'"
                )
            part = labels[column][_fold(label)]
            dropped |= part is None
            parts |= parse_breakdown(part or "")
        breakdowns.append(None if dropped else join_breakdown(parts))
    mapped = combinations.with_columns(pl.Series("breakdown", breakdowns, dtype=pl.String))
    return frame.join(mapped, on=named, how="left", nulls_equal=True).filter(pl.col("breakdown").is_not_null())


def _fold(label: str | None) -> str:
    return (label or "").strip().casefold()


def _canonical(breakdown: str) -> str:
    return join_breakdown(parse_breakdown(breakdown))


def _with_period(frame: pl.DataFrame, rule: PeriodRule, where: str) -> pl.DataFrame:
    times = frame.select("time").unique()
    periods = [period(text, rule, where) for text in times["time"]]
    mapped = times.with_columns(
        pl.Series("period", [p[0] for p in periods], dtype=pl.String),
        pl.Series("period_start", [p[1] for p in periods], dtype=pl.Date),
        pl.Series("period_end", [p[2] for p in periods], dtype=pl.Date),
    )
    return frame.join(mapped, on="time", how="left")


def period(text: str, rule: PeriodRule, where: str = "") -> tuple[str, date, date]:
    """A publisher's time as (period, first day, last day).

    ``2024`` of a 31.12. stock → ``2024-12-31``; ``Juni 2024`` of a month → ``2024-06``. Raises ParseError.
    """
    try:
        if rule.kind == "month":
            return _month(text)
        year = int(re.fullmatch(r"\d{4}", text.strip())[0]) + rule.offset_years  # type: ignore[index]
        if rule.kind == "reference_date":
            day = date.fromisoformat(f"{year}-{rule.day}")
            return day.isoformat(), day, day
        if rule.kind in ("year", "annual_average"):
            return str(year), date(year, 1, 1), date(year, 12, 31)
    except (TypeError, ValueError) as error:
        raise ParseError(f"{where}: '{text}' is no period of kind {rule.kind}") from error
    raise ParseError(f"{where}: no rule reads periods of kind {rule.kind}; add one to etl/mapping.py")


@cache
def _month(text: str) -> tuple[str, date, date]:
    name, year_text = text.split()
    month, year = MONTHS.index(name) + 1, int(year_text)
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return f"{year}-{month:02}", first, date.fromordinal(following.toordinal() - 1)


def _unique(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    frame = frame.unique(maintain_order=True)
    key = ["region", "period", "breakdown"]
    twice = frame.filter(pl.struct(key).is_duplicated())
    if not twice.is_empty():
        rows = "; ".join(" ".join(map(str, r)) for r in twice.select(*key, "value").head(6).iter_rows())
        raise ParseError(f"{where}: {twice.height} rows stand twice with different values ({rows}); add a correction")
    return frame
