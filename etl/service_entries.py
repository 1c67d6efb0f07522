"""The entries of ``data/catalogue/services.yaml``: which body offers what to whom, on which topic, at which stage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import Field

from etl.entries import Id, Strict, Text
from etl.measure_entries import Citation, Duty, Link, Measure, Moved

if TYPE_CHECKING:
    from etl.catalogue import Catalogue


class Term(Strict):
    """A target group, topic or stage. ``counted_as``: the codes under which counselling bodies count it."""

    id: Id
    name: Text
    counted_as: tuple[Id, ...] = ()


class Group(Term):
    """A target group with the official figure of the people potentially concerned, if there is one."""

    people: Moved | None = None


class Topic(Term):
    """A topic; it arises for these ``groups`` at these ``stages``, and only there nobody's offer is a gap."""

    groups: tuple[Id, ...] = Field(min_length=1)
    stages: tuple[Id, ...] = Field(min_length=1)


class Body(Strict):
    """A body with an offer. ``provider``: its code in counselling.yaml, if it counts its contacts there."""

    id: Id
    name: Text
    short: Text  # for the head of a narrow column
    about: Text
    coverage: tuple[str, ...] = Field(min_length=1)
    contact: Link | None = None
    provider: Id | None = None
    sources: tuple[Citation, ...] = Field(min_length=1)


class Service(Strict):
    """An offer of a body: everything on ``topics`` for ``groups`` at ``stages`` that its sources state."""

    id: Id
    body: Id
    what: Text
    duty: Duty
    basis: Citation | None = None  # the law that makes it a duty
    groups: tuple[Id, ...] = Field(min_length=1)
    topics: tuple[Id, ...] = Field(min_length=1)
    stages: tuple[Id, ...] = Field(min_length=1)
    sources: tuple[Citation, ...] = Field(min_length=1)


class ServicesFile(Strict):
    """All of services.yaml."""

    groups: tuple[Group, ...]
    topics: tuple[Topic, ...]
    stages: tuple[Term, ...]
    bodies: tuple[Body, ...]
    services: tuple[Service, ...]


def bad_registers(catalogue: Catalogue) -> list[str]:
    """What in the registers of measures and services refers to nothing, stands twice, or has no legal basis."""
    services, problems = catalogue.services, list[str]()
    known = {
        "groups": [g.id for g in services.groups],
        "topics": [t.id for t in services.topics],
        "stages": [s.id for s in services.stages],
        "bodies": [b.id for b in services.bodies],
        "services": [s.id for s in services.services],
    }
    for part, ids in known.items():
        problems += [f"services.yaml: {part}: {i} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]

    def unknown(at: str, part: str, ids: Iterable[str], among: Iterable[str]) -> None:
        problems.extend(f"{at}: {part}: '{i}' is unknown" for i in sorted(set(ids) - set(among)))

    for group in services.groups:
        unknown(f"services.yaml: {group.id}", "counted_as", group.counted_as, catalogue.dimensions["group"].values)
        problems += _bad_series(f"services.yaml: {group.id}", [group.people] if group.people else [], catalogue)
    for topic in services.topics:
        at = f"services.yaml: {topic.id}"
        unknown(at, "counted_as", topic.counted_as, catalogue.dimensions["topic"].values)
        unknown(at, "groups", topic.groups, known["groups"])
        unknown(at, "stages", topic.stages, known["stages"])
    for body in services.bodies:
        at = f"services.yaml: {body.id}"
        unknown(at, "coverage", body.coverage, catalogue.members)
        unknown(at, "provider", [body.provider] if body.provider else [], catalogue.dimensions["provider"].values)
    for service in services.services:
        at = f"services.yaml: {service.id}"
        unknown(at, "body", [service.body], known["bodies"])
        for part in ("groups", "topics", "stages"):
            unknown(at, part, getattr(service, part), known[part])
        if (service.duty == "legal") != (service.basis is not None):
            problems.append(f"{at}: basis: a legal duty names its law, and nothing else does")
    for measure in catalogue.measures:
        problems += [f"measures.yaml: {said}" for said in bad_measure(measure, catalogue)]
    return problems


def bad_measure(measure: Measure, catalogue: Catalogue) -> list[str]:
    """What in one measure refers to nothing: groups, topics, districts, series."""
    services = catalogue.services
    found = {
        "groups": set(measure.groups) - {g.id for g in services.groups},
        "topics": set(measure.topics) - {t.id for t in services.topics},
        "districts": set(measure.districts) - set(catalogue.members),
        "compared_with": set(measure.compared_with) - set(catalogue.land_districts),
    }
    problems = [f"{measure.id}: {part}: '{i}' is unknown" for part, ids in found.items() for i in sorted(ids)]
    return [*problems, *_bad_series(measure.id, measure.indicators, catalogue)]


def _bad_series(at: str, series: Iterable[Moved], catalogue: Catalogue) -> list[str]:
    problems = []
    for one in series:
        indicator = catalogue.indicators.get(one.indicator)
        if indicator is None:
            problems.append(f"{at}: indicators: '{one.indicator}' is no indicator")
            continue
        for part in filter(None, one.breakdown.split(";")):
            dim, code = part.split("=", 1)
            if dim not in indicator.dims or code not in catalogue.dimensions[dim].values:
                problems.append(f"{at}: indicators: '{part}' is no breakdown of {one.indicator}")
    return problems
