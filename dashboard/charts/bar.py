"""Bars, always from zero: one series over time, or several series in their newest common period."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from dashboard import formats
from dashboard.charts.model import BreakMark, ChartModel, figure_text, is_hollow, label_lines, value_axis
from dashboard.charts.secrets import strip_height, strip_layers
from dashboard.charts.spec import BREAK_LINE, Spec, break_floors, break_name_mark, framed, quoted, value_axis_spec
from dashboard.protection import PROTECTED
from dashboard.series import Point, Series

PLOT_HEIGHT = 320  # px
ROW_HEIGHT = 34  # px
NAME_LINE = 15  # px
MOST_VALUE_LABELS = 8  # columns; more would collide on a phone
WORD = 11  # px
MOST_LEVEL_WORDS = 4  # columns under which the word for a secret figure fits on a phone


def bar_chart(model: ChartModel) -> Spec:
    """Columns over time for one series; for several, rows in the newest period that all of them have.

    A secret figure has its word in place of a bar, or a mark beneath where columns are many: it is no zero, and it is
    no gap.
    """
    return _columns(model) if len(model.series) == 1 else _rows(model)


def common_period(series: tuple[Series, ...]) -> str | None:
    """The newest period in which every series that has figures has one; None if there is none.

    A secret figure is one, as long as not all of the period are.
    """
    held = [{(p.end, p.period) for p in s.known} for s in series if s.known]
    common = set.intersection(*held) if held else set()
    common &= {(p.end, p.period) for s in series for p in s.valued}
    return max(common)[1] if common else None


def _columns(model: ChartModel) -> Spec:
    series, style = model.series[0], model.styles[0]
    axis = value_axis(model.values, zero=True)
    crowded = len(series.points) > MOST_VALUE_LABELS
    below = strip_height(model) if crowded else 0
    rows = [
        {
            "period": _short(p, model),
            "v": p.value,
            "figure": figure_text(p, model),
            "fill": model.palette.ground if is_hollow(p) else style.color,
            "secret": p.status == PROTECTED,
        }
        for p in series.points
    ]
    x: Spec = {
        "field": "period",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": "parity", "ticks": False, "labelPadding": 6}
        | {"offset": below},
        # named here, because a layer leaves out what has no value, and the order with it
        "scale": {"paddingInner": 0.25, "paddingOuter": 0.1, "domain": [r["period"] for r in rows]},
    }
    y: Spec = {"field": "v", "type": "quantitative", **value_axis_spec(axis, behind=model.behind)}
    literal = {"type": "nominal", "scale": None, "legend": None}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "stroke": style.color, "strokeWidth": 1},
            "encoding": {"x": x, "y": y, "fill": {"field": "fill", **literal}},
        }
    ]
    breaks = _first_columns(model)
    floors = break_floors([first / len(series.points) for _, first in breaks], [mark for mark, _ in breaks])
    layers += _break_rules(model, x, axis.high, floors)
    if crowded:
        layers += strip_layers(model, x)
    else:
        layers += _secret_columns([r for r in rows if r["secret"]], x, len(rows))
        layers.append(
            {
                "data": {"values": [r for r in rows if r["v"] is not None]},
                "mark": {"type": "text", "dy": -8, "fontSize": 11},
                "encoding": {
                    "x": x,
                    "y": {"field": "v", "type": "quantitative"},
                    "text": {"field": "figure", "type": "nominal"},
                },
            }
        )
    return framed(
        layers, model, plot_height=PLOT_HEIGHT, right=8, top=18 + max(floors, default=0) * BREAK_LINE, below=below
    )


def _secret_columns(rows: list[dict[str, Any]], x: Spec, columns: int) -> list[Spec]:
    """The word for a secret figure on the zero line; upright where columns are narrow."""
    if not rows:
        return []
    upright = {"align": "left", "baseline": "middle", "angle": 270, "dx": 5}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "text", "fontSize": WORD, **({"dy": -8} if columns <= MOST_LEVEL_WORDS else upright)},
            "encoding": {
                "x": x,
                "y": {"datum": 0, "type": "quantitative"},
                "text": {"field": "figure", "type": "nominal"},
            },
        }
    ]


def _first_columns(model: ChartModel) -> list[tuple[BreakMark, int]]:
    """The breaks inside the range, each with the place of the first column on the new footing."""
    ends = [p.end for p in model.series[0].points]
    after = [(mark, [n for n, end in enumerate(ends) if end >= mark.at]) for mark in model.breaks]
    return [(mark, places[0]) for mark, places in after if places]


def _break_rules(model: ChartModel, x: Spec, top: float, floors: Sequence[int]) -> list[Spec]:
    """A dashed rule left of the first column on a new footing, with a short name."""
    points = model.series[0].points
    layers: list[Spec] = []
    for (mark, first), floor in zip(_first_columns(model), floors, strict=True):
        row = {"period": _short(points[first], model), "top": top, "label": mark.label}
        place = {**x, "bandPosition": -0.1}
        y: Spec = {"field": "top", "type": "quantitative"}
        layers += [
            {
                "data": {"values": [row]},
                "mark": {"type": "rule", "color": model.palette.muted, "strokeDash": [4, 3], "strokeWidth": 1},
                "encoding": {"x": place},
            },
            {
                "data": {"values": [row]},
                "mark": break_name_mark(first / len(points), floor, model),
                "encoding": {"x": place, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ]
    return layers


def _rows(model: ChartModel) -> Spec:
    period = common_period(model.series)
    palette = model.palette
    bars: list[Spec] = []
    for n, (series, style) in enumerate(zip(model.series, model.styles, strict=True)):
        point = next((p for p in series.known if p.period == period), None)
        if point is not None:
            # names stand beside the bars: hues would seem to mean something, only sum and comparisons stand out
            color = style.color if style.color in (palette.strong, palette.grey) else palette.hues[0]
            bars.append(
                {
                    "name": label_lines(series.label, 20),
                    "key": n,
                    "v": point.value,
                    "figure": figure_text(point, model),
                    "color": color,
                    "fill": palette.ground if is_hollow(point) else color,
                    "place": model.order[n] if model.order else 0,
                }
            )
    # secret ones are last: their place among the others would tell their size
    # and what has an order of its own keeps it
    bars.sort(key=itemgetter("place") if model.order else lambda bar: (bar["v"] is None, -float(bar["v"] or 0)))
    axis = value_axis([bar["v"] for bar in bars if bar["v"] is not None], zero=True)
    names = {str(bar["key"]): bar["name"] for bar in bars}
    literal = {"type": "nominal", "scale": None, "legend": None}
    y: Spec = {
        "field": "key",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelExpr": f"({_js(names)})[datum.value]",
            **names_in_the_middle([bar["name"] for bar in bars], [str(bar["key"]) for bar in bars]),
            "labelLimit": 0,
            "labelColor": palette.text,
            "labelPadding": 8,
        },
        "scale": {"paddingInner": 0.3, "paddingOuter": 0.15, "domain": [bar["key"] for bar in bars]},
    }
    x: Spec = {"field": "v", "type": "quantitative", **value_axis_spec(axis, labels=False)}
    x["axis"] |= {"grid": False, "domain": False}
    # no axis is drawn, so no room up to its next round step is needed to the left
    x["scale"] = {"domain": [min([0.0, *(bar["v"] or 0.0 for bar in bars)]), axis.high], "nice": False}
    layers: list[Spec] = [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "strokeWidth": 1},
            "encoding": {
                "y": y,
                "x": x,
                "fill": {"field": "fill", **literal},
                "stroke": {"field": "color", **literal},
            },
        }
    ]
    layers += _figures([bar for bar in bars if bar["v"] is not None and bar["v"] >= 0], {"field": "v"})
    # of a bar to the left the figure stands on the other side of zero, where it never meets a name
    layers += _figures([bar for bar in bars if bar["v"] is not None and bar["v"] < 0], {"datum": 0})
    layers += _figures([bar for bar in bars if bar["v"] is None], {"datum": 0})
    row_height = max([ROW_HEIGHT, *(len(bar["name"]) * NAME_LINE + 6 for bar in bars)])
    return framed(layers, model, plot_height=row_height * max(1, len(bars)), right=12)


def names_in_the_middle(names: Sequence[Sequence[str]], keys: Sequence[str]) -> Spec:
    """What an axis needs so that names of several lines stand around the middle of their rows: Vega puts the first
    line there, and the others beneath it."""
    lines = ",".join(f"{quoted(key)}:{len(name) - 1}" for key, name in zip(keys, names, strict=True))
    shift = f"-({{{lines}}})[datum.value] * {NAME_LINE / 2:g}"
    return {"labelLineHeight": NAME_LINE, "labelOffset": {"expr": shift}}


def _figures(bars: list[Spec], place: Spec) -> list[Spec]:
    """The figures of rows at a place of theirs: behind the bar, or at zero, such as the word for a secret one."""
    if not bars:
        return []
    return [
        {
            "data": {"values": bars},
            "mark": {"type": "text", "align": "left", "dx": 6},
            "encoding": {
                "y": {"field": "key", "type": "nominal", "sort": None},
                "x": {**place, "type": "quantitative"},
                "text": {"field": "figure", "type": "nominal"},
            },
        }
    ]


def _short(point: Point, model: ChartModel) -> str:
    return str(point.end.year) if model.annual else formats.period(point.period, model.lang)


def _js(names: dict[str, list[str]]) -> str:
    """Names as an object of a Vega expression; quotes inside names are escaped."""
    entries = ("'" + key + "':[" + ",".join(quoted(line) for line in lines) + "]" for key, lines in names.items())
    return "{" + ",".join(entries) + "}"
