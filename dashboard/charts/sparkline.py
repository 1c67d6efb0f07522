"""A sparkline: the course of one series without axes, for a tile that states the figures beside it.

It is SVG to stand in a page's HTML: a page has many, and Vega would cost each of them more than its picture is worth.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from dashboard.charts.model import ChartModel, value_axis
from dashboard.protection import PROTECTED
from dashboard.series import Point

HEIGHT = 56  # px
_WIDTH = 100  # units that are stretched to the width there is; strokes keep theirs, so that points stay round
_MARGIN = 4  # px above and beneath
_LINE, _POINT, _SECRET, _HOLE, _ZERO = 2, 7.5, 8.5, 4.5, 1  # px: widths of strokes, diameters of points


def sparkline(model: ChartModel, alt: str) -> str:
    """The first series of the model as a bare line, its newest figure as a point; the scale begins at zero or below.

    Secret figures are hollow points on the lower edge. The SVG has ``alt`` as its name and the width of its place.
    """
    series, color = model.series[0], model.styles[0].color
    axis = value_axis([p.value for p in series.valued if p.value is not None], zero=True)
    first, days = series.points[0].end, (series.points[-1].end - series.points[0].end).days

    def x(point: Point) -> str:
        return f"{_WIDTH * (point.end - first).days / days if days else _WIDTH / 2:.2f}"

    def y(value: float) -> str:
        return f"{_MARGIN + (HEIGHT - 2 * _MARGIN) * (axis.high - value) / (axis.high - axis.low):.1f}"

    def place(point: Point) -> str:
        return f"{x(point)} {y(axis.low if point.value is None else point.value)}"

    # joined are neighbours on the same footing; what stands alone is a path without length, which is drawn as a dot
    joined = groupby(series.points, key=lambda p: (p.value is None, p.segment))
    runs = [[place(p) for p in run] for (missing, _), run in joined if not missing]
    secret = _dots(place(p) for p in series.points if p.status == PROTECTED)
    strokes = [
        (f"M0 {y(0)}H{_WIDTH}", model.palette.grid, _ZERO),
        ("".join(f"M{'L'.join(run)}" if run[1:] else _dots(run) for run in runs), color, _LINE),
        (_dots(place(p) for p in series.valued[-1:]), color, _POINT),
        (secret, color, _SECRET),
        (secret, model.palette.ground, _HOLE),
    ]
    return (
        f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {_WIDTH} {HEIGHT}" width="100%" height="{HEIGHT}"'
        ' preserveAspectRatio="none" fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"{''.join(_path(*stroke) for stroke in strokes if stroke[0])}</svg>"
    )


def _dots(places: Iterable[str]) -> str:
    return "".join(f"M{place}h0" for place in places)


def _path(d: str, color: str, width: float) -> str:
    return f'<path d="{d}" stroke="{color}" stroke-width="{width}" vector-effect="non-scaling-stroke"/>'
