"""A sparkline: the course of one series without axes, for a tile that states the figures beside it."""

from __future__ import annotations

from dashboard.charts.model import ChartModel, milliseconds, value_axis
from dashboard.charts.spec import FOOTER_LINE, NOTICE_HEIGHT, Spec, config, notice_text
from dashboard.protection import PROTECTED

HEIGHT = 56  # px


def sparkline(model: ChartModel) -> Spec:
    """The first series of the model as a bare line, its newest figure as a point; the scale begins at zero or below.

    Secret figures are hollow points on the lower edge.
    """
    series, style = model.series[0], model.styles[0]
    axis = value_axis([p.value for p in series.points if p.value is not None], zero=True)
    rows = [{"t": milliseconds(p.end), "v": p.value, "g": p.segment} for p in series.points]
    last = [{"t": milliseconds(p.end), "v": p.value} for p in series.valued[-1:]]
    x: Spec = {"field": "t", "type": "temporal", "axis": None, "scale": {"type": "utc", "padding": 5}}
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [axis.low, axis.high], "nice": False, "zero": False},
    }
    zero: Spec = {
        "data": {"values": [{"v": 0}]},
        "mark": {"type": "rule", "aria": False, "color": model.palette.grid, "strokeWidth": 1},
        "encoding": {"y": y},
    }
    secret = [{"t": milliseconds(p.end)} for p in series.points if p.status == PROTECTED]
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "height": HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 0, "top": 4, "right": 4, "bottom": 4},
        "background": "transparent",
        "layer": [
            zero,
            {
                "data": {"values": rows},
                "mark": {"type": "line", "aria": False, "strokeWidth": 2, "color": style.color, "strokeJoin": "round"},
                "encoding": {"x": x, "y": y, "detail": {"field": "g", "type": "nominal"}},
            },
            {
                "data": {"values": last},
                "mark": {
                    "type": "point",
                    "aria": False,
                    "filled": True,
                    "opacity": 1,
                    "size": 44,
                    "color": style.color,
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": secret},
                "mark": {
                    "type": "point",
                    "aria": False,
                    "size": 34,
                    "color": style.color,
                    "fill": model.palette.ground,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": {"value": "height"}},
            },
        ],
        "config": config(model.palette, model.lang),
        "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
    }
    if model.notice:
        spec["height"] = HEIGHT + NOTICE_HEIGHT
        spec["title"] = {
            "text": notice_text(model),
            "anchor": "start",
            "limit": 0,
            "fontSize": 11,
            "lineHeight": FOOTER_LINE,
            "fontWeight": "bold",
            "offset": 4,
            "color": model.palette.text,
        }
    return spec
