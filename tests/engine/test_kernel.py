"""The compiled kernel against the plain evaluator, and what a member of a batch owes to its neighbours: nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import RunError
from sim.city import describing
from sim.engine import integrate
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import compile_kernel
from sim.engine.methods import METHODS
from sim.engine.tape import Computed, Leaf, Phase
from sim.engine.workspace import Workspace
from sim.ensemble.blocks import CHUNK, BlockResult, BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.ensemble.workers import run_portions
from sim.inputs.home import Home
from sim.inputs.scenario import scenario_files
from sim.inputs.year_path import YearPath
from sim.model import Array, at, event, noise, shift, stock, total, variable
from sim.model.nodes import names_read
from sim.simulate import opening
from sim.simulate.draws import priors_of_case, task_of
from tests import plain
from tests.tiny import drawn_elsewhere, fail_if_unlike, graph_of, simulate

Values = NDArray[Any]


class ByYear:
    """A binding as the plain evaluator reads it."""

    def __init__(self, case: opening.Case) -> None:
        self._case = case

    def at_year(self, year: int) -> dict[str, Values]:
        return {name: self._case.bound.value(name, year) for name in self._case.bound.values}


def cases(home: Home) -> list[opening.Case]:
    return opening.open_cases(home, scenario_files(home.scenarios), None, (), ())


@pytest.fixture(scope="module")
def case(home: Home) -> opening.Case:
    return next(item for item in cases(home) if item.scenario.key == "plan_2025")


@pytest.mark.slow
def test_every_variable_of_every_scenario_equals_the_plain_evaluator(home: Home) -> None:
    for item in cases(home):
        fail_if_unlike_the_plain_evaluator(item, "euler")


@pytest.mark.parametrize("method", METHODS)
def test_every_variable_equals_the_plain_evaluator_in_every_method(case: opening.Case, method: str) -> None:
    fail_if_unlike_the_plain_evaluator(case, method)


def fail_if_unlike_the_plain_evaluator(item: opening.Case, method: str) -> None:
    graph, bound = item.city.graph, item.bound
    clock = Clock(2021, item.last_year, 4)
    request = KernelRequest(tuple(graph.quantities), bound.given, bound.yearly, METHODS[method], 4)
    ours = list(central_run(compile_kernel(graph, request), clock, bound))
    reference = plain.Simulator(graph, METHODS[method], clock, bound.given)
    fail_if_unlike(ours, list(reference.years(ByYear(item))), 1e-12)


def test_runs_of_one_kernel_do_not_disturb_each_other(case: opening.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, bound = case.city.graph, case.bound
    clock = Clock(2021, 2025, 4)
    kernel = compile_kernel(graph, KernelRequest(OUTPUTS, bound.given, bound.yearly, METHODS["euler"], 4))
    made: list[Workspace] = []

    def counted(*words: Any, **settings: Any) -> Workspace:
        made.append(Workspace(*words, **settings))
        return made[-1]

    monkeypatch.setattr(integrate, "Workspace", counted)
    halved = replace(bound, values={**bound.values, "planned_expenditure": _times(bound.values["planned_expenditure"], 0.5)})
    broken = replace(bound, values={**bound.values, "planned_expenditure": _times(bound.values["planned_expenditure"], np.inf)})
    alone = list(central_run(kernel, clock, bound))
    assert list(central_run(kernel, clock, halved))[-1].values["gdp_nominal"] != alone[-1].values["gdp_nominal"]
    again = list(central_run(kernel, clock, bound))
    assert len(made) == 1
    with pytest.raises(RunError):
        list(central_run(kernel, clock, broken))
    next(left_halfway := central_run(kernel, clock, bound))
    together = zip(central_run(kernel, clock, bound), central_run(kernel, clock, bound), strict=True)
    for expected, rows in zip(alone, zip(again, *zip(*together, strict=True), strict=True), strict=True):
        assert all((row.values[name] == expected.values[name]).all() for row in rows for name in OUTPUTS)
    assert next(left_halfway).year == clock.first


def _times(path: YearPath, factor: float) -> YearPath:
    return replace(path, before=path.before * factor, arrays=tuple(array * factor for array in path.arrays))


OUTPUTS = ("gdp_nominal", "manufacturing_share", "residents", "four_above_firms", "rd_intensity")


def values_of(result: BlockResult) -> dict[str, Values]:
    return {name: values.copy() for name, values in result.values.items()}


def results(task: Task, workers: int = 1) -> dict[str, Values]:
    parts = list(run_portions(task, values_of, workers))
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("left_over", [1, 2, 513])
def test_member_of_a_batch_equals_its_single_run(case: opening.Case, method: str, left_over: int) -> None:
    """Blocks that are full, and a last one of a few draws or of one."""
    case = replace(case, scenario=replace(case.scenario, method=method))
    priors = priors_of_case(case)
    size = task_of(case, OUTPUTS, Draws(1, 7, priors)).block if method == "euler" else 0
    task = task_of(case, OUTPUTS, Draws(size + left_over, 7, priors))
    together, count = results(task), size + left_over
    for member in {0, count // 2, count - 1}:
        alone = BlockRunner(task).run(member, member + 1).values
        for name in OUTPUTS:
            assert np.array_equal(together[name][..., member], alone[name][..., 0]), (name, member)


def test_members_do_not_depend_on_which_parameters_are_drawn(case: opening.Case) -> None:
    """Drawing more parameters, all at their central value, changes no bit."""
    priors = priors_of_case(case)
    few, many = priors[:3], priors
    task = task_of(case, OUTPUTS, Draws(6, 3, few))
    factors = {prior.name: np.ones(6) for prior in many} | task.draws.factors(0, 6)
    given = {name: case.bound.values[name].at(2021)[..., None] * factor for name, factor in factors.items()}
    constant = {name: value for name, value in given.items() if case.bound.values[name].is_constant}
    wide = task_of(case, OUTPUTS, Draws(6, 3, realised=drawn_elsewhere(constant)))
    narrow, broad = results(task), results(wide)
    for name in OUTPUTS:
        assert np.array_equal(narrow[name], broad[name]), name


def test_order_of_the_draws_permutes_the_results(case: opening.Case) -> None:
    """Without shocks, which belong to the number of a draw."""
    values = np.linspace(0.02, 0.06, 9)[None, :]
    silent = {name: np.zeros(1) for name in case.bound.values if name.endswith("_shock")}
    assert len(silent) == 12
    forwards, backwards = ({"external_demand_lead": order.copy()} for order in (values, values[:, ::-1]))
    straight = results(task_of(case, OUTPUTS, Draws(9, realised=drawn_elsewhere(forwards), stored=silent)))
    turned = results(task_of(case, OUTPUTS, Draws(9, realised=drawn_elsewhere(backwards), stored=silent)))
    for name in OUTPUTS:
        assert np.array_equal(straight[name], turned[name][..., ::-1])
    assert np.ptp(straight["gdp_nominal"][-1]) > 0


def test_any_number_of_workers_gives_the_same(case: opening.Case) -> None:
    task = task_of(case, OUTPUTS, Draws(1500, 5, priors_of_case(case)))
    alone = results(task)
    for workers in (2, 3):
        together = results(task, workers)
        for name in OUTPUTS:
            assert np.array_equal(alone[name], together[name]), (name, workers)


def test_float32_is_close_and_asked_for(case: opening.Case) -> None:
    double = task_of(case, OUTPUTS, Draws(64, 5, priors_of_case(case)))
    single = Task(double.kernel, double.clock, double.central, double.draws, "float32")
    exact, rough = results(double), results(single)
    for name in OUTPUTS:
        assert rough[name].dtype == np.float32
        assert exact[name].dtype == np.float64
        assert np.allclose(rough[name], exact[name], rtol=2e-3), name


def test_only_what_an_output_needs_is_computed(case: opening.Case) -> None:
    graph = case.city.graph
    request = KernelRequest(("past_surprises",), frozenset(), frozenset())
    kernel = compile_kernel(graph, request)
    assert {row.name for row in kernel.plan.rows} == {"past_surprises"}
    assert len(kernel.plan.sections[Phase.STEP]) == 1
    assert len(kernel.source) < len(describing.kernel_of(case.city).source) / 20


def test_no_cohort_cell_is_touched_within_a_year(case: opening.Case) -> None:
    plan = describing.kernel_of(case.city).plan
    touched = [plan.tape.owners[value] for value in plan.sections[Phase.STEP] if "age" in plan.tape.values[value].dims]
    assert touched == []
    assert all("age" not in row.dims for row in plan.rows)
    assert any("age" in plan.tape.values[value].dims for value in plan.sections[Phase.END])


def test_powers_share_one_exponential() -> None:
    @variable(unit="ratio")
    def product(a: Array, b: Array, c: Array, x: Array, y: Array) -> Array:
        return c * a**x * b**y / a**0.3

    graph = graph_of([product], dict.fromkeys("abcxy", 1.0))
    request = KernelRequest(("product",), frozenset(), frozenset())
    plan = compile_kernel(graph, request).plan
    names = [item.operation for item in plan.tape.values if isinstance(item, Computed)]
    assert names.count("exp") == 1
    assert names.count("log") == 2
    assert "power" not in names
    rows = simulate([product], {"a": 2.0, "b": 3.0, "c": 5.0, "x": 0.5, "y": 1.5})
    assert rows[2021]["product"] == pytest.approx(5.0 * 2.0**0.5 * 3.0**1.5 / 2.0**0.3, rel=1e-14)


def test_equal_expressions_are_computed_once_and_numbers_folded() -> None:
    @variable(unit="ratio")
    def first(a: Array, b: Array) -> Array:
        return np.exp(a + b) * (2.0 * 3.0)

    @variable(unit="ratio")
    def second(a: Array, b: Array) -> Array:
        return np.exp(b + a) + 1.0 * a + 0.0

    graph = graph_of([first, second], {"a": 1.0, "b": 1.0})
    request = KernelRequest(("first", "second"), frozenset(), frozenset({"a"}))
    plan = compile_kernel(graph, request).plan
    at_work = [
        item
        for value, item in enumerate(plan.tape.values)
        if isinstance(item, Computed) and plan.tape.phases[value] == Phase.YEAR
    ]
    assert sorted(item.operation for item in at_work) == ["add", "add", "exp", "multiply"]


def test_random_numbers_do_not_move_when_a_name_or_a_year_is_added() -> None:
    @variable(unit="ratio")
    def shock(base: Array) -> Array:
        return base * noise("weather", like=base)

    @variable(unit="ratio")
    def other(base: Array) -> Array:
        return base + noise("prices", like=base)

    def run(declared: list[Any], last: int) -> Values:
        graph = graph_of(declared, {"base": 1.0})
        request = KernelRequest(("shock",), frozenset(), frozenset())
        kernel = compile_kernel(graph, request)
        runner = BlockRunner(Task(kernel, Clock(2021, last), _central({"base": 1.0}), Draws(50, 11)))
        return runner.run(0, 50).values["shock"]

    short, long = run([shock], 2023), run([shock, other], 2025)
    assert np.array_equal(short, long[: len(short)])
    assert np.ptp(short[1]) > 1.0
    assert not np.array_equal(short[1], short[2])


def _central(values: dict[str, float]) -> dict[str, YearPath]:
    return {name: YearPath(np.array(value)) for name, value in values.items()}


@stock(unit="ratio", initial=1.0)
def level(level: Array, pull: Array) -> Array:
    return np.log(1.0 - level * pull) + 1.0


@variable(unit="ratio")
def doubled(level: Array) -> Array:
    return 2.0 * level


def test_a_draw_that_is_lost_is_named_with_year_and_variable() -> None:
    graph = graph_of([level, doubled], {"pull": 0.1})
    request = KernelRequest(("doubled",), frozenset(), frozenset())
    pulls = np.array([0.0, 2.0, 0.01, 5.0])
    draws = Draws(4, realised=drawn_elsewhere({"pull": pulls}))
    task = Task(compile_kernel(graph, request), Clock(2021, 2025), _central({"pull": 0.1}), draws)
    result = BlockRunner(task).run(0, 4)
    assert [lost.draw for lost in result.lost] == [1, 3]
    assert [(lost.origin.year, lost.origin.variable) for lost in result.lost if lost.origin] == [(2021, "level")] * 2
    assert np.isfinite(result.values["doubled"][:, [0, 2]]).all()


@pytest.mark.parametrize("count", [1, 1024, 1025, 10_000, 40_000])
@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_portions_are_whole_chunks_dealt_out_evenly(case: opening.Case, count: int, workers: int) -> None:
    task = task_of(case, OUTPUTS, Draws(count))
    portions = task.portions(workers)
    assert [draw for start, stop in portions for draw in (start, stop)][1:-1:2] == [start for start, _ in portions[1:]]
    assert (portions[0][0], portions[-1][1]) == (0, count)
    assert all(start % CHUNK == 0 for start, _ in portions)
    assert max(stop - start for start, stop in portions) <= max(task.block, CHUNK)
    busiest = max(sum(stop - start for start, stop in portions[worker::workers]) for worker in range(workers))
    assert busiest <= CHUNK * math.ceil(math.ceil(count / CHUNK) / workers)


def test_a_stock_with_an_event_that_reads_another_event_sees_its_result() -> None:
    dims = {"first_base": ("age",), "second_base": ("age",)}

    @stock(unit="ratio", dims=("age",), initial="first_base")
    def first() -> Array:
        return 0.0  # type: ignore[return-value]

    @stock(unit="ratio", dims=("age",), initial="second_base")
    def second() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio")
    def together(first: Array, second: Array) -> Array:
        return total(first + second, over="age")

    @event(stock="first", order=1)
    def older(first: Array, second: Array) -> Array:
        return shift(first, along="age") + 0.1 * second

    @event(stock="second", order=2)
    def other(first: Array, second: Array) -> Array:
        return second + at(first, age="1")

    start = np.array([1.0, 2.0, 3.0, 4.0])
    rows = simulate(
        [first, second, together, older, other], {"first_base": start, "second_base": 2 * start}, dims=dims, years=3
    )
    moved = np.array([0.0, 1.0, 2.0, 7.0]) + 0.1 * 2 * start
    assert np.allclose(rows[2021]["first"], moved)
    assert np.allclose(rows[2021]["second"], 2 * start + moved[1])


def test_the_plan_reads_no_name_that_is_not_there(case: opening.Case) -> None:
    """Every leaf of the kernel is a parameter, a stock, a hidden stock or the time."""
    graph = case.city.graph
    known = {*graph.parameters, *graph.stocks, *graph.hidden, "time"}
    known |= {name for node in graph.equations.values() for name in names_read(node)}
    leaves = [item.name.split("@")[0] for item in describing.kernel_of(case.city).plan.tape.values if isinstance(item, Leaf)]
    assert leaves
    assert set(leaves) <= known


def test_an_exponent_that_is_large_only_in_parts_does_not_overflow() -> None:
    @variable(unit="ratio")
    def demand(base: Array, growth: Array, time: Array) -> Array:
        return base * np.exp(growth * (time - 2021.0)) * 1.5**growth

    rows = simulate([demand], {"base": 2.0, "growth": 0.7}, years=3)
    assert rows[2023]["demand"] == pytest.approx(2.0 * np.exp(2.1) * 1.5**0.7, rel=1e-12)


def test_logarithms_of_products_and_their_sums_keep_their_value() -> None:
    @variable(unit="ratio", dims=("sector",))
    def relative(x: Array, y: Array, k: Array, time: Array) -> Array:
        moving = x * (time - 2020.0)
        return np.log(3.0 * np.exp(y * moving) * moving / (k * np.exp(moving))) + 2.0 * (1.0 + 0.5 * (moving / 4.0 - 1.0))

    x, k = np.array([0.5, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])
    rows = simulate([relative], {"x": x, "y": 0.3, "k": k}, dims={"x": ("sector",), "k": ("sector",)}, years=2)
    moving = x * 3.0
    expected = np.log(3.0 * np.exp(0.3 * moving) * moving / (k * np.exp(moving))) + 2.0 * (0.5 + 0.125 * moving)
    assert np.allclose(rows[2022]["relative"], expected, rtol=1e-13)
