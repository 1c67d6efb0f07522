"""The paragraph of a story: a few sentences worked out from the figures, under the same rules as headlines.

Each sentence names figures, places and times; a change across a break, on an incomplete sum or inside rounding is not
claimed, and nothing is said where there is nothing to compare.
"""

from __future__ import annotations

from dataclasses import replace

from dashboard import formats
from dashboard.choices import Measure, is_rate, measures_of
from dashboard.figures_said import figure_said, signed_percent
from dashboard.findings import Finding, finding_of
from dashboard.headlines import headline
from dashboard.labels import scale_of, share_of_part
from dashboard.metadata import Metadata
from dashboard.protection import PROTECTED
from dashboard.queries import view_figures
from dashboard.series import Point, Series, break_name, series_of
from dashboard.store import Store
from dashboard.stories import LAND, Fact, Story, main_view, told_place
from dashboard.subjects import noun_of
from dashboard.text import has_text, text
from dashboard.view import View

YEARS_BACK = (1, 10)
SHORTEST_SPAN = 3  # years: where a series is younger than ten years, its beginning is the further comparison


def paragraph(story: Story, place: str, store: Store, metadata: Metadata, base: View) -> tuple[str, ...]:
    """The sentences that a story tells of a place, in the language of ``base``."""
    told = told_place(story, place, metadata)
    view = main_view(story, (told,), metadata, base)
    tellers = {"changes": _changes, "land": _land, "share": _share, "districts": _districts}
    said = (tellers[fact](view, store, metadata) for fact in _fitting(story.says, told))
    return tuple(sentence for sentence in said if sentence)


def _fitting(says: tuple[Fact, ...], told: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in says if not (fact == "land" and told == LAND))


def _series(view: View, store: Store, metadata: Metadata) -> dict[str, Series]:
    """The series of each region of the view that has a figure and does not end with a secret one."""
    found = series_of(view_figures(store, metadata, view), view, metadata)
    return {s.region: s for s in found if s.valued and not s.ends_secret}


def _changes(view: View, store: Store, metadata: Metadata) -> str:
    """The newest figure and its change on one and on ten years before."""
    series = _series(view, store, metadata).get(view.regions[0])
    if series is None:
        return ""
    last = series.valued[-1]
    level = _level(finding_of(series, view, metadata), view, metadata)
    compared = [
        text(view.lang, "stories.compared", versus=formats.versus(earlier.period, view.lang), change=change)
        for earlier in _earlier(series, last)
        if (change := _change(_between(series, earlier, last, view, metadata), view, metadata))
    ]
    return text(view.lang, "stories.changes", level=level, changes="; ".join(compared)) if compared else f"{level}."


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


def _level(finding: Finding, view: View, metadata: Metadata) -> str:
    """The newest figure as headlines write it: ``Goslar: 9.120 Ausländerinnen und Ausländer am 31.12.2024``."""
    lang, scale = view.lang, scale_of(finding.indicator, view.measure, metadata, view.lang)
    counted = has_text(lang, f"nouns.{finding.indicator.id}") and scale.suffix is None
    return text(
        lang,
        "headlines.counted" if counted else "headlines.named",
        place=metadata.regions[finding.series.region].short.to(lang),
        figure=figure_said(finding, scale, lang),
        what=noun_of(finding, view, metadata),
        when=formats.when(finding.last.period, lang, finding.indicator.period_kind),
    )


def _change(finding: Finding, view: View, metadata: Metadata) -> str:
    """What lies between two figures: a difference, that there is none, or why there is none to state."""
    lang, scale = view.lang, scale_of(finding.indicator, view.measure, metadata, view.lang)
    if finding.broken:
        return text(lang, "stories.broken", day=break_name(finding.broken, finding.indicator, lang))
    if finding.change is None:
        return text(lang, "stories.incomplete") if finding.incomplete else ""
    if finding.unchanged:
        return text(lang, "headlines.unchanged_short")
    difference = formats.signed(finding.change, scale.decimals, lang)
    if scale.suffix == "%":
        return f"{difference} {text(lang, 'units.points_long')}"
    difference = formats.with_suffix(difference, scale.suffix, lang)
    return difference if finding.percent is None else f"{difference} ({signed_percent(finding.percent, lang)})"


def _land(view: View, store: Store, metadata: Metadata) -> str:
    """How Niedersachsen compares: the level of a rate; of a count its growth over the same years."""
    both = replace(view, regions=(*view.regions, LAND))
    found = _series(both, store, metadata)
    here, land = found.get(view.regions[0]), found.get(LAND)
    if here is None or land is None:
        return ""
    if is_rate(metadata.indicators[view.indicators[0]]):
        return _levels(both, found, metadata)
    last = here.valued[-1]
    earlier = _earlier(here, last)
    ends = {p.end: p for p in land.valued}
    if not earlier or earlier[-1].end not in ends or last.end not in ends:
        return ""
    ours = _between(here, earlier[-1], last, view, metadata).percent
    theirs = _between(land, ends[earlier[-1].end], ends[last.end], both, metadata).percent
    if ours is None or theirs is None:
        return ""
    return text(
        view.lang,
        "stories.land_growth",
        since=formats.since(earlier[-1].period, view.lang),
        until=formats.until(last.period, view.lang),
        land=_name(LAND, view, metadata),
        growth=signed_percent(theirs, view.lang),
        place=_name(view.regions[0], view, metadata),
        here=signed_percent(ours, view.lang),
    )


def _share(view: View, store: Store, metadata: Metadata) -> str:
    """The figure as a share, or per 1,000 inhabitants where there is no share, here and in Niedersachsen."""
    indicator = metadata.indicators[view.indicators[0]]
    possible = measures_of(indicator, view.breakdowns, metadata)
    wanted: tuple[Measure, ...] = ("share", "per1000")
    measure = next((m for m in wanted if m in possible), None)
    if measure is None:
        return ""
    shared = replace(view, regions=tuple(dict.fromkeys((*view.regions, LAND))), measure=measure)
    return _levels(shared, _series(shared, store, metadata), metadata)


def _levels(view: View, found: dict[str, Series], metadata: Metadata) -> str:
    """The newest figures of the view's regions beside each other, of the same time."""
    place = found.get(view.regions[0])
    if place is None:
        return ""
    same = [s for s in found.values() if s.valued[-1].end == place.valued[-1].end]
    findings = [finding_of(s, view, metadata) for s in same]
    scale = scale_of(findings[0].indicator, view.measure, metadata, view.lang)
    first = findings[0]
    if view.measure == "share":
        what = share_of_part(first.series.breakdown, first.indicator, metadata, view.lang)
    else:
        what = noun_of(first, view, metadata)
    named = [f"{_name(f.series.region, view, metadata)} {figure_said(f, scale, view.lang)}" for f in findings]
    return text(
        view.lang,
        "stories.levels",
        what=what[:1].upper() + what[1:],
        when=formats.when(first.last.period, view.lang, first.indicator.period_kind),
        list=", ".join(named),
    )


def _districts(view: View, store: Store, metadata: Metadata) -> str:
    """The highest and the lowest of the eight districts: as a share or per 1,000, so that large ones do not lead."""
    indicator = metadata.indicators[view.indicators[0]]
    possible = measures_of(indicator, view.breakdowns, metadata)
    wanted: tuple[Measure, ...] = ("share", "per1000", "number")
    measure = next(m for m in wanted if m in possible)
    among = tuple(r for r in metadata.members if r in indicator.regions)
    if len(among) < 2:
        return ""
    compared = replace(view, regions=among, measure=measure, chart="bar")
    figures = view_figures(store, metadata, compared)
    known = any(s.valued for s in series_of(figures, compared, metadata))
    return headline(figures, compared, metadata) if known else ""


def _name(region: str, view: View, metadata: Metadata) -> str:
    return metadata.regions[region].short.to(view.lang)
