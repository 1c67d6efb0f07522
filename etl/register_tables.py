"""The registers of measures and services as rows of the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from etl.entries import Text
from etl.measure_entries import Citation, Measure
from etl.service_entries import Body, Group, Service, ServicesFile, Term, Topic

Rows = list[dict[str, Any]]


def register_tables(measures: Iterable[Measure], services: ServicesFile) -> dict[str, Rows]:
    """Rows of ``measures``, ``bodies``, ``services`` and ``service_terms``, as dictionaries by column."""
    terms: dict[str, Sequence[Term]] = {"group": services.groups, "topic": services.topics, "stage": services.stages}
    return {
        "measures": [_measure(m, n) for n, m in enumerate(measures)],
        "bodies": [_body(b, n) for n, b in enumerate(services.bodies)],
        "services": [_service(s, n) for n, s in enumerate(services.services)],
        "service_terms": [_term(kind, term, n) for kind, found in terms.items() for n, term in enumerate(found)],
    }


def _measure(m: Measure, n: int) -> dict[str, Any]:
    return {
        "id": m.id,
        "sort_order": n,
        **_both("name", m.name),
        "short_de": m.short.de,
        "short_en": m.short.en,
        **_both("what", m.what),
        **_both("lead", m.lead),
        "duty": m.duty,
        "status": m.status,
        "groups": list(m.groups),
        "topics": list(m.topics),
        "begins": m.begins,
        "ends": m.ends,
        **_both("budget", m.budget),
        "indicators_json": json.dumps([i.model_dump() for i in m.indicators]),
        "districts": list(m.districts),
        "compared_with": list(m.compared_with),
        **_both("compared_why", m.compared_why),
        "sources_json": _citations(m.sources),
        "entered_by": m.entered_by,
        "imported_at": m.imported_at.replace(tzinfo=None).isoformat() if m.imported_at else None,
    }


def _body(b: Body, n: int) -> dict[str, Any]:
    return {
        "id": b.id,
        "sort_order": n,
        **_both("name", b.name),
        **_both("short", b.short),
        **_both("about", b.about),
        "coverage": list(b.coverage),
        "contact": b.contact,
        "provider": b.provider,
        "sources_json": _citations(b.sources),
    }


def _service(s: Service, n: int) -> dict[str, Any]:
    return {
        "id": s.id,
        "sort_order": n,
        "body": s.body,
        **_both("what", s.what),
        "duty": s.duty,
        **_both("basis", s.basis.text if s.basis else None),
        "basis_link": s.basis.link if s.basis else None,
        "groups": list(s.groups),
        "topics": list(s.topics),
        "stages": list(s.stages),
        "sources_json": _citations(s.sources),
    }


def _term(kind: str, term: Term, n: int) -> dict[str, Any]:
    people = term.people if isinstance(term, Group) else None
    return {
        "kind": kind,
        "id": term.id,
        "sort_order": n,
        **_both("name", term.name),
        "counted_as": list(term.counted_as),
        "people_indicator": people.indicator if people else None,
        "people_breakdown": people.breakdown if people else None,
        "groups": list(term.groups) if isinstance(term, Topic) else [],
        "stages": list(term.stages) if isinstance(term, Topic) else [],
    }


def _both(column: str, text: Text | None) -> dict[str, str | None]:
    return {f"{column}_de": text.de if text else None, f"{column}_en": text.en if text else None}


def _citations(sources: Iterable[Citation]) -> str:
    return json.dumps([s.model_dump() for s in sources], ensure_ascii=False)
