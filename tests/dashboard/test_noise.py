"""A change that is no larger than the newest figures are usually revised is no trend."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from dashboard.headlines import headline
from dashboard.metadata_reading import read_metadata
from dashboard.noise import usual_revisions
from dashboard.queries import view_figures
from dashboard.store import Store, current_store
from dashboard.view import read
from tests.dashboard.small_store import FIRST, SECOND, build

STATES = ["20220101T000000Z", "20230101T000000Z", "20240101T000000Z", "20250101T000000Z", FIRST]
# the newest figure of each state, and what the next state made of it
NEWEST = {2021: (1000, 1010), 2022: (1040, 1020), 2023: (1000, 1015)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Naturalisations of another region whose newest figure was revised by 10, 20 and 15 from state to state."""
    data = build(tmp_path_factory.mktemp("revised"))
    path = next((data / "published").glob("*.duckdb"))
    with duckdb.connect(path) as connection:
        for n, (year, (first, later)) in enumerate(NEWEST.items()):
            add(connection, year, first, STATES[n], STATES[n + 1])
            add(connection, year, later, STATES[n + 1], STATES[2] if year == 2021 else None)
        # no longer the newest when it was taken for another by mistake, and put right
        add(connection, 2021, 1500, STATES[2], STATES[3])
        add(connection, 2021, 1010, STATES[3], None)
        add(connection, 2024, 1025, STATES[3], None)
    return data


@pytest.fixture()
def revised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))
    return current_store()


def add(connection: duckdb.DuckDBPyConnection, year: int, value: float, since: str, until: str | None) -> None:
    described = ["naturalisations", "03", str(year), date(year, 1, 1), date(year, 12, 31), "year", "", value]
    rest = ["persons", "ok", "lsn", "1-1", "cc", "Amt lsn; Register", datetime(2026, 1, 1), since, until]
    connection.execute(f"INSERT INTO observations VALUES ({', '.join('?' * 17)})", [*described, *rest])


def said(store: Store, **link: str) -> str:
    metadata = read_metadata(store)
    view, notes = read({"i": "naturalisations", "r": "03"} | {k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert not notes
    return headline(view_figures(store, metadata, view), view, metadata)


def test_the_usual_revision_is_the_middle_one_of_newest_figures(revised: Store):
    found = usual_revisions(revised, "naturalisations", ["03", "03101"], [""], None)
    assert found.rows() == [("03", "", "lsn", 15.0)]


def test_revisions_that_were_not_yet_known_at_a_state_do_not_count(revised: Store):
    assert usual_revisions(revised, "naturalisations", ["03"], [""], STATES[2]).is_empty()


def test_one_revision_is_no_habit(revised: Store):
    """Peine's newest figure was revised once: no habit."""
    assert usual_revisions(revised, "foreign_population", ["03157"], [""], SECOND).is_empty()


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({}, "kein Trend (Unterschied nicht größer als die üblichen späteren Korrekturen)"),
        ({"lang": "en"}, "no trend compared with 2021 (difference no larger than the usual later revisions)"),
        ({"as_": "index"}, "kein Trend"),
        ({"as_": "change"}, "unverändert gegenüber dem Vorjahr"),
    ],
)
def test_a_change_inside_the_usual_revisions_is_no_trend(link: dict[str, str], told: str, revised: Store):
    assert told in said(revised, **link)


def test_a_larger_change_is_told(revised: Store):
    assert "14 mehr als im Jahr 2010" in said(revised, r="03101")
