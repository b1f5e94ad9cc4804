"""Distributions against scipy, designs against their definitions, and a sample's values as a block of draws reads them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.streams import normals
from sim.ensemble.designs import Distribution, Grid, Listed, Morris, PointDesign, Saltelli, Spreading, SpreadPoints
from sim.ensemble.draws import Draws, Input, Realisations, Sample, at_numbers
from sim.inputs.year_path import YearPath

U = np.linspace(0.001, 0.999, 401)
ORACLES = [
    (Distribution("uniform", (2.0, 5.0)), scipy.stats.uniform(2.0, 3.0)),
    (Distribution("triangular", (2.0, 3.0, 6.0)), scipy.stats.triang(0.25, 2.0, 4.0)),
    (Distribution("normal", (3.0, 0.5)), scipy.stats.norm(3.0, 0.5)),
    (Distribution("normal", (3.0, 0.5), 2.5, 4.0), scipy.stats.truncnorm(-1.0, 2.0, 3.0, 0.5)),
    (Distribution("lognormal", (2.0, 1.3)), scipy.stats.lognorm(np.log(1.3), 0.0, 2.0)),
]


@pytest.mark.parametrize(("ours", "oracle"), ORACLES)
def test_distributions_are_those_of_scipy(ours: Distribution, oracle: scipy.stats.rv_continuous) -> None:
    np.testing.assert_allclose(ours.at(U), oracle.ppf(U), rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(-5.0, 5.0), st.floats(0.01, 3.0), st.floats(-4.0, 4.0), st.floats(0.01, 4.0))
def test_what_is_cut_off_stays_within_its_ends(mean: float, sd: float, low: float, width: float) -> None:
    drawn = Distribution("normal", (mean, sd), low, low + width).at(np.linspace(0.0, 1.0, 101))
    assert np.isfinite(drawn).all()
    assert drawn.min() >= low
    assert drawn.max() <= low + width
    assert (np.diff(drawn) >= 0.0).all()


def test_a_lognormal_cut_off_is_that_of_its_logarithm() -> None:
    drawn = Distribution("lognormal", (2.0, 1.5), 0.0, 3.0).at(U)
    oracle = scipy.stats.truncnorm(-np.inf, np.log(1.5) / np.log(1.5), np.log(2.0), np.log(1.5))
    np.testing.assert_allclose(drawn, np.exp(oracle.ppf(U)), rtol=1e-9)


def test_listed_values_are_equally_likely_and_a_sample_gives_its_quantiles_back() -> None:
    values = Distribution("values", (1.0, 5.0, 9.0)).at(np.array([0.0, 0.2, 0.34, 0.6, 0.67, 1.0]))
    assert values.tolist() == [1.0, 1.0, 5.0, 5.0, 9.0, 9.0]
    drawn = np.random.default_rng(1).normal(size=500)
    np.testing.assert_allclose(Distribution("sample", tuple(drawn)).at(U), np.quantile(drawn, U), rtol=1e-12)


def test_a_grid_holds_every_combination_once_and_the_last_changes_fastest() -> None:
    grid = Grid(((1.0, 2.0), (10.0, 20.0, 30.0)))
    assert grid.columns(0, 6).T.tolist() == [[a, b] for a in (1.0, 2.0) for b in (10.0, 20.0, 30.0)]
    assert Listed(((1.0, 2.0), (3.0, 4.0))).columns(0, 2).T.tolist() == [[1.0, 3.0], [2.0, 4.0]]


DISTRIBUTIONS = (Distribution("uniform", (0.0, 1.0)), Distribution("triangular", (1.0, 2.0, 4.0)))
DESIGNS: list[PointDesign] = [
    Grid(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0, 7.0))),
    Listed((tuple(range(12)), tuple(range(12, 24)))),
    SpreadPoints("random", ("a", "b"), DISTRIBUTIONS, 300, 3),
    SpreadPoints("sobol", ("a", "b"), DISTRIBUTIONS, 300, 3),
    SpreadPoints("latin_hypercube", ("a", "b"), DISTRIBUTIONS, 300, 3),
    Saltelli(DISTRIBUTIONS, 32, 3, groups=1),
    Morris(DISTRIBUTIONS, 9, 3),
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
def test_any_part_of_a_design_is_that_part_of_the_whole(design: PointDesign) -> None:
    whole = design.columns(0, design.count)
    assert whole.shape[1] == design.count
    for start, stop in ((0, 1), (3, 7), (design.count - 5, design.count)):
        np.testing.assert_array_equal(design.columns(start, stop), whole[:, start:stop])


@pytest.mark.parametrize("kind", ["random", "sobol", "latin_hypercube"])
def test_spread_points_follow_their_distributions(kind: str) -> None:
    spread = SpreadPoints(kind, ("a", "b"), DISTRIBUTIONS, 4096, 5)  # type: ignore[arg-type]
    a, b = spread.columns(0, spread.count)
    assert scipy.stats.kstest(a, "uniform").statistic < 0.03
    assert scipy.stats.kstest(b, scipy.stats.triang(1.0 / 3.0, 1.0, 3.0).cdf).statistic < 0.03
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05


def test_a_latin_hypercube_has_one_point_in_every_stratum() -> None:
    a, _ = SpreadPoints("latin_hypercube", ("a", "b"), DISTRIBUTIONS, 200, 5).columns(0, 200)
    assert sorted((a * 200).astype(int).tolist()) == list(range(200))


def test_another_seed_or_input_is_another_sample_and_the_same_is_the_same() -> None:
    def fingerprint(seed: int = 1, key: str = "a", members: int = 0) -> str:
        return Sample((Input(key, "a"),), SpreadPoints("random", ("a",), DISTRIBUTIONS[:1], 10, seed), members).fingerprint

    assert fingerprint() == fingerprint()
    assert len({fingerprint(), fingerprint(seed=2), fingerprint(key="b"), fingerprint(members=4)}) == 4


CENTRAL = {"lever": YearPath(np.array([1.0, 2.0, 3.0]), (2021,), (np.array([1.0, 2.0, 3.0]),)), "rate": YearPath(np.array(0.5))}


def test_a_lever_leaves_the_base_year_and_the_other_members_as_they_were() -> None:
    item = Input("lever.b", "lever", members=np.array([False, True, False]), first_year=2021)
    block = Draws(2, sample=Sample((item,), Listed(((7.0, 8.0),)))).block(CENTRAL, 0, 2)
    assert block.value("lever", 2020).tolist() == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    assert block.value("lever", 2021).tolist() == [[1.0, 1.0], [7.0, 8.0], [3.0, 3.0]]
    assert block.drawn == {"lever"}


def test_two_members_of_one_parameter_and_factors_are_swept_together() -> None:
    members = [Input(f"lever.{name}", "lever", members=np.arange(3) == place) for place, name in enumerate("abc")][:2]
    factor = Input("rate", "rate", relative=True)
    sample = Sample((*members, factor), Listed(((7.0,), (8.0,), (3.0,))))
    block = Draws(1, sample=sample).block(CENTRAL, 0, 1)
    assert block.value("lever", 2030).ravel().tolist() == [7.0, 8.0, 3.0]
    assert block.value("rate", 2030).item() == 1.5


def test_members_that_are_not_swept_are_drawn_as_usual() -> None:
    item = Input("lever.b", "lever", members=np.array([False, True, False]), relative=True)
    factors = np.array([1.0, 2.0])
    draws = Draws(2, stored={"lever": factors}, sample=Sample((item,), Listed(((3.0, 3.0),))))
    assert draws.block(CENTRAL, 0, 2).value("lever", 2020).tolist() == [[1.0, 2.0], [6.0, 6.0], [3.0, 6.0]]


def test_draws_of_every_point_share_their_luck() -> None:
    sample = Sample((Input("rate", "rate"),), Listed(((0.1, 0.2, 0.3),)), members=4)
    draws = Draws(sample.count, 9, stored={"other": np.arange(10.0)}, sample=sample)
    central = {**CENTRAL, "other": YearPath(np.array(1.0))}
    whole = draws.block(central, 0, 12)
    assert whole.value("rate", 2025).tolist() == np.repeat([0.1, 0.2, 0.3], 4).tolist()
    for values in (whole.value("noise:x", 2025), whole.value("other", 2025)):
        np.testing.assert_array_equal(values.reshape(3, 4), np.tile(values[:4], (3, 1)))
    assert len(set(whole.value("noise:x", 2025)[:4].tolist())) == 4
    part = draws.block(central, 3, 9)
    np.testing.assert_array_equal(part.value("noise:x", 2025), whole.value("noise:x", 2025)[3:9])


def test_shocks_and_projects_may_be_swept_by_number() -> None:
    inputs = (Input("shocks", "shocks", role="shocks"), Input("projects", "projects", role="projects"))
    sample = Sample(inputs, Listed(((5.0, 2.0, 5.0), (1.0, 0.0, 4.0))))
    realised = Realisations(2020, {"flow": np.arange(6.0).reshape(2, 3)})
    block = Draws(3, 9, sample=sample, realised=realised).block({}, 0, 3)
    numbers = normals(9, "noise:x", 0, 6, 2025)
    np.testing.assert_array_equal(block.value("noise:x", 2025), numbers[[5, 2, 5]])
    assert block.value("flow", 2021).tolist() == [4.0, 3.0, 4.0]


def test_morris_stays_within_the_middle_of_what_has_no_ends() -> None:
    open_ended, closed = Distribution("normal", (0.0, 1.0)), Distribution("uniform", (0.0, 1.0))
    values = Morris((open_ended, closed), 50, 3).columns(0, 150)
    assert np.abs(values[0]).max() == pytest.approx(scipy.stats.norm.ppf(0.975))
    assert (values[1].min(), values[1].max()) == (0.0, 1.0)


@pytest.mark.parametrize("kind", ["sobol", "latin_hypercube", "random"])
def test_what_draws_share_is_independent_of_where_their_point_lies(kind: Spreading) -> None:
    """A Sobol sequence runs through its range in steps of eight: counting realisations on would tie them to it."""
    count, realised = 1 << 15, Realisations(2020, {"flow": np.zeros((1, 200))})
    design = SpreadPoints(kind, ("rate",), (Distribution("uniform", (0.0, 1.0)),), count, 7)
    sample = Sample((Input("rate", "rate"),), design)
    draws = Draws(count, 7, stored={"other": np.zeros(1000)}, realised=realised, sample=sample)
    place = sample.columns(0, count)[0]
    for numbers_of in (draws.realisations, draws.rows):
        numbers = numbers_of(0, count)
        assert numbers is not None
        spread = np.array([place[numbers == number].std() for number in range(100)])
        assert (np.abs(spread - 1.0 / np.sqrt(12.0)) < 0.1).all()
        np.testing.assert_array_equal(numbers[100:110], numbers_of(100, 110))


def test_silence_is_no_shock() -> None:
    block = Draws(3, 9, silent=True).block({}, 0, 3)
    assert block.value("noise:x", 2025).tolist() == [0.0]


def test_values_at_numbers_come_from_the_range_that_holds_them() -> None:
    for numbers in ([3, 4, 5], [5, 3, 4], [2, 2, 9]):
        found = at_numbers(np.array(numbers), lambda first, last: np.arange(first, last) * 10.0)
        assert found.tolist() == [10.0 * number for number in numbers]
