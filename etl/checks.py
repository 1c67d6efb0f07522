"""What must hold before anything is published. A failed check names the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from etl.catalogue import REGION_SUM, Catalogue, parse_breakdown
from etl.entries import Indicator
from etl.schema import KEY, Observation, by_indicator

LAND = "03"
FEWEST_FOR_A_STEP = 10
SHOWN = 5  # how many rows a failure quotes


@dataclass(frozen=True)
class Failure:
    """One thing that does not hold."""

    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.message}"


def run_checks(candidate: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """All checks on a state that is about to be published; ``published`` is the current one (may be empty)."""
    schema = [failure for _, (rows,) in by_indicator(candidate) for failure in check_schema(rows)]
    if schema:  # the others rely on it
        return schema
    return [
        failure
        for _, (rows, before) in by_indicator(candidate, published)
        for failure in _check_indicator(rows, before, catalogue)
    ]


def _check_indicator(candidate: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    checks: tuple[Callable[[], list[Failure]], ...] = (
        lambda: check_codes(candidate, catalogue),
        lambda: check_plausible(candidate, catalogue),
        lambda: check_districts_present(candidate, catalogue),
        lambda: check_totals(candidate, catalogue),
        lambda: check_balances(candidate, catalogue),
        lambda: check_districts_add_up(candidate, catalogue),
        lambda: check_newest_period(candidate, published),
    )
    return [failure for check in checks for failure in check()]


def check_schema(candidate: pl.DataFrame) -> list[Failure]:
    """Types, statuses, periods, units and unique keys of every row."""
    _, failure = Observation.filter(candidate, cast=True)
    bad = failure.invalid()
    return [
        Failure("schema", f"rule '{rule}' broken by {count} rows: {_rows(failure_rows)}")
        for rule, count in failure.counts().items()
        for failure_rows in [bad]
    ]


def check_codes(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """Only regions, indicators, units, sources and breakdown codes of the catalogue."""
    known = {
        "region": list(catalogue.region_by_id),
        "indicator": list(catalogue.indicators),
        "source": list(catalogue.sources),
    }
    failures = [
        Failure("codes", f"{column}: {bad.height} rows with a code that the catalogue lacks: {_rows(bad)}")
        for column, codes in known.items()
        if not (bad := candidate.filter(~pl.col(column).cast(pl.String).is_in(codes))).is_empty()
    ]
    units = {i.id: i.unit for i in catalogue.indicators.values()}
    wrong = candidate.filter(pl.col("unit") != pl.col("indicator").replace_strict(units, default=None))
    if not wrong.is_empty():
        failures.append(Failure("units", f"{wrong.height} rows in another unit than the catalogue's: {_rows(wrong)}"))
    for indicator, breakdown in candidate.select("indicator", "breakdown").unique().iter_rows():
        dims = catalogue.indicators[indicator].dims if indicator in catalogue.indicators else ()
        for dim, value in parse_breakdown(breakdown).items():
            labels = catalogue.dimensions.get(dim)
            if dim not in dims or labels is None or value not in labels.values:
                failures.append(Failure("codes", f"{indicator}: breakdown '{breakdown}' is not in the catalogue"))
    return failures


def check_plausible(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """Counts are whole and not negative (but for balances), rates and amounts within what their unit can be."""
    balances = {(i.id, r.dim, r.difference) for i in catalogue.indicators.values() for r in i.checks.balance}
    value = pl.col("value")
    below_zero = candidate.filter(value < 0)
    may_be_negative = pl.any_horizontal(
        pl.lit(False),
        *[
            (pl.col("indicator") == i) & pl.col("breakdown").cast(pl.String).str.contains(rf"(^|;){dim}={code}(;|$)")
            for i, dim, code in balances
        ],
    )
    failures = []
    for unit in catalogue.units.values():
        rows = candidate.filter(pl.col("unit") == unit.id)
        bad = below_zero.filter(pl.col("unit") == unit.id, ~may_be_negative)
        if unit.counts:
            bad = pl.concat([bad, rows.filter(value != value.round())])
        if unit.largest is not None:
            bad = pl.concat([bad, rows.filter(value > unit.largest)])
        if not bad.is_empty():
            failures.append(
                Failure("plausible", f"{bad.height} figures that no {unit.label.en} can have: {_rows(bad)}")
            )
    return failures


def check_districts_present(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """Where one of the eight districts has a row, all eight have one, but for indicators of some districts only."""
    members = catalogue.members
    some = _of_some_districts(catalogue)
    short = (
        candidate.filter(pl.col("region").is_in(members), ~pl.col("indicator").is_in(some))
        .group_by("indicator", "source", "period", "breakdown")
        .agg(pl.col("region").n_unique().alias("n"), pl.col("region").alias("there"))
        .filter(pl.col("n") < len(members))
        .sort("indicator", "period", "breakdown")
    )
    return [
        Failure(
            "districts present",
            f"{r['indicator']} ({r['source']}) {r['period']} '{r['breakdown']}': "
            f"missing {sorted(set(members) - set(r['there']))}",
        )
        for r in short.iter_rows(named=True)
    ]


def check_totals(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """Over one dimension the parts add up to the total within the register's rounding."""
    failures = []
    for indicator in _in(candidate, catalogue):
        for rule in indicator.checks.parts:
            rows = _along(candidate, indicator, rule.dim, rule.sources).filter(pl.col("year") >= rule.since)
            off = pl.sum_horizontal(rule.parts) - pl.col("")
            name = f"{indicator.id}: {rule.dim} {'+'.join(rule.parts)} and total"
            failures += _off("totals", name, _wide(rows, ["", *rule.parts], off), rule.steps)
    return failures


def check_balances(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """In minus out is net."""
    failures = []
    for indicator in _in(candidate, catalogue):
        for rule in indicator.checks.balance:
            rows = _along(candidate, indicator, rule.dim, None)
            off = pl.col(rule.minuend) - pl.col(rule.subtrahend) - pl.col(rule.difference)
            name = f"{indicator.id}: {rule.dim} {rule.minuend} - {rule.subtrahend} and {rule.difference}"
            failures += _off(
                "balance", name, _wide(rows, [rule.minuend, rule.subtrahend, rule.difference], off), rule.steps
            )
    return failures


def check_districts_add_up(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Failure]:
    """All districts of the Land add up to the Land within rounding."""
    failures = []
    districts = catalogue.land_districts
    at = ["source", "period", "rest", "step"]
    for indicator in _in(candidate, catalogue):
        rule = indicator.checks.districts
        if rule is None:
            continue
        rows = _along(candidate, indicator, None, rule.sources).filter(pl.col("year") >= rule.since)
        parts = rows.filter(pl.col("region").is_in(districts)).group_by(at)
        sums = parts.agg(
            pl.col("value").sum().alias("sum"),
            pl.col("value").count().alias("n"),
            pl.len().alias("districts"),
            pl.col("is_figure").any().alias("filled"),
        )
        land = rows.filter(pl.col("region") == LAND).select(*at, "region", pl.col("value").alias("land"))
        both = sums.filter(pl.col("filled"), pl.col("n") == len(districts)).join(land, on=at).drop_nulls("land")
        # a share is for statistics in which the Land's figure is of another version than the districts'
        difference = (pl.col("sum") - pl.col("land")).abs() - rule.share * pl.col("land").abs()
        if not indicator.checks.some_districts:
            failures += _incomplete(indicator, sums.join(land, on=at, how="semi"), len(districts))
        off = both.with_columns(difference.clip(lower_bound=0).alias("off"))
        failures += _off("districts add up", f"{indicator.id}: districts and Land", off, rule.steps)
    return failures


def _incomplete(indicator: Indicator, sums: pl.DataFrame, expected: int) -> list[Failure]:
    """Where the Land and one district have a row, all of its districts have one."""
    return [
        Failure("districts present", f"{indicator.id} {period} '{rest}': {n} of {expected} districts of the Land")
        for period, rest, n in sums.filter(pl.col("districts") < expected)
        .sort("period", "rest")
        .select("period", "rest", "districts")
        .head(SHOWN)
        .iter_rows()
    ]


def check_newest_period(candidate: pl.DataFrame, published: pl.DataFrame) -> list[Failure]:
    """The newest period with figures is not older than in the published state, for no breakdown."""
    group = ["indicator", "source", "breakdown"]

    def newest(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.drop_nulls("value").group_by(group).agg(pl.col("period_end").max().alias("newest"))

    older = (
        newest(published)
        .join(candidate.select(group).unique(), on=group, how="semi")
        .join(newest(candidate), on=group, how="left", suffix="_now")
        .filter(pl.col("newest_now").is_null() | (pl.col("newest_now") < pl.col("newest")))
        .sort(group)
    )
    return [
        Failure(
            "newest period", f"{i} ({s}) '{b}': newest figures are of {now or 'no period'}, published are already {was}"
        )
        for i, s, b, was, now in older.select(*group, "newest", "newest_now").iter_rows()
    ]


def _in(candidate: pl.DataFrame, catalogue: Catalogue) -> list[Indicator]:
    """The catalogue's indicators that have rows."""
    return [catalogue.indicators[i] for i in candidate["indicator"].unique().sort() if i in catalogue.indicators]


def _of_some_districts(catalogue: Catalogue) -> list[str]:
    return [i.id for i in catalogue.indicators.values() if i.checks.some_districts]


def _along(
    candidate: pl.DataFrame, indicator: Indicator, dim: str | None, sources: Iterable[str] | None
) -> pl.DataFrame:
    """An indicator's rows with the code of one dimension (``""``: total) and the rest of the breakdown apart.

    ``step`` is what all figures of a source's period are multiples of. "Nothing there" (``nil``) counts as 0, but is
    no figure (``is_figure``). The region's own rows are left out: they add up the districts' roundings or lack a
    district, and the districts are checked.
    """
    rows = candidate.filter(pl.col("indicator") == indicator.id, pl.col("region") != REGION_SUM)
    if sources is not None:
        rows = rows.filter(pl.col("source").is_in(list(sources)))
    pattern = rf"(?:^|;){dim}=([^;]+)" if dim else r"^()$"
    steps = rows.drop_nulls("value").group_by("source", "period").agg(pl.col("value"))
    steps = steps.with_columns(pl.Series("step", [_step(v) for v in steps["value"]], dtype=pl.Float64)).drop("value")
    words = rows.select(pl.col("breakdown").unique()).with_columns(pl.col("breakdown").cast(pl.String).alias("text"))
    codes = words.select(
        "breakdown",
        pl.col("text").str.extract(pattern).fill_null("").alias("code"),
        pl.col("text").str.replace(pattern, "").str.strip_chars(";").cast(pl.Categorical).alias("rest"),
    )
    parted = rows.join(codes, on="breakdown", how="left").join(steps, on=["source", "period"], how="left")
    return parted.select(
        "source",
        "region",
        "period",
        "step",
        pl.when(pl.col("status") == "nil").then(0.0).otherwise(pl.col("value")).alias("value"),
        pl.col("value").is_not_null().alias("is_figure"),
        pl.col("period_start").dt.year().alias("year"),
        "code",
        "rest",
    )


def _step(values: pl.Series) -> float:
    """The largest number that all counts are multiples of; 1 where there are fractions or too few to tell."""
    array = values.to_numpy()
    if array.size < FEWEST_FOR_A_STEP:
        return 1.0
    whole = array.astype(np.int64)
    return float(np.gcd.reduce(whole)) or 1.0 if (whole == array).all() else 1.0


def _wide(rows: pl.DataFrame, codes: list[str], off: pl.Expr) -> pl.DataFrame:
    """One row per region, period and rest of the breakdown where all codes have a figure, with what they are off by."""
    at = ["source", "region", "period", "rest"]
    wide: pl.DataFrame | None = None
    for code in codes:  # joins of single codes: a pivot would need room for all codes at once
        one = rows.filter(pl.col("code") == code, pl.col("value").is_not_null())
        one = one.select(*at, *(["step"] if wide is None else []), pl.col("value").alias(code))
        wide = one if wide is None else wide.join(one, on=at)
    assert wide is not None
    return wide.with_columns(off.alias("off"))


def _off(check: str, name: str, rows: pl.DataFrame, steps: int) -> list[Failure]:
    bad = rows.filter(pl.col("off").abs() > steps * pl.col("step") + 1e-6)
    if bad.is_empty():
        return []
    shown = bad.sort(pl.col("off").abs(), descending=True).head(SHOWN).iter_rows(named=True)
    quoted = "; ".join(f"{r['region']} {r['period']} '{r['rest']}' off by {r['off']:g}" for r in shown)
    return [Failure(check, f"{name} differ by more than {steps} steps of rounding in {bad.height} places: {quoted}")]


def _rows(frame: pl.DataFrame) -> str:
    rows = frame.select([c for c in (*KEY, "value", "unit", "status") if c in frame.columns]).head(SHOWN)
    return "; ".join(" ".join("" if v is None else str(v) for v in row) for row in rows.iter_rows())
