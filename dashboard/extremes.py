"""The highest and the lowest of many series, by their change or by their newest figure."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.choices import is_rate
from dashboard.figures_said import figure_said, signed_percent, with_figure
from dashboard.findings import Finding, claimed_figure, claimed_percent
from dashboard.labels import Scale, scale_of
from dashboard.metadata import Indicator, Metadata
from dashboard.subjects import measured_subject, subject_of
from dashboard.text import text
from dashboard.view import View

LISTED = 2  # up to so many series are each named; of more, the highest and the lowest


def extreme_changes(findings: Sequence[Finding], view: View, metadata: Metadata) -> str:
    """The widest and the least change; all findings must have the same beginning and end."""
    lang = view.lang
    top, bottom = max(findings, key=claimed_percent), min(findings, key=claimed_percent)
    said = {
        "subject": subject_of(findings, view, metadata),
        "since": formats.since(top.first.period, lang),
        "until": formats.until(top.last.period, lang),
    }
    if all(f.unchanged for f in findings):
        return text(lang, "headlines.many_unchanged", **said)
    written = {
        f: text(lang, "headlines.unchanged_short") if f.unchanged else signed_percent(claimed_percent(f), lang)
        for f in (top, bottom)
    }
    return text(
        lang,
        "headlines.many_changes",
        **said,
        top=with_figure(top, written[top]),
        bottom=with_figure(bottom, written[bottom]),
    )


def extreme_figures(findings: Sequence[Finding], view: View, metadata: Metadata, *, beside_secrets: bool) -> str:
    """The highest and the lowest newest figure. Beside secret ones only the highest that is published: one of those
    may be higher, and the lowest of the others says nothing."""
    lang = view.lang
    top, bottom = max(findings, key=claimed_figure), min(findings, key=claimed_figure)
    scale = scale_of(top.indicator, view.measure, metadata, lang)
    counted = view.measure == "number" and len(view.regions) == 1 and all(f.of_body for f in findings)
    key = "headlines.many_contacts" if counted else "headlines.many_figures"
    return text(
        lang,
        "headlines.many_published" if beside_secrets else key,
        subject=measured_subject(findings, view, metadata),
        when=formats.when(top.last.period, lang, top.indicator.period_kind),
        top=with_figure(top, _index_or_figure(top, scale, view)),
        bottom=with_figure(bottom, _index_or_figure(bottom, scale, view)),
    )


def _index_or_figure(finding: Finding, scale: Scale, view: View) -> str:
    said = figure_said(finding, scale, view.lang)
    if view.measure == "index" and finding.unchanged:
        return f"{said}, {text(view.lang, 'headlines.unchanged_short')}"
    return said


def adds_up(view: View, indicator: Indicator) -> bool:
    """Whether an area's figure is the sum of its parts'."""
    return view.measure == "number" and not is_rate(indicator)


def without_sums(findings: Sequence[Finding], metadata: Metadata) -> list[Finding]:
    """Without areas that hold others of the list: that a sum is larger than its parts is no finding."""
    holders = {area for f in findings for area in metadata.regions[f.series.region].part_of}
    parts = [f for f in findings if f.series.region not in holders]
    return parts if len(parts) >= LISTED else list(findings)
