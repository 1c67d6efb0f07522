"""Draws a view on a page: headline, subtitle, chart, caveats. The finished pieces are cached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from dashboard import formats
from dashboard.charts.bar import bar_chart
from dashboard.charts.line import line_chart
from dashboard.charts.model import ChartModel, chart_model, figure_text
from dashboard.charts.multiples import small_multiples
from dashboard.charts.palette import Theme
from dashboard.charts.sparkline import sparkline
from dashboard.charts.spec import Spec
from dashboard.choices import PAIRED_CHARTS
from dashboard.descriptions import alt_text, attributions, caveats, footer, panel_alts
from dashboard.drawn import Drawing
from dashboard.event_list import show_events
from dashboard.events import are_numbered
from dashboard.headlines import headline
from dashboard.highlight import highlighted
from dashboard.mapped import made_map
from dashboard.metadata import Metadata
from dashboard.queries import view_figures
from dashboard.scatter import scatter
from dashboard.side_by_side import side_by_side
from dashboard.store import Store
from dashboard.subtitles import subtitle
from dashboard.tables import escaped, series_table, small
from dashboard.text import text
from dashboard.tiles import Tile, tile
from dashboard.view import View


@st.cache_resource(max_entries=400, show_spinner=False)
def drawing(_store: Store, _metadata: Metadata, store_name: str, view: View, theme: Theme) -> Drawing:
    """The drawing of a view, made once per store, view and ground. Nobody may change it."""
    return made(_store, _metadata, view, theme)


def made(store: Store, metadata: Metadata, view: View, theme: Theme) -> Drawing:
    """The drawing of a view as its form (``view.chart``) asks for it; files and routes call it without a page."""
    if view.chart in PAIRED_CHARTS:
        return _of_indicators(store, metadata, view, theme)
    if view.chart == "map":
        return made_map(store, metadata, view, theme).drawing
    if view.chart == "highlight":
        return highlighted(_of_series(store, metadata, replace(view, chart="line"), theme), view, metadata)
    return _of_series(store, metadata, view, theme)


def _of_indicators(store: Store, metadata: Metadata, view: View, theme: Theme) -> Drawing:
    """Several indicators with an axis each; a single one as the line that it is, with the reason."""
    if len(view.indicators) < 2:
        events = () if view.chart == "scatter" else view.events
        alone = _of_series(store, metadata, replace(view, chart="line", events=events), theme)
        return replace(alone, caveats=(text(view.lang, "pairs.needs_two"), *alone.caveats))
    drawn = scatter if view.chart == "scatter" else side_by_side
    return drawn(store, metadata, view, theme)


def _of_series(store: Store, metadata: Metadata, view: View, theme: Theme) -> Drawing:
    """Lines, bars, panels or the table alone: what shows each series by itself."""
    figures = view_figures(store, metadata, view)
    named = attributions(figures, metadata, view.lang)
    source_line = footer(named, view, metadata)
    model = chart_model(figures, view, metadata, theme, source_line)
    said = headline(figures, view, metadata)
    charts = _charts(model, view)
    return Drawing(
        figures=figures,
        model=model,
        headline=said,
        subtitle=subtitle(figures, view, metadata),
        charts=charts,
        alts=panel_alts(model)
        if charts and view.chart == "small-multiples"
        else tuple(alt_text(said, view) for _ in charts),
        table=series_table(model, text(view.lang, "explore.period")),
        caveats=caveats(figures, view, metadata, model),
        sources=named,
        footer=" ".join(model.footer),
    )


def draw_charts(drawn: Drawing, *, events: bool = True) -> None:
    """The chart, or its panels side by side, with the list of the events in them unless it stands elsewhere."""
    if len(drawn.charts) == 1 and not drawn.charts[0][0]:
        spec = drawn.charts[0][1]
        st.vega_lite_chart(spec, alt=drawn.alts[0], theme=None, width="stretch", height=_reserved(spec))
        if events:
            show_events(drawn.model.events, drawn.model.lang, numbered=are_numbered(drawn.model.events, "line"))
        return
    panels = list(zip(drawn.charts, drawn.alts, strict=True))
    a_row = 2 if len(panels) == 4 else min(drawn.panels_a_row, len(panels))  # four stand better in two rows of two
    for start in range(0, len(panels), a_row or 1):
        columns = st.columns(a_row, gap="medium", vertical_alignment="bottom")
        for column, ((name, spec), alt) in zip(columns, panels[start : start + a_row], strict=False):
            with column:
                st.markdown(f"**{escaped(name)}**")
                st.vega_lite_chart(spec, alt=alt, theme=None, width="stretch", height=_reserved(spec))
    if panels:
        st.markdown(small(drawn.footer))
        if events:
            show_events(drawn.model.events, drawn.model.lang, numbered=True)


def _reserved(spec: Spec) -> int | Literal["content"]:
    """The height to keep free while a chart loads, so that nothing moves when it appears."""
    height = spec.get("height")
    return height if isinstance(height, int) else "content"


def _charts(model: ChartModel, view: View) -> tuple[tuple[str, Spec], ...]:
    if not model.values or view.chart == "table":
        return ()
    if view.chart == "bar":
        return (("", bar_chart(model)),)
    if view.chart == "small-multiples":
        return tuple(small_multiples(model))
    return (("", line_chart(model)),)


SHORTEST_COURSE = 3  # figures; fewer are a straight line that tells nothing


@dataclass(frozen=True)
class TileDrawing:
    """A tile's facts with its sparkline (SVG; empty where there is no course to draw), its source, and the notice that
    must be read with the figures if they are invented."""

    facts: Tile
    spark: str
    source: str
    notice: str


@st.cache_resource(max_entries=400, show_spinner=False)
def tile_drawing(_store: Store, _metadata: Metadata, store_name: str, view: View, theme: Theme) -> TileDrawing | None:
    """The tile of a view of one series; None without any figure."""
    figures = view_figures(_store, _metadata, view)
    facts = tile(figures, view, _metadata)
    if facts is None:
        return None
    model = chart_model(figures, view, _metadata, theme)
    first, last = model.series[0].known[0], model.series[0].known[-1]
    course = text(
        view.lang,
        "charts.alt_sparkline",
        first=f"{formats.period(first.period, view.lang)} {figure_text(first, model)}",
        last=f"{formats.period(last.period, view.lang)} {figure_text(last, model)}",
    )
    alt = " ".join(part for part in (course, model.notice) if part)
    return TileDrawing(
        facts=facts,
        spark=sparkline(model, alt) if facts.points >= SHORTEST_COURSE or model.notice else "",
        source=", ".join(dict.fromkeys(_metadata.sources[s].publisher.to(view.lang) for s in figures["source"])),
        notice=model.notice,
    )
