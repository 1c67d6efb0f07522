"""What the store holds, told to programs: indicators with their breakdowns, regions, periods and sources."""

from __future__ import annotations

from typing import Any

from dashboard.choices import default_breakdown, default_region, measures_of
from dashboard.labels import breakdown_label
from dashboard.metadata import Indicator, Label, Metadata
from dashboard.text import LANGUAGES
from dashboard.view import TOTAL, address


def described(metadata: Metadata, origin: str) -> dict[str, Any]:
    """Everything that a question to the data routes can name, every text in both languages."""
    return {
        "vintage": metadata.current,
        "vintages": [
            {"id": v.id, "published_at": f"{v.published_at:%Y-%m-%dT%H:%M:%SZ}"} for v in metadata.vintages.values()
        ],
        "regions": [
            {"id": r.id, "level": r.level, "name": _both(r.name), "part_of": r.part_of}
            for r in metadata.regions.values()
        ],
        "sources": [
            {
                "id": s.id,
                "name": _both(s.name),
                "publisher": _both(s.publisher),
                "homepage": s.homepage,
                "licence": _both(s.licence),
                "licence_url": s.licence_url,
                "invented": s.invented,
            }
            for s in metadata.sources.values()
        ],
        "indicators": [_indicator(i, metadata, origin) for i in metadata.indicators.values()],
    }


def _indicator(indicator: Indicator, metadata: Metadata, origin: str) -> dict[str, Any]:
    unit = metadata.units[indicator.unit]
    question = {"i": indicator.id, "r": default_region(indicator)}
    breakdown = default_breakdown(indicator)
    return {
        "id": indicator.id,
        "theme": indicator.theme,
        "title": _both(indicator.title),
        "definition": _both(indicator.definition),
        "reading": _both(indicator.reading),
        "notes": [_both(note) for note in indicator.notes],
        "unit": {"id": unit.id, "label": _both(unit.label)},
        "decimals": indicator.decimals,
        "period_kind": indicator.period_kind,
        "measures": measures_of(indicator, (breakdown,), metadata),
        "dimensions": sorted({p.split("=", 1)[0] for b in indicator.breakdowns for p in b.split(";") if p}),
        "breakdowns": [
            {
                "id": b or TOTAL,
                "label": {lang: breakdown_label(b, indicator, metadata, lang) for lang in LANGUAGES},
                "default": b == breakdown,
            }
            for b in indicator.breakdowns
        ],
        "regions": indicator.regions,
        "periods": [p.id for p in indicator.periods],
        "breaks": [{"source": b.source, "at": b.at.isoformat(), "text": _both(b.text)} for b in indicator.breaks],
        "series": [
            {"source": s.source, "table": s.table, "data": _both(s.data), "link": s.link}
            for s in metadata.series
            if s.indicator == indicator.id
        ],
        "related": [r for r in indicator.related if r in metadata.indicators],
        "links": {
            "observations": origin + address("/data/v1/observations.json", question),
            "picture": origin + address("/chart/v1/view.svg", question),
            "page": f"{origin}/plain/{indicator.id}",
        },
    }


def _both(label: Label) -> dict[str, str]:
    return {lang: label.to(lang) for lang in LANGUAGES}
