"""What the ETL survives: every fault of a publisher's bad day, on every service.

A good state is published first. Then a service misbehaves, and whatever it sends, the published figures stay exactly
as they were, the exit code is the contract's, and the report names what happened.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import stamina

from etl.catalogue import load_catalogue
from etl.pipeline import RunResult, run
from etl.settings import Settings, load_settings
from etl.store import POINTER
from tests.recordings import ROOT, control, environment, needs_recordings, replay

pytestmark = needs_recordings

# service of the stand-in: (source that asks it, path that misbehaves)
SERVICES = {
    "lsn": ("lsn", "/lsn/data/"),
    "lsn workbooks": ("lsn", "/lsn/excel/"),
    "eurostat": ("eurostat", "/eurostat/"),
    "regionalstatistik": ("regionalstatistik", "/regionalstatistik/genesisws/rest/2020/(data|metadata)"),
    "regionalstatistik login": ("regionalstatistik", "/regionalstatistik/genesisws/rest/2020/helloworld/logincheck"),
    "regionalstatistik classic": ("regionalstatistik", "/regionalstatistik/genesisws/downloader/"),
    "genesis": ("genesis", "/genesis/genesisWS/rest/2020/(data|metadata|catalogue)"),
    "genesis login": ("genesis", "/genesis/genesisWS/rest/2020/helloworld/logincheck"),
    "vgrdl": ("vgrdl", "/statistikportal/"),
}
# where the replies of a service are archives
BOMBED = {
    "regionalstatistik": "/regionalstatistik/genesisws/rest/2020/data/tablefile",
    "genesis": "/genesis/genesisWS/rest/2020/data/resultfile",
    "vgrdl": r"/statistikportal/.*vgrdl_r2b3_bs2024\.xlsx",
    "eurostat": "/eurostat/.*/demo_r_pjangrp3",
}
# fault: what the report must say of it, and on which services it changes nothing that matters
FAULTS = {
    "status:503": r"HTTP 503|is down",
    "status:429": r"HTTP 429|is down",
    "html": r"web page|maintenance|HTML|no zip|not a zip|no XLSX|no workbook|no JSON|no TSV|not JSON|is down",
    "empty": r"empty|no rows|0 bytes|has none|no zip|not a zip|no workbook|not JSON|no TSV|no JSON|is down",
    "truncate": r"cut|ends|neither|damaged|no zip|not a zip|missing|not JSON|no JSON|districts|is down|vanish",
    "garble": r"damaged|garbled|expected|no zip|not a zip|not JSON|no JSON|unknown|is down",
    "slow:0.05": r"",
    "reset": r"broke off|is down",
    "bomb": r"expands|ratio|expected|no zip|bytes|not JSON|no JSON|damaged|is down",
    "guest": r"GAST|does not accept the account",
    "columns": r"column|header|expected|not JSON|no JSON|is down",
    "dashes": r"not one|no figure|districts|vanish",
}
CATALOGUE = load_catalogue()

Outcomes = set[tuple[str, str, str]]


class Good(NamedTuple):
    folder: Path
    outcomes: Outcomes

    def copy(self, source: str, to: Path) -> Path:
        """The same state in a folder of its own, with the stored replies of one source."""
        shutil.copytree(self.folder / "published", to / "published")
        shutil.copytree(self.folder / "raw" / source, to / "raw" / source)
        return to


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(scope="module")
def publishers() -> Iterator[str]:
    with replay() as base:
        yield base


def settings_for(base: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> Settings:
    for name, value in environment(base, folder, **changes).items():
        monkeypatch.setenv(name, value)
    for name in (n for n, v in changes.items() if v is None):
        monkeypatch.delenv(name, raising=False)
    return load_settings()


@pytest.fixture(scope="module")
def good(publishers: str, tmp_path_factory: pytest.TempPathFactory) -> Good:
    """A data folder with everything that the recordings hold, its figures, and what a run on a good day says."""
    folder = tmp_path_factory.mktemp("good")
    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=3, cap=True):
        settings = settings_for(publishers, folder, patch)
        result = run(settings, CATALOGUE)
        assert result.exit_code == 3, result.message
        again = run(settings, CATALOGUE)
    assert again.published is None
    return Good(folder, outcomes(again))


def published(folder: Path) -> dict[str, bytes]:
    """The published state byte for byte: every vintage and the pointer to the current one."""
    files = [*(folder / "published").glob("*.duckdb"), folder / "published" / POINTER]
    return {path.name: path.read_bytes() for path in files}


def said(result: RunResult, source: str) -> str:
    notes = [(*o.notes, o.message) for o in result.outcomes if o.source == source]
    return " ".join([*result.refused, *(text for outcome in notes for text in outcome)])


@pytest.mark.parametrize(
    ("service", "fault"),
    # the answer to a login is never unpacked
    [(service, fault) for service in SERVICES for fault in FAULTS if not ("login" in service and fault == "bomb")],
)
def test_a_bad_day_of_a_publisher_changes_no_published_figure(
    publishers: str,
    good: Good,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    fault: str,
) -> None:
    source, path = SERVICES[service]
    folder = good.copy(source, tmp_path / "data")
    settings = settings_for(publishers, folder, monkeypatch)
    control(publishers, "reset")
    # the stand-in needs seconds to make a bomb, so it throws two at what would be unpacked
    path, times = (BOMBED.get(service, path), 2) if fault == "bomb" else (path, 100_000)
    control(publishers, "fault", {"path": path, "kind": fault, "times": times})
    try:
        result = run(settings, CATALOGUE, [source])
    finally:
        control(publishers, "reset")
    assert published(folder) == published(good.folder), "figures have changed"
    assert result.published is None
    spared = outcomes(result) == {o for o in good.outcomes if o[0] == source}
    if not spared:  # a fault that the reply does not show is no fault: columns of a zip, a guest at Eurostat
        assert result.exit_code in (3, 4)
        assert re.search(FAULTS[fault], said(result, source)), said(result, source)
    assert spared == (fault in harmless(service)), (service, fault, said(result, source))


def outcomes(result: RunResult) -> Outcomes:
    return {(o.source, o.table, o.state) for o in result.outcomes} | {("", "", text) for text in result.refused}


def harmless(service: str) -> set[str]:
    """Faults that do not reach this service's replies."""
    found = {"slow:0.05"}
    if "login" in service:
        return found | {"dashes"}
    if service not in ("regionalstatistik", "genesis"):
        found |= {"guest"}
    if service not in ("regionalstatistik", "genesis", "lsn"):
        found |= {"dashes"}
    if service in ("lsn workbooks", "vgrdl"):
        found |= {"columns"}
    return found


@pytest.mark.parametrize("service", ["lsn", "lsn workbooks", "eurostat", "regionalstatistik", "genesis", "vgrdl"])
def test_a_bomb_takes_no_memory(publishers: str, good: Good, tmp_path: Path, service: str) -> None:
    source, path = SERVICES[service]
    folder = good.copy(source, tmp_path / "data")
    env = environment(publishers, folder)
    control(publishers, "reset")
    _, without = peak(env, "run", "--source", source, "--offline")
    control(publishers, "fault", {"path": BOMBED.get(service, path), "kind": "bomb", "times": 2})
    try:
        code, with_bomb = peak(env, "run", "--source", source)
    finally:
        control(publishers, "reset")
    assert code in (3, 4)
    assert with_bomb < without + 200 * 1024


def peak(env: dict[str, str], *words: str) -> tuple[int, int]:
    """Exit code and peak memory (KiB) of one call of the command line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss
