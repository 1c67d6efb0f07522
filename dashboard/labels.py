"""Names for what is shown: breakdowns, units, series."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.choices import Measure
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.text import text

RATE_DECIMALS = 1


@dataclass(frozen=True)
class Scale:
    """How the figures of a view are written: unit in words, sign behind a figure, decimals."""

    unit: str
    suffix: str | None
    decimals: int
    signed: bool = False


def breakdown_label(breakdown: str, indicator: Indicator, metadata: Metadata, lang: Lang) -> str:
    """``nationality=foreign;sex=f`` in words; for the total, the word for it.

    What all of the indicator's breakdowns have in common says nothing about one of them and is left out.
    """
    common = set.intersection(*({*b.split(";")} for b in indicator.breakdowns))
    parts = [part.split("=", 1) for part in breakdown.split(";") if part and part not in common]
    labels = []
    for dim, code in parts:
        dimension = metadata.dimensions.get(dim)
        known = dimension.values.get(code) if dimension else None
        labels.append(known.to(lang) if known else code)
    return ", ".join(labels) or text(lang, "figures.total")


def is_whole(breakdown: str, indicator: Indicator) -> bool:
    """Whether the breakdown is the indicator's whole: nothing but what all its breakdowns have in common."""
    common = set.intersection(*({*b.split(";")} for b in indicator.breakdowns))
    return all(part in common for part in breakdown.split(";") if part)


def scale_of(indicator: Indicator, measure: Measure, metadata: Metadata, lang: Lang) -> Scale:
    """The unit and decimals in which the view shows the indicator."""
    unit = metadata.units[indicator.unit]
    suffix = unit.suffix.to(lang) if unit.suffix else None
    if measure == "share":
        return Scale(text(lang, "units.percent"), "%", RATE_DECIMALS)
    if measure == "per1000":
        return Scale(text(lang, "units.per1000"), None, RATE_DECIMALS)
    if measure == "index":
        return Scale(text(lang, "units.index"), None, RATE_DECIMALS)
    if measure == "change":
        points = is_percent(indicator)
        return Scale(
            text(lang, "units.change_points" if points else "units.change_percent"),
            text(lang, "units.points") if points else "%",
            max(RATE_DECIMALS, indicator.decimals) if points else RATE_DECIMALS,
            signed=True,
        )
    return Scale(unit.label.to(lang), suffix, indicator.decimals)


def is_percent(indicator: Indicator) -> bool:
    """Whether a change of the indicator counts in percentage points."""
    return indicator.unit == "percent"


def period_kind_label(kind: str, lang: Lang) -> str:
    return text(lang, f"period_kinds.{kind}")
