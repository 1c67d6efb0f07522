"""What may be published of a provider's counts: small ones, and what would give them away, become secret.

Every year is protected by itself (no figure reaches over two), but with all its earlier states: whoever kept them can
compare. For that the reader is even taken to know which secret counts did not change from one state to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue, parse_breakdown
from etl.counselling.cells import Cell, Figures, breakdown, figures, figures_at, kind_of, shorter_periods
from etl.counselling.states import State, disclosive, state_table
from etl.counselling_entries import Provider, Rule
from etl.disclosure import DisclosureError, suppress
from etl.errors import StoreError

CELLS = {
    "region": pl.String,
    "period": pl.String,
    "period_kind": pl.String,
    "breakdown": pl.String,
    "value": pl.Int64,
    "secret": pl.Boolean,
}


@dataclass(frozen=True)
class Report:
    """What protection did to the newest data: numbers of figures, never their values.

    ``kept_share``: of the contacts in the finest published figures (by office, code and shortest period), the part
    that stands in figures which are not secret.
    """

    cells: int
    primary: int  # small counts
    zeros: int  # zeros in small groups
    secondary: int  # what would have given the others away
    taken_back: int  # the same, of what was published before
    kept_share: float
    threshold: int
    small_group: int
    round_to: int | None
    seconds: float


@dataclass(frozen=True)
class Protected:
    """The figures of the newest data (columns of ``CELLS``; a secret one has no value), and the report on them."""

    cells: pl.DataFrame
    report: Report


def protect(
    editions: Sequence[pl.DataFrame],
    published: Sequence[pl.DataFrame],
    catalogue: Catalogue,
    provider: Provider,
    *,
    secondary: bool = True,
) -> Protected:
    """The figures of the last edition that may be published.

    ``editions``: the provider's rows as they stood after each import, oldest first. ``published``: what was published
    of each edition before the last one (``Protected.cells`` of then). ``secondary=False`` leaves out what protects the
    small counts, which only tests want. Raises DisclosureError if too much was published before, StoreError if the
    catalogue no longer makes the published figures from the rows of then.
    """
    started = perf_counter()
    rule = catalogue.counselling.rule_of(provider)
    years = sorted({period[:4] for period in editions[-1]["period"].unique()})
    found = []
    for year in years:
        newest = figures(editions[-1], year, catalogue, provider)
        earlier = [
            _state(edition, cells.filter(pl.col("period").str.starts_with(year)), catalogue, provider)
            for edition, cells in zip(editions[:-1], published, strict=True)
        ]
        found.append(_protect_year([s for s in earlier if s.figures.values], newest, rule, secondary))
    cells = [one for year_cells in found for one in year_cells]
    rows = [
        (c.region, c.period, kind_of(c.period), breakdown(c, provider), None if why else value, bool(why))
        for c, value, why in cells
    ]
    frame = pl.DataFrame(rows, schema=CELLS, orient="row")
    return Protected(frame, _report(cells, rule, provider, perf_counter() - started))


def _state(rows: pl.DataFrame, published: pl.DataFrame, catalogue: Catalogue, provider: Provider) -> State:
    """The figures that were there to be published, which the catalogue of now need not have any more."""
    secret = {
        _cell(region, period, part): hidden
        for region, period, part, hidden in published.select("region", "period", "breakdown", "secret").iter_rows()
    }
    every = figures_at(secret, rows, catalogue, provider)
    changed = {c for c, value in zip(secret, published["value"], strict=True) if value not in (None, every.values[c])}
    if changed:
        raise StoreError(
            f"{len(changed)} figures of {provider.id} ({', '.join(sorted({c.period for c in changed}))}) would not be "
            "what they were when they were published: data/catalogue/counselling.yaml has other districts of offices "
            "or regions of origin than then; put them back there, or purge the files of these periods, which stay as "
            "they are then"
        )
    return State(every, frozenset(c for c in secret if secret[c]))


def _cell(region: str, period: str, part: str) -> Cell:
    (dim, code), *_ = [*((d, c) for d, c in parse_breakdown(part).items() if d != "provider"), ("", "")]
    return Cell(region, period, dim, code)


def _protect_year(
    earlier: Sequence[State], newest: Figures, rule: Rule, secondary: bool
) -> list[tuple[Cell, int, str]]:
    """Every figure of the newest state with its value and why it is secret (empty: it is published)."""
    last = earlier[-1] if earlier else State(Figures({}, ()), frozenset())
    why = {cell: disclosive(cell, newest.values, rule) for cell in newest.values}
    # everybody has seen that it is a zero
    why |= {cell: "" for cell, reason in why.items() if reason == "zero" and last.shows(cell, 0)}
    if newest == last.figures:
        hidden = last.secret
    else:
        hidden = _hidden(earlier, newest, frozenset(c for c in why if why[c]), rule, secondary)
    return [
        (cell, value, why[cell] or (_chosen(cell, value, last) if cell in hidden else ""))
        for cell, value in newest.values.items()
    ]


def _chosen(cell: Cell, value: int, last: State) -> str:
    return "taken_back" if last.shows(cell, value) else "secondary"


def _hidden(
    earlier: Sequence[State], newest: Figures, small: frozenset[Cell], rule: Rule, secondary: bool
) -> frozenset[Cell]:
    """The figures of the newest state that stay secret: the first way that protects all of them is taken."""
    ways = [(eased, doubting) for eased in (False, True) for doubting in (False, True)] if earlier else [(False, False)]
    for eased, doubting in ways:
        table, numbers = state_table(earlier, newest, small, rule, doubting=doubting, eased=eased)
        try:
            secret = suppress(table) if secondary else table.secret
        except DisclosureError:
            if (eased, doubting) == ways[-1]:
                raise
            continue
        return frozenset(cell for cell, n in numbers.items() if secret[n])
    raise AssertionError("the last way returns or raises")


def rounded(value: int, base: int) -> int:
    """The nearest multiple of ``base``, halves up."""
    return (2 * value + base) // (2 * base) * base


def _report(cells: Sequence[tuple[Cell, int, str]], rule: Rule, provider: Provider, seconds: float) -> Report:
    reasons = [why for _, _, why in cells]
    finest = [(value, why) for cell, value, why in _finest(cells)]
    total = sum(value for value, _ in finest)
    return Report(
        cells=len(cells),
        primary=reasons.count("primary"),
        zeros=reasons.count("zero"),
        secondary=reasons.count("secondary"),
        taken_back=reasons.count("taken_back"),
        kept_share=sum(value for value, why in finest if not why) / total if total else 1.0,
        threshold=rule.threshold,
        small_group=rule.small_group,
        round_to=provider.round_to,
        seconds=round(seconds, 2),
    )


def _finest(cells: Iterable[tuple[Cell, int, str]]) -> list[tuple[Cell, int, str]]:
    """The parts by code of single offices in the shortest period that has them."""
    order = {"month": 0, "quarter": 1, "year": 2}
    inner = [one for one in cells if one[0].dim and one[0].region != REGION_SUM]
    covered: set[tuple[str, str, str]] = set()
    found = []
    for cell, value, why in sorted(inner, key=lambda one: order[kind_of(one[0].period)]):
        parts = shorter_periods(cell.period)
        if not (parts and all((cell.region, part, cell.dim) in covered for part in parts)):
            found.append((cell, value, why))
        covered.add((cell.region, cell.period, cell.dim))
    return found
