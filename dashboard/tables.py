"""Figures as a table: the chart's text alternative, in Markdown readable by every screen reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.charts.model import MISSING, ChartModel, figure_text
from dashboard.series import Point

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|$~:])")


@dataclass(frozen=True)
class Cell:
    """One cell as a reader sees it, and the figure behind it in the unit shown; None where there is none."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class FigureTable:
    """The figures of a drawing as page, files and screen readers give them. The first column names the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def wide_box() -> DeltaGenerator:
    """A box that scrolls sideways, so that the page stays as wide as the screen.

    It needs something in it that takes the keyboard's focus: not every browser lets the keyboard reach a box
    that merely scrolls.
    """
    return st.container(horizontal=True, wrap=False).container(width="content")


def series_table(model: ChartModel, period_heading: str) -> FigureTable:
    """Periods in rows, the newest first; one column for each series."""
    series = model.series
    periods = {p.period: p for s in series for p in s.points if p.status != MISSING}
    cells = [{p.period: p for p in s.points} for s in series]
    return FigureTable(
        columns=(period_heading, *(s.label for s in series)),
        rows=tuple(
            (
                Cell(formats.period(point.period, model.lang)),
                *(_cell(own.get(point.period), model) for own in cells),
            )
            for point in sorted(periods.values(), key=_end, reverse=True)
        ),
    )


def figures_table(table: FigureTable) -> str:
    """The table in Markdown, figures to the right."""
    figures = table.columns[1:]
    lines = [_row(table.columns), _row([":---", *("---:" for _ in figures)], escape=False)]
    return "\n".join([*lines, *(_row([cell.text for cell in row]) for row in table.rows)])


def escaped(said: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", said)


def small(said: str) -> str:
    """Plain text in small print, in the text's full colour."""
    return f":small[{escaped(said)}]"


def _cell(point: Point | None, model: ChartModel) -> Cell:
    return Cell("–") if point is None else Cell(figure_text(point, model), point.value)


def _row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escaped(c) if escape else c for c in cells) + " |"


def _end(point: Point) -> tuple[object, str]:
    return point.end, point.period
