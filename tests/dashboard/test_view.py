from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.choices import CHARTS, MEASURES
from dashboard.metadata import Metadata
from dashboard.view import PARAMETERS, View, address, read, to_params

LOOSE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
some = st.sampled_from
ids = ["population", "foreign_population", "foreign_population_share", "residence_permits", "unemployment_rate", "x"]
regions = ["BSR", "03101", "03158", "03", "DE91", "99999"]
links = st.fixed_dictionaries(
    {},
    optional={
        "i": st.lists(some(ids), max_size=3).map(",".join),
        "r": st.lists(some(regions), max_size=4).map(",".join),
        "b": st.lists(some(["total", "sex=m", "sex=f", "sex=x", ""]), max_size=3).map(",".join),
        "from": some(["2010", "2015", "2015-12-31", "2015-06", "1990", "2050", "no"]),
        "to": some(["2024", "2020", "2020-12-31", "1990", ""]),
        "as": some([*MEASURES, "wrong"]),
        "chart": some([*CHARTS, "pie"]),
        "events": st.lists(some(["everywhere", "local", "none", "all", "x", ""]), max_size=3).map(",".join),
        "link": some(["1", "2", "3", "x", ""]),
        "v": some(["20260101T000000Z", "20260601T000000Z", "x"]),
        "lang": some(["de", "en", "fr"]),
    },
)


@LOOSE
@given(link=links)
def test_every_valid_view_survives_its_own_address(metadata: Metadata, link: dict[str, str]):
    view, _ = read(link, metadata)
    written = address("/explore", to_params(view, metadata))
    again, notes = read(dict(parse_qsl(urlsplit(written).query)), metadata)
    assert (again, notes) == (view, ())


@LOOSE
@given(link=st.dictionaries(some(PARAMETERS), st.text(max_size=60)))
def test_no_address_is_an_error(metadata: Metadata, link: dict[str, str]):
    view, _ = read(link, metadata)
    assert view.indicators and view.regions and view.breakdowns


def test_defaults_vanish_from_the_address(metadata: Metadata):
    link = {"i": "foreign_population", "r": "BSR", "b": "total", "from": "2010", "to": "2024", "as": "number"}
    view, notes = read(link | {"chart": "line", "lang": "de"}, metadata)
    assert (to_params(view, metadata), notes) == ({}, ())


def test_the_link_of_the_contract_is_read_as_it_stands(metadata: Metadata):
    link = {"i": "foreign_population", "r": "03101,BSR", "from": "2012", "to": "2023", "as": "index"}
    view, notes = read(link, metadata)
    assert view == View(("foreign_population",), ("03101", "BSR"), ("",), "2012", "2023", "index")
    assert notes == ()
    assert address("/explore", to_params(view, metadata)) == "/explore?r=03101,BSR&from=2012&to=2023&as=index"


def test_a_fixed_state_of_the_data_stays_in_the_address_even_while_it_is_the_current_one(metadata: Metadata):
    view, _ = read({"v": metadata.current}, metadata)
    assert to_params(view, metadata) == {"v": metadata.current}


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ({"i": "nothing"}, "unknown_indicator"),
        ({"r": "99999"}, "unknown_region"),
        ({"i": "unemployment_rate", "r": "03101"}, "no_figures_for_region"),
        ({"b": "sex=x"}, "unknown_breakdown"),
        ({"from": "soon"}, "unknown_value"),
        ({"from": "2024-02-31"}, "unknown_value"),
        ({"from": "2020", "to": "2015"}, "range_turned_round"),
        ({"from": "2050"}, "range_empty"),
        ({"as": "percent"}, "unknown_value"),
        ({"i": "naturalisations", "as": "share"}, "measure_impossible"),
        ({"i": "unemployment_rate", "as": "index"}, "measure_impossible"),
        ({"chart": "pie"}, "unknown_value"),
        ({"events": "everywhere,party"}, "unknown_event"),
        ({"events": "none,everywhere"}, "unknown_event"),
        ({"link": "9"}, "link_newer"),
        ({"link": "two"}, "link_unknown"),
        ({"link": "0"}, "link_unknown"),
        ({"i": "population,jobs,unemployment_rate", "chart": "scatter"}, "too_many_indicators"),
        ({"v": "20000101T000000Z"}, "unknown_vintage"),
        ({"lang": "fr"}, "unknown_value"),
        ({"i": "population,unemployment_rate"}, "other_unit"),
    ],
)
def test_what_cannot_be_shown_leaves_a_note(metadata: Metadata, link: dict[str, str], note: str):
    assert [n.key for n in read(link, metadata)[1]] == [note]


@pytest.mark.parametrize(("lang", "name"), [("de", "je 1.000 Einw."), ("en", "Per 1,000")])
def test_notes_speak_in_words_and_not_in_codes(metadata: Metadata, lang: str, name: str):
    _, notes = read({"i": "unemployment_rate", "r": "03101", "as": "per1000", "lang": lang}, metadata)
    said = {note.key: dict(note.values)["value"] for note in notes}
    assert said["no_figures_for_region"] == "Braunschweig" and said["measure_impossible"].startswith(name)


def test_a_note_never_repeats_a_long_text(metadata: Metadata):
    _, notes = read({"r": "9" * 5000}, metadata)
    assert all(len(value) < 50 for _, value in notes[0].values)
