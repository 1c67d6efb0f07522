"""What is drawn of a view: the finished pieces that pages, files and routes share."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.charts.model import ChartModel
from dashboard.charts.spec import Spec
from dashboard.descriptions import Attribution
from dashboard.tables import FigureTable


@dataclass(frozen=True)
class Drawing:
    """Everything that is shown of a view. ``charts`` are names and specifications: one without a name, or panels with
    theirs; ``alts`` are their texts for a screen reader, in the same order. ``footer`` is the source line, which a
    single chart has inside it already. ``link``: the address on a page of its own, where no view of an indicator leads
    there."""

    figures: pl.DataFrame
    model: ChartModel
    headline: str
    subtitle: str
    charts: tuple[tuple[str, Spec], ...]
    alts: tuple[str, ...]
    table: FigureTable
    caveats: tuple[str, ...]
    sources: tuple[Attribution, ...]
    footer: str
    panels_a_row: int = 3  # on a wide screen
    link: str = ""
