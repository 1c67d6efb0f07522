"""Who does what: the register of offers as the page's address asks for it, and its two readings, gaps and overlaps.

An offer is told by body, target group, topic and stage. A topic arises for some groups at some stages only; each such
combination is a *place*. A place without a body that covers the district is a gap, one with several an overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dashboard.metadata import REGION_SUM, Metadata
from dashboard.registers import Body, Registers, Service, Term
from dashboard.view import LONGEST_NOTE_VALUE, Note, View, language_of, listed, read

By = Literal["groups", "stages", "bodies"]
OWN_PARAMETERS = ("by", "group", "stage", "r")
WAYS: tuple[By, ...] = get_args(By)


@dataclass(frozen=True)
class Place:
    """A topic as it arises for a group at a stage, and the bodies with an offer there."""

    group: str
    topic: str
    stage: str
    bodies: tuple[str, ...]


@dataclass(frozen=True)
class Offers:
    """What the page shows: columns ``by``, one group or stage or all (empty), and the bodies that cover the region."""

    by: By
    group: str
    stage: str
    view: View
    places: tuple[Place, ...]
    bodies: dict[str, Body]
    notes: tuple[Note, ...]

    @property
    def region(self) -> str:
        return self.view.regions[0]

    @property
    def gaps(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if not place.bodies)

    @property
    def overlaps(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if len(place.bodies) > 1)


def read_offers(params: Mapping[str, str], metadata: Metadata) -> Offers | None:
    """The choice of an address; None where the store has no offer. What does not fit falls back and leaves a note."""
    registers = metadata.registers
    if not registers.services:
        return None
    # what other pages read is read as well: a broken value has its note here too
    base, read_notes = read({key: value for key, value in params.items() if key not in OWN_PARAMETERS}, metadata)
    notes = list(read_notes)
    by = _one_of(params, "by", WAYS, notes) or WAYS[0]
    group = _one_of(params, "group", list(registers.groups), notes)
    stage = _one_of(params, "stage", list(registers.stages), notes)
    region = _region(params, metadata, notes)
    bodies = {b.id: b for b in registers.bodies.values() if region in (REGION_SUM, *b.coverage)}
    view = View(base.indicators, (region,), base.breakdowns, vintage=base.vintage, lang=base.lang)
    places = _places(registers, bodies, group, stage)
    return Offers(next(w for w in WAYS if w == by), group, stage, view, places, bodies, tuple(notes))


def offers_params(offers: Offers, view: View, metadata: Metadata) -> dict[str, str]:
    """The address of a choice as the given view has its data state and language; defaults are left out."""
    found = {
        "by": "" if offers.by == WAYS[0] else offers.by,
        "group": offers.group,
        "stage": offers.stage,
        "r": "" if offers.region == usual_region(metadata) else offers.region,
        "v": view.vintage or "",
        "lang": "" if view.lang == "de" else view.lang,
    }
    return {key: value for key, value in found.items() if value}


def regions_offered(metadata: Metadata) -> tuple[str, ...]:
    """The districts, and their sum, in which a body counts that covers any of them."""
    whole = (REGION_SUM,) if REGION_SUM in metadata.regions else ()
    return (*metadata.members, *whole)


def usual_region(metadata: Metadata) -> str:
    """The first district: the register is made from its papers."""
    return metadata.members[0]


def services_at(registers: Registers, place: Place, body: str) -> tuple[Service, ...]:
    """The offers of a body at a place."""
    return tuple(
        s
        for s in registers.services
        if s.body == body and place.group in s.groups and place.topic in s.topics and place.stage in s.stages
    )


def shown_topics(offers: Offers, registers: Registers) -> tuple[Term, ...]:
    """The topics that arise in what was chosen."""
    held = {place.topic for place in offers.places}
    return tuple(topic for topic in registers.topics.values() if topic.id in held)


def _places(registers: Registers, bodies: Mapping[str, Body], group: str, stage: str) -> tuple[Place, ...]:
    found = []
    for topic in registers.topics.values():
        for g in topic.groups:
            for s in topic.stages:
                if group in ("", g) and stage in ("", s):
                    at = Place(g, topic.id, s, ())
                    held = tuple(b for b in bodies if services_at(registers, at, b))
                    found.append(Place(g, topic.id, s, held))
    return tuple(found)


def _one_of(params: Mapping[str, str], key: str, allowed: Sequence[str], notes: list[Note]) -> str:
    """The value under a key if it is allowed; otherwise none, with a note."""
    wanted = params.get(key, "").strip()
    if wanted and wanted not in allowed:
        notes.append(Note("unknown_value", (("parameter", key), ("value", wanted[:LONGEST_NOTE_VALUE]))))
        return ""
    return wanted


def _region(params: Mapping[str, str], metadata: Metadata, notes: list[Note]) -> str:
    offered = regions_offered(metadata)
    wanted = listed(params, "r")
    found = next((r for r in wanted if r in offered), usual_region(metadata))
    for one in wanted:
        if one not in metadata.regions:
            notes.append(Note("unknown_region", (("value", one[:LONGEST_NOTE_VALUE]),)))
        elif one not in offered:
            lang = language_of(params)
            said = {"value": metadata.regions[one].short.to(lang), "shown": metadata.regions[found].short.to(lang)}
            notes.append(Note("services_page.note_region", tuple(said.items())))
    return found
