"""Reads the registers of measures and services from the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dashboard.metadata import Event, Label
from dashboard.registers import START, STATUSES, Body, Citation, Measure, Moved, Registers, Service, Term
from dashboard.store import Store


def read_registers(store: Store) -> Registers:
    """Both registers. Measures stand by status, in each as the catalogue has them."""
    measures = [_measure(row) for row in store.query("SELECT * FROM measures ORDER BY sort_order, id").to_dicts()]
    measures.sort(key=lambda m: STATUSES.index(m.status))
    terms = store.query("SELECT * FROM service_terms ORDER BY kind, sort_order, id").to_dicts()
    return Registers(
        measures={m.id: m for m in measures},
        bodies={
            row["id"]: _body(row) for row in store.query("SELECT * FROM bodies ORDER BY sort_order, id").to_dicts()
        },
        services=tuple(
            _service(row) for row in store.query("SELECT * FROM services ORDER BY sort_order, id").to_dicts()
        ),
        groups=_terms(terms, "group"),
        topics=_terms(terms, "topic"),
        stages=_terms(terms, "stage"),
    )


def starts_of(measures: Mapping[str, Measure]) -> tuple[Event, ...]:
    """The beginnings of measures as events that an address can ask for, in order of time."""
    found = [
        Event(
            id=f"{START}{m.id}",
            at=m.start,
            title=m.name,
            short=m.short,
            source=m.sources[0].text,
            link=m.sources[0].link,
            verified=True,
            themes=(),
            indicators=tuple(i.indicator for i in m.indicators),
            regions=m.districts,
        )
        for m in measures.values()
        if m.start
    ]
    return tuple(sorted(found, key=lambda event: event.at))


def _measure(row: dict[str, Any]) -> Measure:
    return Measure(
        id=row["id"],
        name=_label(row, "name"),
        short=_label(row, "short"),
        what=_label(row, "what"),
        lead=_label(row, "lead"),
        duty=row["duty"],
        status=row["status"],
        groups=tuple(row["groups"]),
        topics=tuple(row["topics"]),
        begins=row["begins"],
        ends=row["ends"],
        budget=_label(row, "budget") if row["budget_de"] else None,
        indicators=tuple(Moved(**one) for one in json.loads(row["indicators_json"])),
        districts=tuple(row["districts"]),
        compared_with=tuple(row["compared_with"]),
        compared_why=_label(row, "compared_why") if row["compared_why_de"] else None,
        sources=_citations(row),
        entered_by=row["entered_by"],
        imported_at=row["imported_at"],
    )


def _body(row: dict[str, Any]) -> Body:
    return Body(
        id=row["id"],
        name=_label(row, "name"),
        short=_label(row, "short"),
        about=_label(row, "about"),
        coverage=tuple(row["coverage"]),
        contact=row["contact"] or "",
        provider=row["provider"] or "",
        sources=_citations(row),
    )


def _service(row: dict[str, Any]) -> Service:
    return Service(
        id=row["id"],
        body=row["body"],
        what=_label(row, "what"),
        duty=row["duty"],
        basis=Citation(_label(row, "basis"), row["basis_link"] or "") if row["basis_de"] else None,
        groups=tuple(row["groups"]),
        topics=tuple(row["topics"]),
        stages=tuple(row["stages"]),
        sources=_citations(row),
    )


def _terms(rows: list[dict[str, Any]], kind: str) -> dict[str, Term]:
    return {
        row["id"]: Term(
            row["id"],
            _label(row, "name"),
            tuple(row["counted_as"]),
            Moved(row["people_indicator"], row["people_breakdown"]) if row["people_indicator"] else None,
            tuple(row["groups"]),
            tuple(row["stages"]),
        )
        for row in rows
        if row["kind"] == kind
    }


def _citations(row: dict[str, Any]) -> tuple[Citation, ...]:
    return tuple(
        Citation(Label(one["text"]["de"], one["text"]["en"]), one["link"] or "")
        for one in json.loads(row["sources_json"])
    )


def _label(row: dict[str, Any], name: str) -> Label:
    return Label(row[f"{name}_de"], row[f"{name}_en"])
