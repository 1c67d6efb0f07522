"""A run from the publisher's reply to the store, against a small publisher on this machine."""

from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest
import stamina

from etl.asking import newest_stored
from etl.catalogue import load_catalogue
from etl.http import HttpReply
from etl.pipeline import run
from etl.raw import RawStore
from etl.settings import Settings
from etl.sources.base import Part, Request
from etl.status import source_statuses
from etl.store import current_state, vintages
from tests.etl.replies import EIGHT, WHEN, eight_times, foreigners

CATALOGUE = load_catalogue()
URL = "/lsn/data/indicator_1-2-1.csv"


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def settings(tmp_path, httpserver):
    return Settings(tmp_path, {"lsn": httpserver.url_for("/lsn"), "eurostat": httpserver.url_for("/eurostat")})


def serve(httpserver, text, etag='"1"'):
    httpserver.clear()
    httpserver.no_handler_status_code = 404
    httpserver.expect_request(URL, headers={"If-None-Match": etag}).respond_with_data(b"", status=304)
    httpserver.expect_request(URL).respond_with_data(text.encode(), headers={"ETag": etag})


def go(settings, **options):
    return run(settings, CATALOGUE, ["lsn"], **options)


def outcome(result, table="1-2-1"):
    return next(o for o in result.outcomes if o.table == table)


def test_what_came_is_published_and_what_failed_is_told(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    result = go(settings)
    assert result.exit_code == 3  # the small publisher has one table only
    assert outcome(result).rows == 16
    assert "HTTP 404" in outcome(result, "1-1-1").message
    region = current_state(settings.published_dir).filter(region="BSR", period="2024-12-31")
    assert region["value"].to_list() == [36_080]


def test_a_second_run_sends_the_etag_and_publishes_nothing(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    first = go(settings)
    result = go(settings)
    assert result.published is None
    assert result.message.startswith("nothing new")
    assert [line.outcome for line in RawStore(settings.raw_dir).request_log("lsn") if line.table == "1-2-1"] == [
        "stored",
        "not_modified",
    ]
    assert list(vintages(settings.published_dir)["vintage"]) == [first.published.vintage]


def test_offline_reads_the_raw_store_only(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    for path in settings.published_dir.glob("*"):
        path.unlink()
    httpserver.clear()
    result = go(settings, offline=True)
    assert (result.exit_code, outcome(result).state) == (0, "loaded")
    assert httpserver.log == []


@pytest.mark.parametrize(
    "body",
    [
        "<html>Wartung</html>",
        "",
        foreigners(eight_times())[:300] + "\n2024",
        foreigners({n: ["-", "-"] for n in EIGHT}),
        foreigners(eight_times()).replace("GeoCode", "Code"),
    ],
)
def test_a_bad_reply_leaves_the_last_good_figures(settings, httpserver, body):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    before = current_state(settings.published_dir)
    serve(httpserver, body, etag='"2"')
    result = go(settings)
    assert (result.exit_code, outcome(result).state) == (3, "failed")
    assert current_state(settings.published_dir).equals(before)
    # the bad reply is kept, but the next request asks for the whole again
    serve(httpserver, foreigners(eight_times()), etag='"2"')
    assert outcome(go(settings)).state == "loaded"


def test_a_dead_publisher_and_no_store_is_a_failure(settings, httpserver):
    httpserver.clear()
    assert go(settings).exit_code == 1


def test_a_tripled_publisher_is_refused_until_accepted(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    first = go(settings).published.vintage
    serve(httpserver, foreigners(eight_times(first=3000, growth=30)), etag='"2"')
    refused = go(settings)
    assert (refused.exit_code, refused.published) == (4, None)
    assert "foreign_population (lsn): 18 of 18 figures change" in refused.refused[0]
    assert refused.message.endswith("then 'etl run --accept-revisions' publishes them")
    accepted = go(settings, accept_revisions=True)
    assert accepted.published.revised == 18
    assert list(vintages(settings.published_dir)["vintage"]) == [first, accepted.published.vintage]


def test_a_failed_check_publishes_nothing_and_names_the_rows(settings, httpserver):
    values = eight_times()
    del values["Peine"]
    serve(httpserver, foreigners(values))
    result = go(settings)
    assert result.exit_code == 4
    assert any("missing ['03157']" in sentence for sentence in result.refused)
    assert current_state(settings.published_dir).is_empty()


def test_a_year_that_is_empty_in_all_districts_is_pending_and_not_zero(settings, httpserver):
    serve(httpserver, foreigners({n: [100, "-"] for n in EIGHT}))
    go(settings)
    newest = current_state(settings.published_dir).filter(pl.col("period") == "2024-12-31")
    assert set(newest.select("value", "status").rows()) == {(None, "pending")}
    assert newest.height == 9


def test_every_reply_is_kept_with_its_request_and_hash(settings, httpserver):
    text = foreigners(eight_times())
    serve(httpserver, text)
    go(settings)
    raw = RawStore(settings.raw_dir)
    meta, path = raw.newest_meta("lsn", "1-2-1", "csv")
    assert path.with_suffix(".body").read_bytes() == text.encode()
    assert meta.url.endswith(URL)
    assert meta.headers["etag"] == '"1"'
    assert len(meta.sha256) == 64


def test_a_raw_file_changed_by_hand_is_refused(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    _, path = RawStore(settings.raw_dir).newest_meta("lsn", "1-2-1", "csv")
    path.with_suffix(".body").write_text(foreigners(eight_times(first=9)))
    result = go(settings, offline=True)
    assert "is not what was received" in outcome(result).message


def test_a_refused_reply_is_asked_for_again_whatever_its_etag(settings, httpserver):
    short = eight_times()
    del short["Peine"]
    serve(httpserver, foreigners(short))
    assert go(settings).exit_code == 4
    serve(httpserver, foreigners(eight_times()))  # mended, under the same ETag
    assert go(settings).published.new == 18


def test_another_request_never_gets_the_old_validators(tmp_path):
    raw = RawStore(tmp_path)
    old, new = (
        Request("https://x.example/a", (("geo", "DE911"),), "j"),
        Request("https://x.example/a", (("geo", "DE9"),), "j"),
    )
    raw.save("s", "t", old, HttpReply(200, "https://x.example/a?geo=DE911", {"ETag": '"1"'}, b"old", WHEN))
    assert raw.validators("s", "t", old) == {"If-None-Match": '"1"'}
    assert raw.validators("s", "t", new) == {}


def test_a_clock_set_back_does_not_hide_the_newest_reply(tmp_path):
    raw, request = RawStore(tmp_path), Request("https://x.example/a", (), "csv")
    raw.save("s", "t", request, HttpReply(200, request.url, {}, b"old", WHEN))
    raw.save("s", "t", request, HttpReply(200, request.url, {}, b"new", WHEN - timedelta(hours=1)))
    assert raw.newest("s", "t", "csv").body == b"new"


def test_offline_takes_the_way_that_was_answered_last(tmp_path):
    raw = RawStore(tmp_path)
    ways = [Request("https://x.example/json", (), "jsonstat"), Request("https://x.example/tsv", (), "tsv")]
    for age, way in zip((5, 1), ways, strict=True):
        raw.save("s", "t", way, HttpReply(200, way.url, {}, b"x", WHEN - timedelta(days=age)))
    assert newest_stored(raw, "s", "t", Part(tuple(ways))) == Part((ways[1],))
    raw.log("s", "t", ways[0], ways[0].url, "not_modified")  # the publisher confirmed the older one today
    assert newest_stored(raw, "s", "t", Part(tuple(ways))) == Part((ways[0],))


def test_a_log_line_cut_by_a_kill_costs_that_line_only(tmp_path):
    raw, request = RawStore(tmp_path), Request("https://x.example/a", (), "csv")
    raw.log("s", "t", request, request.url, "stored")
    with (tmp_path / "s" / "requests.jsonl").open("a") as file:
        file.write('{"at": "2026')
    raw.log("s", "t", request, request.url, "unchanged")
    assert [line.outcome for line in raw.request_log("s")] == ["stored", "unchanged"]


def test_a_refused_run_makes_the_status_stale(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    serve(httpserver, foreigners(eight_times(first=3000)), etag='"2"')
    go(settings)
    lsn = source_statuses(settings, CATALOGUE, WHEN.date())[0]
    assert lsn.stale
    assert "figures change" in lsn.checks
    assert "refused by a check" in lsn.message


def test_a_run_of_one_source_does_not_forget_the_others_failures(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    run(settings, CATALOGUE)
    go(settings)
    assert source_statuses(settings, CATALOGUE, WHEN.date())[1].failed_tables != []


def test_a_rate_stays_as_published_when_only_its_counts_are_new(settings, httpserver):
    shares = foreigners({n: [10.0, 10.0] for n in EIGHT}).replace("GeoCode", "Units,GeoCode").replace(",K03", ",%,K03")
    serve(httpserver, foreigners(eight_times()))
    httpserver.expect_request("/lsn/data/indicator_1-2-2.csv").respond_with_data(shares.encode())
    go(settings)
    values = eight_times()
    values["Peine"] = [7100, 7110]
    serve(httpserver, foreigners(values), etag='"2"')
    assert go(settings).published.revised == 4  # Peine and the region in two years; no rate
    rate = current_state(settings.published_dir).filter(region="BSR", indicator="foreign_population_share")
    assert rate["value"].to_list() == pytest.approx([10.0, 10.0])


def test_status_tells_what_is_stale(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    lsn, eurostat, *_ = source_statuses(settings, CATALOGUE, WHEN.date())
    assert (lsn.newest_period, lsn.figures) == ("2024-12-31", 18)
    assert lsn.stale
    assert "tables failed in the last run" in lsn.message
    assert "last good figures of" in lsn.message
    assert (eurostat.figures, eurostat.message) == (0, "no figures yet; run 'etl run'")


def test_the_last_run_is_on_record(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    record = json.loads((settings.published_dir / "last_run.json").read_text())
    assert record["exit_code"] == 3


def test_a_half_written_reply_is_no_reply(tmp_path):
    raw = RawStore(tmp_path)
    folder = tmp_path / "lsn" / "1-2-1"
    folder.mkdir(parents=True)
    (folder / "20260101T000000000000Z_csv.body").write_bytes(b"half")  # killed before the description was written
    assert raw.newest("lsn", "1-2-1", Request("u", name="csv").name) is None
