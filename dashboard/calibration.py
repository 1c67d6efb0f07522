"""Tests for short series with autocorrelation: critical values from simulated series instead of a textbook's table.

For a design (points in time, start, columns) series without any change are drawn for each strength of autocorrelation
and tested in the same way as the real one. The real series' own strength is read from its residuals, which always
look less autocorrelated than they are: what strength gives residuals like these is looked up, and a little is added.
The draws have a fixed seed: the same figures always give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DRAWS = 2000  # series for each strength of autocorrelation
SEED = 20250321
STRONGEST, STEP = 0.9, 0.05  # autocorrelation from one point to the next
CAUTION = 1.8  # divided by the number of points, added to the strength: its estimate is uncertain
LEVEL = 0.95


@dataclass(frozen=True)
class Design:
    """What is fitted: ``alone`` and ``trend`` level, trend, step and bend; ``parallel`` level and step; ``line`` level
    and trend. ``start`` is the first point after; time counts from the first point."""

    times: tuple[float, ...]
    start: int
    form: str

    @cached_property
    def columns(self) -> np.ndarray:
        """One row a point."""
        import numpy as np

        time = np.asarray(self.times, float) - self.times[0]
        ones = np.ones(len(time))
        if self.form == "line":
            return np.column_stack([ones, time])
        after = (np.arange(len(time)) >= self.start).astype(float)
        if self.form == "parallel":
            return np.column_stack([ones, after])
        return np.column_stack([ones, time, after, (time - time[self.start]) * after])


@dataclass(frozen=True)
class Tested:
    """How many errors make the 95 % interval, and how often a series without a change gives as much or more."""

    critical: float
    p: float


def calibrated(design: Design, values: Sequence[float] | np.ndarray, column: int, lags: int) -> Tested:
    """The test of one coefficient of a design. ``lags`` are those of its Newey-West error."""
    import numpy as np

    ratios, strengths, likeness = _simulated(design, column, lags)
    (ratio,), (seen,) = _ratios(design, np.asarray([values], float), column, lags)
    strength = min(float(np.interp(seen, likeness, strengths)) + CAUTION / len(design.times), STRONGEST)
    place = strength / STEP
    low = min(int(place), len(strengths) - 2)
    weight = place - low

    def between(of_low: float, of_high: float) -> float:
        return float((1 - weight) * of_low + weight * of_high)

    critical = between(*(np.quantile(ratios[n], LEVEL) for n in (low, low + 1)))
    share = between(*(np.mean(ratios[n] >= abs(ratio)) for n in (low, low + 1)))
    return Tested(critical, share)


@lru_cache(maxsize=256)
def _simulated(design: Design, column: int, lags: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By strength of autocorrelation the sizes of simulated ratios, the strengths, and how strong residuals look."""
    import numpy as np

    strengths = np.arange(0, STRONGEST + STEP / 2, STEP)
    noise = np.random.default_rng(SEED).standard_normal((DRAWS, len(design.times)))
    sizes, likeness = [], []
    for strength in strengths:
        drawn = noise.copy()
        for n in range(1, drawn.shape[1]):
            drawn[:, n] = strength * drawn[:, n - 1] + np.sqrt(1 - strength**2) * noise[:, n]
        ratios, seen = _ratios(design, drawn, column, lags)
        sizes.append(np.abs(ratios))
        likeness.append(seen.mean())
    return np.array(sizes), strengths, np.maximum.accumulate(likeness)


def _ratios(design: Design, values: np.ndarray, column: int, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each series (rows) the coefficient over its Newey-West error, and the residuals' autocorrelation."""
    import numpy as np

    inverse = np.linalg.pinv(design.columns)
    found = values @ inverse.T
    left = values - found @ design.columns.T
    scores = left * inverse[column]
    variance = (scores**2).sum(axis=1)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (scores[:, lag:] * scores[:, :-lag]).sum(axis=1)
    points, fitted = design.columns.shape
    # a series that the design fits exactly has no error: the smallest that still divides
    error = np.sqrt(np.maximum(variance * points / (points - fitted), np.finfo(float).tiny))
    power = np.maximum((left**2).sum(axis=1), np.finfo(float).tiny)
    return found[:, column] / error, (left[:, 1:] * left[:, :-1]).sum(axis=1) / power
