"""Names for what is shown: breakdowns, units, series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.breakdowns import common_parts, spoken_parts, whole_of
from dashboard.choices import Measure, is_rate
from dashboard.metadata import Indicator, Lang, Metadata, qualified
from dashboard.protection import PROVIDER
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


def shared_part(breakdowns: Sequence[str], indicator: Indicator) -> str:
    """What several chosen breakdowns have in common beyond what all of the indicator's have: it belongs to the title.

    Empty for one breakdown, which the title names anyway.
    """
    if len(breakdowns) < 2:
        return ""
    known = common_parts(indicator.breakdowns)
    return ";".join(part for part in common_parts(breakdowns) if part not in known)


def own_label(breakdown: str, among: Sequence[str], indicator: Indicator, metadata: Metadata, lang: Lang) -> str:
    """A breakdown in words, without what it has in common with the others beside it."""
    shared = shared_part(among, indicator).split(";")
    own = ";".join(part for part in breakdown.split(";") if part not in shared)
    if is_whole(own, indicator) and shared != [""]:
        return text(lang, "figures.total")
    return breakdown_label(own, indicator, metadata, lang)


def with_shared_part(
    title: str, breakdowns: Sequence[str], indicator: Indicator, metadata: Metadata, lang: Lang
) -> str:
    """A title with what all chosen breakdowns have in common."""
    shared = shared_part(breakdowns, indicator)
    return qualified(title, breakdown_label(shared, indicator, metadata, lang)) if shared else title


def whole_dimension(breakdowns: Sequence[str], indicator: Indicator) -> str | None:
    """The dimension of which a counselling body's breakdowns are all that there is; None where they are not."""
    shared = common_parts(breakdowns)
    if len(shared) != 1 or not shared[0].startswith(f"{PROVIDER}="):
        return None
    dims = {_dimensions(b) for b in breakdowns}
    every = {b for b in indicator.breakdowns if shared[0] in b.split(";") and _dimensions(b) in dims}
    named = [dim for dim in next(iter(dims)) if dim != PROVIDER]
    return named[0] if len(dims) == 1 and len(named) == 1 and every == set(breakdowns) else None


def _dimensions(breakdown: str) -> tuple[str, ...]:
    return tuple(part.split("=", 1)[0] for part in breakdown.split(";"))


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


def says_more(kind: str, title: str) -> bool:
    """Whether a kind of period is not named by the title already, as in ``Arbeitslosenquote (Jahresdurchschnitt)``."""
    return kind.casefold() not in title.casefold()


def share_title(indicator: Indicator, metadata: Metadata, lang: Lang) -> str:
    """What a share is of: the published share's own title, or both sides of the one that is worked out here."""
    other = metadata.indicators[indicator.share_indicator or ""]
    if indicator.share_kind == "published":
        return other.title.to(lang)
    if other.id == indicator.id and not indicator.share_within:
        return text(lang, "headlines.share_of_all", title=indicator.title.to(lang))
    return text(lang, "headlines.share_of", title=indicator.title.to(lang), whole=_whole_name(indicator, other, lang))


def share_of_part(breakdown: str, indicator: Indicator, metadata: Metadata, lang: Lang) -> str:
    """What the share of one breakdown is of. Where an indicator is a share of itself, the part is the subject:
    ``Ausländerinnen und Ausländer, Anteil an den Beschäftigten``."""
    other = metadata.indicators.get(indicator.share_indicator or "")
    title = share_title(indicator, metadata, lang) if other else indicator.title.to(lang)
    if is_whole(breakdown, indicator):
        return title
    said = breakdown_label(breakdown, indicator, metadata, lang)
    if other is None or other.id != indicator.id or indicator.share_kind == "published":
        return qualified(title, said)
    whole = whole_of(breakdown, indicator.share_within)
    part = ";".join(p for p in breakdown.split(";") if p not in whole.split(";"))
    said = breakdown_label(part, indicator, metadata, lang)
    if whole:  # such as the body that counted
        said = qualified(said, breakdown_label(whole, indicator, metadata, lang))
    return text(lang, "headlines.share_of", title=said, whole=_whole_name(indicator, other, lang))


def _whole_name(indicator: Indicator, other: Indicator, lang: Lang) -> str:
    """What a share is of, behind its preposition. German declines a noun there; a title that has no such form stands
    in quotation marks."""
    keys = (f"wholes.within_{'_'.join(indicator.share_within)}", f"wholes.{other.id}")
    known = next((key for key in keys if has_text(lang, key)), None)
    return text(lang, known) if known else text(lang, "headlines.quoted", title=other.title.to(lang))
