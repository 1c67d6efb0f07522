"""From a publisher's tidy table to observations: labels become breakdowns, years become periods."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import polars as pl

from etl.catalogue import join_breakdown, parse_breakdown
from etl.entries import Indicator, PeriodRule, Series, Source
from etl.errors import ParseError
from etl.schema import EMPTY_STATUSES, OBSERVATION_COLUMNS, Observation
from etl.sources.base import Tidy

OTHERS = "*"  # in a column of the catalogue: every label that is not named
OWN_SUM = "; eigene Berechnung (Summe veröffentlichter Einzelwerte)"
FIGURE_KEY = ["region", "period", "breakdown"]  # of a figure within one series
FLAGS = ("estimated", "provisional", "revised")

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
    if series.factor != 1:
        frame = frame.with_columns(pl.col("value") * series.factor)
    if series.aggregate:
        frame = _added_up(frame)
    if series.absent == "zero":
        frame = _with_absent_zeros(frame)
    frame = _unique(frame.select(*FIGURE_KEY, "period_start", "period_end", "value", "status"), where)
    attribution = source.attribution.de.format(data=series.data.de)
    if series.aggregate:  # the licences ask for own calculations to be marked
        attribution += OWN_SUM
    frame = frame.with_columns(
        pl.lit(indicator.id).alias("indicator"),
        pl.lit(series.period.kind).alias("period_kind"),
        pl.lit(indicator.unit).alias("unit"),
        pl.lit(series.source).alias("source"),
        pl.lit(series.table).alias("table"),
        pl.lit(source.licence.id).alias("licence"),
        pl.lit(attribution).alias("attribution"),
        pl.lit(retrieved_at.replace(tzinfo=None), dtype=pl.Datetime("us")).alias("retrieved_at"),
    )
    return Observation.cast(frame.select(OBSERVATION_COLUMNS))


def _with_breakdown(frame: pl.DataFrame, series: Series, where: str) -> pl.DataFrame:
    named = list(series.columns)
    present = [c for c in frame.columns if c not in ("region", "time", "value", "status")]
    if missing := sorted(set(named) - set(present)):
        raise ParseError(f"{where}: the table has no columns {missing}; adapt 'columns' of the indicator")
    if left_over := sorted(set(present) - set(named)):
        raise ParseError(f"{where}: columns {left_over} are not named; add them to 'columns' of the indicator")
    if not named:
        return frame.with_columns(pl.lit(_canonical(series.fixed), dtype=pl.Categorical).alias("breakdown"))
    labels = {c: {_fold(label): part for label, part in series.columns[c].items()} for c in named}
    combinations = frame.select(named).unique()
    breakdowns: list[str | None] = []
    for row in combinations.iter_rows():
        parts = parse_breakdown(series.fixed)
        dropped = False
        for column, label in zip(named, row, strict=True):
            known = _fold(label) if _fold(label) in labels[column] else OTHERS
            if known not in labels[column]:
                raise ParseError(
                    f"{where}: column '{column}' holds '{label}', unknown to the catalogue; add it to 'columns'"
                )
            part = labels[column][known]
            dropped |= part is None
            parts |= parse_breakdown(part or "")
        breakdowns.append(None if dropped else join_breakdown(parts))
    mapped = combinations.with_columns(pl.Series("breakdown", breakdowns, dtype=pl.Categorical))
    return frame.join(mapped, on=named, how="left", nulls_equal=True).filter(pl.col("breakdown").is_not_null())


def _added_up(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of one region, period and breakdown as their sum.

    With parts that are not published it is "at least" (``limited``); without any part it has the gravest of the
    parts' signs. A part with ``nil`` (nothing there) counts as 0.
    """
    empty = [pl.col("status").eq(s).any() for s in EMPTY_STATUSES if s != "nil"]
    some_missing = pl.any_horizontal(*empty)
    first_sign = pl.coalesce(
        *(
            pl.when(pl.col("status").eq(s).any()).then(pl.lit(s))
            for s in ("pending", "secret", "unreliable", *EMPTY_STATUSES)
        ),
        pl.lit("nil"),
    )
    marked = pl.coalesce(
        *(pl.when(pl.col("status").eq(s).any()).then(pl.lit(s)) for s in ("limited", "break", *FLAGS)), pl.lit("ok")
    )
    has_value = pl.col("value").is_not_null().any()
    return frame.group_by("region", "period", "period_start", "period_end", "breakdown").agg(
        pl.when(has_value).then(pl.col("value").sum()).alias("value"),
        pl.when(~has_value)
        .then(first_sign)
        .when(some_missing)
        .then(pl.lit("limited"))
        .otherwise(marked)
        .alias("status"),
    )


def _with_absent_zeros(frame: pl.DataFrame) -> pl.DataFrame:
    """The publisher leaves out cells of 0: every region of the table gets one for each period and breakdown.

    In a rounded register such a 0 may be a few people, hence ``rounded_zero``.
    """
    periods = frame.select("period", "period_start", "period_end").unique()
    every = (
        frame.select("region").unique().join(periods, how="cross").join(frame.select("breakdown").unique(), how="cross")
    )
    joined = every.join(
        frame.select("region", "period", "breakdown", "value", "status"),
        on=["region", "period", "breakdown"],
        how="left",
    )
    return joined.with_columns(
        pl.when(pl.col("status").is_null()).then(0.0).otherwise(pl.col("value")).alias("value"),
        pl.col("status").fill_null("rounded_zero"),
    )


def _fold(label: str | None) -> str:
    return (label or "").strip().casefold()


def _canonical(breakdown: str) -> str:
    return join_breakdown(parse_breakdown(breakdown))


def _with_period(frame: pl.DataFrame, rule: PeriodRule, where: str) -> pl.DataFrame:
    times = frame.select("time").unique()
    periods = [period(text, rule, where) for text in times["time"]]
    mapped = times.with_columns(
        pl.Series("period", [p[0] for p in periods], dtype=pl.Categorical),
        pl.Series("period_start", [p[1] for p in periods], dtype=pl.Date),
        pl.Series("period_end", [p[2] for p in periods], dtype=pl.Date),
    )
    return frame.join(mapped, on="time", how="left")


def period(text: str, rule: PeriodRule, where: str = "") -> tuple[str, date, date]:
    """A publisher's time as (period, first day, last day).

    ``2024`` or ``31.12.2024`` of a 31.12. stock → ``2024-12-31``; ``Juni 2024`` of a month → ``2024-06``;
    ``2015-04P3M`` of a quarter → ``2015-Q2``; ``WS 2023/24`` or ``2023-10P6M`` of a semester → ``2023-10``, the
    month it begins with. Raises ParseError.
    """
    try:
        return _period(text.strip(), rule)
    except (TypeError, ValueError) as error:
        raise ParseError(f"{where}: '{text}' is no period of kind {rule.kind}") from error


def _period(text: str, rule: PeriodRule) -> tuple[str, date, date]:
    if rule.kind == "month":
        first = _first_of_month(text, 1)
        return f"{first:%Y-%m}", first, _months_on(first, 1)
    if rule.kind == "quarter":
        first = _quarter(text)
        return f"{first.year}-Q{first.month // 3 + 1}", first, _months_on(first, 3)
    if rule.kind == "semester":
        first = _semester(text)
        return f"{first:%Y-%m}", first, _months_on(first, 6)
    if rule.kind == "reference_date":
        day = _day(text, rule)
        return day.isoformat(), day, day
    year = _year(text.removesuffix("-P1Y")) + rule.offset_years
    return str(year), date(year, 1, 1), date(year, 12, 31)


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


def _day(text: str, rule: PeriodRule) -> date:
    """The reference date: the rule's day of the year that was given, or a full date, which must be that day."""
    if rule.day != "any" and re.fullmatch(r"\d{4}", text, re.ASCII):
        return date.fromisoformat(f"{int(text) + rule.offset_years}-{rule.day}")
    german = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text, re.ASCII)
    day = date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(text)
    if rule.day not in ("any", f"{day:%m-%d}"):
        raise ValueError(f"expected the day {rule.day}")
    return day


def _first_of_month(text: str, months: int) -> date:
    """``Juni 2024``, ``2024-06`` or ``2015-05P1M`` (``months``: the length that GENESIS gives after the P)."""
    if iso := re.fullmatch(r"(\d{4})-(\d\d)(?:P(\d+)M)?", text, re.ASCII):
        if iso[3] is not None and int(iso[3]) != months:
            raise ValueError(text)
        return date(int(iso[1]), int(iso[2]), 1)
    name, year = text.split()
    return date(_year(year), MONTHS.index(name) + 1, 1)


def _quarter(text: str) -> date:
    if named := re.fullmatch(r"(\d{4})-?Q([1-4])|([1-4])\. ?(?:Quartal|Vierteljahr) (\d{4})", text, re.ASCII):
        year, quarter = (named[1], named[2]) if named[1] else (named[4], named[3])
        return date(int(year), 3 * int(quarter) - 2, 1)
    first = _first_of_month(text, 3)
    if first.month % 3 != 1:
        raise ValueError(text)
    return first


def _semester(text: str) -> date:
    """The winter semester begins in October, the summer semester in April."""
    if winter := re.fullmatch(r"WS (\d{4})/(\d\d|\d{4})", text, re.ASCII):
        if int(winter[2][-2:]) != (int(winter[1]) + 1) % 100:
            raise ValueError(text)
        return date(int(winter[1]), 10, 1)
    if summer := re.fullmatch(r"SS (\d{4})", text, re.ASCII):
        return date(int(summer[1]), 4, 1)
    first = _first_of_month(text, 6)
    if first.month not in (4, 10):
        raise ValueError(text)
    return first


def _months_on(first: date, months: int) -> date:
    """The last day of a period of so many months."""
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _unique(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Rows that stand twice once; ParseError for a key with several figures."""
    frame = frame.with_columns(pl.col("region").cast(pl.Categorical))
    if frame.n_unique(FIGURE_KEY) == frame.height:
        return frame
    frame = frame.unique(maintain_order=True)
    twice = frame.filter(pl.struct(FIGURE_KEY).is_duplicated())
    if not twice.is_empty():
        rows = "; ".join(" ".join(map(str, r)) for r in twice.select(*FIGURE_KEY, "value").head(6).iter_rows())
        raise ParseError(f"{where}: {twice.height} rows stand twice with different values ({rows}); add a correction")
    return frame
