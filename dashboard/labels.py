"""Names for what is shown: breakdowns, units, series."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import formats
from dashboard.breakdowns import common_parts, spoken_parts
from dashboard.choices import Measure, is_rate
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.text import has_text, text

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

    What all of the indicator's breakdowns have in common says nothing about one of them and is left out; the one that
    is nothing else is called by it, because a total of foreigners is not the total.
    """
    common = common_parts(indicator.breakdowns)
    own = [part for part in spoken_parts(breakdown) if part not in common]
    labels = []
    for part in own or common:
        dim, code = part.split("=", 1)
        dimension = metadata.dimensions.get(dim)
        known = dimension.values.get(code) if dimension else None
        labels.append(known.to(lang) if known else code)
    return ", ".join(labels) or text(lang, "figures.total")


def is_whole(breakdown: str, indicator: Indicator) -> bool:
    """Whether the breakdown is the indicator's whole: nothing but what all its breakdowns have in common."""
    common = common_parts(indicator.breakdowns)
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
        return _scale_of_change(indicator, unit.label.to(lang), suffix, lang)
    return Scale(unit.label.to(lang), suffix, indicator.decimals)


def _scale_of_change(indicator: Indicator, unit: str, suffix: str | None, lang: Lang) -> Scale:
    """Counts change in percent, percentages in points, other rates in their own unit."""
    if is_percent(indicator):
        decimals = max(RATE_DECIMALS, indicator.decimals)
        return Scale(text(lang, "units.change_points"), text(lang, "units.points"), decimals, signed=True)
    if is_rate(indicator):
        return Scale(text(lang, "units.change_unit", unit=unit), suffix, indicator.decimals, signed=True)
    return Scale(text(lang, "units.change_percent"), "%", RATE_DECIMALS, signed=True)


def is_percent(indicator: Indicator) -> bool:
    """Whether a change of the indicator counts in percentage points."""
    return indicator.unit == "percent"


def period_kind_label(indicator: Indicator, lang: Lang) -> str:
    """What the indicator's periods stand for; a rate is neither a stock nor a sum."""
    kind = indicator.period_kind
    months = {p.end.month for p in indicator.periods if p.kind == "month"}
    if kind == "month" and len(months) == 1:
        return text(lang, "period_kinds.month_of", month=formats.month_name(months.pop(), lang))
    if is_rate(indicator) and kind in ("reference_date", "year"):
        return text(lang, f"period_kinds.rate_{kind}")
    return text(lang, f"period_kinds.{kind}")


def share_title(indicator: Indicator, metadata: Metadata, lang: Lang) -> str:
    """What a share is of: the published share's own title, or both sides of the one that is worked out here."""
    other = metadata.indicators[indicator.share_indicator or ""]
    if indicator.share_kind == "published":
        return other.title.to(lang)
    if other.id == indicator.id:
        return text(lang, "headlines.share_of_all", title=indicator.title.to(lang))
    # German declines a noun after its preposition; a title that has no such form stands in quotation marks
    key = f"wholes.{other.id}"
    whole = text(lang, key) if has_text(lang, key) else text(lang, "headlines.quoted", title=other.title.to(lang))
    return text(lang, "headlines.share_of", title=indicator.title.to(lang), whole=whole)
