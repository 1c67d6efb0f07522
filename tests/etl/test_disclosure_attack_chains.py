"""The attacker who keeps every vintage finds no secret count in 50 chains of imports of revised files."""

from __future__ import annotations

from functools import cache

import pytest

from tests.etl.attacker import narrowed
from tests.etl.random_counselling import Case, Vintage, published, random_chain, rule_of

CHAINS, BATCH = 50, 5


@cache
def told(seed: int) -> tuple[Case, list[Vintage]]:
    case = random_chain(seed)
    return case, published(case)


@pytest.mark.parametrize("first", range(0, CHAINS, BATCH))
def test_no_secret_figure_of_any_vintage_can_be_narrowed_beyond_the_rule(first: int):
    for case, states in map(told, range(first, first + BATCH)):
        frames, truth, taken_back = zip(*states, strict=True)
        # of what was taken back he must not be taken to know that it is the same: see states.py
        found = narrowed(frames, rule_of(case).threshold, truth, doubting=any(taken_back))
        assert not found, f"{case.shape}: {found[:3]}"


def test_hardly_ever_is_a_figure_taken_back():
    taken_back = [seed for seed in range(CHAINS) if any(vintage.taken_back for vintage in told(seed)[1])]
    assert len(taken_back) <= 0.1 * CHAINS


def test_nearly_all_imports_can_be_published():
    """Protection that refuses everything would pass the attack as well."""
    handed_in = published_of_them = 0
    for case, states in map(told, range(CHAINS)):
        handed_in += len(case.editions)
        published_of_them += len(states)
    assert published_of_them >= 0.9 * handed_in


def test_chains_are_what_protection_over_time_is_for():
    shapes = " ".join(random_chain(seed).shape for seed in range(CHAINS))
    steps = ("periods added", "office added", "revise", "add_a_row", "empty_a_row", "move_a_row", "sink", "lift")
    assert not [step for step in steps if step not in shapes]
    assert {len(random_chain(seed).editions) for seed in range(CHAINS)} == {2, 3, 4}


def test_each_vintage_protected_by_itself_would_not_do():
    """The attacker succeeds in most chains if every import is protected as if it were the first."""
    succeeded = 0
    for case in map(random_chain, range(10)):
        alone = [published(Case(case.seed, case.provider, (e,), case.shape))[0] for e in case.editions]
        frames, truth, _ = zip(*alone, strict=True)
        succeeded += bool(narrowed(frames, rule_of(case).threshold, truth))
    assert succeeded > 2
