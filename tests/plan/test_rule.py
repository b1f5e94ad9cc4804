"""The one rule by which a number meets a target."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.plan.rule import Rule, about_sentence

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATORS = st.sampled_from([">", ">=", "=", "<=", "~"])
VALUES = st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-3)


@given(OPERATORS, VALUES, st.floats(0.0, 0.4), st.booleans())
def test_the_limit_is_where_the_rule_turns(operator: str, value: float, about: float, ceiling: bool) -> None:  # noqa: FBT001
    rule = Rule(operator, value, about, is_ceiling=ceiling)
    beyond = 1e-6 * abs(value) * (-1.0 if rule.below else 1.0)
    assert rule.met(rule.limit + beyond)
    assert not rule.met(rule.limit - beyond)
    if operator != "~":
        assert rule.limit == value


@given(OPERATORS, VALUES, st.floats(0.0, 0.4), st.booleans())
def test_a_value_is_found_again_from_its_limit(operator: str, value: float, about: float, ceiling: bool) -> None:  # noqa: FBT001
    rule = Rule(operator, value, about, is_ceiling=ceiling)
    assert rule.value_met_by(rule.limit) == pytest.approx(value)


@given(OPERATORS, VALUES, st.integers(1, 40), st.integers(0, 10**6))
def test_verdict_and_probability_cannot_disagree(operator: str, value: float, count: int, seed: int) -> None:
    rule = Rule(operator, value, 0.03)
    draws = value * np.random.default_rng(seed).uniform(0.8, 1.2, count)
    share = float(rule.met(draws).mean())
    verdict = rule.verdict_of_draws(float(np.median(draws)), share)
    assert (verdict == "met") == (share >= 0.5)
    if count % 2:  # the median is a draw
        assert (verdict == "met") == (rule.verdict(float(np.median(draws))) == "met")


def test_about_is_said_with_the_tolerance_of_the_city() -> None:
    assert "97%" in about_sentence(0.03).zh
    assert "90 %" in about_sentence(0.10).en


def test_nowhere_else_is_a_number_held_against_a_target_s() -> None:
    """Comparisons with the number of a target stand in rule.py; lint compares texts with each other, another matter."""
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in (ROOT / "sim").rglob("*.py")
        if file.name != "rule.py" and "lint" not in file.parts
        for line in file.read_text(encoding="utf-8").splitlines()
        if any(mark in line for mark in (">= target.value", "> target.value", "<= target.value", "about_tolerance *"))
    ]
    assert not found
