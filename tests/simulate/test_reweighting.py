"""New data of a city: its stored sets of parameters are weighed anew, and nobody else's; too few left are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import Fault, InputError
from sim.city.city import open_city
from sim.ensemble.draws import Prior
from sim.inputs.home import Home
from sim.result.posterior import Posterior, read_posterior
from sim.simulate.draws import origin_of_draws, posterior_of
from sim.simulate.likelihood import reweighting
from sim.simulate.likelihood.errors_of_cities import Outside, Variances
from sim.simulate.likelihood.hindcast import factors_of
from sim.simulate.likelihood.reweighting import fitted_span, scores_of, systematic, up_to_date
from sim.studies.fit import PooledFit, fit_pooled, outside_of

Values = NDArray[Any]
MODEL = "prefecture"
YEARS, CITIES = 12, 3
SLOPES = np.random.default_rng(3).normal(size=(YEARS, 1, 1, CITIES, 2))
NOISE = 0.3 * np.random.default_rng(4).normal(size=(YEARS, 1, 1, CITIES))


def toy_errors(scores: Values) -> Values:
    """A model whose answers are straight lines."""
    found: Values = SLOPES @ scores - NOISE[..., np.newaxis]
    return found


@pytest.fixture(scope="module")
def toy() -> PooledFit:
    prior = Variances(np.array([0.04]), np.array([0.09]), np.zeros(1), np.zeros(1))
    return fit_pooled(toy_errors, 2, prior, lambda *_: None)


def sets(outside: Outside, errors: Values, count: int = 60_000) -> tuple[Values, Values]:
    """Many scores, and their weights by the density that some errors give."""
    scores = 1.5 * np.random.default_rng(1).standard_normal((2, count))
    density = outside.density(np.isfinite(errors[..., 0])).log_density(errors, scores)
    weights = np.exp(density - density.max() + 0.5 * np.square(scores / 1.5).sum(axis=0))
    return scores, weights / weights.sum()


def test_sets_weighed_anew_are_those_of_the_new_posterior(toy: PooledFit) -> None:
    """One value revised and one year more: by way of the old posterior, or directly, the mean is the same."""
    outside = outside_of(toy, 0)
    lines = SLOPES[..., 0, :]
    old = NOISE[..., 0].copy()
    old[-1] = np.nan
    new = NOISE[..., 0].copy()
    new[3] += 0.4

    def errors(scores: Values, published: Values) -> Values:
        found: Values = lines @ scores - published[..., np.newaxis]
        return found

    candidates = 1.5 * np.random.default_rng(1).standard_normal((2, 60_000))
    scores, weights = sets(outside, errors(candidates, old))
    drawn = scores[:, systematic(weights, 20_000, seed=2)]
    was = outside.density(np.isfinite(old)).log_density(errors(drawn, old), drawn)
    now = outside.density(np.isfinite(new)).log_density(errors(drawn, new), drawn)
    ratio = np.exp(now - was)
    by_weights = (drawn * ratio).sum(axis=1) / ratio.sum()
    _, directly = sets(outside, errors(candidates, new))
    assert by_weights == pytest.approx(candidates @ directly, abs=0.01)
    assert np.abs(by_weights - drawn.mean(axis=1)).max() > 0.02


def test_a_score_that_a_city_does_not_have_says_nothing(toy: PooledFit) -> None:
    outside = outside_of(toy, 0)
    some = replace(outside, shift=np.zeros_like(outside.shift), present=np.array([True, False]))
    scores = np.random.default_rng(5).standard_normal((1, 4))
    errors = (SLOPES[..., 0, :1] @ scores)[..., :]
    found = some.density(np.ones((YEARS, 1, 1), dtype=bool)).log_density(errors, scores)
    assert np.isfinite(found).all()
    both = replace(some, present=np.array([True, True]))
    assert both.density(np.ones((YEARS, 1, 1), dtype=bool)).root.shape == (YEARS + 2, YEARS + 2)


def test_what_is_kept_in_a_file_gives_the_same_density(toy: PooledFit) -> None:
    outside = outside_of(toy, 1)
    kept = Outside.of({name: values.astype(np.float32) for name, values in vars(outside).items()})
    scores = np.random.default_rng(6).standard_normal((2, 50))
    errors, known = toy_errors(scores)[..., 1, :], np.ones((YEARS, 1, 1), dtype=bool)
    assert kept.density(known).log_density(errors, scores) == pytest.approx(
        outside.density(known).log_density(errors, scores), abs=1e-3
    )


@pytest.mark.parametrize("prior", [Prior("p", 0.5, 1.0, 2.0), Prior("p", 1.0, 1.0, 3.0), Prior("p", 0.2, 1.0, 1.0)])
def test_scores_and_factors_are_each_other_s_inverse(prior: Prior) -> None:
    scores = np.linspace(-4.0, 4.0, 81)[np.newaxis]
    factors = factors_of({"p": prior}, ["p"], scores)
    assert scores_of({"p": prior}, ["p"], factors) == pytest.approx(scores, abs=1e-6)


def revised(home: Home, city: str, change: float, years: range = range(2012, 2020)) -> None:
    """Another real growth in some years, from every source, by so many points."""
    file = home.models / city / "history.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    for place, line in enumerate(lines):
        cells = line.split(",")
        if cells[2] == "gdp_growth_real" and int(cells[1]) in years and cells[3]:
            cells[3] = f"{float(cells[3]) + change:g}"
            lines[place] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def stored(home: Home, city: str) -> Posterior:
    found = read_posterior(home, city)
    assert isinstance(found, Posterior)
    return found


def test_what_has_not_changed_is_used_as_it_stands(home: Home) -> None:
    posterior = stored(home, "changsha")
    assert up_to_date(home, MODEL, posterior) is posterior


def test_texts_and_rows_that_are_not_fitted_change_no_number(copied: Home) -> None:
    for name, old, new in (
        ("changsha/history.csv", "changsha,2015,university_students,569400", "changsha,2015,university_students,599400"),
        ("changsha/sources.yaml", "title_zh: ", "title_zh: 又名"),
        ("prefecture/parameters.yaml", "label: {zh: 追赶速度", "label: {zh: 追赶的速度"),
    ):
        file = copied.models / name
        encoding = "utf-8-sig" if name.endswith("csv") else "utf-8"
        text = file.read_text(encoding=encoding)
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding=encoding)
    found = posterior_of(open_city(copied, "changsha"))
    assert isinstance(found, Posterior)
    assert found.worth_now is None
    assert all(np.array_equal(found.factors[name], values) for name, values in stored(copied, "changsha").factors.items())


@pytest.mark.slow
def test_weights_are_even_while_the_data_are_the_same(home: Home) -> None:
    posterior = stored(home, "changsha")
    again = reweighting._density(fitted_span(home, posterior), posterior)
    assert again == pytest.approx(posterior.log_density, abs=1e-3)


@pytest.mark.slow
def test_new_data_cost_the_city_s_own_weights_at_once_and_nobody_else_s(copied: Home) -> None:
    before = stored(copied, "changsha")
    revised(copied, "changsha", -0.8)
    found = posterior_of(open_city(copied, "changsha"))
    assert isinstance(found, Posterior)
    assert found.worth_now is not None
    assert reweighting.FEWEST_SETS < found.worth_now < 0.98 * before.count
    assert found.count == before.count
    trend = "momentum_life"
    kept = set(before.factors[trend].tolist())
    assert set(found.factors[trend].tolist()) < kept  # the same sets, in other numbers
    assert f"worth {found.worth_now:.0f} independent" in origin_of_draws(found).en
    assert "重新加权" in origin_of_draws(found).zh
    others = posterior_of(open_city(copied, "zhuzhou"))
    assert isinstance(others, Posterior)
    assert others.worth_now is None
    assert np.array_equal(others.factors[trend], stored(copied, "zhuzhou").factors[trend])


@pytest.mark.slow
def test_too_few_sets_are_refused_with_the_command(copied: Home) -> None:
    revised(copied, "changsha", -6.0)
    found = posterior_of(open_city(copied, "changsha"))
    assert isinstance(found, Fault)
    assert "independent ones, below 100" in found.message.en
    assert origin_of_draws(found).en.endswith("python -m sim calibrate changsha")


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "prefecture/technology.py",
            "-growth_momentum / momentum_life",
            "-1.01 * growth_momentum / momentum_life",
            "equations",
        ),
        ("prefecture/parameters.yaml", "prior: [0.01, 0.03]", "prior: [0.01, 0.04]", "equations or priors"),
    ],
)
@pytest.mark.slow
def test_other_equations_or_priors_ask_for_a_fit(file: str, old: str, new: str, reason: str, copied: Home) -> None:
    changed: Path = copied.models / file
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match="python -m sim calibrate changsha") as caught:
        up_to_date(copied, MODEL, stored(copied, "changsha"))
    assert reason in str(caught.value)
