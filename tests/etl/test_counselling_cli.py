"""The commands for counselling counts: what they say, their exit codes, and that no secret count gets out."""

from __future__ import annotations

import dataclasses
import json
import re
import stat
import struct
import zipfile
from itertools import product

import duckdb
import polars as pl
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from dashboard.api import ROUTES
from etl.cli import app
from etl.store import current_file
from tests.etl.counselling_files import BODIES, CATALOGUE, KINDS, OFFICES, QUARTER, YEAR, in_file, rows

cli = CliRunner()


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def call(*words):
    return cli.invoke(app, [str(w) for w in words])


def import_file(path, *words, provider="welcome-center"):
    return call("import", "counselling", path, "--provider", provider, *words)


def exported(folder, *words):
    assert call("export", "--out", folder / "out.csv", *words).exit_code == 0
    return pl.read_csv(folder / "out.csv", infer_schema=False)


def test_the_example_is_imported_and_exported_by_office(data, tmp_path):
    form = tmp_path / "form.xlsx"
    assert call("template", "counselling", form, "--example", "--provider", "welcome-center").exit_code == 0
    done = import_file(form)
    assert (done.exit_code, done.stderr) == (0, "")
    found = exported(tmp_path, "--indicator", "counselling_contacts")
    assert {"03101", "03103", "BSR"} == set(found["region"])
    assert set(found["source"]) == {"counselling_demo"}
    answer = TestClient(Starlette(routes=ROUTES)).get("/data/v1/observations.csv?i=counselling_contacts&r=03101,03103")
    assert {"03101", "03103"} == set(pl.read_csv(answer.content, infer_schema=False)["region"])


def test_an_unknown_provider_is_wrong_usage_and_the_known_ones_are_named(data, tmp_path):
    path = in_file(tmp_path, rows())
    for done in (import_file(path, provider="nobody"), call("template", "counselling", "f.xlsx", "--provider", "no")):
        assert done.exit_code == 2
        assert "welcome-center, demo" in re.sub(r"[\s│]+", " ", done.stderr)


def test_a_template_of_another_ending_is_refused(data, tmp_path):
    done = call("template", "counselling", tmp_path / "form.ods")
    assert done.exit_code == 1
    assert ".xlsx" in done.stderr


def test_every_problem_of_a_file_is_a_line_and_nothing_changes(data, tmp_path):
    bad = [("2025-01", "nowhere", "intensive", 40), ("2199-01", "wolfsburg", "intensive", 40)]
    path = in_file(tmp_path, [*bad, *rows()])
    for language in ("de", "en"):
        done = import_file(path, "--lang", language)
        assert done.exit_code == 4
        assert len(done.stderr.splitlines()) == 2
        assert done.stdout == ""
    told = json.loads(import_file(path, "--json").stdout)
    assert (told["exit_code"], len(told["problems"])) == (4, 2)
    assert not data.exists()


def test_an_import_tells_what_it_changes_and_how_it_protected(data, tmp_path):
    import_file(in_file(tmp_path, rows(YEAR, (400, 300, 3))))
    done = import_file(in_file(tmp_path, rows(["2025-02"], (500, 300, 3))), "--lang", "en")
    assert done.exit_code == 0
    assert "rows against what was there: 0 new, 0 gone, 2 with another count" in done.stdout
    assert "2025 Braunschweig" in done.stdout
    assert "8,436 → 8,536" in done.stdout
    report = dict(re.findall(r"│ (.+?) +│ +(\S.*?) │", done.stdout))
    assert (report["threshold"], report["small group below"]) == ("5", "10")
    assert int(report["of these secret because small"]) > 0
    assert int(report["of these secret because they would give others away"]) > 0


def test_a_dry_run_says_that_it_is_one(data, tmp_path):
    done = import_file(in_file(tmp_path, rows()), "--dry-run")
    assert done.exit_code == 0
    assert "Probelauf" in done.stdout
    assert not list(data.rglob("*.duckdb"))
    assert json.loads(import_file(in_file(tmp_path, rows()), "--dry-run", "--json").stdout)["dry_run"]


def test_json_is_all_that_is_written_and_its_share_is_rounded(data, tmp_path):
    done = import_file(in_file(tmp_path, rows(YEAR, (401, 307, 3))), "--json")
    told = json.loads(done.stdout)
    assert (told["exit_code"], told["dry_run"], told["provider"]) == (0, False, "welcome-center")
    assert told["report"]["kept_share"] == round(told["report"]["kept_share"], 2) > 0
    assert told["report"]["threshold"] == 5
    assert told["difference"]["added"] == 72


def test_status_diff_check_and_rollback_work_after_an_import(data, tmp_path):
    import_file(in_file(tmp_path, rows()))
    import_file(in_file(tmp_path, rows(["2025-02"], (50, 30, 20))))
    assert call("check").exit_code == 0
    first, _ = (v["vintage"] for v in json.loads(call("vintages", "--json").stdout))
    assert "40 → 50" in call("diff").stdout
    sources = {s["source"]: s for s in json.loads(call("status", "--json").stdout)["sources"]}
    assert sources["counselling"]["last_import"] is not None
    assert sources["counselling"]["state"] == "by hand"
    assert call("rollback", first).exit_code == 0
    month = exported(tmp_path, "--indicator", "counselling_contacts_monthly").filter(period="2025-02", region="03101")
    assert "40" in month["value"].str.strip_suffix(".0").to_list()
    assert call("check").exit_code == 0


def test_a_purge_deletes_the_files_tells_so_and_logs_no_contents(data, tmp_path):
    import_file(in_file(tmp_path, rows(), name="january.csv"))
    assert call("purge", "counselling", "--before", "2000-01-01").stdout.startswith(
        "Vor dem 2000-01-01 ist keine Datei"
    )
    done = call("purge", "counselling", "--before", "2999-01-01")
    assert done.exit_code == 0
    assert "january.csv" in done.stdout
    assert "2025-01, 2025-02, 2025-03" in done.stdout
    assert "purged" in done.stderr
    assert [p.name for p in (data / "private").rglob("*") if p.is_file()] == ["purges.jsonl"]
    assert json.loads(call("purge", "counselling", "--before", "2999-01-01", "--json").stdout) == []


def test_a_purge_names_the_ends_of_a_long_time(data, tmp_path):
    import_file(in_file(tmp_path, rows(YEAR)))
    told = call("purge", "counselling", "--before", "2999-01-01", "--lang", "en").stdout
    assert told.rstrip().endswith("can no longer be changed: 12 periods from 2025-01 to 2025-12")


def test_only_the_years_whose_totals_change_are_told(data, tmp_path):
    before = [p.replace("2025", "2024") for p in YEAR]
    import_file(in_file(tmp_path, rows([*before, *YEAR], (400, 300, 50))))
    again = import_file(in_file(tmp_path, rows(["2025-02"], (500, 300, 50))), "--lang", "en").stdout
    assert "2025 Braunschweig" in again
    assert "2024 Braunschweig" not in again
    same = import_file(in_file(tmp_path, rows(["2025-02"], (500, 300, 50))), "--lang", "en").stdout
    assert "published totals of years: unchanged" in same


def test_a_purge_needs_a_day(data):
    assert call("purge", "counselling").exit_code == 2
    assert call("purge", "counselling", "--before", "soon").exit_code == 2


def test_what_is_kept_is_readable_by_its_owner_only(data, tmp_path):
    import_file(in_file(tmp_path, rows()))
    held = list((data / "private").rglob("*"))
    assert {stat.S_IMODE(p.stat().st_mode) for p in held if p.is_file()} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (data / "private", *held) if p.is_dir()} == {0o700}


# no count below the threshold gets out: every one of them is a number that stands nowhere else

THRESHOLD = 90_000


def primes(first: int) -> list[int]:
    return [n for n in range(first, THRESHOLD) if all(n % d for d in range(2, int(n**0.5) + 1))]


def marked_rows(periods, first):
    """Each row counts another prime of five digits, all of them below the threshold."""
    places = list(product(periods, OFFICES, KINDS))
    found = primes(first)
    step = len(found) // len(places)
    return [(*place, n) for place, n in zip(places, found[::step], strict=False)]


@pytest.fixture
def strict_body(monkeypatch):
    """The Welcome Center with a threshold under which nearly all its counts are small."""
    body = BODIES["welcome-center"].model_copy(update={"threshold": THRESHOLD, "threshold_reason": "a test"})
    counselling = CATALOGUE.counselling.model_copy(update={"providers": (body, BODIES["demo"])})
    changed = dataclasses.replace(CATALOGUE, counselling=counselling)
    for module in ("cli", "cli_counselling"):
        monkeypatch.setattr(f"etl.{module}.load_catalogue", lambda: changed)


def small_figures(rows) -> set[int]:
    """Every count below the threshold of the form, and of the monthly, quarterly and yearly sums over its rows."""
    sums: dict[tuple, int] = {}
    for period, office, kind, count in rows:
        quarter = f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"
        for key in product((period, quarter, period[:4]), (office, ""), (kind, "")):
            sums[key] = sums.get(key, 0) + count
    return {n for n in sums.values() if 0 < n < THRESHOLD}


def found_in(body: bytes, small: set[int]) -> list[int]:
    """The counts that stand in some bytes as text, or as a number of eight bytes."""
    words = {int(w) for w in re.findall(rb"(?<![0-9A-Za-z])[1-9]\d{4}(?![0-9A-Za-z])", body)}
    numbers = {n for n in small if struct.pack("<d", n) in body or struct.pack("<q", n) in body}
    return sorted(words & small | numbers)


def test_the_search_finds_what_is_there():
    assert found_in(b"a;10007;b", {10007}) == [10007]
    assert found_in(b"x" + struct.pack("<d", 10007), {10007}) == [10007]
    assert found_in(b"110007 100070", {10007}) == []


def test_no_small_count_gets_out_anywhere(data, tmp_path, strict_body):
    first, second = marked_rows(QUARTER, 10_007), marked_rows(["2025-02"], 31_013)
    small = small_figures(first) | small_figures(second)
    assert len(small) > 20
    places: dict[str, bytes] = {}
    for number, found in enumerate((first, second)):
        path = in_file(tmp_path, found, name=f"{number}.csv")
        for words in (("--dry-run", "--json"), ()):
            done = call("-v", "import", "counselling", path, "--provider", "welcome-center", *words)
            assert done.exit_code == 0, done.output
            places[f"said of {number} {words}"] = done.stdout.encode() + done.stderr.encode()

    public = [p for p in data.rglob("*") if p.is_file() and data / "private" not in p.parents]
    assert {p.suffix for p in public} >= {".duckdb", ".json"}
    places |= {str(p): p.read_bytes() for p in public}
    with duckdb.connect(str(current_file(data / "published")), read_only=True) as con:
        tables = [name for (name,) in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
        places |= {f"table {name}": repr(con.sql(f'FROM "{name}"').fetchall()).encode() for name in tables}
        [(large,)] = con.sql(f"SELECT count(*) FROM observations WHERE value >= {THRESHOLD}").fetchall()
    assert large > 0, "sums that are not small are published"

    for ending in ("csv", "parquet", "xlsx"):
        assert call("export", "--out", tmp_path / f"out.{ending}").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        places |= {f"xlsx {name}": book.read(name) for name in book.namelist()}
    places["csv"] = (tmp_path / "out.csv").read_bytes()
    places["parquet"] = repr(pl.read_parquet(tmp_path / "out.parquet").rows()).encode()
    assert all(b"welcome_center" in places[p] for p in ("csv", "parquet", "xlsx xl/sharedStrings.xml"))
    client = TestClient(Starlette(routes=ROUTES))
    for indicator in ("quarterly", "monthly"):
        answer = client.get(f"/data/v1/observations.csv?i=counselling_contacts_{indicator}")
        assert b"welcome_center" in answer.content
        places[f"api {indicator}"] = answer.content
    assert [place for place, body in places.items() if found_in(body, small)] == []
