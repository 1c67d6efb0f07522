"""Prepared files for the round table: charts in order, each with its link's parameters and words of its own.

They stand in ``data/catalogue/briefings`` and travel in the store, so that the dashboard can open and print them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import urlencode

from pydantic import Field, StringConstraints

from etl.entries import Breakdown, Id, Indicator, Strict, Text

MOST_CHARTS = 12
# periods as links have them: 2024, 2024-Q2, 2024-06, 2024-06-30, 2023-WS
Period = Annotated[str, StringConstraints(pattern=r"^\d{4}(-Q[1-4]|-\d\d(-\d\d)?|-[WS]S)?$")]


class BriefingChart(Strict):
    """One chart as its link says it, with a heading and a note where it has its own."""

    indicators: tuple[Id, ...] = Field(min_length=1)
    regions: tuple[str, ...] = Field(min_length=1)
    breakdowns: tuple[Breakdown, ...] = ()
    start: Period | None = None
    end: Period | None = None
    measure: Literal["number", "share", "per1000", "index", "change"] = "number"
    chart: Literal["line", "bar", "map", "table", "small-multiples", "highlight", "side-by-side", "scatter"] = "line"
    heading: Text | None = None
    note: Text | None = None


class Briefing(Strict):
    """A prepared file; ``about`` says in a sentence what it is for."""

    id: Id
    order: int
    title: Text
    about: Text
    charts: tuple[BriefingChart, ...] = Field(min_length=1, max_length=MOST_CHARTS)


class _Known(Protocol):
    """What of the catalogue a briefing refers to."""

    @property
    def indicators(self) -> Mapping[str, Indicator]: ...

    @property
    def region_by_id(self) -> Mapping[str, object]: ...


def briefing_problems(briefings: Sequence[Briefing], known: _Known) -> list[str]:
    """What a briefing names and the catalogue has not, each with file and place; empty if all is there."""
    return [problem for briefing in briefings for problem in _problems(briefing, known)]


def _problems(briefing: Briefing, known: _Known) -> Iterator[str]:
    for number, chart in enumerate(briefing.charts, start=1):
        at = f"briefings/{briefing.id}.yaml: chart {number}"
        yield from (f"{at}: '{i}' is no indicator" for i in chart.indicators if i not in known.indicators)
        yield from (f"{at}: '{r}' is no region" for r in chart.regions if r not in known.region_by_id)
        offered = [_codes(known.indicators[i]) for i in chart.indicators if i in known.indicators]
        for breakdown in chart.breakdowns:
            parts = {part for part in breakdown.split(";") if part}
            if not any(parts <= codes for codes in offered):
                yield f"{at}: no indicator of it has the breakdown '{breakdown}'"


def _codes(indicator: Indicator) -> set[str]:
    """Every ``dim=code`` that an indicator's series can give."""
    fragments = [f for s in indicator.series for f in (s.fixed, *(b for c in s.columns.values() for b in c.values()))]
    return {part for fragment in fragments for part in (fragment or "").split(";") if part}


def briefing_rows(briefings: Sequence[Briefing]) -> list[dict[str, Any]]:
    """The rows of the store's table ``briefings``."""
    return [
        {
            "id": b.id,
            "sort_order": b.order,
            "title_de": b.title.de,
            "title_en": b.title.en,
            "about_de": b.about.de,
            "about_en": b.about.en,
            "charts_json": json.dumps([_chart(c) for c in b.charts], ensure_ascii=False),
        }
        for b in briefings
    ]


def _chart(chart: BriefingChart) -> dict[str, Any]:
    words = {key: said.model_dump() for key in ("heading", "note") if (said := getattr(chart, key))}
    return {"view": link_parameters(chart), **words}


def link_parameters(chart: BriefingChart) -> str:
    """The parameters of the chart's link, as in the contract of links; defaults are left out."""
    found = {
        "i": ",".join(chart.indicators),
        "r": ",".join(chart.regions),
        "b": ",".join(b or "total" for b in chart.breakdowns),
        "from": chart.start or "",
        "to": chart.end or "",
        "as": "" if chart.measure == "number" else chart.measure,
        "chart": "" if chart.chart == "line" else chart.chart,
    }
    return urlencode({key: value for key, value in found.items() if value}, safe=",")
