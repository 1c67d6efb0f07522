"""Vintages: what was known when, nothing lost, nothing half."""

from __future__ import annotations

import dataclasses
from datetime import date

import duckdb
import polars as pl
import pytest

from etl.catalogue import load_catalogue
from etl.entries import Indicator
from etl.errors import StoreError
from etl.export import EXPORT_COLUMNS, as_csv, export_frame, write_export
from etl.metadata import metadata_tables
from etl.publish import publish, writer_lock
from etl.schema import KEY, Observation, in_order
from etl.store import POINTER, current_file, current_state, resolve_vintage, state_at, vintages
from etl.store_schema import TABLES
from tests.etl.test_checks import EIGHT, eight, row, state

CATALOGUE = load_catalogue()
METADATA = metadata_tables(CATALOGUE, [])
FIRST, SECOND, THIRD = "20260101T000000Z", "20260201T000000Z", "20260301T000000Z"


def put(folder, figures, vintage, metadata=METADATA):
    with writer_lock(folder):
        return publish(folder, figures, metadata, "run", vintage)


@pytest.fixture
def three_vintages(tmp_path):
    """2024 is revised from 100 to 110 in the second vintage; in the third 2023 is withdrawn and 2025 comes."""
    put(tmp_path, state(row(year=2023), row(year=2024)), FIRST)
    put(tmp_path, state(row(year=2023), row(year=2024, value=110.0)), SECOND)
    put(tmp_path, state(row(year=2024, value=110.0), row(year=2025)), THIRD)
    return tmp_path


def known(folder, vintage):
    return dict(state_at(folder, vintage).select("period", "value").sort("period").iter_rows())


def test_every_vintage_still_shows_what_was_known_then(three_vintages):
    assert known(three_vintages, FIRST) == {"2023-12-31": 100, "2024-12-31": 100}
    assert known(three_vintages, SECOND) == {"2023-12-31": 100, "2024-12-31": 110}
    assert known(three_vintages, THIRD) == {"2024-12-31": 110, "2025-12-31": 100}
    assert vintages(three_vintages).select("new_figures", "revised_figures", "withdrawn_figures").rows() == [
        (2, 0, 0), (0, 1, 0), (1, 0, 1),
    ]  # fmt: skip


def test_an_indicator_that_is_given_up_is_withdrawn_and_stays_in_its_vintage(tmp_path):
    put(tmp_path, state(row(), row("employees")), FIRST)
    made = put(tmp_path, state(row(), row("naturalisations")), SECOND)
    assert (made.new, made.revised, made.withdrawn) == (1, 0, 1)
    assert sorted(state_at(tmp_path, FIRST)["indicator"]) == ["employees", "foreign_population"]
    assert sorted(state_at(tmp_path, SECOND)["indicator"]) == ["foreign_population", "naturalisations"]
    put(tmp_path, state(row(), row("employees")), THIRD)
    assert state_at(tmp_path, THIRD).filter(indicator="employees")["known_from"].to_list() == [THIRD]
    assert sorted(state_at(tmp_path, FIRST)["indicator"]) == ["employees", "foreign_population"]


def test_empty_cells_are_published_and_counted_as_no_figures(tmp_path):
    made = put(tmp_path, state(row(), row(region="03102", value=None, status="pending")), FIRST)
    assert (made.new, made.revised, made.withdrawn) == (1, 0, 0)
    made = put(tmp_path, state(row(), row(region="03102", value=None, status="secret")), SECOND)
    assert (made.new, made.revised, made.withdrawn) == (0, 0, 0)
    assert state_at(tmp_path, SECOND).filter(region="03102")["status"].to_list() == ["secret"]
    assert state_at(tmp_path, FIRST).filter(region="03102")["status"].to_list() == ["pending"]
    made = put(tmp_path, state(row(value=None, status="secret")), THIRD)
    assert (made.new, made.revised, made.withdrawn) == (0, 1, 0)
    assert put(tmp_path, state(row(value=None, status="secret")), "20260401T000000Z") is None


def test_a_state_is_read_as_it_was_written(tmp_path):
    figures = state(*eight(), *eight(year=2023), row("employees", value=None, status="secret"))
    put(tmp_path, figures, FIRST)
    assert current_state(tmp_path).sort(KEY).equals(figures.sort(KEY))
    assert current_state(tmp_path).schema == Observation.create_empty().schema


def with_bases(*bases):
    about = CATALOGUE.indicators["population"].model_dump(mode="json")
    return Indicator.model_validate({**about, "bases": bases})


def base(name, since, source="lsn"):
    return {"id": name, "sources": [source], "since": since, "text": {"de": name, "en": name}}


def test_the_store_says_which_census_a_population_stands_on(tmp_path):
    population = with_bases(base("census2022", "2022-12-31"), base("census2011", "2011-12-31"))
    catalogue = dataclasses.replace(CATALOGUE, indicators={**CATALOGUE.indicators, "population": population})
    put(tmp_path, state(row()), FIRST, metadata_tables(catalogue, []))
    with duckdb.connect(str(current_file(tmp_path)), read_only=True) as con:
        rows = con.sql("SELECT source, base, since, until FROM bases WHERE indicator = 'population'").fetchall()
    assert rows == [
        ("lsn", "census2011", date(2011, 12, 31), date(2022, 12, 30)),
        ("lsn", "census2022", date(2022, 12, 31), None),
    ]


def test_a_new_base_without_a_drawn_break_is_refused():
    with pytest.raises(ValueError, match="lsn changes its base on 2020-12-31, which is not in 'breaks'"):
        with_bases(base("census2011", "2011-12-31"), base("census2022", "2020-12-31"))


def test_the_order_of_figures_is_that_of_their_words():
    figures = state(
        *[
            row(region=r, year=y, breakdown=b)
            for b in ("sex=m", "", "age=y0_17")
            for y in (2024, 2009)
            for r in EIGHT[::-1]
        ],
        row("employees"),
    )
    assert in_order(figures).equals(figures.sort(KEY))
    assert in_order(figures.clear()).is_empty()


def test_an_unchanged_figure_keeps_the_day_it_became_known(three_vintages):
    rows = state_at(three_vintages, THIRD).select("period", "known_from", "known_until").sort("period").rows()
    assert rows == [("2024-12-31", SECOND, None), ("2025-12-31", THIRD, None)]


def test_identical_input_publishes_nothing(three_vintages):
    assert put(three_vintages, current_state(three_vintages), None) is None
    assert len(vintages(three_vintages)) == 3


def test_a_bettered_label_publishes_without_revising(tmp_path):
    put(tmp_path, state(row()), FIRST)
    units = [{**u, "label_de": u["label_de"] + "!"} for u in METADATA["units"]]
    made = put(tmp_path, state(row(attribution="bettered")), SECOND, {**METADATA, "units": units})
    assert (made.new, made.revised, made.withdrawn) == (0, 0, 0)
    assert current_state(tmp_path)["attribution"].to_list() == ["bettered"]
    assert state_at(tmp_path, SECOND)["known_from"].to_list() == [FIRST]


def test_a_second_publish_within_one_second_is_still_later(tmp_path):
    put(tmp_path, state(row()), FIRST)
    assert put(tmp_path, state(row(value=1.0)), FIRST).vintage == "20260101T000001Z"


def test_a_published_file_is_never_changed(tmp_path):
    put(tmp_path, state(row()), FIRST)
    before = (tmp_path / f"{FIRST}.duckdb").read_bytes()
    put(tmp_path, state(row(value=1.0)), SECOND)
    assert (tmp_path / f"{FIRST}.duckdb").read_bytes() == before
    assert current_file(tmp_path).name == f"{SECOND}.duckdb"


def test_a_crash_while_writing_leaves_the_old_state(tmp_path, monkeypatch):
    put(tmp_path, state(row()), FIRST)
    monkeypatch.setattr("etl.publish._write_rows", lambda *_: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        put(tmp_path, state(row(value=1.0)), SECOND)
    assert current_state(tmp_path)["value"].to_list() == [100]
    monkeypatch.undo()
    put(tmp_path, state(row(value=1.0)), SECOND)
    assert current_state(tmp_path)["value"].to_list() == [1]
    assert list(tmp_path.glob(".*.part*")) == []


def test_a_crash_between_the_new_file_and_the_pointer_leaves_the_old_state(tmp_path, monkeypatch):
    put(tmp_path, state(row()), FIRST)
    monkeypatch.setattr("etl.publish.write_atomically", lambda *_: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        put(tmp_path, state(row(value=1.0)), SECOND)
    assert (tmp_path / f"{SECOND}.duckdb").exists()
    assert current_state(tmp_path)["value"].to_list() == [100]
    monkeypatch.undo()
    assert put(tmp_path, state(row(value=1.0)), SECOND).revised == 1
    assert current_state(tmp_path)["value"].to_list() == [1]


def test_only_one_run_writes(tmp_path):
    with writer_lock(tmp_path), pytest.raises(StoreError, match="another run is writing"), writer_lock(tmp_path):
        pass


def test_a_path_with_a_quote_is_just_a_path(tmp_path):
    folder = tmp_path / "o'brien"
    put(folder, state(row()), FIRST)
    put(folder, state(row(value=1.0)), SECOND)
    assert known(folder, FIRST) == {"2024-12-31": 100}


def test_the_store_holds_every_table_of_its_schema(three_vintages):
    with duckdb.connect(str(current_file(three_vintages)), read_only=True) as con:
        there = {r[0] for r in con.sql("SELECT table_name FROM information_schema.tables").fetchall()}
        assert there == set(TABLES)
        assert con.sql("SELECT count(*) FROM indicators").fetchone()[0] == len(CATALOGUE.indicators)
        assert con.sql("SELECT count(*) FROM regions WHERE list_contains(part_of, 'BSR')").fetchone()[0] == 8


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (None, THIRD),
        (FIRST, FIRST),
        ("2026-02-01", SECOND),
        ("2026-02-15", SECOND),
        ("20260201", SECOND),
        ("2026-02-01T00:00:00", SECOND),
        ("2030-01-01", THIRD),
    ],
)
def test_a_date_means_the_newest_vintage_up_to_then(three_vintages, when, expected):
    assert resolve_vintage(three_vintages, when) == expected


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("20250101T000000Z", "there is no vintage"),
        ("2025-12-31", "the oldest vintage is"),
        ("yesterday", "neither a vintage"),
    ],
)
def test_another_vintage_is_refused_with_what_there_is(three_vintages, when, message):
    with pytest.raises(StoreError, match=message):
        resolve_vintage(three_vintages, when)


def test_an_empty_store_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match=r"nothing is published.*run 'etl run'"):
        vintages(tmp_path)


def test_a_pointer_to_nothing_is_explained(tmp_path):
    put(tmp_path, state(row()), FIRST)
    (tmp_path / POINTER).write_text("gone.duckdb\n")
    with pytest.raises(StoreError, match=r"names gone\.duckdb, which is not there"):
        current_state(tmp_path)


def test_the_export_has_the_columns_of_the_contract(three_vintages):
    frame = export_frame(three_vintages)
    assert frame.columns == EXPORT_COLUMNS
    assert export_frame(three_vintages, as_of=FIRST)["value"].to_list() == [100, 100]
    with pytest.raises(StoreError, match="no regions Mars"):
        export_frame(three_vintages, regions=["Mars"])


def test_csv_writes_whole_numbers_whole_and_nothing_for_no_value(tmp_path):
    figures = [row(year=2022, value=84332.0), row(year=2023, value=12.5), row(year=2024, value=None, status="secret")]
    put(tmp_path, state(*figures), FIRST)
    values = [line.split(",")[8] for line in as_csv(export_frame(tmp_path)).splitlines()[1:]]
    assert values == ["84332", "12.5", ""]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_each_format_is_written(three_vintages, tmp_path, ending):
    out = tmp_path / f"x{ending}"
    write_export(export_frame(three_vintages), out)
    assert out.stat().st_size > 100
    if ending == ".parquet":
        assert pl.read_parquet(out).height == 2


def test_another_format_is_refused(three_vintages, tmp_path):
    with pytest.raises(StoreError, match=r"expected \.csv, \.parquet or \.xlsx"):
        write_export(export_frame(three_vintages), tmp_path / "x.txt")


def test_eight_districts_stay_eight(tmp_path):
    put(tmp_path, state(*eight()), FIRST)
    assert current_state(tmp_path)["region"].n_unique() == 8
