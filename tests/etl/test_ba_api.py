"""The BA's statistics API: names, both forms of a key figure table, and a series that grows by snapshots."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
import stamina

from etl.catalogue import load_catalogue
from etl.errors import FetchError, NotOfferedError, OutageError, ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.pipeline import run
from etl.raw import RawStore
from etl.registry import SOURCES, SourceCode
from etl.settings import Settings
from etl.sources import ba
from etl.sources.ba import api, names, workbooks
from etl.sources.ba.probe import UNKNOWN_TABLE, probe_api
from etl.sources.base import Context, Reply, Request
from etl.store import current_state

CATALOGUE = load_catalogue()
SOURCE = CATALOGUE.sources["ba"]
ALO = "EckwerteTabelleALOKr"
CSV = "/bifrontend/bids-api/ct/v1/tableFetch/csv/"
JSON = "/bifrontend/bids-api/pc/v1/tableFetch/dia/"
THREE = ("Mai 2026", "April 2026", "Mai 2025")
NAMES = {
    "03101": "Braunschweig, Stadt",
    "03102": "Salzgitter, Stadt",
    "03103": "Wolfsburg, Stadt",
    "03151": "Gifhorn",
    "03153": "Goslar",
    "03154": "Helmstedt",
    "03157": "Peine",
    "03158": "Wolfenbüttel",
}


def german(number):
    return f"{number:,}".replace(",", "X").replace(".", ",").replace("X", ".")


def unemployment(base, months=THREE):
    """Rows of table ALO for a district: figures that differ by district (``base``) and month."""
    count = [base + 100 * n for n, _ in enumerate(months)]
    return [
        ("Arbeitslose insgesamt", [german(2 * c) for c in count]),
        ("im Rechtskreis SGB III", [german(c) for c in count]),
        ("im Rechtskreis SGB II", [german(c) for c in count]),
        ("Unterbeschäftigung (ohne Kurzarbeit)", [german(3 * c) for c in count]),
        ("Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen)", [german(6 + n / 10) for n in range(3)]),
        ("im Rechtskreis SGB III", [german(2 + n / 10) for n in range(3)]),
        ("im Rechtskreis SGB II", [german(4 + n / 10) for n in range(3)]),
        ("Unterbeschäftigungsquote (ohne Kurzarbeit)", [german(8 + n / 10) for n in range(3)]),
    ]


def table(rows, months=THREE, region="Kreis:; Gifhorn", first="Ausgewählte Merkmale"):
    """The CSV form; the columns of changes hold numbers that must not be taken for figures."""
    change = f"Veränderung {months[0]} zum Vorjahresmonat"
    return "\n".join(
        [
            region,
            f"Gebietsstand:; {months[0]}",
            f"Berichtsmonat:; {months[0]}",
            "Hinweis:; Am aktuellen Rand vorläufig.",
            "",
            ";".join([first, *months, f"{change} absolut", f"{change} in %", ""]),
            *(";".join([label, *cells, "777", "7", ""]) for label, cells in rows),
            "© Statistik der Bundesagentur für Arbeit",
            "Die Zahlenwerte sind gerundet; siehe Hinweise; Stand heute.",
            "",
        ]
    )


def entries(metrics, months=THREE):
    """The JSON form: metric → (value, showValue) a month."""
    return json.dumps(
        [
            {"attributes": {"0": {"DESC": m}}, "value": value, "showValue": shown, "metricName": metric, "index": n}
            for n, m in enumerate(months)
            for metric, cells in metrics.items()
            for value, shown in [cells[n]]
        ]
    )


METRICS = {
    "Arbeitslose": [(4980, "4.980"), (5010, "5.010"), (4870, "4.870")],
    "Arbeitslose SGB III": [(2000, "2.000"), (2010, "2.010"), (1870, "1.870")],
    "Arbeitslose SGB II": [(2980, "2.980"), (3000, "3.000"), (3000, "3.000")],
    "Unterbeschäftigung": [(6100, "6.100"), (6200, "6.200"), (None, "*")],
    "Arbeitslosenquote": [(5.1, "5,1"), (5.2, "5,2"), (5.0, "5,0")],
    "ALO_VJV_rel": [(2.3, "2,3"), (1.1, "1,1"), (None, ".x")],
}


def name_list(listed):
    """The publisher's script: other lists stand before and after the districts'."""
    districts = [
        {"formValues": {"Filtername": "Kreis", "BA_SCHL": f"{ags}000", "DESC": name}} for ags, name in listed.items()
    ]
    lands = [{"formValues": {"Filtername": "Bundesland", "BA_SCHL": "03", "DESC": "Niedersachsen"}}]
    lists = {"a": lands, "b": districts, "c": [*districts[:2]], "d": "text"}
    return f"var persistListenfelderJSON = {json.dumps(lists)};\n"


def reply(text, name="csv-03151", tab=ALO, asked="Gifhorn", when=datetime(2026, 6, 3, tzinfo=UTC)):
    body = text if isinstance(text, bytes) else text.encode()
    return Reply("ba", tab, name, f"http://127.0.0.1{CSV}{tab}?Kreis={quote(asked)}", body, when, str(hash(body)))


def read(text, **how):
    return api.parse(reply(text, **how), CATALOGUE)


def figures(tidy, indicator, tab=ALO):
    series = next(s for i, s in CATALOGUE.tables("ba")[tab] if i.id == indicator)
    when = datetime(2026, 6, 3, tzinfo=UTC)
    return observations(tidy, CATALOGUE.indicators[indicator], series, SOURCE, when).sort("period", "breakdown")


# --- what is asked for


def context(base="http://127.0.0.1:9"):
    return Context(SOURCE, CATALOGUE, None, date(2026, 6, 3), base)


def test_each_district_is_one_part_csv_before_json():
    parts = api.parts(ALO, context("https://publisher.example/"))
    assert len(parts) == 8
    first, second = parts[0].alternatives
    assert (first.url, first.params, first.name) == (
        f"https://publisher.example{CSV}{ALO}",
        (("Kreis", "{03101}"),),
        "csv-03101",
    )
    assert (second.url, second.name) == (f"https://publisher.example{JSON}{ALO}", "json-03101")
    assert not any(p.optional for p in parts)


def test_land_and_germany_have_their_own_tables_of_unemployment():
    ((land,),) = ([p.alternatives[0]] for p in api.parts("EckwerteTabelleALOBL", context()))
    assert land.params == (("Bundesland", "{03}"),)
    ((germany,),) = ([p.alternatives[0]] for p in api.parts("EckwerteTabelleALOD", context()))
    assert germany.params == ()
    assert germany.name == "csv-DG"


def test_employees_are_asked_for_at_the_place_of_work_and_land_and_germany_may_be_missing():
    parts = api.parts("EckwerteTabelleBST", context())
    keys = [p.alternatives[0].params[0][0] if p.alternatives[0].params else None for p in parts]
    assert keys == ["Kreis AO"] * 8 + ["Bundesland AO", None]
    assert [p.optional for p in parts] == [False] * 8 + [True] * 2


# --- the list of names


def test_the_list_of_names_gives_the_district_names_by_ags():
    assert names.parse_names(name_list(NAMES).encode()) == NAMES


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>maintenance</html>", "expected 'var persistListenfelderJSON"),
        (b'var persistListenfelderJSON = {"a": [', "cannot be read"),
        (b"var persistListenfelderJSON = [1];", "expected 'var persistListenfelderJSON"),
        (b'var persistListenfelderJSON = {"a": [{"formValues": {"Filtername": "Land"}}]};', "no list with"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_list_of_another_shape_is_refused(body, message):
    with pytest.raises(ParseError, match=message):
        names.parse_names(body)


# --- the CSV form


def test_figures_are_read_by_section_and_changes_are_left_out():
    tidy = read(table(unemployment(1000)))
    unemployed = figures(tidy, "unemployed_monthly").select("period", "breakdown", "value", "status").rows()
    assert unemployed[:3] == [
        ("2025-05", "", 2400.0, "ok"),
        ("2025-05", "group=sgb2", 1200.0, "ok"),
        ("2025-05", "group=sgb3", 1200.0, "ok"),
    ]
    assert len(unemployed) == 9
    rate = figures(tidy, "unemployment_rate_monthly")
    assert dict(rate.select("period", "value").rows()) == {"2026-05": 6.0, "2026-04": 6.1, "2025-05": 6.2}
    assert 777 not in tidy.frame["value"].to_list()
    assert set(figures(tidy, "underemployment")["value"]) == {3000.0, 3300.0, 3600.0}
    assert tidy.partial
    assert set(tidy.frame["region"]) == {"03151"}


def test_the_month_of_the_metadata_is_not_taken_for_the_header():
    text = table(unemployment(1000)).replace("Berichtsmonat:; Mai 2026", "Berichtsmonat;Mai 2026")
    assert figures(read(text), "unemployed_monthly").height == 9


def test_a_header_that_begins_with_berichtsmonat_is_read_too():
    assert figures(read(table(unemployment(1000), first="Berichtsmonat")), "unemployed_monthly").height == 9


def test_a_time_series_turned_round_is_read_with_its_sections():
    rows = unemployment(1000)
    text = "\n".join(
        [
            "Kreis:; Gifhorn",
            ";".join(["Berichtsmonat", *(label for label, _ in rows)]),
            *(";".join([month, *(cells[n] for _, cells in rows)]) for n, month in enumerate(THREE)),
        ]
    )
    expected = figures(read(table(rows)), "unemployed_monthly")
    assert figures(read(text), "unemployed_monthly").equals(expected)


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("*", None, "secret"),
        ("x", None, "not_applicable"),
        (".", None, "not_applicable"),
        (".x", None, "not_applicable"),
        ("-", None, "nil"),
        ("…", None, "pending"),
        ("12", 12.0, "ok"),
        ("1.234.567", 1234567.0, "ok"),
    ],
)
def test_signs_are_never_taken_for_numbers(cell, value, status):
    rows = unemployment(1000)
    rows[3][1][0] = cell
    row = figures(read(table(rows)), "underemployment").filter(period="2026-05")
    assert row.select("value", "status").row(0) == (value, status)


def test_a_stock_on_a_reference_date_is_dated_to_the_last_day_of_its_month():
    rows = [("Beschäftigte", ["99.999"] * 3), ("Sozialversicherungspflichtig Beschäftigte", ["10", "20", "30"])]
    months = ("Juni 2025", "Februar 2024", "Juni 2024")
    tidy = read(table(rows, months), tab="EckwerteTabelleBST")
    got = figures(tidy, "employees_quarterly", "EckwerteTabelleBST")
    assert dict(got.select("period", "value").rows()) == {"2025-06-30": 10, "2024-02-29": 20, "2024-06-30": 30}


GOOD = table(unemployment(1000))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!doctype html><html>maintenance</html>", "a web page came"),
        ("", "expected a header line with months"),
        (b"\xff\xfe\x00garbage", "expected a UTF-8 file"),
        (GOOD[: GOOD.index("Unterbeschäftigung (") + 45], "line 10: expected 7 cells as in the header, came 3"),
        (GOOD.replace("im Rechtskreis SGB II;", "im Rechtskreis SGB 2;"), r"no row for the breakdowns \[\"'group=sgb2"),
        (GOOD.replace("Arbeitslose insgesamt", "Alle Arbeitslosen"), r"line 7 'Alle Arbeitslosen'"),
        (GOOD.replace("April 2026;", "Stand;"), r"line 6: expected months and 'Veränderung …', came the columns"),
        (GOOD.replace("April 2026;", "Mai 2026;"), "line 6: a month stands twice"),
        (GOOD.replace("Arbeitslose insgesamt;2.000;", "Arbeitslose insgesamt;2,000.0;"), "line 7, .*came '2,000.0'"),
        (GOOD.replace("Arbeitslose insgesamt;2.000;", "Arbeitslose insgesamt;2.00;"), "line 7, .*came '2.00'"),
        (GOOD.replace("Arbeitslose insgesamt;2.000;", "Arbeitslose insgesamt;;"), "line 7, .*came ''"),
        (GOOD.replace("Arbeitslose insgesamt;2.000;", "Arbeitslose insgesamt;"), "line 7: expected 7 cells"),
        (GOOD.replace("Gifhorn", "Goslar"), "asked for 03151 .* is of another region"),
    ],
)  # fmt: skip
def test_a_csv_of_another_shape_is_refused_with_its_line(text, message):
    with pytest.raises(ParseError, match=message):
        read(text)


@pytest.mark.parametrize("cut", range(300, len(GOOD) - 130, 7))
def test_a_cut_csv_gives_no_figure_or_an_error(cut):
    try:
        tidy = read(GOOD.encode()[:cut])
    except ParseError:
        return
    assert tidy.frame.equals(read(GOOD).frame)


def test_a_reply_that_names_no_region_is_noted():
    (note,) = read(GOOD.replace("Kreis:; Gifhorn", "Thema:; Arbeitslosigkeit")).notes
    assert "does not say which region" in note


def test_a_row_that_stands_twice_with_other_figures_is_refused():
    rows = [*unemployment(1000), ("Unterbeschäftigung (ohne Kurzarbeit)", ["1", "2", "3"])]
    with pytest.raises(ParseError, match="stand twice"):
        figures(read(table(rows)), "underemployment")


# --- the JSON form


def test_json_gives_the_same_kind_of_figures():
    tidy = read(entries(METRICS), name="json-03151")
    got = figures(tidy, "unemployed_monthly")
    assert got.filter(period="2026-05").select("breakdown", "value").rows() == [
        ("", 4980.0),
        ("group=sgb2", 2980.0),
        ("group=sgb3", 2000.0),
    ]
    (secret,) = figures(tidy, "underemployment").filter(period="2025-05").select("value", "status").rows()
    assert secret == (None, "secret")
    assert figures(tidy, "unemployment_rate_monthly")["value"].to_list() == [5.0, 5.2, 5.1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "expected JSON"),
        ("[]", "expected a list of entries"),
        ('{"error": "no such table"}', "expected a list of entries, came .*no such table"),
        ('[{"metricName": "Arbeitslose"}]', "entry 1: expected attributes"),
        (entries(METRICS).replace('"4.980"', '"4.981"'), "value 4980 and showValue '4.981' are not the same"),
        (entries(METRICS).replace("Arbeitslosenquote", "Quote"), "no row for the breakdowns"),
        (entries(METRICS).replace("Mai 2026", "202605"), "expected a month like 'Mai 2026', came '202605'"),
    ],
)
def test_json_of_another_shape_is_refused(text, message):
    with pytest.raises(ParseError, match=message):
        read(text, name="json-03151")


# --- fetching, with a small publisher on this machine


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def settings(tmp_path, httpserver):
    httpserver.no_handler_status_code = 404
    return Settings(tmp_path, {"ba": httpserver.url_for("").rstrip("/")})


def serve_names(httpserver, listed=NAMES):
    httpserver.expect_request(names.LIST_PATH).respond_with_data(name_list(listed))


def serve_table(httpserver, tab=ALO, months=THREE, first=1000, key="Kreis"):
    for n, name in enumerate(NAMES.values()):
        text = table(unemployment(first + 1000 * n, months), months, f"Kreis:; {name}")
        httpserver.expect_request(CSV + tab, query_string={key: name}).respond_with_data(text)


def asker(settings, httpserver):
    raw = RawStore(settings.raw_dir)
    return api.fetcher(raw, PoliteSession(SOURCE), context(httpserver.url_for("").rstrip("/"))), raw


def ask_all(settings, httpserver, tab=ALO):
    ask, raw = asker(settings, httpserver)
    return [ask(tab, p.alternatives[0]) for p in api.parts(tab, context(httpserver.url_for("").rstrip("/")))], raw


def test_requests_go_by_the_publishers_name_and_the_list_is_fetched_once_and_kept(settings, httpserver):
    listed = {**NAMES, "03101": "Braunschweig, kreisfreie Stadt"}
    serve_names(httpserver, listed)
    for n, name in enumerate(listed.values()):
        httpserver.expect_request(CSV + ALO, query_string={"Kreis": name}).respond_with_data(f"reply {n}")
    replies, raw = ask_all(settings, httpserver)
    assert [r.body for r in replies] == [f"reply {n}".encode() for n in range(8)]
    assert [r.path for r, _ in httpserver.log].count(names.LIST_PATH) == 1
    assert raw.newest("ba", "names", "districts").body == name_list(listed).encode()
    assert raw.newest("ba", ALO, "csv-03101").body == b"reply 0"


def test_without_the_list_the_catalogues_names_are_used(settings, httpserver, caplog):
    serve_table(httpserver)
    replies, raw = ask_all(settings, httpserver)
    assert len(replies) == 8
    assert [line.outcome for line in raw.request_log("ba") if line.table == "names"] == ["failed"]


def test_a_table_that_does_not_exist_is_not_offered(settings, httpserver):
    serve_names(httpserver)
    with pytest.raises(NotOfferedError, match="404"):
        ask_all(settings, httpserver, "EckwerteTabelleXYZ")


def test_403_is_throttling_and_asked_again(settings, httpserver):
    serve_names(httpserver)
    httpserver.expect_oneshot_request(CSV + ALO).respond_with_data("slow down", status=403)
    serve_table(httpserver)
    ask, _ = asker(settings, httpserver)
    assert (
        b"Braunschweig" in ask(ALO, Request(httpserver.url_for(CSV + ALO), (("Kreis", "{03101}"),), "csv-03101")).body
    )


def test_403_for_good_is_an_outage(settings, httpserver):
    serve_names(httpserver)
    httpserver.expect_request(CSV + ALO).respond_with_data("slow down", status=403)
    with pytest.raises(OutageError, match="HTTP 403"):
        ask_all(settings, httpserver)


def test_a_publisher_that_ignores_the_region_is_found_out_and_the_table_left(settings, httpserver):
    serve_names(httpserver)
    httpserver.expect_request(CSV + ALO).respond_with_data("the same for all")
    ask, _ = asker(settings, httpserver)
    parts = api.parts(ALO, context(httpserver.url_for("").rstrip("/")))
    ask(ALO, parts[0].alternatives[0])
    with pytest.raises(FetchError, match="03102 word for word what it answered for 03101"):
        ask(ALO, parts[1].alternatives[0])
    with pytest.raises(FetchError, match="seems to be ignored"):
        ask(ALO, parts[2].alternatives[1])


# --- the series that grows


@pytest.fixture
def only_districts(monkeypatch):
    """The registry with the API alone, and a catalogue in which one table is all there is of the BA."""
    monkeypatch.setitem(SOURCES, "ba", SourceCode(api.parts, api.parse, api.fetcher))
    alo = {"unemployed_monthly", "unemployment_rate_monthly", "underemployment"}
    indicators = {
        i: e.model_copy(update={"series": tuple(s for s in e.series if s.table == ALO), "related": ()})
        for i, e in CATALOGUE.indicators.items()
        if i in alo
    }
    return type(CATALOGUE)(**{**vars_of(CATALOGUE), "indicators": indicators, "sources": {"ba": SOURCE}})


def vars_of(catalogue):
    return {f: getattr(catalogue, f) for f in catalogue.__dataclass_fields__}


def snapshot(settings, httpserver, catalogue, months, first=1000):
    httpserver.clear()
    httpserver.no_handler_status_code = 404
    serve_names(httpserver)
    serve_table(httpserver, months=months, first=first)
    result = run(settings, catalogue, ["ba"])
    assert result.exit_code == 0, result
    state = current_state(settings.published_dir).filter(indicator="unemployed_monthly", breakdown="", region="03151")
    return result, dict(state.sort("period").select("period", "value").rows())


def test_two_consecutive_snapshots_make_the_union(settings, httpserver, only_districts):
    _, first = snapshot(settings, httpserver, only_districts, THREE)
    assert first == {"2026-05": 8000, "2026-04": 8200, "2025-05": 8400}
    _, both = snapshot(settings, httpserver, only_districts, ("Juni 2026", "Mai 2026", "Juni 2025"))
    assert set(both) == {"2026-06", "2026-05", "2026-04", "2025-06", "2025-05"}
    assert both["2026-04"] == 8200


def test_repeating_a_snapshot_changes_nothing(settings, httpserver, only_districts):
    _, first = snapshot(settings, httpserver, only_districts, THREE)
    result, again = snapshot(settings, httpserver, only_districts, THREE)
    assert result.published is None
    assert again == first


def test_offline_the_stored_replies_say_which_region_they_are_of(settings, httpserver, only_districts):
    snapshot(settings, httpserver, only_districts, THREE)
    httpserver.clear()
    result = run(settings, only_districts, ["ba"], offline=True)
    assert (result.exit_code, result.published) == (0, None)
    assert [o.state for o in result.outcomes] == ["loaded"]
    assert len(httpserver.log) == 0


def test_a_revised_month_replaces_the_old_one(settings, httpserver, only_districts):
    snapshot(settings, httpserver, only_districts, THREE)
    _, both = snapshot(settings, httpserver, only_districts, ("Juni 2026", "Mai 2026", "Juni 2025"))
    assert both["2026-05"] == 8200  # 8000 in the first snapshot


def test_one_district_that_fails_leaves_the_table_as_it_was(settings, httpserver, only_districts):
    snapshot(settings, httpserver, only_districts, THREE)
    before = current_state(settings.published_dir)
    httpserver.clear()
    serve_names(httpserver)
    httpserver.expect_request(CSV + ALO, query_string={"Kreis": "Peine"}).respond_with_data(
        table(unemployment(1), THREE, "Kreis:; Peine")[:400]
    )
    serve_table(httpserver, months=("Juni 2026", "Mai 2026", "Juni 2025"))
    result = run(settings, only_districts, ["ba"])
    assert result.exit_code == 3
    assert current_state(settings.published_dir).drop("retrieved_at").equals(before.drop("retrieved_at"))


def test_the_region_has_the_districts_sum_and_a_rate_of_its_own(settings, httpserver, only_districts):
    snapshot(settings, httpserver, only_districts, THREE)
    region = current_state(settings.published_dir).filter(region="BSR", period="2026-05", breakdown="")
    values = dict(region.select("indicator", "value").rows())
    assert values["unemployed_monthly"] == 2 * sum(1000 * n for n in range(1, 9))
    assert values["unemployment_rate_monthly"] == pytest.approx(6)


def vacancies(region, base):
    return table([("Bestand Arbeitsstellen", [german(base + n) for n in range(3)])], THREE, region)


def test_a_land_that_is_not_offered_does_not_stop_the_districts(settings, httpserver, monkeypatch):
    monkeypatch.setitem(SOURCES, "ba", SourceCode(api.parts, api.parse, api.fetcher))
    stea = {"vacancies": CATALOGUE.indicators["vacancies"].model_copy(update={"related": ()})}
    catalogue = type(CATALOGUE)(**{**vars_of(CATALOGUE), "indicators": stea, "sources": {"ba": SOURCE}})
    serve_names(httpserver)
    for form in (CSV, JSON):
        land = {"Bundesland": "Niedersachsen"}
        httpserver.expect_request(f"{form}EckwerteTabelleSTEA", query_string=land).respond_with_data("", status=404)
    for n, name in enumerate(NAMES.values(), start=1):
        body = vacancies(f"Kreis:; {name}", 1000 * n)
        httpserver.expect_request(f"{CSV}EckwerteTabelleSTEA", query_string={"Kreis": name}).respond_with_data(body)
    httpserver.expect_request(f"{CSV}EckwerteTabelleSTEA", query_string="").respond_with_data(
        vacancies("Land:; Deutschland", 600_000)
    )
    result = run(settings, catalogue, ["ba"])
    assert result.exit_code == 0, result
    state = current_state(settings.published_dir).filter(period="2026-05")
    assert dict(state.select("region", "value").rows()) == {
        **{region: 1000 * n for n, region in enumerate(NAMES, start=1)},
        "DG": 600_000,
        "BSR": 36_000,
    }


# --- the probe


def probed(httpserver):
    findings = probe_api(PoliteSession(SOURCE), context(httpserver.url_for("").rstrip("/")), [ALO])
    return {f.assumption: (f.state, f.detail) for f in findings}


def test_the_probe_tells_what_held(settings, httpserver):
    many = {**NAMES, **{f"{n:05}": f"Kreis {n}" for n in range(4001, 4394)}}
    serve_names(httpserver, many)
    serve_table(httpserver)
    body = entries(METRICS)
    httpserver.expect_request(JSON + ALO).respond_with_data(body)
    assert [state for state, _ in probed(httpserver).values()] == ["held"] * 6


def test_the_probe_tells_what_is_broken_and_never_fails(settings, httpserver):
    serve_names(httpserver, {**NAMES, "03101": "Braunschweig"})
    httpserver.expect_request(JSON + ALO).respond_with_data("{}")
    httpserver.expect_request(CSV + ALO).respond_with_data("busy", status=503)
    httpserver.expect_request(CSV + UNKNOWN_TABLE).respond_with_data("fine")
    found = probed(httpserver)
    assert [state for state, _ in found.values()] == ["broken", "broken", "unknown", "broken", "broken"]
    assert any("listed as 'Braunschweig'" in detail for _, detail in found.values())


def test_a_404_to_everything_says_nothing_of_tables_that_do_not_exist(settings, httpserver):
    serve_names(httpserver, NAMES)
    httpserver.expect_request(re.compile(".*Tabelle.*")).respond_with_data("gone", status=404)
    *_, (state, detail) = probed(httpserver).values()
    assert state == "unknown"
    assert "should exist" in detail


def test_the_probe_asks_for_one_table_only(settings, httpserver):
    httpserver.expect_request(re.compile(".*")).respond_with_data("gone", status=404)
    probe_api(PoliteSession(SOURCE), context(httpserver.url_for("").rstrip("/")), [ALO, "EckwerteTabelleBB"])
    asked = [request.path for request, _ in httpserver.log]
    assert len(asked) == 4
    assert not any("EckwerteTabelleBB" in path for path in asked)


def test_the_probe_survives_a_publisher_that_is_gone(settings, httpserver):
    httpserver.expect_request(re.compile(".*")).respond_with_data("maintenance", status=503)
    assert {state for state, _ in probed(httpserver).values()} == {"unknown"}


# --- one source, two services


def test_a_table_that_bears_a_workbooks_name_is_the_workbooks_affair(settings, httpserver, monkeypatch):
    for half, module in (("figures", api), ("files", workbooks)):
        monkeypatch.setattr(module, "parts", lambda table, context, half=half: (half, table))
        monkeypatch.setattr(module, "parse", lambda reply, catalogue, half=half: (half, reply.table))
        monkeypatch.setattr(
            module, "fetcher", lambda raw, session, context, half=half: lambda table, request: (half, table)
        )
    workbook = min(workbooks.WORKBOOKS)
    ask = ba.fetcher(RawStore(settings.raw_dir), PoliteSession(SOURCE), context())
    for table_name, half in ((workbook, "files"), (ALO, "figures")):
        assert ba.parts(table_name, context()) == (half, table_name)
        assert ba.parse(reply("", tab=table_name), CATALOGUE) == (half, table_name)
        assert ask(table_name, Request("http://127.0.0.1")) == (half, table_name)
