"""Figures and changes as a headline writes them."""

from __future__ import annotations

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.findings import Finding, value_of
from dashboard.labels import Scale
from dashboard.metadata import Lang
from dashboard.text import text

WHOLE = 100  # percent: from here on decimals say nothing
MANIFOLD = 200  # percent: above, a multiple is easier to grasp


def figure_said(finding: Finding, scale: Scale, lang: Lang) -> str:
    """The newest figure; a change inside rounding is none, and a balance carries its sign."""
    point = finding.last
    if finding.measure == "change" and finding.unchanged:
        return text(lang, "headlines.unchanged_short")
    if finding.measure == "change" and scale.suffix == "%":
        return from_to(finding, lang) if finding.small else signed_percent(value_of(point), lang)
    if scale.signed or (is_balance(finding.series.breakdown) and point.status != "limited"):
        return formats.with_suffix(formats.signed(value_of(point), scale.decimals, lang), scale.suffix, lang)
    return formats.figure(point.value, point.status, scale.decimals, scale.suffix, lang)


def signed_percent(value: float, lang: Lang) -> str:
    """``+4,2 %``, ``+182 %``, ``auf das 7,8-Fache``."""
    if value > MANIFOLD:
        return text(lang, "figures.times", times=formats.number(1 + value / 100, 1, lang))
    decimals = 0 if round(abs(value), 1) >= WHOLE else 1
    return formats.with_suffix(formats.signed(value, decimals, lang), "%", lang)


def behind_difference(finding: Finding, lang: Lang) -> str:
    """What stands in brackets behind a difference: it in percent, or what it was at first, if that is too little for a
    percentage. Empty where the percentage would be written as zero."""
    if finding.small:
        first = formats.number(finding.base, finding.indicator.decimals, lang)
        return f" ({text(lang, 'headlines.at_first', figure=first)})"
    if finding.percent is None or round(finding.percent, 1) == 0:
        return ""
    return f" ({signed_percent(finding.percent, lang)})"


def from_to(finding: Finding, lang: Lang) -> str:
    """``von 15 auf 400``: what is said of counts that are too small for a percentage."""
    newest = value_of(finding.last) if finding.measure == "number" else finding.last.counted or 0
    start, end = (formats.number(n, finding.indicator.decimals, lang) for n in (round(finding.base), newest))
    return text(lang, "figures.from_to", start=start, end=end)
