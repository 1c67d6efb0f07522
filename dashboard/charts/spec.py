"""What all chart specifications share: fonts, colours, number format, footer, time axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.charts.model import Axis, ChartModel
from dashboard.charts.palette import Palette
from dashboard.metadata import Lang

Spec = dict[str, Any]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FOOTER_LINE = 14  # px
MOST_TIME_TICKS = 8

_NUMBERS: dict[Lang, Spec] = {
    "de": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " €"], "minus": "\u2212"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "minus": "\u2212"},
}


def framed(layers: Sequence[Spec], model: ChartModel, *, plot_height: int, right: int, top: int = 8) -> Spec:
    """A full specification around layers.

    ``plot_height`` is the height of the plotting area, ``right`` the margin beside it (names at the lines' ends
    make their own room), both in px. The SVG renderer is forced: on a canvas only the alternative text would
    reach a screen reader.
    """
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "height": plot_height + top + 30 + FOOTER_LINE * len(model.footer) + (12 if model.footer else 0),
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 2, "top": top, "right": right, "bottom": 4},
        "background": "transparent",
        "layer": list(layers),
        "config": config(model.palette, model.lang),
        "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
    }
    if model.footer:
        spec["title"] = {
            "text": list(model.footer),
            "orient": "bottom",
            "anchor": "start",
            "frame": "bounds",
            "offset": 12,
            "fontSize": 11,
            "lineHeight": FOOTER_LINE,
            "fontWeight": "normal",
            "color": model.palette.muted,
        }
    return spec


def config(palette: Palette, lang: Lang) -> Spec:
    """Vega-Lite's configuration: system font, quiet axes, numbers of the language."""
    return {
        "font": FONT,
        "locale": {"number": _NUMBERS[lang]},
        "view": {"stroke": None},
        "axis": {
            "labelColor": palette.muted,
            "labelFontSize": 12,
            "titleColor": palette.muted,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": palette.grid,
            "domainColor": palette.muted,
            "tickColor": palette.muted,
        },
        "text": {"color": palette.text, "fontSize": 12},
    }


def time_axis(days: Sequence[date], model: ChartModel) -> Spec:
    """The time channel: UTC, ticks on real periods, the newest always among them."""
    ends = sorted(set(days))
    step = -(-len(ends) // MOST_TIME_TICKS)
    ticks = sorted(ends[::-1][::step])
    one_a_year = len({d.year for d in ends}) == len(ends)
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "padding": 6},
        "axis": {
            "values": [{"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in ticks],
            "labelExpr": f"utcFormat(datum.value, '{'%Y' if one_a_year else '%m/%Y'}')",
            "labelOverlap": "parity",
            "labelFlush": False,
            "grid": False,
            "title": None,
            "tickSize": 4,
        },
    }


def value_axis_spec(axis: Axis, *, labels: bool = True) -> Spec:
    """The axis and scale of the values, with ticks chosen beforehand."""
    decimals = 0 if all(t == int(t) for t in axis.ticks) else 1 if all(round(t, 1) == t for t in axis.ticks) else 2
    return {
        "scale": {"domain": [axis.low, axis.high], "nice": False, "zero": False},
        "axis": {
            "values": list(axis.ticks),
            "format": f",.{decimals}f",
            "title": None,
            "domain": False,
            "ticks": False,
            "grid": True,
            "labels": labels,
            "labelPadding": 6,
        },
    }


def zero_rule(axis: Axis, model: ChartModel) -> list[Spec]:
    """A line at zero where values lie on both sides of it."""
    if not axis.low < 0 < axis.high:
        return []
    return [
        {
            "data": {"values": [{"zero": 0}]},
            "mark": {"type": "rule", "color": model.palette.muted, "strokeWidth": 1},
            "encoding": {"y": {"field": "zero", "type": "quantitative"}},
        }
    ]
