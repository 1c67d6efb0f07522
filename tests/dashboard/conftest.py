from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.store import Store, current_store
from tests.browsing import installed_chromium, load_extract, opened, running
from tests.dashboard import revised_extract
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


@pytest.fixture(scope="session")
def extract_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures that the project brings along, published once for all workers of the run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "extract"
    with FileLock(f"{folder}.lock"):
        if not (folder / "published" / "current").exists():
            load_extract(folder)
    return folder


@pytest.fixture(scope="session")
def extract_server(extract_data: Path) -> Iterator[str]:
    """The address of the app with the figures that the project brings along."""
    with running(extract_data) as base:
        yield base


@pytest.fixture(scope="session")
def revised_data(extract_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same figures with an earlier state in which some were different."""
    return revised_extract.build(tmp_path_factory.mktemp("revised"), extract_data)


@pytest.fixture()
def revised_store(revised_data: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("ETL_DATA_DIR", str(revised_data))
    return current_store()


@pytest.fixture()
def revised_metadata(revised_store: Store) -> Metadata:
    return read_metadata(revised_store)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium. Without one the test is skipped, except in CI, where that is a failure."""
    path = installed_chromium()
    if path is None:
        message = "no Chromium is installed; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with opened(path) as browser:
        yield browser
