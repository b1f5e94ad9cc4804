"""Published data and draws are judged alike: the same series gets the same class on both ways."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.bindings import Binding
from sim.plan.evaluation import Terms, evaluate
from sim.plan.progress import STANDINGS, Moment
from sim.plan.reading import Reading
from sim.plan.rule import rule_of
from tests.plan.lint.plans import data, measure, plan, target

BASE, END, ABOUT = 2020, 2025, 0.03
KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "level": ("level_at_year", "level", {}),
    "sum": ("cumulative_over_period", "cumulative", {"start_year": 2021}),
    "each_year": ("annual_flow_each_year", "each_year", {"start_year": 2021}),
    "growth": ("growth_rate_each_year", "average_growth", {"start_year": 2021, "unit": "%"}),
    "cut": ("reduction_over_period", "reduction", {"start_year": 2021, "unit": "%"}),
}
GOALS = {"level": 120.0, "sum": 550.0, "each_year": 105.0, "growth": 3.7, "cut": 11.3}


@pytest.mark.parametrize("kind", KINDS)
@given(
    seed=st.integers(0, 10**6),
    as_of=st.integers(2021, 2025),
    operator=st.sampled_from(["=", ">=", "<=", "~"]),
)
def test_the_same_series_gets_the_same_class(kind: str, seed: int, as_of: int, operator: str) -> None:
    series = np.random.default_rng(seed).uniform(60.0, 160.0, 6)
    printed_kind, reading, more = KINDS[kind]
    wanted = target("x", GOALS[kind], printed_kind, operator=operator, **more)
    known = data("x", {BASE + step: float(value) for step, value in enumerate(series) if BASE + step <= as_of})
    made = plan({"x": measure("x", history="x")}, [wanted], known, as_of=as_of)
    (row,) = evaluate(made, [wanted], Terms(as_of, BASE))
    binding = Binding(variable="x", reading=reading, price="nominal")  # type: ignore[arg-type]
    rule = rule_of(wanted, binding, ABOUT)
    moment = Moment(Reading(wanted, binding, (("x", ()),), 1.0, 1, END - BASE, rule), as_of - BASE)
    (place,) = moment.standings({"x": series[:, np.newaxis]})
    assert row.standing == STANDINGS[int(place)]
