"""The fit of a model whose answers are straight lines: everything about it is known in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import RunError
from sim.simulate.likelihood.errors_of_cities import Variances, whitened
from sim.simulate.likelihood.task import POOLED, Normal
from sim.studies.fit import PooledFit, city_task, fit_pooled
from sim.studies.posterior import weigh

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
    task = city_task(fit, 0)
    assert task.near.mean[2] == pytest.approx(0.0, abs=1e-9)
    assert task.near.covariance[2, 2] == pytest.approx(1.0)
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
    task = city_task(fit, city)
    assert task.near.covariance == pytest.approx(covariance[3:, 3:], rel=1e-6)
    assert task.near.mean == pytest.approx((covariance @ pull)[3:], abs=1e-6)


def test_weighting_a_normal_posterior_changes_nothing(fit: PooledFit) -> None:
    task = city_task(fit, 2)
    found = weigh(task, lambda scores: errors(scores)[:, :, :, 2], seed=3)
    assert found.effective > 0.99 * found.scores.shape[1]
    assert found.mean == pytest.approx(task.near.mean, abs=0.05)
    assert np.diag(found.covariance) == pytest.approx(np.diag(task.near.covariance), rel=0.1)
    drawn = found.resampled(1000, 5)
    assert drawn.shape == (3, 1000)
    assert drawn.mean(axis=1) == pytest.approx(found.mean, abs=0.05)


def test_weighting_mends_a_crooked_approximation(fit: PooledFit) -> None:
    """The proposal lies off the posterior; what comes out does not."""
    task = city_task(fit, 2)
    crooked = replace(task, near=Normal(task.near.mean + 0.4, 1.6 * task.near.covariance))
    found = weigh(crooked, lambda scores: errors(scores)[:, :, :, 2], seed=3)
    assert found.mean == pytest.approx(task.near.mean, abs=0.1)


def test_a_hopeless_approximation_is_refused(fit: PooledFit) -> None:
    task = city_task(fit, 2)
    far = replace(task, near=Normal(task.near.mean + 60.0, 1e-6 * np.eye(3)))
    with pytest.raises(RunError, match="independent draws only"):
        weigh(far, lambda scores: errors(scores)[:, :, :, 2], seed=3)


def test_the_density_is_that_of_the_normal_posterior(fit: PooledFit) -> None:
    task = city_task(fit, 0)
    scores = GENERATOR.normal(size=(3, 5))
    found = task.log_density(errors(scores)[:, :, :, 0], scores)
    expected = task.near.log_density(scores)
    assert found - found[0] == pytest.approx(expected - expected[0])


def test_a_draw_that_was_lost_is_impossible(fit: PooledFit) -> None:
    task = city_task(fit, 0)
    scores = np.zeros((3, 2))
    found = errors(scores)[:, :, :, 0]
    found[4, 0, 0, 1] = np.nan
    assert np.isfinite(task.log_density(found, scores)).tolist() == [True, False]
