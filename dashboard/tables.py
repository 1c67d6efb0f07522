"""Figures as a table in Markdown: the chart's text alternative, readable by every screen reader."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.charts.model import MISSING, ChartModel, figure_text
from dashboard.series import Point

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|$~:])")


def wide_box() -> DeltaGenerator:
    """A box that scrolls sideways, so that the page stays as wide as the screen.

    It needs something in it that takes the keyboard's focus: not every browser lets the keyboard reach a box
    that merely scrolls.
    """
    return st.container(horizontal=True, wrap=False).container(width="content")


def figures_table(model: ChartModel, period_heading: str) -> str:
    """Periods in rows, the newest first; one column for each series, figures to the right."""
    series = model.series
    periods = {p.period: p for s in series for p in s.points if p.status != MISSING}
    cells = [{p.period: p for p in s.points} for s in series]
    head = [period_heading, *(s.label for s in series)]
    lines = [_row(head), _row([":---", *("---:" for _ in series)], escape=False)]
    for point in sorted(periods.values(), key=_end, reverse=True):
        figures = [_cell(own.get(point.period), model) for own in cells]
        lines.append(_row([formats.period(point.period, model.lang), *figures]))
    return "\n".join(lines)


def escaped(said: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", said)


def small(said: str) -> str:
    """Plain text in small print, in the text's full colour."""
    return f":small[{escaped(said)}]"


def _cell(point: Point | None, model: ChartModel) -> str:
    return "–" if point is None else figure_text(point, model)


def _row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escaped(c) if escape else c for c in cells) + " |"


def _end(point: Point) -> tuple[object, str]:
    return point.end, point.period
