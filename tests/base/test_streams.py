"""Random numbers belong to seed, name, draw and index, and have the distribution that they claim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim.base.streams import normals, triangular, uniforms
from sim.ensemble.designs import sobol_uniforms

MANY = 20_000


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 300), st.integers(0, 2**63 - 1))
def test_any_block_is_a_part_of_the_whole(start: int, length: int, seed: int) -> None:
    whole = uniforms(seed, "name", 0, start + length)
    assert np.array_equal(uniforms(seed, "name", start, start + length), whole[start:])


def test_uniform_numbers_are_uniform_and_inside() -> None:
    numbers = uniforms(1, "a", 0, MANY)
    assert stats.kstest(numbers, "uniform").pvalue > 0.01
    assert 0.0 < numbers.min() < numbers.max() < 1.0


def test_the_largest_and_the_smallest_word_stay_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ends:
        def __init__(self, **_: int) -> None:
            pass

        def advance(self, _: int) -> None:
            pass

        def random_raw(self, count: int) -> NDArray[np.uint64]:
            return np.array([0, 2**64 - 1] * count, dtype=np.uint64)[:count]

    monkeypatch.setattr(np.random, "Philox", Ends)
    low, high = uniforms(1, "a", 0, 2)
    assert 0.0 < low < 1e-15
    assert 1.0 - 1e-15 < high < 1.0


def test_normal_numbers_are_normal() -> None:
    assert stats.kstest(normals(1, "a", 0, MANY), "norm").pvalue > 0.01


def test_names_seeds_and_indices_are_independent() -> None:
    first = normals(1, "a", 0, MANY)
    for other in (normals(1, "b", 0, MANY), normals(2, "a", 0, MANY), normals(1, "a", 0, MANY, 2022)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03


@pytest.mark.parametrize(("low", "mode", "high"), [(0.5, 1.0, 2.0), (1.0, 1.0, 3.0), (0.0, 1.0, 1.0)])
def test_triangular_equals_scipy(low: float, mode: float, high: float) -> None:
    points = np.linspace(0.001, 0.999, 41)
    reference = stats.triang((mode - low) / (high - low), loc=low, scale=high - low).ppf(points)
    assert np.allclose(triangular(points, low, mode, high), reference, rtol=1e-12)


def test_a_prior_without_width_is_its_value() -> None:
    assert np.array_equal(triangular(np.array([0.1, 0.9]), 2.0, 2.0, 2.0), [2.0, 2.0])


def test_sobol_draws_keep_their_place_and_fill_evenly() -> None:
    few, more = sobol_uniforms(3, ("a", "b"), 0, 256), sobol_uniforms(3, ("a", "b", "c"), 0, 256)
    part = sobol_uniforms(3, ("a", "b"), 100, 156)
    for name in ("a", "b"):
        assert np.array_equal(few[name], more[name])
        assert np.array_equal(few[name][100:156], part[name])
        counts = np.histogram(few[name], bins=16, range=(0, 1))[0]
        assert counts.max() - counts.min() <= 2
    assert len(sobol_uniforms(3, ("a",), 0, 300)["a"]) == 300
