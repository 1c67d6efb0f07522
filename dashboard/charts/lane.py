"""The lane above a plot over time: breaks and events, each with its rule and its name.

A break cuts the figures: a dashed rule and the word for it. An event is context only: a fine dotted rule that stands on
a dot at the time axis. Neither name ever stands on another, also not on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.charts.model import ChartModel, milliseconds
from dashboard.charts.palette import Palette
from dashboard.charts.spec import (
    BREAK_CHARACTER,
    BREAK_LINE,
    NARROWEST_PLOT,
    Spec,
    break_name_mark,
    is_right,
    stacked,
)

_TIME: Spec = {"field": "t", "type": "temporal"}
FIRST_LINE = 10  # px from the plot to the middle of the lowest name
NAME_SIZE = 11  # px
DOT = 32  # px² of an event's mark
HALO = 4  # px of ground around a name, where another event's rule runs behind it


@dataclass(frozen=True)
class LaneMark:
    """Something in the lane: its day and name; ``place`` between the plot's left (0) and right (1) end."""

    at: date
    place: float
    label: str
    is_event: bool


def lane_marks(model: ChartModel, first: date, last: date, *, numbered: bool) -> list[LaneMark]:
    """Breaks and events in order of time; ``numbered`` writes numbers in place of events' names."""
    span = (last - first).days or 1
    marks = [LaneMark(b.at, (b.at - first).days / span, b.label, False) for b in model.breaks]
    for n, event in enumerate(model.events, start=1):
        label = str(n) if numbered else event.short.to(model.lang)
        marks.append(LaneMark(event.at, (event.at - first).days / span, label, True))
    return sorted(marks, key=lambda mark: mark.place)


def lane_floors(marks: Sequence[LaneMark]) -> list[int]:
    """The line above the plot on which each name stands."""
    return stacked([_extent(mark) for mark in marks])


def lane_height(floors: Sequence[int]) -> int:
    """The room (px) above the plot."""
    return 22 + max(floors) * BREAK_LINE if floors else 10


def lane_layers(marks: Sequence[LaneMark], floors: Sequence[int], top: float, model: ChartModel) -> list[Spec]:
    """Rules, names and events' marks; ``top`` is the value at the plot's upper end."""
    layers: list[Spec] = []
    breaks = [mark for mark in marks if not mark.is_event]
    if breaks:
        rule = {"type": "rule", "color": model.palette.muted, "strokeDash": [4, 3], "strokeWidth": 1}
        layers += [
            {
                "data": {"values": [{"t": milliseconds(mark.at)}]},
                "mark": rule,
                # up to its name
                "encoding": {
                    "x": _TIME,
                    "y": {"value": -FIRST_LINE - floor * BREAK_LINE - 5},
                    "y2": {"value": {"expr": "height"}},
                },
            }
            for mark, floor in zip(marks, floors, strict=True)
            if not mark.is_event
        ]
    for mark, floor in zip(marks, floors, strict=True):
        layers += _event_rule(mark, floor, model) if mark.is_event else []
    for mark, floor in zip(marks, floors, strict=True):
        layers += _event_name(mark, floor, model) if mark.is_event else _break_name(mark, floor, top, model)
    return layers


def _extent(mark: LaneMark) -> tuple[float, float]:
    """Where a name begins and ends (px) on the narrowest plot."""
    if not mark.is_event:
        width = len(mark.label) * BREAK_CHARACTER + 8
        start = mark.place * NARROWEST_PLOT - (width if is_right(mark.place) else 0)
        return start, start + width
    width = len(mark.label) * BREAK_CHARACTER + HALO
    start = mark.place * NARROWEST_PLOT - width * {"left": 0, "center": 0.5, "right": 1}[_align(mark)]
    return start, start + width


def _align(mark: LaneMark) -> str:
    """A name in the middle third stands over its rule, others lean inwards: none leaves the picture on a phone."""
    return "left" if mark.place < 1 / 3 else "right" if mark.place > 2 / 3 else "center"


def _event_rule(mark: LaneMark, floor: int, model: ChartModel) -> list[Spec]:
    row = {"t": milliseconds(mark.at), "name": mark.label}
    data = {"values": [row]}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": model.palette.muted, "strokeDash": [1, 3], "strokeWidth": 1},
            "encoding": {
                "x": _TIME,
                "y": {"value": 6 - FIRST_LINE - floor * BREAK_LINE},
                "y2": {"value": {"expr": "height"}},
            },
        },
        {
            "data": data,
            "mark": {"type": "circle", "size": DOT, "opacity": 1, "color": model.palette.muted},
            "encoding": {"x": _TIME, "y": {"value": {"expr": "height"}}},
        },
    ]


def halo(palette: Palette) -> Spec:
    """What turns a text mark into the ground that the same text, drawn over it, stands out from."""
    return {"stroke": palette.ground, "strokeWidth": HALO, "strokeJoin": "round", "color": palette.ground}


def _event_name(mark: LaneMark, floor: int, model: ChartModel) -> list[Spec]:
    """The name on a ground of its own, so that rules behind it do not cross the letters."""
    written = {
        "type": "text",
        "fontSize": NAME_SIZE,
        "baseline": "middle",
        "align": _align(mark),
        "color": model.palette.muted,
    }
    row = {"t": milliseconds(mark.at), "event": mark.label}
    encoding = {
        "x": _TIME,
        "y": {"value": -FIRST_LINE - floor * BREAK_LINE},
        "text": {"field": "event", "type": "nominal"},
    }
    return [
        {"data": {"values": [row]}, "mark": written | look, "encoding": encoding} for look in (halo(model.palette), {})
    ]


def _break_name(mark: LaneMark, floor: int, top: float, model: ChartModel) -> list[Spec]:
    written = break_name_mark(mark.place, floor, model)
    encoding = {
        "x": _TIME,
        "y": {"field": "top", "type": "quantitative"},
        "text": {"field": "label", "type": "nominal"},
    }
    row = {"t": milliseconds(mark.at), "top": top, "label": mark.label}
    looks: tuple[Spec, ...] = (halo(model.palette), {})
    return [{"data": {"values": [row]}, "mark": written | look, "encoding": encoding} for look in looks]
