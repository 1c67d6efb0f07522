"""A run from the publisher's reply to the store, against a small publisher on this machine."""

from __future__ import annotations

import json

import polars as pl
import pytest
import stamina

from etl.catalogue import load_catalogue
from etl.pipeline import run
from etl.raw import RawStore
from etl.settings import Settings
from etl.sources.base import Request
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


def test_status_tells_what_is_stale(settings, httpserver):
    serve(httpserver, foreigners(eight_times()))
    go(settings)
    lsn, eurostat = source_statuses(settings, CATALOGUE, WHEN.date())
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
