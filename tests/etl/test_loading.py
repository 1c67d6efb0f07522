"""What a run does with parts, partial replies, sources that are down, lack an account, or are not asked."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

from etl.errors import FetchError, NotOfferedError
from etl.logs import keep_secret
from etl.pipeline import last_run, run
from etl.registry import SOURCES, SourceCode
from etl.settings import Settings
from etl.sources.base import Credentials, Part, Request
from etl.store import current_state
from tests.etl.invented_source import Publisher, body, catalogue, parse
from tests.etl.test_checks import eight, state
from tests.etl.test_publish import put


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, {})


def published(settings) -> dict[str, float]:
    """Period → value of the first district."""
    frame = current_state(settings.published_dir).filter(pl.col("region") == "03101").sort("period")
    return dict(frame.select(pl.col("period").cast(pl.String).str.head(4), "value").iter_rows())


def states(result) -> dict[str, str]:
    return {o.table: o.state for o in result.outcomes}


def test_an_optional_part_that_is_not_offered_is_passed_over(settings, monkeypatch):
    publisher = Publisher(monkeypatch, names=("2023", "2024"), optional=("2024",))
    publisher.replies["t", "2023"] = body(y2023=100)
    result = run(settings, catalogue(), ["lsn"])
    assert (result.exit_code, states(result)) == (0, {"t": "loaded"})
    assert published(settings) == {"2023": 100}


def test_an_optional_part_that_fails_otherwise_fails_its_table(settings, monkeypatch):
    publisher = Publisher(monkeypatch, names=("2023", "2024"), optional=("2024",))
    publisher.replies["t", "2023"] = body(y2023=100)
    publisher.replies["t", "2024"] = FetchError("lsn: https://one.example/t sends too much")
    result = run(settings, catalogue(), ["lsn"])
    assert states(result) == {"t": "failed"}
    assert published(settings) == {}


def test_a_part_that_is_needed_fails_its_table_and_the_last_good_figures_stay(settings, monkeypatch):
    publisher = Publisher(monkeypatch, names=("2023", "2024"))
    publisher.replies = {("t", "2023"): body(y2023=100), ("t", "2024"): body(y2024=101)}
    run(settings, catalogue(), ["lsn"])
    publisher.replies = {("t", "2023"): body(y2023=102), ("t", "2024"): NotOfferedError("lsn: HTTP 404")}
    result = run(settings, catalogue(), ["lsn"])
    assert (result.exit_code, states(result)) == (3, {"t": "failed"})
    assert published(settings) == {"2023": 100, "2024": 101}


def test_the_parts_of_a_table_are_put_together(settings, monkeypatch):
    publisher = Publisher(monkeypatch, names=("2023", "2024"))
    publisher.replies = {("t", "2023"): body(y2023=100), ("t", "2024"): body(y2024=101)}
    assert run(settings, catalogue(), ["lsn"]).outcomes[0].rows == 16
    assert published(settings) == {"2023": 100, "2024": 101}


def test_a_partial_table_keeps_other_periods_and_replaces_its_own(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = b'{"2022": 100, "2023": 101, "partial": true}'
    run(settings, catalogue(), ["lsn"])
    publisher.replies["t", "data"] = b'{"2023": 102, "2024": 103, "partial": true}'
    result = run(settings, catalogue(), ["lsn"])
    assert result.outcomes[0].partial
    assert published(settings) == {"2022": 100, "2023": 102, "2024": 103}
    assert run(settings, catalogue(), ["lsn"]).published is None


def test_a_lost_store_comes_back_from_all_stored_snapshots_of_a_partial_table(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    snapshots = ({"2021": 98, "2022": 99}, {"2022": 100, "2023": 101}, {"2023": 102, "2024": 103})
    for held in snapshots:
        publisher.replies["t", "data"] = json.dumps({**held, "partial": True}).encode()
        run(settings, catalogue(), ["lsn"])
    whole = published(settings)
    assert whole == {"2021": 98, "2022": 100, "2023": 102, "2024": 103}
    shutil.rmtree(settings.published_dir)
    run(settings, catalogue(), ["lsn"], offline=True)
    assert published(settings) == whole


def test_a_lost_store_comes_back_with_the_newest_reply_of_a_whole_table(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    for reply in (body(y2022=100, y2023=101), body(y2023=101)):
        publisher.replies["t", "data"] = reply
        run(settings, catalogue(), ["lsn"], accept_revisions=True)
    shutil.rmtree(settings.published_dir)
    run(settings, catalogue(), ["lsn"], offline=True)
    assert published(settings) == {"2023": 101}


def test_a_whole_table_that_no_longer_has_a_period_withdraws_it(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2022=100, y2023=101)
    run(settings, catalogue(), ["lsn"])
    publisher.replies["t", "data"] = body(y2023=101)
    run(settings, catalogue(), ["lsn"], accept_revisions=True)
    assert published(settings) == {"2023": 101}


def test_a_source_without_its_account_is_skipped_and_that_is_no_failure(settings, monkeypatch):
    publisher = Publisher(monkeypatch, "genesis")
    about = catalogue(("genesis", "a"), ("genesis", "b"))
    result = run(settings, about, ["genesis"])
    assert (result.exit_code, states(result)) == (0, {"a": "skipped", "b": "skipped"})
    assert {o.message for o in result.outcomes} == {"no account; set GENESIS_USER and GENESIS_PASSWORD to load it"}
    assert publisher.asked == []


def test_with_the_account_the_same_source_is_asked(settings, monkeypatch):
    publisher = Publisher(monkeypatch, "genesis")
    publisher.replies["a", "data"] = body(y2024=100)
    with_account = Settings(settings.data_dir, {}, {"genesis": Credentials("someone", "secret-word")})
    assert states(run(with_account, catalogue(("genesis", "a")), ["genesis"])) == {"a": "loaded"}


def test_after_two_outages_in_a_row_a_source_is_left_in_peace(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    tables = [("lsn", t) for t in "abcd"]
    publisher.down("a", "b")
    publisher.replies["c", "data"] = publisher.replies["d", "data"] = body(y2024=100)
    result = run(settings, catalogue(*tables), ["lsn"])
    assert publisher.asked == [("a", "data"), ("b", "data")]
    assert set(states(result).values()) == {"failed"}
    assert "not asked, because the source is down" in result.outcomes[2].message


def test_one_outage_between_answers_stops_nothing(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.down("a", "c")
    publisher.replies["b", "data"] = publisher.replies["d", "data"] = body(y2024=100)
    result = run(settings, catalogue(*[("lsn", t) for t in "abcd"]), ["lsn"])
    assert len(publisher.asked) == 4
    assert states(result) == {"a": "failed", "b": "loaded", "c": "failed", "d": "loaded"}


def test_a_source_that_is_asked_by_name_only_waits_for_its_name(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2024=100)
    about = catalogue(by_name_only=True)
    run(settings, about)
    assert publisher.asked == []
    run(settings, about, ["lsn"])
    assert publisher.asked == [("t", "data")]


@pytest.mark.parametrize("offline", [False, True])
def test_a_manual_source_is_never_asked_and_its_figures_stay(settings, monkeypatch, offline):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2024=100)
    run(settings, catalogue(), ["lsn"])
    own = state(*eight(indicator="foreign_population", source="own_tables", table="mine"))
    about = catalogue(("lsn", "t"), ("own_tables", "known"))
    indicator = next(iter(about.indicators))
    own = own.with_columns(pl.lit(indicator).cast(pl.Categorical).alias("indicator"))
    put(settings.published_dir, pl.concat([current_state(settings.published_dir), own]), None)
    before = current_state(settings.published_dir).filter(pl.col("source") == "own_tables", pl.col("region") != "BSR")
    run(settings, about, offline=offline)
    after = current_state(settings.published_dir).filter(pl.col("source") == "own_tables", pl.col("region") != "BSR")
    assert before.height == 8
    assert after.sort("region").equals(before.sort("region"))


def test_a_failure_names_source_and_table_whatever_the_publishers_code_says(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = FetchError("lsn: https://one.example/x answered HTTP 400")
    message = run(settings, catalogue(), ["lsn"]).outcomes[0].message
    assert message == "lsn: table t: https://one.example/x answered HTTP 400"


def test_each_request_is_one_log_line_without_secrets(settings, monkeypatch, capsys):
    from etl.logs import set_up_logging

    set_up_logging()
    keep_secret("secret-word")
    publisher = Publisher(monkeypatch, names=("secret-word",))
    publisher.replies["t", "secret-word"] = body(y2024=100)
    run(settings, catalogue(), ["lsn"])
    lines = [line for line in capsys.readouterr().err.splitlines() if "event=request" in line]
    assert len(lines) == 1
    for word in ("source=lsn", "table=t", "url=https://one.example/t", "outcome=stored", "milliseconds="):
        assert word in lines[0]
    assert "secret-word" not in lines[0]


def test_the_first_run_over_an_empty_store_says_when_there_is_nothing(settings, monkeypatch):
    Publisher(monkeypatch)
    result = run(settings, catalogue(), ["lsn"])
    assert (result.exit_code, result.message[:8]) == (1, "no table")
    assert last_run(settings.published_dir)["exit_code"] == 1
    assert not (settings.published_dir / "current").exists()


def test_a_file_looked_for_under_many_addresses_is_told_briefly(settings, monkeypatch):
    publisher = Publisher(monkeypatch)
    ways = Part(tuple(Request(f"https://one.example/{n}", name=f"way{n}") for n in range(5)))
    monkeypatch.setitem(SOURCES, "lsn", SourceCode(lambda table, context: [ways], parse, publisher.fetcher))
    message = run(settings, catalogue(), ["lsn"]).outcomes[0].message
    assert message.count("HTTP 404") == 2
    assert message.endswith("and 3 more ways failed")
