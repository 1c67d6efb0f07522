"""What a publish changed, as German and English sentences: one logic, the words by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
MOST_DECIMALS = 6  # of an example whose change would not show otherwise

Corrections = Mapping[tuple[str, str], Sequence[AppliedCorrection]]  # by source and table

WORDS: dict[Language, dict[str, str]] = {
    "de": {
        "new": "{what}: neue Zahlen für {periods}, {regions}",
        "announced": "{what}: {periods} angekündigt, noch ohne Zahl für {regions}",
        "added": "{what}: {n} weitere {figures} für {periods}",
        "revised": "{what}: {n} {figures} revidiert ({periods})",
        "filled": "{what}: {n} bisher fehlende {figures} nun veröffentlicht ({periods})",
        "emptied": "{what}: {n} {figures} nicht mehr veröffentlicht ({periods})",
        "marked": "{what}: bei {n} {figures_dative} hat sich nur die Kennzeichnung geändert ({periods})",
        "relabelled": "{what}: bei {n} {cells_dative} ohne Zahl hat sich die Kennzeichnung geändert ({periods})",
        "withdrawn": "{what}: {n} {figures} zurückgezogen ({periods})",
        "example": "  {where}: {old} → {now} ({size})",
        "more": "… und {n} weitere Zeilen; vollständig mit --json",
        "nothing": "Keine Zahl hat sich geändert.",
        "table": "{source}, Tabelle {table}: ",
        "correction": "Korrektur angewendet ({n} {rows}): {reason}",
        "correction_changed": "Korrektur nun auf {n} statt {before} {rows_dative} angewendet: {reason}",
        "correction_gone": "Korrektur nicht mehr angewendet: {reason}",
        "range": "{first} bis {last}",
        "figure": "Zahl",
        "figures": "Zahlen",
        "figures_dative": "Zahlen",
        "figure_dative": "Zahl",
        "cell_dative": "Feld",
        "cells_dative": "Feldern",
        "region": "1 Gebiet",
        "regions": "{n} Gebiete",
        "row": "Zeile",
        "rows": "Zeilen",
        "row_dative": "Zeile",
        "rows_dative": "Zeilen",
        "quarter": "{quarter}. Quartal {year}",
        "winter": "Wintersemester {year}/{next}",
        "summer": "Sommersemester {year}",
        "date": "dd.MM.yyyy",
    },
    "en": {
        "new": "{what}: new figures for {periods}, {regions}",
        "announced": "{what}: {periods} announced, no figure yet for {regions}",
        "added": "{what}: {n} more {figures} for {periods}",
        "revised": "{what}: {n} {figures} revised ({periods})",
        "filled": "{what}: {n} {figures} published that were missing so far ({periods})",
        "emptied": "{what}: {n} {figures} no longer published ({periods})",
        "marked": "{what}: only the marking of {n} {figures_dative} changed ({periods})",
        "relabelled": "{what}: the marking of {n} {cells_dative} without a figure changed ({periods})",
        "withdrawn": "{what}: {n} {figures} withdrawn ({periods})",
        "example": "  {where}: {old} → {now} ({size})",
        "more": "… and {n} more lines; all of them with --json",
        "nothing": "No figure differs.",
        "table": "{source}, table {table}: ",
        "correction": "Correction applied ({n} {rows}): {reason}",
        "correction_changed": "Correction now applied to {n} instead of {before} {rows_dative}: {reason}",
        "correction_gone": "Correction no longer applied: {reason}",
        "range": "{first} to {last}",
        "figure": "figure",
        "figures": "figures",
        "figures_dative": "figures",
        "figure_dative": "figure",
        "cell_dative": "cell",
        "cells_dative": "cells",
        "region": "1 region",
        "regions": "{n} regions",
        "row": "row",
        "rows": "rows",
        "row_dative": "row",
        "rows_dative": "rows",
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
    largest first and with so many ``examples`` each, then what was withdrawn. A row without a value is no figure.
    """
    told = list(_Teller(catalogue, language).tell(changed, examples))
    words = WORDS[language]
    if not told:
        return [words["nothing"]]
    if len(told) <= longest:
        return told
    return [*told[:longest], words["more"].format(n=number(len(told) - longest, 0, language))]


@dataclass(frozen=True)
class CorrectionChange:
    """A correction of a publisher's defect that touches other rows than before; None: it was or is not applied."""

    source: str
    table: str
    id: str
    rows: int | None
    rows_before: int | None


def correction_changes(before: Corrections, now: Corrections) -> list[CorrectionChange]:
    """The corrections that are new, touch another number of rows, or are gone, by source and table."""
    was = {(*at, c.id): c.rows for at, applied in before.items() for c in applied}
    comes = {(*at, c.id): c.rows for at, applied in now.items() for c in applied}
    return [
        CorrectionChange(*key, comes.get(key), was.get(key))
        for key in sorted({*was, *comes})
        if was.get(key) != comes.get(key)
    ]


def correction_sentences(changed: Iterable[CorrectionChange], catalogue: Catalogue, language: Language) -> list[str]:
    """One sentence for every correction that changed, with its source, table and reason."""
    reasons = {c.id: c.reason for c in catalogue.corrections}
    words = WORDS[language]
    sentences = []
    for c in changed:
        kind = "_gone" if c.rows is None else "" if c.rows_before is None else "_changed"
        source = catalogue.sources.get(c.source)
        name = _text(source.name if source else None, c.source, language)
        told = words[f"correction{kind}"].format(
            n=number(c.rows or 0, 0, language),
            before=number(c.rows_before or 0, 0, language),
            rows=words["row" if c.rows == 1 else "rows"],
            rows_dative=words["row_dative" if c.rows_before == 1 else "rows_dative"],
            reason=_text(reasons.get(c.id), c.id, language),
        )
        sentences.append(words["table"].format(source=name, table=c.table) + told)
    return sentences


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
        at = [*SERIES, "period"]
        known = changed.filter(pl.col("old_value").is_not_null()).select(at).unique()
        new = changed.filter(pl.col("change") == "new", pl.col("new_value").is_not_null())
        yield from self._kind("new", *_without_short_newest(new.join(known, on=at, how="anti")))
        yield from self._kind("announced", _announced(changed))
        yield from self._kind("added", new.join(known, on=at, how="semi"))
        yield from self._revisions(changed.filter(pl.col("change") == "revised"), examples)
        yield from self._kind(
            "withdrawn", changed.filter(pl.col("change") == "withdrawn", pl.col("old_value").is_not_null())
        )

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
        yield from self._kind("marked", revised.filter(old == new))
        yield from self._kind("relabelled", revised.filter(old.is_null() & new.is_null()))

    def _kind(self, kind: str, *parts: pl.DataFrame) -> Iterator[str]:
        """One sentence an indicator, source and part of the rows."""
        words = WORDS[self.language]
        told = (
            pl.len().alias("n"),
            pl.col("region").n_unique().alias("regions"),
            pl.col("period").unique().alias("periods"),
        )
        grouped = [row for rows in parts for row in rows.group_by(SERIES).agg(*told).iter_rows(named=True)]
        for row in sorted(grouped, key=self._order):
            n = row["n"]
            yield words[kind].format(
                what=self._series(row),
                n=number(n, 0, self.language),
                figures=words["figure" if n == 1 else "figures"],
                figures_dative=words["figure_dative" if n == 1 else "figures_dative"],
                cells_dative=words["cell_dative" if n == 1 else "cells_dative"],
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
        old, now = row["old_value"], row["new_value"]
        decimals = about.decimals if about else 0
        while round(old, decimals) == round(now, decimals) and decimals < MOST_DECIMALS:
            decimals += 1
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
        """By how much: in per cent, but in its own unit a rate, what was 0, and what would round to 0 per cent."""
        if rate or old == 0 or round((now - old) / abs(old), 3) == 0:
            return ("+" if now > old else "") + number(now - old, decimals, self.language)
        return ("+" if now > old else "") + format_percent(
            (now - old) / abs(old), format="#,##0.0 %", locale=self.language
        )


def _without_short_newest(new: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """The rows in two parts where a newest period has fewer regions than others: not all of them are in it."""
    at = [*SERIES, "period"]
    counted = new.group_by(at).agg(pl.col("region").n_unique().alias("regions"))
    is_newest = pl.col("period").cast(pl.String) == pl.col("period").cast(pl.String).max().over(SERIES)
    short = counted.filter(is_newest & (pl.col("regions") < pl.col("regions").max().over(SERIES)))
    if short.is_empty():
        return (new,)
    return new.join(short, on=at, how="anti"), new.join(short, on=at, how="semi")


def _announced(changed: pl.DataFrame) -> pl.DataFrame:
    """New pending rows of regions that have no figure at all in a period; gaps older than the newest figures are none.

    Ids of periods of one indicator stand in the order of time.
    """
    at = [*SERIES, "period", "region"]
    has_value = pl.col("new_value").is_not_null()
    pending = changed.filter(pl.col("change") == "new", ~has_value, pl.col("new_status") == "pending")
    filled = changed.join(pending.select(at).unique(), on=at, how="semi").filter(has_value)
    periods = changed.filter(has_value).select(*SERIES, "period").unique()
    newest = periods.group_by(SERIES).agg(pl.col("period").cast(pl.String).max().alias("newest"))
    rows = pending.join(filled, on=at, how="anti").join(newest, on=SERIES, how="left")
    return rows.filter(pl.col("newest").is_null() | (pl.col("period").cast(pl.String) >= pl.col("newest")))
