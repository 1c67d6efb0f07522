"""The highest and the lowest of many series: by their newest figure and, over time, by how they moved.

A sentence for each kind: counts over areas and over parts, rates over either, an index. Where areas and parts differ
at once it speaks of the largest and the smallest figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.figures_said import figure_said, from_to, signed_percent
from dashboard.findings import Finding, claimed_figure, claimed_percent, raw_percent
from dashboard.labels import scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.places import in_place
from dashboard.ranking import adds_up, ranking_of
from dashboard.subjects import measured_subject, subject_of
from dashboard.text import text
from dashboard.view import View

LISTED = 2  # up to so many series are each named; of more, the highest and the lowest
MOST_ASIDE = 2  # names of what was left aside; of more the number

Kind = Literal["places", "parts", "mixed"]


def kind_of(findings: Sequence[Finding]) -> Kind:
    """In what the series differ: in their area only, in what is counted only, or in both."""
    places = len({f.series.region for f in findings}) > 1
    parts = len({(f.indicator.id, f.series.breakdown) for f in findings}) > 1
    return "mixed" if places and parts else "places" if places else "parts"


def extreme_figures(
    findings: Sequence[Finding],
    ranked: Sequence[Finding],
    view: View,
    metadata: Metadata,
    *,
    beside_secrets: bool,
    growing: Sequence[Finding] = (),
) -> str | None:
    """The highest and the lowest newest figure of those ``ranked`` among all findings, then which of ``growing`` grew
    most; None where they cannot be ranked.

    Beside secret ones only the highest that is published: one of those may be higher, and the lowest of the others says
    nothing.
    """
    lang, kind = view.lang, kind_of(findings)
    found = ranking_of(ranked, claimed_figure, metadata, unfit=lambda f: view.measure == "change" and f.small)
    if found is None:
        return None
    scale = scale_of(found.top.indicator, view.measure, metadata, lang)
    counts = adds_up(view, found.top.indicator) and scale.suffix is None
    counts = counts and not any(is_balance(f.series.breakdown) for f in findings)
    key = f"headlines.many_{'counts' if counts else 'rates'}_{kind}" if kind != "mixed" else "headlines.many_mixed"
    named = _named
    if view.measure == "change" and claimed_figure(found.top) < 0:
        key, named = "headlines.many_falls", _movement
    top, bottom = (named(f, figure_said(f, scale, lang), kind, view, metadata) for f in (found.top, found.bottom))
    moves, unmoved = moves_of(growing, view, metadata, leader=found.top) if growing else ("", ())
    aside = {f.series.label: figure_said(f, scale, lang) if not _is_few(f) else from_to(f, lang) for f in found.aside}
    grown = {f.series.label: from_to(f, lang) if f.small else signed_percent(_percent(f), lang) for f in unmoved}
    return text(
        lang,
        "headlines.many_published" if beside_secrets else key,
        subject=measured_subject(findings, view, metadata),
        when=formats.when(found.top.last.period, lang, found.top.indicator.period_kind),
        top=top,
        bottom=bottom,
        more=f"{moves}{_aside(grown | aside, lang)}",
    )


def extreme_indices(findings: Sequence[Finding], view: View, metadata: Metadata) -> str | None:
    """Which index moved most and which least; a fall is said to be one."""
    lang, kind = view.lang, kind_of(findings)
    found = ranking_of(findings, claimed_figure, metadata, unfit=_is_small)
    if found is None:
        return None
    subject = subject_of(findings, view, metadata) or text(lang, "units.index")
    said = {"subject": subject, "since": formats.starting(found.top.first.period, lang)}
    said |= {"when": formats.when(found.top.last.period, lang, found.top.indicator.period_kind)}
    scale = scale_of(found.top.indicator, view.measure, metadata, lang)
    top, bottom = claimed_percent(found.top), claimed_percent(found.bottom)
    if top == bottom == 0:
        return text(lang, "headlines.many_unchanged", **said)
    first, second = (found.bottom, found.top) if top <= 0 else (found.top, found.bottom)
    least = "unchanged" if 0 in (top, bottom) else "fell_most" if top > 0 > bottom else "least"
    lead = "headlines.index_rose" if top > 0 else "headlines.index_fell"
    written = {f: figure_said(f, scale, lang) for f in (first, second)}
    indexed = text(lang, "headlines.index_figure", figure=written[first])
    more = _movement(second, "" if least == "unchanged" else written[second], kind, view, metadata)
    moved = text(lang, lead, name=_movement(first, indexed, kind, view, metadata))
    moved += text(lang, f"headlines.index_{least}", name=more)
    aside = {f.series.label: from_to(f, lang) if f.small else figure_said(f, scale, lang) for f in found.aside}
    return text(lang, "headlines.many_index", **said, moved=moved, aside=_aside(aside, lang))


def moves_of(
    findings: Sequence[Finding], view: View, metadata: Metadata, *, leader: Finding
) -> tuple[str, tuple[Finding, ...]]:
    """Which count grew most between the common first and newest figure, and which fell most, with what was left aside;
    empty where changes do not compare. Counts too small for a percentage are not ranked by one. ``leader`` was named
    first before."""
    lang, kind = view.lang, kind_of(findings)
    if len({f.first.period for f in findings}) > 1 or any(f.percent is None and not f.small for f in findings):
        return "", ()
    if any(f.change is None for f in findings):
        return "", ()
    found = ranking_of(findings, _percent, metadata, unfit=_is_small)
    if found is None:
        return "", ()
    since = formats.starting(found.top.first.period, lang)
    top, bottom = _percent(found.top), _percent(found.bottom)
    names = {
        f: _movement(f, signed_percent(_percent(f), lang), kind, view, metadata) for f in (found.top, found.bottom)
    }
    if top > 0 and kind == "parts" and found.top.series is leader.series:  # its long name need not stand twice
        said = text(lang, "headlines.former_grew", since=since, change=signed_percent(top, lang))
        said += text(lang, "headlines.and_fell", name=names[found.bottom]) if bottom < 0 else ""
    elif top > 0:
        said = text(lang, "headlines.grew", since=since, name=names[found.top])
        said += text(lang, "headlines.and_fell", name=names[found.bottom]) if bottom < 0 else ""
    elif bottom < 0:
        said = text(lang, "headlines.fell", since=since, name=names[found.bottom])
    else:
        return ("", ()) if found.aside else (text(lang, "headlines.grew_nowhere", since=since), ())
    # of what was left aside only that counts which would have been named
    aside = tuple(f for f in found.aside if (_percent(f) > top > 0) or (_percent(f) < bottom < 0))
    return said, aside


def _percent(finding: Finding) -> float:
    """The change to rank by; of a small count the one that it would have."""
    return claimed_percent(finding) if not finding.small or finding.unchanged else raw_percent(finding)


def _is_small(finding: Finding) -> bool:
    return finding.small


def _is_few(finding: Finding) -> bool:
    """Whether the figure itself is a change of too few."""
    return finding.small and finding.measure in ("index", "change")


def _aside(said: Mapping[str, str], lang: Lang) -> str:
    """What would have been highest or lowest and is no finding: a rest, or a change of very few."""
    if not said:
        return ""
    if len(said) > MOST_ASIDE:
        names = text(lang, "headlines.aside_count", count=len(said))
    else:
        names = ", ".join(_bracketed(name, figure) for name, figure in said.items())
    return text(lang, "headlines.aside", names=names)


def _named(finding: Finding, said: str, kind: Kind, view: View, metadata: Metadata) -> str:
    """``in Wolfsburg (44)``, ``familiäre Gründe (44)``."""
    place = in_place(finding.series.region, metadata, view.lang)
    return _bracketed(place if kind == "places" else finding.series.label, said)


def _movement(finding: Finding, said: str, kind: Kind, view: View, metadata: Metadata) -> str:
    """The same behind what it did: `` in Wolfsburg (+4,2 %)``, ``: familiäre Gründe (+4,2 %)``."""
    named = _named(finding, said, kind, view, metadata)
    return f" {named}" if kind == "places" else f": {named}"


def _bracketed(name: str, said: str) -> str:
    """A name and what is said of it; a name that has brackets itself takes a colon."""
    if not said:
        return name
    return f"{name}: {said}" if "(" in name else f"{name} ({said})"
