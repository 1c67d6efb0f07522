"""Figures as a table: the chart's text alternative, readable by every screen reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.charts.model import MISSING, ChartModel, figure_text
from dashboard.series import Point

_LEFT, _RIGHT = "text-align: left; font-weight: normal", "text-align: right"
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


def show_table(table: FigureTable, name: str) -> None:
    """Draws the table; ``name`` says to a screen reader what it holds."""
    st.markdown(figures_table(table, name), unsafe_allow_html=True)


def figures_table(table: FigureTable, name: str) -> str:
    """The table as HTML, which unlike Markdown has a name and heads of rows; figures to the right.

    It takes the focus, so that the keyboard can scroll the box that it lies in.
    """
    head = _cells("th", 'scope="col"', table.columns)
    rows = (
        f'<tr><th scope="row" style="{_LEFT}">{escape(row[0].text)}</th>{_cells("td", "", row_words(row)[1:], 1)}</tr>'
        for row in table.rows
    )
    lines = [
        f'<table aria-label="{escape(name)}" tabindex="0"><thead><tr>{head}</tr></thead><tbody>',
        *rows,
        "</tbody></table>",
    ]
    return "\n".join(lines)


def row_words(row: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in row]


def escaped(said: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", said)


def small(said: str) -> str:
    """Plain text in small print, in the text's full colour."""
    return f":small[{escaped(said)}]"


def _cell(point: Point | None, model: ChartModel) -> Cell:
    return Cell("–") if point is None else Cell(figure_text(point, model), point.value)


def _cells(tag: str, scope: str, words: Sequence[str], first: int = 0) -> str:
    """Cells of a row from the column ``first`` on: the first column to the left, the others to the right."""
    looks = (_LEFT if n + first == 0 else _RIGHT for n in range(len(words)))
    return "".join(
        f'<{tag}{f" {scope}" if scope else ""} style="{look}">{escape(said)}</{tag}>'
        for said, look in zip(words, looks, strict=True)
    )


def _end(point: Point) -> tuple[object, str]:
    return point.end, point.period
