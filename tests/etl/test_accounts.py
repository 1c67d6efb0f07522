"""Accounts: wrong, missing or unrecognised credentials are told apart, and no credential leaves its header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recordings import control, environment, etl, needs_recordings, replay

pytestmark = needs_recordings

USER, PASSWORD = "Kennung-4711", "geheim-Wort-0815"
SOURCES = ("regionalstatistik", "genesis")


@pytest.fixture(scope="module")
def publishers() -> Iterator[str]:
    with replay() as base:
        yield base


def accounts(user: str | None, password: str | None) -> dict[str, str | None]:
    return {f"{s.upper()}_{w}": v for s in SOURCES for w, v in (("USER", user), ("PASSWORD", password))}


def run_of(publishers: str, folder: Path, **changes: str | None):
    """A run of both sources and LSN; exit code, what it said, and per source the outcomes."""
    env = environment(publishers, folder, **changes)
    words = ("run", "--json", *(word for s in (*SOURCES, "lsn") for word in ("--source", s)))
    done = etl(env, *words)
    return done, json.loads(done.stdout)


def messages(told: dict, source: str) -> str:
    return " ".join(" ".join([o["message"], *o["notes"]]) for o in told["outcomes"] if o["source"] == source)


@pytest.fixture(scope="module")
def three_ways(publishers: str, tmp_path_factory: pytest.TempPathFactory):
    """Wrong credentials, none, and an account that the service does not recognise: (process, report, data folder)."""
    ways = {}
    for way in ("wrong", "none", "guest"):
        folder = tmp_path_factory.mktemp(way)
        control(publishers, "reset")
        if way == "guest":
            control(publishers, "fault", {"path": "logincheck", "kind": "guest", "times": 1000})
        changes = accounts(None, None) if way == "none" else accounts(USER, PASSWORD)
        ways[way] = (*run_of(publishers, folder, **changes), folder)
    control(publishers, "reset")
    return ways


@pytest.mark.parametrize("source", SOURCES)
def test_wrong_no_and_unrecognised_credentials_are_told_apart(three_ways, source: str):
    wrong, none, guest = (messages(three_ways[way][1], source) for way in ("wrong", "none", "guest"))
    assert "GAST" in guest and "GAST" not in wrong and "GAST" not in none
    assert "does not accept" in wrong and f"{source.upper()}_PASSWORD" in wrong
    assert f"no account; set {source.upper()}_USER and {source.upper()}_PASSWORD" in none
    assert len({wrong, none, guest}) == 3


def test_a_missing_account_is_no_failure_and_wrong_credentials_are_one(three_ways):
    assert three_ways["none"][0].returncode == 0
    assert three_ways["wrong"][0].returncode == 3
    assert three_ways["guest"][0].returncode == 3


def test_nothing_else_is_disturbed(three_ways):
    states = {
        way: {o["table"]: o["state"] for o in told["outcomes"] if o["source"] == "lsn"}
        for way, (_, told, _) in three_ways.items()
    }
    assert states["wrong"] == states["none"] == states["guest"]
    assert "loaded" in states["wrong"].values()


def test_no_credential_is_in_any_output_or_file(three_ways):
    for done, _, folder in three_ways.values():
        for secret in (USER, PASSWORD):
            assert secret not in done.stdout + done.stderr
            holding = [p for p in folder.rglob("*") if p.is_file() and secret.encode() in p.read_bytes()]
            assert holding == []


def test_a_search_for_credentials_would_find_them(tmp_path: Path):
    """The search above can find what it looks for."""
    (tmp_path / "x.json").write_bytes(json.dumps({"password": PASSWORD}).encode())
    assert [p for p in tmp_path.rglob("*") if p.is_file() and PASSWORD.encode() in p.read_bytes()]


def test_what_the_publishers_see(publishers: str, tmp_path: Path):
    """One request at a time, data only by POST, credentials only where they belong."""
    control(publishers, "reset")
    done = etl(environment(publishers, tmp_path), "run")
    assert done.returncode == 3, done.stdout + done.stderr
    log = control(publishers, "log")
    assert all(n == 1 for n in log["parallel"].values()), log["parallel"]
    rest = [r for r in log["requests"] if "/rest/2020/" in r["path"]]
    assert rest and all(r["method"] == "POST" for r in rest if "helloworld/whoami" not in r["path"])
    assert all("/rest/2020/" in r["path"] for r in log["requests"] if r["has_credentials"])
    assert not any(name in r["form"] for r in log["requests"] for name in ("username", "password"))
    assert "demo:" not in json.dumps([r["path"] for r in log["requests"]])
