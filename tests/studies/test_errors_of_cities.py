"""Shocks common to all cities and of each alone: whitening and conditioning against plain Gaussian algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.simulate.likelihood.errors_of_cities import (
    PRIOR_YEARS,
    Variances,
    autocorrelation,
    given_others,
    once_a_year,
    variances_of,
    whitened,
    year_weights,
)

Values = NDArray[Any]
COMMON, OWN = 0.03**2, 0.01**2


def variances(common: float = COMMON, own: float = OWN) -> Variances:
    none = np.zeros(1)
    return Variances(np.array([common]), np.array([own]), none, none)


def simulated(years: int, cities: int, seed: int = 1) -> Values:
    """Errors [origin, 1, 1, city] of one year each."""
    generator = np.random.default_rng(seed)
    common = np.sqrt(COMMON) * generator.standard_normal((years, 1, 1, 1))
    errors: Values = common + np.sqrt(OWN) * generator.standard_normal((years, 1, 1, cities))
    return errors


@pytest.mark.parametrize("missing", [(), (0,), (1, 4)])
def test_whitened_errors_have_the_length_that_the_covariance_says(missing: tuple[int, ...]) -> None:
    errors = simulated(1, 6)
    errors[..., list(missing)] = np.nan
    known = errors[0, 0, 0][np.isfinite(errors[0, 0, 0])]
    covariance = COMMON * np.ones((len(known), len(known))) + OWN * np.eye(len(known))
    expected = known @ np.linalg.solve(covariance, known)
    found = whitened(errors, np.ones((1, 1, 1)), variances())
    assert (found**2).sum() == pytest.approx(expected)


def test_variances_are_found_again() -> None:
    errors = simulated(4000, 9)
    found = variances_of(errors, once_a_year(errors), variances(5 * COMMON, 5 * OWN))
    assert found.common[0] == pytest.approx(COMMON, rel=0.06)  # the prior counts for four years of four thousand
    assert found.own[0] == pytest.approx(OWN, rel=0.03)
    assert found.common_years[0] == 4000 + PRIOR_YEARS


def test_without_data_the_prior_stands() -> None:
    errors = np.full((3, 2, 1, 4), np.nan)
    found = variances_of(errors, once_a_year(errors), variances())
    assert (found.common[0], found.own[0]) == pytest.approx((COMMON, OWN))


def test_given_the_others_is_gaussian_conditioning() -> None:
    errors = simulated(1, 5)
    others, own = errors[..., 1:], errors[0, 0, 0, 1:]
    covariance = COMMON * np.ones((5, 5)) + OWN * np.eye(5)
    weights = np.linalg.solve(covariance[1:, 1:], covariance[1:, 0])
    mean, variance = given_others(others, variances())
    assert mean[0, 0, 0] == pytest.approx(weights @ own)
    assert variance[0, 0, 0] == pytest.approx(COMMON + OWN - weights @ covariance[1:, 0])


def test_a_city_alone_knows_only_the_variances() -> None:
    mean, variance = given_others(np.zeros((1, 1, 1, 0)), variances())
    assert mean[0, 0, 0] == 0.0
    assert variance[0, 0, 0] == pytest.approx(COMMON + OWN)


def test_a_year_counts_once_however_many_hindcasts_meet_it() -> None:
    errors = np.zeros((5, 3, 1, 2))
    weights = once_a_year(errors)
    years = np.add.outer(np.arange(5), np.arange(3))
    for year in range(7):
        assert weights[years == year].sum() == pytest.approx(1.0)


def test_alike_years_say_less() -> None:
    alternating = np.tile([1.0, -1.0], 10).reshape(20, 1, 1, 1)
    lasting = np.repeat([1.0, -1.0], 10).reshape(20, 1, 1, 1)
    assert autocorrelation(alternating)[0] == 0.0
    r = autocorrelation(lasting)[0]
    assert 0.7 < r < 0.9
    assert year_weights(lasting).sum() == pytest.approx(20 * (1 - r) / (1 + r))
