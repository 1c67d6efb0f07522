"""The catalogue as the store's metadata tables: labels, units, sources and events travel with the figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from etl.areas import Boundaries
from etl.briefings import briefing_rows
from etl.catalogue import Catalogue
from etl.counselling_entries import CounsellingFile, Provider
from etl.entries import Indicator, Text
from etl.measure_entries import Measure
from etl.outlook_metadata import assumption_rows, rate_rows
from etl.register_tables import register_tables
from etl.sources.base import AppliedCorrection
from etl.store_schema import SCHEMA_VERSION

Rows = list[dict[str, Any]]


def metadata_tables(
    catalogue: Catalogue, applied: Iterable[AppliedCorrection], imported: Iterable[Measure] = ()
) -> dict[str, Rows]:
    """Rows of every metadata table of ``store_schema.TABLES``, as dictionaries by column.

    ``imported`` are the measures that came by a form; they stand behind those of the catalogue, whose ids come first.
    """
    touched = {a.id: a.rows for a in applied}
    named = {m.id for m in catalogue.measures}
    measures = (*catalogue.measures, *(m for m in imported if m.id not in named))
    return {
        "indicators": [_indicator(i) for i in catalogue.indicators.values()],
        "series": [
            {"indicator": i.id, "source": s.source, "table": s.table, **_both("data", s.data), "link": s.link}
            for i in catalogue.indicators.values()
            for s in i.series
        ],
        "breaks": [
            {"indicator": i.id, "source": source, "at": b.at.isoformat(), **_both("text", b.text)}
            for i in catalogue.indicators.values()
            for b in i.breaks
            for source in b.sources
        ],
        "bases": [row for i in catalogue.indicators.values() for row in _bases(i)],
        "sources": [
            {
                "id": s.id,
                **_both("name", s.name),
                **_both("publisher", s.publisher),
                "homepage": s.homepage,
                "licence": s.licence.id,
                **_both("licence", s.licence.name),
                "licence_url": s.licence.url,
                **_both("attribution", s.attribution),
                **_both("rhythm", s.rhythm),
                "stale_after_days": s.stale_after_days,
                "invented": s.invented,
            }
            for s in catalogue.sources.values()
        ],
        "regions": [
            {
                "id": r.id,
                "sort_order": n,
                "level": r.level,
                **_both("name", r.name),
                **_both("short", r.short),
                "nuts": r.nuts,
                "part_of": list(r.part_of),
            }
            for n, r in enumerate(catalogue.regions)
        ],
        "dimensions": [
            {"dim": d.id, **_both("label", d.label), **_both("total", d.total)} for d in catalogue.dimensions.values()
        ],
        "dimension_values": [
            {
                "dim": d.id,
                "code": code,
                "sort_order": n,
                **_both("label", label),
                **_both("definition", d.definitions.get(code)),
                "ordered": d.has_order(code),
                "residual": code in d.residual,
            }
            for d in catalogue.dimensions.values()
            for n, (code, label) in enumerate(d.values.items())
        ],
        "providers": [_provider(p, n, catalogue.counselling) for n, p in enumerate(catalogue.counselling.providers)],
        "milestones": [
            {
                "at": m.at.isoformat(),
                **_both("when", m.when),
                **_both("text", m.text),
                **_both("source", m.source),
                "link": m.link,
            }
            for m in catalogue.counselling.milestones
        ],
        "outlook_assumptions": assumption_rows(catalogue.outlook),
        "outlook_rates": rate_rows(catalogue.outlook),
        "units": [
            {"id": u.id, **_both("label", u.label), **_both("suffix", u.suffix)} for u in catalogue.units.values()
        ],
        "events": [
            {
                "id": e.id,
                "at": e.at.isoformat(),
                **_both("title", e.title),
                "short_de": e.short.de,
                "short_en": e.short.en,
                **_both("source", e.source),
                "link": e.link,
                "verified": e.verified,
                "themes": list(e.themes),
                "indicators": list(e.indicators),
                "regions": list(e.regions),
            }
            for e in catalogue.events
        ],
        **register_tables(measures, catalogue.services),
        "areas": _areas(catalogue.boundaries) if catalogue.boundaries else [],
        "briefings": briefing_rows(catalogue.briefings),
        "corrections": [
            {
                "id": c.id,
                "source": c.source,
                "table": c.table,
                "action": c.action,
                "rows": touched[c.id],
                **_both("reason", c.reason),
            }
            for c in catalogue.corrections
            if c.id in touched
        ],
    }


def metadata_hash(tables: dict[str, Rows]) -> str:
    """A hash that changes when any label, unit, source or event does."""
    body = json.dumps({"schema": SCHEMA_VERSION, **tables}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _indicator(i: Indicator) -> dict[str, Any]:
    return {
        "id": i.id,
        "theme": i.theme,
        "sort_order": i.order,
        **_both("title", i.title),
        **_both("definition", i.definition),
        **_both("reading", i.reading),
        "unit": i.unit,
        "decimals": i.decimals,
        "measure": i.measure,
        "period_kind": i.period_kind,
        "dims": list(i.dims),
        "default_breakdown": i.default_breakdown,
        "regional_sum": i.regional_sum,
        "share_indicator": i.share_of.indicator if i.share_of else None,
        "share_kind": i.share_of.kind if i.share_of else None,
        "share_within": list(i.share_of.within) if i.share_of else [],
        "per1000": i.per1000,
        "preferred_source": i.preferred_source,
        "rounding_base": i.rounding.base if i.rounding else None,
        "rounding_cells": i.rounding.cells if i.rounding else None,
        "rounding_since": i.rounding.since if i.rounding else None,
        **_both("rounding", i.rounding.text if i.rounding else None),
        "notes_json": _texts(i.notes),
        "related": list(i.related),
    }


def _provider(p: Provider, n: int, counselling: CounsellingFile) -> dict[str, Any]:
    return {
        "code": p.code,
        **_both("name", p.name),
        **_both("about", p.about),
        "source": p.source,
        "invented": p.invented,
        "sort_order": n,
        "threshold": counselling.rule_of(p).threshold,
        "round_to": p.round_to,
        "regions": [o.region for o in p.offices],
        "topics": list(counselling.codes_of(p, "topic")),
    }


def _areas(boundaries: Boundaries) -> Rows:
    about = {
        "as_of": boundaries.as_of.isoformat(),
        **_both("attribution", boundaries.attribution),
        **_both("licence", boundaries.licence.name),
        "licence_url": boundaries.licence.url,
        "link": boundaries.link,
        "retrieved_at": boundaries.retrieved_at.replace(tzinfo=None).isoformat(),
    }
    return [
        {"region": region, "geometry": geometry.model_dump_json(), **about}
        for region, geometry in sorted(boundaries.areas.items())
    ]


def _bases(i: Indicator) -> Rows:
    """One row a source and base; a base ends on the day before the source's next."""
    rows: Rows = []
    for source in sorted({source for b in i.bases for source in b.sources}):
        own = sorted((b for b in i.bases if source in b.sources), key=lambda b: b.since)
        ends = [b.since - timedelta(days=1) for b in own[1:]]
        for base, end in zip_longest(own, ends):
            about = {"indicator": i.id, "source": source, "base": base.id, **_both("text", base.text)}
            rows.append({**about, "since": base.since.isoformat(), "until": end.isoformat() if end else None})
    return rows


def _both(column: str, text: Text | None) -> dict[str, str | None]:
    return {f"{column}_de": text.de if text else None, f"{column}_en": text.en if text else None}


def _texts(texts: Sequence[Text]) -> str:
    return json.dumps([t.model_dump() for t in texts], ensure_ascii=False)
