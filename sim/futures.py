"""What a case may become: many draws from the priors of its parameters, with the probability of each target and of all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sim.errors import Fault, Faults, InputError
from sim.inputs.parameters import ParameterRecord
from sim.model.binding import Bound
from sim.numerics.blocks import Task
from sim.numerics.draws import Draws, Prior
from sim.numerics.ensemble import Ensemble, Wanted, run_ensemble
from sim.numerics.integrate import Clock
from sim.numerics.kernel import kernel_for
from sim.pipeline import Case, Outcome, request_of
from sim.plan.probability import conditions_of
from sim.text import Text

Progress = Callable[[int, int], None]
MOST_DRAWS = 100_000_000


@dataclass(frozen=True)
class DrawRequest:
    """How many draws, from which seed, on how many workers."""

    count: int
    seed: int
    workers: int


def run_draws(outcome: Outcome, request: DrawRequest, progress: Progress | None = None) -> Ensemble:
    """Run the draws of a case whose central run is known.

    Raises
    ------
    RunError
        when no draw stays finite, or worker processes die twice.
    """
    case = outcome.case
    world, settings = case.world, case.world.city.settings
    conditions = conditions_of(outcome.scores, world.catalogue, world.graph, settings.base_year, settings.about_tolerance)
    checked = tuple(check.variable for check in world.checks)
    outputs = tuple(dict.fromkeys((*conditions.outputs, *checked)))
    task = task_of(case, outputs, Draws(request.count, request.seed, priors_of(case)))
    return run_ensemble(task, request.workers, Wanted(judge=conditions), progress)


def task_of(case: Case, outputs: tuple[str, ...], draws: Draws) -> Task:
    """Everything that a worker must know to run draws of a case."""
    kernel = kernel_for(case.world.graph, request_of(case, outputs, case.scenario.steps_per_year))
    clock = Clock(case.world.city.settings.base_year + 1, case.last_year, case.scenario.steps_per_year)
    return Task(kernel, clock, case.bound.values, draws)


def priors_of(case: Case) -> tuple[Prior, ...]:
    """The priors of all parameters that the scenario leaves as they are: what it states, it states for certain.

    Raises
    ------
    InputError
        with every prior that does not hold the parameter's own value.
    """
    stated = {item.name for item in case.bound.resolved}
    faults = Faults()
    found = [
        prior_of(record, case.bound, case.last_year, faults)
        for record in case.world.city.parameters.values()
        if record.name not in stated
    ]
    faults.raise_if_any(InputError)
    return tuple(prior for prior in found if prior is not None)


def prior_of(record: ParameterRecord, bound: Bound, last_year: int, faults: Faults) -> Prior | None:
    """A prior as a factor on the parameter's values; a path and all members move together."""
    if record.common_factor is not None:
        low, high = record.common_factor
        centre = 1.0
    elif record.prior is not None:
        low, high = record.prior
        centre = float(bound.values[record.name].at(last_year).mean())
    else:
        return None
    slack = 1e-9 * max(abs(low), abs(high))
    if not low - slack <= centre <= high + slack or centre == 0.0 or not math.isfinite(centre):
        message = Text(
            f"先验范围 {low:g}–{high:g} 不含参数值 {centre:g}",
            f"the prior {low:g} to {high:g} does not hold the value {centre:g}",
        )
        faults.add(message, record.place, Text("请改 prior 或 value", "change the prior or the value"))
        return None
    ends = sorted((low / centre, high / centre))
    return Prior(record.name, ends[0], min(max(1.0, ends[0]), ends[1]), ends[1])


def draw_faults(
    count: str | None, seed: str | None, workers: str | None, processors: int
) -> tuple[DrawRequest | None, list[Fault]]:
    """Read --draws, --seed and --workers; every one that is wrong is a fault."""
    faults: list[Fault] = []
    numbers = (
        whole_number("--draws", count or "0", 1 if count else 0, MOST_DRAWS, faults),
        whole_number("--seed", seed or "0", 0, 2**63 - 1, faults),
        whole_number("--workers", workers or str(processors), 1, max(4 * processors, 64), faults),
    )
    if faults or not count:
        return None, faults
    return DrawRequest(*numbers), faults


def whole_number(option: str, text: str, low: int, high: int, faults: list[Fault]) -> int:
    """A whole number between two limits, or a fault."""
    cleaned = text.strip().replace("_", "").replace(",", "")
    number = int(cleaned) if cleaned.isascii() and cleaned.lstrip("-").isdigit() and len(cleaned) < 30 else None  # noqa: PLR2004
    if number is None or not low <= number <= high:
        message = Text(f"{option} {text} 不可用", f"{option} {text} cannot be used")
        faults.append(Fault(message, advice=Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")))
        return low
    return number
