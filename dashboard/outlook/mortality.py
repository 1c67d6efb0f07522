"""From a published life table to the survival rates of the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.outlook.ages import AGES
from dashboard.outlook.cohorts import Ages

_SHIFTS = (-5.0, 5.0)  # bounds of Brass's shift; beyond them nobody lives or nobody dies
_HALVINGS = 60


def survivors(deaths: Ages) -> Ages:
    """Survivors (sexes, ages + 2) of one newborn at each birthday, from probabilities of dying (sexes, years).

    Beyond the last year given the last probability counts.
    """
    years = _to_length(deaths, AGES + 1)
    alive = np.cumprod(1 - years, axis=1)
    return np.concatenate([np.ones((deaths.shape[0], 1)), alive], axis=1)


def survival(lived: Ages) -> tuple[Ages, Ages]:
    """Survival rates of ``Rates``: (sexes, ages) from one end of a year to the next, and (sexes) from birth to the
    first end of a year. ``lived`` are ``survivors``."""
    years = (lived[:, :-1] + lived[:, 1:]) / 2  # people alive at each age at the end of a year
    rates = years[:, 1:] / years[:, :-1]
    rates[:, -1] = lived[:, -1] / lived[:, -2]  # of the open age everybody has its last probability
    return rates[:, :AGES], years[:, 0]


def expectancy(lived: Ages) -> NDArray[np.float64]:
    """Life expectancy at birth (sexes) in years; beyond the table deaths go on at its last probability."""
    years = (lived[:, :-1] + lived[:, 1:]) / 2
    stays = lived[:, -1] / lived[:, -2]
    rest = np.divide(lived[:, -1], 1 - stays, out=np.zeros_like(stays), where=stays < 1) - lived[:, -1] / 2
    total: NDArray[np.float64] = years.sum(axis=1) + rest
    return total


def fitted(lived: Ages, wanted: NDArray[np.float64]) -> Ages:
    """The survivors shifted by Brass's logit until each sex has the ``wanted`` life expectancy at birth (years).

    The shift moves the logit of the survivors by the same amount at every age: the shape stays the table's.
    """
    return np.stack([_fitted(row, target) for row, target in zip(lived, wanted, strict=True)])


def _fitted(lived: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    low, high = _SHIFTS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        longer = expectancy(_shifted(lived, middle)[None])[0] > target
        low, high = (low, middle) if longer else (middle, high)
    return _shifted(lived, (low + high) / 2)


def _shifted(lived: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Survivors whose odds are divided by ``exp(shift)``; at birth all are alive."""
    return np.concatenate([[1.0], 1 / (1 + np.exp(shift) * (1 / lived[1:] - 1))])


def _to_length(deaths: Ages, years: int) -> Ages:
    missing = years - deaths.shape[1]
    if missing <= 0:
        return deaths[:, :years]
    return np.concatenate([deaths, np.repeat(deaths[:, -1:], missing, axis=1)], axis=1)
