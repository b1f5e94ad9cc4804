"""The fit of a model whose answers are straight lines: everything about it is known in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.errors import RunError
from sim.studies.errors_of_cities import Variances, whitened
from sim.studies.fit import POOLED, CityTask, Normal, PooledFit, city_task, fit_pooled
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
    expected = -np.linalg.solve(np.eye(3) + slope.T @ slope, slope.T @ residual)
    assert fit.scores == pytest.approx(expected, abs=0.02)  # the variances are those of the last round
    assert np.allclose(fit.slopes, SLOPES, atol=1e-9)
    common = fit.around(range(CITIES))
    assert common.mean == pytest.approx(expected, abs=1e-9)
    assert common.covariance == pytest.approx(np.linalg.inv(np.eye(3) + slope.T @ slope))


def test_what_the_data_do_not_touch_keeps_its_prior(fit: PooledFit) -> None:
    task = city_task(fit, 0)
    assert task.near.mean[2] == pytest.approx(0.0, abs=1e-9)
    assert task.near.covariance[2, 2] == pytest.approx(1.0)
    assert fit.around(()).covariance == pytest.approx(np.eye(3))


def test_a_city_leans_on_the_others(fit: PooledFit) -> None:
    task, others = city_task(fit, 1), fit.around([0, 2, 3])
    assert task.prior.mean == pytest.approx(np.sqrt(POOLED) * others.mean)
    assert task.prior.covariance == pytest.approx(POOLED * others.covariance + (1 - POOLED) * np.eye(3))
    assert np.all(np.diag(task.near.covariance) <= np.diag(task.prior.covariance) + 1e-12)


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
    crooked = CityTask(task.prior, Normal(task.near.mean + 0.4, 1.6 * task.near.covariance), task.weights, task.given)
    found = weigh(crooked, lambda scores: errors(scores)[:, :, :, 2], seed=3)
    assert found.mean == pytest.approx(task.near.mean, abs=0.1)


def test_a_hopeless_approximation_is_refused(fit: PooledFit) -> None:
    task = city_task(fit, 2)
    far = CityTask(task.prior, Normal(task.near.mean + 60.0, 1e-6 * np.eye(3)), task.weights, task.given)
    with pytest.raises(RunError, match="independent draws only"):
        weigh(far, lambda scores: errors(scores)[:, :, :, 2], seed=3)


def test_log_density_is_prior_times_likelihood(fit: PooledFit) -> None:
    task = city_task(fit, 0)
    scores = GENERATOR.normal(size=(3, 5))
    found = task.log_density(errors(scores)[:, :, :, 0], scores)
    for draw in range(5):
        error = errors(scores[:, [draw]])[:, 0, 0, 0, 0] - task.given.mean[:, 0, 0]
        likelihood = -0.5 * (task.weights[:, 0, 0] * error**2 / task.given.variance[:, 0, 0]).sum()
        apart = scores[:, draw] - task.prior.mean
        belief = -0.5 * apart @ np.linalg.inv(task.prior.covariance) @ apart
        assert found[draw] == pytest.approx(likelihood + belief)
