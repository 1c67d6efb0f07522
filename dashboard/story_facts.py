"""The paragraph of a story: a few sentences worked out from the figures, under the same rules as headlines.

Each sentence names figures, places and times; a change across a break, on an incomplete sum or inside rounding is not
claimed, and nothing is said where there is nothing to compare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard import formats
from dashboard.choices import Measure, is_rate, measures_of
from dashboard.figures_said import MANIFOLD, behind_difference, figure_said, signed_percent
from dashboard.findings import Finding, claimed_figure, finding_of
from dashboard.headlines import headline
from dashboard.labels import own_label, scale_of, share_of_part
from dashboard.metadata import Lang, Metadata
from dashboard.places import in_place
from dashboard.protection import PROTECTED
from dashboard.queries import view_figures
from dashboard.ranking import ranking_of
from dashboard.series import Point, Series, break_name, series_of
from dashboard.store import Store
from dashboard.stories import LAND, Fact, Story, main_view, story_view, told_place
from dashboard.subjects import measured_subject, noun_of
from dashboard.text import has_text, text
from dashboard.view import View

YEARS_BACK = (1, 10)
SHORTEST_SPAN = 3  # years: where a series is younger than ten years, its beginning is the further comparison


@dataclass(frozen=True)
class _Telling:
    """A story being told of a place: the view that its paragraph is about, and what its headline has said already."""

    story: Story
    shown: View
    view: View
    said: str
    store: Store
    metadata: Metadata

    @property
    def lang(self) -> Lang:
        return self.view.lang

    def knows(self, finding: Finding, figure: str) -> bool:
        """Whether the headline has the figure, and is about the same."""
        series = finding.series
        same = finding.measure == self.shown.measure and series.region in self.shown.regions
        if not same or series.breakdown not in self.shown.breakdowns:
            return False
        return re.search(rf"(?<![\d.,]){re.escape(figure)}(?![.,]?\d)", self.said) is not None


def paragraph(story: Story, place: str, store: Store, metadata: Metadata, base: View) -> tuple[str, ...]:
    """The sentences that a story tells of a place, in the language of ``base``; no figure of its headline again."""
    told = told_place(story, place, metadata)
    shown = story_view(story, place, metadata, base)
    said = headline(view_figures(store, metadata, shown), shown, metadata)
    telling = _Telling(story, shown, main_view(story, (told,), metadata, base), said, store, metadata)
    tellers = {"changes": _changes, "land": _land, "share": _share, "districts": _districts}
    found = (sentence for fact in _fitting(story.says, told) for sentence in tellers[fact](telling))
    return tuple(_capital(sentence) for sentence in found)


def _fitting(says: tuple[Fact, ...], told: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in says if not (fact == "land" and told == LAND))


def _series(view: View, store: Store, metadata: Metadata) -> dict[str, Series]:
    """The series of each region of the view that has a figure and does not end with a secret one."""
    found = series_of(view_figures(store, metadata, view), view, metadata)
    return {s.region: s for s in found if s.valued and not s.ends_secret}


def _changes(told: _Telling) -> list[str]:
    """The newest figure and its change on one and on ten years before, each with what forbids to state one."""
    view, metadata = told.view, told.metadata
    series = _series(view, told.store, metadata).get(view.regions[0])
    if series is None:
        return []
    last = series.valued[-1]
    findings = [_between(series, earlier, last, view, metadata) for earlier in _earlier(series, last)]
    stated = [f for f in findings if f.change is not None and not f.unchanged]
    differences = formats.listed([_difference(f, view, metadata) for f in stated], view.lang) if stated else ""
    level = _level(finding_of(series, view, metadata), differences, told)
    return [*level, *_uncompared([f for f in findings if f not in stated], view)]


def _earlier(series: Series, last: Point) -> list[Point]:
    """The figures one and ten years before the last; for ten the first one, where the series is younger."""
    same_season = [p for p in series.known if p.end.month == last.end.month and p.status != PROTECTED]
    found = [p for p in same_season for years in YEARS_BACK if last.end.year - p.end.year == years]
    first = same_season[0]
    age = last.end.year - first.end.year
    if SHORTEST_SPAN <= age < max(YEARS_BACK):
        found.append(first)
    return sorted(found, key=lambda p: p.end, reverse=True)


def _between(series: Series, first: Point, last: Point, view: View, metadata: Metadata) -> Finding:
    return finding_of(replace(series, points=(first, last)), view, metadata)


def _level(finding: Finding, differences: str, told: _Telling) -> list[str]:
    """The newest figure with its differences from earlier ones; only these where the headline has it."""
    lang, metadata = told.lang, told.metadata
    scale = scale_of(finding.indicator, told.view.measure, metadata, lang)
    figure = figure_said(finding, scale, lang)
    said = {"when": formats.when(finding.last.period, lang, finding.indicator.period_kind), "differences": differences}
    if told.knows(finding, figure):
        if not differences:
            return []
        if len(told.shown.breakdowns) == 1:
            return [text(lang, "stories.since_then", **said)]
        part = own_label(finding.series.breakdown, told.shown.breakdowns, finding.indicator, metadata, lang)
        if part == text(lang, "figures.total"):
            return [text(lang, "stories.of_all", differences=differences)]
        return [text(lang, "stories.of_part", part=part, differences=differences)]
    said |= {"place": in_place(finding.series.region, metadata, lang), "figure": figure}
    said |= {"what": noun_of(finding, told.view, metadata), "differences": f", {differences}" if differences else ""}
    if has_text(lang, f"nouns.{finding.indicator.id}") and scale.suffix is None:
        return [text(lang, "stories.counted", **said)]
    return [text(lang, "stories.named", **said | {"when": _capital(said["when"])})]


def _difference(finding: Finding, view: View, metadata: Metadata) -> str:
    """``444 mehr als am 31.12.2023 (+0,3 %)``."""
    lang, change = view.lang, finding.change or 0
    scale = scale_of(finding.indicator, view.measure, metadata, lang)
    written = formats.number(abs(change), scale.decimals, lang)
    if scale.suffix == "%":
        written = f"{written} {text(lang, 'units.points_long')}"
    else:
        written = formats.with_suffix(written, scale.suffix, lang)
    key = "stories.more_than" if change > 0 else "stories.less_than" if scale.suffix else "stories.fewer_than"
    said = text(lang, key, difference=written, then=formats.when(finding.first.period, lang))
    return f"{said}{behind_difference(finding, lang)}"


def _uncompared(findings: Sequence[Finding], view: View) -> list[str]:
    """A sentence for each reason why there is no difference to state, with the times that it holds for."""
    lang = view.lang
    reasons: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        reason = ("stories.unchanged", "")
        if finding.broken:
            reason = ("stories.broken", break_name(finding.broken, finding.indicator, lang))
        elif finding.incomplete:
            reason = ("stories.incomplete", "")
        reasons.setdefault(reason, []).append(formats.versus(finding.first.period, lang))
    return [text(lang, key, versus=formats.listed(v, lang), day=day) for (key, day), v in reasons.items()]


def _land(told: _Telling) -> list[str]:
    """How Niedersachsen compares: the level of a rate; of a count its growth over the same years."""
    view, metadata = told.view, told.metadata
    both = replace(view, regions=(*view.regions, LAND))
    found = _series(both, told.store, metadata)
    here, land = found.get(view.regions[0]), found.get(LAND)
    if here is None or land is None:
        return []
    if is_rate(metadata.indicators[view.indicators[0]]):
        return _levels(both, found, told)
    last = here.valued[-1]
    earlier = _earlier(here, last)
    ends = {p.end: p for p in land.valued}
    if not earlier or earlier[-1].end not in ends or last.end not in ends:
        return []
    ours = _between(here, earlier[-1], last, view, metadata)
    theirs = _between(land, ends[earlier[-1].end], ends[last.end], both, metadata)
    if ours.percent is None or theirs.percent is None:
        return []
    # the place's own growth stands among its changes, where these are told
    compared = [theirs] if "changes" in told.story.says else [ours, theirs]
    return [_growth(finding, told) for finding in compared]


def _growth(finding: Finding, told: _Telling) -> str:
    """``In Niedersachsen wuchs die Zahl von 2014 bis 2024 um 95,2 %.``"""
    lang, percent = told.lang, finding.percent or 0
    said = {
        "place": in_place(finding.series.region, told.metadata, lang),
        "since": formats.since(finding.first.period, lang),
        "until": formats.until(finding.last.period, lang),
    }
    if finding.unchanged:
        return text(lang, "stories.stayed", **said)
    if percent > MANIFOLD:
        by = text(lang, "stories.to_times", times=formats.number(1 + percent / 100, 1, lang))
    else:
        by = text(lang, "stories.by", percent=signed_percent(percent, lang).lstrip(f"+{formats.MINUS}"))
    return text(lang, "stories.grew" if percent > 0 else "stories.fell", **said, by=by)


def _share(told: _Telling) -> list[str]:
    """The figure as a share, or per 1,000 inhabitants where there is no share, here and in Niedersachsen."""
    view, metadata = told.view, told.metadata
    possible = measures_of(metadata.indicators[view.indicators[0]], view.breakdowns, metadata)
    wanted: tuple[Measure, ...] = ("share", "per1000")
    measure = next((m for m in wanted if m in possible), None)
    if measure is None:
        return []
    shared = replace(view, regions=tuple(dict.fromkeys((*view.regions, LAND))), measure=measure)
    return _levels(shared, _series(shared, told.store, metadata), told)


def _levels(view: View, found: dict[str, Series], told: _Telling) -> list[str]:
    """The newest figures of the view's regions beside each other, of the same time, without those in the headline."""
    lang, metadata = view.lang, told.metadata
    place = found.get(view.regions[0])
    if place is None:
        return []
    same = [s for s in found.values() if s.valued[-1].end == place.valued[-1].end]
    findings = [finding_of(s, view, metadata) for s in same]
    scale = scale_of(findings[0].indicator, view.measure, metadata, lang)
    first = findings[0]
    if view.measure == "share":
        what = share_of_part(first.series.breakdown, first.indicator, metadata, lang)
    else:
        what = noun_of(first, view, metadata)
    named = [
        text(lang, "stories.level", place=in_place(f.series.region, metadata, lang), figure=figure)
        for f in findings
        for figure in (figure_said(f, scale, lang),)
        if not told.knows(f, figure) and not (f is first and _is_told(view, told))
    ]
    if not named:
        return []
    when = _capital(formats.when(first.last.period, lang, first.indicator.period_kind))
    return [text(lang, "stories.levels", what=what, when=when, list=formats.listed(named, lang))]


def _districts(told: _Telling) -> list[str]:
    """The highest and the lowest of the eight districts: as a share or per 1,000, so that large ones do not lead."""
    view, metadata = told.view, told.metadata
    indicator = metadata.indicators[view.indicators[0]]
    possible = measures_of(indicator, view.breakdowns, metadata)
    wanted: tuple[Measure, ...] = ("share", "per1000", "number")
    measure = next(m for m in wanted if m in possible)
    among = tuple(r for r in metadata.members if r in indicator.regions)
    if len(among) < 2:
        return []
    compared = replace(view, regions=among, measure=measure, chart="bar")
    figures = view_figures(told.store, metadata, compared)
    series = [s for s in series_of(figures, compared, metadata) if s.known]
    if not any(s.valued for s in series):
        return []
    said = headline(figures, compared, metadata)
    if said == told.said:
        return []
    return [_ends_of(series, compared, told) or said]


def _ends_of(series: Sequence[Series], view: View, told: _Telling) -> str | None:
    """Which district had the highest figure and which the lowest; None where that takes more than a sentence, because
    figures are secret, incomplete or of different periods."""
    lang, metadata = told.lang, told.metadata
    if any(s.ends_secret for s in series) or len({s.known[-1].period for s in series}) > 1:
        return None
    findings = [finding_of(s, view, metadata) for s in series]
    found = ranking_of(findings, claimed_figure, metadata)
    if found is None or any(f.last.status == "limited" for f in findings):
        return None
    scale = scale_of(found.top.indicator, view.measure, metadata, lang)
    ends = {"top": found.top, "bottom": found.bottom}
    said = {name: f.series.label for name, f in ends.items()}
    said |= {f"{name}_figure": figure_said(f, scale, lang) for name, f in ends.items()}
    when = _capital(formats.when(found.top.last.period, lang, found.top.indicator.period_kind))
    return text(lang, "stories.ends", what=measured_subject(findings, view, metadata), when=when, **said)


def _is_told(view: View, told: _Telling) -> bool:
    """Whether the place's figure of the view stands among its changes."""
    return view.measure == "number" and "changes" in told.story.says


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
