"""Random counselling tables of a real body, and chains of imports of them; the same seed gives the same tables.

Small counts are common, as in real counts: what protection is for. A table holds 2 to 4 codes of each dimension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import NamedTuple

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue, load_catalogue
from etl.counselling.protecting import protect
from etl.counselling_entries import CONTENT_DIMS, Provider, Rule
from etl.disclosure import DisclosureError
from tests.etl.attacker import Cell

CATALOGUE = load_catalogue()
BODY = next(p for p in CATALOGUE.counselling.providers if p.id == "welcome-center")

Key = tuple[str, ...]  # period, office, then a code of each dimension
Counts = dict[Key, int]

ROWS = {
    "period": pl.String, "office": pl.String, **dict.fromkeys(CONTENT_DIMS, pl.String), "count": pl.Int64,
}  # fmt: skip
COUNTRIES = {g.id: g.countries for g in CATALOGUE.counselling.origins}


@dataclass(frozen=True)
class Case:
    """What a body handed in: its whole data set after each import, oldest first."""

    seed: int
    provider: Provider
    editions: tuple[pl.DataFrame, ...]
    shape: str  # in words, for the message of a test that fails


def random_table(seed: int) -> Case:
    """One import: months or quarters of a year, one office or two or one that reports later, all sorts of sizes."""
    random = Random(seed)
    provider, periods = _provider(random), _periods(random)
    late = random.choice((None, None, None, "one office", "later"))
    size = random.choice(("skewed", "skewed", "skewed", "tiny", "dominated", "large"))
    offices = dict.fromkeys((o.id for o in provider.offices), 0)
    if late == "one office":
        offices.popitem()
    elif late == "later":
        offices[list(offices)[-1]] = random.randrange(1, len(periods))
    units = [(p, o) for o, first in offices.items() for p in periods[first:]]
    counts = _counts(random, units, _codes(random, provider), size)
    shape = f"seed {seed}: {len(periods)} periods, {late or 'two offices'}, {size}, threshold {provider.threshold or 5}"
    return Case(seed, provider, (_frame(counts),), shape)


def small_table(seed: int) -> Case:
    """One import so small that all crossings of its dimensions can be unknowns: 2 codes each, one or two quarters."""
    random = Random(seed)
    periods = random.choice((["2025-01", "2025-02", "2025-03"], ["2025-Q1"], ["2025-Q1", "2025-Q2"]))
    units = [(p, o.id) for p in periods for o in BODY.offices]
    counts = _counts(random, units, _codes(random, BODY, most=2), "skewed")
    return Case(seed, BODY, (_frame(counts),), f"seed {seed}: small, {len(periods)} periods")


def random_chain(seed: int) -> Case:
    """2 to 4 imports: periods added, an office added, rows revised, added, taken away or moved, cells that cross the
    threshold in either direction."""
    random = Random(seed)
    provider, periods = _provider(random), _periods(random)
    codes = _codes(random, provider)
    units = [(p, o.id) for o in provider.offices for p in periods]
    whole = _counts(random, units, codes, random.choice(("skewed", "skewed", "dominated", "large")))
    step = max(1, len(periods) // 4)
    held_back = {"periods": periods[-step:], "office": [provider.offices[-1].id], "nothing": []}
    kept = random.choice(("periods", "periods", "office", "nothing"))
    now = {key: count for key, count in whole.items() if not set(key[:2]) & set(held_back[kept])}
    editions, steps = [now], []
    for number in range(random.randint(1, 3)):
        now = dict(now)
        if number == 0 and kept != "nothing":
            now |= {key: count for key, count in whole.items() if key not in now}
            steps.append(f"{kept} added")
        if kept == "nothing" or random.random() < 0.5:
            change = random.choice((_revise, _revise, _add_a_row, _empty_a_row, _move_a_row, _sink, _lift))
            change(random, now, codes)
            steps.append(change.__name__.strip("_"))
        editions.append(now)
    shape = f"seed {seed}: {len(periods)} periods, {', then '.join(steps)}, threshold {provider.threshold or 5}"
    return Case(seed, provider, tuple(_frame(e) for e in editions), shape)


def true_values(rows: pl.DataFrame, provider: Provider, catalogue: Catalogue = CATALOGUE) -> Counter[Cell]:
    """Every figure that the rows of a form add up to, whether it is published or not; 0 for all others."""
    region = {o.id: o.region for o in provider.offices}
    origin = {c: g.id for g in catalogue.counselling.origins for c in (g.id, *g.countries)}
    values: Counter[Cell] = Counter()
    for row in rows.iter_rows(named=True):
        coded = {dim: origin[row[dim]] if dim == "origin" else row[dim] for dim in CONTENT_DIMS}
        for period, where in product(_with_longer(row["period"]), (region[row["office"]], REGION_SUM)):
            for dim, code in (("", ""), *coded.items()):
                values[Cell(provider.code, where, period, dim, code)] += row["count"]
    return values


class Vintage(NamedTuple):
    """What a reader gets of an import, in the columns of the export, and the true values of then.

    ``taken_back``: figures were withheld that had been published, because nothing else protected the small counts.
    """

    told: pl.DataFrame
    truth: Counter[Cell]
    taken_back: bool


def published(case: Case, *, secondary: bool = True) -> list[Vintage]:
    """What a reader gets of every import.

    An import that the protection refuses as a whole is not there: its rows never reach a reader.
    """
    kept: list[pl.DataFrame] = []
    cells: list[pl.DataFrame] = []
    taken_back: list[bool] = []
    for edition in case.editions:
        try:
            protected = protect([*kept, edition], cells, CATALOGUE, case.provider, secondary=secondary)
        except DisclosureError:
            continue
        kept.append(edition)
        cells.append(protected.cells)
        taken_back.append(protected.report.taken_back > 0)
    return [
        Vintage(_exported(c), true_values(rows, case.provider), back)
        for c, rows, back in zip(cells, kept, taken_back, strict=True)
    ]


def rule_of(case: Case) -> Rule:
    return CATALOGUE.counselling.rule_of(case.provider)


def _exported(cells: pl.DataFrame) -> pl.DataFrame:
    status = pl.when("secret").then(pl.lit("secret")).otherwise(pl.lit("ok"))
    return cells.select("region", "period", "breakdown", pl.col("value").cast(pl.Float64), status=status)


def _provider(random: Random) -> Provider:
    threshold = random.choice((None, None, None, 3, 10))
    reason = threshold and "a test"
    return BODY.model_copy(update={"threshold": threshold, "threshold_reason": reason})


def _periods(random: Random) -> list[str]:
    """Mostly a quarter or two: a year by months has ten times as many figures and takes as much longer to protect."""
    months = [f"2025-{m:02}" for m in range(1, 13)]
    quarters = [f"2025-Q{q}" for q in range(1, 5)]
    choices = (months[:3], months[:6], quarters[:2], quarters, [*quarters[:2], *months[6:]], months)
    return random.choices(choices, (6, 3, 3, 2, 1, 1))[0]


def _codes(random: Random, provider: Provider, most: int = 4) -> dict[str, list[str]]:
    """Some codes of each dimension; now and then a country stands for its region of origin."""
    chosen = {}
    for dim in CONTENT_DIMS:
        offered = CATALOGUE.counselling.codes_of(provider, dim)
        chosen[dim] = random.sample(offered, random.randint(2, min(most, len(offered))))
    chosen["origin"] = [random.choice((g, *COUNTRIES[g][:2])) for g in chosen["origin"]]
    return chosen


def _counts(random: Random, units: Sequence[tuple[str, str]], codes: Mapping[str, list[str]], size: str) -> Counts:
    """A few rows for every period and office; one of a count of 0 where nobody came."""
    counts: Counts = {}
    for period, office in units:
        for _ in range(random.randint(1, 3) if size == "tiny" else random.randint(2, 12)):
            key = (period, office, *_combination(random, codes, leaning=0.9 if size == "dominated" else 0.3))
            counts[key] = _count(random, size)
    return counts


def _combination(random: Random, codes: Mapping[str, list[str]], leaning: float) -> Iterator[str]:
    for offered in codes.values():
        yield offered[0] if random.random() < leaning else random.choice(offered)


def _count(random: Random, size: str) -> int:
    if size == "tiny":
        return random.choice((0, 0, 1, 1, 2, 3))
    small, middle, big = (1, 4), (5, 14), (15, 120)
    weights = (1, 2, 7) if size == "large" else (6, 2, 2)
    if random.random() < 0.05:
        return 0
    return random.randint(*random.choices((small, middle, big), weights)[0])


def _revise(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    for key in random.sample(sorted(counts), min(len(counts), random.randint(1, 4))):
        counts[key] = max(0, counts[key] + random.choice((-3, -2, -1, 1, 2, 3)))


def _add_a_row(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    unit = random.choice(sorted(counts))[:2]
    counts[*unit, *_combination(random, codes, leaning=0)] = random.randint(1, 8)


def _empty_a_row(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    counts[random.choice(sorted(counts))] = 0


def _move_a_row(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    """To another code of a dimension, as after a slip: the totals stay."""
    key = list(random.choice(sorted(counts)))
    count = counts.pop(tuple(key))
    dim = random.choice(list(codes))
    place = 2 + list(codes).index(dim)
    key[place] = random.choice([c for c in codes[dim] if c != key[place]])
    counts[tuple(key)] = counts.get(tuple(key), 0) + count


def _sink(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    """A code of a period and office that was large enough to be published no longer is."""
    rows = _rows_of_a_code(random, counts, codes)
    for key in rows:
        counts[key] = 0
    counts[rows[0]] = random.randint(1, 2)


def _lift(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> None:
    """A code of a period and office becomes large enough to be published."""
    key = random.choice(_rows_of_a_code(random, counts, codes))
    counts[key] += random.randint(5, 12)


def _rows_of_a_code(random: Random, counts: Counts, codes: Mapping[str, list[str]]) -> list[Key]:
    place, like = 2 + random.randrange(len(codes)), random.choice(sorted(counts))
    return [key for key in sorted(counts) if key[:2] == like[:2] and key[place] == like[place]]


def _frame(counts: Counts) -> pl.DataFrame:
    return pl.DataFrame([(*key, count) for key, count in sorted(counts.items())], schema=ROWS, orient="row")


def _with_longer(period: str) -> tuple[str, ...]:
    year, _, part = period.partition("-")
    if not part:
        return (year,)
    quarter = part if part.startswith("Q") else f"Q{(int(part) + 2) // 3}"
    return tuple(dict.fromkeys((period, f"{year}-{quarter}", year)))
