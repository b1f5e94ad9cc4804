"""Where the plan of a run stands by what was published: its targets in the bureau's classes, without any draws."""

from __future__ import annotations

from sim.errors import Fault, Place, UsageError
from sim.inputs.natures import read_binding_targets
from sim.pipeline import Case, Outcome, readings_of
from sim.plan.evaluation.evaluate import Evaluated, Terms, evaluate
from sim.plan.lint.rules import plan_of
from sim.plan.reading import Reading, arrays_of
from sim.text import Text


def evaluated_by_data(outcome: Outcome, as_of: int) -> list[Evaluated]:
    """Every target of a run's scenario as of a year, in its order."""
    case = outcome.case
    settings, catalogue = case.world.city.settings, case.world.catalogue
    first, _ = settings.plan_span(settings.base_year)
    terms = Terms(as_of, first - 1, read_binding_targets(catalogue), _believed(outcome))
    return evaluate(plan_of(case.world.city, catalogue, as_of), case.selection.targets, terms)


def fail_if_outside_plan(case: Case, as_of: int) -> None:
    """A plan is evaluated in its own years, or in those of the run.

    Raises
    ------
    UsageError
        when the year lies outside of both.
    """
    settings = case.world.city.settings
    first, last = settings.plan_span(settings.base_year)
    latest = max(case.last_year, last)
    if not first <= as_of <= latest:
        message = Text(f"评估年 {as_of} 超出 {first}–{latest}", f"the year {as_of} lies outside {first}–{latest}")
        raise UsageError(Fault(message, Place(key="--as-of")))


def judged_readings(outcome: Outcome) -> tuple[Reading, ...]:
    """Targets that the scorecard judges by a variable."""
    return readings_of(outcome.case, [score.target for score in outcome.scores if score.verdict != "not_judged"])


def _believed(outcome: Outcome) -> dict[str, float]:
    """The levels that the central run starts from, in the year before each target's first, for targets of a level."""
    found = {}
    for reading in judged_readings(outcome):
        if reading.binding.reading == "level":
            series = reading.series(arrays_of(outcome.results, reading.outputs, outcome.case.world.graph))
            found[reading.target.id] = float(series[reading.start - 1, 0])
    return found
