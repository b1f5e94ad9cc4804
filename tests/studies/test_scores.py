"""Scores against closed forms and plain double loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.studies.forecasts import BANDS, JudgedForecast, band_ends, crps, resampled_means, score


@pytest.mark.parametrize("outcome", [-2.0, 0.0, 0.7, 3.0])
def test_crps_of_a_normal_forecast(outcome: float) -> None:
    draws = norm.ppf((np.arange(4000) + 0.5) / 4000)
    expected = outcome * (2 * norm.cdf(outcome) - 1) + 2 * norm.pdf(outcome) - 1 / np.sqrt(np.pi)
    assert crps(draws, outcome) == pytest.approx(expected, abs=2e-3)


def test_crps_is_its_definition() -> None:
    draws = np.random.default_rng(0).normal(size=50)
    spread = np.abs(draws[:, None] - draws[None, :]).mean()
    assert crps(draws, 0.3) == pytest.approx(np.abs(draws - 0.3).mean() - spread / 2)


def judged(error: float, year: int, half: float = 1.0, still: float = 2.0) -> JudgedForecast:
    ends = np.array([[error - half, error + half]] * len(BANDS))
    return JudgedForecast("a", year - 1, year, error, still, abs(error), ends)


def test_scores_of_a_few_forecasts() -> None:
    found = score([judged(1.0, 2010), judged(-3.0, 2010), judged(0.5, 2011)])
    assert found.rmse == pytest.approx(np.sqrt((1 + 9 + 0.25) / 3))
    assert found.bias == pytest.approx(-0.5)
    assert found.theil_u == pytest.approx(found.rmse / 2.0)
    assert found.coverage == pytest.approx((2 / 3,) * 3)
    assert found.width == (2.0, 2.0, 2.0)
    assert (found.count, found.years) == (3, 2)
    assert found.rmse_interval[0] <= found.rmse <= found.rmse_interval[1]


def test_bands_cover_what_they_say() -> None:
    draws = np.random.default_rng(1).normal(size=20000)
    ends = band_ends(draws)
    for place, band in enumerate(BANDS):
        assert ends[place] == pytest.approx([norm.ppf(0.5 - band / 2), norm.ppf(0.5 + band / 2)], abs=0.05)


def test_years_are_drawn_whole() -> None:
    """Ten errors of one year are one piece of evidence: with one year there is no interval, with two there are three values."""
    values = np.array([1.0] * 10 + [3.0] * 10)
    years = np.array([2010] * 10 + [2011] * 10)
    assert set(resampled_means(years, values, 0)) == {1.0, 2.0, 3.0}
    assert set(resampled_means(years[:10], values[:10], 0)) == {1.0}


def test_means_of_resamples_are_those_of_a_plain_loop() -> None:
    generator = np.random.default_rng(5)
    years, values = generator.integers(2010, 2014, 40), generator.normal(size=40)
    again, distinct = np.random.default_rng(3), np.unique(years)
    rows = {year: np.flatnonzero(years == year) for year in distinct}
    expected = [np.concatenate([values[rows[year]] for year in again.choice(distinct, len(distinct))]) for _ in range(2000)]
    np.testing.assert_allclose(resampled_means(years, values, 3), [part.mean() for part in expected], rtol=1e-12, atol=1e-14)
