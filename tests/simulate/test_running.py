"""Sweeps of the city's model: the same numbers wherever they are run, as a run has them, and as single runs have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from sim.base.errors import InputError, Place, RunError, UsageError
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, Origin
from sim.engine.kernel import compile_kernel
from sim.ensemble.blocks import BlockRunner, LostDraw, Task
from sim.ensemble.designs import Listed
from sim.ensemble.draws import Draws, Input, Sample
from sim.inputs.home import Home
from sim.inputs.sweep_section import Over
from sim.inputs.year_path import YearPath
from sim.model import Array, stock
from sim.plan.probability import Conditions
from sim.simulate import opening, pipeline
from sim.simulate.design import Design, completed
from sim.simulate.draws import run_draws
from sim.simulate.sweeps.board import board_of
from sim.simulate.sweeps.running import (
    Sweep,
    kept_of,
    on_this_machine,
    prepare_sweep,
    sweep_in_memory,
    sweep_to_folder,
    swept_folder,
)
from sim.simulate.sweeps.sensitivity import (
    Unknown,
    indices_of,
    morris_design,
    most_influential,
    saltelli_design,
    series_of,
    unknowns_of,
)
from sim.simulate.sweeps.statistics import bands, probabilities
from tests.tiny import graph_of

ALONE = on_this_machine(1)
DEMAND, POLICY = "external_demand_lead", "rd_policy"


@pytest.fixture(scope="module")
def case(home: Home) -> opening.Case:
    [case] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
    return case


def over(**ranges: Any) -> tuple[Over, ...]:
    return tuple(Over(key, raw, Place(key=key)) for key, raw in ranges.items())


def ready(case: opening.Case, **more: Any) -> Sweep:
    return prepare_sweep(case, completed(case, Design(**more)))


@pytest.fixture(scope="module")
def ensemble(case: opening.Case) -> Sweep:
    return ready(case, draws=1500, seed=6)


@pytest.fixture(scope="module")
def drawn(ensemble: Sweep) -> xr.Dataset:
    return sweep_in_memory(ensemble, ALONE)


def test_the_default_sweep_draws_what_a_run_draws(ensemble: Sweep, drawn: xr.Dataset, case: opening.Case) -> None:
    of_run = run_draws(ensemble.outcome, Design(1500, 6, 1))
    found = bands(drawn)
    assert set(ensemble.task.outputs) <= set(of_run.quantiles)  # a run sums up what its figures show besides
    for name in ensemble.task.outputs:
        quantiles = of_run.quantiles[name]
        np.testing.assert_array_equal(found[name].transpose("quantile", "year", ...).values, quantiles)
        np.testing.assert_allclose(found[f"{name}_mean"].values, of_run.mean[name], rtol=1e-12)
    chances = probabilities(drawn)
    for target, share in of_run.shares.items():
        assert chances["probability"].sel(target=target).item() == share.probability
        assert chances["error"].sel(target=target).item() == pytest.approx(share.standard_error, rel=1e-12)
    assert of_run.all_met is not None
    assert chances["joint"].item() == of_run.all_met.probability


def test_a_folder_and_any_number_of_workers_give_the_same(ensemble: Sweep, drawn: xr.Dataset, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        stored = sweep_to_folder(ensemble, folder, on_this_machine(workers), lambda *numbers: told.append(numbers))
        for name in drawn.data_vars:
            np.testing.assert_array_equal(stored[name].values, drawn[name].values)
    assert told[0] == (0, 1500, 0)
    assert told[-1] == (1500, 1500, 0)


def test_a_folder_is_held_while_its_draws_are_summed_up(ensemble: Sweep, tmp_path: Path) -> None:
    with (
        swept_folder(ensemble, tmp_path, ALONE),
        pytest.raises(UsageError, match="another program is writing"),
    ):
        sweep_to_folder(ensemble, tmp_path, ALONE)
    assert sweep_to_folder(ensemble, tmp_path, ALONE).sizes["draw"] == 1500


def test_draws_that_do_not_fit_in_memory_belong_in_a_folder(case: opening.Case) -> None:
    with pytest.raises(UsageError, match=r"draws take \d+ GB of memory  → name a folder="):
        sweep_in_memory(ready(case, draws=10_000_000), ALONE)


def test_what_is_complete_is_not_run_again(ensemble: Sweep, drawn: xr.Dataset, tmp_path: Path) -> None:
    sweep_to_folder(ensemble, tmp_path, ALONE)
    asked: list[Any] = []

    def nothing_left(_task: Task, _work: Any, portions: list[tuple[int, int]]) -> Any:
        asked.extend(portions)
        return iter(())

    again = sweep_to_folder(ensemble, tmp_path, nothing_left)
    assert asked == []
    np.testing.assert_array_equal(again["gdp_nominal"].values, drawn["gdp_nominal"].values)


def test_points_of_a_grid_are_the_runs_with_those_values(case: opening.Case, home: Home) -> None:
    draws = sweep_in_memory(ready(case, over=over(**{DEMAND: [0.02, 0.05], POLICY: [0.0, 0.01]})), ALONE)
    settings = ((DEMAND, "0.05"), (POLICY, "1 %"))
    [single] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), settings)
    results = pipeline.run(single).results
    assert draws["inputs"].values.T.tolist() == [[0.02, 0.0], [0.02, 0.01], [0.05, 0.0], [0.05, 0.01]]
    for name in ("gdp_nominal", "rd_intensity", "value_added_nominal"):
        np.testing.assert_allclose(draws[name].isel(draw=3).values, results[name].transpose("year", ...).values, rtol=1e-11)


def test_points_without_chance_judge_the_ledger_as_the_scorecard_does(home: Home) -> None:
    """Twelve points that are alike: a target that the ledger delivers is met at all of them or at none."""
    [district] = opening.open_cases(home, [home.scenarios / "district_plan.yaml"], None, (), ())
    sweep = ready(opening.with_projects(district), over=over(**{POLICY: [0.0] * 12}))
    met = sweep_in_memory(sweep, ALONE)["met"]
    delivered = [name for name in sweep.conditions.names if name not in sweep.conditions.readings]
    assert delivered
    verdicts = {score.target.id: score.verdict == "met" for score in sweep.outcome.scores}
    for target in delivered:
        assert met.sel(target=target).values.tolist() == [verdicts[target]] * 12


def test_layers_and_ledger_edits_are_part_of_what_a_sweep_is(case: opening.Case, home: Home) -> None:
    keys = {ready(case, draws=8).store.key}
    for settings in ((("ledger.cancel", "p0_tr_nanheng"),), (("rd_policy", "0.01"),)):
        [changed] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), settings)
        keys.add(ready(changed, draws=8).store.key)
    assert len(keys) == 3


def test_points_with_draws_differ_by_their_inputs_alone(case: opening.Case) -> None:
    draws = sweep_in_memory(ready(case, over=over(**{POLICY: [0.0, 0.0, 0.01]}), draws=30), ALONE)
    gdp = draws["rd_intensity"].sel(year=2025).values.reshape(3, 30)
    np.testing.assert_array_equal(gdp[0], gdp[1])
    assert (gdp[2] > gdp[0]).all()
    chances = probabilities(draws)["probability"]
    np.testing.assert_array_equal(chances.isel(point=0), chances.isel(point=1))


def test_a_board_gives_what_a_run_gives(case: opening.Case, home: Home) -> None:
    board = board_of(case, [POLICY, DEMAND], ["gdp_nominal", "rd_intensity"])
    settings = ((POLICY, "0.8 %"),)
    [single] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), settings)
    for moved, of in (({}, case), ({POLICY: "0.8 %"}, single)):
        results = pipeline.run(of).results
        answer = board.run(moved)
        for name in ("gdp_nominal", "rd_intensity"):
            np.testing.assert_allclose(answer[name].values, results[name].values, rtol=1e-11)
    [policy, demand] = board.levers
    assert (policy.key, policy.low, policy.high, policy.now) == (POLICY, -0.02, 0.05, 0.0)
    assert demand.now == 0.0


def test_a_board_refuses_what_it_cannot_move(case: opening.Case) -> None:
    board = board_of(case, [POLICY], ["gdp_nominal"])
    with pytest.raises(UsageError, match="did you mean 'rd_policy'"):
        board.run({"rd_polcy": 0.01})
    with pytest.raises(InputError, match="lies outside"):
        board.run({POLICY: 0.9})
    with pytest.raises(InputError) as caught:
        board_of(case, ["rd_polcy", "approval_days"], ["gdp"])
    assert len(caught.value.faults) == 3


@stock(unit="ratio", initial=1.0)
def level(level: Array, growth: Array) -> Array:
    return growth * level


def explosive(values: Sequence[float]) -> Task:
    request = KernelRequest(("level",), frozenset(), frozenset())
    kernel = compile_kernel(graph_of([level], {"growth": 0.1}), request)
    sample = Sample((Input("growth", "growth"),), Listed((tuple(values),)))
    draws = Draws(len(values), sample=sample, silent=True)
    return Task(kernel, Clock(2021, 2024), {"growth": YearPath(np.array(0.1))}, draws)


def test_a_lost_draw_is_not_a_number_and_is_named_with_its_inputs() -> None:
    task = explosive([0.1, 1e200, 0.2])
    start, arrays, note = kept_of(task.draws, Conditions(()), BlockRunner(task).run(0, 3))
    assert start == 0
    assert arrays["lost"].tolist() == [False, True, False]
    assert np.isnan(arrays["level"]).all(axis=0).tolist() == [False, True, False]
    [lost] = note["lost"]
    assert (lost["draw"], lost["origin"]["variable"], lost["swept"]) == (1, "level", {"growth": 1e200})


def test_a_sweep_of_which_every_draw_is_lost_fails(ensemble: Sweep, tmp_path: Path) -> None:
    class AllLost(BlockRunner):
        def run(self, start: int, stop: int) -> Any:
            result = super().run(start, stop)
            origin = Origin(2023, "gdp_nominal")
            return replace(result, lost=tuple(LostDraw(draw, origin) for draw in range(start, stop)))

    def spread(task: Task, work: Any, portions: list[tuple[int, int]]) -> Any:
        return (work(AllLost(task).run(*portion)) for portion in portions)

    with pytest.raises(RunError, match=r"all 1500 draws .*2023, gdp_nominal"):
        sweep_to_folder(ensemble, tmp_path, spread)
    with pytest.raises(RunError, match="all 1500 draws"):
        sweep_in_memory(ensemble, spread)


@pytest.fixture(scope="module")
def indexed(case: opening.Case) -> tuple[xr.Dataset, Sample]:
    ranges = over(**{DEMAND: {"uniform": [0.0, 0.08]}, POLICY: {"uniform": [0.0, 0.02]}})
    request = Design(over=ranges, seed=3)
    unknowns = unknowns_of(case, request)
    sampling = saltelli_design(case, unknowns, request, 64)
    assert sampling.sample is not None
    return sweep_in_memory(prepare_sweep(case, sampling), ALONE), sampling.sample


def test_indices_know_what_matters_for_what(indexed: tuple[xr.Dataset, Sample]) -> None:
    found = indices_of(*indexed, resamples=30)
    assert found.sizes["output"] == 14
    assert found["year"].values.tolist() == list(range(2021, 2036))
    total = found["total"].sel(year=2030)
    research = total.sel(output="rd_intensity")
    assert research.sel(input=POLICY).item() > 0.5
    assert research.sel(input=DEMAND).item() < 0.1
    assert total.sel(output="gdp_nominal", input="shocks").item() > 0.3
    assert np.isfinite(found.to_array()).all()
    assert found.attrs["base_points_lost"] == 0


def test_outputs_of_another_sample_are_refused(indexed: tuple[xr.Dataset, Sample], drawn: xr.Dataset) -> None:
    draws, sample = indexed
    for wrong in (drawn, draws.assign_attrs(sample="0" * 64), draws.drop_attrs()):
        with pytest.raises(InputError, match="another sample"):
            indices_of(wrong, sample)
    for wrong in (draws.isel(draw=slice(None, None, -1)), draws.isel(draw=slice(0, 30))):
        with pytest.raises(InputError, match="missing or out of order"):
            indices_of(wrong, sample)
    points = Sample(sample.inputs[:1], Listed(((0.0, 0.01),)))
    with pytest.raises(InputError, match="no Saltelli design"):
        indices_of(draws, points)


def test_lost_draws_are_counted_and_never_in_an_index(indexed: tuple[xr.Dataset, Sample]) -> None:
    draws, sample = indexed
    lost = np.zeros(draws.sizes["draw"], dtype=bool)
    lost[[3, 40]] = True
    holes = {str(name): array.where(~lost) for name, array in draws.items() if "year" in array.dims}
    holed = draws.assign(holes | {"lost": xr.DataArray(lost, dims="draw")})
    found = indices_of(holed, sample, resamples=10)
    assert found.attrs["base_points_lost"] == 2
    assert np.isfinite(found.to_array()).all()
    with pytest.raises(RunError, match="too little to analyse"):
        indices_of(draws.assign(lost=("draw", np.ones_like(lost))), sample)


def test_series_are_chosen_by_variable_or_member(drawn: xr.Dataset) -> None:
    years, series = series_of(drawn, ("value_added_nominal[manufacturing]", "gdp_nominal", "above_scale_firms"))
    assert years[0] == 2021
    names = list(series)
    assert names[:2] == ["value_added_nominal[manufacturing]", "gdp_nominal"]
    assert len(names) == 6
    member = drawn["value_added_nominal"].sel(sector="manufacturing", year=years).values.squeeze()
    np.testing.assert_array_equal(series[names[0]], member)
    with pytest.raises(UsageError, match="did you mean 'gdp_nominal'"):
        series_of(drawn, ("gdp_nomial",))


def test_screening_finds_what_moves_the_outputs(case: opening.Case) -> None:
    request = Design(seed=1, prior=True)
    unknowns: tuple[Unknown, ...] = unknowns_of(case, request)
    sampling = morris_design(unknowns, request, 4)
    assert sampling.sample is not None
    draws = sweep_in_memory(prepare_sweep(case, sampling), ALONE)
    found = indices_of(draws, sampling.sample)
    chosen = [item.input.key for item in most_influential(found, unknowns, 20)]
    assert len(chosen) == 20
    size = found["size"].sel(output="gdp_nominal", year=2030)
    assert str(size["input"].values[size.values.argmax()]) in chosen
    assert "crossing_rate" in chosen
