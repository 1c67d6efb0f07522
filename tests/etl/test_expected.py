"""Row counts per table and period: a table that shrinks is not published unseen."""

from __future__ import annotations

import polars as pl
import pytest
from typer.testing import CliRunner

from etl import cli_imports
from etl.catalogue import load_catalogue
from etl.cli import app
from etl.errors import CatalogueError
from etl.expected import (
    AT,
    EXPECTED_FILE,
    SCHEMA,
    differences,
    fewer,
    read_expected,
    renewed,
    row_counts,
    shrunk,
    write_expected,
)
from etl.loading import Loaded, TableOutcome, load
from etl.pipeline import run
from etl.settings import Settings
from tests.etl.invented_source import Publisher, body, catalogue
from tests.etl.test_checks import eight, state

PERIODS = {2023: "2023-12-31", 2024: "2024-12-31", 2025: "2025-12-31"}


def counts(**rows: int) -> pl.DataFrame:
    """Expected rows of lsn's table t by year: ``y2024=8``."""
    about = [("lsn", "t", "foreign_population", PERIODS[int(y[1:])], n) for y, n in rows.items()]
    return pl.DataFrame(about, schema=SCHEMA, orient="row")


def loaded(*years: int, partial: bool = False, districts: int = 8) -> Loaded:
    rows = [r for y in years for r in eight(year=y)[:districts]]
    outcome = TableOutcome("lsn", "t", "loaded", len(rows), partial=partial)
    return Loaded([state(*rows)] if rows else [], [], [outcome])


def test_a_table_with_fewer_rows_than_expected_is_named_with_what_accepts_it():
    (sentence,) = shrunk(loaded(2023, 2024, districts=5), counts(y2023=8, y2024=5))
    assert "lsn: table t: foreign_population" in sentence
    assert "2023-12-31: expected 8, came 5" in sentence
    assert "2024-12-31" not in sentence
    assert "'etl expected-rows --update --source lsn'" in sentence


def test_a_period_that_vanished_is_a_shrinking_too():
    (sentence,) = shrunk(loaded(2024), counts(y2023=8, y2024=8))
    assert "2023-12-31: expected 8, came 0" in sentence


def test_a_partial_table_answers_for_the_periods_it_holds_only():
    assert shrunk(loaded(2024, partial=True), counts(y2023=8, y2024=8)) == []
    assert len(shrunk(loaded(2024, partial=True, districts=3), counts(y2023=8, y2024=8))) == 1


def test_more_rows_new_periods_and_unknown_tables_are_fine():
    assert shrunk(loaded(2023, 2024, 2025), counts(y2023=5, y2024=8)) == []
    assert shrunk(loaded(2024), counts()) == []


def test_only_tables_of_this_run_are_compared():
    outcome = TableOutcome("lsn", "other", "loaded")
    assert shrunk(Loaded([], [], [outcome]), counts(y2023=8)) == []
    failed = TableOutcome("lsn", "t", "failed")
    assert shrunk(Loaded([], [], [failed]), counts(y2023=8)) == []


def test_many_short_periods_are_one_sentence():
    expected = counts(y2023=9, y2024=9, y2025=9)
    more = expected.with_columns(pl.col("period").str.replace("12-31", "06-30"))
    (sentence,) = shrunk(loaded(), pl.concat([expected, more]))
    assert "and 3 more periods" in sentence


def test_an_update_keeps_what_was_not_loaded_and_drops_what_nobody_reads():
    elsewhere = counts(y2024=7).with_columns(pl.lit("u").alias("table"))
    gone = counts(y2024=7).with_columns(pl.lit("gone").alias("table"))
    known = {("lsn", "t"), ("lsn", "u")}
    new = renewed(loaded(2024), pl.concat([counts(y2023=8, y2024=9), elsewhere, gone]), known)
    assert new.select("table", "period", "rows").rows() == [("t", "2024-12-31", 8), ("u", "2024-12-31", 7)]
    partial = renewed(loaded(2024, partial=True), counts(y2023=8), known)
    assert partial["rows"].to_list() == [8, 8]


def test_the_differences_are_told_line_by_line():
    lines = differences(counts(y2023=8, y2024=8), counts(y2024=5, y2025=8))
    assert lines == [
        "lsn t foreign_population 2023-12-31: expected 8, came 0",
        "lsn t foreign_population 2024-12-31: expected 8, came 5",
        "lsn t foreign_population 2025-12-31: new, came 8",
    ]
    assert fewer(counts(y2023=8), counts(y2024=8))
    assert not fewer(counts(y2023=8), counts(y2023=9, y2024=1))


def test_the_file_goes_round_sorted(tmp_path):
    path = tmp_path / "e.csv"
    write_expected(counts(y2024=2, y2023=1), path)
    assert path.read_text().splitlines()[:2] == [
        "source,table,indicator,period,rows",
        "lsn,t,foreign_population,2023-12-31,1",
    ]
    assert read_expected(path).equals(counts(y2023=1, y2024=2))
    assert read_expected(tmp_path / "none.csv").is_empty()


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "source,table,indicator,period,rows\nlsn,t,i,2024,many\n",
             "source,table,indicator,period,rows\nlsn,t,i,2024,\n",
             "source,table,indicator,period,rows\nlsn,t,i,2024,1\nlsn,t,i,2024,2\n"]
)  # fmt: skip
def test_a_file_edited_by_hand_is_explained(tmp_path, text):
    path = tmp_path / "e.csv"
    path.write_text(text)
    with pytest.raises(CatalogueError, match="git"):
        read_expected(path)


def test_a_shrinking_table_is_not_published(tmp_path, monkeypatch):
    publisher, settings = Publisher(monkeypatch), Settings(tmp_path, {})
    publisher.replies["t", "data"] = body(y2023=100, y2024=100)
    run(settings, catalogue(), ["lsn"])
    expected = row_counts(load(settings, catalogue(), ["lsn"], offline=True).frames)
    publisher.replies["t", "data"] = body(y2024=100, y2025=100)
    result = run(settings, catalogue(), ["lsn"], expected=expected)
    assert (result.exit_code, result.published) == (4, None)
    assert any("2023-12-31: expected 8, came 0" in s for s in result.refused)


def test_the_command_compares_accepts_and_then_agrees(tmp_path, monkeypatch):
    publisher, about = Publisher(monkeypatch), catalogue()
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    file = tmp_path / "expected.csv"
    monkeypatch.setattr(cli_imports, "load_catalogue", lambda: about)
    monkeypatch.setattr(cli_imports, "read_expected", lambda: read_expected(file))
    monkeypatch.setattr(cli_imports, "write_expected", lambda frame: write_expected(frame, file))
    publisher.replies["t", "data"] = body(y2023=100, y2024=100)
    run(Settings(tmp_path, {}), about, ["lsn"])

    def call(*words):
        return CliRunner().invoke(app, ["expected-rows", *words])

    first = call()
    assert first.exit_code == 0
    assert "2024-12-31: new, came 8" in first.stdout
    assert not file.exists()
    assert "2 row counts accepted" in call("--update").stdout
    assert "0 row counts differ" in call("--check").stdout
    publisher.replies["t", "data"] = body(y2024=100)
    run(Settings(tmp_path, {}), about, ["lsn"], expected=read_expected(file))  # refused, but the reply is kept
    assert call("--check").exit_code == 4
    assert call("--update", "--source", "lsn").exit_code == 0
    assert read_expected(file)["period"].to_list() == ["2024-12-31"]


def test_the_projects_own_file_is_sorted_and_names_tables_of_the_catalogue():
    expected = read_expected()
    if not EXPECTED_FILE.exists():
        pytest.skip("not made yet: etl expected-rows --update")
    assert expected.equals(expected.sort(AT))
    about = load_catalogue()
    known = {(s, t) for s in about.sources for t in about.tables(s)}
    assert set(expected.select("source", "table").iter_rows()) <= known
