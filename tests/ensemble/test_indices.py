"""Sensitivity indices against SALib, against closed forms, and with lost rows."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

from sim.ensemble.designs import STEP, Distribution, Morris, Saltelli
from sim.ensemble.draws import Draws, Input, Realisations, Sample
from sim.ensemble.indices import morris_effects, sobol_indices

Values = NDArray[Any]
INPUTS, BASE, RESAMPLES, SEED = 5, 256, 50, 3
UNIT = tuple(Distribution("uniform", (0.0, 1.0)) for _ in range(INPUTS))
PROBLEM = {"num_vars": INPUTS, "names": list("abcde"), "bounds": [[0.0, 1.0]] * INPUTS}
NOTHING_LOST = np.zeros(BASE * (INPUTS + 2), dtype=bool)


def models(x: Values) -> Values:
    """Outputs [output, row] of inputs [input, row]: additive, mixed, far from nought, and one that never varies."""
    additive = 3.0 * x[0] + 2.0 * x[1] + x[2]
    mixed = np.sin(6.0 * x[0]) + 4.0 * x[1] * x[3] + x[4] ** 2
    return np.array([additive, mixed, 1e3 + 10.0 * mixed, np.full(x.shape[1], 7.0)])


def rows(design: Saltelli | Morris) -> Values:
    return models(design.columns(0, design.count))


@pytest.mark.parametrize("output", [0, 1, 2])
def test_sobol_indices_and_intervals_are_those_of_salib(output: int) -> None:
    outputs = rows(Saltelli(UNIT, BASE, 11))
    found = sobol_indices(outputs, INPUTS, NOTHING_LOST, RESAMPLES, SEED)
    oracle = salib_sobol.analyze(PROBLEM, outputs[output], calc_second_order=False, num_resamples=RESAMPLES, seed=SEED)
    for ours, theirs in (
        (found.first, "S1"),
        (found.first_error, "S1_conf"),
        (found.total, "ST"),
        (found.total_error, "ST_conf"),
    ):
        np.testing.assert_allclose(ours[:, output], oracle[theirs], rtol=0, atol=1e-12)


def test_an_additive_model_has_the_shares_of_its_variances() -> None:
    design = Saltelli(UNIT, 4096, 5)
    found = sobol_indices(rows(design), INPUTS, np.zeros(design.count, dtype=bool), 0, 0)
    exact = np.array([9.0, 4.0, 1.0, 0.0, 0.0]) / 14.0
    np.testing.assert_allclose(found.first[:, 0], exact, atol=0.01)
    np.testing.assert_allclose(found.total[:, 0], exact, atol=0.01)


def test_intervals_hold_what_chance_in_the_ledger_truly_explains() -> None:
    """Two inputs and 200 realisations that add up: the shares of the variance are known, and the intervals hold them."""
    effects = np.random.default_rng(1).normal(size=200)
    exact = np.array([1.0 / 12.0, 0.25 / 12.0, 0.04 * effects.var()])
    exact /= exact.sum()
    inputs = (Input("a", "a"), Input("b", "b"), Input("projects", "projects", role="projects"))
    realised, held, repeats = Realisations(2020, {"flow": np.zeros((1, 200))}), np.zeros(2), 40
    for seed in range(repeats):
        sample = Sample(inputs, Saltelli(UNIT[:2], 1024, seed, groups=1))
        numbers = Draws(sample.count, seed, sample=sample, realised=realised).realisations(0, sample.count)
        first, second, _ = sample.columns(0, sample.count)
        output = (first + 0.5 * second + 0.2 * effects[numbers])[np.newaxis]
        found = sobol_indices(output, 3, np.zeros(sample.count, dtype=bool), RESAMPLES, seed)
        held += [
            (np.abs(found.first[:, 0] - exact) <= found.first_error[:, 0]).mean(),
            (np.abs(found.total[:, 0] - exact) <= found.total_error[:, 0]).mean(),
        ]
    assert (held / repeats > 0.88).all()


def test_an_output_that_never_varies_has_no_index() -> None:
    found = sobol_indices(rows(Saltelli(UNIT, BASE, 11)), INPUTS, NOTHING_LOST, RESAMPLES, SEED)
    for indices in (found.first, found.first_error, found.total, found.total_error):
        assert (indices[:, 3] == 0.0).all()
        assert np.isfinite(indices).all()


def test_a_base_point_with_a_lost_row_is_left_out_whole() -> None:
    outputs, lost = rows(Saltelli(UNIT, BASE, 11)), NOTHING_LOST.copy()
    stride = INPUTS + 2
    lost[[2 * stride + 3, 9 * stride]] = True
    outputs = np.where(lost, np.nan, outputs)
    found = sobol_indices(outputs, INPUTS, lost, RESAMPLES, SEED)
    kept = np.delete(outputs.reshape(4, BASE, stride), [2, 9], axis=1).reshape(4, -1)
    whole = sobol_indices(kept, INPUTS, NOTHING_LOST[: kept.shape[1]], RESAMPLES, SEED)
    assert (found.points, found.base) == (BASE - 2, BASE)
    np.testing.assert_array_equal(found.first, whole.first)
    np.testing.assert_array_equal(found.total_error, whole.total_error)


def test_no_indices_where_nothing_is_whole() -> None:
    with pytest.raises(ValueError, match="fewer than two base points"):
        sobol_indices(rows(Saltelli(UNIT, BASE, 11)), INPUTS, ~NOTHING_LOST, RESAMPLES, SEED)
    walk = Morris(UNIT, 4, 1)
    with pytest.raises(ValueError, match="fewer than two trajectories"):
        morris_effects(rows(walk), walk.unit(0, walk.count), np.ones(walk.count, dtype=bool))


@pytest.mark.parametrize("output", [0, 1, 2])
def test_morris_effects_are_those_of_salib(output: int) -> None:
    walk = Morris(UNIT, 20, 7)
    unit, outputs = walk.unit(0, walk.count), rows(walk)
    found = morris_effects(outputs, unit, np.zeros(walk.count, dtype=bool))
    oracle = salib_morris.analyze(PROBLEM, unit.T, outputs[output], num_levels=4)
    scale = np.abs(found.size).max(axis=0)[output]
    for ours, theirs in ((found.effect, "mu"), (found.size, "mu_star"), (found.deviation, "sigma")):
        np.testing.assert_allclose(ours[:, output], np.array(oracle[theirs], dtype=float), rtol=0, atol=1e-9 * scale)


def test_a_linear_model_has_its_coefficients_as_effects() -> None:
    walk = Morris(UNIT, 10, 2)
    found = morris_effects(rows(walk), walk.unit(0, walk.count), np.zeros(walk.count, dtype=bool))
    np.testing.assert_allclose(found.effect[:, 0], [3.0, 2.0, 1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.deviation[:, 0], 0.0, atol=1e-12)


def test_walks_move_every_input_once_on_the_grid() -> None:
    walk = Morris(UNIT, 30, 4)
    unit = walk.unit(0, walk.count).T.reshape(30, INPUTS + 1, INPUTS)
    steps = np.diff(unit, axis=1)
    np.testing.assert_allclose(np.abs(steps).sum(axis=2), STEP)
    np.testing.assert_allclose(np.abs(steps).sum(axis=1), STEP)
    assert set(np.round(unit * 3).ravel()) <= {0.0, 1.0, 2.0, 3.0}
    assert unit.min() >= 0.0
    assert unit.max() <= 1.0 + 1e-12


def test_saltelli_rows_exchange_one_input_at_a_time() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        design = Saltelli(UNIT[:3], 8, 1, groups=1)
        x = design.columns(0, design.count).reshape(4, 8, design.stride)
    a, b = x[:, :, 0], x[:, :, -1]
    np.testing.assert_array_equal(a[3], np.arange(8))
    np.testing.assert_array_equal(b[3], np.arange(8) + 8)
    for place in range(4):
        mixed = x[:, :, place + 1]
        np.testing.assert_array_equal(mixed[place], b[place])
        others = [item for item in range(4) if item != place]
        np.testing.assert_array_equal(mixed[others], a[others])
    np.testing.assert_array_equal(design.columns(5, 17), design.columns(0, design.count)[:, 5:17])
