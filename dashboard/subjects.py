"""What a headline is about: what is counted, of which part, measured how."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.breakdowns import common_parts
from dashboard.choices import breakdowns_of
from dashboard.findings import Finding
from dashboard.labels import breakdown_label, is_whole, share_of_part, share_title, with_shared_part
from dashboard.metadata import Indicator, Lang, Metadata, qualified
from dashboard.text import has_text, text
from dashboard.view import View

_ADJECTIVE_ENDS = ("e", "es", "ig")  # of German titles: ``Ausländische Bevölkerung``, ``Verfügbares Einkommen``
_PROPER = frozenset({"Germans", "Germany", "German", "Lower", "EU"})


def noun_of(finding: Finding, view: View, metadata: Metadata) -> str:
    """What is counted, and of which part: ``Ausländerinnen und Ausländer (weiblich)``."""
    if view.measure == "share":
        return share_of_part(finding.series.breakdown, finding.indicator, metadata, view.lang)
    noun = _counted(finding.indicator, view, metadata)
    if view.measure == "per1000":
        noun = f"{noun} {text(view.lang, 'units.per1000')}"
    if is_whole(finding.series.breakdown, finding.indicator):
        return noun
    return qualified(noun, breakdown_label(finding.series.breakdown, finding.indicator, metadata, view.lang))


def _counted(indicator: Indicator, view: View, metadata: Metadata) -> str:
    """The indicator as a noun that follows a figure, with what all its figures are limited to; else its title."""
    key = f"nouns.{indicator.id}"
    if not has_text(view.lang, key):
        return indicator.title.to(view.lang)
    limits = ";".join(common_parts(indicator.breakdowns))
    noun = text(view.lang, key)
    return qualified(noun, breakdown_label(limits, indicator, metadata, view.lang)) if limits else noun


def _share_title(indicator: Indicator, view: View, metadata: Metadata) -> str:
    if indicator.share_indicator not in metadata.indicators:
        return indicator.title.to(view.lang)  # the published share carries its own title
    return share_title(indicator, metadata, view.lang)


def subject_of(findings: Sequence[Finding], view: View, metadata: Metadata) -> str:
    """What all series have in common, in words."""
    first = findings[0]
    if len({f.indicator.id for f in findings}) > 1:
        regions = {f.series.region for f in findings}
        return metadata.regions[regions.pop()].short.to(view.lang) if len(regions) == 1 else ""
    same_part = len({f.series.breakdown for f in findings}) == 1
    noun = noun_of(first, view, metadata) if same_part else _title_of(first.indicator, view, metadata)
    if not same_part:
        chosen = breakdowns_of(first.indicator, view.breakdowns)
        noun = with_shared_part(noun, chosen, first.indicator, metadata, view.lang)
    regions = {f.series.region for f in findings}
    if len(regions) > 1:
        return noun
    return f"{metadata.regions[regions.pop()].short.to(view.lang)}, {inside(noun, view.lang)}"


def inside(title: str, lang: Lang) -> str:
    """A title inside a sentence: English ones begin small there, German ones where an adjective comes first."""
    first, _, rest = title.partition(" ")
    if lang == "de":
        small = first.endswith(_ADJECTIVE_ENDS) and rest[:1].isupper()
    else:
        small = not first[1:2].isupper() and first not in _PROPER
    return title[:1].lower() + title[1:] if small else title


def measured_subject(findings: Sequence[Finding], view: View, metadata: Metadata) -> str:
    """The subject and how it is measured, where the figures alone do not say so."""
    subject = subject_of(findings, view, metadata)
    if view.measure == "index":
        base = formats.period(findings[0].first.period, view.lang)
        return qualified(subject or text(view.lang, "units.index"), f"{base} = 100")
    if view.measure == "change":
        return ", ".join(part for part in (subject, text(view.lang, "headlines.change_of")) if part)
    return subject


def _title_of(indicator: Indicator, view: View, metadata: Metadata) -> str:
    if view.measure == "share":
        return _share_title(indicator, view, metadata)
    title = _counted(indicator, view, metadata)
    return f"{title} {text(view.lang, 'units.per1000')}" if view.measure == "per1000" else title


def title_of(view: View, metadata: Metadata) -> str:
    """The indicators by their official titles, each with the part that is shown of it, if it is one."""
    return ", ".join(_titled(metadata.indicators[i], view, metadata) for i in view.indicators)


def _titled(indicator: Indicator, view: View, metadata: Metadata) -> str:
    chosen = breakdowns_of(indicator, view.breakdowns)
    if view.measure == "share" and len(chosen) == 1:
        return share_of_part(chosen[0], indicator, metadata, view.lang)
    title = _share_title(indicator, view, metadata) if view.measure == "share" else indicator.title.to(view.lang)
    if view.measure == "per1000":
        title = f"{title} {text(view.lang, 'units.per1000')}"
    if len(chosen) > 1:
        return with_shared_part(title, chosen, indicator, metadata, view.lang)
    if is_whole(chosen[0], indicator):
        return title
    return qualified(title, breakdown_label(chosen[0], indicator, metadata, view.lang))
