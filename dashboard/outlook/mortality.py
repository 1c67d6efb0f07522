"""From a published life table to the survival rates of the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.outlook.ages import OLDEST
from dashboard.outlook.cohorts import Ages

_LAST = 110  # the birthday that nobody reaches
_TREND = 10  # years of age whose rise is carried on beyond a table
_SHIFTS = (-5.0, 5.0)  # bounds of Brass's shift; beyond them nobody lives or nobody dies
_HALVINGS = 60


def survivors(deaths: Ages) -> Ages:
    """Survivors (sexes, birthdays from 0 on) of one newborn, from probabilities of dying (sexes, years of age).

    Beyond the table the probability rises from year to year as it did over its last ten years, up to 1.
    """
    given = deaths.shape[1]
    growth = (deaths[:, -1] / deaths[:, -1 - _TREND]) ** (1 / _TREND)
    later = deaths[:, -1:] * growth[:, None] ** np.arange(1, _LAST - given + 1)
    years = np.minimum(np.concatenate([deaths, later], axis=1), 1)
    return np.concatenate([np.ones((deaths.shape[0], 1)), np.cumprod(1 - years, axis=1)], axis=1)


def survival(lived: Ages) -> tuple[Ages, NDArray[np.float64]]:
    """Survival rates of ``Rates``: (sexes, ages) from one end of a year to the next, and (sexes) from birth to the
    first end of a year. ``lived`` are ``survivors``; the open age is made up as in the table's own population."""
    years = _years(lived)
    rates = years[:, 1 : OLDEST + 2] / years[:, : OLDEST + 1]
    rates[:, OLDEST] = years[:, OLDEST + 1 :].sum(axis=1) / years[:, OLDEST:].sum(axis=1)
    return rates, years[:, 0]


def expectancy(lived: Ages) -> NDArray[np.float64]:
    """Life expectancy at birth (sexes) in years."""
    total: NDArray[np.float64] = _years(lived).sum(axis=1)
    return total


def fitted(lived: Ages, wanted: NDArray[np.float64]) -> Ages:
    """The survivors shifted by Brass's logit until each sex has the ``wanted`` life expectancy at birth (years).

    The shift moves the logit of the survivors by the same amount at every age: the shape stays the table's.
    """
    return np.stack([_fitted(row, target) for row, target in zip(lived, wanted, strict=True)])


def _years(lived: Ages) -> Ages:
    """People alive at each age at the end of a year, if as many are born every day."""
    return (lived[:, :-1] + lived[:, 1:]) / 2


def _fitted(lived: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    low, high = _SHIFTS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_long = expectancy(_shifted(lived, middle)[None])[0] > target
        low, high = (middle, high) if too_long else (low, middle)
    return _shifted(lived, (low + high) / 2)


def _shifted(lived: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Survivors whose odds are divided by ``exp(shift)``; at birth all are alive, at the last birthday nobody is."""
    odds = np.divide(lived, 1 - lived, out=np.full_like(lived, np.inf), where=lived < 1) / np.exp(shift)
    shifted: NDArray[np.float64] = np.divide(odds, 1 + odds, out=np.ones_like(odds), where=np.isfinite(odds))
    return shifted
