"""The smallest change: closed forms, scipy's own solver as an oracle, and what cannot be reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.plan.least_change import LinearTargets, least_change, least_shortfall

FREE = np.full(2, -10.0), np.full(2, 10.0)


def test_one_target_is_reached_along_its_slope() -> None:
    """min u'u subject to g'u >= 1 is u = g / g'g."""
    slope = np.array([[3.0, 4.0]])
    found = least_change(LinearTargets(np.zeros(2), np.array([-1.0]), slope), np.ones(2), *FREE)
    assert found.levers == pytest.approx(slope[0] / 25.0, abs=1e-6)
    assert found.short == pytest.approx([0.0], abs=1e-6)
    assert found.price == pytest.approx([2.0 / 25.0], abs=1e-6)  # d cost / d target = 2 / g'g


def test_dear_levers_are_moved_less_and_bounds_are_kept() -> None:
    linear = LinearTargets(np.zeros(2), np.array([-1.0]), np.array([[1.0, 1.0]]))
    dear = least_change(linear, np.array([1.0, 4.0]), *FREE)
    assert dear.levers == pytest.approx([0.8, 0.2], abs=1e-6)
    bounded = least_change(linear, np.ones(2), np.array([-1.0, -1.0]), np.array([0.2, 5.0]))
    assert bounded.levers == pytest.approx([0.2, 0.8], abs=1e-6)


def test_targets_that_are_met_move_nothing() -> None:
    found = least_change(LinearTargets(np.zeros(2), np.array([0.3]), np.array([[1.0, -1.0]])), np.ones(2), *FREE)
    assert found.levers == pytest.approx([0.0, 0.0], abs=1e-8)
    assert (found.price == 0.0).all()


def test_what_cannot_be_reached_falls_short_by_the_least() -> None:
    linear = LinearTargets(np.zeros(2), np.array([-1.0, -1.0]), np.array([[1.0, 0.0], [-1.0, 0.0]]))  # they fight
    short, _ = least_shortfall(linear, *FREE)
    assert short.sum() == pytest.approx(2.0)
    found = least_change(linear, np.ones(2), *FREE)
    assert found.short.sum() == pytest.approx(2.0, abs=1e-6)
    alone, _ = least_shortfall(LinearTargets(np.zeros(2), np.array([-1.0]), np.array([[0.5, 0.0]])), np.zeros(2), np.ones(2))
    assert alone == pytest.approx([0.5])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(2, 6))
def test_against_another_solver(seed: int, targets: int, levers: int) -> None:
    generator = np.random.default_rng(seed)
    slope, weights = generator.uniform(0.05, 1.0, (targets, levers)), generator.uniform(0.5, 3.0, levers)
    linear = LinearTargets(np.zeros(levers), -generator.uniform(0.1, 1.0, targets), slope)
    low, high = np.full(levers, -1.0), np.full(levers, 30.0)
    found = least_change(linear, weights, low, high)
    other = minimize(
        lambda point: weights @ point**2,
        np.full(levers, 5.0),
        jac=lambda point: 2.0 * weights * point,
        method="SLSQP",
        bounds=list(zip(low, high, strict=True)),
        constraints={"type": "ineq", "fun": linear.expected, "jac": lambda _: slope},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert linear.expected(found.levers).min() >= -1e-6
    assert weights @ found.levers**2 == pytest.approx(other.fun, rel=1e-4)
