"""Before and after: the own series, the mean of the others, and where it would have stood, with its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.charts.line import line_chart
from dashboard.charts.model import ChartModel, milliseconds, value_axis
from dashboard.charts.palette import DASHES, Style
from dashboard.charts.spec import Spec
from dashboard.labels import Scale
from dashboard.series import Point, Series

BAND = 0.16  # opacity of the range: the lines and the grid stay visible through it


@dataclass(frozen=True)
class Sides:
    """The lines of the picture: ``own`` and ``group`` over all periods, ``expected`` over those after, each figure
    with its period; ``ranges`` are the low and high ends of the expected ones. An empty ``group`` has no line."""

    own: tuple[Point, ...]
    group: tuple[Point, ...]
    expected: tuple[Point, ...]
    ranges: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Names:
    """What the lines are called beside their ends."""

    own: str
    group: str
    expected: str


def before_after_model(sides: Sides, names: Names, scale: Scale, plain: ChartModel) -> ChartModel:
    """The model of the picture; ``plain`` is that of the figures as published, whose ground, language, start, and
    source line it keeps."""
    palette = plain.palette
    first = plain.series[0]
    lines = [(sides.own, names.own, Style(palette.hues[0], "circle", DASHES[0], 3))]
    if sides.group:
        lines.append((sides.group, names.group, Style(palette.grey, "square", DASHES[1], 2)))
    lines.append((sides.expected, names.expected, Style(palette.text, "diamond", DASHES[2], 2)))
    return replace(
        plain,
        series=tuple(
            Series(first.indicator, first.region, first.breakdown, first.source, name, points)
            for points, name, _ in lines
        ),
        styles=tuple(style for _, _, style in lines),
        scale=scale,
        breaks=(),
    )


def before_after_chart(model: ChartModel, ranges: Sequence[tuple[float, float]]) -> Spec:
    """The specification: the lines of the model, behind them the range of the expected one, its last series."""
    axis = value_axis([*model.values, *(end for pair in ranges for end in pair)])
    spec = line_chart(model, shared=axis)
    band = {
        "data": {
            "values": [
                {"t": milliseconds(point.end), "low": low, "high": high}
                for point, (low, high) in zip(model.series[-1].points, ranges, strict=True)
            ]
        },
        "mark": {"type": "area", "color": model.palette.hues[0], "opacity": BAND},
        "encoding": {
            "x": {"field": "t", "type": "temporal"},
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
        },
    }
    spec["layer"].insert(0, band)
    return spec
