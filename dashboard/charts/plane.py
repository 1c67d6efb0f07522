"""Outlines of areas on a plain plane: projected, with room for a label, hatched. Pure geometry, no colours.

The plane's y axis runs downwards, as a screen's does, so that a chart needs nothing but a scale and a shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

LONGEST = 4000  # units of the plane's longer side: half a pixel on the largest screen
ROWS = 24  # heights at which the room for a label is measured

Vertex = tuple[int, int]
Ring = tuple[Vertex, ...]
Shape = tuple[tuple[Ring, ...], ...]  # polygons, each its outer ring and its holes
Segment = tuple[Vertex, Vertex]


@dataclass(frozen=True)
class Plane:
    """Areas by their id, in whole units from the upper left corner."""

    width: int
    height: int
    shapes: Mapping[str, Shape]


@dataclass(frozen=True)
class Spot:
    """Where the label of an area stands: its middle, and how wide (units of the plane) the area is there."""

    x: int
    y: int
    room: int


def plane_of(geometries: Mapping[str, Mapping[str, Any]]) -> Plane:
    """GeoJSON polygons (WGS 84) as an equirectangular picture, true to length in its middle latitude.

    Neighbours share their vertices before and after. Raises ValueError for a geometry that is no polygon.
    """
    polygons = {area: _polygons(geometry) for area, geometry in geometries.items()}
    vertices = [v for area in polygons.values() for polygon in area for ring in polygon for v in ring]
    if not vertices:
        return Plane(1, 1, {})
    west, east = min(v[0] for v in vertices), max(v[0] for v in vertices)
    south, north = min(v[1] for v in vertices), max(v[1] for v in vertices)
    shrunk = cos(radians((south + north) / 2))
    scale = LONGEST / max((east - west) * shrunk, north - south)

    def placed(vertex: Sequence[float]) -> Vertex:
        return round((vertex[0] - west) * shrunk * scale), round((north - vertex[1]) * scale)

    shapes = {
        area: tuple(
            tuple(_wound(tuple(placed(v) for v in ring), outer=n == 0) for n, ring in enumerate(polygon))
            for polygon in found
        )
        for area, found in polygons.items()
    }
    return Plane(round((east - west) * shrunk * scale), round((north - south) * scale), shapes)


def spot_of(shape: Shape) -> Spot:
    """The place for a label: the widest stretch of the largest polygon, not at its very top or bottom."""
    polygon = max(shape, key=lambda rings: abs(_area(rings[0])))
    heights = [y for _, y in polygon[0]]
    top, step = min(heights), (max(heights) - min(heights)) / (ROWS + 1)
    rows = [top + step * n for n in range(1, ROWS + 1)]
    stretches = [_widest(_crossings(polygon, y)) for y in rows]
    around = [
        min(stretches[n + shift][1] - stretches[n + shift][0] for shift in (-1, 0, 1)) * _central(n)
        for n in range(1, ROWS - 1)
    ]
    best = around.index(max(around)) + 1
    left, right = stretches[best]
    return Spot(round((left + right) / 2), round(rows[best]), round(right - left))


def apart(spots: Mapping[str, Spot], widths: Mapping[str, float], height: float) -> dict[str, Spot]:
    """The spots moved sideways where labels of these widths and this height (units) would meet.

    A label moves only as far as it stays inside its area, so those of small areas stay where they are.
    """
    moved = dict(spots)
    for area, spot in spots.items():
        slack = max(0.0, (spot.room - widths[area]) / 2)
        for other, there in spots.items():
            if other == area or abs(spot.y - there.y) >= height:
                continue
            overlap = (widths[area] + widths[other]) / 2 - abs(spot.x - there.x)
            if overlap > 0 < slack:
                away = min(overlap, slack) * (1 if spot.x > there.x else -1)
                moved[area] = Spot(round(spot.x + away), spot.y, spot.room)
    return moved


def hatching(shape: Shape, gap: float, *, falling: bool = False) -> list[Segment]:
    """Parallel diagonal lines inside an area, ``gap`` units apart; ``falling`` ones run from the upper left."""
    sign = -1 if falling else 1
    sums = [x + sign * y for polygon in shape for ring in polygon for x, y in ring]
    lines: list[Segment] = []
    for n in range(int(min(sums) // gap) + 1, int(max(sums) // gap) + 1):
        found = []
        for (x1, y1), (x2, y2) in _edges(ring for polygon in shape for ring in polygon):
            before, after = x1 + sign * y1 - n * gap, x2 + sign * y2 - n * gap
            if (before > 0) != (after > 0):
                part = before / (before - after)
                found.append((round(x1 + part * (x2 - x1)), round(y1 + part * (y2 - y1))))
        found.sort()
        lines += list(zip(found[::2], found[1::2], strict=False))
    return lines


def _polygons(geometry: Mapping[str, Any]) -> list[list[list[Sequence[float]]]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    if geometry["type"] == "MultiPolygon":
        return list(geometry["coordinates"])
    raise ValueError(f"Expected a Polygon or MultiPolygon, got {geometry['type']}.")


def _wound(ring: Ring, *, outer: bool) -> Ring:
    """The ring with the sense of its kind: what fills by winding leaves holes open only if they run the other way."""
    return ring if (_area(ring) > 0) == outer else ring[::-1]


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def _edges(rings: Iterable[Ring]) -> Iterable[Segment]:
    for ring in rings:
        yield from pairwise(ring)


def _crossings(polygon: Sequence[Ring], y: float) -> list[float]:
    """Where a level line enters and leaves the polygon, from left to right."""
    return sorted(
        x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in _edges(polygon) if (y1 > y) != (y2 > y)
    )


def _widest(crossings: Sequence[float]) -> tuple[float, float]:
    pairs = list(zip(crossings[::2], crossings[1::2], strict=False))
    return max(pairs, key=lambda pair: pair[1] - pair[0], default=(0.0, 0.0))


def _central(row: int) -> float:
    """How much a row near the middle is preferred: a label there is nobody else's."""
    return 1 - 0.85 * abs(2 * (row + 1) / (ROWS + 1) - 1)
