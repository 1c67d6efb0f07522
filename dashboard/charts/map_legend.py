"""The legend of a map, drawn beneath it: classes with their bounds, or circles with their counts; then the signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from dashboard import formats
from dashboard.charts.classes import Classes
from dashboard.charts.model import ChartModel, label_lines
from dashboard.charts.spec import Spec

CLASS_WIDTH = 92  # px, less on a phone
SWATCH = 14  # px
TITLE, BOUND, ROW, LINE = 22, 22, 20, 15  # px
ENTRY_WIDTH = 40  # characters of a line: what a phone has room for
GAP = 10  # px
_HATCH = 5  # px between the lines of a hatched swatch
_HATCHED = ("hatched", "secret")


@dataclass(frozen=True)
class LegendEntry:
    """One sign: ``kind`` is ``fill`` (a plain colour), ``outline``, ``hatched``, ``secret``, ``hollow`` or
    ``mark`` (a letter)."""

    kind: str
    label: str
    color: str = ""


def legend_height(title: str, entries: Sequence[LegendEntry], classes: Classes | None, radius: float) -> int:
    """The room (px) that the legend takes."""
    scale = SWATCH + BOUND if classes else round(2 * radius) + 4
    return GAP + (TITLE + scale if title else 0) + sum(_entry_height(entry) for entry in entries) + GAP


def legend_layers(
    title: str,
    entries: Sequence[LegendEntry],
    classes: Classes | None,
    largest: float,
    radius: float,
    model: ChartModel,
    top: str,
) -> list[Spec]:
    """The layers, from ``top`` (px, an expression) downwards; without a title only the signs."""
    start = f"{top} + {GAP}"
    layers: list[Spec] = []
    used = 0
    if title:
        layers.append(_text([{"text": title}], "0", f"{start} + {TITLE / 2:g}", model, color=model.palette.muted))
        layers += (
            _classes(classes, f"{start} + {TITLE}", model)
            if classes
            else _circles(largest, radius, f"{start} + {TITLE}", model)
        )
        used = legend_height(title, (), classes, radius) - 2 * GAP
    for entry in entries:
        layers += _entry(entry, f"{start} + {used}", model)
        used += _entry_height(entry)
    return layers


def _entry_lines(entry: LegendEntry) -> list[str]:
    return label_lines(entry.label, ENTRY_WIDTH)


def _entry_height(entry: LegendEntry) -> int:
    return ROW + LINE * (len(_entry_lines(entry)) - 1)


def _classes(classes: Classes, y: str, model: ChartModel) -> list[Spec]:
    """Swatches side by side, each bound beneath the place where two of them meet."""
    count = len(classes.colors)
    step = f"min((width - 4) / {count}, {CLASS_WIDTH})"
    words = bound_words(classes, model)
    last = len(words) - 1
    layers = [
        {
            "data": {"values": [{"n": n, "fill": color} for n, color in enumerate(classes.colors)]},
            "mark": {
                "type": "rect",
                "stroke": model.palette.muted,
                "strokeWidth": 0.8,
                **_span("x", f"datum.n * {step}", f"(datum.n + 1) * {step}"),
                **_span("y", y, f"{y} + {SWATCH}"),
            },
            "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None}},
        }
    ]
    for align, chosen in (("left", range(1)), ("center", range(1, last)), ("right", range(last, last + 1))):
        rows = [{"n": n, "text": words[n]} for n in chosen]
        if rows:
            layers.append(_text(rows, f"datum.n * {step}", f"{y} + {SWATCH + BOUND / 2:g}", model, align=align))
    return layers


def bound_words(classes: Classes, model: ChartModel) -> list[str]:
    """The bounds as words, with as many decimals as they need; the last one with its unit sign."""
    scale = model.scale
    decimals = next((d for d in range(3) if all(round(b, d) == b for b in classes.bounds)), 3)
    write = formats.signed if scale.signed else formats.number
    written = [write(bound, decimals, model.lang) for bound in classes.bounds]
    return [*written[:-1], formats.with_suffix(written[-1], scale.suffix, model.lang)]


def legend_values(largest: float) -> tuple[float, float]:
    """A round count near the largest, and a fourth of it, whose circle is half as wide."""
    if largest <= 0:
        return 0.0, 0.0
    power = 10.0 ** floor(log10(largest))
    top = next(n * power for n in (8, 4, 2, 1) if n * power <= largest)
    return top, top / 4


def _circles(largest: float, radius: float, y: str, model: ChartModel) -> list[Spec]:
    rows, left = [], 0.0
    for value in legend_values(largest):
        own = radius * (value / largest) ** 0.5 if largest else 0.0
        words = formats.with_suffix(
            formats.number(value, 0 if value >= 1 else 2, model.lang), model.scale.suffix, model.lang
        )
        rows.append({"x": left + own, "size": 4 * own**2, "text": words, "at": left + 2 * own + 6})
        left += 2 * own + 6 + len(words) * 7 + 16
    if not largest:
        return []
    middle = f"{y} + {radius:g}"
    return [
        {
            "data": {"values": rows},
            "mark": {
                "type": "point",
                "filled": True,
                "opacity": 1,
                "fill": model.palette.hues[0],
                "x": {"expr": "datum.x"},
                "y": {"expr": middle},
                "size": {"expr": "datum.size"},
            },
            "encoding": {},
        },
        _text(rows, "datum.at", middle, model),
    ]


def _entry(entry: LegendEntry, y: str, model: ChartModel) -> list[Spec]:
    """A swatch and its words; a mark stands as the letter that it is."""
    middle = f"{y} + {SWATCH / 2:g}"
    words = _text([{"text": _entry_lines(entry)}], str(SWATCH + 8), middle, model)
    if entry.kind == "mark":
        return [_text([{"text": entry.color}], f"{SWATCH / 2:g}", middle, model, align="center"), words]
    if entry.kind == "hollow":
        size = {"x": SWATCH / 2, "y": {"expr": middle}, "size": SWATCH**2, "strokeWidth": 2}
        look = {"type": "point", "filled": True, "opacity": 1, "fill": model.palette.ground, "stroke": entry.color}
        return [{"data": {"values": [{}]}, "mark": {**look, **size}, "encoding": {}}, words]
    box: Spec = {
        "data": {"values": [{}]},
        "mark": {
            "type": "rect",
            "fill": entry.color if entry.kind == "fill" else model.palette.ground,
            "stroke": model.palette.strong if entry.kind == "outline" else model.palette.muted,
            "strokeWidth": 2.2 if entry.kind == "outline" else 0.8,
            **_span("x", "0", str(SWATCH)),
            **_span("y", y, f"{y} + {SWATCH}"),
        },
        "encoding": {},
    }
    return [box, *([_hatched(y, model, falling=entry.kind == "secret")] if entry.kind in _HATCHED else []), words]


def _hatched(y: str, model: ChartModel, *, falling: bool) -> Spec:
    """Diagonals inside a swatch, from edge to edge."""
    rows = []
    for shift in range(_HATCH, 2 * SWATCH, _HATCH):
        low, high = max(0, shift - SWATCH), min(SWATCH, shift)
        # from (low, shift - low) to (high, shift - high) in the swatch, or mirrored
        ends = [(low, shift - low), (high, shift - high)]
        (x1, y1), (x2, y2) = [(x, SWATCH - at) for x, at in ends] if falling else ends
        rows.append({"a": x1, "b": x2, "c": y1, "d": y2})
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "stroke": model.palette.muted, "strokeWidth": 0.8},
        # a rule has two ends only where both are encoded
        "encoding": {
            "x": {"value": {"expr": "datum.a"}},
            "x2": {"value": {"expr": "datum.b"}},
            "y": {"value": {"expr": f"{y} + datum.c"}},
            "y2": {"value": {"expr": f"{y} + datum.d"}},
        },
    }


def _span(channel: str, first: str, second: str) -> Spec:
    return {channel: {"expr": first}, f"{channel}2": {"expr": second}}


def _text(rows: Sequence[Spec], x: str, y: str, model: ChartModel, *, align: str = "left", color: str = "") -> Spec:
    return {
        "data": {"values": list(rows)},
        "mark": {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "fontSize": 12,
            "lineHeight": LINE,
            "color": color or model.palette.text,
            "x": {"expr": x},
            "y": {"expr": y},
        },
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
