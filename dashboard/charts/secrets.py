"""Secret figures beside lines and many columns: that there is one is drawn, how large it is cannot be.

They stand in a strip of their own beneath the plot, outside the scale of the values, each series on its own row.
"""

from __future__ import annotations

from dashboard import formats
from dashboard.charts.model import ChartModel, milliseconds
from dashboard.protection import PROTECTED
from dashboard.text import text

ROW = 13  # px
GAP = 4  # px between the plot and the strip
MOST_ROWS = 8
MARK_SIZE = 62
TIME: dict[str, object] = {"field": "t", "type": "temporal"}


def strip_height(model: ChartModel) -> int:
    """The room (px) between the plot and its time axis that the secret figures take; 0 where there are none."""
    rows = min(MOST_ROWS, len(_rows(model)))
    return GAP + rows * ROW + GAP if rows else 0


def strip_layers(model: ChartModel, x: dict[str, object] = TIME) -> list[dict[str, object]]:
    """The strip's ground, its name, and a hollow mark for each secret figure in its series' colour and shape.

    ``x`` is the channel of the plot: the field ``t`` of a time axis, or ``period`` of columns.
    """
    found = _rows(model)
    if not found:
        return []
    height, palette = strip_height(model), model.palette
    layers: list[dict[str, object]] = [
        {
            "data": {"values": [{}]},
            "mark": {"type": "rect", "color": palette.grid, "opacity": 0.45},
            "encoding": {
                "x": {"value": 0},
                "x2": {"value": "width"},
                "y": {"value": {"expr": f"height + {GAP}"}},
                "y2": {"value": {"expr": f"height + {height}"}},
            },
        },
        {
            "data": {"values": [{"text": text(model.lang, "secrets.figure")}]},
            "mark": {"type": "text", "align": "right", "baseline": "middle", "dx": -6, "color": palette.text},
            "encoding": {
                "x": {"value": 0},
                "y": {"value": {"expr": f"height + {(height + GAP) / 2:g}"}},
                "text": {"field": "text", "type": "nominal"},
            },
        },
    ]
    for n, rows in found.items():
        middle = GAP + row_of(n, model) * ROW + ROW / 2 + GAP / 2
        style = model.styles[n]
        layers.append(
            {
                "data": {"values": rows},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "fill": palette.ground,
                    "stroke": style.color,
                    "shape": style.shape,
                    "size": MARK_SIZE,
                    "strokeWidth": 1.8,
                    "opacity": 1,
                },
                "encoding": {
                    "x": x,
                    "y": {"value": {"expr": f"height + {middle:g}"}},
                    "tooltip": [
                        {"field": "name", "type": "nominal", "title": " "},
                        {"field": "period", "type": "nominal", "title": "  "},
                        {"field": "figure", "type": "nominal", "title": "   "},
                    ],
                },
            }
        )
    return layers


def row_of(n: int, model: ChartModel) -> int:
    """The row of the strip on which the secret figures of a series stand."""
    return list(_rows(model)).index(n) % MOST_ROWS


def _rows(model: ChartModel) -> dict[int, list[dict[str, object]]]:
    """The secret figures by the number of their series; none of them has a value."""
    found = {
        n: [
            {
                "t": milliseconds(p.end),
                "name": series.label,
                "period": formats.period(p.period, model.lang),
                "figure": text(model.lang, "secrets.figure"),
            }
            for p in series.points
            if p.status == PROTECTED
        ]
        for n, series in enumerate(model.series)
    }
    return {n: rows for n, rows in found.items() if rows}
