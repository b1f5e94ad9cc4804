"""What draws say together, against numpy, scipy and counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import xarray as xr

from sim.ensemble.reducers import Share
from sim.simulate.sweeps import statistics
from sim.simulate.sweeps.statistics import bands, correlations_between, points_of, probabilities, rank_correlations, spearman
from tests.simulate.draws import made

RANDOM = np.random.default_rng(4)
VALUES = RANDOM.normal(size=(3, 501)).cumsum(axis=0)


def test_bands_are_quantiles_mean_and_deviation() -> None:
    found = bands(made(VALUES), (0.05, 0.5, 0.9))
    np.testing.assert_allclose(found["output"], np.quantile(VALUES, (0.05, 0.5, 0.9), axis=-1), rtol=1e-12)
    np.testing.assert_allclose(found["output_mean"], VALUES.mean(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(found["output_sd"], VALUES.std(axis=-1, ddof=1), rtol=1e-12)


def test_bands_do_not_depend_on_how_many_series_are_sorted_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bands(made(VALUES))
    monkeypatch.setattr(statistics, "_NUMBERS_AT_A_TIME", 502)
    assert bands(made(VALUES)).identical(whole)


@pytest.mark.parametrize("numbers", [1, 2 * 500])
def test_nothing_depends_on_how_many_years_are_read_at_a_time(monkeypatch: pytest.MonkeyPatch, numbers: int) -> None:
    inputs, lost = np.repeat(np.arange(5.0), 100)[np.newaxis], np.arange(500) == 250
    draws = made(VALUES[:, :500], inputs=inputs, lost=lost)
    points = made(VALUES[:, :500], inputs=inputs, lost=lost, members=100, swept=1)
    whole = bands(draws), bands(points), rank_correlations(draws)
    monkeypatch.setattr(statistics, "_NUMBERS_READ", numbers)
    for found, expected in zip((bands(draws), bands(points), rank_correlations(draws)), whole, strict=True):
        xr.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)
        assert found.attrs == expected.attrs


def test_lost_draws_count_for_nothing() -> None:
    lost = np.zeros(501, dtype=bool)
    lost[[3, 77]] = True
    met = VALUES[-1:] > 0.0
    found, chances = bands(made(VALUES, lost=lost)), probabilities(made(VALUES, met=met, lost=lost))
    np.testing.assert_allclose(found["output"], np.quantile(VALUES[:, ~lost], found["quantile"], axis=-1), rtol=1e-12)
    assert chances["probability"].item() == met[:, ~lost].mean()
    assert chances.attrs["draws"] == 499


def test_statistics_by_point_are_those_of_the_draws_at_each_point() -> None:
    values = VALUES[:, :500]
    inputs = np.repeat(np.arange(5.0), 100)[np.newaxis]
    lost = np.zeros(500, dtype=bool)
    lost[250] = True
    draws = made(values, inputs=inputs, lost=lost, met=values[-1:] > 0.0, members=100, swept=1)
    found, chances = bands(draws), probabilities(draws)
    assert points_of(draws)["i0"].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    for point in range(5):
        part = slice(100 * point, 100 * point + 100)
        fine = values[:, part][:, ~lost[part]]
        np.testing.assert_allclose(found["output"].isel(point=point), np.quantile(fine, found["quantile"], axis=-1), rtol=1e-12)
        np.testing.assert_allclose(found["output_mean"].isel(point=point), fine.mean(axis=-1), rtol=1e-12)
        np.testing.assert_allclose(found["output_sd"].isel(point=point), fine.std(axis=-1, ddof=1), rtol=1e-12)
        assert chances["probability"].isel(point=point).item() == (fine[-1] > 0.0).mean()


def test_a_point_that_was_run_once_has_its_value_and_no_error() -> None:
    draws = made(VALUES[:, :4], inputs=[[1.0, 2.0, 3.0, 4.0]], met=[[True, False, True, True]], members=1, swept=1)
    found, chances = bands(draws), probabilities(draws)
    for level in found["quantile"].values:
        np.testing.assert_array_equal(found["output"].sel(quantile=level), VALUES[:, :4])
    assert [float(level) for level in found["quantile"]] == [0.5]
    assert "output_sd" not in found
    assert chances["probability"].values.tolist() == [[1.0, 0.0, 1.0, 1.0]]
    assert np.isnan(chances["error"]).all()


def test_probabilities_one_by_one_and_together() -> None:
    met = np.array([[1, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0, 1, 0]], dtype=bool)
    found = probabilities(made(VALUES[:, :8], met=met))
    assert found["probability"].values.tolist() == [5 / 8, 4 / 8]
    assert found["joint"].item() == 3 / 8
    smoothed = np.array([6, 5, 4]) / 10  # one more draw that meets it, one more that does not
    errors = np.sqrt(smoothed * (1.0 - smoothed) / 10)
    np.testing.assert_allclose([*found["error"].values, found["joint_error"].item()], errors, rtol=1e-12)


def test_draws_of_one_realisation_are_not_independent() -> None:
    met = np.tile([True, False, False, False], 100)[np.newaxis]  # four realisations: the first always meets it
    shared = {"realisation": np.arange(400) % 4}
    alone, grouped = (probabilities(made(np.zeros((2, 400)), met=met, shared=item)) for item in (None, shared))
    assert alone["error"].item() < 0.03
    by_group = np.array([1.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(grouped["error"].item(), by_group.std(ddof=1) / 2.0, rtol=1e-12)


def test_draws_of_one_stored_set_are_not_independent_either() -> None:
    sets = RANDOM.permutation(np.arange(400) % 40)
    met = (sets < 10)[np.newaxis]
    found = probabilities(made(np.zeros((2, 400)), met=met, shared={"parameter_set": sets}))
    by_set = (np.arange(40) < 10).astype(float)
    np.testing.assert_allclose(found["error"].item(), by_set.std(ddof=1) / np.sqrt(40), rtol=1e-12)


def test_sets_that_always_meet_one_realisation_are_counted_with_it() -> None:
    numbers, random = np.arange(400), np.random.default_rng(8)
    met = (random.random(400) < 0.2 + 0.6 * (numbers % 4 == 0))[np.newaxis]
    shared = {"realisation": numbers % 4, "parameter_set": numbers % 40}
    both, one = (
        probabilities(made(np.zeros((2, 400)), met=met, shared=item)) for item in (shared, {"realisation": numbers % 4})
    )
    assert both["error"].item() == one["error"].item()


def test_shares_and_errors_are_those_of_the_plain_rule() -> None:
    """Point by point and with lost draws, by the class that sums up runs."""
    random = np.random.default_rng(5)
    met, lost, numbers = random.random((2, 300)) < 0.4, random.random(300) < 0.1, random.integers(7, size=300)
    found = probabilities(made(np.zeros((2, 300)), met=met, lost=lost, members=30, shared={"realisation": numbers}))
    for point in range(10):
        part = slice(30 * point, 30 * point + 30)
        fine, of_point = ~lost[part], numbers[part]
        for place, row in enumerate(met[:, part] & fine):
            pairs = [(int(row[of_point == k].sum()), int(fine[of_point == k].sum())) for k in range(7)]
            share = Share(int(row.sum()), int(fine.sum()), tuple(pair for pair in pairs if pair[1]))
            assert found["probability"].values[place, point] == pytest.approx(share.probability, rel=1e-12)
            assert found["error"].values[place, point] == pytest.approx(share.standard_error, rel=1e-12)


def test_a_grid_without_targets_has_no_probabilities() -> None:
    assert probabilities(made(VALUES[:, :8], inputs=np.arange(8.0)[np.newaxis], members=2, swept=1))["probability"].size == 0


def test_without_targets_there_are_no_probabilities() -> None:
    found = probabilities(made(VALUES))
    assert found["probability"].size == 0
    assert "joint" not in found


def test_rank_correlations_are_those_of_scipy() -> None:
    inputs = np.array([VALUES[2] + RANDOM.normal(size=501), np.exp(-VALUES[1]), np.round(VALUES[0]), np.full(501, 3.0)])
    found = rank_correlations(made(VALUES, inputs=inputs))["output"].transpose("input", "year")
    for place, row in enumerate(inputs[:3]):
        for year in range(3):
            oracle = scipy.stats.spearmanr(row, VALUES[year]).statistic
            assert found[place, year].item() == pytest.approx(oracle, abs=1e-12)
            assert spearman(row, VALUES[year]) == pytest.approx(oracle, abs=1e-12)
    assert found[1, 1].item() == pytest.approx(-1.0)
    assert np.isnan(found[3]).all()
    assert spearman(inputs[3], VALUES[0]) == 0.0


def test_very_many_draws_are_represented_by_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "MOST_RANKED", 100)
    inputs = RANDOM.normal(size=(1, 501))
    found = rank_correlations(made(VALUES, inputs=inputs))
    assert found.attrs["draws"] == 100
    assert found["output"][0, 1].item() == pytest.approx(scipy.stats.spearmanr(inputs[0, :100], VALUES[1, :100]).statistic)


def test_outputs_are_correlated_with_each_other_in_a_year() -> None:
    draws = made(VALUES)
    draws["other"] = (("year", "draw"), -VALUES)
    draws.attrs["outputs"] = '["output", "other"]'
    found = correlations_between(draws, 2021)
    np.testing.assert_allclose(found, [[1.0, -1.0], [-1.0, 1.0]], atol=1e-12)
