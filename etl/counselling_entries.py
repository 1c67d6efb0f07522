"""The entries of ``data/catalogue/counselling.yaml``: who counts counselling, by which codes, how it is protected."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, model_validator

from etl.entries import Id, Strict, Text

ContentDim = Literal["kind", "group", "origin", "topic", "channel"]
# what a contact is described by, beside period and office; also the order of the form's columns
CONTENT_DIMS: tuple[ContentDim, ...] = get_args(ContentDim)
LOWEST_THRESHOLD = 3

ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class Office(Strict):
    """A place where a provider counsels; its counts belong to the district."""

    id: Id
    name: Text
    region: str


class Rule(Strict):
    """What makes a count disclosive: 1 to ``threshold`` - 1, and 0 in a group of fewer than ``small_group``.

    What the published figures leave open of a secret count must be at least ``threshold`` wide.
    """

    threshold: int = Field(ge=LOWEST_THRESHOLD)
    small_group: int = Field(ge=LOWEST_THRESHOLD)

    @model_validator(mode="after")
    def a_small_group_is_not_smaller_than_a_small_count(self) -> Rule:
        if self.small_group < self.threshold:
            raise ValueError("'small_group' is below 'threshold'")
        return self


class Provider(Strict):
    """A body that counts its counselling: its offices, what it counts beyond the common codes, its protection."""

    id: ProviderId
    name: Text
    about: Text
    source: str  # where the facts about the body are from
    offices: tuple[Office, ...] = Field(min_length=1)
    topics: dict[Id, Text] = Field(default={})  # its own, beside the common ones
    leaves_out: tuple[Id, ...] = ()  # common topics that are not its job
    invented: bool = False  # its figures are made up, for a look at the pages
    threshold: int | None = Field(default=None, ge=LOWEST_THRESHOLD)  # another one than the common
    threshold_reason: str | None = None
    round_to: int | None = Field(default=None, ge=2)  # published counts become multiples of it

    @property
    def code(self) -> str:
        """The provider as a value of the dimension ``provider``."""
        return self.id.replace("-", "_")

    @model_validator(mode="after")
    def another_threshold_has_a_reason(self) -> Provider:
        if (self.threshold is None) != (self.threshold_reason is None):
            raise ValueError("'threshold' and 'threshold_reason' stand together or not at all")
        return self


class OriginGroup(Strict):
    """A region of origin: only it is published; in the form its countries (ISO 3166) stand for it as well."""

    id: Id
    countries: tuple[str, ...] = ()


class Published(Strict):
    """Which dimensions are published for each length of period; always one at a time, never crossed.

    A shorter period never has more of them than a longer one: so all that a reader can know follows from sums over
    codes, offices and time, and nothing that was left out of account.
    """

    year: tuple[ContentDim, ...]
    quarter: tuple[ContentDim, ...]
    month: tuple[ContentDim, ...]

    @model_validator(mode="after")
    def shorter_periods_have_less(self) -> Published:
        if not set(self.month) <= set(self.quarter) <= set(self.year):
            raise ValueError("'month' may name what 'quarter' names, and 'quarter' what 'year' names")
        return self


class Milestone(Strict):
    """A published fact about counselling that is no series: said with its source beside the charts."""

    at: date
    when: Text
    text: Text
    source: Text
    link: str | None = None


class CounsellingFile(Strict):
    """All of counselling.yaml."""

    rule: Rule
    published: Published
    codes: dict[ContentDim, tuple[Id, ...]]  # the common codes of each dimension, in the form's order
    origins: tuple[OriginGroup, ...]
    providers: tuple[Provider, ...]
    milestones: tuple[Milestone, ...] = ()

    def rule_of(self, provider: Provider) -> Rule:
        """The provider's rule: the common one, or with its own threshold and twice that as the small group."""
        if provider.threshold is None:
            return self.rule
        return Rule(threshold=provider.threshold, small_group=max(self.rule.small_group, 2 * provider.threshold))

    def codes_of(self, provider: Provider, dim: ContentDim) -> tuple[str, ...]:
        """The codes that the provider may use, in the form's order."""
        if dim != "topic":
            return self.codes[dim]
        return (*(t for t in self.codes[dim] if t not in provider.leaves_out), *provider.topics)
