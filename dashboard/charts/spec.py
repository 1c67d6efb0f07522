"""What all chart specifications share: fonts, colours, number format, footer, time axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.charts.model import Axis, BreakMark, ChartModel, footer_lines, milliseconds
from dashboard.charts.palette import Palette
from dashboard.formats import short_period
from dashboard.metadata import Lang

Spec = dict[str, Any]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FOOTER_LINE = 14  # px
FOOTER_WIDE = 84  # characters of a footer line beside which a phone's would waste the width
FOOTER_WIDE_FROM = 520  # px of the plot
NOTICE_HEIGHT = 34  # px: two lines and a space
NOTICE_WIDE_FROM = 300  # px of the plot
BREAK_LINE = 14  # px
BREAK_CHARACTER = 7  # px, wider than that of any system font at this size
NARROWEST_PLOT = 170  # px: a phone, with names beside the lines
MOST_TIME_TICKS = 8

_NUMBERS: dict[Lang, Spec] = {
    "de": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " €"], "minus": "\u2212"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "minus": "\u2212"},
}


def framed(
    layers: Sequence[Spec], model: ChartModel, *, plot_height: int, right: int, top: int = 8, below: int = 0
) -> Spec:
    """A full specification around layers.

    ``plot_height`` is the height of the plotting area, ``right`` the margin beside it (names at the lines' ends
    make their own room), both in px; ``below`` is what lies between the plot and its axis. The SVG renderer is
    forced: on a canvas only the alternative text would reach a screen reader.
    """
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "height": plot_height + top + below + 30 + FOOTER_LINE * len(model.footer) + (12 if model.footer else 0),
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 2, "top": top, "right": right, "bottom": 4},
        "background": "transparent",
        "layer": [*layers, *notice_layers(model, top)],
        "config": config(model.palette, model.lang),
        "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
    }
    if model.notice:
        spec["height"] += NOTICE_HEIGHT
    if model.footer:
        wide = footer_lines(" ".join(model.footer), FOOTER_WIDE)
        spec["title"] = {
            # the width is known only in the browser; the height is that of the narrow form
            "text": {"expr": f"width > {FOOTER_WIDE_FROM} ? {_js_list(wide)} : {_js_list(model.footer)}"},
            "limit": 0,
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


def notice_layers(model: ChartModel, above: int) -> list[Spec]:
    """What must be read with the picture, at its head: that the figures are invented. ``above`` (px) is taken already.

    On a narrow plot the sentence stands on two lines, broken at its dash.
    """
    if not model.notice:
        return []
    return [
        {
            "data": {"values": [{"notice": model.notice}]},
            "mark": {
                "type": "text",
                "text": notice_text(model),
                "align": "left",
                "baseline": "top",
                "fontSize": 12,
                "fontWeight": "bold",
                "lineHeight": FOOTER_LINE,
                "color": model.palette.text,
            },
            "encoding": {"x": {"value": 0}, "y": {"value": -above - NOTICE_HEIGHT}},
        }
    ]


def notice_text(model: ChartModel) -> Spec:
    """The notice on one line where the picture is wide enough; its width is known only in the browser."""
    lines = [part.strip() for part in model.notice.split("–")]
    return {"expr": f"width > {NOTICE_WIDE_FROM} ? {quoted(model.notice)} : {_js_list(lines)}"}


def config(palette: Palette, lang: Lang) -> Spec:
    """Vega-Lite's configuration: system font, quiet axes, numbers of the language."""
    return {
        # Vega would describe axes and marks in English; the chart's own alternative text says it all
        "aria": False,
        "mark": {"aria": False},
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


def time_axis(
    days: Sequence[date], model: ChartModel, *, below: int = 0, span: tuple[date, date] | None = None
) -> Spec:
    """The time channel: UTC, ticks on real periods, the newest always among them; ``below`` (px) under the plot.

    ``span`` gives first and last day where charts stand beside each other: the ends of years are its ticks.
    """
    ends = _year_ends(*span) if span else sorted(set(days))
    step = -(-len(ends) // MOST_TIME_TICKS)
    ticks = sorted(ends[::-1][::step])
    one_a_year = len({d.year for d in ends}) == len(ends)
    points = () if span else (p for s in model.series for p in s.points)
    named = {milliseconds(p.end): p.period for p in points if p.period[5:6] in ("W", "S", "Q")}
    # the year of a semester's last day is not the year it is known by
    labels = ",".join(f"'{t}':{quoted(short_period(period, model.lang))}" for t, period in named.items())
    by_format = f"utcFormat(datum.value, '{'%Y' if one_a_year else '%m/%Y'}')"
    scale: Spec = {"type": "utc", "padding": 28 if labels else 6}  # names of semesters are wide
    if span:
        scale["domain"] = [_vega_day(day) for day in span]
    return {
        "field": "t",
        "type": "temporal",
        "scale": scale,
        "axis": {
            "values": [_vega_day(day) for day in ticks],
            "labelExpr": f"({{{labels}}})[toString(time(datum.value))] || {by_format}" if labels else by_format,
            "labelOverlap": "parity",
            "labelFlush": False,
            "grid": False,
            "title": None,
            "tickSize": 4,
            "offset": below,
        },
    }


def _vega_day(day: date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def _year_ends(first: date, last: date) -> list[date]:
    """The ends of the years inside a span; its own ends where there are none."""
    ends = [date(year, 12, 31) for year in range(first.year, last.year + 1)]
    return [day for day in ends if first <= day <= last] or [first, last]


def value_axis_spec(axis: Axis, *, labels: bool = True, behind: str = "") -> Spec:
    """The axis and scale of the values, with ticks chosen beforehand; ``behind`` follows each figure, such as a sign
    for per cent."""
    decimals = 0 if all(t == int(t) for t in axis.ticks) else 1 if all(round(t, 1) == t for t in axis.ticks) else 2
    return {
        "scale": {"domain": [axis.low, axis.high], "nice": False, "zero": False},
        "axis": {
            "values": list(axis.ticks),
            **(
                {"labelExpr": f"format(datum.value, ',.{decimals}f') + {quoted(behind)}"}
                if behind
                else {"format": f",.{decimals}f"}
            ),
            "title": None,
            "domain": False,
            "ticks": False,
            "grid": True,
            "labels": labels,
            "labelOverlap": False,  # Vega would drop every second one, and zero with it
            "labelPadding": 6,
        },
    }


def break_floors(places: Sequence[float], marks: Sequence[BreakMark]) -> list[int]:
    """On which line above the plot the name of each break stands, so that none overlap even on a phone.

    ``places`` are the breaks' places between the left (0) and right (1) end, in order.
    """
    extents = []
    for place, mark in zip(places, marks, strict=True):
        width = len(mark.label) * BREAK_CHARACTER + 8
        start = place * NARROWEST_PLOT - (width if is_right(place) else 0)
        extents.append((start, start + width))
    return stacked(extents)


def stacked(extents: Sequence[tuple[float, float]]) -> list[int]:
    """On which line each name stands that takes the room from its first to its second px, so that none overlap."""
    taken: list[float] = []  # right end of the last name on each line
    floors = []
    for start, end in extents:
        floor = next((n for n, right in enumerate(taken) if right <= start), len(taken))
        taken[floor:] = [end, *taken[floor + 1 :]]
        floors.append(floor)
    return floors


def is_right(place: float) -> bool:
    """Whether a break lies so far to the right that its name must stand on its left."""
    return place > 0.5


def break_name_mark(place: float, floor: int, model: ChartModel) -> Spec:
    """The mark of a break's name: beside its rule, on its own line above the plot."""
    right = is_right(place)
    return {
        "type": "text",
        "fontSize": 11,
        "color": model.palette.muted,
        "baseline": "middle",
        "align": "right" if right else "left",
        "dx": -4 if right else 4,
        "dy": -10 - floor * BREAK_LINE,
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


def quoted(text: str) -> str:
    """A text as a constant of a Vega expression."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _js_list(lines: Sequence[str]) -> str:
    return "[" + ",".join(quoted(line) for line in lines) + "]"
