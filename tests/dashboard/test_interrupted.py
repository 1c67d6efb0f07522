"""The before-after calculation: it gives a textbook's figures, seldom sees what is not there, and refuses short series.

The simulated series are annual ones as the monitor has them: 12 points before, 6 after, autocorrelated noise.
"""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from dashboard.interrupted import FEWEST_AFTER, FEWEST_BEFORE, TooFewPointsError, assessed, change, segmented

# Packs of cigarettes sold per head in California, 1970 to 2000 (Abadie, Diamond, Hainmueller 2010); the tax of
# Proposition 99 came in 1989. A. Linden teaches interrupted time series with them: Conducting interrupted time-series
# analysis for single- and multiple-group comparisons, The Stata Journal 15 (2015) 480-500, first example
# ("itsa cigsale, single treat(3) trperiod(1989) lag(1)"): ordinary least squares with Newey-West errors of one lag.
SALES = [
    123.0, 121.0, 123.5, 124.4, 126.7, 127.1, 128.0, 126.4, 126.1, 121.9, 120.2, 118.6, 115.4, 110.8, 104.8, 102.8,
    99.7, 97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6,
]  # fmt: skip
YEARS = [float(year) for year in range(1970, 2001)]
TAX = 19  # 1989
# coefficient, Newey-West error and 95 % interval as printed there
PUBLISHED = {
    "trend": (-1.779474, 0.3834188, -2.566177, -0.9927711),
    "step": (-20.0581, 4.724395, -29.75175, -10.36444),
    "bend": (-1.494652, 0.4368183, -2.390929, -0.5983742),
}
BEFORE, AFTER = 12, 6
SERIES = 1000


def noise(count: int, points: int, strength: float, seed: int) -> np.ndarray:
    """Series with standard deviation 1 and the given autocorrelation from one point to the next."""
    drawn = np.random.default_rng(seed).standard_normal((count, points))
    for n in range(1, points):
        drawn[:, n] = strength * drawn[:, n - 1] + np.sqrt(1 - strength**2) * drawn[:, n]
    return drawn


def found_share(
    *, effect: float, strength: float, others: int, trend: float = 0.5, before: int = BEFORE, after: int = AFTER
) -> float:
    """In how many of the series a change is reported. What moves all districts (a trend, shocks) moves them alike."""
    points = before + after
    course = trend * np.arange(points)
    shocks = noise(SERIES, points, 0.5, 1) if others else np.zeros((SERIES, points))
    own = noise(SERIES, points, strength, 2)
    own[:, before:] += effect
    beside = [noise(SERIES, points, strength, 3 + n) for n in range(others)]
    times = list(range(points))
    reported = 0
    for n in range(SERIES):
        common = course + shocks[n]
        reported += change(list(common + own[n]), [list(common + one[n]) for one in beside], times, before).is_found
    return reported / SERIES


@pytest.mark.parametrize("part", PUBLISHED)
def test_a_textbook_example_gives_the_published_coefficients_and_intervals(part: str):
    found = getattr(segmented(SALES, YEARS, TAX, lags=1), part)
    value, error, low, high = PUBLISHED[part]
    assert found.value == pytest.approx(value, rel=1e-5)
    assert found.error == pytest.approx(error, rel=1e-4)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-4)
    assert found.p < 0.01


def test_the_textbook_example_starts_where_it_is_published_to_start():
    assert segmented(SALES, YEARS, TAX, lags=1).level.value == pytest.approx(132.2258, rel=1e-6)


@pytest.mark.parametrize("lags", [1, 3])
def test_statsmodels_called_directly_gives_the_same(lags: int):
    time = np.arange(len(SALES), dtype=float)
    after = (time >= TAX).astype(float)
    columns = np.column_stack([np.ones(len(time)), time, after, (time - TAX) * after])
    fit = sm.OLS(SALES, columns).fit()
    robust = fit.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)
    found = segmented(SALES, YEARS, TAX, lags=lags)
    for n, one in enumerate((found.level, found.trend, found.step, found.bend)):
        assert (one.value, one.error, one.p) == pytest.approx((robust.params[n], robust.bse[n], robust.pvalues[n]))
        assert (one.low, one.high) == pytest.approx(tuple(robust.conf_int()[n]))


@pytest.mark.parametrize(("strength", "others"), [(0.0, 3), (0.2, 3), (0.4, 3), (0.0, 0), (0.4, 0)])
def test_series_without_an_effect_show_one_in_at_most_7_of_100(strength: float, others: int):
    assert found_share(effect=0, strength=strength, others=others) <= 0.07


def test_textbook_intervals_would_show_one_far_more_often():
    drawn = noise(SERIES, BEFORE + AFTER, 0.4, 2)
    times = list(range(BEFORE + AFTER))
    assert np.mean([segmented(list(one), times, BEFORE).step.p < 0.05 for one in drawn]) > 0.15


def test_a_step_of_two_standard_deviations_beside_three_districts_is_found_in_four_of_five():
    deviation = np.sqrt(1 + 1 / 3)  # of the difference between the district and the mean of three others
    assert found_share(effect=2 * deviation, strength=0, others=3) >= 0.8


def test_a_step_of_two_standard_deviations_of_the_series_itself_is_found_in_four_of_five():
    deviation = np.sqrt(1 + 0.5**2 * (BEFORE**2 - 1) / 12)  # of the points before: their noise and their trend
    assert found_share(effect=2 * deviation, strength=0, others=0) >= 0.8


def test_two_standard_deviations_of_the_mere_noise_are_too_little_for_a_series_alone():
    """With a trend of its own no test can find more than 63 % of them: the step is 1.15 errors per deviation."""
    assert 0.25 < found_share(effect=2, strength=0, others=0) < 0.63


@pytest.mark.parametrize(("before", "after"), [(FEWEST_BEFORE - 1, 10), (20, FEWEST_AFTER - 1)])
def test_too_few_points_are_refused(before: int, after: int):
    values, times = [float(n % 3) for n in range(before + after)], list(range(before + after))
    for calculated in (lambda: segmented(values, times, before), lambda: assessed(values, [values], times, before)):
        with pytest.raises(TooFewPointsError) as refused:
            calculated()
        assert (refused.value.before, refused.value.after) == (before, after)


def test_eight_points_before_are_enough_and_seven_are_not():
    values = [1.0, 2.0, 1.5, 2.5, 1.0, 2.0, 1.5, 2.0, 7.0, 8.0, 7.5, 8.0]
    assert change(values, [], list(range(12)), 8).before == 8
    with pytest.raises(TooFewPointsError):
        change(values[1:], [], list(range(11)), 7)


def test_what_moves_all_districts_is_no_change_of_one():
    common = [float(n * n) for n in range(18)]
    wiggle = noise(4, 18, 0, 9) * 0.5
    own, *others = [list(np.array(common) + one) for one in wiggle]
    found = change(own, others, list(range(18)), 12)
    assert found.form == "parallel" and not found.is_found and abs(found.step.value) < 1


def test_a_district_that_went_its_own_way_before_is_measured_against_that_way():
    wiggle = noise(3, 18, 0, 11) * 0.2
    own = [2.0 * n for n in range(18)] + wiggle[0]
    found = change(list(own), [list(wiggle[1]), list(wiggle[2])], list(range(18)), 12)
    assert found.form == "trend" and not found.is_found


def test_the_expected_course_follows_the_others_and_lies_in_its_range():
    wiggle = noise(3, 18, 0, 13) * 0.3
    own = 10 + wiggle[0]
    own[12:] += 4
    found = change(list(own), [list(wiggle[1]), list(wiggle[2])], list(range(18)), 12)
    assert found.is_found and found.step.low < 4 < found.step.high
    assert [one.time for one in found.expected] == list(range(12, 18))
    assert all(one.low < one.value < one.high and abs(one.value - 10) < 1 for one in found.expected)


def test_placebos_in_time_and_place_are_the_same_calculation_where_nothing_began():
    wiggle = noise(4, 18, 0, 17) * 0.3
    wiggle[0, 12:] += 5
    own, *others = [list(one) for one in wiggle]
    found = assessed(own, others, list(range(18)), 12)
    assert found.change.is_found
    assert found.earlier is not None and (found.earlier.before, found.earlier.after) == (8, 4)
    assert not found.earlier.is_found and len(found.elsewhere) == 3
    assert found.elsewhere[0] == change(others[0], others[1:], list(range(18)), 12)


def test_placebos_need_points_and_districts():
    values = [float(n % 4) for n in range(14)]
    found = assessed(values, [values[::-1]], list(range(14)), 9)
    assert found.earlier is None and found.elsewhere == ()


def test_a_series_without_any_noise_shows_its_step_and_no_other():
    line = [3.0 * n for n in range(18)]
    assert not change(line, [], list(range(18)), 12).is_found
    assert not change([5.0] * 18, [[5.0] * 18], list(range(18)), 12).is_found
    found = change([one + 10 * (n >= 12) for n, one in enumerate(line)], [], list(range(18)), 12)
    assert found.is_found and found.step.value == pytest.approx(10)


def test_the_same_figures_always_give_the_same_answer():
    values = list(noise(1, 18, 0.3, 19)[0])
    assert change(values, [], list(range(18)), 12) == change(values, [], list(range(18)), 12)
