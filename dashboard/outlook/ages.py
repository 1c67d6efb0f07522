"""Years of age and the five-year groups in which age structures are published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.outlook.cohorts import Ages

OLDEST = 90  # the open age: 90 and over
AGES = OLDEST + 1
WIDTH = 5  # years of a group
SEXES = ("m", "f")  # in the order of the model's rows
GROUPS = (*(f"y{age}_{age + WIDTH - 1}" for age in range(0, OLDEST, WIDTH)), f"y{OLDEST}plus")


def single_ages(groups: Ages) -> Ages:
    """Groups (sexes, groups) as years of age (sexes, ages): no group's sum changes and no year is negative.

    The people younger than each bound of the groups are joined by a monotone cubic curve (Fritsch and Carlson); the
    open group stays as it is.
    """
    found = np.zeros((groups.shape[0], AGES))
    found[:, OLDEST] = groups[:, -1]
    for row, closed in enumerate(groups[:, :-1]):
        found[row, :OLDEST] = _parted(closed)
    return found


def in_groups(ages: Ages) -> Ages:
    """Years of age (sexes, ages) added up to the groups (sexes, groups)."""
    closed = ages[:, :OLDEST].reshape(ages.shape[0], -1, WIDTH).sum(axis=2)
    return np.concatenate([closed, ages[:, OLDEST:]], axis=1)


def between(ages: Ages, start: int, end: int) -> Ages:
    """The sum over both sexes from ``start`` to under ``end`` years, of an array whose last axes are sexes and ages."""
    total: Ages = ages[..., start:end].sum(axis=(-1, -2))
    return total


def evenly(bounds: Sequence[tuple[int, int]], amounts: Sequence[float]) -> NDArray[np.float64]:
    """Amounts of bands of age (years, from and under) spread evenly over their years of age."""
    found = np.zeros(AGES)
    for (start, end), amount in zip(bounds, amounts, strict=True):
        inside = slice(min(start, OLDEST), min(end, AGES))
        found[inside] += amount / len(range(*inside.indices(AGES)))
    return found


def _parted(groups: NDArray[np.float64]) -> NDArray[np.float64]:
    """One row of closed groups as years: differences of the curve through the cumulated groups."""
    knots = np.concatenate([[0.0], np.cumsum(groups)])
    slopes = _slopes(groups / WIDTH)
    within = np.arange(1, WIDTH + 1) / WIDTH
    below, above = knots[:-1, None], knots[1:, None]
    left, right = slopes[:-1, None] * WIDTH, slopes[1:, None] * WIDTH
    cubic = (2 * within**3 - 3 * within**2 + 1) * below + (3 * within**2 - 2 * within**3) * above
    curve = cubic + (within**3 - 2 * within**2 + within) * left + (within**3 - within**2) * right
    return np.diff(np.concatenate([[0.0], curve.ravel()]))


def _slopes(secants: NDArray[np.float64]) -> NDArray[np.float64]:
    """People per year of age at each bound: harmonic means of the neighbours, so that the curve never falls."""
    before, after = secants[:-1], secants[1:]
    both = before + after
    inner = np.divide(2 * before * after, both, out=np.zeros_like(both), where=both > 0)
    return np.concatenate([secants[:1], inner, secants[-1:]])
