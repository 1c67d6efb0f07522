"""Who counsels on which topic: a table of topics by bodies, and what it says in words.

With one body its offices stand in the columns: a comparison of bodies needs a second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import polars as pl

from dashboard import formats
from dashboard.counselling import YEARS, Scopes, bodies_of, body_of
from dashboard.metadata import Lang, Metadata, Provider
from dashboard.protection import PROVIDER, UNDISCLOSED
from dashboard.text import text
from dashboard.view import View

TOPIC = "topic"
UNCOUNTED = "–"
OTHERS = "other_topics"  # what two bodies count there need not be the same


class State(Enum):
    """What there is to say about one topic of one column."""

    FIGURE = auto()
    HELD_BACK = auto()  # there is a figure, but it is secret
    UNCOUNTED = auto()  # the body does not count the topic
    UNREPORTED = auto()  # it counts it, but has no figure of it in the year


@dataclass(frozen=True)
class Cell:
    """One topic of one column; ``value`` is there only for a published figure."""

    topic: str
    column: str
    state: State
    value: float | None = None

    @property
    def is_served(self) -> bool:
        """Whether there were contacts, or at least figures that had to be kept secret."""
        return self.state is State.HELD_BACK or (self.state is State.FIGURE and self.value != 0)


@dataclass(frozen=True)
class Comparison:
    """Topics in rows, bodies or the offices of the only body in columns (labels by code), one year."""

    year: str
    topics: dict[str, str]
    columns: dict[str, str]
    cells: tuple[Cell, ...]
    of_bodies: bool

    @property
    def values(self) -> list[float]:
        """The published figures: nothing else may shape a scale."""
        return [cell.value for cell in self.cells if cell.value is not None]

    def row(self, topic: str) -> tuple[Cell, ...]:
        """The cells of a topic in the columns' order."""
        return tuple(cell for cell in self.cells if cell.topic == topic)


def topics_view(view: View, figures: pl.DataFrame, scopes: Scopes) -> View | None:
    """The view behind the comparison: every body's topics, or those of the only body's offices, in the newest year.

    ``figures`` are all observations of the page. None where nobody reports topics by the year.
    """
    topics = {body: scope.breakdowns.get(TOPIC, ()) for (length, body), scope in scopes.items() if length == YEARS}
    bodies = [body for body in bodies_of(scopes) if topics.get(body)]
    if not bodies:
        return None
    scope = scopes[YEARS, bodies[0]]
    year = _newest_year(figures, [topics[body] for body in bodies])
    return View(
        indicators=(YEARS,),
        regions=scope.regions[:1] if len(bodies) > 1 else scope.offices or scope.regions,
        breakdowns=tuple(breakdown for body in bodies for breakdown in topics[body]),
        start=year,
        end=year,
        chart="table",
        vintage=view.vintage,
        lang=view.lang,
    )


def comparison(figures: pl.DataFrame, view: View, metadata: Metadata) -> Comparison:
    """The table of a view of ``topics_view``; ``figures`` are those of ``queries.view_figures``."""
    bodies = list(dict.fromkeys(body_of(b) for b in view.breakdowns))
    found = {
        (region, breakdown): (status, value)
        for region, breakdown, status, value in figures.select("region", "breakdown", "status", "value").iter_rows()
    }
    of_bodies = len(bodies) > 1
    if of_bodies:
        columns = {body: metadata.providers[body].name.to(view.lang) for body in bodies}
        places = [(body, body, view.regions[0]) for body in bodies]
    else:
        columns = {region: metadata.regions[region].short.to(view.lang) for region in view.regions}
        places = [(region, bodies[0], region) for region in view.regions]
    topics = _topics([metadata.providers[body] for body in bodies], metadata, view.lang)
    cells = tuple(
        _cell(topic, column, metadata.providers[body], found.get((region, f"{PROVIDER}={body};{TOPIC}={topic}")))
        for topic in topics
        for column, body, region in places
    )
    return Comparison(str(figures["period"].max() or ""), topics, columns, cells, of_bodies)


def cell_text(cell: Cell, lang: Lang) -> str:
    """A cell as it is read: the figure, or a word for why there is none; never a zero for a secret."""
    if cell.value is not None:
        return formats.number(cell.value, 0, lang)
    if cell.state is State.UNCOUNTED:
        return UNCOUNTED
    return text(lang, "secrets.figure" if cell.state is State.HELD_BACK else "counselling_page.unreported")


def comparison_headline(compared: Comparison, lang: Lang) -> str:
    """The finding in one sentence, which is also the drawing's alternative text."""
    if not compared.of_bodies:
        return _headline_of_offices(compared, lang)
    known = _known(compared)
    several = sum(sum(cell.is_served for cell in row) > 1 for row in known.values())
    total = sum(topic != OTHERS for topic in compared.topics)
    said = {"year": compared.year, "several": several, "total": total}
    nobody = _served_by_nobody(compared)
    if not nobody:
        return text(lang, "counselling_page.headline_all", **said)
    return text(lang, "counselling_page.headline_gaps", **said, list=", ".join(nobody))


def topic_findings(compared: Comparison, lang: Lang) -> list[str]:
    """What the table says, line by line: topics of nobody, of several and of one only.

    A topic of which a column has no report is left out: nobody knows.
    """
    known = _known(compared)
    several = [_named(t, row, compared, lang) for t, row in known.items() if sum(c.is_served for c in row) > 1]
    single = [_with_column(one, compared, lang) for row in known.values() for one in _served_alone(row)]
    nobody = _served_by_nobody(compared)
    if compared.of_bodies:
        listed = {
            "counselling_page.served_by_nobody": nobody,
            "counselling_page.served_by_several": several,
            "counselling_page.served_by_one": single,
        }
    else:  # an office is no body: that several counsel on a topic is no finding
        listed = {
            "counselling_page.served_in_no_office": nobody,
            "counselling_page.served_in_one_office": single if len(compared.columns) > 1 else [],
        }
    return [text(lang, key, list=", ".join(topics)) for key, topics in listed.items() if topics]


def _headline_of_offices(compared: Comparison, lang: Lang) -> str:
    """The topic with the highest figure in each office; where some are secret, the highest published one: they
    may be higher."""
    tops = []
    for column, label in compared.columns.items():
        own = [cell for cell in compared.cells if cell.column == column and cell.value]
        if own:
            top = max(own, key=_value)
            tops.append((compared.topics[top.topic], label, cell_text(top, lang)))
    if not tops:
        return text(lang, "counselling_page.headline_no_topics", year=compared.year)
    if len(tops) > 1 and len({topic for topic, _, _ in tops}) == 1:
        figures = ", ".join(f"{label} {figure}" for _, label, figure in tops)
        return text(lang, "counselling_page.headline_same_topic", year=compared.year, topic=tops[0][0], list=figures)
    said = [text(lang, "counselling_page.top_topic", topic=t, column=label, figure=f) for t, label, f in tops]
    closed = any(cell.state is State.HELD_BACK for cell in compared.cells)
    key = "counselling_page.headline_offices" if closed else "counselling_page.headline_offices_open"
    return text(lang, key, year=compared.year, list=", ".join(said))


def _known(compared: Comparison) -> dict[str, tuple[Cell, ...]]:
    rows = {topic: compared.row(topic) for topic in compared.topics if topic != OTHERS or not compared.of_bodies}
    return {topic: row for topic, row in rows.items() if all(c.state is not State.UNREPORTED for c in row)}


def _served_by_nobody(compared: Comparison) -> list[str]:
    return [compared.topics[topic] for topic, row in _known(compared).items() if not any(c.is_served for c in row)]


def _named(topic: str, row: Sequence[Cell], compared: Comparison, lang: Lang) -> str:
    """The topic's name; where a secret figure stands behind "served", that is said."""
    if all(cell.state is not State.HELD_BACK for cell in row):
        return compared.topics[topic]
    return text(lang, "counselling_page.partly_secret", topic=compared.topics[topic])


def _served_alone(row: Sequence[Cell]) -> list[Cell]:
    """The only cell of a row with contacts; none where there are several."""
    served = [cell for cell in row if cell.is_served]
    return served if len(served) == 1 else []


def _with_column(cell: Cell, compared: Comparison, lang: Lang) -> str:
    key = "counselling_page.topic_of_secret" if cell.state is State.HELD_BACK else "counselling_page.topic_of"
    return text(lang, key, topic=compared.topics[cell.topic], column=compared.columns[cell.column])


def _newest_year(figures: pl.DataFrame, topics: Sequence[Sequence[str]]) -> str:
    """The newest year of which every body has reported topics; the newest of all where there is no such year."""
    years = figures.filter(pl.col("indicator") == YEARS).select("period", "breakdown")
    by_body = [set(years.filter(pl.col("breakdown").is_in(own))["period"]) for own in topics]
    common = set.intersection(*by_body)
    return str(max(common or set.union(*by_body)))


def _topics(bodies: Sequence[Provider], metadata: Metadata, lang: Lang) -> dict[str, str]:
    """The topics that any of the bodies counts, and the common ones that none of them does.

    A topic that a single other body counts is that body's own, and no gap of these.
    """
    counted = {topic for body in bodies for topic in body.topics}
    everywhere = [topic for provider in metadata.providers.values() for topic in provider.topics]
    return {
        code: label.to(lang)
        for code, label in metadata.dimensions[TOPIC].values.items()
        if code in counted or everywhere.count(code) != 1
    }


def _cell(topic: str, column: str, body: Provider, found: tuple[str, float | None] | None) -> Cell:
    if found is None:
        return Cell(topic, column, State.UNREPORTED if topic in body.topics else State.UNCOUNTED)
    status, value = found
    if status == UNDISCLOSED:
        return Cell(topic, column, State.HELD_BACK)
    return Cell(topic, column, State.UNREPORTED if value is None else State.FIGURE, value)


def _value(cell: Cell) -> float:
    return cell.value if cell.value is not None else 0.0
