"""Colours of series, points and text on the light and the dark ground.

The region's sum is the strongest: ink on paper. The eight districts keep one colour each in every chart;
their hues follow Okabe and Ito (told apart with any colour vision), shaded until each has a contrast of 4.5
on its ground, because the labels at the lines' ends are written in them. Comparison regions are grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.metadata import REGION_SUM, Metadata
from dashboard.series import Series

Theme = Literal["light", "dark"]

SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")
# long dashes stay readable on a phone; the first is a solid line
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (7, 3), (2, 3), (10, 3, 2, 3))


@dataclass(frozen=True)
class Palette:
    """Colours of one ground."""

    ground: str
    text: str
    muted: str
    grid: str
    strong: str
    hues: tuple[str, ...]
    grey: str


@dataclass(frozen=True)
class Style:
    """How one series is drawn: its colour, and a shape and dash that tell it apart without colour."""

    color: str
    shape: str
    dash: tuple[int, ...]
    width: float


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ground="#ffffff",
        text="#1d2733",
        muted="#5a6673",
        grid="#e3e7eb",
        strong="#14263b",
        hues=("#0068a8", "#b8460e", "#00745a", "#a63d85", "#806300", "#5356bd", "#1b7590", "#7a4a2b"),
        grey="#68727d",
    ),
    "dark": Palette(
        ground="#030508",
        text="#e6eaee",
        muted="#a3aeb9",
        grid="#2c343d",
        strong="#f4f7fa",
        hues=("#5aabe8", "#f08f63", "#42c79f", "#e290c6", "#d8b640", "#a9acf7", "#7fd2ea", "#cf9f7c"),
        grey="#98a2ad",
    ),
}


def styles(series: Sequence[Series], metadata: Metadata, palette: Palette) -> tuple[Style, ...]:
    """One style for each series, in order.

    Where regions differ, each has its own colour. Where only something else differs, or a region has several
    lines, colours are given in order.
    """
    regions = [s.region for s in series]
    if len(set(regions)) == len(series):
        return tuple(_region_style(region, n, metadata, palette) for n, region in enumerate(regions))
    return tuple(
        Style(palette.hues[n % len(palette.hues)], SHAPES[n % len(SHAPES)], DASHES[n // len(palette.hues) % 4], 2)
        for n in range(len(series))
    )


def _region_style(region: str, position: int, metadata: Metadata, palette: Palette) -> Style:
    if region == REGION_SUM:
        return Style(palette.strong, "circle", DASHES[0], 3)
    if region in metadata.members:
        own = metadata.members.index(region)
        return Style(palette.hues[own % len(palette.hues)], SHAPES[own % len(SHAPES)], DASHES[0], 2)
    # comparisons stay behind: grey, told apart by dash and shape
    return Style(palette.grey, SHAPES[position % len(SHAPES)], DASHES[1 + position % 3], 2)
