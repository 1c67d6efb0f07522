"""What a headline says of series whose newest figure is secret: that it is, and nothing about its size."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.charts.bar import common_period
from dashboard.findings import finding_of, until
from dashboard.labels import scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.protection import PROTECTED
from dashboard.series import Series
from dashboard.subjects import inside, noun_of, title_of
from dashboard.text import text
from dashboard.view import View

MOST_NAMES = 4  # of more series a headline gives the number


def of_one_period(series: tuple[Series, ...]) -> tuple[Series, ...]:
    """The series up to the period in which they are compared, where some of them have secrets: whichever is secret
    then is neither the highest nor the lowest."""
    period = common_period(series)
    if period is None or not any(p.status == PROTECTED for s in series for p in s.points):
        return series
    return tuple(until(s, period) for s in series if s.known)


def secret_throughout(series: Sequence[Series], view: View, metadata: Metadata) -> str:
    """The finding where every series ends with a secret figure; ``series`` must not be empty."""
    lang, first = view.lang, series[0]
    if len(series) == 1 and first.valued:
        finding = finding_of(first, view, metadata)
        scale = scale_of(finding.indicator, view.measure, metadata, lang)
        last = first.valued[-1]
        return text(
            lang,
            "secrets.one",
            place=metadata.regions[first.region].short.to(lang),
            what=inside(noun_of(finding, view, metadata), lang),
            when=_when(first, metadata, lang),
            figure=formats.figure(last.value, last.status, scale.decimals, scale.suffix, lang),
            then=formats.when(last.period, lang, finding.indicator.period_kind),
        )
    places = ", ".join(metadata.regions[r].short.to(lang) for r in view.regions)
    key = "secrets.newest" if any(s.valued for s in series) else "secrets.every"
    return text(lang, key, place=places, title=title_of(view, metadata))


def secret_ends(series: Sequence[Series], view: View, metadata: Metadata) -> list[str]:
    """A sentence with the series that end with a secret figure beside others that do not; none if there are none."""
    if not series:
        return []
    lang = view.lang
    periods = {s.known[-1].period for s in series}
    names = [
        s.label
        if len(periods) == 1
        else text(lang, "secrets.closed_name", name=s.label, period=formats.period(s.known[-1].period, lang))
        for s in series
    ]
    said = ", ".join(names) if len(names) <= MOST_NAMES else text(lang, "secrets.closed_count", count=len(names))
    if len(periods) == 1:
        return [text(lang, "secrets.closed", when=_when(series[0], metadata, lang), names=said)]
    return [text(lang, "secrets.closed_mixed", names=said)]


def _when(series: Series, metadata: Metadata, lang: Lang) -> str:
    """The period of the newest figure inside a sentence."""
    return formats.when(series.known[-1].period, lang, metadata.indicators[series.indicator].period_kind)
