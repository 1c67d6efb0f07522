"""The attacker reads what readers read, file export and HTTP route of every vintage, and finds no small count."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from etl.counselling.importing import import_counselling
from etl.counselling.preparing import protect
from etl.settings import Settings
from tests.etl.attacker import Narrowed, narrowed
from tests.etl.attacker_doors import published_through_doors
from tests.etl.random_counselling import CATALOGUE, Case, random_chain, rule_of, true_values

# months added and counts revised; of the past, so that no form is refused for being early
CHAIN = next(c for c in map(random_chain, range(50)) if "revise" in c.shape and "added" in c.shape)


def as_form(rows: pl.DataFrame, path: Path) -> Path:
    rows.write_csv(path, separator=";")
    return path


def handed_in(case: Case, folder: Path) -> tuple[Settings, list[pl.DataFrame]]:
    """The store after all imports, and the rows of those that made a vintage: some revise secret counts only."""
    settings, with_vintage = Settings(folder / "data", {}), []
    for n, edition in enumerate(case.editions):
        result = import_counselling(settings, CATALOGUE, as_form(edition, folder / f"{n}.csv"), case.provider)
        assert result.run is not None and result.exit_code == 0
        with_vintage += [edition] if result.run.published else []
    return settings, with_vintage


def found_by_the_attacker(folder: Path) -> list[Narrowed]:
    settings, editions = handed_in(CHAIN, folder)
    told = [f.drop("source") for f in published_through_doors(settings.data_dir)]
    assert len(told) == len(editions) > 1 and all(f["value"].null_count() for f in told)
    return narrowed(told, rule_of(CHAIN).threshold, [true_values(e, CHAIN.provider) for e in editions])


def test_a_chain_of_imports_gives_nothing_away_through_export_and_http(tmp_path: Path):
    assert not found_by_the_attacker(tmp_path)


def test_the_doors_show_it_if_only_small_counts_are_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("etl.counselling.preparing.protect", lambda *a, **k: protect(*a, **{**k, "secondary": False}))
    assert found_by_the_attacker(tmp_path)
