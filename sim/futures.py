"""What a case may become: many draws from the priors of its parameters, with the probability of each target and of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sim.numerics.blocks import Task
from sim.numerics.draws import DrawRequest, Draws, Prior
from sim.numerics.ensemble import Ensemble, run_ensemble
from sim.numerics.integrate import Clock
from sim.numerics.kernel import kernel_for
from sim.numerics.summary import Wanted
from sim.pipeline import Case, Outcome, request_of
from sim.plan.probability import conditions_of, with_probabilities
from sim.priors import priors_of

Progress = Callable[[int, int], None]


def with_draws(outcome: Outcome, request: DrawRequest, progress: Progress | None = None) -> Outcome:
    """The outcome with its draws, and with their probabilities in its scorecard."""
    ensemble = run_draws(outcome, request, progress)
    return replace(outcome, ensemble=ensemble, scores=with_probabilities(outcome.scores, ensemble))


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
    task = task_of(case, outputs, Draws(request.count, request.seed, priors_of_case(case)), request.precision)
    return run_ensemble(task, request.workers, Wanted(judge=conditions), progress)


def task_of(case: Case, outputs: tuple[str, ...], draws: Draws, precision: str = "float64") -> Task:
    """Everything that a worker must know to run draws of a case."""
    kernel = kernel_for(case.world.graph, request_of(case, outputs, case.scenario.steps_per_year))
    clock = Clock(case.world.city.settings.base_year + 1, case.last_year, case.scenario.steps_per_year)
    return Task(kernel, clock, case.bound.values, draws, precision)


def priors_of_case(case: Case) -> tuple[Prior, ...]:
    """The priors of all parameters that the case's scenario leaves as they are.

    Raises
    ------
    InputError
        with every prior that does not hold the parameter's own value.
    """
    city = case.world.city
    return priors_of(city.parameters.values(), case.bound, city.settings.last_year)
