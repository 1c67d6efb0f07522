"""Several indicators beside each other: each with a line chart and a value axis of its own, all on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from dashboard import formats
from dashboard.charts.line import line_chart
from dashboard.charts.model import MISSING, chart_model
from dashboard.charts.palette import Theme
from dashboard.charts.spec import Spec
from dashboard.descriptions import alt_text, attributions, footer
from dashboard.drawn import Drawing
from dashboard.figures_said import figure_said
from dashboard.findings import finding_of
from dashboard.headlines import headline
from dashboard.metadata import Metadata
from dashboard.panels import Panel, change_said, panel_caveats, panel_subtitle, panels_of, year_span
from dashboard.protection import is_invented
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.subjects import noun_of
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import View

PLOT_HEIGHT = 230  # px
PANELS_A_ROW = 2  # names beside the lines need their room


def side_by_side(store: Store, metadata: Metadata, view: View, theme: Theme) -> Drawing:
    """The drawing of a view of at least two indicators."""
    figures = view_figures(store, metadata, view)
    named = attributions(figures, metadata, view.lang)
    model = chart_model(figures, view, metadata, theme, footer(named, view, metadata))
    panels = panels_of(figures, view, metadata, theme)
    drawn = [panel for panel in panels if panel.model.values]
    charts = _charts([replace(panel, model=replace(panel.model, events=model.events)) for panel in drawn])
    span = year_span([end.year for end in _ends(drawn)], view.lang)
    return Drawing(
        figures=figures,
        model=model,
        headline=_headline(panels, view, metadata),
        subtitle=panel_subtitle(panels, view, metadata, span),
        charts=tuple((panel.heading, spec) for panel, spec in zip(drawn, charts, strict=True)),
        alts=tuple(alt_text(headline(p.figures, p.view, metadata), p.view) for p in drawn),
        table=_table(panels, text(view.lang, "explore.period")),
        caveats=(text(view.lang, "pairs.axes"), *panel_caveats(panels, metadata)),
        sources=named,
        footer=" ".join(model.footer),
        panels_a_row=PANELS_A_ROW,
    )


def _charts(panels: Sequence[Panel]) -> list[Spec]:
    ends = _ends(panels)
    if not ends:
        return []
    span = (min(ends), max(ends))
    return [line_chart(p.model, plot_height=PLOT_HEIGHT, span=span, small=True) for p in panels]


def _headline(panels: Sequence[Panel], view: View, metadata: Metadata) -> str:
    """Each indicator's finding: as a list where every one is of the same single region, else a sentence each."""
    single = all(len(p.model.series) == 1 for p in panels) and len(view.regions) == 1
    findings = [finding_of(s, p.view, metadata) for p in panels for s in p.model.series if s.valued]
    if not single or len(findings) < len(panels) or any(p.model.series[0].ends_secret for p in panels):
        return " ".join(headline(p.figures, p.view, metadata) for p in panels)
    lang = view.lang
    said = []
    for finding, panel in zip(findings, panels, strict=True):
        figure = f"{noun_of(finding, panel.view, metadata)} {figure_said(finding, panel.scale, lang)}"
        when = formats.when(finding.last.period, lang, finding.indicator.period_kind)
        said.append(f"{figure} {when}{change_said(finding, panel, partial(formats.versus, lang=lang))}")
    place = metadata.regions[view.regions[0]].short.to(lang)
    told = text(lang, "pairs.beside", place=place, list="; ".join(said))
    invented = any(is_invented(p.figures, metadata) for p in panels)
    return text(lang, "invented.headline", headline=told) if invented else told


def _ends(panels: Sequence[Panel]) -> list[date]:
    return [point.end for panel in panels for series in panel.model.series for point in series.known]


def _table(panels: Sequence[Panel], heading: str) -> FigureTable:
    """Periods in rows, the newest first; for each indicator a column for each of its series."""
    columns, cells = [heading], []
    periods: dict[str, date] = {}
    for panel in panels:
        for series in panel.model.series:
            alone = len(panel.model.series) == 1
            columns.append(panel.heading if alone else f"{panel.heading}: {series.label}")
            points = {p.period: p for p in series.points if p.status != MISSING}
            periods |= {period: point.end for period, point in points.items()}
            cells.append({period: Cell(panel.written(p), p.value) for period, p in points.items()})
    lang = panels[0].view.lang
    ordered = sorted(periods, key=lambda period: (periods[period], period), reverse=True)
    return FigureTable(
        columns=tuple(columns),
        rows=tuple(
            (Cell(formats.period(period, lang)), *(own.get(period, Cell("–")) for own in cells)) for period in ordered
        ),
    )
