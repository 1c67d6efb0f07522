"""Lines over time, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard import formats
from dashboard.charts.lane import lane_floors, lane_height, lane_layers, lane_marks
from dashboard.charts.model import (
    Axis,
    ChartModel,
    figure_text,
    is_hollow,
    label_lines,
    line_axis,
    milliseconds,
)
from dashboard.charts.secrets import ROW, row_of, strip_height, strip_layers
from dashboard.charts.spec import Spec, framed, time_axis, value_axis_spec, zero_rule
from dashboard.events import are_numbered
from dashboard.series import Point, Series

PLOT_HEIGHT = 340  # px
TOP = 6  # px above the highest name
LABEL_LINE = 14  # px
LABEL_SIZE = 12  # px
LABEL_GAP = 4  # px between two labels
MOVED = 9  # px from a line's end, from which on a name needs a leader to it
NO_LEADER, LEADER = 10, 24  # px between the last period and the names, without leaders and with them
MOST_POINTS = 60  # of all series together; beyond that points would hide the lines


def line_chart(
    model: ChartModel,
    *,
    plot_height: int = PLOT_HEIGHT,
    shared: Axis | None = None,
    span: tuple[date, date] | None = None,
    small: bool = False,
) -> Spec:
    """A line for each series; gaps stay gaps, figures that are not final are hollow, breaks are dashed rules, events
    dotted ones, secret figures have a strip of their own beneath the plot.

    ``shared`` gives the value axis and ``span`` the time when several charts are read against each other; ``small``
    leaves room for the events' numbers only.
    """
    axis = shared or line_axis(model)
    days = [p.end for s in model.series for p in s.points]
    labels = [label_lines(s.label) for s in model.series]
    alone = len(model.series) == 1
    if not alone:  # all names must fit beside the plot
        plot_height = max(plot_height, sum(len(lines) * LABEL_LINE + LABEL_GAP for lines in labels))
    first, last = span or (min(days, default=date.min), max(days, default=date.min))
    marks = lane_marks(model, first, last, numbered=small or are_numbered(model.events, "line"))
    floors = lane_floors(marks)
    layers = [
        *lane_layers(marks, floors, axis.high, model),
        *zero_rule(axis, model),
        *strip_layers(model),
        _line_layer(model, axis, time_axis(days, model, below=strip_height(model), span=span)),
        _point_layer(model),
        *(_newest_figure(model) if alone else _label_layers(model, axis, labels, plot_height)),
    ]
    top = lane_height(floors)
    spec = framed(layers, model, plot_height=plot_height, right=12, top=top, below=strip_height(model))
    spec["padding"]["top"] = TOP  # what stands in the lane makes its own room
    return spec


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels (px, downwards), moved as little as possible so that none overlap.

    Labels that would collide form a block around the mean of their wished places; blocks that meet are joined.
    The result stays inside ``low`` to ``high`` where all labels fit.
    """
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    offsets, below = {}, 0.0
    for n in order:  # where the label would stand if all were stacked without a space
        offsets[n] = below + heights[n] / 2
        below += heights[n] + LABEL_GAP
    blocks: list[tuple[float, list[int]]] = []  # wished top of the stack, and its labels
    for n in order:
        block = (wanted[n] - offsets[n], [n])
        while blocks and blocks[-1][0] > block[0]:
            top, members = blocks.pop()
            size = len(members) + len(block[1])
            block = ((top * len(members) + block[0] * len(block[1])) / size, [*members, *block[1]])
        blocks.append(block)
    last_top = high - (below - LABEL_GAP)
    placed = [0.0] * len(wanted)
    for top, members in blocks:
        for n in members:
            placed[n] = max(low, min(top, last_top)) + offsets[n]
    return placed


def _line_layer(model: ChartModel, axis: Axis, time: Spec) -> Spec:
    keys = [str(n) for n in range(len(model.series))]
    rows = [
        {"t": milliseconds(p.end), "v": p.value, "s": key, "w": style.width, "g": p.segment}
        for key, series, style in zip(keys, model.series, model.styles, strict=True)
        for p in series.points
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeJoin": "round", "invalid": "break-paths-show-domains"},
        "encoding": {
            "x": time,
            "y": {"field": "v", "type": "quantitative", **value_axis_spec(axis, behind=model.behind)},
            "color": _own("s", keys, [s.color for s in model.styles]),
            "strokeDash": _own("s", keys, [list(s.dash) for s in model.styles]),
            "strokeWidth": {"field": "w", "type": "quantitative", "scale": None, "legend": None},
            "detail": {"field": "g", "type": "nominal"},
        },
    }


def _point_layer(model: ChartModel) -> Spec:
    many = len(model.values) > MOST_POINTS
    rows = [
        {
            "t": milliseconds(p.end),
            "v": p.value,
            "color": style.color,
            "fill": model.palette.ground if is_hollow(p) else style.color,
            "shape": style.shape,
            "size": 60 if is_hollow(p) else 34,
            "name": series.label,
            "period": formats.period(p.period, model.lang),
            "figure": figure_text(p, model),
        }
        for series, style in zip(model.series, model.styles, strict=True)
        for p in _drawn(series, many)
    ]
    literal = {"type": "nominal", "scale": None, "legend": None}
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 1.6},
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "y": {"field": "v", "type": "quantitative"},
            "fill": {"field": "fill", **literal},
            "stroke": {"field": "color", **literal},
            "shape": {"field": "shape", **literal},
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
            "tooltip": [
                {"field": "name", "type": "nominal", "title": " "},
                {"field": "period", "type": "nominal", "title": "  "},
                {"field": "figure", "type": "nominal", "title": "   "},
            ],
        },
    }


def _drawn(series: Series, many: bool) -> Sequence[Point]:
    """All points; of crowded charts only those that mean something of their own: the ends, the hollow ones, and those
    that no line touches."""
    if not many:
        return series.valued
    ends = (series.valued[:1], series.valued[-1:])
    own = {p for pair in ends for p in pair} | {p for p in series.valued if is_hollow(p)}
    around = [None, *series.points, None]
    for before, point, after in zip(around, series.points, around[2:], strict=False):
        if not any(p and p.value is not None and p.segment == point.segment for p in (before, after)):
            own.add(point)
    return [p for p in series.valued if p in own]


def _newest_figure(model: ChartModel) -> list[Spec]:
    """The newest figure behind the line's end, where several lines have their names; none where a newer one is secret:
    it would pass for the newest."""
    series = model.series[0]
    if not series.valued or series.ends_secret:
        return []
    newest = series.valued[-1]
    return [
        {
            "data": {
                "values": [{"t": milliseconds(newest.end), "v": newest.value, "figure": figure_text(newest, model)}]
            },
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "dx": 8,
                "fontSize": LABEL_SIZE,
                "fontWeight": "bold",
                "color": model.styles[0].color,
                "clip": False,
            },
            "encoding": {
                "x": {"field": "t", "type": "temporal"},
                "y": {"field": "v", "type": "quantitative"},
                "text": {"field": "figure", "type": "nominal"},
            },
        }
    ]


def _label_layers(model: ChartModel, axis: Axis, labels: Sequence[list[str]], plot_height: int) -> list[Spec]:
    """Names at the right end, in the line's colour, spread so that none overlap; of a series that is secret
    throughout, beside its row of the strip."""
    named = [
        (n, series, style, lines)
        for n, (series, style, lines) in enumerate(zip(model.series, model.styles, labels, strict=True))
        if series.known
    ]
    newest = max((p.end for s in model.series for p in s.points), default=date.min)
    scale = plot_height / (axis.high - axis.low)
    wanted = [
        (axis.high - (series.valued[-1].value or 0)) * scale
        if series.valued
        else plot_height + ROW * (row_of(n, model) + 0.5)
        for n, series, _, _ in named
    ]
    heights = [len(lines) * LABEL_LINE for _, _, _, lines in named]
    places = spread(wanted, heights, -8, plot_height + 8 + strip_height(model))
    rows = [
        {
            "t": milliseconds(newest),
            # a label's anchor is the middle of its first line
            "v": axis.high - (place - height / 2 + LABEL_LINE / 2) / scale,
            "text": lines,
            "color": style.color,
            "strong": style.width > 2,
            "middle": axis.high - place / scale,
        }
        for place, height, (_, _, style, lines) in zip(places, heights, named, strict=True)
    ]
    leaders = _leaders(rows, [series for _, series, _, _ in named], scale)
    # weight is no channel: the region's sum has a layer of its own
    return leaders + [
        {
            "data": {"values": [row for row in rows if row["strong"] is strong]},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "dx": LEADER if leaders else NO_LEADER,
                "lineHeight": LABEL_LINE,
                "fontSize": LABEL_SIZE,
                "fontWeight": "bold" if strong else "normal",
                "clip": False,
            },
            "encoding": {
                "x": {"field": "t", "type": "temporal"},
                "y": {"field": "v", "type": "quantitative"},
                "text": {"field": "text"},
                "color": {"field": "color", "type": "nominal", "scale": None, "legend": None},
            },
        }
        for strong in (False, True)
    ]


def _leaders(rows: Sequence[Spec], named: Sequence[Series], scale: float) -> list[Spec]:
    """Fine lines from the ends of series to the names that had to move away from them; ``scale`` is px a unit."""
    moved = [
        {"t": milliseconds(series.valued[-1].end), "v": series.valued[-1].value, "to": row["middle"]}
        | {"color": row["color"]}
        for row, series in zip(rows, named, strict=True)
        if series.valued and abs((series.valued[-1].value or 0) - row["middle"]) * scale > MOVED
    ]
    if not moved:
        return []
    return [
        {
            "data": {"values": moved},
            "mark": {"type": "rule", "strokeWidth": 0.8, "xOffset": 6, "x2Offset": LEADER - 3, "clip": False},
            "encoding": {
                "x": {"field": "t", "type": "temporal"},
                "x2": {"field": "t"},
                "y": {"field": "v", "type": "quantitative"},
                "y2": {"field": "to"},
                "color": {"field": "color", "type": "nominal", "scale": None, "legend": None},
            },
        }
    ]


def _own(field: str, keys: list[str], values: list[str] | list[list[int]]) -> Spec:
    """A channel with its values given; a legend is not needed where lines carry their names."""
    return {"field": field, "type": "nominal", "scale": {"domain": keys, "range": values}, "legend": None}
