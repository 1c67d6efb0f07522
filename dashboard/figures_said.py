"""Figures and changes as a headline writes them."""

from __future__ import annotations

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.findings import Finding, value_of
from dashboard.labels import Scale
from dashboard.metadata import Lang
from dashboard.text import text


def figure_said(finding: Finding, scale: Scale, lang: Lang) -> str:
    """The newest figure; a change inside rounding is none, and a balance carries its sign."""
    point = finding.last
    if finding.measure == "change" and finding.unchanged:
        return text(lang, "headlines.unchanged_short")
    if scale.signed or (is_balance(finding.series.breakdown) and point.status != "limited"):
        return formats.with_suffix(formats.signed(value_of(point), scale.decimals, lang), scale.suffix, lang)
    return formats.figure(point.value, point.status, scale.decimals, scale.suffix, lang)


def with_figure(finding: Finding, said: str) -> str:
    """``Wolfsburg (44)``; a name that has brackets itself takes a colon."""
    label = finding.series.label
    return f"{label}: {said}" if "(" in label else f"{label} ({said})"


def signed_percent(value: float, lang: Lang) -> str:
    """``+4,2 %``."""
    return formats.with_suffix(formats.signed(value, 1, lang), "%", lang)
