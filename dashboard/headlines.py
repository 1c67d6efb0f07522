"""The finding of a view in one sentence, which is also its chart's alternative text.

A headline states figures and what changed between two of them, never a cause. It claims no change inside the
rounding (``series.rounding_error``), across a break in the series or on an incomplete sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.labels import Scale, breakdown_label, is_percent, is_whole, scale_of
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.series import Point, Series, break_between, break_name, rounding_error, series_of
from dashboard.text import has_text, text
from dashboard.view import View

LISTED = 2  # up to so many series are each named; of more, the highest and the lowest


@dataclass(frozen=True)
class _Finding:
    """A series between its first and its newest figure; ``change`` is None where none may be claimed."""

    series: Series
    indicator: Indicator
    first: Point
    last: Point
    broken: date | None
    incomplete: bool
    unchanged: bool

    @property
    def change(self) -> float | None:
        if self.broken or self.incomplete or self.first is self.last:
            return None
        return _value(self.last) - _value(self.first)

    @property
    def percent(self) -> float | None:
        """The change in percent; None where a figure is not above zero."""
        if self.change is None or _value(self.first) <= 0 or _value(self.last) < 0:
            return None
        if is_balance(self.series.breakdown):
            return None
        return (_value(self.last) / _value(self.first) - 1) * 100


def headline(figures: pl.DataFrame, view: View, metadata: Metadata) -> str:
    """The finding of a frame of ``queries.view_figures`` in the view's language."""
    findings = [_finding(series, view, metadata) for series in series_of(figures, view, metadata) if series.valued]
    said = _sentence(findings, view, metadata)
    return said[:1].upper() + said[1:]


def _sentence(findings: Sequence[_Finding], view: View, metadata: Metadata) -> str:
    if not findings:
        place = ", ".join(metadata.regions[r].short.to(view.lang) for r in view.regions)
        return text(view.lang, "headlines.nothing", place=place, title=_title(view, metadata))
    if len(findings) == 1:
        return _one(findings[0], view, metadata)
    if len(findings) <= LISTED:
        return _few(findings, view, metadata)
    return _many(findings, view, metadata)


def _finding(series: Series, view: View, metadata: Metadata) -> _Finding:
    indicator = metadata.indicators[series.indicator]
    first, last = series.valued[0], series.valued[-1]
    scale = scale_of(indicator, view.measure, metadata, view.lang)
    change = _value(last) - _value(first)
    if view.measure == "number" and not is_percent(indicator):
        unchanged = abs(change) <= rounding_error(series, indicator, metadata, first.end, last.end)
    else:
        unchanged = round(change, scale.decimals) == 0
    return _Finding(
        series=series,
        indicator=indicator,
        first=first,
        last=last,
        broken=break_between(series, indicator, first.end, last.end),
        incomplete="limited" in (first.status, last.status),
        unchanged=unchanged,
    )


def _one(finding: _Finding, view: View, metadata: Metadata) -> str:
    lang, last, first = view.lang, finding.last, finding.first
    place = metadata.regions[finding.series.region].short.to(lang)
    scale = scale_of(finding.indicator, view.measure, metadata, lang)
    said = {"place": place, "what": _noun(finding, view, metadata), "figure": _written(last, scale, lang)}
    said |= {"when": formats.when(last.period, lang), "then": formats.when(first.period, lang)}
    if view.measure == "change":
        return text(lang, "headlines.change", **said)
    if view.measure == "index":
        return text(lang, "headlines.index", **said, base=formats.period(_base(finding), lang))
    counted = view.measure == "number" and has_text(lang, f"nouns.{finding.indicator.id}")
    form = "counted" if counted and scale.suffix is None else "named"
    start = text(lang, f"headlines.{form}", **said)
    return f"{start}{_development(finding, scale, view)}"


def _development(finding: _Finding, scale: Scale, view: View) -> str:
    """What follows the newest figure: the change on the first one, or why there is none to state."""
    lang, change = view.lang, finding.change
    versus = formats.versus(finding.first.period, lang)
    if finding.first is finding.last:
        return "."
    if finding.broken:
        return text(lang, "headlines.broken", day=break_name(finding.broken, finding.indicator, lang), versus=versus)
    if change is None:
        return text(lang, "headlines.incomplete", versus=versus)
    if finding.unchanged:
        rounded = finding.indicator.rounding is not None and change != 0
        return text(lang, "headlines.unchanged_rounding" if rounded else "headlines.unchanged", versus=versus)
    difference = formats.number(abs(change), scale.decimals, lang)
    if scale.suffix == "%":
        difference = f"{difference} {text(lang, 'units.points_long')}"
    else:
        difference = formats.with_suffix(difference, scale.suffix, lang)
    direction = "more" if change > 0 else "less"
    then = formats.when(finding.first.period, lang)
    said = text(lang, f"headlines.{direction}", difference=difference, then=then)
    # a percentage of percentages is misread as points
    if finding.percent is None or scale.suffix == "%":
        return f"{said}."
    return f"{said} ({_percent(finding.percent, lang)})."


def _few(findings: Sequence[_Finding], view: View, metadata: Metadata) -> str:
    """Each series with its newest figure and, where one may be claimed, its change on the common beginning."""
    lang = view.lang
    same_end = len({f.last.period for f in findings}) == 1
    same_start = len({f.first.period for f in findings}) == 1
    named, changes = [], 0
    for finding in findings:
        scale = scale_of(finding.indicator, view.measure, metadata, lang)
        said = f"{finding.series.label} {_written(finding.last, scale, lang)}"
        said += "" if same_end else f" {formats.when(finding.last.period, lang)}"
        growth = _growth(finding, scale, view) if same_start else None
        if growth:
            said += text(lang, "headlines.few_change", change=growth)
            changes += 1
        elif finding.broken and view.measure not in ("change", "index"):
            said += text(lang, "headlines.few_broken", day=break_name(finding.broken, finding.indicator, lang))
        named.append(said)
    subject = _subject(findings, view, metadata)
    if view.measure == "index":
        subject = text(lang, "headlines.index_base", subject=subject, base=formats.period(_base(findings[0]), lang))
    parts = {
        "subject": subject,
        "when": f" {formats.when(findings[0].last.period, lang)}" if same_end else "",
        "list": "; ".join(named),
    }
    if not changes:
        return text(lang, "headlines.few", **parts)
    each = text(lang, "headlines.each") if changes > 1 else ""
    versus = " ".join(part for part in (each, formats.versus(findings[0].first.period, lang)) if part)
    return text(lang, "headlines.few_compared", **parts, versus=versus)


def _many(findings: Sequence[_Finding], view: View, metadata: Metadata) -> str:
    """The widest and the least change where changes compare; the highest and lowest figure otherwise."""
    lang = view.lang
    subject = _subject(findings, view, metadata)
    compared = [f for f in findings if f.percent is not None]
    same_start = len({f.first.period for f in compared}) == 1 and len({f.last.period for f in compared}) == 1
    indicator = findings[0].indicator
    # bars show one period, so the finding is about it
    ranks_changes = view.measure in ("number", "index") and not is_percent(indicator) and view.chart != "bar"
    if ranks_changes and same_start and len(compared) == len(findings):
        top, bottom = max(compared, key=_percent_of), min(compared, key=_percent_of)
        return text(
            lang,
            "headlines.many_changes",
            subject=subject,
            since=formats.since(top.first.period, lang),
            until=formats.until(top.last.period, lang),
            top=f"{top.series.label} ({_percent(_percent_of(top), lang)})",
            bottom=f"{bottom.series.label} ({_percent(_percent_of(bottom), lang)})",
        )
    newest = max(f.last.end for f in findings)
    current = [f for f in findings if f.last.end == newest and f.last.status != "limited"]
    if len(current) < LISTED:
        return _few(findings[:LISTED], view, metadata)
    if view.measure == "number" and not is_percent(indicator):
        current = _without_sums(current, metadata)
    top, bottom = max(current, key=_newest), min(current, key=_newest)
    scale = scale_of(indicator, view.measure, metadata, lang)
    return text(
        lang,
        "headlines.many_figures",
        subject=subject,
        when=formats.when(top.last.period, lang),
        top=f"{top.series.label} ({_written(top.last, scale, lang)})",
        bottom=f"{bottom.series.label} ({_written(bottom.last, scale, lang)})",
    )


def _without_sums(findings: Sequence[_Finding], metadata: Metadata) -> list[_Finding]:
    """Without areas that hold others of the list: that a sum is larger than its parts is no finding."""
    holders = {area for f in findings for area in metadata.regions[f.series.region].part_of}
    parts = [f for f in findings if f.series.region not in holders]
    return parts if len(parts) >= LISTED else list(findings)


def _growth(finding: _Finding, scale: Scale, view: View) -> str | None:
    """The change as it stands in brackets: percent for counts, points for percentages; None if none is claimed."""
    if view.measure in ("change", "index") or finding.change is None:
        return None
    if finding.unchanged:
        return text(view.lang, "headlines.unchanged_short")
    if scale.suffix == "%":
        return f"{formats.signed(finding.change, scale.decimals, view.lang)} {text(view.lang, 'units.points_long')}"
    return None if finding.percent is None else _percent(finding.percent, view.lang)


def _written(point: Point, scale: Scale, lang: Lang) -> str:
    if scale.signed and point.value is not None:
        return formats.with_suffix(formats.signed(point.value, scale.decimals, lang), scale.suffix, lang)
    return formats.figure(point.value, point.status, scale.decimals, scale.suffix, lang)


def _noun(finding: _Finding, view: View, metadata: Metadata) -> str:
    """What is counted, and of which part: ``Ausländerinnen und Ausländer (weiblich)``."""
    key = f"nouns.{finding.indicator.id}"
    noun = text(view.lang, key) if has_text(view.lang, key) else finding.indicator.title.to(view.lang)
    if view.measure == "share":
        noun = _share_title(finding.indicator, view, metadata)
    elif view.measure == "per1000":
        noun = f"{noun} {text(view.lang, 'units.per1000')}"
    if is_whole(finding.series.breakdown, finding.indicator):
        return noun
    return f"{noun} ({breakdown_label(finding.series.breakdown, finding.indicator, metadata, view.lang)})"


def _share_title(indicator: Indicator, view: View, metadata: Metadata) -> str:
    other = metadata.indicators.get(indicator.share_indicator or "")
    title = indicator.title.to(view.lang)
    if indicator.id not in view.indicators or other is None:
        return title  # the published share carries its own title
    return text(view.lang, "headlines.share_of", title=title, whole=other.title.to(view.lang))


def _subject(findings: Sequence[_Finding], view: View, metadata: Metadata) -> str:
    """What all series have in common, in words."""
    first = findings[0]
    if len({f.indicator.id for f in findings}) > 1:
        regions = {f.series.region for f in findings}
        return metadata.regions[regions.pop()].short.to(view.lang) if len(regions) == 1 else ""
    same_part = len({f.series.breakdown for f in findings}) == 1
    noun = _noun(first, view, metadata) if same_part else _title_of(first.indicator, view, metadata)
    regions = {f.series.region for f in findings}
    return noun if len(regions) > 1 else f"{metadata.regions[regions.pop()].short.to(view.lang)}, {noun}"


def _title_of(indicator: Indicator, view: View, metadata: Metadata) -> str:
    if view.measure == "share":
        return _share_title(indicator, view, metadata)
    title = indicator.title.to(view.lang)
    return f"{title} {text(view.lang, 'units.per1000')}" if view.measure == "per1000" else title


def _title(view: View, metadata: Metadata) -> str:
    return ", ".join(_title_of(metadata.indicators[i], view, metadata) for i in view.indicators)


def _base(finding: _Finding) -> str:
    """The period in which an index stands at 100."""
    return next((p.period for p in finding.series.valued if p.value == 100), finding.first.period)


def _percent(value: float, lang: Lang) -> str:
    return formats.with_suffix(formats.signed(value, 1, lang), "%", lang)


def _percent_of(finding: _Finding) -> float:
    return finding.percent if finding.percent is not None else 0.0


def _newest(finding: _Finding) -> float:
    return _value(finding.last)


def _value(point: Point) -> float:
    return point.value if point.value is not None else 0.0
