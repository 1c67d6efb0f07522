"""The registers of measures and services as the store has them: what is done, by whom, for whom, on what authority."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from dashboard.periods import days_of

if TYPE_CHECKING:
    from dashboard.metadata import Label

STATUSES = ("running", "decided", "idea", "ended")  # in the order in which a reader should see them
START = "start_of_"  # before a measure's id: the event of its beginning


@dataclass(frozen=True)
class Citation:
    """Where something is said; ``link`` is empty where the source has no public page that is known."""

    text: Label
    link: str = ""


@dataclass(frozen=True)
class Moved:
    """A series that would move if a measure worked, or the people whom an offer may concern."""

    indicator: str
    breakdown: str


@dataclass(frozen=True)
class Measure:
    """A measure or funded project; ``begins`` and ``ends`` are as exact as their source.

    ``compared_with`` are districts in which it did not begin; ``entered_by`` and ``imported_at`` are there for those
    that came by a form.
    """

    id: str
    name: Label
    short: Label
    what: Label
    lead: Label
    duty: str  # legal, voluntary
    status: str
    groups: tuple[str, ...]
    topics: tuple[str, ...]
    begins: str | None
    ends: str | None
    budget: Label | None
    indicators: tuple[Moved, ...]
    districts: tuple[str, ...]
    compared_with: tuple[str, ...]
    compared_why: Label | None
    sources: tuple[Citation, ...]
    entered_by: str | None
    imported_at: datetime | None

    @property
    def start(self) -> date | None:
        """The first day of what the source names as the beginning."""
        days = days_of(self.begins or "")
        return days[0] if days else None

    @property
    def end(self) -> date | None:
        """The last day of what the source names as the end."""
        days = days_of(self.ends or "")
        return days[1] if days else None


@dataclass(frozen=True)
class Body:
    """A body with an offer; ``provider`` is its code among the counselling bodies, if it counts there."""

    id: str
    name: Label
    short: Label
    about: Label
    coverage: tuple[str, ...]
    contact: str
    provider: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class Service:
    """An offer: everything on ``topics`` for ``groups`` at ``stages``; ``basis`` is the law that makes it a duty."""

    id: str
    body: str
    what: Label
    duty: str
    basis: Citation | None
    groups: tuple[str, ...]
    topics: tuple[str, ...]
    stages: tuple[str, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class Term:
    """A target group, topic or stage. A topic arises for ``groups`` at ``stages``; ``people`` are those of a group."""

    id: str
    name: Label
    counted_as: tuple[str, ...]
    people: Moved | None
    groups: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Registers:
    """Everything of both registers, by id and in the order in which a reader should see it."""

    measures: dict[str, Measure] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    groups: dict[str, Term] = field(default_factory=dict)
    topics: dict[str, Term] = field(default_factory=dict)
    stages: dict[str, Term] = field(default_factory=dict)
