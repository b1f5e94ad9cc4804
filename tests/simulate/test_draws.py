"""Priors as factors: what they may be, and that a longer run draws the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from sim.base.errors import Faults, InputError
from sim.city.priors import prior_of
from sim.inputs.home import Home
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import priors_of_case, run_draws


@pytest.fixture(scope="module")
def case(home: Home) -> opening.Case:
    [case] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
    return case


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        ((0.06, 0.02), "down to"),
        ((0.02, 50.0), "outside"),
        ((0.2, 0.3), "does not hold"),
    ],
)
def test_a_prior_that_cannot_be_is_a_fault(case: opening.Case, prior: tuple[float, float], said: str) -> None:
    record = replace(case.city.data.parameters["catch_up"], prior=prior, common_factor=None)
    faults = Faults()
    prior_of(record, case.bound, 2035, faults)
    with pytest.raises(InputError, match=said):
        faults.raise_if_any(InputError)


def test_a_prior_of_a_value_of_zero_is_a_fault(case: opening.Case) -> None:
    paths = {name: path for name, path in case.bound.values.items() if name in case.city.data.parameters}
    zero = next(name for name, path in paths.items() if path.is_constant and not path.before.any())
    record = replace(case.city.data.parameters[zero], prior=(-0.1, 0.1), common_factor=None)
    faults = Faults()
    prior_of(record, case.bound, 2035, faults)
    with pytest.raises(InputError, match="a factor on it"):
        faults.raise_if_any(InputError)


def test_the_priors_as_shipped_stay_within_their_ranges(case: opening.Case) -> None:
    assert len(priors_of_case(case)) > 40


def test_a_longer_run_draws_the_same(home: Home) -> None:
    def draws(last_year: int) -> Mapping[str, object]:
        [case] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
        case = replace(case, last_year=last_year)
        ensemble = run_draws(pipeline.run(case), Design(40, 7, 1, prior=True))
        rows = 2025 - case.city.data.settings.base_year + 1
        return {name: values[:rows] for name, values in ensemble.mean.items()}

    short, long = draws(2025), draws(2035)
    for name, values in short.items():
        assert np.array_equal(values, long[name]), name  # type: ignore[arg-type]
