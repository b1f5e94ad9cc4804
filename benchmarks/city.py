"""The full city model: draws on one core, a single run, loading and compiling, whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.records import Record, alone, median, record
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import Kernel, kernel_for
from sim.engine.methods import METHODS
from sim.engine.plan import KernelPlan
from sim.engine.tape import Phase
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.inputs.home import find_home
from sim.inputs.scenario_file import DEFAULT_METHOD
from sim.ledger.realise import realised
from sim.simulate import opening, pipeline
from sim.simulate.draws import priors_of_case, realisations_of, task_of

ROOT = Path(__file__).resolve().parent.parent
HOME = find_home(ROOT)


def open_case(method: str = DEFAULT_METHOD, scenario: str = "plan_2025") -> opening.Case:
    """The plan's scenario with a method."""
    with tempfile.TemporaryDirectory() as folder:
        text = (HOME.scenarios / f"{scenario}.yaml").read_text(encoding="utf-8")
        for file in HOME.scenarios.glob("*.yaml"):
            (Path(folder) / file.name).write_bytes(file.read_bytes())
        changed = Path(folder) / f"{scenario}_{method}.yaml"
        changed.write_text(f"{text}\nmethod: {method}\n", encoding="utf-8")
        return opening.with_projects(opening.open_cases(HOME, [changed], None, (), ())[0])


def indicators(case: opening.Case) -> tuple[str, ...]:
    """What an ensemble gathers: variables of the targets and of the published figures."""
    bindings = case.city.catalogue.bindings
    named = (bindings[target.id] for target in case.selection.targets if target.id in bindings)
    bound = {name for binding in named for name in (binding.variable, binding.over) if name is not None}
    return tuple(sorted(bound | {check.variable for check in case.city.checks}))


def city_task(case: opening.Case, count: int) -> Task:
    """Draws from the priors, gathered as a run does."""
    return task_of(case, indicators(case), Draws(count, 0, priors_of_case(case), realised=realisations_of(case)))


def run_alone(task: Task) -> None:
    """All blocks on one core, nothing gathered."""
    runner = BlockRunner(task)
    for start, stop in task.portions():
        runner.run(start, stop)


def elements(plan: KernelPlan, clock: Clock, stages: int) -> int:
    """Cells that are computed for one draw in a run: the work, whatever the time."""
    cells = {phase: sum(plan.tape.cells(value) for value in values) for phase, values in plan.sections.items()}
    years = len(clock.years)
    yearly = cells[Phase.YEAR] + cells[Phase.END] + cells[Phase.STEP] * clock.steps_per_year * stages
    return cells[Phase.ONCE] + years * yearly


def city_records(draws: int, repeats: int) -> list[Record]:
    """Draws on one core and single runs, Euler and the default method."""
    found = []
    for method in ("euler", DEFAULT_METHOD):
        case = open_case(method)
        task = city_task(case, draws)
        work = elements(task.kernel.plan, task.clock, len(METHODS[method].nodes))
        seconds = median(lambda task=task: run_alone(task), repeats)  # type: ignore[misc]
        found.append(record(f"city {method}", "this project", draws, seconds, "one core", work))
        kernel = whole_kernel(case)
        clock = task.clock
        single = median(lambda case=case, kernel=kernel, clock=clock: list(central_run(kernel, clock, case.bound)), repeats * 4)  # type: ignore[misc]
        found.append(record(f"city {method}", "this project", 1, single, "central run, every variable, after load"))
    return found


def ledger_records(draws: int, repeats: int) -> list[Record]:
    """What every target of the plan costs beside the headline ones; and the realisations of its ledger."""
    case = open_case(scenario="whole_plan")
    task = city_task(case, draws)
    seconds = median(lambda: run_alone(task), repeats)
    plan = case.plan
    if plan is None:
        raise AssertionError("the whole plan builds its ledger")
    found = [record(f"city {DEFAULT_METHOD}", "every target", draws, seconds, "one core")]
    seconds = median(lambda: realised(plan, REALISATIONS), repeats)
    return [*found, record("ledger", "this project", REALISATIONS, seconds, "one core, realisations")]


REALISATIONS = 1000


def whole_kernel(case: opening.Case) -> Kernel:
    """The kernel of a central run: everything that the model reports."""
    request = pipeline.request_of(case, tuple(case.city.graph.quantities), case.scenario.steps_per_year)
    return kernel_for(case.city.graph, request)


def startup_records(repeats: int) -> list[Record]:
    """Load and compile with libraries imported, cold and from the cache; whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("SIM_CACHE")
        os.environ["SIM_CACHE"] = folder
        try:
            cold = _timed(lambda: whole_kernel(open_case()))
            warm = median(lambda: whole_kernel(open_case()), repeats)
        finally:
            os.environ.pop("SIM_CACHE") if before is None else os.environ.update(SIM_CACHE=before)
    found = [alone("load and compile", "this project", cold, "cold"), alone("load and compile", "this project", warm, "cached")]
    for arguments in (("--help",), ("check",)):
        seconds = median(lambda arguments=arguments: process(*arguments), repeats)  # type: ignore[misc]
        found.append(alone(f"sim {arguments[0]}", "this project", seconds, "whole process"))
    return found


def process(*arguments: str) -> None:
    """`python -m sim` with its output thrown away."""
    subprocess.run([sys.executable, "-m", "sim", *arguments], check=True, capture_output=True, cwd=ROOT)


def _timed(run: Any) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
