"""A map: rates and changes as coloured areas, counts as circles on them, each figure beside its name.

Colour and size are the second way to read what the labels say, so nothing is lost without them. All is placed by one
scale (px a unit of the plane) that follows the width of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.classes import EVEN, Classes, ink_on
from dashboard.charts.map_legend import LegendEntry, legend_height, legend_layers
from dashboard.charts.model import ChartModel
from dashboard.charts.palette import Theme
from dashboard.charts.plane import Plane, Shape, Spot, apart, hatching, spot_of
from dashboard.charts.spec import Spec, framed

NEAR_HEIGHT, WIDE_HEIGHT = 500, 400  # px of the map itself: of few areas with names, of many
FEW = 12  # areas up to which each has its name
NEAR_RADIUS, WIDE_RADIUS = 25.0, 14.0  # px of the largest circle
MARGIN = 4  # px
PHONE, PHONE_MAP = 420, 330  # px: up to which width a screen is narrow, and the map on one
NO_AXIS = 24  # px that other charts need for their axis
CHARACTER = 7.2  # px of a label's letter, wider than that of most system fonts
LINE = 14  # px
AMPLE = 1.3  # times the width of two lines, which need room above and below as well
OVERFLOW = 0.6  # of a label's width that must lie inside
HATCH_GAP = 90  # units of the plane


@dataclass(frozen=True)
class MapPlace:
    """One area: its name, its figure in words, for little room and as a value.

    ``fill`` None is hatched: there is no figure; ``secret`` hatches the other way. ``chosen`` draws a strong outline.
    """

    region: str
    name: str
    words: str
    short: str
    value: float | None
    fill: str | None
    secret: bool = False
    marked: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class MapModel:
    """The places with their outlines. ``classes`` None draws circles: ``largest`` is the value of the largest."""

    places: tuple[MapPlace, ...]
    plane: Plane
    classes: Classes | None
    largest: float
    legend: tuple[LegendEntry, ...]
    legend_title: str
    theme: Theme
    chart: ChartModel

    @property
    def few(self) -> bool:
        return len(self.places) <= FEW

    @property
    def radius(self) -> float:
        return NEAR_RADIUS if self.few else WIDE_RADIUS


def map_chart(model: MapModel) -> Spec:
    """The specification: areas, their borders, circles, labels and legend; the credits are the chart's footer."""
    shown = [place for place in model.places if place.region in model.plane.shapes]
    height = NEAR_HEIGHT if model.few else WIDE_HEIGHT
    spots = _spots(shown, model)
    layers = [
        _areas(shown, model),
        *_hatches(shown, model),
        *_borders(shown, model),
        *(_circles(shown, spots, model) if model.classes is None else []),
        *_labels(shown, spots, model, height),
        *legend_layers(
            model.legend_title,
            model.legend,
            model.classes,
            model.largest,
            model.radius,
            model.chart,
            f"{_scale(model.plane, height)} * {model.plane.height} + {2 * MARGIN}",
        ),
    ]
    below = legend_height(model.legend_title, model.legend, model.classes, model.radius)
    spec = framed(layers, model.chart, plot_height=height + 2 * MARGIN + below - NO_AXIS, right=4, top=4)
    scale = _scale(model.plane, height)
    spec["projection"] = {
        "type": "identity",
        "scale": {"expr": scale},
        "translate": {"expr": f"[(width - {model.plane.width} * {scale}) / 2, {MARGIN}]"},
    }
    return spec


def _spots(places: Sequence[MapPlace], model: MapModel) -> dict[str, Spot]:
    """Where labels and circles stand: of few areas so that their labels do not meet even on a phone."""
    spots = {place.region: spot_of(model.plane.shapes[place.region]) for place in places}
    if not model.few:
        return spots
    pixel = max(model.plane.width / PHONE_MAP, model.plane.height / NEAR_HEIGHT)  # units of the plane
    widths = {p.region: (max(len(p.name), len(p.words)) * CHARACTER + MARGIN) * pixel for p in places}
    return apart(spots, widths, 2 * LINE * pixel)


def circle_radius(value: float, model: MapModel) -> float:
    """The radius (px) of a count: its circle's area is in proportion to it."""
    return model.radius * (abs(value) / model.largest) ** 0.5 if model.largest else 0.0


def _scale(plane: Plane, height: int) -> str:
    """Px a unit of the plane, as an expression of the picture's width."""
    return f"min((width - {2 * MARGIN}) / {plane.width}, {height} / {plane.height})"


def _areas(places: Sequence[MapPlace], model: MapModel) -> Spec:
    rows = [
        {
            **_feature(model.plane.shapes[place.region]),
            "fill": place.fill or model.chart.palette.ground,
            "name": place.name,
            "figure": place.words,
        }
        for place in places
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "geoshape"},
        "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None}, "tooltip": _TIP},
    }


_TIP = [{"field": "name", "type": "nominal", "title": " "}, {"field": "figure", "type": "nominal", "title": "  "}]


def _hatches(places: Sequence[MapPlace], model: MapModel) -> list[Spec]:
    """Lines over areas without a figure, falling ones where it is secret."""
    rows = [
        {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}}
        for place in places
        if place.fill is None
        for lines in [hatching(model.plane.shapes[place.region], HATCH_GAP, falling=place.secret)]
    ]
    if not rows:
        return []
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "geoshape", "filled": False, "stroke": model.chart.palette.muted, "strokeWidth": 0.8},
            "encoding": {},
        }
    ]


def _borders(places: Sequence[MapPlace], model: MapModel) -> list[Spec]:
    """Each border on a strip of the ground: one of both stands out from whatever fills lie beside it."""
    palette = model.chart.palette
    rows = [_feature(model.plane.shapes[place.region]) for place in places]
    chosen = [_feature(model.plane.shapes[place.region]) for place in places if place.chosen]
    strokes = [(rows, palette.ground, 2.6), (rows, palette.text, 0.7), (chosen, palette.strong, 2.2)]
    return [
        {
            "data": {"values": own},
            "mark": {"type": "geoshape", "filled": False, "stroke": color, "strokeWidth": width, "strokeJoin": "round"},
            "encoding": {},
        }
        for own, color, width in strokes
        if own
    ]


def _feature(shape: Shape) -> Spec:
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": shape}}


def _circles(places: Sequence[MapPlace], spots: Mapping[str, Spot], model: MapModel) -> list[Spec]:
    """Circles with an area in proportion to the count, the smallest on top; hollow ones are below zero."""
    palette = model.chart.palette
    rows = [
        {
            **_at(spots[place.region]),
            "size": 4 * circle_radius(place.value, model) ** 2,
            "fill": palette.ground if place.value < 0 else palette.hues[0],
            "stroke": palette.hues[1] if place.value < 0 else palette.ground,
            "name": place.name,
            "figure": place.words,
        }
        for place in sorted(places, key=lambda p: -abs(p.value or 0))
        if place.value
    ]
    literal: Spec = {"type": "nominal", "scale": None, "legend": None}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 2},
            "encoding": {
                **_PLACE,
                "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
                "fill": {"field": "fill", **literal},
                "stroke": {"field": "stroke", **literal},
                "tooltip": _TIP,
            },
        }
    ]


_PLACE: Spec = {
    "longitude": {"field": "x", "type": "quantitative"},
    "latitude": {"field": "y", "type": "quantitative"},
}


def _at(spot: Spot) -> Spec:
    return {"x": spot.x, "y": spot.y}


def _labels(places: Sequence[MapPlace], spots: Mapping[str, Spot], model: MapModel, height: int) -> list[Spec]:
    """Name and figure of few areas; of many the figure, with the name where both fit. A rim keeps them apart."""
    rows = [row for place in places for row in _label_rows(place, spots[place.region], model)]
    scale = _scale(model.plane, height)
    literal: Spec = {"type": "nominal", "scale": None, "legend": None}
    text: Spec = {
        "type": "text",
        "fontSize": {"expr": f"width < {PHONE} ? 11 : 12"},
        "lineHeight": LINE,
        "baseline": "middle",
    }
    text |= {"dy": {"expr": "datum.shift"}, "fontWeight": 500 if model.few else "normal"}
    layers: list[Spec] = []
    for ink, rim in (("rim", 3.5), ("ink", 0)):
        encoding: Spec = {**_PLACE, "text": {"field": "text", "type": "nominal"}, "fill": {"field": ink, **literal}}
        if rim:
            encoding["stroke"] = {"field": ink, **literal}
        layers.append(
            {
                "data": {"values": rows},
                "transform": [{"filter": f"datum.least <= {scale} && {scale} < datum.most"}],
                "mark": {**text, "strokeWidth": rim, "strokeJoin": "round"} if rim else text,
                "encoding": encoding,
            }
        )
    return layers


def _label_rows(place: MapPlace, spot: Spot, model: MapModel) -> list[Spec]:
    """The forms of a place's label, each for a range of scales (``least`` up to ``most``)."""
    palette = model.chart.palette
    fill = place.fill or palette.ground
    below = circle_radius(place.value or 0, model) + LINE / 2 + 2 if model.classes is None else 0.0
    base = {**_at(spot), "rim": fill, "ink": ink_on(fill, palette)}
    # of a missing figure the legend has the word, which is too long here
    both, alone = [place.name, place.words if place.value is not None or place.secret else "–"], [place.short]
    # a text's anchor is its first line
    two = {"text": both, "shift": round(below if below else -LINE / 2, 1)}
    one = {"text": alone, "shift": round(below, 1)}
    if model.few:
        return [{**base, **two, "least": 0, "most": 1e9}]
    needed = AMPLE * max(len(place.name), len(place.words)) * CHARACTER / max(spot.room, 1)
    # the region's own figures may stand out of their small areas
    least = len(place.short) * CHARACTER / max(spot.room, 1) * (OVERFLOW if place.chosen else 1)
    return [{**base, **one, "least": least, "most": needed}, {**base, **two, "least": needed, "most": 1e9}]


def area_under_circles(theme: Theme) -> str:
    """The quiet fill of an area whose figure is a circle."""
    return EVEN[theme]
