"""Interrupted time series: what changed with a measure, against the course before and against other districts.

A series is cut at the measure's start and fitted on both sides by least squares (statsmodels) with Newey-West errors.
Alone it keeps its trend: ``y = level + trend·t + step·after + bend·after·t``. Beside other districts its difference to
their mean is taken, which what moves them all leaves unchanged: then only the step is fitted, unless the difference had
a trend of its own before. Series here are short, where Newey-West's textbook interval finds an effect in a tenth to a
fifth of series that have none; so interval and p-value come from simulated series of the same length
(``calibration``). Whatever is found is a coincidence in time, and no proof of an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from dashboard.calibration import Design, calibrated

if TYPE_CHECKING:
    import numpy as np

FEWEST_BEFORE, FEWEST_AFTER = 8, 4
LEVEL = 0.05  # of all tests
NEGLIGIBLE = 1e-9  # of the largest figure
_STEP = {"alone": 2, "trend": 2, "parallel": 1}  # column of the step in each design

Form = Literal["alone", "parallel", "trend"]


class TooFewPointsError(ValueError):
    """A series with too few points before or after to say anything; the message has both numbers."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(
            f"{before} points before and {after} after, expected at least {FEWEST_BEFORE} and {FEWEST_AFTER}"
        )
        self.before, self.after = before, after


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its Newey-West error, its 95 % interval and p-value, in the unit of the series."""

    value: float
    error: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Segments:
    """A series cut at its start: level where time is 0, trend, step at the start, bend (change of trend)."""

    level: Estimate
    trend: Estimate
    step: Estimate
    bend: Estimate


@dataclass(frozen=True)
class Expected:
    """Where the series would have stood after the start without a change, with the 95 % range of that mean course."""

    time: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """The step at the start. ``form``: the series alone, its difference to the others (``parallel``), or that
    difference with the trend that it had before (``trend``)."""

    form: Form
    step: Estimate
    before: int
    after: int
    expected: tuple[Expected, ...]

    @property
    def is_found(self) -> bool:
        return self.step.p < LEVEL


@dataclass(frozen=True)
class Assessment:
    """A change with its placebos: the same for a start that was none (None: too few points before), and for each of
    the other districts in the place of the own one (empty: fewer than two others)."""

    change: Change
    earlier: Change | None
    elsewhere: tuple[Change, ...]


def segmented(values: Sequence[float], times: Sequence[float], start: int, *, lags: int | None = None) -> Segments:
    """Level and trend before, step and bend after the point ``start``, with statsmodels' own Newey-West intervals
    (t distribution, small-sample factor), as textbooks and other programs print them.

    ``times`` need not be evenly spaced. Raises TooFewPointsError.
    """
    _require(values, start)
    fit = _fitted(_columns(times, start, "alone"), values, lags)
    intervals = fit.conf_int(LEVEL)
    level, trend, step, bend = (
        Estimate(float(b), float(e), float(low), float(high), float(p))
        for b, e, (low, high), p in zip(fit.params, fit.bse, intervals, fit.pvalues, strict=True)
    )
    return Segments(level, trend, step, bend)


def change(own: Sequence[float], others: Sequence[Sequence[float]], times: Sequence[float], start: int) -> Change:
    """The step of ``own`` at the point ``start``, against the mean of ``others`` where there are any.

    All series have a figure for each of ``times``. Raises TooFewPointsError.
    """
    _require(own, start)
    if not others:
        return _change(own, [0.0] * len(own), times, start, "alone")
    group = [fmean(at) for at in zip(*others, strict=True)]
    gap = [a - b for a, b in zip(own, group, strict=True)]
    apart = calibrated(Design(tuple(times[:start]), start, "line"), gap[:start], 1, _lags(start)).p < LEVEL
    return _change(own, group, times, start, "trend" if apart else "parallel")


def assessed(own: Sequence[float], others: Sequence[Sequence[float]], times: Sequence[float], start: int) -> Assessment:
    """The change, and what the same calculation finds where there was no measure. Raises TooFewPointsError."""
    found = change(own, others, times, start)
    sooner = start - FEWEST_AFTER
    earlier = None
    if sooner >= FEWEST_BEFORE:
        earlier = change(own[:start], [other[:start] for other in others], times[:start], sooner)
    rest = [[*others[:n], *others[n + 1 :]] for n in range(len(others))] if len(others) > 1 else []
    elsewhere = tuple(change(other, left, times, start) for other, left in zip(others, rest, strict=False))
    return Assessment(found, earlier, elsewhere)


def _require(values: Sequence[float], start: int) -> None:
    before, after = start, len(values) - start
    if before < FEWEST_BEFORE or after < FEWEST_AFTER:
        raise TooFewPointsError(before, after)


def _change(own: Sequence[float], group: Sequence[float], times: Sequence[float], start: int, form: Form) -> Change:
    import numpy as np

    gap = np.asarray(own, float) - np.asarray(group, float)
    design, column = Design(tuple(times), start, form), _STEP[form]
    fit = _fitted(_columns(times, start, form), gap, _lags(len(gap)))
    tested = calibrated(design, gap, column, _lags(len(gap)))
    value, error = float(fit.params[column]), float(fit.bse[column])
    half = tested.critical * error
    # of a series that the design fits exactly only the last digits are left, and they mean nothing
    p = tested.p if abs(value) > NEGLIGIBLE * float(np.max(np.abs(own))) else 1.0
    step = Estimate(value, error, value - half, value + half, p)
    # without a change the difference would have gone on as before: the columns up to the step
    known = _columns(times, start, form)[start:, :column]
    means = known @ fit.params[:column]
    spread = tested.critical * np.sqrt(np.einsum("ij,jk,ik->i", known, fit.cov_params()[:column, :column], known))
    expected = tuple(
        Expected(t, float(g + m), float(g + m - s), float(g + m + s))
        for t, g, m, s in zip(times[start:], group[start:], means, spread, strict=True)
    )
    return Change(form, step, start, len(gap) - start, expected)


def _lags(points: int) -> int:
    """Lags of the Newey-West errors: three quarters of the cube root of the number of points."""
    return max(1, int(0.75 * points ** (1 / 3)))


def _columns(times: Sequence[float], start: int, form: str) -> np.ndarray:
    return Design(tuple(times), start, form).columns


def _fitted(columns: np.ndarray, values: Sequence[float] | np.ndarray, lags: int | None) -> Any:  # noqa: ANN401
    """The fit of statsmodels, which has no types."""
    import statsmodels.api as sm  # type: ignore[import-untyped]  # takes seconds to import, and only this needs it

    maxlags = _lags(len(values)) if lags is None else lags
    kinds = {"maxlags": maxlags, "use_correction": True}
    return sm.OLS(values, columns).fit(cov_type="HAC", cov_kwds=kinds, use_t=True)
