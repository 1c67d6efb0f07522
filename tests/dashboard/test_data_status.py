from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import formats
from dashboard.holdings import SourceHolding, indicator_holdings, source_holdings, state_of
from dashboard.metadata import Metadata
from dashboard.prose import html_link, link, words_table
from dashboard.store import Store, current_store
from dashboard.text import LANGUAGES, text
from tests.dashboard.reading import opened, said
from tests.dashboard.small_store import FIRST, SECOND, build

PAGE = "data_status.py"


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


@pytest.fixture()
def other_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The small store with a source that has no figures and with a corrected table."""
    folder = build(tmp_path)
    connection = duckdb.connect(folder / "published" / f"{SECOND}.duckdb")
    connection.execute(
        "INSERT INTO sources BY NAME SELECT * REPLACE ('genesis' AS id, 'Leere Quelle' AS name_de) "
        "FROM sources WHERE id = 'lsn'"
    )
    connection.execute(
        "INSERT INTO corrections VALUES ('c', 'lsn', '1-1', 'withhold', 1234, 'Zahlendreher.', 'Swapped.')"
    )
    connection.close()
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))
    return current_store()


def whole(at: AppTest) -> str:
    return "\n".join(said(at)).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_source_is_told_with_retrieval_newest_period_rhythm_and_licence(metadata: Metadata, lang: str):
    table = next(m for m in said(opened(PAGE, lang=lang)) if m.startswith("<table") and "example.org/licence" in m)
    for source in metadata.sources.values():
        (line,) = (row for row in table.splitlines() if f">{source.name.to(lang)}</a>" in row)
        assert source.publisher.to(lang) in line and source.rhythm.to(lang) in line and source.licence.to(lang) in line
    newest = "31.12.2024" if lang == "de" else "31 December 2024"
    assert newest in table


def test_a_source_is_stale_when_its_last_retrieval_is_longer_ago_than_its_rhythm(metadata: Metadata):
    source = metadata.sources["lsn"]
    held = SourceHolding("lsn", 5, "2024", datetime(2025, 1, 1))
    assert state_of(source, held, date(2026, 2, 5)) == "current"  # 400 days
    assert state_of(source, held, date(2026, 2, 6)) == "stale"
    assert state_of(source, None, date(2026, 2, 6)) == "empty"
    assert state_of(metadata.sources["counselling_demo"], held, date(2099, 1, 1)) == "invented"


def test_every_state_of_a_source_has_a_word_and_a_mark():
    for lang in LANGUAGES:
        current, stale = (text(lang, f"data_status.states.{state}", days=430) for state in ("current", "stale"))
        assert current[0] == "✓" and stale[0] == "⚠" and "430" in stale and len(current) > 5


def test_the_newest_period_is_given_for_each_kind_of_area(store: Store):
    found = {(h.indicator, h.source): h.newest for h in indicator_holdings(store, None)}
    assert found["foreign_population", "lsn"] == {"district": "2024-12-31", "region": "2024-12-31"}
    assert found["population", "eurostat"].keys() == {"district", "nuts2"}
    assert found["unemployment_rate", "lsn"] == {"land": "2024-06"}


def test_only_published_figures_count(store: Store):
    now, then = (source_holdings(store, v)["lsn"].figures for v in (None, FIRST))
    held = store.query(
        "SELECT count(*) AS n FROM observations WHERE source = 'lsn' AND value IS NOT NULL AND known_until IS NULL"
    )
    assert now == then == held.item()


def test_what_is_missing_is_stated(other_store: Store):
    told = whole(opened(PAGE))
    assert text("de", "data_status.missing") in told and "[Leere Quelle](https://example.org)" in told


def test_a_corrected_table_is_told_with_what_was_done_and_why(other_store: Store):
    told = whole(opened(PAGE))
    assert text("de", "data_status.actions.withhold", rows="1.234") in told and "Zahlendreher." in told


def test_without_corrections_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = build(tmp_path)
    with duckdb.connect(folder / "published" / f"{SECOND}.duckdb") as connection:
        connection.execute("DELETE FROM corrections")
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))
    assert text("de", "data_status.no_corrections") in whole(opened(PAGE))


def test_every_data_state_is_listed_with_its_changes_and_a_link():
    at = opened(PAGE, lang="en")
    states = [e for e in at.expander if "revised" in e.label]
    assert len(states) == 2 and "1 revised" in states[0].label and "0 revised" in states[1].label
    queries = [p.proto.query_string for p in at.get("page_link")]
    assert f"v={SECOND}&lang=en" in queries and f"v={FIRST}&lang=en" in queries


def test_the_state_of_the_address_is_unfolded_and_named():
    at = opened(PAGE, v=FIRST)
    folded = [e.proto.expanded for e in at.expander if "revidierte" in e.label]
    assert folded == [False, True] and at.info[0].value.startswith("Das ist ein früherer Datenstand")


def test_headings_are_in_order():
    at = opened(PAGE)
    assert [t.value for t in at.title] == [text("de", "app.data_status")]
    assert len(at.header) == 4 and not at.subheader


def test_a_cell_cannot_break_its_table():
    table = words_table(["<a>", "b"], [[html_link("x<y", 'https://example.org/"> z'), "1"]], 'n"', [1])
    assert '<table aria-label="n&quot;">' in table and "&lt;a&gt;</th>" in table
    assert '<a href="https://example.org/%22%3E%20z">x&lt;y</a></th><td style="text-align: right">1</td>' in table
    assert link("a]b", "https://example.org/x y)|") == "[a\\]b](https://example.org/x%20y%29%7C)"
    assert link("ohne", "") == html_link("ohne", "") == "ohne"


def test_invented_figures_are_not_counted_as_published(store: Store):
    held = source_holdings(store, None)
    real = sum(h.figures for source, h in held.items() if source != "counselling_demo")
    lead = whole(opened(PAGE))
    assert f"{formats.number(real, 0, 'de')} veröffentlichte Zahlen" in lead
    assert f"{formats.number(held['counselling_demo'].figures, 0, 'de')} erfundene Beispielzahlen" in lead
