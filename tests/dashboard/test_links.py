"""Links of older forms keep their meaning; those of newer ones are read as far as they are known."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from dashboard.links import MIGRATIONS, upgraded, versioned
from dashboard.metadata import Metadata
from dashboard.periods import Period, days_of
from dashboard.view import PARAMETERS, View, read, to_params
from tests.dashboard.invented import having, indicator

LETTERS = "aZ09-_,;=.%&/\\'\"<>{}[]()äß€日\u0000\u202e \n"


@pytest.fixture()
def studies(metadata: Metadata) -> Metadata:
    """With students of three semesters beside the small store's indicators."""
    names = {"2021-WS": "2021-WS", "2022-SS": "2022-SS", "2022-WS": "2022-WS"}
    days = {name: days_of(name) for name in names}
    periods = tuple(Period(d[1], d[0], name, "semester") for name, d in days.items() if d)
    return having(metadata, indicator(metadata, "students", period_kind="semester", periods=periods))


def test_a_semester_named_by_its_first_month_is_still_the_semester(studies: Metadata):
    old, notes = read({"i": "students", "from": "2022-04", "to": "2022-10"}, studies)
    assert (old.start, old.end, notes) == ("2022-SS", None, ())
    assert "link" not in to_params(old, studies)


def test_without_the_migration_the_last_semester_would_be_lost(studies: Metadata):
    new, _ = read({"i": "students", "from": "2022-04", "to": "2022-10", "link": "2"}, studies)
    assert new.end == "2022-SS"


def test_months_of_other_indicators_stay_months(studies: Metadata):
    for wanted in ("unemployment_rate", "students,unemployment_rate", "", "nothing"):
        link = {"i": wanted, "from": "2020-04", "to": "2022-10"}
        assert upgraded(link, studies)[0] == link


def test_a_link_carries_its_version_only_where_it_would_be_taken_for_an_older_one(metadata: Metadata):
    def renamed(params: Mapping[str, str], _: Metadata) -> dict[str, str]:
        return {**params, **({"i": "new"} if params.get("i") == "old" else {})}

    migrations = {**MIGRATIONS, 2: renamed}
    assert versioned({"i": "other"}, metadata, migrations) == {"i": "other"}
    assert versioned({"i": "old"}, metadata, migrations) == {"i": "old", "link": "3"}
    assert upgraded({"i": "old"}, metadata, migrations) == ({"i": "new"}, None)
    assert upgraded({"i": "old", "link": "2"}, metadata, migrations) == ({"i": "new"}, None)
    assert upgraded({"i": "old", "link": "3"}, metadata, migrations) == ({"i": "old"}, None)


def test_the_steps_of_all_versions_are_there():
    assert [*MIGRATIONS] == [*range(1, len(MIGRATIONS) + 1)]


@pytest.mark.parametrize("version", ["3", "12", "999999999999999999999999"])
def test_a_newer_link_is_read_with_a_note(version: str, metadata: Metadata):
    view, notes = read({"r": "03101", "link": version}, metadata)
    assert view.regions == ("03101",) and [n.key for n in notes] == ["link_newer"]


def test_an_event_of_the_address_is_kept_and_a_broken_one_falls_back_to_the_charts_choice(metadata: Metadata):
    for written, events in (("none", ()), ("all", ("all",)), ("local,everywhere", ("local", "everywhere"))):
        view, notes = read({"events": written}, metadata)
        assert (view.events, notes) == (events, ()) and to_params(view, metadata)["events"] == written
    assert read({"events": "party"}, metadata)[0].events is None
    assert read({"events": " , "}, metadata) == read({}, metadata)


@pytest.mark.parametrize("chart", ["side-by-side", "scatter"])
def test_indicators_of_different_units_are_read_where_each_has_an_axis(chart: str, metadata: Metadata):
    view, notes = read({"i": "population,foreign_population_share", "chart": chart}, metadata)
    assert (view.indicators, notes) == (("population", "foreign_population_share"), ())
    assert read(to_params(view, metadata), metadata) == (view, ())


def test_a_year_beside_months_is_that_year_and_not_its_months(metadata: Metadata):
    """Otherwise a view would change when its own address is read."""
    link = {"i": "naturalisations,unemployment_rate", "r": "03,03101", "chart": "side-by-side", "from": "2012-12-31"}
    view, _ = read(link, metadata)
    assert view.start == "2012" and read(to_params(view, metadata), metadata)[0] == view


def test_a_thousand_broken_addresses_never_raise_and_what_is_unknown_is_said(metadata: Metadata):
    chosen = random.Random(20261123)
    names = [p for p in PARAMETERS if p not in ("from", "to")]
    for _ in range(1000):
        name = chosen.choice(names)
        value = "".join(chosen.choices(LETTERS, k=chosen.randint(1, 80)))
        rest = {p: "".join(chosen.choices(LETTERS, k=chosen.randint(0, 30))) for p in chosen.sample(PARAMETERS, 3)}
        view, notes = read({**rest, name: value}, metadata)
        assert isinstance(view, View)
        assert notes or not value.replace(",", "").strip(), (name, value)
        assert read(to_params(view, metadata), metadata) == (view, ())
