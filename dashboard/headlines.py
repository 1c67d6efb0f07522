"""The finding of a view in one sentence, which is also its chart's alternative text.

A headline states figures and what changed between two of them, never a cause. It claims no change inside the
rounding (``series.rounding_error``) or the usual revisions (``noise``), across a break in the series or on an
incomplete sum, and makes no percentage of few (``findings.FEWEST``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboard import formats
from dashboard.charts.bar import common_period
from dashboard.choices import direction_of
from dashboard.extremes import LISTED, extreme_figures, extreme_indices
from dashboard.figures_said import behind_difference, figure_said, from_to, signed_percent
from dashboard.findings import Finding, finding_of, until, value_of
from dashboard.flows import balance_of_flows
from dashboard.labels import Scale, scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.protection import is_invented
from dashboard.ranking import adds_up, without_sums
from dashboard.secret_findings import of_one_period, secret_ends, secret_throughout
from dashboard.series import Point, break_name, series_of
from dashboard.subjects import inside, measured_subject, noun_of, title_of
from dashboard.text import has_text, text
from dashboard.view import View

LISTED_FLOWS = 4  # arrivals, departures and their balance do not rank, so more of them are each named


def headline(figures: pl.DataFrame, view: View, metadata: Metadata) -> str:
    """The finding of a frame of ``queries.view_figures`` in the view's language; of invented figures it says so."""
    series = series_of(figures, view, metadata)
    if len(series) > (1 if view.chart == "bar" else LISTED):
        series = of_one_period(series)
    closed = [s for s in series if s.ends_secret]
    findings = [finding_of(s, view, metadata) for s in series if s.valued and not s.ends_secret]
    if findings:
        told = _sentence(findings, view, metadata, beside_secrets=bool(closed))
        said = " ".join((told.strip(), *secret_ends(closed, view, metadata)))
    else:
        said = secret_throughout(closed, view, metadata) if closed else _nothing(figures, view, metadata)
    said = said[:1].upper() + said[1:]
    return text(view.lang, "invented.headline", headline=said) if is_invented(figures, metadata) else said


def _nothing(figures: pl.DataFrame, view: View, metadata: Metadata) -> str:
    """Why there is no figure: the publisher counted nobody, or published nothing."""
    place = ", ".join(metadata.regions[r].short.to(view.lang) for r in view.regions)
    title = title_of(view, metadata)
    if set(figures["status"]) == {"nil"}:
        return text(view.lang, "headlines.none", place=place, title=title)
    return text(view.lang, "headlines.nothing", place=place, title=title)


def _sentence(findings: Sequence[Finding], view: View, metadata: Metadata, *, beside_secrets: bool) -> str:
    if len(findings) == 1:
        return _one(findings[0], view, metadata)
    if len(findings) <= LISTED_FLOWS:
        level = _at_one_time(findings, view, metadata)
        if flows := balance_of_flows(level, view, metadata):
            return flows
        if len(findings) <= LISTED or _directions_differ(findings):
            return _few(level, view, metadata)
    return _many(findings, view, metadata, beside_secrets=beside_secrets)


def _at_one_time(findings: Sequence[Finding], view: View, metadata: Metadata) -> Sequence[Finding]:
    """The findings in the newest period that all series have, so that a list compares what belongs together; as they
    are where there is none."""
    period = common_period(tuple(f.series for f in findings))
    return [finding_of(until(f.series, period), view, metadata) for f in findings] if period else findings


def _when(point: Point, finding: Finding, lang: Lang) -> str:
    return formats.when(point.period, lang, finding.indicator.period_kind)


def _one(finding: Finding, view: View, metadata: Metadata) -> str:
    lang, last, first = view.lang, finding.last, finding.first
    place = metadata.regions[finding.series.region].short.to(lang)
    scale = scale_of(finding.indicator, view.measure, metadata, lang)
    said = {
        "place": place,
        "what": inside(noun_of(finding, view, metadata), lang),
        "figure": figure_said(finding, scale, lang),
    }
    said |= {"when": _when(last, finding, lang), "then": formats.when(first.period, lang)}
    if view.measure == "change":
        return text(lang, "headlines.change", **said)
    if view.measure == "index":
        start = text(lang, "headlines.index", **said, base=formats.period(first.period, lang))
        return f"{start}{_index_development(finding, lang)}"
    counted = view.measure == "number" and has_text(lang, f"nouns.{finding.indicator.id}")
    form = "counted" if counted and scale.suffix is None else "named"
    start = text(lang, f"headlines.{form}", **said)
    return f"{start}{_development(finding, scale, view)}"


def _index_development(finding: Finding, lang: Lang) -> str:
    """An index is itself the development; what follows it is only why it must not be read as one, or of how few it
    is."""
    versus = formats.versus(finding.first.period, lang)
    if finding.broken:
        day = break_name(finding.broken, finding.indicator, lang)
        return text(lang, "headlines.broken", day=day, versus=versus)
    if finding.revisable:
        return text(lang, "headlines.unchanged_revision", versus=versus)
    if finding.unchanged and finding.first is not finding.last:
        exact = value_of(finding.last) == value_of(finding.first)
        return text(lang, "headlines.unchanged" if exact else "headlines.unchanged_rounding", versus=versus)
    return text(lang, "headlines.index_small", counts=from_to(finding, lang)) if finding.small else "."


def _development(finding: Finding, scale: Scale, view: View) -> str:
    """What follows the newest figure: the change on the first one, or why there is none to state."""
    lang, change = view.lang, finding.change
    versus = formats.versus(finding.first.period, lang)
    if finding.first is finding.last:
        return "."
    if finding.broken:
        return text(lang, "headlines.broken", day=break_name(finding.broken, finding.indicator, lang), versus=versus)
    if change is None:
        return text(lang, "headlines.incomplete", versus=versus)
    if finding.revisable:
        return text(lang, "headlines.unchanged_revision", versus=versus)
    if finding.unchanged:
        rounded = finding.indicator.rounding is not None and change != 0
        return text(lang, "headlines.unchanged_rounding" if rounded else "headlines.unchanged", versus=versus)
    difference = formats.number(abs(change), scale.decimals, lang)
    if scale.suffix == "%":
        difference = f"{difference} {text(lang, 'units.points_long')}"
    else:
        difference = formats.with_suffix(difference, scale.suffix, lang)
    counted = (finding.percent is not None or finding.small) and scale.suffix is None
    direction = "more" if change > 0 else "fewer" if counted else "less"
    then = formats.when(finding.first.period, lang)
    said = text(lang, f"headlines.{direction}", difference=difference, then=then)
    return f"{said}{behind_difference(finding, lang)}."


def _few(findings: Sequence[Finding], view: View, metadata: Metadata) -> str:
    """Each series with its newest figure and, where one may be claimed, its change on the common beginning."""
    lang = view.lang
    same_end = len({f.last.period for f in findings}) == 1
    same_start = len({f.first.period for f in findings}) == 1
    one_indicator = len({f.indicator.id for f in findings}) == 1
    named, changes = [], 0
    for finding in findings:
        scale = scale_of(finding.indicator, view.measure, metadata, lang)
        label = finding.series.label
        if not one_indicator or label == text(lang, "figures.total"):
            label = inside(label, lang)
        said = f"{label} {figure_said(finding, scale, lang)}"
        said += "" if same_end else f" {_when(finding.last, finding, lang)}"
        change = growth(finding, scale, view) if same_start else None
        if change:
            said += text(lang, "headlines.few_change", change=change)
            changes += 1
        named.append(said)
    parts = {
        "subject": measured_subject(findings, view, metadata),
        "when": f" {_when(findings[0].last, findings[0], lang)}" if same_end else "",
        "list": "; ".join(named),
        "broken": _few_broken(findings, view),
    }
    if not changes or view.measure == "index":  # an index names its base in the subject
        return text(lang, "headlines.few", **parts)
    each = text(lang, "headlines.each") if changes > 1 else ""
    versus = " ".join(part for part in (each, formats.versus(findings[0].first.period, lang)) if part)
    return text(lang, "headlines.few_compared", **parts, versus=versus)


def _few_broken(findings: Sequence[Finding], view: View) -> str:
    """The breaks of listed series, said once behind all of them; of which series, unless of all."""
    broken = [f for f in findings if f.broken]
    if not broken or view.measure == "change":
        return ""
    days = formats.listed([break_name(f.broken, f.indicator, view.lang) for f in broken if f.broken], view.lang)
    if len(broken) == len(findings):
        return text(view.lang, "headlines.few_broken", day=days)
    return text(view.lang, "headlines.some_broken", day=days, names=", ".join(f.series.label for f in broken))


def _many(findings: Sequence[Finding], view: View, metadata: Metadata, *, beside_secrets: bool) -> str:
    """The highest and the lowest figure, and over time which grew most; of an index which moved most and least.

    All in the newest period that all series have, as bars show it: extremes of different years say nothing.
    """
    if _directions_differ(findings):
        return _unranked(findings, text(view.lang, "headlines.reason_directions"), view, metadata)
    period = common_period(tuple(f.series for f in findings))
    if period is None:
        return _unranked(findings, text(view.lang, "headlines.reason_periods"), view, metadata)
    current = [finding_of(until(f.series, period), view, metadata) for f in findings]
    broken = next((f for f in current if f.broken), None)
    if view.measure == "index" and broken and broken.broken:
        day = break_name(broken.broken, broken.indicator, view.lang)
        return _unranked(findings, text(view.lang, "headlines.reason_broken", day=day), view, metadata)
    if view.measure == "index":
        return extreme_indices(current, view, metadata) or _few_to_rank(findings, view, metadata)
    ranked = without_sums(current, view, metadata)
    if any(f.last.status == "limited" for f in ranked):
        return _unranked(findings, text(view.lang, "headlines.reason_incomplete"), view, metadata)
    # bars show one period, so the finding is about it; of a body's contacts how they divide is one, and not which of
    # its small numbers grew most
    of_time = view.measure == "number" and view.chart != "bar" and not any(f.of_body for f in current)
    growing = current if of_time and not beside_secrets else ()
    said = extreme_figures(current, ranked, view, metadata, beside_secrets=beside_secrets, growing=growing)
    return said or _few_to_rank(findings, view, metadata)


def _few_to_rank(findings: Sequence[Finding], view: View, metadata: Metadata) -> str:
    return _unranked(findings, text(view.lang, "headlines.reason_few"), view, metadata)


def _unranked(findings: Sequence[Finding], reason: str, view: View, metadata: Metadata) -> str:
    """How many series there are and over what time, where a highest and a lowest would mislead."""
    first = min((f.series.valued[0] for f in findings), key=_end)
    last = max((f.last for f in findings), key=_end)
    return text(
        view.lang,
        "headlines.many_unranked",
        subject=measured_subject(findings, view, metadata) or title_of(view, metadata),
        count=len(findings),
        since=formats.since(first.period, view.lang),
        until=formats.until(last.period, view.lang),
        reason=reason,
    )


def _directions_differ(findings: Sequence[Finding]) -> bool:
    return len({direction_of(f.series.breakdown) for f in findings}) > 1


def growth(finding: Finding, scale: Scale, view: View) -> str | None:
    """The change as it stands in brackets: percent for counts, a difference for rates; None if none is claimed."""
    if view.measure == "change" or finding.change is None:
        return None
    if finding.unchanged:
        return text(view.lang, "headlines.unchanged_short")
    if view.measure == "index":
        return None
    if finding.percent is not None:
        return signed_percent(finding.percent, view.lang)
    if finding.small and view.measure == "number":
        return text(view.lang, "headlines.at_first", figure=formats.number(finding.base, scale.decimals, view.lang))
    if adds_up(view, finding.indicator):
        return None  # a count without a percentage: a balance, or one that was zero
    difference = formats.signed(finding.change, scale.decimals, view.lang)
    if scale.suffix == "%":
        return f"{difference} {text(view.lang, 'units.points_long')}"
    return formats.with_suffix(difference, scale.suffix, view.lang)


def _end(point: Point) -> date:
    return point.end
