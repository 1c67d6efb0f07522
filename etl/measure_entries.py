"""The entries of ``data/catalogue/measures.yaml``: what is done about labour migration, by whom, and on what authority.

A measure is written down as its sources state it. What could show whether it worked (indicators, districts to compare
with) is the monitor's own choice and says why it was made.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, model_validator

from etl.entries import Breakdown, EventShort, Id, Strict, Text

# a link to a public page: its form is checked, not whether anybody answers there
LINK = r"^https://[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?$"
Link = Annotated[str, StringConstraints(pattern=LINK)]
# as precisely as a source says it: 2016, 2016-02 or 2016-02-23
MOMENT = r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
Moment = Annotated[str, StringConstraints(pattern=MOMENT)]
Duty = Literal["legal", "voluntary"]
MeasureStatus = Literal["idea", "decided", "running", "ended"]
DUTIES: tuple[Duty, ...] = get_args(Duty)
STATUSES: tuple[MeasureStatus, ...] = get_args(MeasureStatus)
_WHOLE_DAY = len("2016-02-23")


class Citation(Strict):
    """Where something is said: a council paper with its number, a law with its section, a publication with its day."""

    text: Text
    link: Link | None = None


class Moved(Strict):
    """A series that would move if a measure worked."""

    indicator: Id
    breakdown: Breakdown = ""


class Measure(Strict):
    """A measure or funded project. ``compared_with``: districts in which it did not begin, and ``compared_why``."""

    id: Id
    name: Text
    short: EventShort
    what: Text
    lead: Text
    duty: Duty
    status: MeasureStatus
    groups: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()
    begins: Moment | None = None
    ends: Moment | None = None
    budget: Text | None = None
    indicators: tuple[Moved, ...] = ()
    districts: tuple[str, ...] = Field(min_length=1)
    compared_with: tuple[str, ...] = ()
    compared_why: Text | None = None
    sources: tuple[Citation, ...] = Field(min_length=1)
    entered_by: str | None = None  # of an imported one: the body that filled in the form
    imported_at: datetime | None = None

    @model_validator(mode="after")
    def days_exist_and_are_in_order(self) -> Measure:
        for moment in (self.begins, self.ends):
            if moment and len(moment) == _WHOLE_DAY:
                date.fromisoformat(moment)
        if self.begins and self.ends and self.ends < self.begins[: len(self.ends)]:
            raise ValueError("'ends' is before 'begins'")
        if self.ends and not self.begins:
            raise ValueError("'ends' stands without 'begins'")
        return self

    @model_validator(mode="after")
    def a_comparison_has_a_reason_and_is_elsewhere(self) -> Measure:
        if bool(self.compared_with) != (self.compared_why is not None):
            raise ValueError("'compared_with' and 'compared_why' stand together or not at all")
        if both := sorted(set(self.compared_with) & set(self.districts)):
            raise ValueError(f"'compared_with': {', '.join(both)} is a district of the measure itself")
        return self


class MeasuresFile(Strict):
    """All of measures.yaml, and of the measures that were imported."""

    measures: tuple[Measure, ...]
