from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.store import Store, current_store
from tests.dashboard.small_store import build


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("data"))


@pytest.fixture()
def store(small_data: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("ETL_DATA_DIR", str(small_data))
    return current_store()


@pytest.fixture()
def metadata(store: Store) -> Metadata:
    return read_metadata(store)
