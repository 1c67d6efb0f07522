"""The attacker's reckoning: linear equations between counts, and the interval that they leave of each unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

TOLERANCE = 1e-6
FEW = 3  # unknowns that are settled as fast one by one


@dataclass(frozen=True)
class Interval:
    """What the published figures leave open of a secret one: every value from ``low`` to ``high``."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass
class System:
    """Unknowns with their bounds and equations: in each the terms (unknown: factor) add up to nothing."""

    number: dict[object, int] = field(default_factory=dict)
    known: dict[int, float] = field(default_factory=dict)
    true: list[float | None] = field(default_factory=list)
    equations: dict[frozenset[tuple[int, int]], str] = field(default_factory=dict)  # with words for an error

    def unknown(self, key: object, true: float | None) -> int:
        if key not in self.number:
            self.number[key] = len(self.number)
            self.true.append(true)
        return self.number[key]

    def equation(self, whole: int, parts: Sequence[int], words: str) -> None:
        self.equations[frozenset([(whole, -1), *((p, 1) for p in parts)])] = words


def check_against_truth(system: System) -> None:
    """Raises ValueError if a published figure or a sum he relies on is not true: then his intervals say nothing."""
    for n, value in system.known.items():
        true = system.true[n]
        if true is not None and true != value:
            raise ValueError(f"{list(system.number)[n]} is published as another value than the true one")
    for terms, words in system.equations.items():
        values = [(factor, system.true[n]) for n, factor in terms]
        if all(v is not None for _, v in values) and sum(f * v for f, v in values if v is not None) != 0:
            raise ValueError(f"the true values do not add up: {words}")


def intervals(system: System, wanted: Sequence[int], enough: float | None) -> dict[int, Interval]:
    """The interval of each wanted unknown; what hangs together by equations is solved together."""
    equations = _with_figures_put_in(system)
    asked_for = set(wanted)
    left = {n: Interval(system.known[n], system.known[n]) for n in wanted if n in system.known}
    terms = [(row, n, f) for row, (open_terms, _) in enumerate(equations) for n, f in open_terms]
    if terms:
        rows, columns, factors = (np.array(c) for c in zip(*terms, strict=True))
        used, column = np.unique(columns, return_inverse=True)
        matrix = csr_matrix((factors.astype(float), (rows, column)), shape=(len(equations), len(used)))
        sums = np.array([total for _, total in equations])
        _, part = connected_components(matrix.T @ matrix, directed=False)
        for p in range(part.max() + 1):
            mine = np.flatnonzero(part == p)
            asked = [i for i, c in enumerate(mine) if used[c] in asked_for]
            lines = np.unique(matrix[:, mine].nonzero()[0])
            true = [system.true[used[c]] for c in mine]
            found = _solve(matrix[lines][:, mine], sums[lines], asked, true, enough)
            left |= {int(used[mine[i]]): interval for i, interval in found.items()}
    return {n: left.get(n, Interval(0, np.inf)) for n in wanted}


def _with_figures_put_in(system: System) -> list[tuple[list[tuple[int, int]], float]]:
    """The equations between unknowns only, each with what its terms add up to.

    One with a single unknown left tells it, and parts of nothing are nothing: they join the known ones.
    Raises ValueError for a contradiction.
    """
    pending = list(system.equations.items())
    while True:
        equations, told = [], False
        for terms, words in pending:
            open_terms = [(n, f) for n, f in terms if n not in system.known]
            total = -sum(f * system.known[n] for n, f in terms if n in system.known)
            one_sided = len({f for _, f in open_terms}) == 1
            if len(open_terms) == 1 or (one_sided and abs(total) < TOLERANCE):
                system.known |= {n: total / f for n, f in open_terms}
                told = True
            elif not open_terms and abs(total) > TOLERANCE:
                raise ValueError(f"the published figures do not add up: {words}")
            elif open_terms:
                equations.append((terms, words, open_terms, total))
        if not told:
            return [(open_terms, total) for *_, open_terms, total in equations]
        pending = [(terms, words) for terms, words, *_ in equations]


def _solve(
    matrix: csr_matrix, sums: np.ndarray, asked: Sequence[int], true: Sequence[float | None], enough: float | None
) -> dict[int, Interval]:
    """The interval of each asked column; every solution on the way says something about all of them.

    A bound beyond all figures stands for "no bound". It can only make intervals smaller, never a test pass wrongly.
    """
    beyond = 1000 + 10 * float(np.abs(sums).sum())
    low, high = np.full(matrix.shape[1], np.inf), np.full(matrix.shape[1], -np.inf)
    if None not in true:
        low, high = np.array(true, dtype=float), np.array(true, dtype=float)

    def furthest(aim: np.ndarray) -> None:
        answer = linprog(-aim, A_eq=matrix, b_eq=sums, bounds=(0, beyond), method="highs")
        if answer.x is None:
            raise ValueError(f"the published figures contradict each other: {answer.message}")
        np.minimum(low, answer.x, out=low)
        np.maximum(high, answer.x, out=high)

    narrow = np.array([c for c in asked if enough is not None])
    random = np.random.default_rng(len(asked))
    while len(narrow) > FEW:  # many at once, as long as that settles some
        aim = np.zeros(matrix.shape[1])
        aim[narrow] = random.random(len(narrow))
        furthest(aim)
        before, narrow = len(narrow), narrow[high[narrow] - low[narrow] < enough]
        if before - len(narrow) < FEW:
            break
    for column in asked:
        for direction in (1.0, -1.0):
            if enough is not None and high[column] - low[column] >= enough:
                break
            aim = np.zeros(matrix.shape[1])
            aim[column] = direction
            furthest(aim)
    return {c: Interval(float(low[c]), np.inf if high[c] > beyond - 1 else float(high[c])) for c in asked}
