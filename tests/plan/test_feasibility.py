"""Joint feasibility against brute force and closed forms."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.plan.feasibility import explained_variance, lift, relaxed_rules, shares_of, smallest_relaxation
from sim.plan.rule import Rule
from sim.report.study_words import VARIANCE_EXPLAINED
from sim.studies.plan.feasibility import crossing
from tests.conftest import ROOT

Truths = NDArray[np.bool_]


def tables(most: int = 7) -> st.SearchStrategy[Truths]:
    """Truth values of a few targets in forty draws, some targets hard, some easy."""

    def make(seed: int, count: int) -> Truths:
        generator = np.random.default_rng(seed)
        latent = generator.normal(size=(1, 40)) * generator.normal(size=(count, 1)) + generator.normal(size=(count, 40))
        return np.asarray(latent > generator.uniform(-1.5, 1.5, size=(count, 1)))

    return st.builds(make, st.integers(0, 10**6), st.integers(1, most))


def by_brute_force(met: Truths, required: float) -> tuple[int, float]:
    """The size of the smallest set without which the rest is met often enough, and the best that a set of that size does."""
    count = len(met)
    for size in range(count + 1):
        joints = [np.delete(met, chosen, axis=0).all(axis=0).mean() for chosen in combinations(range(count), size)]
        if max(joints) >= required:
            return size, float(max(joints))
    raise AssertionError("without any target everything is met")


@settings(max_examples=200)
@given(tables(), st.floats(0.05, 0.95))
def test_the_relaxation_is_the_smallest_and_the_best_of_its_size(met: Truths, required: float) -> None:
    found = smallest_relaxation(met, required)
    assert found.exact
    assert (len(found.targets), found.joint) == by_brute_force(met, required)
    assert np.delete(met, found.targets, axis=0).all(axis=0).mean() == found.joint


@given(tables(), st.floats(0.05, 0.95))
def test_a_search_that_is_given_up_says_so_and_still_does_what_it_promises(met: Truths, required: float) -> None:
    found = smallest_relaxation(met, required, most_nodes=1)
    joint = np.delete(met, found.targets, axis=0).all(axis=0).mean()
    assert joint == found.joint
    assert joint >= required


def test_a_constructed_pair_in_conflict_has_a_lift_below_one_and_one_of_it_must_give() -> None:
    generator = np.random.default_rng(5)
    pull = generator.normal(size=20_000)
    met = np.array([pull > 0.2, pull < -0.2, generator.normal(size=20_000) > -1.5])
    ratio, error = lift(met)
    assert ratio[0, 1] == 0.0
    assert ratio[0, 1] < 1.0 - 2.0 * error[0, 1]
    assert abs(ratio[0, 2] - 1.0) < 3.0 * error[0, 2]
    assert np.array_equal(ratio, ratio.T)
    found = smallest_relaxation(met, 0.35)
    assert len(found.targets) == 1
    assert found.targets[0] in (0, 1)


def test_lift_of_known_shares_and_of_what_never_happens() -> None:
    met = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]], dtype=bool)
    ratio, error = lift(met)
    assert ratio[0, 1] == 1.0
    assert ratio[0, 0] == 2.0
    assert np.isnan(ratio[0, 2])
    assert np.isnan(error[2, 2])


def _goals(operators: list[str]) -> tuple[NDArray[np.float64], list[Rule], Truths]:
    values = np.random.default_rng(3).normal(100.0, 10.0, size=(3, 5_000))
    rules = [Rule(operator, 80.0 if operator == "<=" else 120.0, 0.03) for operator in operators] + [Rule(">=", 90.0, 0.03)]
    return values, rules, np.array([rule.met(row) for rule, row in zip(rules, values, strict=True)])


@pytest.mark.parametrize("operators", [[">=", "="], ["<=", "<="], [">=", "<="], ["~", ">="], ["~", "<="]])
def test_relaxed_goals_are_looser_reach_what_is_asked_and_no_looser_than_that(operators: list[str]) -> None:
    values, rules, met = _goals(operators)
    loosened = relaxed_rules(values, rules, met, (0, 1), 0.5, np.full(3, np.nan))
    fine = [rule.met(row) for rule, row in zip(loosened, values[:2], strict=True)]
    joint = np.mean(np.logical_and.reduce([*fine, met[2]]))
    assert 0.5 <= joint < 0.52
    for loose, rule in zip(loosened, rules[:2], strict=True):
        assert loose.operator == rule.operator
        assert loose.value > rule.value if rule.below else loose.value < rule.value
        assert float(f"{loose.value:.4g}") == pytest.approx(loose.value)


def test_about_so_much_is_relaxed_by_its_own_rule() -> None:
    """A target of "about" is met a little below its number, and so is what it is relaxed to."""
    values, rules, met = _goals(["~", ">="])
    about, least = relaxed_rules(
        values[[0, 0, 2]], [rules[0], Rule(">=", 120.0, 0.03), rules[2]], met, (0, 1), 0.5, np.full(3, np.nan)
    )
    assert about.value == pytest.approx(least.value / 0.97, rel=2e-3)  # both are rounded to four digits


@pytest.mark.parametrize(("operator", "known"), [(">=", 112.0), ("~", 112.0), ("<=", 88.0)])
def test_no_goal_is_relaxed_past_what_is_published(operator: str, known: float) -> None:
    values, rules, met = _goals([operator, ">="])
    published = np.array([known, np.nan, np.nan])
    loosened = relaxed_rules(values, rules, met, (0, 1), 0.5, published)
    assert loosened[0].value == known
    nearer = np.array([rules[0].value, np.nan, np.nan])
    assert relaxed_rules(values, rules, met, (0, 1), 0.5, nearer)[0].value == rules[0].value


def test_knowing_what_decides_explains_all_and_knowing_noise_explains_nothing() -> None:
    generator = np.random.default_rng(11)
    inputs = generator.normal(size=(3, 20_000))
    met = np.array([inputs[0] > 0.0, inputs[0] + 0.0 * inputs[1] + inputs[2] > 0.0])
    known = explained_variance(met, inputs)
    assert known.share[0, 0] > 0.97
    assert known.low[0, 0] == 0.0
    assert known.high[0, 0] == 1.0
    assert known.share[:, 1] == pytest.approx([0.0, 0.0], abs=0.003)
    assert known.share[1, 0] == pytest.approx(1.0 / 3.0, abs=0.02)  # arcsin(1/2) / (pi/2) of a sum of two normals


def test_draws_that_share_their_parameters_count_once_for_chance() -> None:
    generator = np.random.default_rng(2)
    shared = np.tile(generator.normal(size=500), 8)
    met = generator.normal(size=(1, 4000)) > 0.0
    assert explained_variance(met, shared[np.newaxis]).share[0, 0] < 0.02


def test_draws_that_share_a_vector_widen_the_errors() -> None:
    generator = np.random.default_rng(7)
    groups = np.arange(2_000) % 20
    met = np.array([generator.normal(size=20)[groups] + 0.3 * generator.normal(size=2_000) > 0.0] * 2)
    (alone, _), (grouped, _) = shares_of(met), shares_of(met, groups)
    assert grouped.standard_error > 3.0 * alone.standard_error
    wide, narrow = lift(met, groups)[1][0, 1], lift(met)[1][0, 1]
    assert wide / narrow == pytest.approx(grouped.standard_error / alone.standard_error)


def test_the_promise_at_which_a_target_is_just_met() -> None:
    promised = np.linspace(0.0, 4.0, 5)
    rising, falling = 100.0 + 10.0 * promised, 140.0 - 10.0 * promised
    assert crossing(rising, 115.0, promised) == pytest.approx(1.5)
    assert crossing(falling, 115.0, promised) == pytest.approx(2.5)
    assert crossing(-rising, -115.0, promised) == pytest.approx(1.5)  # a ceiling: met below it
    assert crossing(rising, 150.0, promised) == np.inf
    assert crossing(-rising, -90.0, promised) == np.inf
    assert crossing(-rising, -150.0, promised) == -np.inf
    assert np.isnan(crossing(rising, 1e6, promised))


def test_explained_variance_is_called_so_and_never_the_value_of_knowing() -> None:
    """In code, reports and pages: what an unknown explains is not what it would be worth to know it."""
    files = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("README*.md")]
    value = re.compile("value[ _]of[ _](?:knowing|information)|worth knowing|最值得弄清|信息价值", re.IGNORECASE)
    assert [file.name for file in files if value.search(file.read_text(encoding="utf-8"))] == []
    assert VARIANCE_EXPLAINED.zh.endswith("（方差解释度）")
    assert "share of variance explained" in VARIANCE_EXPLAINED.en
