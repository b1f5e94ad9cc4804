"""Shapley values against closed forms, the axioms, and each other: exact and sampled."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.plan.shapley import MOST_EXACT, shapley

Truths = NDArray[np.bool_]


def product_game(sizes: NDArray[np.float64]) -> Any:
    """A game with synergies: the product of one plus the sizes of the players in a set, and their sum beside it."""

    def game(sets: Truths) -> NDArray[np.float64]:
        factors = np.where(sets, 1.0 + sizes[:, np.newaxis], 1.0)
        return np.array([factors.prod(axis=0), (sets * sizes[:, np.newaxis]).sum(axis=0)])

    return game


def by_orders(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of what each player adds over all orders of joining."""
    gains = np.zeros(len(sizes))
    orders = list(permutations(range(len(sizes))))
    for order in orders:
        value = 1.0
        for player in order:
            gains[player] += value * sizes[player]
            value *= 1.0 + sizes[player]
    return gains / len(orders)


@settings(max_examples=50)
@given(st.lists(st.floats(-0.5, 2.0), min_size=1, max_size=6))
def test_exact_values_are_the_mean_over_all_orders_and_add_up(sizes: list[float]) -> None:
    players = np.array(sizes)
    found = shapley(len(players), product_game(players))
    assert found.shapley[0] == pytest.approx(by_orders(players), abs=1e-9)
    assert found.shapley[1] == pytest.approx(players, abs=1e-9)  # a sum has no synergy
    assert found.synergy[1] == pytest.approx(np.zeros(len(players)), abs=1e-9)
    assert found.shapley.sum(axis=1) == pytest.approx(found.end - found.start, abs=1e-9)
    assert (found.error == 0.0).all()


def test_players_that_do_the_same_get_the_same_and_one_that_does_nothing_gets_nothing() -> None:
    found = shapley(4, product_game(np.array([0.3, 0.3, 0.0, 0.1])))
    assert found.shapley[0, 0] == pytest.approx(found.shapley[0, 1])
    assert found.shapley[0, 2] == 0.0
    assert found.direct[0] == pytest.approx([0.3, 0.3, 0.0, 0.1])


def test_sampled_values_add_up_exactly_and_lie_within_their_errors() -> None:
    sizes = np.linspace(-0.1, 0.4, MOST_EXACT + 2)
    found = shapley(len(sizes), product_game(sizes), seed=1, pairs=400)
    exact = _by_polynomial(sizes)
    assert found.shapley.sum(axis=1) == pytest.approx(found.end - found.start, abs=1e-9)
    assert (found.error[0] > 0.0).all()
    assert (np.abs(found.shapley[0] - exact) <= 4.0 * found.error[0]).all()
    assert np.abs(found.shapley[0] - exact).max() < 0.02
    again = shapley(len(sizes), product_game(sizes), seed=1, pairs=400)
    assert np.array_equal(found.shapley, again.shapley)


def _by_polynomial(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """phi_i = s_i * integral over 0..1 of the product over the others of (1 + t s_j): joining at a random time t."""
    nodes, weights = np.polynomial.legendre.leggauss(30)
    factors = 1.0 + 0.5 * (nodes + 1.0)[:, np.newaxis] * sizes
    others = [np.delete(factors, place, axis=1).prod(axis=1) for place in range(len(sizes))]
    return np.array([0.5 * size * (weights * product).sum() for size, product in zip(sizes, others, strict=True)])


def test_a_game_of_nobody_has_no_shares() -> None:
    found = shapley(0, lambda sets: np.ones((2, sets.shape[1])))
    assert found.shapley.shape == (2, 0)
