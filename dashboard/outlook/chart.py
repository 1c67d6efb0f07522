"""The years ahead as a picture: what was counted, age alone, the reader's assumptions with its band, today's level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard import formats
from dashboard.charts.line import spread
from dashboard.charts.model import Axis, ChartModel, label_lines, milliseconds, value_axis
from dashboard.charts.spec import Spec, framed, time_axis, value_axis_spec
from dashboard.outlook.words import about
from dashboard.text import text

PLOT_HEIGHT = 250  # px
_LABEL_LINE = 14  # px
_BAND = 0.16  # opacity
_DIGITS = 3  # of the figures at the lines' ends
_DOTTED = [2, 3]


@dataclass(frozen=True)
class Line:
    """One course: its name, years and values, and how far it may be off (people, by year) where that is known."""

    name: str
    years: tuple[int, ...]
    values: NDArray[np.float64]
    off: NDArray[np.float64] | None
    color: str
    dash: tuple[int, ...]
    width: float


def course_chart(seen: Line, ahead: Sequence[Line], model: ChartModel) -> Spec:
    """Lines over years with their names at the right end; the start is a rule, its level a dotted line.

    ``seen`` ends in the year in which the lines ``ahead`` begin.
    """
    lines = (seen, *ahead)
    bands = [line for line in ahead if line.off is not None]
    axis = course_axis(lines)
    start, end = seen.years[-1], ahead[0].years[-1]
    level = float(seen.values[-1])
    days = [date(year, 12, 31) for year in range(seen.years[0], end + 1)]
    time: Spec = {"field": "t", "type": "temporal"}
    layers = [
        *(_band(line, time) for line in bands),
        {
            "data": {"values": [{"level": level}]},
            "mark": {"type": "rule", "color": model.palette.muted, "strokeDash": _DOTTED, "strokeWidth": 1},
            "encoding": {"y": {"field": "level", "type": "quantitative"}},
        },
        {
            "data": {"values": [{"t": _at(start)}]},
            "mark": {"type": "rule", "color": model.palette.muted, "strokeDash": [1, 3], "strokeWidth": 1},
            "encoding": {"x": time},
        },
        _lines(lines, time_axis(days, model), value_axis_spec(axis)),
        _points(lines, model),
        _start_name(start, axis.high, model),
        _names([*ahead, _level(seen, end, model)], axis, model),
    ]
    return framed(layers, model, plot_height=PLOT_HEIGHT, right=12, top=22)


def course_axis(lines: Sequence[Line]) -> Axis:
    """The value axis that holds all lines and their bands."""
    return value_axis([float(v) for line in lines for course in (_low(line), _high(line)) for v in course])


def _at(year: int) -> int:
    return milliseconds(date(year, 12, 31))


def _low(line: Line) -> NDArray[np.float64]:
    return line.values - (line.off if line.off is not None else 0)


def _high(line: Line) -> NDArray[np.float64]:
    return line.values + (line.off if line.off is not None else 0)


def _band(line: Line, time: Spec) -> Spec:
    rows = [
        {"t": _at(year), "low": float(low), "high": float(high)}
        for year, low, high in zip(line.years, _low(line), _high(line), strict=True)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "color": line.color, "opacity": _BAND},
        "encoding": {
            "x": time,
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
        },
    }


def _lines(lines: Sequence[Line], time: Spec, value: Spec) -> Spec:
    keys = [str(n) for n in range(len(lines))]
    rows = [
        {"t": _at(year), "v": float(v), "s": key, "w": line.width}
        for key, line in zip(keys, lines, strict=True)
        for year, v in zip(line.years, line.values, strict=True)
    ]

    def own(values: list[Any]) -> Spec:
        return {"field": "s", "type": "nominal", "scale": {"domain": keys, "range": values}, "legend": None}

    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeJoin": "round"},
        "encoding": {
            "x": time,
            "y": {"field": "v", "type": "quantitative", **value},
            "color": own([line.color for line in lines]),
            "strokeDash": own([list(line.dash) for line in lines]),
            "strokeWidth": {"field": "w", "type": "quantitative", "scale": None, "legend": None},
        },
    }


def _points(lines: Sequence[Line], model: ChartModel) -> Spec:
    """Invisible marks that carry the figures of each year to the pointer."""
    rows = [
        {
            "t": _at(year),
            "v": float(v),
            "name": line.name,
            "year": str(year),
            "figure": formats.number(float(v), 0, model.lang),
        }
        for line in lines
        for year, v in zip(line.years, line.values, strict=True)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 0, "size": 120},
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "y": {"field": "v", "type": "quantitative"},
            "tooltip": [
                {"field": "name", "type": "nominal", "title": " "},
                {"field": "year", "type": "nominal", "title": "  "},
                {"field": "figure", "type": "nominal", "title": "   "},
            ],
        },
    }


def _start_name(start: int, top: float, model: ChartModel) -> Spec:
    return {
        "data": {"values": [{"t": _at(start), "top": top, "said": text(model.lang, "outlook.from_here", year=start)}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": 4,
            "dy": -10,
            "fontSize": 11,
            "color": model.palette.muted,
        },
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "y": {"field": "top", "type": "quantitative"},
            "text": {"field": "said", "type": "nominal"},
        },
    }


def _level(seen: Line, end: int, model: ChartModel) -> Line:
    """The level of the start, as far as the chart goes: only its name is drawn."""
    name = text(model.lang, "outlook.line_level", year=seen.years[-1])
    return Line(name, (end,), seen.values[-1:], None, model.palette.muted, (1, 0), 0)


def _names(ahead: Sequence[Line], axis: Axis, model: ChartModel) -> Spec:
    """The names at the right ends, each with its last figure, spread so that none overlap."""
    top, scale = axis.high, PLOT_HEIGHT / (axis.high - axis.low)
    said = [[*label_lines(line.name), about(float(line.values[-1]), _DIGITS, model.lang)] for line in ahead]
    heights = [len(lines) * _LABEL_LINE for lines in said]
    wanted = [(top - float(line.values[-1])) * scale for line in ahead]
    places = spread(wanted, heights, -8, PLOT_HEIGHT + 8)
    rows = [
        {
            "t": _at(line.years[-1]),
            "v": top - (place - tall / 2 + _LABEL_LINE / 2) / scale,
            "text": lines,
            "color": line.color,
        }
        for line, lines, place, tall in zip(ahead, said, places, heights, strict=True)
    ]
    return {
        "data": {"values": rows},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": 10,
            "lineHeight": _LABEL_LINE,
            "fontSize": 12,
            "clip": False,
        },
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "y": {"field": "v", "type": "quantitative"},
            "text": {"field": "text"},
            "color": {"field": "color", "type": "nominal", "scale": None, "legend": None},
        },
    }
