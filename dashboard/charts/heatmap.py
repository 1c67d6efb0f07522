"""A heat map: rows by columns, each cell with its figure as words on a tint of the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.bar import NAME_LINE, names_in_the_middle
from dashboard.charts.model import ChartModel, label_lines
from dashboard.charts.palette import Palette
from dashboard.charts.spec import NARROWEST_PLOT, Spec, framed, quoted

ROW_HEIGHT = 38  # px
ROW_NAME, COLUMN_NAME, UPRIGHT_NAME = 15, 13, 18  # characters of a line
HEADING_LINE, HEADING_GAP = 14, 8  # px
NARROW = 84  # px of a column that is too narrow for its name, which then stands upright
CHARACTER = 7  # px, wider than that of any system font at this size
PALEST, STRONGEST = 0.08, 0.5  # share of the hue in the ground: words on the strongest still have 4.5:1


@dataclass(frozen=True)
class HeatCell:
    """One cell: its place, its words, and the figure that its tint stands for; without one the ground is left bare.

    ``closed`` says that there is a figure which must not be shown: a dashed frame.
    """

    row: int
    column: int
    words: str
    value: float | None
    closed: bool = False


@dataclass(frozen=True)
class HeatMap:
    """Names of rows and columns, and the cells."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[HeatCell, ...]


def heat_map(heat: HeatMap, model: ChartModel) -> Spec:
    """The specification; ``model`` gives ground, language and footer. The scale knows only the cells' own figures."""
    palette = model.palette
    highest = max((cell.value for cell in heat.cells if cell.value is not None), default=0.0)
    rows = [
        {
            "row": str(cell.row),
            "column": str(cell.column),
            "words": cell.words,
            "fill": tint(cell.value, highest, palette),
            "color": palette.muted if cell.value is None else palette.text,
            "name": f"{heat.rows[cell.row]}, {heat.columns[cell.column]}",
        }
        for cell in heat.cells
    ]
    row_names = [label_lines(name, ROW_NAME) for name in heat.rows]
    places: Spec = {"x": _columns(len(heat.columns)), "y": _rows(row_names, palette)}
    valued = [row for row, cell in zip(rows, heat.cells, strict=True) if cell.value is not None]
    closed = [row for row, cell in zip(rows, heat.cells, strict=True) if cell.closed]
    layers: list[Spec] = [
        _fields(valued, {"stroke": palette.grid}, places),
        _fields(closed, {"stroke": palette.muted, "strokeDash": [3, 3]}, places),
        {
            "data": {"values": rows},
            "mark": {"type": "text", "fontSize": 12},
            "encoding": {
                **places,
                "text": {"field": "words", "type": "nominal"},
                "color": {"field": "color", "type": "nominal", "scale": None, "legend": None},
            },
        },
        *_headings(heat.columns, palette),
    ]
    row_height = max([ROW_HEIGHT, *(len(lines) * NAME_LINE + 6 for lines in row_names)])
    heading = heading_height(heat.columns)
    spec = framed(layers, model, plot_height=row_height * max(1, len(heat.rows)), right=2, top=heading)
    spec["padding"]["top"] = 4  # the headings make their own room, and what stands above them too
    return spec


def heading_height(names: Sequence[str]) -> int:
    """The room above the cells (px): that of upright names where so many columns are narrow on a phone."""
    level = max(len(label_lines(name, COLUMN_NAME)) for name in names) * HEADING_LINE
    if NARROW * len(names) <= NARROWEST_PLOT:
        return level + HEADING_GAP
    upright = max(len(line) for name in names for line in label_lines(name, UPRIGHT_NAME)) * CHARACTER
    return max(level, upright) + HEADING_GAP


def _fields(rows: Sequence[Spec], mark: Spec, places: Spec) -> Spec:
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "rect", "strokeWidth": 1, **mark},
        "encoding": {
            **places,
            "fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
            "tooltip": [
                {"field": "name", "type": "nominal", "title": " "},
                {"field": "words", "type": "nominal", "title": "  "},
            ],
        },
    }


def _headings(names: Sequence[str], palette: Palette) -> list[Spec]:
    """The columns' names above them, level where they fit and upright where they do not.

    The width is known only in the browser, so both forms are there and one is left out. A text's anchor is its first
    line: several lines are moved so that they end above the cells, or stand around the column's middle.
    """
    forms: dict[str, tuple[int, float, Spec]] = {
        ">=": (COLUMN_NAME, -HEADING_LINE, {"align": "center", "baseline": "bottom"}),
        "<": (UPRIGHT_NAME, -HEADING_LINE / 2, {"align": "left", "baseline": "middle", "angle": -90}),
    }
    layers: list[Spec] = []
    for comparison, (width, step, mark) in forms.items():
        lines = [label_lines(name, width) for name in names]
        upright = "angle" in mark
        layers.append(
            {
                "data": {
                    "values": [
                        {"column": str(n), "text": own, "shift": step * (len(own) - 1)} for n, own in enumerate(lines)
                    ]
                },
                "transform": [{"filter": f"width / {len(names)} {comparison} {NARROW}"}],
                "mark": {
                    "type": "text",
                    "fontSize": 12,
                    "lineHeight": HEADING_LINE,
                    "color": palette.text,
                    "dx": HEADING_GAP if upright else 0,
                    "dy": {"expr": f"datum.shift - {0 if upright else HEADING_GAP}"},
                    **mark,
                },
                "encoding": {
                    "x": {"field": "column", "type": "nominal", "sort": None},
                    "y": {"value": 0},
                    "text": {"field": "text", "type": "nominal"},
                },
            }
        )
    return layers


def tint(value: float | None, highest: float, palette: Palette) -> str:
    """The ground mixed with the first hue: more of it for a larger figure, none for zero or no figure."""
    if not value or highest <= 0:
        return palette.ground
    share = PALEST + (STRONGEST - PALEST) * value / highest
    mixed = (
        round(ground + (hue - ground) * share)
        for ground, hue in zip(_rgb(palette.ground), _rgb(palette.hues[0]), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[n : n + 2], 16) for n in (1, 3, 5))


def _columns(count: int) -> Spec:
    """The columns in the given order; their names are layers of their own."""
    return {
        "field": "column",
        "type": "nominal",
        "sort": None,
        "axis": None,
        "scale": {"domain": [str(n) for n in range(count)], "paddingInner": 0.015, "paddingOuter": 0},
    }


def _rows(names: Sequence[Sequence[str]], palette: Palette) -> Spec:
    """The rows in the given order with their names."""
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
            **names_in_the_middle(names, [str(n) for n in range(len(names))]),
            "labelLimit": 0,
            "labelOverlap": False,
            "labelColor": palette.text,
            "labelPadding": 6,
        },
        "scale": {"domain": [str(n) for n in range(len(names))], "paddingInner": 0.05, "paddingOuter": 0},
    }
