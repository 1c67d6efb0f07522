"""Small counts stay secret, with as little else as possible, whatever the solver does."""

from __future__ import annotations

import numpy as np
import pytest

from etl import disclosure
from etl.disclosure import DisclosureError, Table, suppress
from etl.disclosure_audit import Relation, too_narrow
from etl.disclosure_paths import Paths

WIDTH = 5.0
WIDTHS = np.full(4, WIDTH)


def table(
    values: list[float], relations: list[tuple[int, tuple[int, ...]]], small: set[int], known: set[int] = frozenset()
) -> Table:
    """A table with a loss of one more than its value for every figure."""
    numbers = range(len(values))
    counts = np.array(values, dtype=np.float64)
    return Table(
        counts,
        1 + counts,
        tuple(Relation(*one) for one in relations),
        np.array([n in known for n in numbers]),
        np.array([n in small for n in numbers]),
        np.full(len(values), WIDTH),
    )


def grid(rows: int, columns: int, seed: int, small_share: float = 0.3) -> Table:
    """Counts by row and column with their sums: the whole first, then rows, then columns, then cells."""
    random = np.random.default_rng(seed)
    counts = np.where(
        random.random((rows, columns)) < small_share,
        random.integers(1, 5, (rows, columns)),
        random.integers(5, 60, (rows, columns)),
    )
    values = [counts.sum(), *counts.sum(axis=1), *counts.sum(axis=0), *counts.ravel()]
    row, column, cell = 1, 1 + rows, 1 + rows + columns
    relations = [(0, tuple(range(row, column))), (0, tuple(range(column, cell)))]
    relations += [(row + r, tuple(cell + r * columns + c for c in range(columns))) for r in range(rows)]
    relations += [(column + c, tuple(cell + r * columns + c for r in range(rows))) for c in range(columns)]
    return table([float(v) for v in values], relations, {n for n, v in enumerate(values) if 0 < v < WIDTH})


def secret(found: np.ndarray) -> set[int]:
    return {int(n) for n in np.flatnonzero(found)}


def test_a_single_secret_part_is_the_difference_and_two_large_enough_ones_are_not():
    values, relations = np.array([40.0, 3.0, 12.0, 25.0]), [Relation(0, (1, 2, 3))]
    (found,) = too_narrow(values, relations, np.array([False, True, False, False]), WIDTHS)
    assert found.figure == 1 and found.lacking == pytest.approx(5)
    assert found.gains == pytest.approx({0: 5, 2: 5, 3: 5})
    assert not too_narrow(values, relations, np.array([False, True, True, False]), WIDTHS)


def test_two_secret_parts_that_are_small_together_are_known_to_be_small():
    values, relations = np.array([20.0, 1.0, 2.0, 17.0]), [Relation(0, (1, 2, 3))]
    found = too_narrow(values, relations, np.array([False, True, True, False]), WIDTHS)
    assert [(n.figure, n.lacking) for n in found] == [(1, pytest.approx(2)), (2, pytest.approx(2))]
    assert secret(suppress(table([20, 1, 2, 17], [(0, (1, 2, 3))], {1, 2}))) == {1, 2, 3}


def test_the_cheapest_partner_is_chosen():
    assert secret(suppress(table([60, 3, 30, 8, 19], [(0, (1, 2, 3, 4))], {1}))) == {1, 3}


def test_a_cell_of_a_grid_takes_three_others_with_it():
    whole = table(
        [100, 40, 60, 50, 50, 3, 37, 47, 13],
        [(0, (1, 2)), (0, (3, 4)), (1, (5, 6)), (2, (7, 8)), (3, (5, 7)), (4, (6, 8))],
        {5},
    )
    assert secret(suppress(whole)) == {5, 6, 7, 8}


def test_without_small_counts_nothing_is_secret():
    assert not suppress(table([60, 30, 30], [(0, (1, 2))], set())).any()


@pytest.mark.parametrize("seed", range(12))
def test_what_is_left_open_is_wide_in_random_grids(seed: int):
    whole = grid(5, 7, seed)
    found = suppress(whole)
    assert (found | ~whole.secret).all()
    assert not too_narrow(whole.values, whole.relations, found, whole.widths)


@pytest.mark.parametrize("seed", range(6))
def test_the_choice_is_at_least_as_good_as_answering_one_question_after_the_other(seed: int):
    whole = grid(4, 5, seed, 0.15)
    one_by_one = whole.secret.copy()
    paths = Paths(whole.values, whole.costs, whole.relations, ~whole.known, whole.widths)
    while narrow := too_narrow(whole.values, whole.relations, one_by_one, whole.widths):
        for n in narrow:
            one_by_one |= paths.cheapest(n.figure, one_by_one)
    assert whole.costs[suppress(whole)].sum() <= whole.costs[one_by_one].sum() * 1.2


def test_a_solver_that_finds_nothing_in_time_protects_nevertheless(monkeypatch: pytest.MonkeyPatch):
    """Time only decides how much is lost: the audit has the last word."""
    monkeypatch.setattr(disclosure, "SECONDS", 0.0)
    for seed in range(4):
        whole = grid(6, 6, seed)
        assert not too_narrow(whole.values, whole.relations, suppress(whole), whole.widths)


def test_rounds_that_run_out_protect_nevertheless(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disclosure, "ROUNDS", 0)
    for seed in range(4):
        whole = grid(6, 6, seed)
        assert not too_narrow(whole.values, whole.relations, suppress(whole), whole.widths)


def test_what_is_known_already_protects_nobody():
    values, relations = [40, 3, 12, 25], [(0, (1, 2, 3))]
    assert secret(suppress(table(values, relations, {1}, known={2}))) == {1, 3}
    with pytest.raises(DisclosureError, match="1 small counts could be worked out from what was published before"):
        suppress(table(values, relations, {1}, known={0, 2, 3}))


def test_a_figure_that_can_be_worked_out_from_known_ones_is_not_withheld():
    """To withhold it is no use, and it must not count as protection."""
    # 4 = 5 + 6 with both known; 0 = 1 + 2 + 4
    whole = table([45, 3, 22, 0, 20, 8, 12], [(0, (1, 2, 4)), (4, (5, 6))], {1}, known={5, 6})
    assert secret(suppress(whole)) == {1, 2}


def test_figures_that_contradict_each_other_are_an_error():
    values = np.array([2.0, 3.0, 12.0, 25.0])
    with pytest.raises(ArithmeticError, match="contradict"):
        too_narrow(values, [Relation(0, (1, 2, 3))], np.array([False, True, False, False]), WIDTHS)
