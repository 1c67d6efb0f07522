"""The cohort-component model: people grow older, die, are born and move, one step at a time.

Arrays have a row for each sex (men, women) and a column for each age; a step is as long as an age is wide. The last age
is open: whoever survives in it stays in it. Nothing here knows a figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ages = NDArray[np.float64]
MEN, WOMEN = 0, 1


@dataclass(frozen=True)
class Rates:
    """What does not change from step to step.

    ``survival`` (sexes, ages): the share that lives to the next age, of the last age the share that stays alive in it.
    ``at_birth`` (sexes): the share of the newborn that is alive at the end of the step of birth. ``fertility`` (ages):
    children a woman of that age has in a step. ``boys``: the share of boys among the newborn.
    """

    survival: Ages
    at_birth: Ages
    fertility: Ages
    boys: float


def step(people: Ages, rates: Rates, migration: Ages) -> Ages:
    """The people after one step. ``migration`` (sexes, ages): the balance by the age at the step's end."""
    alive = people * rates.survival
    later = np.zeros_like(people)
    later[:, 1:] = alive[:, :-1]
    later[:, -1] += alive[:, -1]
    newborn = float(people[WOMEN] @ rates.fertility)
    later[:, 0] += newborn * np.array([rates.boys, 1 - rates.boys]) * rates.at_birth
    return later + migration


def project(people: Ages, rates: Rates, migration: Ages, steps: int) -> Ages:
    """The people (steps + 1, sexes, ages) from the start on.

    ``migration`` is the same in every step (sexes, ages), or one balance a step (steps, sexes, ages).
    """
    course = [people]
    for balance in np.broadcast_to(migration, (steps, *people.shape)):
        course.append(step(course[-1], rates, balance))
    return np.stack(course)
