"""The attacker finds no secret count in 200 random tables, but does as soon as only the small counts are secret."""

from __future__ import annotations

from collections import Counter
from random import Random

import polars as pl
import pytest

from etl.counselling_entries import CONTENT_DIMS
from tests.etl.attacker import Cell, attack, narrowed
from tests.etl.random_counselling import published, random_table, rule_of, small_table, true_values

TABLES, BATCH = 200, 10
SECRET = None


def frame(*figures: tuple[str, str, str, float | None]) -> pl.DataFrame:
    """Figures of the body ``x``: region, period, part (``kind=a``; empty: the total), value or SECRET."""
    rows = [
        (region, period, f"{part};provider=x" if part else "provider=x", value, "ok" if value is not None else "secret")
        for region, period, part, value in figures
    ]
    return pl.DataFrame(rows, ["region", "period", "breakdown", "value", "status"], orient="row")


def left(intervals: dict[Cell, object], region: str, period: str, part: str = "") -> tuple[float, float]:
    found = intervals[Cell.read(region, period, f"{part};provider=x")]
    return pytest.approx((found.low, found.high), abs=1e-6)


def test_a_single_hole_is_the_difference():
    told = frame(
        ("03101", "2025", "", 20), ("03101", "2025", "kind=a", 17), ("03101", "2025", "kind=b", SECRET)
    )  # fmt: skip
    assert left(attack([told])[0], "03101", "2025", "kind=b") == (3, 3)
    assert [n.cell.code for n in narrowed([told], 5)] == ["b"]


def test_a_hole_in_a_table_of_offices_by_kinds_is_found_along_the_other_sum():
    both_kinds = [("BSR", "2025", "kind=a", 30), ("BSR", "2025", "kind=b", 12), ("BSR", "2025", "", 42)]
    told = frame(
        *both_kinds,
        ("03101", "2025", "kind=a", SECRET), ("03101", "2025", "kind=b", SECRET), ("03101", "2025", "", SECRET),
        ("03103", "2025", "kind=a", SECRET), ("03103", "2025", "kind=b", 8), ("03103", "2025", "", SECRET),
    )  # fmt: skip
    found = attack([told])[0]
    assert left(found, "03101", "2025", "kind=b") == (4, 4)
    assert left(found, "03101", "2025", "kind=a") == (0, 30)
    assert left(found, "03103", "2025") == (8, 38)


def test_four_secret_figures_in_a_square_leave_each_other_open():
    told = frame(
        ("BSR", "2025", "kind=a", 9), ("BSR", "2025", "kind=b", 12), ("BSR", "2025", "", 21),
        ("03101", "2025", "kind=a", SECRET), ("03101", "2025", "kind=b", SECRET), ("03101", "2025", "", 10),
        ("03103", "2025", "kind=a", SECRET), ("03103", "2025", "kind=b", SECRET), ("03103", "2025", "", 11),
    )  # fmt: skip
    found = attack([told])[0]
    assert left(found, "03101", "2025", "kind=a") == (0, 9)
    assert left(found, "03103", "2025", "kind=b") == (2, 11)
    assert not narrowed([told], 9) and len(narrowed([told], 10)) == 4


def test_a_quarter_minus_two_months_is_the_third():
    told = frame(
        ("03101", "2025-Q1", "", 40), ("03101", "2025-01", "", 19), ("03101", "2025-02", "", 18),
        ("03101", "2025-03", "", SECRET),
    )  # fmt: skip
    assert left(attack([told])[0], "03101", "2025-03") == (3, 3)


def test_a_year_minus_three_quarters_bounds_the_months_of_the_fourth():
    quarters = [("03101", f"2025-Q{q}", "", 50) for q in (1, 2, 3)]
    months = [("03101", f"2025-{m}", "", SECRET) for m in (10, 11, 12)]
    told = frame(("03101", "2025", "", 157), *quarters, ("03101", "2025-Q4", "", SECRET), *months)
    found = attack([told])[0]
    assert left(found, "03101", "2025-Q4") == (7, 7)
    assert left(found, "03101", "2025-11") == (0, 7)


def test_a_period_that_one_office_has_not_reported_counts_for_nothing():
    told = frame(("BSR", "2025-Q1", "", 12), ("03101", "2025-Q1", "", SECRET), ("03103", "2025-Q2", "", 30))
    assert left(attack([told])[0], "03101", "2025-Q1") == (12, 12)


def test_two_vintages_give_a_secret_figure_away_that_neither_does_alone():
    def told(a: float | None, b: float | None, total: float) -> pl.DataFrame:
        return frame(("03101", "2025", "", total), ("03101", "2025", "kind=a", a), ("03101", "2025", "kind=b", b))

    def true(a: int, b: int) -> Counter[Cell]:
        cell = Cell("x", "03101", "2025")
        return Counter({cell: a + b, cell._replace(dim="kind", code="a"): a, cell._replace(dim="kind", code="b"): b})

    states, truth = [told(SECRET, SECRET, 20), told(9, 14, 23)], [true(6, 14), true(9, 14)]
    assert not narrowed(states[:1], 5, truth[:1])
    assert [(n.vintage, n.cell.code, n.left.width) for n in narrowed(states, 5, truth)] == [(0, "a", 0), (0, "b", 0)]


def test_what_is_taken_back_is_known_for_ever_unless_it_may_have_been_revised():
    cell = Cell("x", "03101", "2025", "kind", "b")
    total, other = cell._replace(dim="", code=""), cell._replace(code="a")

    def state(a: int, b: int, *, withheld: bool) -> tuple[pl.DataFrame, Counter[Cell]]:
        parts = [("03101", "2025", f"kind={c}", SECRET if withheld else v) for c, v in (("a", a), ("b", b))]
        return frame(("03101", "2025", "", a + b), *parts), Counter({total: a + b, other: a, cell: b})

    published_first, untouched, revised = (
        state(9, 20, withheld=False),
        state(9, 20, withheld=True),
        state(3, 20, withheld=True),
    )
    for second, doubting, found in (
        (untouched, False, 2), (untouched, True, 2), (revised, False, 2), (revised, True, 0),
    ):  # fmt: skip
        frames, truth = zip(published_first, second, strict=True)
        assert len(narrowed(frames, 5, truth, doubting=doubting)) == found


def test_an_attacker_who_would_reckon_wrongly_says_so():
    with pytest.raises(ValueError, match="do not add up"):
        attack([frame(("03101", "2025", "", 9), ("03101", "2025", "kind=a", 10), ("03101", "2025", "kind=b", 5))])
    with pytest.raises(ValueError, match="contradict"):
        more_than_all = [("03101", "2025", f"topic={c}", v) for c, v in (("a", SECRET), ("b", SECRET), ("c", 9))]
        attack([frame(("03101", "2025", "", 5), *more_than_all)])
    with pytest.raises(ValueError, match="another value than the true one"):
        attack([frame(("03101", "2025", "", 9))], [Counter({Cell("x", "03101", "2025"): 8})])
    with pytest.raises(ValueError, match="one dimension"):
        attack([frame(("03101", "2025", "kind=a;topic=b", 9))])


def with_secrets_at_random(told: pl.DataFrame, truth: Counter[Cell], random: Random) -> pl.DataFrame:
    """The figures of all codes that occur, six in ten of them secret."""
    occurs = {(cell.dim, cell.code) for cell, count in truth.items() if count}
    rows = []
    for region, period, breakdown in told.select("region", "period", "breakdown").iter_rows():
        cell = Cell.read(region, period, breakdown)
        hidden = (cell.dim, cell.code) in occurs and random.random() < 0.6
        rows.append((region, period, breakdown, *((None, "secret") if hidden else (truth[cell], "ok"))))
    return pl.DataFrame(rows, told.schema, orient="row")


def test_what_the_figures_imply_together_is_no_more_than_what_their_sums_say():
    """The unknowns of all crossings bound each secret figure exactly as the sums alone do."""
    bounded = 0
    for case in map(small_table, range(15)):
        told, truth, _ = published(case, secondary=False)[0]
        told = with_secrets_at_random(told, truth, Random(case.seed))
        plain, joint = (attack([told], [truth], joint=joint)[0] for joint in (False, True))
        for cell, interval in plain.items():
            bounded += 0 < interval.width < 1000
            together = (joint[cell].low, joint[cell].high)
            assert together == pytest.approx((interval.low, interval.high), abs=1e-5), f"{case.shape}: {cell}"
    assert bounded > 100


@pytest.mark.parametrize("first", range(0, TABLES, BATCH))
def test_no_secret_figure_of_a_random_table_can_be_narrowed_beyond_the_rule(first: int):
    for case in map(random_table, range(first, first + BATCH)):
        told, truth, _ = published(case)[0]
        found = narrowed([told], rule_of(case).threshold, [truth])
        assert not found, f"{case.shape}: {found[:3]}"


@pytest.mark.parametrize("first", range(0, TABLES, 50))
def test_no_small_count_is_published_and_what_is_published_is_true(first: int):
    """A zero of a small group is a small count too."""
    for case in map(random_table, range(first, first + 50)):
        told, truth, _ = published(case, secondary=False)[0]
        rule = rule_of(case)
        for region, period, breakdown, value, _ in told.iter_rows():
            cell = Cell.read(region, period, breakdown)
            group = truth[cell._replace(dim="", code="")]
            assert value in (None, truth[cell]), f"{case.shape}: {cell}"
            assert value is None or not 0 < value < rule.threshold, f"{case.shape}: {cell}"
            assert value != 0 or not cell.dim or not 0 < group < rule.small_group, f"{case.shape}: {cell}"


def test_with_the_small_counts_secret_only_the_attacker_succeeds_in_most_tables():
    succeeded, tables = 0, 0
    for case in map(random_table, range(0, TABLES, 4)):
        told, truth, _ = published(case, secondary=False)[0]
        if told["value"].null_count() and told["value"].drop_nulls().sum():
            tables += 1
            succeeded += bool(narrowed([told], rule_of(case).threshold, [truth]))
    assert tables > 30 and succeeded > 0.9 * tables


def test_random_tables_are_what_protection_is_for():
    """Small counts and zeros, tables of less than ten contacts, all thresholds, months and quarters, one office."""
    cases = [random_table(seed) for seed in range(TABLES)]
    totals = [case.editions[0]["count"].sum() for case in cases]
    assert min(totals) < 10 and max(totals) > 1000
    assert {rule_of(case).threshold for case in cases} == {3, 5, 10}
    assert {case.editions[0]["office"].n_unique() for case in cases} == {1, 2}
    assert any("Q" in p for case in cases for p in case.editions[0]["period"]) and "later" in " ".join(
        case.shape for case in cases
    )
    for case in cases[:50]:
        values = true_values(case.editions[0], case.provider)
        kinds = {cell.dim for cell in values if cell.dim}
        assert kinds == set(CONTENT_DIMS)
