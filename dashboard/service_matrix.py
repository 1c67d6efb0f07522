"""The matrix of offers in words: topics in rows, target groups, stages or bodies in columns, and both readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.charts.heatmap import HeatCell, HeatMap
from dashboard.metadata import Lang, Metadata
from dashboard.services import Offers, Place, services_at, shown_topics
from dashboard.tables import Cell, FigureTable
from dashboard.text import text

NOTHING = "–"  # the topic does not arise there, or the body has no offer on it
PARTLY = "*"  # some groups or stages are without an offer


@dataclass(frozen=True)
class Reading:
    """One line of a reading: a topic for a group, the stages, and the bodies that have an offer there."""

    topic: str
    group: str
    stages: tuple[str, ...]
    bodies: tuple[str, ...]


def columns_of(offers: Offers, metadata: Metadata) -> dict[str, str]:
    """The labels of the matrix's columns by id, in order."""
    lang, registers = offers.view.lang, metadata.registers
    if offers.by == "bodies":
        return {b.id: b.short.to(lang) for b in offers.bodies.values()}
    terms = registers.groups if offers.by == "groups" else registers.stages
    held = {place.group if offers.by == "groups" else place.stage for place in offers.places}
    return {term.id: term.name.to(lang) for term in terms.values() if term.id in held}


def matrix(offers: Offers, contacts: Mapping[tuple[str, str], float], metadata: Metadata) -> HeatMap:
    """The drawing. ``contacts``: counted contacts by body and topic. Where nobody has an offer the cell says so and has
    a dashed frame."""
    columns, topics = columns_of(offers, metadata), shown_topics(offers, metadata.registers)
    cells = []
    for row, topic in enumerate(topics):
        for n, column in enumerate(columns):
            held = _at(offers, topic.id, column)
            words, value = _words(offers, held, column, contacts.get((column, topic.id)), metadata)
            closed = bool(held) and value is None
            cells.append(HeatCell(row, n, words, value, closed=closed and offers.by != "bodies"))
    return HeatMap(tuple(t.name.to(offers.view.lang) for t in topics), tuple(columns.values()), tuple(cells))


def matrix_table(offers: Offers, contacts: Mapping[tuple[str, str], float], metadata: Metadata) -> FigureTable:
    """The same as a table, with the bodies by name."""
    lang, registers = offers.view.lang, metadata.registers
    columns = columns_of(offers, metadata)
    rows = []
    for topic in shown_topics(offers, registers):
        cells = [Cell(topic.name.to(lang))]
        for column in columns:
            held = _at(offers, topic.id, column)
            if offers.by == "bodies":
                said, _ = _words(offers, held, column, contacts.get((column, topic.id)), metadata)
            else:
                names = _bodies([b for place in held for b in place.bodies], metadata, lang)
                said = names or (text(lang, "services_page.nobody") if held else NOTHING)
            cells.append(Cell(said))
        rows.append(tuple(cells))
    return FigureTable((text(lang, "services_page.topic"), *columns.values()), tuple(rows))


def matrix_headline(offers: Offers, metadata: Metadata) -> str:
    """The finding in one sentence."""
    said = {"gaps": len(offers.gaps), "several": len(offers.overlaps), "count": len(offers.places)}
    place = metadata.regions[offers.region].short.to(offers.view.lang)
    return text(offers.view.lang, "services_page.headline", place=place, **said)


def readings(places: Sequence[Place], metadata: Metadata) -> tuple[Reading, ...]:
    """Places of one topic, group and set of bodies together, with their stages; in the register's order."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for place in places:
        found.setdefault((place.topic, place.group, place.bodies), []).append(place.stage)
    order = {g: n for n, g in enumerate(metadata.registers.groups)}
    lines = [Reading(topic, group, tuple(stages), bodies) for (topic, group, bodies), stages in found.items()]
    return tuple(sorted(lines, key=lambda one: order[one.group]))


def reading_said(reading: Reading, metadata: Metadata, lang: Lang) -> str:
    """A line in words: topic and stages, and the bodies if there are some."""
    registers = metadata.registers
    stages = ", ".join(registers.stages[s].name.to(lang) for s in reading.stages)
    said = text(lang, "services_page.line", topic=registers.topics[reading.topic].name.to(lang), stages=stages)
    return f"{said}: {_bodies(reading.bodies, metadata, lang)}" if reading.bodies else said


def _at(offers: Offers, topic: str, column: str) -> list[Place]:
    """The places of a topic that belong to a column; of a body all of the topic's."""
    if offers.by == "bodies":
        return [place for place in offers.places if place.topic == topic]
    return [p for p in offers.places if p.topic == topic and column == (p.group if offers.by == "groups" else p.stage)]


def _words(
    offers: Offers, held: Sequence[Place], column: str, contacts: float | None, metadata: Metadata
) -> tuple[str, float | None]:
    """What a cell says, and the figure that its tint stands for."""
    lang = offers.view.lang
    if offers.by == "bodies":
        own = [place for place in held if column in place.bodies]
        if not own:
            return NOTHING, None
        duties = {s.duty for place in own for s in services_at(metadata.registers, place, column)}
        said = text(lang, "services_page.short.legal" if "legal" in duties else "services_page.short.voluntary")
        counted = "" if contacts is None else f" {formats.number(contacts, 0, lang)}"
        return f"{said}{counted}", float(len(own))
    if not held:
        return NOTHING, None
    bodies = {body for place in held for body in place.bodies}
    if not bodies:
        return "0", None
    open_places = sum(not place.bodies for place in held)
    return f"{len(bodies)}{PARTLY if open_places else ''}", float(len(bodies))


def _bodies(ids: Sequence[str], metadata: Metadata, lang: Lang) -> str:
    return ", ".join(metadata.registers.bodies[b].name.to(lang) for b in dict.fromkeys(ids))
