"""Events are drawn as context: a few that fit, apart from breaks, named or numbered, never on one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from dashboard.charting import made
from dashboard.charts.lane import LaneMark, lane_floors, lane_marks
from dashboard.charts.line import line_chart
from dashboard.charts.model import chart_model
from dashboard.charts.spec import BREAK_CHARACTER, NARROWEST_PLOT
from dashboard.drawn import Drawing
from dashboard.events import MOST_CHOSEN, MOST_NAMED, events_legend, shown_events
from dashboard.metadata import Event, Label, Metadata
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.text import text
from dashboard.view import View, read
from tests.dashboard.test_pages import run

FIRST, LAST = date(2010, 12, 31), date(2024, 12, 31)


def drawn(store: Store, metadata: Metadata, **link: str) -> Drawing:
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert not notes
    return made(store, metadata, view, "light")


def ids(drawing: Drawing) -> list[str]:
    return [event.id for event in drawing.model.events]


def written(spec: dict[str, Any]) -> list[str]:
    """The names or numbers of events, each once."""
    rows = [row for layer in spec["layer"] if layer["mark"]["type"] == "text" for row in layer["data"]["values"]]
    return list(dict.fromkeys(row["event"] for row in rows if "event" in row))


def made_up(number: int, at: date, **changes: Any) -> Event:
    named = Label(f"Ereignis {number}", f"Event {number}")
    plain = Event(f"e{number}", at, named, named, named, "https://example.org", False, (), (), ())
    return replace(plain, **changes)


def with_events(metadata: Metadata, *events: Event) -> Metadata:
    return replace(metadata, events=tuple(sorted(events, key=lambda e: e.at)))


def test_a_chart_shows_the_events_of_its_indicator_its_theme_and_its_regions(store: Store, metadata: Metadata):
    assert ids(drawn(store, metadata, r="03101")) == ["everywhere", "indicator"]
    assert ids(drawn(store, metadata, r="03102")) == ["everywhere", "local", "indicator"]
    assert ids(drawn(store, metadata, i="jobs", r="03101")) == ["everywhere", "theme"]


def test_only_events_inside_the_range_of_the_figures_are_drawn(store: Store, metadata: Metadata):
    assert ids(drawn(store, metadata, r="03101", from_="2015")) == ["indicator"]
    assert ids(drawn(store, metadata, r="03101", to="2013")) == []


def test_the_reader_can_have_none_all_or_chosen_ones(store: Store, metadata: Metadata):
    assert ids(drawn(store, metadata, r="03101", events="none")) == []
    assert ids(drawn(store, metadata, r="03102", events="all")) == ["everywhere", "local", "indicator"]
    assert ids(drawn(store, metadata, r="03101", events="theme,everywhere")) == ["everywhere", "theme"]


@pytest.mark.parametrize("chart", ["bar", "table", "scatter"])
def test_forms_without_a_time_axis_show_none(chart: str, store: Store, metadata: Metadata):
    assert ids(drawn(store, metadata, i="population,naturalisations", r="03101", chart=chart)) == []


def test_events_are_dotted_on_a_dot_and_breaks_are_dashed(store: Store, metadata: Metadata):
    spec = drawn(store, metadata, i="population", r="03101").charts[0][1]
    rules = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "rule"]
    assert [rule["strokeDash"] for rule in rules] == [[4, 3], [1, 3]]
    assert [layer["mark"]["type"] for layer in spec["layer"]].count("circle") == 1
    assert written(spec) == ["Überall"]


def test_names_are_in_the_language_of_the_page(store: Store, metadata: Metadata):
    assert written(drawn(store, metadata, r="03101", lang="en").charts[0][1]) == ["Everywhere", "Foreigners"]


def test_small_panels_have_numbers_and_the_names_stand_before_the_source(store: Store, metadata: Metadata):
    drawing = drawn(store, metadata, r="03101,03103", chart="small-multiples")
    assert all(written(spec) == ["1", "2"] for _, spec in drawing.charts)
    assert drawing.footer.startswith("Ereignisse: 1 Überall (01.01.2014); 2 Ausländer (01.03.2020). Quelle: ")


def test_many_events_have_numbers_and_their_names_inside_the_picture(store: Store, metadata: Metadata):
    many = with_events(metadata, *(made_up(n, date(2011 + n, 6, 1)) for n in range(MOST_NAMED + 2)))
    view = View(("foreign_population",), ("03101",), ("",), events=("all",))
    model = chart_model(view_figures(store, many, view), view, many, "light", "Quelle: Amt.")
    spec = line_chart(model)
    assert written(spec) == ["1", "2", "3", "4", "5", "6"]
    assert " ".join(model.footer).startswith(events_legend(model.events, "de"))
    assert "6 Ereignis 5 (01.06.2016). Quelle: Amt." in spec["title"]["text"]["expr"].replace("','", " ")


def test_a_chart_chooses_few_events_the_most_direct_ones_first_and_none_beside_another(metadata: Metadata):
    direct = [made_up(n, date(2012 + n, 1, 1), indicators=("foreign_population",)) for n in range(2)]
    beside = made_up(8, date(2013, 2, 1), indicators=("foreign_population",), verified=True)
    general = [made_up(20 + n, date(2015 + n, 1, 1), verified=True) for n in range(8)]
    view = View(("foreign_population",), ("03101",), ("",))
    chosen = shown_events(view, with_events(metadata, *direct, beside, *general), FIRST, LAST)
    assert len(chosen) == MOST_CHOSEN
    assert {"e0", "e8"} < {event.id for event in chosen} and "e1" not in {event.id for event in chosen}
    assert [event.at for event in chosen] == sorted(event.at for event in chosen)


def test_among_equals_the_chosen_events_are_spread_over_the_time(metadata: Metadata):
    late = [made_up(n, date(2020, 1, 1) + timedelta(days=300 * n)) for n in range(5)]
    early = made_up(9, date(2012, 1, 1))
    chosen = shown_events(
        View(("foreign_population",), ("03101",), ("",)), with_events(metadata, early, *late), FIRST, LAST
    )
    assert {"e9", "e4", "e0"} <= {event.id for event in chosen}


def test_an_event_beside_a_break_that_is_drawn_is_not_chosen_but_can_be(metadata: Metadata):
    census = made_up(1, date(2022, 5, 15))
    view = View(("population",), ("03101",), ("",))
    assert shown_events(view, with_events(metadata, census), FIRST, LAST) == ()
    assert shown_events(replace(view, events=("all",)), with_events(metadata, census), FIRST, LAST) == (census,)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 22), st.booleans()), max_size=8))
def test_no_name_stands_on_another_on_a_phone(wanted: list[tuple[float, int, bool]]):
    marks = [LaneMark(FIRST, place, "x" * length, event) for place, length, event in sorted(wanted)]
    floors = lane_floors(marks)
    boxes = []
    for mark, floor in zip(marks, floors, strict=True):
        width, middle = len(mark.label) * BREAK_CHARACTER, mark.place * NARROWEST_PLOT
        if mark.is_event and 1 / 3 <= mark.place <= 2 / 3:
            left = middle - width / 2
        else:
            left = middle - width if mark.place > 0.5 else middle
        boxes.append((floor, left, left + width))
    for (floor, left, right), (other, start, end) in combinations(boxes, 2):
        assert floor != other or right <= start + 1e-6 or end <= left + 1e-6


def test_the_lane_is_in_order_of_time(store: Store, metadata: Metadata):
    view = View(("population",), ("03101",), ("",))
    model = chart_model(view_figures(store, metadata, view), view, metadata, "light")
    marks = lane_marks(model, FIRST, LAST, numbered=False)
    assert [mark.label for mark in marks] == ["Überall", "Bruch 2022"]


def explorer(**link: str) -> AppTest:
    return run("explore", **link)


def chosen(at: AppTest) -> Multiselect:
    return next(m for m in at.multiselect if m.label == text("de", "events.choice"))


def test_the_explorer_lists_the_events_with_day_and_source_and_writes_the_choice_into_the_address(metadata: Metadata):
    at = explorer(r="03102")
    said = "\n".join(m.value.replace("\\", "") for m in at.markdown)
    assert "01.06.2018" in said and text("de", "events.context") in said
    assert chosen(at).value == ["everywhere", "local", "indicator"]
    chosen(at).set_value(["local"]).run()
    assert not at.exception and at.query_params.get("events") in ("local", ["local"])
    chosen(at).set_value([]).run()
    assert not at.exception and at.query_params.get("events") in ("none", ["none"])
    chosen(at).set_value(["everywhere", "local", "indicator"]).run()
    assert not at.exception and "events" not in at.query_params


def test_the_explorer_finds_a_companion_for_a_form_of_two_indicators(metadata: Metadata):
    at = explorer(i="foreign_population", r="03101")
    next(g for g in at.button_group if text("de", "charts.scatter") in str(g.options)).set_value("scatter").run()
    assert not at.exception and not at.warning
    assert at.query_params.get("i") in ("foreign_population,population", ["foreign_population,population"])
    more = next(m for m in at.multiselect if m.label == text("de", "pairs.more_indicators", most=1))
    more.set_value([*more.value, "foreign_population_share"]).run()
    assert at.query_params.get("i") in (
        "foreign_population,foreign_population_share",
        ["foreign_population,foreign_population_share"],
    )
