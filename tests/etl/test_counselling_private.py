"""Private files: readable by their owner only, whole or not there, gone after a purge."""

from __future__ import annotations

import os
import stat
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from etl.counselling.closing import closing
from etl.counselling.private import PrivateFiles, described, editions, overlap
from etl.counselling.protecting import CELLS
from etl.counselling.reading import ROWS
from etl.errors import StoreError
from tests.etl.counselling_files import BODIES

DAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
BODY = BODIES["welcome-center"]
NO_CELLS = pl.DataFrame(schema=CELLS)


@pytest.fixture
def files(tmp_path):
    return PrivateFiles(tmp_path / "private" / "counselling")


def frame(*found: tuple[str, str, int]) -> pl.DataFrame:
    """Period, office and count; everything else the same."""
    return pl.DataFrame(
        [(p, o, "intensive", "student", "IN", "housing", "phone", n) for p, o, n in found], schema=ROWS, orient="row"
    )


def kept(files, rows, at=DAY, provider="welcome-center", invented=False, body=b"a file"):
    entry = described(provider, "counts.csv", body, rows, invented, at)
    files.keep(entry, body, rows, NO_CELLS)
    return entry


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_what_is_kept_whatever_the_umask(files, umask):
    before = os.umask(umask)
    try:
        kept(files, frame(("2025-01", "wolfsburg", 7)))
        files.purge(date(2026, 5, 4))
        kept(files, frame(("2025-01", "wolfsburg", 7)), DAY - timedelta(days=9))
        files.purge(date(2026, 5, 1))
        kept(files, frame(("2025-01", "wolfsburg", 7)), DAY + timedelta(days=9))
    finally:
        os.umask(before)
    held = [files.root.parent, files.root, *files.root.rglob("*")]
    assert {mode(p) for p in held if p.is_dir()} == {0o700}
    assert {mode(p) for p in held if p.is_file()} == {0o600}
    assert (files.root / "purges.jsonl").exists()


def test_a_kept_file_comes_back_as_it_was(files):
    rows = frame(("2025-01", "wolfsburg", 7), ("2025-01", "wolfsburg", 8), ("2025-Q2", "braunschweig", 0))
    entry = kept(files, rows)
    assert files.entries("welcome-center") == [entry]
    assert files.rows(entry).equals(rows)
    assert files.cells(entry).equals(NO_CELLS)
    assert entry.pairs == (("braunschweig", "2025-Q2"), ("wolfsburg", "2025-01"))
    assert [p.read_bytes() for p in files.root.rglob("*.file")] == [b"a file"]


def test_the_description_names_no_count(files):
    kept(files, frame(("2025-01", "wolfsburg", 7219)))
    [description] = files.root.rglob("*.json")
    assert "7219" not in description.read_text()
    assert "counts.csv" in description.read_text()


def test_files_are_told_oldest_first_and_by_provider(files):
    second = kept(files, frame(("2025-02", "wolfsburg", 7)), DAY + timedelta(days=1))
    first = kept(files, frame(("2025-01", "wolfsburg", 7)))
    kept(files, frame(("2025-01", "wolfsburg", 7)), provider="demo")
    assert files.entries("welcome-center") == [first, second]


def test_a_file_is_received_after_those_before_it_even_if_the_clock_was_set_back(files):
    future = datetime.now(UTC) + timedelta(days=400)
    kept(files, frame(("2025-01", "wolfsburg", 7)), future)
    assert files.next_time("welcome-center") > future
    assert files.next_time("demo") < future


def test_a_dropped_file_leaves_nothing(files):
    files.drop(kept(files, frame(("2025-01", "wolfsburg", 7))))
    assert [p for p in files.root.rglob("*") if p.is_file()] == []


def test_what_a_killed_import_left_half_done_is_no_file_and_is_cleaned_away(files):
    entry = kept(files, frame(("2025-01", "wolfsburg", 7)))
    folder = files.root / "welcome-center"
    (folder / "20260101T000000000000Z.file").write_bytes(b"no description yet")
    (folder / ".half").write_bytes(b"half")
    assert files.entries("welcome-center") == [entry]
    files.purge(date(2000, 1, 1))
    assert len(list(folder.iterdir())) == 4


def test_a_damaged_description_is_said_with_its_place(files):
    kept(files, frame(("2025-01", "wolfsburg", 7)))
    [description] = files.root.rglob("*.json")
    description.write_text("{")
    with pytest.raises(StoreError, match=description.name):
        files.entries("welcome-center")


def test_a_purge_deletes_the_files_before_the_day_and_puts_them_on_record(files):
    old = kept(files, frame(("2025-01", "wolfsburg", 7219)))
    new = kept(files, frame(("2025-02", "wolfsburg", 7)), DAY + timedelta(days=1))
    assert [p.sha256 for p in files.purge(date(2026, 5, 5))] == [old.sha256]
    assert files.entries("welcome-center") == [new]
    [purge] = files.purges("welcome-center")
    assert (purge.name, purge.pairs) == ("counts.csv", (("wolfsburg", "2025-01"),))
    assert purge.purged_at.date() == datetime.now(UTC).date()
    assert b"7219" not in (files.root / "purges.jsonl").read_bytes()
    assert files.purge(date(2026, 5, 5)) == []


def test_a_purge_that_was_killed_is_finished_by_the_next(files, monkeypatch):
    kept(files, frame(("2025-01", "wolfsburg", 7)))
    with monkeypatch.context() as killed:
        killed.setattr(PrivateFiles, "drop", lambda self, entry: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            files.purge(date(2026, 6, 1))
    assert len(files.purges("welcome-center")) == 1
    files.purge(date(2026, 6, 1))
    assert list((files.root / "welcome-center").iterdir()) == []


def test_the_last_import_is_known_also_after_a_purge(files):
    assert files.last_received(invented=False) is None
    files.confirm(kept(files, frame(("2025-01", "wolfsburg", 7))))
    kept(files, frame(("2025-02", "wolfsburg", 7)), DAY + timedelta(days=1))  # never came to its end
    assert files.last_received(invented=False) == DAY
    assert files.last_received(invented=True) is None
    files.purge(date(2026, 5, 5))
    assert files.last_received(invented=False) == DAY


def shape(rows):
    return sorted(rows.select("period", "office", "count").iter_rows())


def test_a_later_file_replaces_the_offices_and_periods_that_it_holds():
    first = frame(("2025-01", "wolfsburg", 1), ("2025-01", "braunschweig", 2), ("2025-02", "wolfsburg", 3))
    second = frame(("2025-01", "wolfsburg", 9))
    found = editions([first, second])
    assert found[0].equals(first)
    assert shape(found[1]) == [("2025-01", "braunschweig", 2), ("2025-01", "wolfsburg", 9), ("2025-02", "wolfsburg", 3)]


def test_a_quarter_replaces_its_months_and_a_month_its_quarter():
    months = frame(("2025-03", "wolfsburg", 1), ("2025-04", "wolfsburg", 2), ("2025-03", "braunschweig", 3))
    quarter = frame(("2025-Q1", "wolfsburg", 8))
    month = frame(("2025-02", "wolfsburg", 9))
    found = [shape(e) for e in editions([months, quarter, month])]
    assert found[1] == [("2025-03", "braunschweig", 3), ("2025-04", "wolfsburg", 2), ("2025-Q1", "wolfsburg", 8)]
    assert found[2] == [("2025-02", "wolfsburg", 9), ("2025-03", "braunschweig", 3), ("2025-04", "wolfsburg", 2)]


def test_periods_overlap_where_they_have_a_month_in_common():
    assert overlap("2025-Q1", "2025-03")
    assert overlap("2025-03", "2025-03")
    assert not overlap("2025-Q1", "2025-04")
    assert not overlap("2025-Q1", "2024-Q1")


def ever(*found: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(found), schema={"region": pl.String, "period": pl.String}, orient="row")


def test_figures_without_a_file_close_their_periods_and_those_that_a_published_sum_ties_to_them():
    months = [("03103", f"2025-{m:02}") for m in (1, 2, 3, 4)]
    held = {("wolfsburg", "2025-02"), ("wolfsburg", "2025-03"), ("wolfsburg", "2025-04")}
    alone = closing([], held, ever(*months), BODY, invented=False)
    assert [alone.cause(p) for p in ("2025-01", "2025-02", "2025-Q1", "2025")] == [
        "2025-01",
        None,
        "2025-01",
        "2025-01",
    ]
    quarter = closing([], held, ever(*months, ("03103", "2025-Q1")), BODY, invented=False)
    assert [quarter.cause(p) for p in ("2025-02", "2025-04")] == ["2025-01", None]
    year = closing([], held, ever(*months, ("03103", "2025-Q1"), ("03103", "2025")), BODY, invented=False)
    assert [year.cause(p) for p in ("2025-04", "2025-Q4", "2024-12")] == ["2025-01", "2025-01", None]


def test_invented_figures_without_a_file_close_nothing():
    assert closing([], set(), ever(("03103", "2025-01")), BODY, invented=True).cause("2025-01") is None
