"""Several indicators beside each other: each with a line chart and a value axis of its own, all on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dashboard import formats
from dashboard.charts.line import line_chart
from dashboard.charts.model import MISSING, chart_model
from dashboard.charts.palette import Theme
from dashboard.charts.spec import Spec
from dashboard.descriptions import alt_text, attributions, footer
from dashboard.drawn import Drawing
from dashboard.findings import Finding, finding_of, value_of
from dashboard.headlines import headline
from dashboard.metadata import Lang, Metadata
from dashboard.panels import Panel, panel_caveats, panel_subtitle, panels_of, year_span
from dashboard.protection import is_invented
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.subjects import inside
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import View

PLOT_HEIGHT = 230  # px
PANELS_A_ROW = 2  # names beside the lines need their room
_MOVED = ("risen", "fallen", "same")
_WAYS = (*_MOVED, "uncompared", "secret_newest", "without_figures")  # in the order in which they are said


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
    """Which indicators went up and which down in the view's first area, in one short sentence: the figures stand in the
    panels' names for a screen reader and in the table."""
    lang = view.lang
    moves: dict[str, list[str]] = {way: [] for way in _WAYS}
    spans = set()
    for panel in panels:
        finding = _first(panel, view, metadata)
        way = _way(finding, panel)
        moves[way].append(inside(panel.title, lang))
        if finding and way in _MOVED:
            spans.add((finding.first.end.year, finding.last.end.year))
    clauses = [_clause(way, names, lang) for way, names in moves.items() if names]
    place = metadata.regions[view.regions[0]].short.to(lang)
    told = text(lang, "pairs.beside", place=place, span=_span_said(spans, view), list="; ".join(clauses))
    invented = any(is_invented(p.figures, metadata) for p in panels)
    return text(lang, "invented.headline", headline=told) if invented else told


def _first(panel: Panel, view: View, metadata: Metadata) -> Finding | None:
    """The finding of the panel's first series of the view's first area; None without a published figure."""
    own = [s for s in panel.model.series if s.region == view.regions[0]]
    return finding_of(own[0], panel.view, metadata) if own and own[0].valued else None


def _way(finding: Finding | None, panel: Panel) -> str:
    """Where an indicator went, as a key of the texts."""
    if finding is None:
        secret = any(s.ends_secret for s in panel.model.series)
        return "secret_newest" if secret else "without_figures"
    if finding.series.ends_secret:
        return "secret_newest"
    # a figure that is a change itself says where it went; others are compared with the first one
    change = value_of(finding.last) if finding.measure == "change" else finding.change
    if finding.measure == "change" and finding.last.status == "limited":
        return "uncompared"
    if change is None:
        return "uncompared"
    return "same" if finding.unchanged or change == 0 else "risen" if change > 0 else "fallen"


def _clause(way: str, names: Sequence[str], lang: Lang) -> str:
    if way == "uncompared":
        key = "pairs.uncompared_names" if len(names) == 1 else "pairs.uncompared_count"
        return text(lang, key, names=names[0], count=len(names))
    return text(lang, f"pairs.{way}", names=formats.listed(names, lang))


def _span_said(spans: set[tuple[int, int]], view: View) -> str:
    """Between which years the indicators moved; empty where none did."""
    if view.measure == "change" and spans:
        return text(view.lang, "pairs.on_year")
    if not spans:
        return ""
    (first, last), *others = spans
    if not others:
        return text(view.lang, "pairs.beside_span", first=first, last=last)
    if all(start == first for start, _ in others):
        return text(view.lang, "pairs.beside_since", since=formats.starting(str(first), view.lang))
    return text(view.lang, "pairs.each_span")


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
