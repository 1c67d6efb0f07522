"""What ``etl status`` says of each source, and when it calls something stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from etl import cli
from etl.http import HttpReply
from etl.imports import import_file
from etl.pipeline import run
from etl.raw import RawStore
from etl.refusals import by_source
from etl.settings import Settings
from etl.sources import genesis
from etl.sources.base import Credentials, Request
from etl.status import next_release, source_statuses
from tests.etl.invented_source import Publisher, body, catalogue

TODAY = datetime.now(UTC).date()


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, {})


def status(settings, about, source="lsn", today=TODAY):
    return next(s for s in source_statuses(settings, about, today) if s.source == source)


def loaded(settings, monkeypatch, about=None):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2024=100)
    run(settings, about or catalogue(), ["lsn"])
    return publisher


def test_a_source_that_is_as_it_should_be_is_up_to_date(settings, monkeypatch):
    loaded(settings, monkeypatch)
    lsn = status(settings, catalogue())
    assert (lsn.state, lsn.stale, lsn.message, lsn.checks) == ("up to date", False, "up to date", "passed")
    assert (lsn.requests, lsn.figures, lsn.newest_period) == (1, 9, "2024-12-31")


def test_old_figures_are_stale_and_still_in_use(settings, monkeypatch):
    loaded(settings, monkeypatch)
    lsn = status(settings, catalogue(), today=TODAY + timedelta(days=1000))
    assert lsn.stale
    assert f"last good figures of {TODAY} in use" in lsn.message


def test_a_source_without_account_says_so_and_is_not_stale(settings):
    genesis = status(settings, catalogue(), "genesis")
    assert (genesis.state, genesis.stale) == ("no account", False)
    assert "GENESIS_USER" in genesis.message
    with_account = Settings(settings.data_dir, {}, {"genesis": Credentials("someone", "secret-word")})
    assert status(with_account, catalogue(), "genesis").state == "stale"


def test_a_source_asked_by_name_only_is_off_and_not_stale(settings, monkeypatch):
    loaded(settings, monkeypatch)
    off = status(settings, catalogue(by_name_only=True), today=TODAY + timedelta(days=1000))
    assert (off.state, off.stale) == ("only by name", False)
    assert "off unless named: etl run --source lsn" in off.message


def test_a_manual_source_tells_its_last_import_and_is_never_stale(settings, monkeypatch, tmp_path):
    Publisher(monkeypatch)
    about = catalogue(manual=True)
    assert "nothing imported yet" in status(settings, about).message
    file = tmp_path / "t.json"
    file.write_bytes(body(y2024=100))
    import_file(settings, about, file, "lsn")
    lsn = status(settings, about, today=TODAY + timedelta(days=1000))
    assert (lsn.state, lsn.stale, lsn.requests) == ("by hand", False, 0)
    assert lsn.last_import.date() == TODAY
    assert lsn.last_request is None


def test_the_command_ends_with_3_only_if_something_that_should_be_there_is_stale(settings, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(settings.data_dir))
    for name in ("GENESIS", "REGIONALSTATISTIK"):
        monkeypatch.delenv(f"{name}_USER", raising=False)
    about = catalogue()
    kept = {"lsn", "genesis", "own_tables", "jobsuche"}
    object.__setattr__(about, "sources", {n: s for n, s in about.sources.items() if n in kept})
    monkeypatch.setattr(cli, "load_catalogue", lambda: about)
    publisher = loaded(settings, monkeypatch, about)
    assert CliRunner().invoke(cli.app, ["status"]).exit_code == 0
    publisher.down("t")
    run(settings, about, ["lsn"])
    done = CliRunner().invoke(cli.app, ["status"])
    assert done.exit_code == 3
    assert "lsn: STALE: 1 table failed in the last run (t)" in done.stdout
    assert "genesis: no account" in done.stdout


def test_the_next_publication_follows_what_the_publisher_says_else_its_rhythm(settings, monkeypatch):
    loaded(settings, monkeypatch)
    by_rhythm = status(settings, catalogue())
    assert by_rhythm.updated is None
    assert by_rhythm.next_expected == next_release(catalogue().sources["lsn"], TODAY, TODAY)
    said = datetime(2026, 3, 1, tzinfo=UTC)
    remembered = {"t": (said, "2024")}
    monkeypatch.setattr(genesis, "updated", lambda raw, source, table: remembered.get(table, (None, None)))
    lsn = status(settings, catalogue())
    assert lsn.updated == said
    assert lsn.next_expected == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("after", "today", "expected"),
    [
        (date(2026, 3, 1), date(2026, 11, 22), date(2026, 11, 1)),  # this month's publication is still to come
        (date(2026, 11, 3), date(2026, 11, 22), date(2026, 12, 1)),  # it has come
        (date(2022, 12, 28), date(2026, 11, 22), date(2026, 11, 1)),  # a publisher that has said nothing for years
        (date(2026, 12, 5), date(2026, 12, 31), date(2027, 11, 1)),
    ],
)
def test_the_next_publication_is_never_in_the_past(after, today, expected):
    assert next_release(catalogue().sources["lsn"], after, today) == expected


def imported(settings, about, tmp_path, **years):
    file = tmp_path / "t.json"
    file.write_bytes(body(**years))
    return file, import_file(settings, about, file, "lsn")


def test_a_refused_import_is_no_import_and_names_its_own_command(settings, monkeypatch, tmp_path):
    Publisher(monkeypatch)
    about = catalogue(manual=True)
    imported(settings, about, tmp_path, y2024=100)
    first = status(settings, about).last_import
    file, refused = imported(settings, about, tmp_path, y2024=300)
    assert refused.exit_code == 4
    assert "'etl import …' command with --accept-revisions publishes them" in refused.message
    assert "etl run" not in refused.message
    assert status(settings, about).last_import == first
    assert import_file(settings, about, file, "lsn", accept_revisions=True).exit_code == 0
    assert status(settings, about).last_import > first


def test_a_first_import_that_was_refused_never_was(settings, monkeypatch, tmp_path):
    Publisher(monkeypatch)
    about = catalogue(manual=True)
    _, refused = imported(settings, about, tmp_path, y2024=-100)
    assert refused.exit_code == 4
    assert status(settings, about).last_import is None


def two_sources(settings, monkeypatch):
    """LSN and Eurostat, each with one table that was loaded."""
    about = catalogue(("lsn", "t"), ("eurostat", "u"))
    publishers = [Publisher(monkeypatch, source) for source in ("lsn", "eurostat")]
    for publisher, table in zip(publishers, "tu", strict=True):
        publisher.replies[table, "data"] = body(y2024=100)
    assert run(settings, about, ["lsn", "eurostat"]).exit_code == 0
    return about, *publishers


def test_a_refusal_blames_its_own_source_only(settings, monkeypatch):
    about, lsn, _ = two_sources(settings, monkeypatch)
    lsn.replies["t", "data"] = body(y2024=300)
    assert run(settings, about, ["lsn", "eurostat"]).exit_code == 4
    blamed, other, unasked = (status(settings, about, s) for s in ("lsn", "eurostat", "vgrdl"))
    assert "refused by a check" in blamed.message
    assert "(lsn)" in blamed.checks
    assert (other.checks, other.state) == ("passed", "up to date")
    assert unasked.checks == "nothing to check"


def test_a_refusal_is_remembered_until_its_source_is_loaded_again(settings, monkeypatch):
    about, lsn, _ = two_sources(settings, monkeypatch)
    lsn.replies["t", "data"] = body(y2024=300)
    run(settings, about, ["lsn"])
    run(settings, about, ["eurostat"])
    assert "(lsn)" in status(settings, about).checks
    lsn.replies["t", "data"] = body(y2024=101)
    run(settings, about, ["lsn"])
    assert status(settings, about).checks == "passed"


def test_refusals_are_told_apart_by_source_else_indicator_else_everything_loaded():
    about = catalogue(("lsn", "t"), ("eurostat", "u"), ("genesis", "v"))
    loaded = {"lsn", "eurostat"}
    told = {
        "revision: i_lsn_t (lsn): 3 figures change": {"lsn"},
        "expected rows: eurostat: table u: i_eurostat_u: fewer rows": {"eurostat"},
        "totals: i_eurostat_u: sex m+f and total differ": {"eurostat"},
        "totals: i_genesis_v: only what was published before": loaded,
        "schema: rule 'x' broken by 3 rows": loaded,
    }
    assert {s: set(by_source([s], about, loaded)) for s in told} == told


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ((), "no account; set GENESIS_USER and GENESIS_PASSWORD to load it"),
        (("GENESIS_USER",), "no account: GENESIS_USER is set, but GENESIS_PASSWORD is missing"),
        (("GENESIS_PASSWORD",), "no account: GENESIS_PASSWORD is set, but GENESIS_USER is missing"),
    ],
)
def test_half_an_account_says_which_half_is_missing(settings, monkeypatch, there, said):
    for name in ("GENESIS_USER", "GENESIS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name in there:
        monkeypatch.setenv(name, "something")
    Publisher(monkeypatch, "genesis")
    about = catalogue(("genesis", "t"))
    assert status(settings, about, "genesis").message.startswith(said)
    assert run(settings, about, ["genesis"]).outcomes[0].message.startswith(said)


def test_files_by_hand_are_no_requests(settings):
    raw, request = RawStore(settings.raw_dir), Request("file:t.csv", name="import")
    raw.save("lsn", "t", request, HttpReply(200, request.url, {}, b"x", datetime.now(UTC)))
    raw.log("lsn", "t", request, request.url, "stored")
    raw.log("lsn", "t", Request("https://one.example/t"), "https://one.example/t", "failed")
    lsn = status(settings, catalogue())
    assert (lsn.requests, lsn.last_answer) == (1, None)
