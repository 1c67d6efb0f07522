"""The command line: exit codes and words of the contract."""

from __future__ import annotations

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from etl.catalogue import load_catalogue
from etl.cli import app
from etl.errors import StoreError
from etl.extract import EXTRACT_FILE, load_extract, write_extract
from etl.metadata import metadata_tables
from etl.publish import writer_lock
from etl.sources.base import AppliedCorrection
from etl.store import current_state, vintages
from tests.etl.test_checks import eight, state
from tests.etl.test_publish import FIRST, SECOND, put

CATALOGUE = load_catalogue()
cli = CliRunner()


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    return tmp_path / "published"


def call(*words):
    return cli.invoke(app, list(words))


def every_command():
    """The words of every command, groups included."""
    words = [[c.name or c.callback.__name__] for c in app.registered_commands]
    return words + [[g.name, c.name] for g in app.registered_groups for c in g.typer_instance.registered_commands]


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_explains_itself(command):
    assert call(*command, "--help").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--source", "nobody"),
        ("export",),
        ("fly",),
        ("status", "--loud"),
        ("run", "--lang", "fr"),
        ("probe", "nobody"),
        ("import", "file", "no.csv", "--source", "lsn"),
    ],
)
def test_wrong_usage_is_exit_code_2(data, words):
    assert call(*words).exit_code == 2


@pytest.mark.parametrize(
    "words", [("vintages",), ("diff",), ("check",), ("rollback", FIRST), ("export", "--out", "x.csv"), ("extract",)]
)
def test_without_a_store_every_command_says_what_to_do(data, words):
    done = call(*words)
    assert done.exit_code == 1
    assert "is published" in done.stderr


def test_status_of_an_empty_store_is_stale(data):
    done = call("status", "--json")
    assert done.exit_code == 3
    answer = json.loads(done.stdout)
    assert answer["vintage"] is None
    assert {s["source"] for s in answer["sources"]} == set(CATALOGUE.sources)


def test_check_tells_sound_from_broken(data):
    put(data, state(*eight()), FIRST)
    assert call("check").exit_code == 0
    put(data, state(*eight()[:-1]), SECOND)
    done = call("check")
    assert done.exit_code == 4
    assert "missing ['03158']" in done.stdout


def test_diff_shows_the_size_of_a_revision(data):
    put(data, state(*eight()), FIRST)
    put(data, state(*eight(value=104.0)), SECOND)
    done = call("diff")
    title = "Ausländische Bevölkerung (Integrationsmonitoring Niedersachsen)"
    assert f"{title}: 8 Zahlen revidiert (31.12.2024)" in done.stdout
    assert "  Braunschweig, 31.12.2024: 100 → 104 (+4,0 %)" in done.stdout
    assert "8 figures revised (31 December 2024)" in call("diff", "--lang", "en").stdout
    assert len(json.loads(call("diff", "--json").stdout)["changes"]) == 8
    assert "Keine Zahl hat sich geändert." in call("diff", SECOND, SECOND).stdout


def corrected(**rows):
    return metadata_tables(CATALOGUE, [AppliedCorrection(name, n) for name, n in rows.items()])


def test_diff_tells_the_corrections_that_changed_and_the_first_one_all(data):
    one, other = CATALOGUE.corrections[:2]
    put(data, state(*eight()), FIRST, corrected(**{one.id: 3}))
    put(data, state(*eight(value=104.0)), SECOND, corrected(**{one.id: 3, other.id: 2}))
    where = f"Integrationsmonitoring Niedersachsen, Tabelle {other.table}: "
    told = [line for line in call("diff").stdout.splitlines() if "Korrektur" in line]
    assert told == [f"{where}Korrektur angewendet (2 Zeilen): {other.reason.de}"]
    answer = json.loads(call("diff", "--json").stdout)["corrections"]
    assert answer == [{"source": "lsn", "table": other.table, "id": other.id, "rows": 2, "rows_before": None}]
    first = [
        line for line in call("diff", "--lang", "en", "--", FIRST, FIRST).stdout.splitlines() if "orrection" in line
    ]
    assert first == []
    (data / f"{FIRST}.duckdb").unlink()  # what the older file said is unknown: all of the newer one are told
    assert call("diff").stdout.count("Korrektur angewendet") == 2


def test_the_first_vintage_tells_all_its_corrections(data):
    one = CATALOGUE.corrections[0]
    put(data, state(*eight()), FIRST, corrected(**{one.id: 3}))
    assert call("diff").stdout.count(f", Tabelle {one.table}: Korrektur angewendet (3 Zeilen)") == 1


def test_a_check_that_fails_in_many_years_is_one_line(data):
    put(data, state(*[r for year in range(2010, 2020) for r in eight(year=year)[:-1]]), FIRST)
    done = call("check")
    assert done.stdout.count("missing ['03158']") == 1
    assert "in 10 periods, 2010-12-31 to 2019-12-31" in done.stdout


def test_an_unknown_source_is_named_as_the_user_wrote_it(data):
    told = call("run", "--source", "nosuch", "--source", "neither").stderr
    assert "no source neither, nosuch" in told
    put(data, state(*eight()), FIRST)
    told = call("export", "--out", "x.csv", "--indicator", "nosuch").stderr
    assert "the store has no indicators nosuch; it has " in told


def test_the_first_vintage_is_compared_with_nothing(data):
    put(data, state(*eight()), FIRST)
    assert "neue Zahlen für 31.12.2024, 8 Gebiete" in call("diff").stdout


def test_rollback_is_a_new_vintage_with_the_old_figures(data):
    put(data, state(*eight()), FIRST)
    put(data, state(*eight(value=104.0)), SECOND)
    assert call("rollback", FIRST).exit_code == 0
    assert set(current_state(data)["value"]) == {100}
    assert vintages(data)["origin"].to_list() == ["run", "run", "rollback"]
    assert call("rollback", "20200101T000000Z").exit_code == 1


def test_the_extract_goes_round(data, tmp_path):
    put(data, state(*eight()), FIRST)
    out = tmp_path / "extract.parquet"
    write_extract(data, out)
    made = load_extract(tmp_path / "fresh", CATALOGUE, out)
    assert made.vintage == FIRST
    assert current_state(tmp_path / "fresh").equals(current_state(data))
    assert load_extract(tmp_path / "fresh", CATALOGUE, out) is None


def test_an_extract_never_replaces_fetched_figures(data, tmp_path):
    put(data, state(*eight()), FIRST)
    write_extract(data, tmp_path / "e.parquet")
    put(data, state(*eight(value=104.0)), SECOND)
    assert load_extract(data, CATALOGUE, tmp_path / "e.parquet") is None
    assert set(current_state(data)["value"]) == {104}


def test_a_newer_extract_renews_an_older_one(data, tmp_path):
    put(data, state(*eight()), FIRST)
    write_extract(data, tmp_path / "old.parquet")
    put(data, state(*eight(), *eight(year=2023)), SECOND)
    write_extract(data, tmp_path / "new.parquet")
    fresh = tmp_path / "fresh"
    load_extract(fresh, CATALOGUE, tmp_path / "old.parquet")
    assert load_extract(fresh, CATALOGUE, tmp_path / "new.parquet").vintage == SECOND
    assert vintages(fresh)["origin"].to_list() == ["extract", "extract"]


def test_an_extract_brings_bettered_labels(data, monkeypatch):
    load_extract(data, CATALOGUE)
    bettered = {
        k: u.model_copy(update={"label": u.label.model_copy(update={"de": "neu"})}) for k, u in CATALOGUE.units.items()
    }
    made = load_extract(data, dataclasses.replace(CATALOGUE, units=bettered))
    assert (made.new, made.revised) == (0, 0)


def test_an_extract_does_not_wait_for_a_run_under_way(data):
    put(data, state(*eight()), FIRST)
    with writer_lock(data):
        assert load_extract(data, CATALOGUE) is None


def test_a_damaged_extract_is_explained(data, tmp_path):
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 no")
    with pytest.raises(StoreError, match="cannot be read"):
        load_extract(data, CATALOGUE, bad)


def test_the_bundled_extract_loads_and_names_its_sources(data):
    """It is what a fresh clone shows: complete, checked, every row with source, table, licence and date."""
    assert EXTRACT_FILE.stat().st_size < 3_000_000
    assert load_extract(data, CATALOGUE) is not None
    figures = current_state(data)
    assert {"lsn", "eurostat"} <= set(figures["source"]) <= set(CATALOGUE.sources)
    for column in ("table", "licence", "attribution", "retrieved_at"):
        assert figures[column].null_count() == 0
    region = figures.filter(region="BSR", indicator="foreign_population", breakdown="")
    assert region.height >= 20
    assert call("check").exit_code == 0
