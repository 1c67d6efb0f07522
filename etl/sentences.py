"""What a publish changed, as German and English sentences: one logic, the words by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from etl.catalogue import Catalogue, parse_breakdown
from etl.entries import Text
from etl.sources.base import AppliedCorrection

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
LONGEST = 40  # lines of a report before "and n more"
SERIES = ["indicator", "source"]

WORDS: dict[Language, dict[str, str]] = {
    "de": {
        "new": "{what}: neue Zahlen für {periods}, {regions}",
        "announced": "{what}: {periods} angekündigt, noch ohne Zahlen",
        "added": "{what}: {n} weitere {figures} für {periods}",
        "revised": "{what}: {n} {figures} revidiert ({periods})",
        "filled": "{what}: {n} bisher fehlende {figures} nun veröffentlicht ({periods})",
        "emptied": "{what}: {n} {figures} nicht mehr veröffentlicht ({periods})",
        "marked": "{what}: bei {n} {figures_dative} hat sich nur die Kennzeichnung geändert ({periods})",
        "withdrawn": "{what}: {n} {figures} zurückgezogen ({periods})",
        "example": "  {where}: {old} → {now} ({size})",
        "more": "… und {n} weitere Zeilen; vollständig mit --json",
        "nothing": "Keine Zahl hat sich geändert.",
        "correction": "Korrektur angewendet ({n} {rows}): {reason}",
        "range": "{first} bis {last}",
        "figure": "Zahl",
        "figures": "Zahlen",
        "figures_dative": "Zahlen",
        "figure_dative": "Zahl",
        "region": "1 Gebiet",
        "regions": "{n} Gebiete",
        "row": "Zeile",
        "rows": "Zeilen",
        "quarter": "{quarter}. Quartal {year}",
        "winter": "Wintersemester {year}/{next}",
        "summer": "Sommersemester {year}",
        "date": "dd.MM.yyyy",
    },
    "en": {
        "new": "{what}: new figures for {periods}, {regions}",
        "announced": "{what}: {periods} announced, no figures yet",
        "added": "{what}: {n} more {figures} for {periods}",
        "revised": "{what}: {n} {figures} revised ({periods})",
        "filled": "{what}: {n} {figures} published that were missing so far ({periods})",
        "emptied": "{what}: {n} {figures} no longer published ({periods})",
        "marked": "{what}: only the marking of {n} {figures_dative} changed ({periods})",
        "withdrawn": "{what}: {n} {figures} withdrawn ({periods})",
        "example": "  {where}: {old} → {now} ({size})",
        "more": "… and {n} more lines; all of them with --json",
        "nothing": "No figure differs.",
        "correction": "Correction applied ({n} {rows}): {reason}",
        "range": "{first} to {last}",
        "figure": "figure",
        "figures": "figures",
        "figures_dative": "figures",
        "figure_dative": "figure",
        "region": "1 region",
        "regions": "{n} regions",
        "row": "row",
        "rows": "rows",
        "quarter": "Q{quarter} {year}",
        "winter": "winter semester {year}/{next}",
        "summer": "summer semester {year}",
        "date": "d MMMM yyyy",
    },
}


def change_sentences(
    changed: pl.DataFrame, catalogue: Catalogue, language: Language, examples: int = 0, longest: int = LONGEST
) -> list[str]:
    """What differs between two states (``changed``: as ``etl.revisions.changes`` gives it, unchanged figures included).

    One sentence an indicator, source and kind of change: new figures in the catalogue's order, then revisions, the
    largest first and with so many ``examples`` each, then what was withdrawn.
    """
    told = list(_Teller(catalogue, language).tell(changed, examples))
    words = WORDS[language]
    if not told:
        return [words["nothing"]]
    if len(told) <= longest:
        return told
    return [*told[:longest], words["more"].format(n=number(len(told) - longest, 0, language))]


def correction_sentences(applied: Iterable[AppliedCorrection], catalogue: Catalogue, language: Language) -> list[str]:
    """One sentence for every correction of a publisher's defect behind the figures, with its reason."""
    reasons = {c.id: c.reason for c in catalogue.corrections}
    words = WORDS[language]
    return [
        words["correction"].format(
            n=number(a.rows, 0, language),
            rows=words["row" if a.rows == 1 else "rows"],
            reason=_text(reasons.get(a.id), a.id, language),
        )
        for a in applied
    ]


def number(value: float, decimals: int, language: Language) -> str:
    """``1.234,5`` or ``1,234.5``."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=language)


def period_name(period: str, kind: str, language: Language) -> str:
    """A period's id as a reader writes it: ``31.12.2024``, ``Juni 2024``, ``Wintersemester 2023/24``."""
    words = WORDS[language]
    if len(period) == len("2024-12-31"):
        return format_date(date.fromisoformat(period), words["date"], locale=language)
    if "Q" in period:
        return words["quarter"].format(year=period[:4], quarter=period[-1])
    if "-" not in period:
        return period
    year, month = int(period[:4]), int(period[5:])
    if kind == "semester":
        season = words["winter" if month == 10 else "summer"]  # the winter semester begins in October
        return season.format(year=year, next=f"{(year + 1) % 100:02d}")
    return format_date(date(year, month, 1), "MMMM yyyy", locale=language)


def _text(text: Text | None, otherwise: str, language: Language) -> str:
    return otherwise if text is None else (text.de if language == "de" else text.en)


@dataclass(frozen=True)
class _Teller:
    """The sentences of one comparison in one language."""

    catalogue: Catalogue
    language: Language

    def tell(self, changed: pl.DataFrame, examples: int) -> Iterator[str]:
        """All sentences and examples in order."""
        known = changed.filter(pl.col("old_status").is_not_null()).select(*SERIES, "period").unique()
        new = changed.filter(pl.col("change") == "new")
        comes = new.join(known, on=[*SERIES, "period"], how="anti")
        has_value = pl.col("new_value").is_not_null().any().over([*SERIES, "period"])
        yield from self._kind("new", comes.filter(has_value))
        yield from self._kind("announced", comes.filter(~has_value))
        yield from self._kind("added", new.join(known, on=[*SERIES, "period"], how="semi"))
        yield from self._revisions(changed.filter(pl.col("change") == "revised"), examples)
        yield from self._kind("withdrawn", changed.filter(pl.col("change") == "withdrawn"))

    def _revisions(self, revised: pl.DataFrame, examples: int) -> Iterator[str]:
        old, new = pl.col("old_value"), pl.col("new_value")
        moved = revised.filter(old.is_not_null() & new.is_not_null() & (old != new)).with_columns(
            # between the change in persons, which hides small districts, and in per cent, which hides large ones
            ((new - old).abs() / pl.max_horizontal(old.abs(), new.abs()).sqrt()).alias("size")
        )
        order = moved.group_by(SERIES).agg(pl.col("size").max()).sort("size", *SERIES, descending=[True, False, False])
        for indicator, source in order.select(SERIES).iter_rows():
            rows = moved.filter(pl.col("indicator") == indicator, pl.col("source") == source)
            yield from self._kind("revised", rows)
            largest = rows.sort("size", "region", "period", "breakdown", descending=[True, False, True, False])
            yield from (self._example(row) for row in largest.head(examples).iter_rows(named=True))
        yield from self._kind("filled", revised.filter(old.is_null() & new.is_not_null()))
        yield from self._kind("emptied", revised.filter(old.is_not_null() & new.is_null()))
        yield from self._kind("marked", revised.filter(old.eq_missing(new)))

    def _kind(self, kind: str, rows: pl.DataFrame) -> Iterator[str]:
        """One sentence an indicator and source."""
        words = WORDS[self.language]
        grouped = rows.group_by(SERIES).agg(
            pl.len().alias("n"),
            pl.col("region").n_unique().alias("regions"),
            pl.col("period").unique().alias("periods"),
        )
        for row in sorted(grouped.iter_rows(named=True), key=self._order):
            n = row["n"]
            yield words[kind].format(
                what=self._series(row),
                n=number(n, 0, self.language),
                figures=words["figure" if n == 1 else "figures"],
                figures_dative=words["figure_dative" if n == 1 else "figures_dative"],
                regions=words["region" if row["regions"] == 1 else "regions"].format(n=row["regions"]),
                periods=self._periods(row),
            )

    def _order(self, row: dict[str, Any]) -> tuple[int, str, str]:
        about = self.catalogue.indicators.get(row["indicator"])
        return (about.order if about else 0, row["indicator"], row["source"])

    def _series(self, row: dict[str, Any]) -> str:
        indicator = self.catalogue.indicators.get(row["indicator"])
        source = self.catalogue.sources.get(row["source"])
        title = _text(indicator.title if indicator else None, row["indicator"], self.language)
        return f"{title} ({_text(source.name if source else None, row['source'], self.language)})"

    def _periods(self, row: dict[str, Any]) -> str:
        about = self.catalogue.indicators.get(row["indicator"])
        ends = dict.fromkeys((min(row["periods"]), max(row["periods"])))
        names = [period_name(str(p), about.period_kind if about else "", self.language) for p in ends]
        return names[0] if len(names) == 1 else WORDS[self.language]["range"].format(first=names[0], last=names[1])

    def _example(self, row: dict[str, Any]) -> str:
        about = self.catalogue.indicators.get(row["indicator"])
        decimals = about.decimals if about else 0
        old, now = row["old_value"], row["new_value"]
        region = self.catalogue.region_by_id.get(row["region"])
        where = [
            _text(region.short if region else None, row["region"], self.language),
            *self._labels(row["breakdown"]),
            period_name(row["period"], about.period_kind if about else "", self.language),
        ]
        return WORDS[self.language]["example"].format(
            where=", ".join(where),
            old=number(old, decimals, self.language),
            now=number(now, decimals, self.language),
            size=self._size(old, now, decimals, rate=about is not None and about.measure == "rate"),
        )

    def _labels(self, breakdown: str) -> Iterator[str]:
        for dim, code in parse_breakdown(breakdown).items():
            known = self.catalogue.dimensions.get(dim)
            yield _text(known.values.get(code) if known else None, code, self.language)

    def _size(self, old: float, now: float, decimals: int, rate: bool) -> str:
        """By how much: in per cent, but a rate (and what was 0) in its own unit."""
        if rate or old == 0:
            return ("+" if now > old else "") + number(now - old, decimals, self.language)
        return ("+" if now > old else "") + format_percent(
            (now - old) / abs(old), format="#,##0.0 %", locale=self.language
        )
