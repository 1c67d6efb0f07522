"""Small multiples: one small line chart for each series, read side by side."""

from __future__ import annotations

from dataclasses import replace

from dashboard.charts.line import line_chart
from dashboard.charts.model import Axis, ChartModel, value_axis
from dashboard.charts.spec import Spec

PLOT_HEIGHT = 130  # px
SHARED_UP_TO = 6  # times: beyond it the smaller series would be flat lines on a common scale


def shared_axis(model: ChartModel) -> Axis | None:
    """The common value axis of all panels; None where the series' sizes differ too much for one."""
    tops = [max(abs(p.value or 0) for p in s.valued) for s in model.series if s.valued]
    if not tops or min(tops) == 0 or max(tops) / min(tops) > SHARED_UP_TO:
        return None
    return value_axis(model.values, steps=3)


def small_multiples(model: ChartModel) -> list[tuple[str, Spec]]:
    """Name and specification of each panel."""
    axis = shared_axis(model)
    panels = []
    for series, style in zip(model.series, model.styles, strict=True):
        values = [p.value for p in series.points if p.value is not None]
        panel = replace(model, series=(series,), styles=(style,), footer=())
        own = axis or value_axis(values, zero=True, steps=3)
        panels.append((series.label, line_chart(panel, plot_height=PLOT_HEIGHT, shared=own, small=True)))
    return panels
