"""A connected scatter chart: two indicators, for each region one path from year to year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from dashboard.charts.line import LABEL_LINE, LABEL_SIZE, MOST_POINTS, spread
from dashboard.charts.model import FOOTER_WIDTH, Axis, ChartModel, is_hollow, label_lines, value_axis
from dashboard.charts.palette import Style
from dashboard.charts.spec import NARROWEST_PLOT, Spec, framed, value_axis_spec
from dashboard.paths import Path, Step
from dashboard.series import Point

PLOT_HEIGHT = 380  # px
TITLE_LINE = 14  # px
TITLE_GAP = 10  # px
ACROSS_WIDTH = 32  # characters of the lower title: it ends with the plot and must not leave the picture on a phone
NAME_LEFT = 26  # px from the plot to the names beside it, before them their marks
YEAR_WIDTH, YEAR_HEIGHT = 30, 13  # px of a year beside its point
YEAR_GAP = 8  # px
NAME_GAP = 4  # px beside the plot in which a year may end
HALO = 3  # px of ground around a year, where a line runs behind it
FEW = 3  # paths; more of them stand back behind their ends
EVERY = 5  # years between the first and the last that are written where there is room
SMALL, LARGE = 26, 110  # a point, and the last of its path


@dataclass(frozen=True)
class Side:
    """One of the two axes: its title with the unit, all its values, and how one is written in words."""

    title: str
    values: tuple[float, ...]
    written: Callable[[Point], str]

    @property
    def axis(self) -> Axis:
        return value_axis(self.values)


def scatter_chart(paths: Sequence[Path], styles: Sequence[Style], x: Side, y: Side, model: ChartModel) -> Spec:
    """The specification; ``model`` gives ground, language, footer and notice.

    A path's points are joined in order of time, its last point is the largest; a gap breaks it. Names of several
    regions stand beside the plot with their marks.
    """
    drawn = [(path, style) for path, style in zip(paths, styles, strict=True) if path.steps]
    title = wrap(y.title, FOOTER_WIDTH)
    layers = [
        _title_layer(title, model),
        _line_layer(drawn, x, y),
        _point_layer(drawn, x, y, model),
        *_year_layers(drawn, x.axis, y.axis, model),
        *(_name_layers(drawn, y.axis) if len(drawn) > 1 else []),
    ]
    top = len(title) * TITLE_LINE + TITLE_GAP
    below = len(wrap(x.title, ACROSS_WIDTH)) * TITLE_LINE + 6
    spec = framed(layers, model, plot_height=PLOT_HEIGHT, right=12, top=top, below=below)
    spec["padding"]["top"] = 4  # the title makes its own room
    return spec


def _title_layer(lines: list[str], model: ChartModel) -> Spec:
    """The title of the upward axis, level above it: turned text is hard to read."""
    return {
        "data": {"values": [{"title": lines}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "lineHeight": TITLE_LINE,
            "color": model.palette.muted,
            "clip": False,
        },
        "encoding": {
            "x": {"value": -30},
            "y": {"value": -len(lines) * TITLE_LINE - TITLE_GAP},
            "text": {"field": "title"},
        },
    }


def _line_layer(drawn: Sequence[tuple[Path, Style]], x: Side, y: Side) -> Spec:
    rows = [
        {"x": s.x.value, "y": s.y.value, "n": s.year, "g": f"{k}-{s.segment}", "s": str(k), "w": style.width}
        for k, (path, style) in enumerate(drawn)
        for s in path.steps
    ]
    keys = [str(k) for k in range(len(drawn))]
    across = value_axis_spec(x.axis)
    across["axis"] |= {"title": wrap(x.title, ACROSS_WIDTH), "titleAnchor": "end", "labelOverlap": True}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeJoin": "round", "opacity": 0.75 if len(drawn) <= FEW else 0.4},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", **across},
            "y": {"field": "y", "type": "quantitative", **value_axis_spec(y.axis)},
            "order": {"field": "n", "type": "quantitative"},
            "detail": {"field": "g", "type": "nominal"},
            "color": _own(keys, [style.color for _, style in drawn]),
            "strokeDash": _own(keys, [list(style.dash) for _, style in drawn]),
            "strokeWidth": {"field": "w", "type": "quantitative", "scale": None, "legend": None},
        },
    }


def _point_layer(drawn: Sequence[tuple[Path, Style]], x: Side, y: Side, model: ChartModel) -> Spec:
    many = sum(len(path.steps) for path, _ in drawn) > MOST_POINTS
    rows = [
        {
            "x": s.x.value,
            "y": s.y.value,
            "color": style.color,
            "fill": model.palette.ground if is_hollow(s.x) or is_hollow(s.y) else style.color,
            "shape": style.shape,
            "size": LARGE if s is path.steps[-1] else SMALL,
            "name": f"{path.label}, {s.year}",
            "across": x.written(s.x),
            "upward": y.written(s.y),
        }
        for path, style in drawn
        for s in _marked(path, many)
    ]
    literal = {"type": "nominal", "scale": None, "legend": None}
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 1.6},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
            "fill": {"field": "fill", **literal},
            "stroke": {"field": "color", **literal},
            "shape": {"field": "shape", **literal},
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
            "tooltip": [
                {"field": "name", "type": "nominal", "title": " "},
                {"field": "across", "type": "nominal", "title": x.title},
                {"field": "upward", "type": "nominal", "title": y.title},
            ],
        },
    }


def _marked(path: Path, many: bool) -> list[Step]:
    """All years; of crowded charts the ends, and what no line touches or is not final."""
    sizes = Counter(step.segment for step in path.steps)
    own = (path.steps[0], path.steps[-1])
    return [s for s in path.steps if not many or s in own or sizes[s.segment] == 1 or is_hollow(s.x) or is_hollow(s.y)]


def _year_layers(drawn: Sequence[tuple[Path, Style]], x: Axis, y: Axis, model: ChartModel) -> list[Spec]:
    """First and last year of each path, years between them where there is room; none stands on another."""
    wanted: list[tuple[Step, Style]] = []
    for path, style in drawn:
        wanted += [(s, style) for s in dict.fromkeys((path.steps[-1], path.steps[0]))]
    if len(drawn) == 1:
        path, style = drawn[0]
        wanted += [(s, style) for s in path.steps[1:-1] if s.year % EVERY == 0]
    points = [_place(s.x, s.y, x, y) for s, _ in wanted]
    layers: list[Spec] = []
    for (step, style), (dx, dy) in zip(wanted, year_offsets(points), strict=True):
        if (dx, dy) == (0, 0):
            continue
        align = "center" if dx == 0 else "left" if dx > 0 else "right"
        mark = {"type": "text", "fontSize": 11, "align": align, "baseline": "middle", "dx": dx, "dy": dy}
        ground = {"stroke": model.palette.ground, "strokeWidth": HALO, "color": model.palette.ground}
        encoding = {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
            "text": {"field": "year", "type": "nominal"},
        }
        row = {"x": step.x.value, "y": step.y.value, "year": str(step.year)}
        layers += [
            {"data": {"values": [row]}, "mark": mark | look, "encoding": encoding}
            for look in (ground, {"color": style.color})
        ]
    return layers


def year_offsets(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the year of each point stands beside it (px); (0, 0) where it would meet another year or point, or the
    names beside the plot.

    ``points`` are places (px) on the narrowest plot: on a wider one everything is farther apart.
    """
    sides = ((YEAR_GAP, 0.0), (-YEAR_GAP, 0.0), (0.0, -YEAR_GAP - 4.0), (0.0, YEAR_GAP + 4.0))
    taken = [(px - 3, py - 3, px + 3, py + 3) for px, py in points]
    found = []
    for n, (px, py) in enumerate(points):
        others = taken[:n] + taken[n + 1 :]
        chosen = (0.0, 0.0)
        for dx, dy in sides:
            left = px + dx - (YEAR_WIDTH / 2 if dx == 0 else 0 if dx > 0 else YEAR_WIDTH)
            box = (left, py + dy - YEAR_HEIGHT / 2, left + YEAR_WIDTH, py + dy + YEAR_HEIGHT / 2)
            if box[2] <= NARROWEST_PLOT + NAME_GAP and not any(_meet(box, other) for other in others):
                chosen = (dx, dy)
                taken.append(box)
                break
        found.append(chosen)
    return found


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _place(x: Point, y: Point, across: Axis, upward: Axis) -> tuple[float, float]:
    """A point's place (px) on the narrowest plot."""
    right = ((x.value or 0) - across.low) / (across.high - across.low) * NARROWEST_PLOT
    down = (upward.high - (y.value or 0)) / (upward.high - upward.low) * PLOT_HEIGHT
    return right, down


def _name_layers(drawn: Sequence[tuple[Path, Style]], y: Axis) -> list[Spec]:
    """Mark and name of each region right of the plot, as near to the height of its last point as there is room."""
    labels = [label_lines(path.label) for path, _ in drawn]
    heights = [len(lines) * LABEL_LINE for lines in labels]
    wanted = [_place(p.steps[-1].x, p.steps[-1].y, Axis(0, 1, ()), y)[1] for p, _ in drawn]
    places = spread(wanted, heights, -8, PLOT_HEIGHT + 8)
    layers: list[Spec] = []
    for (_, style), lines, place, height in zip(drawn, labels, places, heights, strict=True):
        first = place - height / 2 + LABEL_LINE / 2  # a text's anchor is the middle of its first line
        name = {"type": "text", "align": "left", "baseline": "middle", "lineHeight": LABEL_LINE, "clip": False}
        mark = {"type": "point", "filled": True, "opacity": 1, "size": 60, "shape": style.shape, "clip": False}
        layers += [
            {
                "data": {"values": [{}]},
                "mark": mark | {"color": style.color},
                "encoding": {"x": {"value": {"expr": f"width + {NAME_LEFT - 12}"}}, "y": {"value": first}},
            },
            {
                "data": {"values": [{"text": lines}]},
                "mark": name
                | {"fontSize": LABEL_SIZE, "color": style.color}
                | {"fontWeight": "bold" if style.width > 2 else "normal"},
                "encoding": {
                    "x": {"value": {"expr": f"width + {NAME_LEFT}"}},
                    "y": {"value": first},
                    "text": {"field": "text"},
                },
            },
        ]
    return layers


def _own(keys: list[str], values: list[str] | list[list[int]]) -> Spec:
    return {"field": "s", "type": "nominal", "scale": {"domain": keys, "range": values}, "legend": None}
