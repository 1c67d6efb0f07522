"""The form of measures: its columns in German and English, what each expects, and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from etl.catalogue import REGION_SUM, Catalogue
from etl.counselling.form import folded
from etl.entries import Text

MeasureColumn = Literal[
    "id", "name", "name_en", "short", "what", "what_en", "lead", "duty", "status", "groups", "topics", "begins", "ends",
    "budget", "indicators", "districts", "compared_with", "compared_why", "source", "link", "entered_by",
]  # fmt: skip
LONGEST_SHORT = 22  # characters of a name inside a chart
SEPARATOR = ";"

DUTY_LABELS: dict[str, Text] = {
    "legal": Text(de="gesetzliche Pflicht", en="legal duty"),
    "voluntary": Text(de="freiwillig", en="voluntary"),
}
STATUS_LABELS: dict[str, Text] = {
    "idea": Text(de="Idee", en="idea"),
    "decided": Text(de="beschlossen", en="decided"),
    "running": Text(de="läuft", en="running"),
    "ended": Text(de="beendet", en="ended"),
}


@dataclass(frozen=True)
class Column:
    """A column: its header, what a cell of it holds, and whether it may be empty."""

    header: Text
    expected: Text
    needed: bool = False


_TEXT = Text(de="ein Text", en="a text")
_LIST = Text(de="einer oder mehrere Einträge der Liste, getrennt durch ;", en="one or several entries, separated by ;")
_WHEN = Text(
    de="ein Jahr, Monat oder Tag (2025, 2025-03, 2025-03-21)", en="a year, month or day (2025, 2025-03, 2025-03-21)"
)
_PLACES = Text(
    de="Kreise mit Namen oder Schlüssel (03101), getrennt durch ;",
    en="districts by name or key (03101), separated by ;",
)

COLUMNS: Mapping[MeasureColumn, Column] = {
    "id": Column(
        Text(de="Kennung", en="Id"),
        Text(
            de="Kleinbuchstaben, Ziffern und _ (wie sprachkurs_2025)",
            en="small letters, digits and _ (like course_2025)",
        ),
        needed=True,
    ),
    "name": Column(Text(de="Bezeichnung", en="Name"), _TEXT, needed=True),
    "name_en": Column(Text(de="Bezeichnung (englisch)", en="Name (English)"), _TEXT),
    "short": Column(
        Text(de="Kurzname", en="Short name"),
        Text(de=f"ein Text mit höchstens {LONGEST_SHORT} Zeichen", en=f"a text of at most {LONGEST_SHORT} characters"),
        needed=True,
    ),
    "what": Column(Text(de="Beschreibung", en="Description"), _TEXT, needed=True),
    "what_en": Column(Text(de="Beschreibung (englisch)", en="Description (English)"), _TEXT),
    "lead": Column(Text(de="Verantwortlich (Stelle)", en="Responsible (body)"), _TEXT, needed=True),
    "duty": Column(
        Text(de="Grundlage", en="Footing"),
        Text(de="gesetzliche Pflicht oder freiwillig", en="legal duty or voluntary"),
        needed=True,
    ),
    "status": Column(
        Text(de="Stand", en="Status"),
        Text(de="Idee, beschlossen, läuft oder beendet", en="idea, decided, running or ended"),
        needed=True,
    ),
    "groups": Column(Text(de="Zielgruppen", en="Target groups"), _LIST),
    "topics": Column(Text(de="Themen", en="Topics"), _LIST),
    "begins": Column(Text(de="Beginn", en="Beginning"), _WHEN),
    "ends": Column(
        Text(de="Ende", en="End"),
        Text(de="ein Jahr, Monat oder Tag nach dem Beginn", en="a year, month or day after the beginning"),
    ),
    "budget": Column(Text(de="Mittel (öffentlich)", en="Funds (public)"), _TEXT),
    "indicators": Column(
        Text(de="Kennzahlen", en="Indicators"),
        Text(
            de="Kennzahlen des Katalogs mit Gliederung (residence_permits purpose=employment), getrennt durch ;",
            en="indicators of the catalogue with breakdown (residence_permits purpose=employment), separated by ;",
        ),
    ),
    "districts": Column(Text(de="Kreise", en="Districts"), _PLACES, needed=True),
    "compared_with": Column(Text(de="Vergleichskreise", en="Districts to compare with"), _PLACES),
    "compared_why": Column(
        Text(de="Grund des Vergleichs", en="Reason of the comparison"),
        Text(
            de="ein Text, wenn Vergleichskreise genannt sind, und nur dann",
            en="a text if districts are named, else none",
        ),
    ),
    "source": Column(
        Text(de="Quelle", en="Source"),
        Text(
            de="ein Beleg (Drucksache, Gesetz, Veröffentlichung mit Datum)",
            en="evidence (paper, law, publication with its day)",
        ),
        needed=True,
    ),
    "link": Column(
        Text(de="Link", en="Link"),
        Text(de="eine Adresse, die mit https:// beginnt", en="an address that begins with https://"),
    ),
    "entered_by": Column(
        Text(de="Eingetragen von (Stelle)", en="Entered by (body)"),
        Text(de="eine Stelle, keine Person", en="a body, no person"),
        needed=True,
    ),
}


def headers() -> dict[str, MeasureColumn]:
    """The column of every header that is understood: id and both labels, folded."""
    return {
        folded(name): column for column, about in COLUMNS.items() for name in (column, about.header.de, about.header.en)
    }


def choices(catalogue: Catalogue) -> dict[MeasureColumn, dict[str, Text]]:
    """The codes of the columns that have some, each with its label, in the order of the lists."""
    services = catalogue.services
    places = {r.id: r.name for r in catalogue.regions if r.level == "district" and r.id != REGION_SUM}
    return {
        "duty": DUTY_LABELS,
        "status": STATUS_LABELS,
        "groups": {g.id: g.name for g in services.groups},
        "topics": {t.id: t.name for t in services.topics},
        "districts": {r: name for r, name in places.items() if r in catalogue.members},
        "compared_with": {r: name for r, name in places.items() if r in catalogue.land_districts},
    }


def codes_by_name(labels: Mapping[str, Text], catalogue: Catalogue) -> dict[str, str]:
    """The code that a cell means by its id or its label in either language, folded; of districts by all their names."""
    found: dict[str, str] = {}
    for code, label in labels.items():
        region = catalogue.region_by_id.get(code)
        spelt = [code, label.de, label.en, *([region.short.de, region.short.en, *region.names] if region else [])]
        found |= {folded(name): code for name in spelt}
    return found


def parted(written: str) -> list[str]:
    """The entries of a cell that may hold several."""
    return [part.strip() for part in re.split(r"[;\n]", written) if part.strip()]
