"""The BA's job search as a counter: a number of hits a city and day, and nothing else of the reply."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import stamina

from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.pipeline import run
from etl.raw import RawStore
from etl.settings import Settings
from etl.sources import jobsuche
from etl.sources.base import Context, Reply
from etl.store import current_state

CATALOGUE = load_catalogue()
SOURCE = CATALOGUE.sources["jobsuche"]
WHEN = datetime(2026, 11, 22, 9, tzinfo=UTC)
CITIES = {"Braunschweig": 286, "Salzgitter": 120, "Wolfsburg": 0}


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def context(base="https://publisher.example"):
    return Context(SOURCE, CATALOGUE, None, date(2026, 11, 22), base)


def result(hits, place="Braunschweig"):
    """A search result with one advert; without a hit the lists are absent."""
    found = {"maxErgebnisse": hits, "page": 1, "size": 1, "woOutput": {"bereinigterOrt": place}}
    if hits:
        found["ergebnisliste"] = [{"stellenangebotsTitel": "Fachkraft", "firma": "Beispiel GmbH"}]
        found["facetten"] = {"arbeitsort": {"counts": {place: hits}, "maxCount": hits}}
    return json.dumps(found)


def read(text, name="city-03101"):
    body = text.encode()
    return jobsuche.parse(Reply("jobsuche", "jobs", name, "http://127.0.0.1/pc/v6/jobs", body, WHEN, ""), CATALOGUE)


def test_only_the_cities_are_asked_without_a_radius():
    requests = [part.alternatives[0] for part in jobsuche.parts("jobs", context())]
    assert [dict(r.params)["wo"] for r in requests] == list(CITIES)
    assert {dict(r.params)["umkreis"] for r in requests} == {"0"}
    assert {r.url for r in requests} == {"https://publisher.example/pc/v6/jobs"}
    assert [r.name for r in requests] == ["city-03101", "city-03102", "city-03103"]


def test_the_source_is_off_by_default_and_marked_as_not_comparable():
    indicator = CATALOGUE.indicators["job_postings"]
    assert SOURCE.by_name_only
    assert not indicator.regional_sum
    for text in (indicator.title, indicator.definition, indicator.notes[0]):
        assert "nicht vergleichbar" in text.de.casefold()
        assert "not comparable" in text.en.casefold()


def test_the_number_of_hits_is_the_figure_of_the_day_it_was_asked_for():
    tidy = read(result(286))
    indicator = CATALOGUE.indicators["job_postings"]
    row = observations(tidy, indicator, indicator.series[0], SOURCE, WHEN)
    assert row.select("region", "period", "value", "status").rows() == [("03101", "2026-11-22", 286.0, "ok")]
    assert tidy.partial


def test_no_hit_is_zero():
    assert read(result(0)).frame["value"].to_list() == [0.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", "expected JSON"),
        ("[]", "expected a search result with 'maxErgebnisse'"),
        ('{"fehler": "EINGABEPARAMETER_FEHLERHAFT"}', "came .*EINGABEPARAMETER_FEHLERHAFT"),
        (result(3).replace('"maxErgebnisse": 3', '"maxErgebnisse": "3"'), "expected a search result"),
        (result(3).replace('"maxErgebnisse": 3', '"maxErgebnisse": true'), "expected a search result"),
        (result(3).replace('"maxErgebnisse": 3', '"maxErgebnisse": -3'), "expected a search result"),
        (result(3).replace('"maxErgebnisse": 3', '"maxErgebnisse": 0'), "0 hits, but 'ergebnisliste' says otherwise"),
        (result(3).replace("ergebnisliste", "stellenangebote"), "3 hits, but 'ergebnisliste' says otherwise"),
        (result(3, "Braunsbedra"), "asked for Braunschweig, the search took it for 'Braunsbedra'"),
        (result(3)[:60], "expected JSON"),
    ],
)
def test_a_reply_of_another_shape_is_refused(text, message):
    with pytest.raises(ParseError, match=message):
        read(text)


@pytest.fixture
def settings(tmp_path, httpserver):
    httpserver.no_handler_status_code = 404
    return Settings(tmp_path, {"jobsuche": httpserver.url_for("").rstrip("/")})


def serve(httpserver, counts=CITIES):
    for city, hits in counts.items():
        query = {"angebotsart": "1", "wo": city, "umkreis": "0", "size": "1", "page": "1"}
        headers = {"X-API-Key": SOURCE.headers["X-API-Key"]}
        httpserver.expect_request("/pc/v6/jobs", query_string=query, headers=headers).respond_with_data(
            result(hits, city)
        )


def test_a_run_that_names_the_source_publishes_a_count_for_each_city_and_no_sum(settings, httpserver):
    serve(httpserver)
    outcome = run(settings, CATALOGUE, ["jobsuche"])
    assert outcome.exit_code == 0, outcome
    state = current_state(settings.published_dir)
    assert dict(state.select("region", "value").rows()) == {"03101": 286, "03102": 120, "03103": 0}
    assert not [c for c in state["attribution"].unique() if "Beispiel GmbH" in c]


def test_the_same_reply_on_another_day_is_that_days_count(settings, httpserver):
    serve(httpserver)
    raw = RawStore(settings.raw_dir)
    base = httpserver.url_for("").rstrip("/")
    ask = jobsuche.fetcher(raw, PoliteSession(SOURCE), context(base))
    request = jobsuche.parts("jobs", context(base))[0].alternatives[0]
    first = ask("jobs", request)
    path = next(settings.raw_dir.glob("jobsuche/jobs/*_city-03101.json"))
    yesterday = (first.retrieved_at - timedelta(days=1)).isoformat()
    meta = json.loads(path.read_text()) | {"fetched_at": yesterday}
    path.write_text(json.dumps(meta))
    again = ask("jobs", request)
    assert again.sha256 == first.sha256
    assert again.retrieved_at >= first.retrieved_at


def test_a_blocked_key_keeps_what_was_published(settings, httpserver):
    serve(httpserver)
    run(settings, CATALOGUE, ["jobsuche"])
    httpserver.clear()
    httpserver.expect_request("/pc/v6/jobs").respond_with_data("forbidden", status=403)
    outcome = run(settings, CATALOGUE, ["jobsuche"])
    assert outcome.exit_code == 3
    assert "HTTP 403" in outcome.failed[0].message
    assert current_state(settings.published_dir).height == 3


def test_the_probe_tells_what_held_and_never_fails(settings, httpserver):
    serve(httpserver)
    base = httpserver.url_for("").rstrip("/")
    findings = jobsuche.probe(PoliteSession(SOURCE), context(base))
    assert [f.state for f in findings] == ["held", "held", "held"]
    httpserver.clear()
    httpserver.expect_request("/pc/v6/jobs").respond_with_data("{}")
    (broken,) = jobsuche.probe(PoliteSession(SOURCE), context(base))
    assert broken.state == "broken"
