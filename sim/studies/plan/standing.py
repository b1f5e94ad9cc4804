"""The years as of which the plan of a run can be evaluated, and the targets that its scorecard judges by a variable."""

from __future__ import annotations

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.plan.reading import Reading
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, readings_of


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
    """Targets that the run projects by a variable."""
    return readings_of(outcome.case, [score.target for score in outcome.scores if score.projected is not None])
