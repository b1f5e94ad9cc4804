"""Momentum fades, shocks are silent without draws, last once they came, and are as large as their parameters say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.city.city import City
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import kernel_for
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.inputs.year_path import YearPath
from sim.model.binding import own_values

Values = NDArray[Any]
OUTPUTS = ("gdp_real", "gdp_nominal", "gdp_deflator", "growth_momentum", "shocked_output", "shocked_prices", "price_index")
SHOCKS = ("common_output_shock", "own_output_shock", "common_industry_shock", "own_industry_shock", "common_price_shock",
          "own_price_shock", "common_firms_shock", "own_firms_shock",
          "weather_shock", "disaster_shock")  # fmt: skip


def run(world: City, sizes: dict[str, float], draws: int = 2, **changed: float) -> dict[str, Values]:
    """Outputs [year, dims..., draw] from 2020 to 2025 with factors on the sizes of the shocks, all others silent."""
    bound = own_values(world.data)
    values = dict(bound.values) | {name: YearPath(0.0 * bound.values[name].before + value) for name, value in changed.items()}
    kernel = kernel_for(world.graph, KernelRequest(OUTPUTS, frozenset(), bound.yearly))
    stored = {name: np.full(1, sizes.get(name, 0.0)) for name in SHOCKS}
    runner = BlockRunner(Task(kernel, Clock(2021, 2025), values, Draws(draws, 3, stored=stored)))
    return {name: value.copy() for name, value in runner.run(0, draws).values.items()}


def growth(values: Values) -> Values:
    return np.diff(np.log(values[:, 0]), axis=0)


def test_without_shocks_all_draws_are_the_central_run(world: City) -> None:
    found = run(world, {})
    assert np.ptp(found["gdp_nominal"], axis=-1).max() == 0.0
    assert (found["shocked_output"] == 1.0).all()


def test_the_base_year_knows_no_shock(world: City) -> None:
    found = run(world, dict.fromkeys(SHOCKS, 1.0), draws=50)
    assert np.ptp(found["gdp_nominal"][0], axis=-1).max() == 0.0
    assert np.ptp(found["gdp_nominal"][1], axis=-1).min() > 0.0


def test_a_shock_is_as_large_as_its_parameter_and_lasts(world: City) -> None:
    size = float(world.data.parameters["common_output_shock"].value.before)  # type: ignore[union-attr]
    found = np.log(run(world, {"common_output_shock": 1.0}, draws=4000)["shocked_output"][:, 0, 1])
    steps = np.diff(found, axis=0)
    assert steps.std(axis=-1) == pytest.approx(size, rel=0.05)
    assert np.abs(np.corrcoef(steps) - np.eye(5)).max() < 0.05
    assert found[-1].std() == pytest.approx(size * np.sqrt(5), rel=0.05)


def test_industry_and_services_move_against_each_other_and_farms_stand_still(world: City) -> None:
    found = np.log(run(world, {"own_industry_shock": 1.0}, draws=500)["shocked_output"][1, 0])
    assert np.allclose(found[1], -found[4])
    assert np.allclose(found[1], found[3])
    assert (found[0] == 0.0).all()


def test_a_price_shock_moves_nominal_figures_only(world: City) -> None:
    found = run(world, {"common_price_shock": 1.0}, draws=300)
    nominal, real = growth(found["gdp_nominal"]), growth(found["gdp_real"])
    size = float(world.data.parameters["common_price_shock"].value.before)  # type: ignore[union-attr]
    assert (nominal[0] - real[0]).std() == pytest.approx(size, rel=0.15)
    assert real[0].std() < 0.25 * size  # amounts of budgets follow the nation's prices and not the city's


def test_momentum_fades_over_its_mean_life(world: City) -> None:
    found = run(world, {}, momentum_life=2.0)["growth_momentum"][:, 0, 4, 0]
    assert found[1:] / found[:-1] == pytest.approx(np.exp(-1.0 / 2.0), rel=1e-4)  # as the closed form has it


def test_the_first_year_has_a_full_year_of_inflation(world: City) -> None:
    """Prices of the base year are its mean, and so are those of the first year: no half year is lost between them."""
    found = run(world, {}, national_inflation=0.03, farm_price_response=0.0, services_price_lead=0.0)["gdp_deflator"][:, 0, 0]
    assert found[1:3] / found[:2] - 1.0 == pytest.approx(0.03, rel=0.01)
