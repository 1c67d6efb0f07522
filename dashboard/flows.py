"""Arrivals and departures of one area as a finding: how many more came than left."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.choices import direction_of
from dashboard.figures_said import signed_percent
from dashboard.findings import Finding, value_of
from dashboard.metadata import Metadata
from dashboard.series import break_name, rounding_error
from dashboard.subjects import subject_of
from dashboard.text import text
from dashboard.view import View


def balance_of_flows(findings: Sequence[Finding], view: View, metadata: Metadata) -> str | None:
    """The sentence where the view has both directions of one area, with or without their balance; None where it has
    not, and where the difference is within rounding or rests on an incomplete sum."""
    ends = {_end(f): f for f in findings}
    came, left, net = ends.get("in"), ends.get("out"), ends.get("net")
    if came is None or left is None or len(findings) != len([f for f in (came, left, net) if f]):
        return None
    if view.measure != "number" or len({(_rest(f), f.series.region, f.last.period) for f in findings}) > 1:
        return None
    difference = value_of(came.last) - value_of(left.last)
    if any(f.last.status == "limited" for f in findings) or (net and value_of(net.last) != difference):
        return None
    error = rounding_error(came.series, came.indicator, metadata, came.last.end, came.last.end)
    if abs(difference) <= error:
        return None
    lang, decimals = view.lang, came.indicator.decimals
    said = {
        "subject": subject_of(findings, view, metadata),
        "when": formats.when(came.last.period, lang, came.indicator.period_kind),
        "difference": formats.number(abs(difference), decimals, lang),
        "arrivals": came.series.label,
        "departures": left.series.label,
        "came": formats.number(value_of(came.last), decimals, lang),
        "left": formats.number(value_of(left.last), decimals, lang),
    }
    key = "headlines.more_came" if difference > 0 else "headlines.more_left"
    return text(lang, key, **said, then=_since(came, left, view))


def _since(came: Finding, left: Finding, view: View) -> str:
    """How both have changed, or that figures before a break do not compare; empty where nothing may be claimed."""
    lang = view.lang
    if came.broken:
        return text(lang, "headlines.few_broken", day=break_name(came.broken, came.indicator, lang))
    if came.first.period != left.first.period or came.percent is None or left.percent is None:
        return ""
    changes = (
        text(lang, "headlines.unchanged_short") if f.unchanged else signed_percent(f.percent or 0, lang)
        for f in (came, left)
    )
    named = ", ".join(f"{f.series.label} {change}" for f, change in zip((came, left), changes, strict=True))
    return text(lang, "headlines.flows_changed", versus=formats.versus(came.first.period, lang), list=named)


def _end(finding: Finding) -> str:
    """``in``, ``out`` or ``net``, also of commuters."""
    return (direction_of(finding.series.breakdown) or "").rpartition("_")[2]


def _rest(finding: Finding) -> tuple[str, ...]:
    """What is counted, whichever direction it moves."""
    parts = finding.series.breakdown.split(";")
    return (finding.indicator.id, *(part for part in parts if not part.startswith("direction=")))
