"""Measures over time: one bar each, filled where the law demands it and outlined where it is voluntary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.charts.bar import NAME_LINE
from dashboard.charts.model import ChartModel, label_lines, milliseconds
from dashboard.charts.spec import Spec, framed, quoted

ROW_HEIGHT = 30  # px
BAR_HEIGHT = 12  # px
NAME_WIDTH = 18  # characters of a line
MOST_TICKS = 6
ARROW, ARROW_GAP = 90, 8  # px² of the mark behind a bar that goes on, px from the bar's end to its middle


@dataclass(frozen=True)
class Bar:
    """A measure: from its first to its last day; ``goes_on``: the last day is only how far the picture reaches."""

    name: str
    first: date
    last: date
    goes_on: bool
    filled: bool
    words: str  # what a pointer shows


def timeline(bars: Sequence[Bar], model: ChartModel) -> Spec:
    """The specification; ``model`` gives ground, language and footer."""
    color = model.palette.hues[0]
    names = [label_lines(bar.name, NAME_WIDTH) for bar in bars]
    rows = [
        {
            "row": str(n),
            "t": milliseconds(bar.first),
            "end": milliseconds(bar.last),
            "fill": color if bar.filled else model.palette.ground,
            "name": bar.name,
            "words": bar.words,
        }
        for n, bar in enumerate(bars)
    ]
    years = [day.year for bar in bars for day in (bar.first, bar.last)]
    places: Spec = {"y": _rows(names, model), "x": _time(min(years), max(years) + 1)}
    tooltip = [{"field": "name", "type": "nominal", "title": " "}, {"field": "words", "type": "nominal", "title": "  "}]
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "height": BAR_HEIGHT, "stroke": color, "strokeWidth": 2, "cornerRadius": 2},
            "encoding": {
                **places,
                "x2": {"field": "end"},
                "fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
                "tooltip": tooltip,
            },
        },
        {
            "data": {"values": [row for row, bar in zip(rows, bars, strict=True) if bar.goes_on]},
            "mark": {
                "type": "point",
                "shape": "triangle-right",
                "size": ARROW,
                "filled": True,
                "opacity": 1,
                "xOffset": ARROW_GAP,
            },
            "encoding": {
                "x": {"field": "end", "type": "temporal"},
                "y": {"field": "row", "type": "nominal"},
                "color": {"value": color},
                "tooltip": tooltip,
            },
        },
    ]
    height = max([ROW_HEIGHT, *(len(lines) * NAME_LINE + 6 for lines in names)])
    return framed(layers, model, plot_height=height * max(1, len(bars)), right=16)


def _time(first: int, last: int) -> Spec:
    """Years, each tick on its first day."""
    step = -(-(last - first + 1) // MOST_TICKS)
    ticks = [{"year": year, "month": 1, "date": 1, "utc": True} for year in range(first, last + 1, step)]
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [{"year": y, "month": 1, "date": 1, "utc": True} for y in (first, last)]},
        "axis": {
            "values": ticks,
            "labelExpr": "utcFormat(datum.value, '%Y')",
            "labelOverlap": "parity",
            "grid": True,
            "title": None,
            "tickSize": 4,
        },
    }


def _rows(names: Sequence[Sequence[str]], model: ChartModel) -> Spec:
    lines = ",".join("[" + ",".join(quoted(line) for line in name) + "]" for name in names)
    return {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelExpr": f"([{lines}])[toNumber(datum.value)]",
            "labelLimit": 0,
            "labelOverlap": False,
            "labelColor": model.palette.text,
            "labelPadding": 6,
        },
        "scale": {"domain": [str(n) for n in range(len(names))], "paddingInner": 0.05, "paddingOuter": 0},
    }
