"""Real replies end to end: the control totals, three times the figures, revisions, a run killed at any moment."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from pathlib import Path

import polars as pl
import pytest

from tests.recordings import control, environment, etl, needs_recordings, replay, start_etl

pytestmark = needs_recordings

# of the publishers' files, as the recordings' index gives them
TOTALS = {
    ("foreign_population", ""): {2014: 84_332, 2019: 123_680, 2022: 149_990, 2023: 158_225, 2024: 159_335},
    ("employees", "nationality=foreign"): {2014: 24_150, 2019: 38_769, 2023: 49_856, 2024: 54_567},
    ("residence_permits", "purpose=employment"): {2014: 1_475, 2019: 3_050, 2024: 5_510},
    ("naturalisations", ""): {2019: 1_470, 2023: 3_105, 2024: 3_549},
}
# indicator, region, period, breakdown: figure; from the Regional Database and GENESIS-Online
BY_KEY = {
    ("employees", "03101", "2024-06-30", ""): 136_610,
    ("employees", "03101", "2024-06-30", "nationality=foreign"): 15_853,
    ("population", "03101", "2024-12-31", ""): 252_962,
    ("population", "BSR", "2024-12-31", ""): 1_135_772,
    ("students", "03101", "2023-10", ""): 17_007,
    ("students", "03101", "2023-10", "nationality=foreign"): 3_336,
    ("protection_seekers", "03101", "2024-12-31", ""): 6_565 + 1_230 + 460,
    ("unemployed", "03101", "2025", ""): 9_110,
    ("unemployed", "03101", "2025", "nationality=foreign"): 2_938,
    ("unemployment_rate", "03101", "2025", ""): 6.3,
    ("unemployment_rate", "03101", "2025", "nationality=foreign"): 15.2,
}
DOUBLED = {key: {year: 2 * value for year, value in by_year.items()} for key, by_year in TOTALS.items()}
KILLS = int(os.environ.get("KILLS", "4"))


@pytest.fixture(scope="module")
def publishers():
    with replay() as base:
        yield base


@pytest.fixture(scope="module")
def first_run(publishers, tmp_path_factory):
    """One run over all recordings: (environment, data folder, finished process)."""
    folder = tmp_path_factory.mktemp("data")
    env = environment(publishers, folder)
    return env, folder, etl(env, "run")


def exported(env, folder: Path, *words: str) -> pl.DataFrame:
    out = folder / "x.csv"
    done = etl(env, "export", "--out", str(out), *words)
    assert done.returncode == 0, done.stderr
    return pl.read_csv(out, schema_overrides={"region": pl.String, "period": pl.String, "value": pl.Float64})


def totals(frame: pl.DataFrame) -> dict[tuple[str, str], dict[int, float]]:
    region = frame.filter(region="BSR", source="lsn")
    return {
        key: {
            year: region.filter(pl.col("period").str.starts_with(str(year)), indicator=key[0], breakdown=key[1])[
                "value"
            ].item()
            for year in years
        }
        for key, years in TOTALS.items()
    }


def test_a_run_publishes_and_reports_the_tables_that_are_not_recorded(first_run):
    _, _, done = first_run
    assert done.returncode == 3, done.stdout + done.stderr
    assert "eurostat lfst_r_lfe2emprtn: FAILED" in done.stdout
    assert "33 of 64 tables loaded, 31 failed" in done.stdout


def test_the_control_totals_of_the_region(first_run):
    env, folder, _ = first_run
    frame = exported(env, folder)
    assert totals(frame) == TOTALS
    own = frame.filter(indicator="population", region="03101", source="eurostat", breakdown="")
    assert own.filter(period="2020-12-31")["value"].to_list() == [248_561]


def by_key(frame: pl.DataFrame) -> dict[tuple[str, str, str, str], float | None]:
    """The figures of BY_KEY from the sources with accounts."""
    rows = frame.filter(pl.col("source").is_in(["regionalstatistik", "genesis"])).with_columns(
        pl.col("breakdown").fill_null("")
    )
    found = {row[:4]: row[4] for row in rows.select("indicator", "region", "period", "breakdown", "value").iter_rows()}
    return {key: found.get(key) for key in BY_KEY}


def test_the_control_figures_of_the_sources_with_accounts(first_run):
    env, folder, _ = first_run
    assert by_key(exported(env, folder)) == BY_KEY


def test_a_slice_that_is_not_loaded_yet_is_pending_and_never_zero(first_run):
    env, folder, _ = first_run
    frame = exported(env, folder, "--indicator", "employees").filter(
        pl.col("region").str.starts_with("03") & (pl.col("region") != "03"), source="regionalstatistik"
    )
    newest = frame.filter(period="2025-06-30")
    assert set(newest["region"]) >= {"03101", "03102", "03103", "03151", "03153", "03154", "03157", "03158"}
    assert newest["value"].is_null().all()
    assert set(newest["status"]) == {"pending"}


def test_the_shifted_block_is_read_by_name_and_reported(first_run):
    env, folder, done = first_run
    assert "correction applied: lsn_6_2_2_shifted_codes" in done.stdout
    rates = exported(env, folder, "--indicator", "minimum_income_rate").filter(
        breakdown="age=y18_64;nationality=foreign", period="2022-12-31"
    )
    by_region = dict(rates.select("region", "value").iter_rows())
    assert (by_region["03101"], by_region["03102"], by_region["03"]) == (246, 334, 302)


def test_all_districts_of_the_land_are_kept(first_run):
    env, folder, _ = first_run
    frame = exported(env, folder, "--indicator", "foreign_population")
    assert frame.filter(pl.col("region").str.contains(r"^03\d{3}$"))["region"].n_unique() == 45


def test_an_unchanged_publisher_brings_nothing_new(first_run):
    env, folder, _ = first_run
    before = sorted(p.name for p in (folder / "published").glob("*.duckdb"))
    again = etl(env, "run")
    assert again.returncode == 3
    assert "nothing new: every figure is as published" in again.stdout
    assert sorted(p.name for p in (folder / "published").glob("*.duckdb")) == before


def test_one_request_at_a_time(publishers, first_run):
    log = control(publishers, "log")
    assert set(log["parallel"].values()) == {1}
    assert all(r["user_agent"].startswith("arbeitsmigration-monitor-etl") for r in log["requests"])


def test_offline_publishes_the_same(first_run, tmp_path):
    env, folder, _ = first_run
    (tmp_path / "raw").symlink_to(folder / "raw")
    apart = {
        **env,
        "ETL_DATA_DIR": str(tmp_path),
        "ETL_BASE_URL_LSN": "https://nobody.invalid",
        "ETL_BASE_URL_EUROSTAT": "https://nobody.invalid",
    }
    assert etl(apart, "run", "--offline").returncode == 0
    assert totals(exported(apart, tmp_path)) == TOTALS


def test_three_times_the_figures_give_three_times_the_totals(tmp_path):
    with replay(scale=3) as base:
        env = environment(base, tmp_path)
        assert etl(env, "run").returncode == 3
        frame = exported(env, tmp_path)
        assert totals(frame) == {k: {y: 3 * v for y, v in t.items()} for k, t in TOTALS.items()}
        tripled = by_key(frame)
        assert tripled == {key: pytest.approx(3 * value) for key, value in BY_KEY.items()}


def test_large_revisions_need_a_look_and_the_old_state_stays_readable(publishers, first_run, tmp_path):
    _, folder, _ = first_run
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    env = environment(publishers, tmp_path)
    (first,) = json.loads(etl(env, "vintages", "--json").stdout)
    with replay(scale=3) as tripled:
        changed = environment(tripled, tmp_path)
        refused = etl(changed, "run")
        assert refused.returncode == 4
        assert "REFUSED: revision: foreign_population (lsn):" in refused.stdout
        assert len(json.loads(etl(env, "vintages", "--json").stdout)) == 1
        assert etl(changed, "run", "--accept-revisions").returncode == 3
    _, second = json.loads(etl(env, "vintages", "--json").stdout)
    assert second["revised_figures"] > 50_000
    difference = etl(env, "diff", "--json").stdout
    row = next(
        c
        for c in json.loads(difference)["changes"]
        if (c["indicator"], c["region"], c["period"], c["breakdown"]) == ("foreign_population", "BSR", "2024-12-31", "")
    )
    assert (row["change"], row["old_value"], row["new_value"]) == ("revised", 159_335, 478_005)
    assert totals(exported(env, tmp_path, "--as-of", first["vintage"])) == TOTALS
    rolled = etl(env, "rollback", first["vintage"])
    assert rolled.returncode == 0, rolled.stderr
    assert totals(exported(env, tmp_path)) == TOTALS
    assert etl(env, "check").returncode == 0


def test_a_run_killed_at_any_moment_leaves_the_last_published_figures(publishers, first_run, tmp_path):
    """Kill runs that have a revision to publish; every time the store opens and holds one whole state."""
    _, folder, _ = first_run
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    chance = random.Random(20261122)
    words = ("run", "--source", "lsn", "--accept-revisions")  # one source is enough, and all of them take long
    with replay(scale=2) as revised:
        env = environment(revised, tmp_path)
        begun = time.monotonic()
        assert etl(env, *words).returncode == 0  # how long a whole run takes here
        whole = time.monotonic() - begun
        for _ in range(KILLS):
            shutil.rmtree(tmp_path / "published")
            shutil.copytree(folder / "published", tmp_path / "published")  # so that every run has something to publish
            process = start_etl(env, *words)
            time.sleep(chance.uniform(0, 1.1 * whole))
            process.kill()
            process.wait()
            assert totals(exported(env, tmp_path)) in (TOTALS, DOUBLED)
        finished = etl(env, *words)
        assert finished.returncode == 0, finished.stdout
        assert totals(exported(env, tmp_path)) == DOUBLED
        assert etl(env, "check").returncode == 0
