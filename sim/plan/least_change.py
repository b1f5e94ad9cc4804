"""The smallest change of levers that reaches linear targets within bounds, or comes as near as can be.

First the least that targets must fall short:  minimise sum t_j  subject to  r_j + G_j (u - u0) + t_j >= 0, t_j >= 0.
Then, with those shortfalls allowed, the smallest change:  minimise sum w_i u_i^2  subject to the same and low <= u <= high.
Levers u are in steps, residuals r in parts of the targets. The second is a least-distance problem, which non-negative least
squares solves exactly (Lawson and Hanson 1974, chapter 23).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog, nnls

from sim.base.arrays import Values

_FINE, _BINDING = 1e-9, 1e-6


@dataclass(frozen=True)
class LinearTargets:
    """Targets around a point `at` [lever]: residuals [target] (nought or above where met) and slopes [target, lever]."""

    at: Values
    residual: Values
    slope: Values

    def expected(self, levers: Values) -> Values:
        """Return the residuals at another point, if the slopes hold."""
        return np.asarray(self.residual + self.slope @ (levers - self.at))


@dataclass(frozen=True)
class Least:
    """The levers in steps, how far each target falls short, and what one part of a target more would cost."""

    levers: Values
    short: Values
    price: Values


def least_change(linear: LinearTargets, weights: Values, low: Values, high: Values) -> Least:
    """Solve a linear programme for what cannot be reached, then a least-distance problem for the smallest change."""
    allowed, corner = least_shortfall(linear, low, high)
    own = np.eye(len(weights))
    rows = np.vstack([linear.slope, own, -own])
    least = np.concatenate([linear.slope @ linear.at - linear.residual - allowed, low, -high]) - _FINE
    nearest = _least_distance(rows / np.sqrt(weights), least)
    levers = corner if nearest is None else np.clip(nearest / np.sqrt(weights), low, high)
    return Least(levers, np.maximum(-linear.expected(levers), 0.0), _prices(linear, weights, levers, low, high))


def _least_distance(rows: Values, least: Values) -> Values | None:
    """Return the shortest z with rows @ z >= least, or None: with y >= 0 nearest E y = (0, 1), z = -r / r_last."""
    matrix = np.vstack([rows.T, least])
    wanted = np.zeros(len(matrix))
    wanted[-1] = 1.0
    multipliers, _ = nnls(matrix, wanted, maxiter=50 * matrix.shape[1])
    rest = matrix @ multipliers - wanted
    return None if abs(rest[-1]) < _FINE else np.asarray(-rest[:-1] / rest[-1])


def least_shortfall(linear: LinearTargets, low: Values, high: Values) -> tuple[Values, Values]:
    """Return the smallest sum of shortfalls [target], and levers that have it."""
    targets, count = linear.slope.shape
    found = linprog(
        np.concatenate([np.zeros(count), np.ones(targets)]),
        A_ub=-np.hstack([linear.slope, np.eye(targets)]),
        b_ub=linear.residual - linear.slope @ linear.at,
        bounds=[*zip(low, high, strict=True), *([(0.0, None)] * targets)],
    )
    levers = np.clip(found.x[:count], low, high)
    return np.maximum(found.x[count:], 0.0), levers


def _prices(linear: LinearTargets, weights: Values, levers: Values, low: Values, high: Values) -> Values:
    """Return multipliers of binding targets, from the levers that are free: 2 w u = G' m by least squares, none below 0."""
    binding = linear.expected(levers) <= _BINDING
    free = (levers > low + _BINDING) & (levers < high - _BINDING)
    prices = np.zeros(len(linear.residual))
    if binding.any() and free.any():
        slopes = linear.slope[binding][:, free].T
        solved, *_ = np.linalg.lstsq(slopes, (2.0 * weights * levers)[free], rcond=None)
        prices[binding] = np.maximum(solved, 0.0)
    return prices
