"""What forms with several indicators have in common: the part of a view that is about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.charts.model import ChartModel, chart_model, figure_text
from dashboard.charts.palette import Theme
from dashboard.choices import breakdowns_of
from dashboard.descriptions import caveats
from dashboard.findings import Finding
from dashboard.headlines import growth
from dashboard.labels import Scale, period_kind_label, says_more
from dashboard.metadata import Lang, Metadata, qualified
from dashboard.queries import shown_indicator
from dashboard.series import Point, break_name
from dashboard.subjects import inside, title_of
from dashboard.subtitles import MOST_PLACES
from dashboard.text import text
from dashboard.view import View


@dataclass(frozen=True)
class Panel:
    """One indicator of a view as if it were alone: its figures, its model, its title and what it counts in."""

    view: View
    figures: pl.DataFrame
    model: ChartModel
    title: str
    kind: str

    @property
    def scale(self) -> Scale:
        return self.model.scale

    @property
    def heading(self) -> str:
        """Title and unit, as an axis or a column needs them."""
        return qualified(self.title, self.scale.unit)

    def written(self, point: Point) -> str:
        """A figure in words, as tables write it."""
        return figure_text(point, self.model)


def panels_of(figures: pl.DataFrame, view: View, metadata: Metadata, theme: Theme) -> tuple[Panel, ...]:
    """The panels of a frame of ``queries.view_figures``, in the view's order."""
    found = []
    for indicator_id in view.indicators:
        indicator = metadata.indicators[indicator_id]
        shown = shown_indicator(indicator_id, view, metadata)
        own = figures.filter(pl.col("indicator") == shown)
        alone = replace(
            view,
            indicators=(indicator_id,),
            breakdowns=breakdowns_of(indicator, view.breakdowns),
            chart="line",
            events=(),
        )
        model = chart_model(own, alone, metadata, theme)
        kind = period_kind_label(metadata.indicators[shown], view.lang)
        found.append(Panel(alone, own, model, title_of(alone, metadata), kind))
    return tuple(found)


def panel_subtitle(panels: Sequence[Panel], view: View, metadata: Metadata, span: str) -> str:
    """Each indicator with unit and kind of period, then where (as far as charts do not name it) and when."""
    titles = [p.title if n == 0 else inside(p.title, view.lang) for n, p in enumerate(panels)]
    frames = [f"{p.scale.unit}, {p.kind}" if says_more(p.kind, p.title) else p.scale.unit for p in panels]
    named = "; ".join(qualified(title, frame) for title, frame in zip(titles, frames, strict=True))
    places = [metadata.regions[r].short.to(view.lang) for r in view.regions]
    where = ", ".join(places) if len(places) <= MOST_PLACES else ""
    notice = next((p.model.notice for p in panels if p.model.notice), "")
    return " · ".join(part for part in (notice, named, where, span) if part)


def year_span(years: Sequence[int], lang: Lang) -> str:
    """``2011 bis 2024``; empty without years."""
    if not years or min(years) == max(years):
        return "".join(str(year) for year in years[:1])
    return text(lang, "periods.span", first=min(years), last=max(years))


def panel_caveats(panels: Sequence[Panel], metadata: Metadata) -> tuple[str, ...]:
    """The caveats of all panels; what is said of one only names it."""
    own = [caveats(p.figures, p.view, metadata, p.model) for p in panels]
    found: dict[str, None] = {}
    for panel, said in zip(panels, own, strict=True):
        for one in said:
            shared = all(one in others for others in own)
            found[one if shared else f"{panel.title}: {one}"] = None
    return tuple(found)


def change_said(finding: Finding, panel: Panel) -> str:
    """The change in brackets behind a figure, or why there is none to state; empty where there is nothing to
    compare."""
    if finding.first is finding.last or finding.measure == "change":
        return ""
    lang = panel.view.lang
    if finding.broken:
        day = break_name(finding.broken, finding.indicator, lang)
        return f" ({text(lang, 'pairs.broken', day=day)})"
    if finding.change is None:
        return f" ({text(lang, 'pairs.incomplete')})"
    # of a small count both figures stand before the brackets
    said = None if finding.small and not finding.unchanged else growth(finding, panel.scale, panel.view)
    return f" ({said})" if said else ""
