"""The fit of a model whose answers are straight lines: everything about it is known in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import RunError
from sim.simulate.likelihood.errors_of_cities import POOLED, Normal, Variances, whitened
from sim.studies.fit import PooledFit, city_posterior, fit_pooled, weigh

Values = NDArray[Any]
YEARS, CITIES = 30, 4
GENERATOR = np.random.default_rng(7)
SLOPES = GENERATOR.normal(size=(YEARS, 1, 1, CITIES, 3)) * np.array([1.0, 0.3, 0.0])
TRUTH = np.array([0.8, -0.5, 0.0])
NOISE = 0.3 * GENERATOR.normal(size=(YEARS, 1, 1, CITIES)) + 0.2 * GENERATOR.normal(size=(YEARS, 1, 1, 1))


def errors(scores: Values) -> Values:
    """What a model with parameters TRUTH would be off by."""
    apart = scores - TRUTH[:, np.newaxis]
    found: Values = SLOPES @ apart - NOISE[..., np.newaxis]
    return found


def prior() -> Variances:
    return Variances(np.array([0.2**2]), np.array([0.3**2]), np.zeros(1), np.zeros(1))


@pytest.fixture(scope="module")
def fit() -> PooledFit:
    return fit_pooled(errors, 3, prior(), lambda _, __: None)


def test_least_squares_is_the_normal_equations(fit: PooledFit) -> None:
    at_zero = errors(np.zeros((3, 1)))[..., 0]
    slope = whitened(SLOPES, fit.weights, fit.variances)
    residual = whitened(at_zero, fit.weights, fit.variances)
    precision = np.eye(3) / POOLED + slope.T @ slope
    expected = -np.linalg.solve(precision, slope.T @ residual)
    assert fit.scores == pytest.approx(expected, abs=0.02)  # the variances are those of the last round
    assert np.allclose(fit.slopes, SLOPES, atol=1e-9)
    common = fit.around(range(CITIES))
    assert common.mean == pytest.approx(expected, abs=1e-9)
    assert common.covariance == pytest.approx(np.linalg.inv(precision))


def test_what_the_data_do_not_touch_keeps_its_prior(fit: PooledFit) -> None:
    near, _ = city_posterior(fit, 0)
    assert near.mean[2] == pytest.approx(0.0, abs=1e-9)
    assert near.covariance[2, 2] == pytest.approx(1.0)
    assert fit.around(()).covariance == pytest.approx(POOLED * np.eye(3))


@pytest.mark.parametrize("city", range(CITIES))
def test_a_city_is_the_exact_posterior_of_the_whole_model(city: int, fit: PooledFit) -> None:
    """All cities' errors at once, with v, the city's z and the common shocks as unknowns: plain Gaussian algebra."""
    others = [place for place in range(CITIES) if place != city]
    weights, variances = fit.weights[:, 0, 0], fit.variances
    precision = np.zeros((6, 6))  # of (v, z)
    shrink = np.eye(3) / (1.0 - POOLED)
    precision[:3, :3], precision[3:, 3:] = np.eye(3) / POOLED + shrink, shrink
    precision[:3, 3:] = precision[3:, :3] = -shrink
    pull = np.zeros(6)
    inverse = np.linalg.inv(variances.common[0] * np.ones((CITIES, CITIES)) + variances.own[0] * np.eye(CITIES))
    at_zero = errors(np.zeros((3, 1)))[..., 0]
    for year in range(YEARS):
        lines = np.zeros((CITIES, 6))
        lines[others, :3], lines[city, 3:] = SLOPES[year, 0, 0, others], SLOPES[year, 0, 0, city]
        precision += weights[year] * lines.T @ inverse @ lines
        pull -= weights[year] * lines.T @ inverse @ at_zero[year, 0, 0]
    covariance = np.linalg.inv(precision)
    near, _ = city_posterior(fit, city)
    assert near.covariance == pytest.approx(covariance[3:, 3:], rel=1e-6)
    assert near.mean == pytest.approx((covariance @ pull)[3:], abs=1e-6)


def test_weighting_a_normal_posterior_changes_nothing(fit: PooledFit) -> None:
    near, density = city_posterior(fit, 2)
    found = weigh(near, density, lambda scores: errors(scores)[:, :, :, 2], seed=3)
    assert found.effective > 0.99 * found.scores.shape[1]
    assert found.mean == pytest.approx(near.mean, abs=0.05)
    assert np.diag(found.covariance) == pytest.approx(np.diag(near.covariance), rel=0.1)
    drawn = found.resampled(1000, 5)
    assert drawn.shape == (3, 1000)
    assert drawn.mean(axis=1) == pytest.approx(found.mean, abs=0.05)


def test_weighting_mends_a_crooked_approximation(fit: PooledFit) -> None:
    """The proposal lies off the posterior; what comes out does not."""
    near, density = city_posterior(fit, 2)
    crooked = Normal(near.mean + 0.4, 1.6 * near.covariance)
    found = weigh(crooked, density, lambda scores: errors(scores)[:, :, :, 2], seed=3)
    assert found.mean == pytest.approx(near.mean, abs=0.1)


def test_a_hopeless_approximation_is_refused(fit: PooledFit) -> None:
    near, density = city_posterior(fit, 2)
    far = Normal(near.mean + 60.0, 1e-6 * np.eye(3))
    with pytest.raises(RunError, match="independent draws only"):
        weigh(far, density, lambda scores: errors(scores)[:, :, :, 2], seed=3)


def test_the_density_is_that_of_the_normal_posterior(fit: PooledFit) -> None:
    near, density = city_posterior(fit, 0)
    scores = GENERATOR.normal(size=(3, 5))
    found = density.log_density(errors(scores)[:, :, :, 0], scores)
    expected = near.log_density(scores)
    assert found - found[0] == pytest.approx(expected - expected[0])


def test_a_draw_that_was_lost_is_impossible(fit: PooledFit) -> None:
    _, density = city_posterior(fit, 0)
    scores = np.zeros((3, 2))
    found = errors(scores)[:, :, :, 0]
    found[4, 0, 0, 1] = np.nan
    assert np.isfinite(density.log_density(found, scores)).tolist() == [True, False]
