"""Shapley values: what each of several changes adds to a result, whatever the order in which they are made.

phi_i = sum over sets S without i of |S|! (n-|S|-1)! / n! · (v(S and i) - v(S)). They add up to v(all) - v(none). Above ten
players orders are sampled in pairs, each with its reverse, and each value has a standard error; every order still adds up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np

from sim.base.arrays import Truths, Values

Game = Callable[[Truths], Values]
"""The results [indicator, set] of sets of players [player, set]."""
MOST_EXACT = 10
PAIRS = 100
"""Pairs of orders that are sampled."""


@dataclass(frozen=True)
class Shares:
    """Contribution of each player [indicator, player]: `shapley` in all, `direct` by itself; `error` is that of sampling."""

    start: Values
    end: Values
    shapley: Values
    direct: Values
    error: Values

    @property
    def synergy(self) -> Values:
        """The part that a player adds only together with others."""
        return self.shapley - self.direct


def shapley(players: int, game: Game, seed: int = 0, pairs: int = PAIRS) -> Shares:
    """Return the Shapley values of a game, exact up to ten players."""
    return _exact(players, game) if players <= MOST_EXACT else _sampled(players, game, seed, pairs)


def _exact(players: int, game: Game) -> Shares:
    """From the results of all 2^n sets; the k-th set holds player i where bit i of k is set."""
    numbers = np.arange(2**players)
    sets = (numbers >> np.arange(players)[:, np.newaxis]) & 1 == 1
    results = game(sets)
    sizes = sets.sum(axis=0)
    weights = np.array([factorial(size) * factorial(players - size - 1) / factorial(players) for size in range(players)])
    found = []
    for player in range(players):
        without = numbers[~sets[player]]
        gains = results[:, without | (1 << player)] - results[:, without]
        found.append((gains * weights[sizes[without]]).sum(axis=1))
    singles = results[:, 1 << np.arange(players)] - results[:, :1]
    values = np.stack(found, axis=1) if found else np.zeros((len(results), 0))
    return Shares(results[:, 0], results[:, -1], values, singles, np.zeros_like(values))


def _sampled(players: int, game: Game, seed: int, pairs: int) -> Shares:
    """Orders and their reverses; along each, what every player adds when it joins."""
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(players) for _ in range(pairs)]
    orders = [order for pair in orders for order in (pair, pair[::-1])]
    sets = np.zeros((players, len(orders), players + 1), dtype=bool)
    for place, order in enumerate(orders):
        for step, player in enumerate(order):
            sets[player, place, step + 1 :] = True
    singles = np.eye(players, dtype=bool)
    everything = np.concatenate([sets.reshape(players, -1), singles], axis=1)
    results = game(everything)
    walks = results[:, : len(orders) * (players + 1)].reshape(len(results), len(orders), players + 1)
    gains = np.zeros((len(results), len(orders), players))
    for place, order in enumerate(orders):
        gains[:, place, order] = np.diff(walks[:, place], axis=1)
    by_pair = gains.reshape(len(results), pairs, 2, players).mean(axis=2)
    error = by_pair.std(axis=1, ddof=1) / np.sqrt(pairs)
    start = walks[:, 0, 0]
    direct = results[:, len(orders) * (players + 1) :] - start[:, np.newaxis]
    return Shares(start, walks[:, 0, -1], by_pair.mean(axis=1), direct, error)
