"""The table beside a map: its districts ranked, with figure, rank and change."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.labels import RATE_DECIMALS
from dashboard.map_figures import District, MapFigures
from dashboard.map_findings import figure_words
from dashboard.metadata import Metadata
from dashboard.protection import PROTECTED
from dashboard.series import Point
from dashboard.tables import Cell, FigureTable
from dashboard.text import text

NONE = Cell("–")


def ranked(found: MapFigures) -> list[District]:
    """The highest first; those without a figure last, in the order of the regions: a place would tell their size."""
    known = [d for d in found.districts if d.shown.value is not None]
    others = [d for d in found.districts if d.shown.value is None]
    return [*sorted(known, key=lambda d: -(d.shown.value or 0)), *others]


def map_table(found: MapFigures, metadata: Metadata) -> FigureTable:
    """Districts in rows with figure and rank; then the change on the year before, or the two figures of a change."""
    lang, order = found.view.lang, ranked(found)
    places = _places(order, found)
    period = formats.period(found.period, lang) if found.period else ""
    rows = tuple(
        (
            Cell(metadata.regions[district.region].short.to(lang)),
            Cell(figure_words(district, found), district.shown.value),
            Cell(str(places[district.region]), places[district.region]) if district.region in places else NONE,
            *_beside(district, found, metadata),
        )
        for district in order
    )
    columns: tuple[str, ...]
    if found.view.measure == "change":
        base = formats.period(found.base, lang) if found.base else text(lang, "map.before")
        columns = (text(lang, "map.change"), text(lang, "map.rank"), base, period)
    else:
        columns = (period or text(lang, "map.figure"), text(lang, "map.rank"), text(lang, "map.on_year"))
    return FigureTable(columns=(text(lang, "map.district"), *columns), rows=rows)


def _places(order: Sequence[District], found: MapFigures) -> dict[str, int]:
    """Ranks, the same for the same figure as written; none beside secret ones, which may be higher."""
    if any(d.shown.status == PROTECTED for d in order):
        return {}
    written = {d.region: round(d.shown.value, found.scale.decimals) for d in order if d.shown.value is not None}
    values = list(written.values())
    return {region: values.index(value) + 1 for region, value in written.items()}


def _beside(district: District, found: MapFigures, metadata: Metadata) -> tuple[Cell, ...]:
    if found.view.measure == "change":
        return _counted(district.earlier, found, metadata), _counted(district.now, found, metadata)
    return (_change(district, found),)


def _counted(point: Point, found: MapFigures, metadata: Metadata) -> Cell:
    """One of the two figures that a change is between, in the indicator's own unit."""
    unit = metadata.units[found.indicator.unit]
    suffix = unit.suffix.to(found.view.lang) if unit.suffix else None
    said = formats.figure(point.value, point.status, found.indicator.decimals, suffix, found.view.lang)
    return Cell(said, point.value)


def _change(district: District, found: MapFigures) -> Cell:
    """The change on the year before: percent for counts, points or the own unit for rates; or why there is none."""
    lang, point, scale = found.view.lang, district.change, found.scale
    if point.value is None:
        return Cell(formats.figure(None, point.status, 0, None, lang))
    if district.unchanged:
        return Cell(text(lang, "headlines.unchanged_short"), point.value)
    decimals = scale.decimals if found.in_units else RATE_DECIMALS
    suffix = text(lang, "units.points") if scale.suffix == "%" else scale.suffix
    written = formats.signed(point.value, decimals, lang)
    return Cell(formats.with_suffix(written, suffix if found.in_units else "%", lang), point.value)
