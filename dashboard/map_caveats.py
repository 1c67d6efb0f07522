"""What stands above and below a map: its statistical frame, and what a reader must know before quoting it."""

from __future__ import annotations

from dataclasses import replace

from dashboard import formats
from dashboard.charts.model import ChartModel
from dashboard.choices import breakdowns_of, measures_of
from dashboard.descriptions import caveats
from dashboard.labels import breakdown_label, period_kind_label
from dashboard.map_figures import MapFigures
from dashboard.map_findings import is_count
from dashboard.metadata import Metadata
from dashboard.protection import is_invented
from dashboard.subjects import title_of
from dashboard.text import text
from dashboard.view import View


def map_subtitle(found: MapFigures, metadata: Metadata) -> str:
    """What, unit, where, period kind, when in one line."""
    view, lang = found.view, found.view.lang
    parts = [
        title_of(view, metadata),
        unit_words(found, metadata),
        area_words(found),
        period_kind_label(found.indicator, lang),
    ]
    parts += [when] if (when := shown_time(found)) else []
    if is_invented(found.frame, metadata):
        parts.insert(0, text(lang, "invented.notice"))
    return " · ".join(part[:1].upper() + part[1:] for part in parts)


def area_words(found: MapFigures) -> str:
    """``8 Kreise der Region Braunschweig``."""
    key = "map.area_wide" if found.wide else "map.area_region"
    return text(found.view.lang, key, count=len(found.districts))


def shown_time(found: MapFigures) -> str:
    """The shown period; of a change the two that it is between. Empty without figures."""
    lang = found.view.lang
    if not found.period:
        return ""
    now = formats.period(found.period, lang)
    if found.view.measure != "change" or not found.base:
        return now
    return text(lang, "periods.span", first=formats.period(found.base, lang), last=now)


def unit_words(found: MapFigures, metadata: Metadata) -> str:
    """The unit; a change counts in percent, percentage points, or the figures' own unit."""
    lang = found.view.lang
    if found.view.measure != "change":
        return found.scale.unit
    unit = metadata.units[found.indicator.unit].label.to(lang)
    if not found.in_units:
        unit = text(lang, "units.percent")
    elif found.indicator.unit == "percent":
        unit = text(lang, "units.points_long")
    return text(lang, "map.change_in", unit=unit)


def map_caveats(found: MapFigures, asked: View, metadata: Metadata, model: ChartModel) -> tuple[str, ...]:
    """The caveats of a map; ``asked`` is the view before what a map cannot show was left out."""
    plain = replace(found.view, measure="number") if found.view.measure == "change" else found.view
    return (
        *_left_out(found, asked, metadata),
        *_form(found, metadata),
        *_change(found, metadata),
        *caveats(found.frame, plain, metadata, model),
    )


def _left_out(found: MapFigures, asked: View, metadata: Metadata) -> list[str]:
    lang, said = found.view.lang, []
    others = [metadata.indicators[i].title.to(lang) for i in asked.indicators[1:]]
    first = metadata.indicators[asked.indicators[0]]
    chosen = breakdowns_of(first, asked.breakdowns)
    others += [breakdown_label(b, first, metadata, lang) for b in chosen[1:]]
    if others:
        said.append(text(lang, "map.first_only", names="; ".join(others)))
    if asked.measure == "index":
        said.append(text(lang, "map.no_index"))
    if not found.inside:
        said.append(text(lang, "map.other_period", period=shown_time(found)))
    if any(d.region not in metadata.areas for d in found.districts):
        said.append(text(lang, "map.no_boundaries"))
    return said


def _form(found: MapFigures, metadata: Metadata) -> list[str]:
    """How the map is drawn, and why."""
    lang, view = found.view.lang, found.view
    if not is_count(found):
        return [text(lang, "map.about_classes")]
    possible = measures_of(metadata.indicators[view.indicators[0]], view.breakdowns, metadata)
    comparable = [
        text(lang, "headlines.quoted", title=text(lang, f"measures.{m}")) for m in ("share", "per1000") if m in possible
    ]
    said = text(lang, "map.about_circles")
    if comparable:
        said = f"{said} {text(lang, 'map.compare_by', measures=', '.join(comparable))}"
    return [said]


def _change(found: MapFigures, metadata: Metadata) -> list[str]:
    lang = found.view.lang
    if found.view.measure != "change":
        return []
    said = [text(lang, "map.own_change")]
    if found.broken:
        reasons = {b.text.to(lang): None for b in found.indicator.breaks if b.at == found.broken}
        day = formats.day(found.broken, lang)
        said += [text(lang, "caveats.break", day=day, text=reason) for reason in reasons]
    return said
