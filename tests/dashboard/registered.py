"""Invented registers of measures and services for the small store."""

from __future__ import annotations

import json
from datetime import datetime

MEMBERS = ["03101", "03102", "03103", "03151", "03153", "03154", "03157", "03158"]
_CITED = [{"text": {"de": "Drucksache 1", "en": "Paper 1"}, "link": "https://example.org/paper"}]


def _measure(identity: str, order: int, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": identity,
        "sort_order": order,
        "name_de": f"Maßnahme {identity}",
        "name_en": f"Measure {identity}",
        "short_de": f"M {identity}",
        "short_en": f"M {identity}",
        "what_de": "Beschreibung",
        "what_en": "Description",
        "lead_de": "Stadt",
        "lead_en": "City",
        "duty": "voluntary",
        "status": "running",
        "groups": ["worker"],
        "topics": ["work"],
        "begins": None,
        "ends": None,
        "budget_de": None,
        "budget_en": None,
        "indicators_json": "[]",
        "districts": ["03101"],
        "compared_with": [],
        "compared_why_de": None,
        "compared_why_en": None,
        "sources_json": json.dumps(_CITED),
        "entered_by": None,
        "imported_at": None,
    }
    return plain | changes


def _term(kind: str, identity: str, order: int, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "kind": kind,
        "id": identity,
        "sort_order": order,
        "name_de": f"Begriff {identity}",
        "name_en": f"term {identity}",
        "counted_as": [],
        "people_indicator": None,
        "people_breakdown": None,
        "groups": [],
        "stages": [],
    }
    return plain | changes


def _body(identity: str, order: int, **changes: object) -> dict[str, object]:
    said = {f"{part}_{lang}": f"{identity} {lang.upper()}" for part in ("name", "short") for lang in ("de", "en")}
    plain: dict[str, object] = {"id": identity, "sort_order": order, **said, "about_de": "Aufgabe", "about_en": "Task"}
    plain |= {"coverage": MEMBERS, "contact": None, "provider": None, "sources_json": json.dumps(_CITED)}
    return plain | changes


def _service(identity: str, order: int, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": identity,
        "sort_order": order,
        "body": "agency",
        "what_de": "Angebot",
        "what_en": "Offer",
        "duty": "voluntary",
        "basis_de": None,
        "basis_en": None,
        "basis_link": None,
        "groups": ["worker"],
        "topics": ["work"],
        "stages": ["arrival", "work"],
        "sources_json": json.dumps(_CITED),
    }
    return plain | changes


def register_rows() -> dict[str, list[dict[str, object]]]:
    """``long``: a start with enough points around it, beside other districts; ``late``: none after it; ``national``: in
    all districts, alone; ``plan``: an idea without a start or a series; ``reported``: came by a form."""
    foreign = [{"indicator": "foreign_population", "breakdown": ""}]
    share = [{"indicator": "foreign_population_share", "breakdown": ""}]
    permits = [{"indicator": "residence_permits", "breakdown": "sex=m"}, {"indicator": "gone", "breakdown": ""}]
    why = {"compared_why_de": "Grund der Wahl", "compared_why_en": "Reason of the choice"}
    law = {"basis_de": "§ 1 Gesetz", "basis_en": "section 1", "basis_link": "https://example.org/law", "duty": "legal"}
    return {
        "measures": [
            _measure("plan", 0, status="idea", groups=[], topics=[]),
            _measure(
                "long",
                1,
                begins="2019-05",
                indicators_json=json.dumps([*foreign, *share, *permits]),
                districts=["03101", "03102"],
                compared_with=["03103", "03151", "03154"],
                **why,
            ),
            _measure("late", 2, begins="2025", indicators_json=json.dumps(foreign)),
            _measure(
                "national",
                3,
                begins="2020-03-01",
                ends="2023",
                status="ended",
                duty="legal",
                indicators_json=json.dumps([{"indicator": "naturalisations", "breakdown": ""}]),
                districts=MEMBERS,
            ),
            _measure(
                "reported",
                4,
                begins="2021-07-01",
                budget_de="10 Euro",
                budget_en="10 euros",
                entered_by="Stelle X",
                imported_at=datetime(2026, 5, 4, 12),
            ),
        ],
        "bodies": [
            _body("agency", 0),
            _body("center", 1, contact="https://example.org/center", provider="welcome_center"),
            _body("town", 2, coverage=["03101"]),
        ],
        "services": [
            _service("counsel", 0, **law),
            _service("help", 1, body="center", topics=["work", "living"]),
            _service("office", 2, body="town", topics=["living"], groups=["refugee"], stages=["arrival"]),
        ],
        "service_terms": [
            _term("group", "worker", 0, people_indicator="residence_permits", people_breakdown="sex=m"),
            _term("group", "refugee", 1),
            _term("topic", "work", 0, groups=["worker", "refugee"], stages=["arrival", "work"]),
            _term("topic", "living", 1, groups=["worker", "refugee"], stages=["arrival"], counted_as=["housing"]),
            _term("stage", "arrival", 0),
            _term("stage", "work", 1),
        ],
    }
