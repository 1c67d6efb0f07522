"""Periods whose figures stay as they were published, because the counts behind them are gone.

Protection looks at all that was ever published of a period. Where counts were purged it cannot, so nothing of the
period is published again, nor anything that a published sum ties to it: the other months of a published quarter, all
of a published year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from etl.catalogue import REGION_SUM
from etl.counselling.cells import kind_of, months_of
from etl.counselling.private import Pair, Purge
from etl.counselling_entries import Provider
from etl.sentences import Language

_WORDS: dict[Language, dict[str, str]] = {
    "de": {
        "purged": "{period}: Die Rohdaten von {closed} wurden am {day} gelöscht. Die veröffentlichten Zahlen bleiben, "
        "wie sie sind; diese Zeilen bitte weglassen",
        "gone": "{period}: Von {closed} sind Zahlen veröffentlicht, deren Rohdaten hier nicht liegen. Diese Zeilen "
        "bitte weglassen, oder den Ordner private/counselling/{provider} zurückholen",
    },
    "en": {
        "purged": "{period}: the raw data of {closed} was purged on {day}. The published figures stay as they are; "
        "leave these rows out",
        "gone": "{period}: figures of {closed} are published whose raw data is not here. Leave these rows out, or put "
        "the folder private/counselling/{provider} back",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Closing:
    """The periods (months or quarters) without raw data, each with the day of its purge if there was one.

    ``published``: all periods that were ever published.
    """

    closed: dict[str, date | None]
    published: frozenset[str]

    def cause(self, period: str) -> str | None:
        """The closed period for which this one (a month, quarter or year) must stay as it is; None if it need not."""
        tied = [c for c in self.closed if self._tied(period, c)]
        return min(tied, key=lambda c: (c != period, c), default=None)

    def problems(self, periods: Iterable[str], provider: Provider, lang: Language) -> list[str]:
        """A sentence for every period of a form that must stay as it is."""
        found = []
        for period in sorted(set(periods)):
            closed = self.cause(period)
            if closed is not None:
                day = self.closed[closed]
                words = _WORDS[lang]["gone" if day is None else "purged"]
                found.append(words.format(period=period, closed=closed, day=day, provider=provider.id))
        return found

    def _tied(self, period: str, closed: str) -> bool:
        if not set(_months(period)).isdisjoint(_months(closed)):
            return True
        year, quarter = period[:4], _quarter(period)
        return (year in self.published and closed[:4] == year) or (
            quarter in self.published and _quarter(closed) == quarter
        )


def closing(
    purges: Iterable[Purge], covered: Collection[Pair], ever: pl.DataFrame, provider: Provider, invented: bool
) -> Closing:
    """What is closed of a provider's real or invented figures.

    ``covered``: the offices and periods of the files that are kept. ``ever``: all rows that were ever published. Real
    figures without a file are closed as well; invented ones may come with the bundled extract, nobody is in them.
    """
    published = frozenset(ever["period"].unique())
    purged = [(pair, p.purged_at.date()) for p in purges if p.invented == invented for pair in p.pairs]
    closed: dict[str, date | None] = {}
    if not invented:
        known = {*covered, *(pair for pair, _ in purged)}
        region = {o.region: o.id for o in provider.offices}
        of_offices = ever.filter(pl.col("region") != REGION_SUM).select("region", "period").unique()
        for district, period in of_offices.iter_rows():
            if kind_of(period) != "year" and not _is_covered(region.get(district, ""), period, known):
                closed[period] = None
    return Closing(closed | {period: day for (_, period), day in purged}, published)


def _is_covered(office: str, period: str, covered: Collection[Pair]) -> bool:
    return (office, period) in covered or (
        kind_of(period) == "quarter" and all((office, month) in covered for month in months_of(period))
    )


def _quarter(period: str) -> str:
    kind = kind_of(period)
    return period if kind == "quarter" else "" if kind == "year" else f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"


def _months(period: str) -> tuple[str, ...]:
    kind = kind_of(period)
    if kind == "year":
        return tuple(f"{period}-{month:02d}" for month in range(1, 13))
    return months_of(period) if kind == "quarter" else (period,)
