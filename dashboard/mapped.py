"""A view as a map: the figures of its districts as areas or circles, as ranked bars and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.charts.classes import EVEN, Classes, classes_of
from dashboard.charts.map import MapModel, MapPlace, map_chart
from dashboard.charts.map_legend import LegendEntry
from dashboard.charts.model import ChartModel, chart_model
from dashboard.charts.palette import Theme
from dashboard.charts.plane import plane_of
from dashboard.charts.ranked import ranked_bars
from dashboard.charts.spec import Spec
from dashboard.descriptions import Attribution, attributions, footer
from dashboard.drawn import Drawing
from dashboard.map_caveats import area_words, map_caveats, map_subtitle, shown_time, unit_words
from dashboard.map_figures import District, MapFigures, map_figures
from dashboard.map_findings import figure_words, is_count, is_diverging, map_headline
from dashboard.map_table import map_table, ranked
from dashboard.metadata import Lang, Metadata
from dashboard.protection import PROTECTED, is_invented
from dashboard.store import Store
from dashboard.text import text
from dashboard.view import View

MARK = "*"  # behind a figure that is not final


@dataclass(frozen=True)
class Mapped:
    """A map's drawing, the same figures as bars with their text for a screen reader, and what could be chosen."""

    drawing: Drawing
    bars: Spec | None
    bars_alt: str
    figures: MapFigures


@st.cache_resource(max_entries=200, show_spinner=False)
def mapped(_store: Store, _metadata: Metadata, store_name: str, view: View, theme: Theme) -> Mapped:
    """The map of a view, made once per store, view and ground. Nobody may change it."""
    return made_map(_store, _metadata, view, theme)


def made_map(store: Store, metadata: Metadata, view: View, theme: Theme) -> Mapped:
    """The map of any view, whatever its form; files and routes call it without a page."""
    found = map_figures(store, metadata, view)
    lang = view.lang
    sources = attributions(found.frame, metadata, lang)
    credit = _credit(found, metadata, lang)
    own_line = footer(sources, found.view, metadata)
    line = " ".join(part for part in (own_line, _credit_line(credit, lang)) if part)
    model = replace(chart_model(found.frame, found.view, metadata, theme, line), scale=found.scale)
    said = map_headline(found, metadata)
    if is_invented(found.frame, metadata):
        said = text(lang, "invented.headline", headline=said)
    drawn = _map_model(found, metadata, model, theme)
    order = [d.region for d in ranked(found)]
    known = any(place.value is not None or place.secret for place in drawn.places)
    return Mapped(
        drawing=Drawing(
            figures=_with_unit(found, metadata),
            model=model,
            headline=said,
            subtitle=map_subtitle(found, metadata),
            charts=(("", map_chart(drawn)),) if known and drawn.plane.shapes else (),
            alts=(text(lang, "map.alt", area=area_words(found), headline=said),)
            if known and drawn.plane.shapes
            else (),
            table=map_table(found, metadata),
            caveats=map_caveats(found, view, metadata, model),
            sources=(*sources, *credit),
            footer=line,
        ),
        bars=ranked_bars(drawn, order, own_line) if known else None,
        bars_alt=text(lang, "map.alt_bars", headline=said),
        figures=found,
    )


def _with_unit(found: MapFigures, metadata: Metadata) -> pl.DataFrame:
    """The figures; of changes with the unit and both periods (column ``shown_unit``), which their rows do not tell."""
    if found.view.measure != "change":
        return found.frame
    unit = f"{unit_words(found, metadata)}, {shown_time(found)}"
    return found.frame.with_columns(pl.lit(unit[:1].upper() + unit[1:]).alias("shown_unit"))


def _map_model(found: MapFigures, metadata: Metadata, model: ChartModel, theme: Theme) -> MapModel:
    values = [d.shown.value for d in found.districts if d.shown.value is not None]
    decimals = found.scale.decimals
    classes = None
    if values and not is_count(found):
        # by the figures as they are written: 12,0 must not stand in a class below 12
        classes = classes_of([round(v, decimals) for v in values], theme, around_zero=is_diverging(found))
    chosen = _outlined(found, metadata)
    outlines = {d.region: metadata.areas[d.region].geometry for d in found.districts if d.region in metadata.areas}
    places = tuple(_place(d, found, metadata, classes, theme, d.region in chosen) for d in found.districts)
    unit = unit_words(found, metadata)
    unit = unit[:1].upper() + unit[1:]
    return MapModel(
        places=places,
        plane=plane_of(outlines),
        classes=classes,
        largest=max((abs(v) for v in values), default=0.0),
        legend=_legend(found, places, model, theme, outlined=bool(chosen)),
        legend_title=(unit if classes else text(model.lang, "map.circles", unit=unit)) if values else "",
        theme=theme,
        chart=model,
    )


def _place(
    district: District,
    found: MapFigures,
    metadata: Metadata,
    classes: Classes | None,
    theme: Theme,
    chosen: bool,
) -> MapPlace:
    value, point = district.shown.value, district.shown
    marked = value is not None and point.status in formats.MARKED
    words = figure_words(district, found) + (MARK if marked else "")
    unchanged = district.unchanged and found.view.measure == "change"
    fill = None
    if value is not None:
        fill = EVEN[theme] if classes is None or unchanged else classes.color_of(round(value, found.scale.decimals))
    return MapPlace(
        region=district.region,
        name=metadata.regions[district.region].short.to(found.view.lang),
        words=words,
        short=_short(district, found, marked=marked),
        value=value,
        fill=fill,
        secret=point.status == PROTECTED,
        marked=marked,
        chosen=chosen,
    )


def _short(district: District, found: MapFigures, *, marked: bool) -> str:
    """The figure without its unit; of those that are missing only a secret one has a word."""
    value, scale, lang = district.shown.value, found.scale, found.view.lang
    if value is None:
        return text(lang, "secrets.figure") if district.shown.status == PROTECTED else ""
    write = formats.signed if scale.signed else formats.number
    return write(value, scale.decimals, lang) + (MARK if marked else "")


def _outlined(found: MapFigures, metadata: Metadata) -> frozenset[str]:
    """The districts with a strong outline: on a map of the Land those of the region."""
    return frozenset(metadata.members) if found.wide else frozenset()


def _legend(
    found: MapFigures, places: Sequence[MapPlace], model: ChartModel, theme: Theme, *, outlined: bool
) -> tuple[LegendEntry, ...]:
    """The signs that occur, each in words."""
    lang = model.lang
    entries = []
    if is_count(found) and any((place.value or 0) < 0 for place in places):
        entries.append(LegendEntry("hollow", text(lang, "map.below_zero"), model.palette.hues[1]))
    if found.view.measure == "change" and any(d.unchanged for d in found.districts):
        entries.append(LegendEntry("fill", text(lang, "map.unchanged"), EVEN[theme]))
    reasons = dict.fromkeys(place.words for place in places if place.fill is None and not place.secret)
    if reasons:
        entries.append(LegendEntry("hatched", "; ".join(reasons)))
    if any(place.secret for place in places):
        entries.append(LegendEntry("secret", text(lang, "secrets.figure")))
    if any(place.marked for place in places):
        entries.append(LegendEntry("mark", text(lang, "map.marked"), MARK))
    if outlined:
        entries.append(LegendEntry("outline", text(lang, "map.outlined")))
    return tuple(entries)


def _credit(found: MapFigures, metadata: Metadata, lang: Lang) -> tuple[Attribution, ...]:
    """Whose boundaries are drawn, as their licence wants it said."""
    areas = [metadata.areas[d.region] for d in found.districts if d.region in metadata.areas]
    named = {
        area.attribution.to(lang): Attribution(
            text(lang, "map.boundaries", attribution=area.attribution.to(lang)),
            area.licence.to(lang),
            area.licence_url,
            area.retrieved,
        )
        for area in areas
    }
    return tuple(named.values())


def _credit_line(credit: Sequence[Attribution], lang: Lang) -> str:
    return " ".join(text(lang, "map.credit", attribution=a.text, licence=a.licence) for a in credit)
