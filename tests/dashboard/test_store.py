from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dashboard.store import NoStoreError, Store, current_store
from tests.dashboard.small_store import FIRST, SECOND, build


def test_the_open_store_reads_no_files_and_takes_no_other_settings(store: Store, tmp_path: Path):
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    with pytest.raises(duckdb.Error):
        store.query(f"SELECT * FROM read_csv('{file}')")
    with pytest.raises(duckdb.Error):
        store.query("SET enable_external_access=true")
    with pytest.raises(duckdb.Error, match="locked"):
        store.connection.cursor().execute("SET threads=1")
    with pytest.raises(duckdb.Error):
        store.query("DELETE FROM observations")


def test_a_missing_store_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    with pytest.raises(NoStoreError, match="etl run"):
        current_store()


@pytest.mark.parametrize("pointer", ["", "gone.duckdb", "../../etc/passwd"])
def test_a_pointer_to_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pointer: str):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "current").write_text(pointer)
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    with pytest.raises(NoStoreError):
        current_store()


def test_a_new_pointer_opens_the_new_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(build(tmp_path, current=FIRST)))
    first = current_store()
    assert first is current_store()
    build(tmp_path, current=SECOND)
    assert current_store().path.name == f"{SECOND}.duckdb"
    assert first.query("SELECT vintage FROM store").item() == FIRST
