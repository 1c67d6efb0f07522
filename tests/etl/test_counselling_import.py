"""Importing counselling counts: only protected figures are published, and what must not change stays."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from etl.checks import run_checks
from etl.counselling.importing import import_counselling
from etl.counselling.private import PrivateFiles, private_files
from etl.counselling.problems import RefusedForm
from etl.counselling.protecting import protect
from etl.counselling.published import DEMO, REAL
from etl.errors import StoreError
from etl.extract import write_extract
from etl.imports import RefusedError
from etl.metadata import metadata_tables
from etl.pipeline import last_run, run
from etl.publish import publish, writer_lock
from etl.schema import Observation
from etl.settings import Settings
from etl.status import source_statuses
from etl.store import current_state, state_at, vintages
from tests.etl.counselling_files import (
    BODIES,
    CATALOGUE,
    QUARTER,
    YEAR,
    figures,
    imported,
    in_file,
    published,
    rows,
)

LATER = ("2025-04", "2025-05", "2025-06")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    return Settings(tmp_path / "data", {})


def files(settings, provider="welcome-center"):
    return private_files(settings).entries(provider)


def purge_all(settings):
    return private_files(settings).purge(datetime.now(UTC).date() + timedelta(days=1))


def test_the_figures_of_a_file_are_published_by_office_for_the_region_and_for_longer_periods(settings, tmp_path):
    result = imported(settings, tmp_path, rows())
    assert result.exit_code == 0
    assert figures(settings, "2025-02", "03101") == {
        "first_contact": 40,
        "intensive": 30,
        "follow_up": 20,
        "": 90,
    }
    assert figures(settings, "2025-02", "BSR")[""] == 180
    assert figures(settings, "2025-Q1", "BSR")[""] == 540
    assert figures(settings, "2025") == {}, "a year is not published before it is complete"


def test_published_rows_carry_source_licence_and_whose_sum_they_are(settings, tmp_path):
    imported(settings, tmp_path, rows())
    one = (
        published(settings)
        .filter(period="2025-Q1", region="03101", breakdown="provider=welcome_center")
        .row(0, named=True)
    )
    assert (one["indicator"], one["source"], one["unit"]) == ("counselling_contacts_quarterly", REAL, "contacts")
    assert (one["period_start"], one["period_end"]) == (date(2025, 1, 1), date(2025, 3, 31))
    assert one["attribution"] == "Beratungsstatistik; Welcome Center der Region"
    assert one["retrieved_at"] == files(settings)[0].received_at.replace(tzinfo=None)
    sums = published(settings).filter(region="BSR")["attribution"].unique().to_list()
    assert sums == ["Beratungsstatistik; Welcome Center der Region; eigene Berechnung (Summe der Büros)"]


def test_small_counts_and_what_would_give_them_away_are_secret(settings, tmp_path):
    result = imported(settings, tmp_path, rows(counts=(40, 30, 3)))
    shown = figures(settings, "2025-01")
    assert shown["follow_up"] == "secret"
    assert sum(v == "secret" for v in shown.values()) >= 2
    assert result.report.primary > 0
    assert result.report.secondary > 0


def test_a_small_count_that_protection_lets_through_is_not_published(settings, tmp_path, monkeypatch):
    def leaky(editions, published, catalogue, provider):
        found = protect(editions, published, catalogue, provider)
        shown = found.cells.with_columns(pl.col("value").fill_null(3), pl.lit(False).alias("secret"))
        return dataclasses.replace(found, cells=shown)

    monkeypatch.setattr("etl.counselling.preparing.protect", leaky)
    with pytest.raises(RefusedError, match="small counts of welcome-center"):
        imported(settings, tmp_path, rows(counts=(40, 30, 3)))
    assert published(settings).is_empty()
    assert files(settings) == []


def test_rounded_figures_are_multiples_and_say_so(settings, tmp_path):
    body = BODIES["welcome-center"].model_copy(update={"round_to": 5})
    imported(settings, tmp_path, rows(counts=(42, 33, 20)), catalogue=with_body(body))
    assert figures(settings, "2025-01") == {"first_contact": 40, "intensive": 35, "follow_up": 20, "": 95}
    assert published(settings)["attribution"].cast(pl.String).str.contains("gerundet auf Vielfache von 5").all()


def with_body(body):
    """The catalogue with another entry for a body."""
    bodies = tuple(body if p.id == body.id else p for p in CATALOGUE.counselling.providers)
    return dataclasses.replace(CATALOGUE, counselling=CATALOGUE.counselling.model_copy(update={"providers": bodies}))


def test_the_same_file_again_publishes_nothing_new_and_is_kept_once(settings, tmp_path):
    imported(settings, tmp_path, rows(counts=(40, 30, 3)))
    result = imported(settings, tmp_path, rows(counts=(40, 30, 3)))
    assert result.run.message.startswith("nothing new")
    assert (result.difference.added, result.difference.removed, result.difference.changed) == (0, 0, 0)
    assert len(vintages(settings.published_dir)) == 1
    assert len(files(settings)) == 1


def test_a_later_file_replaces_its_month_and_tells_the_difference(settings, tmp_path):
    imported(settings, tmp_path, rows(YEAR))
    change = [("2025-02", "braunschweig", "intensive", 50), ("2025-02", "braunschweig", "event", 10)]
    result = imported(settings, tmp_path, change)
    d = result.difference
    assert (d.added, d.removed, d.changed) == (1, 2, 1)
    of_2025 = {t.region: (t.before, t.after) for t in d.totals}
    assert of_2025 == {"03101": (1080, 1050), "03103": (1080, 1080), "BSR": (2160, 2130)}
    assert figures(settings, "2025-02", "03101")[""] == 60
    assert figures(settings, "2025-02", "03103")[""] == 90
    assert figures(settings, "2025", "BSR")[""] == 2130


def test_the_difference_is_told_before_anything_is_published(settings, tmp_path):
    seen = []

    def told(difference, report):
        seen.append((difference.added, published(settings).height))

    imported(settings, tmp_path, rows(), on_prepared=told)
    assert seen == [(18, 0)]
    assert published(settings).height > 0


def test_the_newest_figure_may_become_secret(settings, tmp_path):
    imported(settings, tmp_path, rows())
    result = imported(settings, tmp_path, rows(["2025-03"], (40, 30, 2)))
    assert result.exit_code == 0
    assert figures(settings, "2025-03")["follow_up"] == "secret"


def test_a_quarter_may_take_the_place_of_its_months(settings, tmp_path):
    imported(settings, tmp_path, rows([*QUARTER, *LATER]))
    assert imported(settings, tmp_path, rows(["2025-Q2"], (200, 100, 50))).exit_code == 0
    assert figures(settings, "2025-05") == {}
    assert figures(settings, "2025-Q2")[""] == 350
    assert figures(settings, "2025-03")[""] == 90


def test_a_dry_run_changes_nothing_and_says_what_would(settings, tmp_path):
    result = imported(settings, tmp_path, rows(), dry_run=True)
    assert result.run is None
    assert (result.exit_code, result.difference.added) == (0, 18)
    assert result.report.cells > 0
    assert not settings.raw_dir.exists()
    assert files(settings) == []
    assert [p.name for p in settings.published_dir.iterdir()] == [".lock"]


def test_a_refused_form_changes_nothing(settings, tmp_path):
    imported(settings, tmp_path, rows())
    with pytest.raises(RefusedForm):
        imported(settings, tmp_path, [("2025-04", "nowhere", "intensive", 30)])
    assert len(files(settings)) == 1
    assert len(vintages(settings.published_dir)) == 1


def test_a_large_file_is_refused_before_it_is_read(settings, tmp_path, monkeypatch):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: pytest.fail("was read"))
    with pytest.raises(RefusedForm, match="10 MB"):
        import_counselling(settings, CATALOGUE, path, BODIES["welcome-center"])


def test_two_providers_stand_side_by_side(settings, tmp_path):
    other = BODIES["welcome-center"].model_copy(update={"id": "association"})
    both = dataclasses.replace(
        with_both(other), dimensions=CATALOGUE.dimensions | {"provider": with_code("association")}
    )
    imported(settings, tmp_path, rows(), catalogue=both)
    imported(settings, tmp_path, rows(counts=(11, 12, 13)), "association", catalogue=both)
    assert figures(settings, "2025-01")[""] == 90
    assert figures(settings, "2025-01", provider="association")[""] == 36
    imported(settings, tmp_path, rows(counts=(41, 30, 20)), catalogue=both)
    assert figures(settings, "2025-01", provider="association")[""] == 36


def with_both(other):
    bodies = (*CATALOGUE.counselling.providers, other)
    return dataclasses.replace(CATALOGUE, counselling=CATALOGUE.counselling.model_copy(update={"providers": bodies}))


def with_code(code):
    dimension = CATALOGUE.dimensions["provider"]
    return dimension.model_copy(update={"values": dimension.values | {code: dimension.values["demo"]}})


# what is invented


def test_invented_figures_stand_under_a_source_of_their_own(settings, tmp_path):
    imported(settings, tmp_path, rows(), invented=True)
    imported(settings, tmp_path, rows(), "demo")
    assert set(published(settings)["source"]) == {DEMO}
    assert published(settings)["attribution"].cast(pl.String).str.starts_with("ERFUNDENE ZAHLEN").all()


def test_the_demonstration_goes_with_the_first_file_of_another_body(settings, tmp_path):
    imported(settings, tmp_path, rows(), "demo")
    imported(settings, tmp_path, rows(), invented=True)
    assert figures(settings, "2025-01", provider="demo") == {}
    assert figures(settings, "2025-01")[""] == 90


def test_everything_invented_goes_when_something_real_comes(settings, tmp_path):
    imported(settings, tmp_path, rows(counts=(7, 8, 9)), invented=True)
    assert imported(settings, tmp_path, rows(QUARTER[:2])).exit_code == 0
    assert set(published(settings)["source"]) == {REAL}
    assert figures(settings, "2025-01")[""] == 90
    assert figures(settings, "2025-03") == {}, "rows of the invented file are not combined with real ones"


def test_invented_figures_are_refused_beside_real_ones(settings, tmp_path):
    imported(settings, tmp_path, rows())
    for provider in ("welcome-center", "demo"):
        with pytest.raises(RefusedForm, match="erfunden"):
            imported(settings, tmp_path, rows(LATER), provider, invented=True)
    assert set(published(settings)["source"]) == {REAL}
    assert files(settings, "demo") == []


# what goes wrong


KILLED = """
import os, signal, sys
from pathlib import Path
import etl.pipeline
from etl.settings import load_settings
from tests.etl.counselling_files import BODIES, CATALOGUE
from etl.counselling.importing import import_counselling
if sys.argv[2] == "before":
    etl.pipeline.publish = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
else:
    from etl.counselling.private import PrivateFiles
    PrivateFiles.confirm = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
import_counselling(load_settings(), CATALOGUE, Path(sys.argv[1]), BODIES["welcome-center"])
"""


def kill_an_import(path, when):
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), when], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL


def test_an_import_that_was_killed_published_nothing_and_works_when_repeated(settings, tmp_path):
    kill_an_import(in_file(tmp_path, rows()), "before")
    assert published(settings).is_empty()
    [left_over] = files(settings)
    result = imported(settings, tmp_path, rows())
    assert result.exit_code == 0
    assert figures(settings, "2025-01")[""] == 90
    [kept] = files(settings)
    assert kept.published
    assert kept.received_at > left_over.received_at


def test_what_a_killed_import_would_have_published_does_not_bind_the_next_one(settings, tmp_path):
    kill_an_import(in_file(tmp_path, rows()), "before")
    imported(settings, tmp_path, rows(counts=(40, 30, 25)))
    assert figures(settings, "2025-01")["first_contact"] == 40
    assert len(files(settings)) == 1


def test_a_file_whose_import_was_killed_after_publishing_counts_as_imported(settings, tmp_path):
    kill_an_import(in_file(tmp_path, rows()), "after")
    assert figures(settings, "2025-01")[""] == 90
    imported(settings, tmp_path, rows(LATER))
    assert [e.published for e in files(settings)] == [True, True]
    assert figures(settings, "2025-01")[""] == 90


def test_a_file_whose_publication_fails_is_not_kept(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("etl.pipeline.publish", lambda *given: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        imported(settings, tmp_path, rows())
    assert files(settings) == []


def test_a_file_that_a_check_refuses_is_not_kept(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("etl.pipeline.run_checks", lambda *given: ["a check"])
    assert imported(settings, tmp_path, rows()).exit_code == 4
    assert files(settings) == []
    assert published(settings).is_empty()
    assert last_run(settings.published_dir) is None


def test_an_import_waits_for_no_other_run_and_keeps_nothing(settings, tmp_path):
    with writer_lock(settings.published_dir), pytest.raises(StoreError, match="another run"):
        imported(settings, tmp_path, rows())
    assert files(settings) == []


def test_codes_that_were_taken_from_the_catalogue_are_asked_back(settings, tmp_path):
    imported(settings, tmp_path, rows())
    without = BODIES["welcome-center"].model_copy(update={"leaves_out": ("housing",)})
    later = tmp_path / "later.csv"
    text = in_file(tmp_path, rows(LATER)).read_text().replace("housing", "language")
    later.write_text(text)
    with pytest.raises(StoreError, match="topic housing"):
        import_counselling(settings, with_body(without), later, without)
    assert len(files(settings)) == 1


# after a purge


def test_after_a_purge_the_figures_stay_and_their_months_are_closed(settings, tmp_path):
    imported(settings, tmp_path, rows())
    before = published(settings)
    assert len(purge_all(settings)) == 1
    with pytest.raises(RefusedForm, match=r"2025-01.*gelöscht") as refused:
        imported(settings, tmp_path, rows(["2025-01", "2025-02", "2025-04"]))
    assert len(refused.value.problems) == 2
    assert published(settings).equals(before)


def test_after_a_purge_a_new_month_is_published_beside_what_stays(settings, tmp_path):
    imported(settings, tmp_path, rows())
    before = published(settings)
    purge_all(settings)
    assert imported(settings, tmp_path, rows(LATER, (50, 60, 70))).exit_code == 0
    assert published(settings).join(before, on=before.columns, how="semi", nulls_equal=True).height == before.height
    assert figures(settings, "2025-05")[""] == 180
    assert figures(settings, "2025-Q2", "BSR")[""] == 1080


def test_a_year_with_a_purged_month_is_not_published_any_more(settings, tmp_path):
    imported(settings, tmp_path, rows(QUARTER))
    purge_all(settings)
    imported(settings, tmp_path, rows(YEAR[3:]))
    assert figures(settings, "2025-Q4")[""] == 270
    assert figures(settings, "2025") == {}


def test_a_purged_month_stays_as_it_is_even_if_a_later_file_holds_it_too(settings, tmp_path, monkeypatch):
    with monkeypatch.context() as long_ago:
        long_ago.setattr(PrivateFiles, "next_time", lambda self, provider: datetime(2025, 2, 3, tzinfo=UTC))
        imported(settings, tmp_path, rows(["2025-01"], (40, 30, 2)))
    imported(settings, tmp_path, rows(QUARTER, (40, 30, 3)))
    before = published(settings)
    assert len(private_files(settings).purge(date(2025, 3, 1))) == 1
    assert imported(settings, tmp_path, rows(LATER)).exit_code == 0
    assert published(settings).join(before, on=before.columns, how="semi", nulls_equal=True).height == before.height
    assert figures(settings, "2025-04")[""] == 90
    with pytest.raises(RefusedForm, match=r"2025-02.*2025-01"):
        imported(settings, tmp_path, rows(["2025-02"]))


def test_what_is_published_without_a_file_is_closed_as_well(settings, tmp_path):
    imported(settings, tmp_path, rows())
    for path in (settings.data_dir / "private" / "counselling" / "welcome-center").iterdir():
        path.unlink()
    with pytest.raises(RefusedForm, match="private/counselling/welcome-center"):
        imported(settings, tmp_path, rows(["2025-01"], (1, 2, 3)))
    assert imported(settings, tmp_path, rows(LATER)).exit_code == 0
    assert figures(settings, "2025-01")[""] == 90


# the rest of the project


def test_a_run_of_the_official_sources_leaves_counselling_as_it_is(settings, tmp_path):
    imported(settings, tmp_path, rows(YEAR))
    before = published(settings)
    assert run(settings, CATALOGUE, ["lsn"], offline=True).exit_code == 0
    assert published(settings).sort(before.columns[:7]).equals(before.sort(before.columns[:7]))
    assert figures(settings, "2025", "BSR")[""] == 2160


def test_what_is_published_passes_all_checks(settings, tmp_path):
    imported(settings, tmp_path, rows(YEAR, (40, 30, 3)))
    state = current_state(settings.published_dir)
    assert run_checks(state, state, CATALOGUE) == []


def test_a_rollback_brings_the_earlier_figures_and_the_next_import_the_newest(settings, tmp_path):
    imported(settings, tmp_path, rows())
    imported(settings, tmp_path, rows(["2025-02"], (50, 30, 20)))
    first = vintages(settings.published_dir)["vintage"][0]
    with writer_lock(settings.published_dir):
        state = Observation.cast(state_at(settings.published_dir, first).drop("known_from", "known_until"))
        publish(settings.published_dir, state, metadata_tables(CATALOGUE, []), "rollback")
    assert figures(settings, "2025-02")["first_contact"] == 40
    imported(settings, tmp_path, rows(LATER))
    assert figures(settings, "2025-02")["first_contact"] == 50


def test_status_tells_the_last_import(settings, tmp_path):
    before = {s.source: s for s in source_statuses(settings, CATALOGUE, date(2026, 6, 1))}
    assert "etl import counselling" in before[REAL].message
    imported(settings, tmp_path, rows())
    after = {s.source: s for s in source_statuses(settings, CATALOGUE, date(2026, 6, 1))}
    assert after[REAL].last_import == files(settings)[0].received_at
    assert after[REAL].newest_period == "2025-Q1" or after[REAL].newest_period == "2025-03"
    assert after[DEMO].last_import is None
    assert "stand in until real ones are imported" in after[DEMO].message


def test_the_bundled_extract_has_the_demonstration_and_nothing_real(settings, tmp_path):
    imported(settings, tmp_path, rows(), "demo")
    write_extract(settings.published_dir, tmp_path / "extract.parquet")
    assert set(pl.read_parquet(tmp_path / "extract.parquet")["source"]) == {DEMO}
    imported(settings, tmp_path, rows())
    with pytest.raises(StoreError, match="nothing"):
        write_extract(settings.published_dir, tmp_path / "extract.parquet")


def test_nothing_of_an_import_lies_in_the_raw_store(settings, tmp_path):
    imported(settings, tmp_path, rows())
    assert not settings.raw_dir.exists()
    assert {p.name for p in settings.data_dir.iterdir()} == {"private", "published"}
