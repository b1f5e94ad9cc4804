"""Feasibility of a plan: the chance of each target and of all, conflicts, what must give, and which inputs explain the spread.

The result is a dataset from which every sentence can be written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sim.base.arrays import Numbers, Truths, Values
from sim.base.errors import Fault, Place, UsageError
from sim.base.processes import timed
from sim.base.text import Text
from sim.ensemble.blocks import Task
from sim.ensemble.running import gathered
from sim.inputs.model_files import read_promises
from sim.inputs.targets import PlanTarget
from sim.plan.feasibility import explained_variance, lift, relaxed_rules, shares_of, smallest_relaxation
from sim.plan.probability import conditions_of
from sim.plan.promises import PromiseReading, promise_readings
from sim.plan.reading import Reading
from sim.plan.rule import VERDICTS, Rule
from sim.plan.scorecard import Score
from sim.result.dataset import in_both
from sim.simulate.design import Design
from sim.simulate.draws import Progress, draw, origin_of_draws, source_for
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, judge_of, run
from sim.studies.plan.points import at_points


@dataclass(frozen=True)
class TargetDraws:
    """Tables [..., draw] of the draws that stayed finite, of the targets that no published figure has decided."""

    targets: tuple[PlanTarget, ...]
    readings: tuple[Reading, ...]
    """Of the first targets, which a variable says; the ledger says the others."""
    rules: tuple[Rule, ...]
    published: Values
    """The latest published figure of each target [target]; not a number where there is none."""
    values: Values
    met: Truths
    promises: Mapping[str, tuple[PromiseReading, Values]]
    inputs: Mapping[str, Values]
    groups: Numbers | None
    """Number of what each draw has in common with others, such as one vector of a stored ensemble."""
    lost: int

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.met.shape[1])

    @property
    def goals(self) -> Values:
        """The numbers that the targets print."""
        return np.array([target.value for target in self.targets])


def target_draws(outcome: Outcome, design: Design, progress: Progress | None = None) -> TargetDraws:
    """Run the draws of a case whose central run is known.

    Raises
    ------
    SimError
        when a promise names what the model does not know, or the run fails.
    """
    case = outcome.case
    city, judge = case.city, judge_of(case, outcome.results)
    conditions = conditions_of(outcome.scores, judge).without_settled()
    scores = {score.target.id: score for score in outcome.scores}
    horizon = max((item.last for item in conditions.readings.values()), default=case.last_year - judge.base_year)
    stated = read_promises(city.model_folder / "promises.yaml")
    promises = promise_readings(stated, city.graph, horizon, city.data.parameters)
    rules = tuple(conditions.rules.values())

    def read(values: Mapping[str, Values], numbers: Numbers) -> tuple[list[Values], list[Values]]:
        return [*conditions.numbers(values, numbers).values()], [item.value(values) for item in promises]

    def collect(task: Task) -> TargetDraws:
        fine, (values, promised) = gathered(task, design.workers, read, progress)
        met = np.array([rule.met(row) for rule, row in zip(rules, values, strict=True)], dtype=bool).reshape(values.shape)
        return TargetDraws(
            targets=tuple(scores[name].target for name in conditions.names),
            readings=tuple(conditions.readings.values()),
            rules=rules,
            published=np.array([scores[name].actual_value for name in conditions.names], dtype=float),
            values=values[:, fine],
            met=met[:, fine],  # picked after it is made: the layout in memory decides how means over draws are rounded
            promises={item.key: (item, promised[place, fine]) for place, item in enumerate(promises)},
            inputs={name: factors[fine] for name, factors in task.draws.factors(0, design.count).items()},
            groups=task.draws.groups_of(np.flatnonzero(fine)),
            lost=int((~fine).sum()),
        )

    outputs = (*conditions.outputs, *(name for item in promises for name in item.outputs))
    return draw(case, design, outputs, collect)


_STEPS = 21
_LEAST_MOVED = 0.005
"""Part of a target's number that the whole range must move it by, for the promise to say something of it."""


def solved_promise(outcome: Outcome, item: PromiseReading, readings: Sequence[Reading]) -> tuple[Values, float]:
    """The promise at which each target is just met [target], and its value in the central run.

    Infinite where no value of the parameter meets the target, minus infinite where every value does; not a number where the
    parameter hardly moves the target. Between the points both lie on straight lines.
    """
    case, key = outcome.case, str(item.promise.by)
    record = case.city.data.parameters[key]
    if record.range is None:
        raise AssertionError(f"{key} has no range to be moved over")
    shifts = np.unique(np.append(np.linspace(*record.range, _STEPS), 0.0))
    outputs = (*item.outputs, *(name for reading in readings for name in reading.outputs))
    values = at_points(case, key, shifts, outputs)
    promised = item.value(values)
    signs = [-1.0 if reading.is_ceiling else 1.0 for reading in readings]
    found = [
        crossing(sign * reading.value(values), sign * reading.rule.limit, promised)
        for sign, reading in zip(signs, readings, strict=True)
    ]
    return np.array(found), float(promised[np.searchsorted(shifts, 0.0)])


def crossing(upward: Values, goal: float, promised: Values) -> float:
    """The promise where a number, of which more is better, passes the goal."""
    if np.ptp(upward) < _LEAST_MOVED * abs(goal):
        return float("nan")
    met = upward >= goal
    if not met.any():
        return float("inf")
    if met.all():
        return float("-inf")
    order = np.argsort(upward)
    return float(np.interp(goal, upward[order], promised[order]))


_NONE = Text("", "")
_LEAST_RELATED = 0.3
"""Correlation of a promise with a target from which on the promise says something of it."""


@timed
def feasibility(case: Case, design: Design, required: float = 0.5, progress: Progress | None = None) -> xr.Dataset:
    """Return the feasibility of the targets of a scenario; `required` is how likely the rest must be once some are relaxed.

    Raises
    ------
    SimError
        when there is no target that a run can judge, the required probability is none, or the run fails.
    """
    if not 0.0 < required < 1.0:
        message = Text(f"概率 {required:g} 须在 0 与 1 之间", f"the probability {required:g} must lie between 0 and 1")
        raise UsageError(Fault(message, Place(key="--reach")))
    outcome = run(case)
    draws = target_draws(outcome, design, progress)
    if not draws.targets:
        raise UsageError(_nothing_to_judge(outcome))
    origin = origin_of_draws(source_for(case, design))
    judged = {target.id for target in draws.targets}
    left_out = [score for score in outcome.scores if score.target.id not in judged]
    central = {score.target.id: score.projected for score in outcome.scores}
    dataset = xr.Dataset(
        _single(draws, central)
        | _together(draws, required)
        | _promised(draws)
        | _solved(outcome, draws)
        | _variance_explained(draws, case)
    )
    return dataset.assign_coords(
        target=[target.id for target in draws.targets],
        other=[target.id for target in draws.targets],
        promise=list(draws.promises),
        input=list(draws.inputs),
    ).assign_attrs(
        scenario=case.scenario.key,
        scenario_zh=case.scenario.name.zh,
        scenario_en=case.scenario.name.en,
        draws=draws.count,
        lost=draws.lost,
        seed=design.seed,
        required=required,
        left_out=len(left_out),
        left_out_zh="；".join(f"{score.target.name.zh}（{_why(score).zh}）" for score in left_out),
        left_out_en="; ".join(f"{score.target.name.en} ({_why(score).en})" for score in left_out),
        origin_zh=origin.zh,
        origin_en=origin.en,
    )


def _why(score: Score) -> Text:
    """Say why the draws say nothing of a target: its reason, with its verdict where published figures have decided it."""
    if score.verdict == "not_judged":
        return score.reason
    return score.reason + Text("：", ": ") + VERDICTS[score.verdict]


def _nothing_to_judge(outcome: Outcome) -> list[Fault]:
    """Say why none of the targets can be judged."""
    place = Place(outcome.case.scenario.file, key="targets")
    if not outcome.scores:
        advice = Text("用 --target 指定", "name some with --target")
        return [Fault(Text("情景没有列目标", "the scenario names no target"), place, advice)]
    return [Fault(score.target.name + Text("：", ": ") + _why(score), Place(key=score.target.id)) for score in outcome.scores]


def _single(draws: TargetDraws, central: Mapping[str, float | None]) -> dict[str, Any]:
    """Each target by itself."""
    shares = shares_of(draws.met, draws.groups)
    named = {
        "unit": [target.unit for target in draws.targets],
        "operator": [rule.operator for rule in draws.rules],
        "year": [target.year or 0 for target in draws.targets],
    }
    numbers = {
        "goal": draws.goals,
        "central": [np.nan if central[target.id] is None else central[target.id] for target in draws.targets],
        "median": np.median(draws.values, axis=1),
        "low": np.quantile(draws.values, 0.1, axis=1),
        "high": np.quantile(draws.values, 0.9, axis=1),
        "probability": [share.probability for share in shares],
        "probability_error": [share.standard_error for share in shares],
    }
    names = in_both("name", "target", (target.name for target in draws.targets))
    return names | {name: ("target", np.asarray(values)) for name, values in (named | numbers).items()}


def _together(draws: TargetDraws, required: float) -> dict[str, Any]:
    """All targets at once: joint probability, lift of pairs, and the smallest set to relax."""
    (joint,) = shares_of(np.all(draws.met, axis=0, keepdims=True), draws.groups)
    ratio, error = lift(draws.met, draws.groups)
    relaxed = smallest_relaxation(draws.met, required)
    goals, met = np.full(len(draws.targets), np.nan), draws.met.copy()
    if relaxed.targets:
        found = relaxed_rules(draws.values, draws.rules, draws.met, relaxed.targets, required, draws.published)
        for place, rule in zip(relaxed.targets, found, strict=True):
            goals[place], met[place] = rule.value, rule.met(draws.values[place])
    return {
        "joint": ((), joint.probability),
        "joint_error": ((), joint.standard_error),
        "independent": ((), float(draws.met.mean(axis=1).prod())),
        "lift": (("target", "other"), ratio),
        "lift_error": (("target", "other"), error),
        "relaxed_goal": ("target", goals),
        "rest_joint": ((), relaxed.joint),
        "relaxed_exactly": ((), relaxed.exact),
        "relaxed_joint": ((), float(met.all(axis=0).mean())),
    }


def _promised(draws: TargetDraws) -> dict[str, Any]:
    """Return what each target implies: the promise that goes with its goal along the line fitted through the draws."""
    count, promises = len(draws.targets), list(draws.promises.values())
    implied, related = np.full((count, len(promises)), np.nan), np.zeros((count, len(promises)))
    for column, (_, numbers) in enumerate(promises):
        for row, values in enumerate(draws.values):
            if values.std() > 0.0 and numbers.std() > 0.0:
                related[row, column] = np.corrcoef(values, numbers)[0, 1]
                slope = related[row, column] * numbers.std() / values.std()
                implied[row, column] = numbers.mean() + slope * (draws.goals[row] - values.mean())
    inside = (draws.goals >= draws.values.min(axis=1)) & (draws.goals <= draws.values.max(axis=1))
    records = [item.promise for item, _ in promises]
    return {
        **in_both("promise", "promise", (item.label for item in records)),
        "promise_unit": ("promise", [item.unit for item in records]),
        "promise_mean": ("promise", [float(numbers.mean()) for _, numbers in promises]),
        "benchmark": ("promise", [np.nan if item.benchmark is None else float(item.benchmark.value) for item in records]),
        **in_both("benchmark", "promise", (_NONE if item.benchmark is None else item.benchmark.label for item in records)),
        "benchmark_source": ("promise", ["" if item.benchmark is None else item.benchmark.source for item in records]),
        "implied": (("target", "promise"), np.where(np.abs(related) >= _LEAST_RELATED, implied, np.nan)),
        "related": (("target", "promise"), related),
        "goal_within_draws": ("target", inside),
    }


def _solved(outcome: Outcome, draws: TargetDraws) -> dict[str, Any]:
    """Return what each target would take of a promise by itself, for promises that one parameter moves."""
    shape = len(draws.targets), len(draws.promises)
    found, central = np.full(shape, np.nan), np.full(shape[1], np.nan)
    for column, (item, _) in enumerate(draws.promises.values()):
        if item.promise.by is not None and draws.readings:
            solved, central[column] = solved_promise(outcome, item, draws.readings)
            found[: len(solved), column] = solved
    return {"taken": (("target", "promise"), found), "promise_central": ("promise", central)}


def _variance_explained(draws: TargetDraws, case: Case) -> dict[str, Any]:
    """The share of each target's variance that each unknown explains by itself."""
    names = list(draws.inputs)
    found = explained_variance(draws.met, np.array([draws.inputs[name] for name in names]).reshape(len(names), draws.count))
    return {
        **in_both("input", "input", (case.city.data.parameters[name].label for name in names)),
        "variance_explained": (("target", "input"), found.share),
        "met_when_low": (("target", "input"), found.low),
        "met_when_high": (("target", "input"), found.high),
    }
