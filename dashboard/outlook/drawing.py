"""The years ahead as the pieces that page and files share: charts, tables, figures, sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboard import formats
from dashboard.charts.model import ChartModel
from dashboard.charts.palette import PALETTES, Palette, Theme
from dashboard.descriptions import Attribution, attributions
from dashboard.drawn import Drawing
from dashboard.labels import Scale
from dashboard.metadata import REGION_SUM, Lang, Metadata
from dashboard.outlook.backtest import BackTest, Tested
from dashboard.outlook.chart import Line, course_axis, course_chart
from dashboard.outlook.evidence import POPULATION
from dashboard.outlook.scenario import Ahead, Prepared, Scenario, look_ahead
from dashboard.outlook.words import about, caveats, headline, needed_range, percent
from dashboard.queries import EXPORT_COLUMNS
from dashboard.tables import Cell, FigureTable
from dashboard.text import text

_PERCENT = 100
_ALONE, _CHOSEN = 1, 0  # their places among the palette's hues
_SOLID, _DASHED = (1, 0), (7, 3)
_WIDTH = 2.5  # px of a line


def outlook_drawing(
    ahead: Ahead, prepared: Prepared, used: pl.DataFrame, metadata: Metadata, lang: Lang, theme: Theme, link: str
) -> Drawing:
    """Everything that is shown of an area's years ahead. ``used``: the observations behind the model; ``link``: the
    page's own address of exactly this."""
    palette = PALETTES[theme]
    model = _model(palette, lang)
    said = headline(ahead, metadata.regions[ahead.area].short.to(lang), lang)
    sources = _sources(used, metadata, lang)
    named = "; ".join(a.text for a in sources)
    people, force = text(lang, "outlook.people"), text(lang, "outlook.force")
    courses = [_courses(ahead, what, model) for what in ("people", "force")]
    specs = [course_chart(seen, lines, model) for seen, lines in courses]
    from_zero = all(course_axis([seen, *lines]).from_zero for seen, lines in courses)
    return Drawing(
        figures=_figures(ahead, used, metadata, lang),
        model=model,
        headline=said,
        subtitle=_subtitle(ahead, prepared, metadata, lang),
        charts=tuple(zip((people, force), specs, strict=True)),
        alts=tuple(_alt(ahead, what, lang) for what in ("people", "force")),
        table=course_table(ahead, lang),
        caveats=caveats(ahead, prepared, metadata, lang, from_zero=from_zero),
        sources=sources,
        footer=text(
            lang,
            "sources.footer_own",
            attribution=named,
            licence="; ".join(dict.fromkeys(a.licence for a in sources)),
        ),
        panels_a_row=1,
        link=link,
    )


def course_table(ahead: Ahead, lang: Lang) -> FigureTable:
    """Years in rows: as counted up to the start, then age alone and the reader's assumptions."""
    columns = ("outlook.year", "outlook.people_alone", "outlook.people_chosen", "outlook.force_alone")
    rows: list[tuple[Cell, ...]] = []
    for n, year in enumerate(ahead.observed_years):
        seen = (_count(ahead.observed.people[n], lang), Cell("–"), _count(ahead.observed.force[n], lang), Cell("–"))
        rows.append((Cell(text(lang, "outlook.counted", year=year)), *seen))
    for n, year in enumerate(ahead.years[1:], start=1):
        figures = (ahead.alone.people, ahead.chosen.people, ahead.alone.force, ahead.chosen.force)
        rows.append((Cell(str(year)), *(_count(course[n], lang) for course in figures)))
    return FigureTable((*(text(lang, key) for key in columns), text(lang, "outlook.force_chosen")), tuple(rows))


def district_table(prepared: Prepared, scenario: Scenario, metadata: Metadata, lang: Lang) -> FigureTable:
    """Each district and the region: what age alone takes, the past balance, the balance that would keep the force."""
    rows = []
    for area in (*prepared.districts, REGION_SUM):
        found = look_ahead(prepared, area, scenario)
        before, after = found.alone.people[0], found.alone.people[-1]
        share = float(after / before - 1) * _PERCENT
        rows.append(
            (
                Cell(metadata.regions[area].short.to(lang)),
                _count(before, lang),
                Cell(about(after, 3, lang), float(round(after))),
                Cell(percent(share, lang), round(share, 1)),
                _signed(found.balance, lang),
                Cell(about(found.needed, 2, lang), float(round(found.needed))),
                Cell(_range(found, lang)),
            )
        )
    columns = (
        text(lang, "outlook.district"),
        text(lang, "outlook.people_then", year=prepared.start),
        text(lang, "outlook.people_later", year=prepared.end),
        text(lang, "outlook.change"),
        text(lang, "outlook.balance"),
        text(lang, "outlook.needed_short"),
        text(lang, "outlook.range"),
    )
    return FigureTable(columns, tuple(rows))


def test_table(test: BackTest, metadata: Metadata, lang: Lang) -> FigureTable:
    """Each district and the region: counted and forecast people of working age, and both errors."""
    rows = [_tested(one, metadata.regions[one.region or REGION_SUM].short.to(lang), lang) for one in test.districts]
    rows.append(_tested(test.region, metadata.regions[REGION_SUM].short.to(lang), lang))
    columns = (
        text(lang, "outlook.district"),
        text(lang, "outlook.actual", year=test.end),
        text(lang, "outlook.by_model", year=test.end),
        text(lang, "outlook.by_growth", year=test.end),
        text(lang, "outlook.error_model"),
        text(lang, "outlook.error_growth"),
    )
    return FigureTable(columns, tuple(rows))


def _model(palette: Palette, lang: Lang) -> ChartModel:
    unit = text(lang, "outlook.unit")
    return ChartModel((), (), Scale(unit, None, 0), (), (), palette, lang, annual=True)


def _courses(ahead: Ahead, what: str, model: ChartModel) -> tuple[Line, list[Line]]:
    """What was counted, and the two courses ahead with their bands."""
    lang, palette = model.lang, model.palette
    tested, steps = ahead.reliability, np.arange(len(ahead.years))

    def line(name: str, course: NDArray[np.float64], off: float | None, hue: int, dash: tuple[int, ...]) -> Line:
        band = None if off is None else course * off / _PERCENT * steps
        return Line(text(lang, name), ahead.years, course, band, palette.hues[hue], dash, _WIDTH)

    chosen, alone = getattr(ahead.chosen, what), getattr(ahead.alone, what)
    seen: NDArray[np.float64] = getattr(ahead.observed, what)
    return Line(text(lang, "outlook.line_counted"), ahead.observed_years, seen, None, palette.strong, _SOLID, _WIDTH), [
        line("outlook.line_chosen", chosen, tested.forecast if tested else None, _CHOSEN, _SOLID),
        line("outlook.line_alone", alone, tested.model if tested else None, _ALONE, _DASHED),
    ]


def _alt(ahead: Ahead, what: str, lang: Lang) -> str:
    names = {"people": text(lang, "outlook.people"), "force": text(lang, "outlook.force")}
    alone, chosen = getattr(ahead.alone, what), getattr(ahead.chosen, what)
    return text(
        lang,
        "outlook.alt",
        name=names[what],
        start=ahead.years[0],
        end=ahead.years[-1],
        now=formats.number(float(alone[0]), 0, lang),
        alone=formats.number(float(alone[-1]), 0, lang),
        chosen=formats.number(float(chosen[-1]), 0, lang),
    )


def _subtitle(ahead: Ahead, prepared: Prepared, metadata: Metadata, lang: Lang) -> str:
    ages, force = prepared.assumptions.working_ages, prepared.assumptions.force_ages
    return text(
        lang,
        "outlook.subtitle",
        start=ages[0],
        end=ages[1],
        force_start=force[0],
        force_end=force[1],
        area=metadata.regions[ahead.area].short.to(lang),
        first=ahead.observed_years[0],
        now=prepared.start,
        last=prepared.end,
    )


def _sources(used: pl.DataFrame, metadata: Metadata, lang: Lang) -> tuple[Attribution, ...]:
    frame = used.with_columns(
        pl.lit(None, pl.String).alias("total_table"), pl.lit(None, pl.Datetime("us")).alias("total_retrieved")
    )
    return attributions(frame, metadata, lang)


def _figures(ahead: Ahead, used: pl.DataFrame, metadata: Metadata, lang: Lang) -> pl.DataFrame:
    """The courses in the export columns: worked out here from the newest published structure, so all are estimates."""
    behind = used.filter(pl.col("indicator") == POPULATION).sort("period_end")
    about = behind.row(-1, named=True)
    mark = text("de", "sources.own")
    courses: Sequence[tuple[str, tuple[int, ...], NDArray[np.float64]]] = (
        ("outlook_people_alone", ahead.years, ahead.alone.people),
        ("outlook_people_assumed", ahead.years, ahead.chosen.people),
        ("outlook_labour_force_alone", ahead.years, ahead.alone.force),
        ("outlook_labour_force_assumed", ahead.years, ahead.chosen.force),
    )
    rows = [
        {
            **{column: about[column] for column in EXPORT_COLUMNS},
            "indicator": indicator,
            "region": ahead.area,
            "region_name": metadata.regions[ahead.area].name.to(lang),
            "period": f"{year}-12-31",
            "period_start": date(year, 12, 31),
            "period_end": date(year, 12, 31),
            "period_kind": "reference_date",
            "breakdown": "",
            "value": float(round(value)),
            "status": "estimated",
            "attribution": about["attribution"] if mark in about["attribution"] else f"{about['attribution']}; {mark}",
        }
        for indicator, years, course in courses
        for year, value in zip(years, course, strict=True)
    ]
    return pl.DataFrame(rows, schema={column: used.schema[column] for column in EXPORT_COLUMNS})


def _tested(one: Tested, name: str, lang: Lang) -> tuple[Cell, ...]:
    errors = (one.model_error, one.naive_error)
    said = (formats.with_suffix(formats.number(error, 2, lang), "%", lang) for error in errors)
    return (
        Cell(name),
        *(_count(course[-1], lang) for course in (one.actual, one.model, one.naive)),
        *(Cell(words, round(error, 2)) for words, error in zip(said, errors, strict=True)),
    )


def _range(ahead: Ahead, lang: Lang) -> str:
    if ahead.spread is None:
        return "–"
    low, high = needed_range(ahead, ahead.spread, lang)
    return text(lang, "outlook.from_to", low=low, high=high)


def _count(value: float, lang: Lang) -> Cell:
    return Cell(formats.number(float(value), 0, lang), float(round(value)))


def _signed(value: float, lang: Lang) -> Cell:
    return Cell(formats.signed(float(value), 0, lang), float(round(value)))
