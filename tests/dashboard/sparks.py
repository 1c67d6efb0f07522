"""Reads a sparkline's SVG back, as a browser would: what is joined, and where which points stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

Place = tuple[float, float]


@dataclass(frozen=True)
class Spark:
    """Places are in the SVG's units, downwards from its upper left corner; ``strokes`` are all colours in order."""

    name: str
    zero: float
    runs: tuple[tuple[Place, ...], ...]
    newest: tuple[Place, ...]
    secret: tuple[Place, ...]
    strokes: tuple[str, ...]


def read_spark(svg: str) -> Spark:
    """The parts of ``sparkline``'s SVG; raises ParseError if it is not well formed."""
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg" and root.get("role") == "img"
    assert all(path.get("vector-effect") == "non-scaling-stroke" for path in root)  # else points would be stretched
    (zero,) = _runs(_drawn(root, "1"))
    return Spark(
        name=root.get("aria-label", ""),
        zero=zero[0][1],
        runs=_runs(_drawn(root, "2")),
        newest=tuple(run[0] for run in _runs(_drawn(root, "7.5"))),
        secret=tuple(run[0] for run in _runs(_drawn(root, "4.5"))),
        strokes=tuple(path.get("stroke", "") for path in root),
    )


def _drawn(root: ElementTree.Element, width: str) -> str:
    return next((path.get("d", "") for path in root if path.get("stroke-width") == width), "")


def _runs(d: str) -> tuple[tuple[Place, ...], ...]:
    found = (re.findall(r"(-?[\d.]+) (-?[\d.]+)", run) for run in d.split("M")[1:])
    return tuple(tuple((float(x), float(y)) for x, y in run) for run in found)
