"""The form ``highlight``: the first region in its colour, all others grey, and where its newest figure stands.

Lines over time; bars where there is one period only.

A position is stated in the newest period that all have, and only between figures that differ by more than rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard import formats
from dashboard.charts.bar import bar_chart, common_period
from dashboard.charts.line import line_chart
from dashboard.charts.model import ChartModel
from dashboard.charts.palette import DASHES, SHAPES, Style
from dashboard.choices import is_rate
from dashboard.descriptions import alt_text
from dashboard.drawn import Drawing
from dashboard.extremes import LISTED
from dashboard.figures_said import figure_said
from dashboard.findings import Finding, claimed_figure, finding_of, until
from dashboard.labels import scale_of
from dashboard.metadata import Metadata
from dashboard.protection import is_invented
from dashboard.series import rounding_error_shown
from dashboard.subjects import measured_subject
from dashboard.text import text
from dashboard.view import View

_WIDE, _THIN = 3, 1.6  # px


def highlighted(lines: Drawing, view: View, metadata: Metadata) -> Drawing:
    """The drawing of lines of the same view, with its first region brought out; as it is, with the reason, where the
    series are not one for each of several regions."""
    model = lines.model
    own = [n for n, s in enumerate(model.series) if s.region == view.regions[0]]
    if len(own) != 1 or len({s.region for s in model.series}) != len(model.series) or len(model.series) == 1:
        return replace(lines, caveats=(text(view.lang, "comparison.needs_several"), *lines.caveats))
    said = _headline(model, view, metadata) or lines.headline
    said = said[:1].upper() + said[1:]
    if is_invented(lines.figures, metadata) and said != lines.headline:
        said = text(view.lang, "invented.headline", headline=said)
    counts = view.measure == "number" and not is_rate(metadata.indicators[view.indicators[0]])
    sizes = (text(view.lang, "comparison.sizes"),) if counts else ()
    drawn = _brought_out(model, own[0])
    over_time = len({p.end for s in model.series for p in s.known}) > 1
    return replace(
        lines,
        headline=said,
        charts=(("", line_chart(drawn) if over_time else bar_chart(drawn)),) if lines.charts else (),
        alts=tuple(alt_text(said, view if over_time else replace(view, chart="bar")) for _ in lines.charts),
        caveats=(*sizes, *lines.caveats),
    )


def _brought_out(model: ChartModel, own: int) -> ChartModel:
    """The model with one series strong and drawn last, on top of the others; they keep dash and shape."""
    order = [*(n for n in range(len(model.series)) if n != own), own]
    color = model.styles[own].color
    strong = Style(model.palette.strong if color == model.palette.grey else color, "circle", DASHES[0], _WIDE)
    others = (
        Style(model.palette.grey, SHAPES[(n + 1) % len(SHAPES)], DASHES[n % len(DASHES)], _THIN)
        for n in range(len(order) - 1)
    )
    return replace(model, series=tuple(model.series[n] for n in order), styles=(*others, strong))


def _headline(model: ChartModel, view: View, metadata: Metadata) -> str | None:
    """Where the first region's newest common figure stands; None where the plain headline says more or all that can be
    said: of two regions, and where figures are secret, incomplete or of different periods."""
    period = common_period(model.series)
    if period is None or len(model.series) <= LISTED or any(not s.valued or s.ends_secret for s in model.series):
        return None
    findings = [finding_of(until(s, period), view, metadata) for s in model.series]
    if any(f.last.status == "limited" for f in findings):
        return None
    own = next(f for f in findings if f.series.region == view.regions[0])
    others = [f for f in findings if f is not own]
    level = [f for f in others if _is_level(f, own, view, metadata)]
    higher = [f for f in others if f not in level and claimed_figure(f) > claimed_figure(own)]
    lower = [f for f in others if f not in level and f not in higher]
    return _said(own, level, higher, lower, view, metadata)


def _is_level(one: Finding, own: Finding, view: View, metadata: Metadata) -> bool:
    """Whether two regions' figures differ by no more than rounding allows, or are the same as written."""
    scale = scale_of(own.indicator, view.measure, metadata, view.lang)
    difference = claimed_figure(one) - claimed_figure(own)
    errors = [rounding_error_shown(f.series, f.indicator, metadata, view.measure, f.last, f.last) for f in (one, own)]
    return round(difference, scale.decimals) == 0 or round(abs(difference) - max(errors), 6) <= 0


def _said(
    own: Finding,
    level: Sequence[Finding],
    higher: Sequence[Finding],
    lower: Sequence[Finding],
    view: View,
    metadata: Metadata,
) -> str:
    lang = view.lang
    scale = scale_of(own.indicator, view.measure, metadata, lang)

    def figure(finding: Finding) -> str:
        return text(lang, "comparison.figure", name=finding.series.label, figure=figure_said(finding, scale, lang))

    said = {
        "subject": measured_subject([own, *level, *higher, *lower], view, metadata),
        "when": formats.when(own.last.period, lang, own.indicator.period_kind),
        "own": figure(own),
        "count": len(level) + len(higher) + len(lower) + 1,
    }
    if level:
        names = ", ".join(f.series.label for f in level)
        return text(lang, "comparison.level", **said, names=names, higher=len(higher), lower=len(lower))
    above = figure(min(higher, key=claimed_figure)) if higher else ""
    below = figure(max(lower, key=claimed_figure)) if lower else ""
    if not above:
        return text(lang, "comparison.highest", **said, next=below)
    if not below:
        return text(lang, "comparison.lowest", **said, next=above)
    return text(lang, "comparison.between", **said, rank=len(higher) + 1, above=above, below=below)
