"""The required path: the fewest steps of levers with which a scenario's targets are met together with a stated probability.

The search is a sequence of quadratic programmes. Around the present levers the quantile of each target that must hold is taken
as linear, the smallest change that reaches all of them is solved for, and the model is run there again. The chance that each
target is given by itself is raised until all are met together often enough. The search ends in levers of two digits, is proven
with more draws, and searched again where those say less. Where the targets cannot be reached, the path says what falls short
and which levers are at their bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path as File

import numpy as np

from sim.base.arrays import Truths, Values
from sim.base.errors import Fault, Place, UsageError, all_faults
from sim.base.processes import timed
from sim.base.text import Text
from sim.inputs.checked import fail_if_unknown
from sim.inputs.model_files import LeversFile, read_levers
from sim.plan.feasibility import shares_of
from sim.plan.least_change import LinearTargets, least_change, least_shortfall
from sim.plan.reading import Reading
from sim.simulate.design import Design
from sim.simulate.opening import Case, with_projects
from sim.simulate.pipeline import readings_of
from sim.studies.plan.points import PathLever, Responses, first_year, offered

_AT_BOUND = 1e-3


@dataclass(frozen=True)
class PathRequest:
    """The probability to be reached, the draws that prove it, the levers, and the number of draws at a point of the search."""

    probability: float
    design: Design
    levers: tuple[str, ...] = ()
    most_levers: int = 10
    search: int = 256

    @property
    def searched(self) -> Design:
        """The draws at a point of the search."""
        return replace(self.design, draws=min(self.search, self.design.count), workers=1)


@dataclass(frozen=True)
class Path:
    """Levers in steps, and what they do: the share of draws in which all targets are met, and each by itself."""

    levers: tuple[PathLever, ...]
    readings: tuple[Reading, ...]
    steps: Values
    joint: float
    single: Values
    short: Values
    """Shortfall of each target at the chance it was given, in parts of it; zero where there is none."""
    price: Values
    """Cost in squared steps of one hundredth of the target more."""
    probability: float
    error: float = 0.0
    """Standard error of `joint`."""

    @property
    def cost(self) -> float:
        """Sum of the squared steps, weighed."""
        return float(sum(lever.weight * step**2 for lever, step in zip(self.levers, self.steps, strict=True)))

    @property
    def reaches(self) -> bool:
        """True where all targets are met together often enough."""
        return self.joint >= self.probability

    @property
    def at_upper(self) -> tuple[PathLever, ...]:
        """Levers that are moved up as far as they may be."""
        return tuple(lever for lever, step in self._moved if step > 0.0 and step >= lever.high - _AT_BOUND)

    @property
    def at_lower(self) -> tuple[PathLever, ...]:
        """Levers that are moved down as far as they may be."""
        return tuple(lever for lever, step in self._moved if step < 0.0 and step <= lever.low + _AT_BOUND)

    @property
    def _moved(self) -> list[tuple[PathLever, float]]:
        pairs = zip(self.levers, self.steps, strict=True)
        return [(lever, float(step)) for lever, step in pairs if abs(step) > _AT_BOUND]


@dataclass(frozen=True)
class Mix:
    """One of several ways to reach the targets: what is different about it, and the path."""

    label: Text
    path: Path


def _best(paths: Sequence[Path]) -> Path:
    """Return the first of the best: paths that reach go before others, then those that cost less, or come nearer."""
    return max(paths, key=lambda path: (path.reaches, -path.cost if path.reaches else path.joint))


Progress = Callable[[str, float], None]
ROUNDS = 8
_LEARNING, _MOST_STEPS, _TRUST = 3, 6, 4.0
_STILL, _REACHED, _MISSES, _PROGRESS = 0.1, 1e-3, (0.005, 0.95), 0.005
_SLACK = 0.03
"""Most by which a path may end above the stated probability."""


@dataclass
class _State:
    """State of the search."""

    steps: Values
    linear: LinearTargets
    met: Truths
    short: Values = field(default_factory=lambda: np.zeros(0))
    price: Values = field(default_factory=lambda: np.zeros(0))


def solve(
    responses: Responses,
    probability: float,
    start: Values | None = None,
    progress: Progress | None = None,
) -> Path:
    """The fewest steps with which all targets are met together in the stated share of draws.

    What may be missed is given to the targets whose last part costs most, and in all as much as makes the draws that miss any
    target as many as are allowed.
    """
    count = len(responses.readings)
    shares, missing = np.full(count, 1.0 / count), float(count) * (1.0 - probability)
    steps, paths = np.zeros(len(responses.levers)) if start is None else start, list[Path]()
    for turn in range(ROUNDS):
        told = partial(_tell, progress, probability, turn / ROUNDS, 1.0 / ROUNDS)
        state = _settled(responses, steps, 1.0 - np.clip(missing * shares, *_MISSES), told)
        before = _best(paths) if paths else None
        found = Path(
            levers=responses.levers,
            readings=responses.readings,
            steps=state.steps,
            joint=float(state.met.all(axis=0).mean()),
            single=state.met.mean(axis=1),
            short=np.where(state.short > _REACHED, state.short, 0.0),
            price=0.01 * state.price,
            probability=probability,
        )
        stuck = before is not None and not before.reaches and found.joint <= before.joint + _PROGRESS and found.short.any()
        paths.append(found)
        steps = state.steps
        if stuck:
            break  # the levers are at their bounds, and what is given up helps no more
        if turn and probability <= found.joint <= probability + _SLACK:
            break
        missing *= (1.0 - probability - 0.5 * _SLACK) / max(1.0 - found.joint, 0.01)
        shares = _shared(shares, state.price) if turn < _LEARNING else shares
    return _best(paths)


def _tell(progress: Progress | None, probability: float, done: float, size: float, part: float) -> None:
    if progress is not None:
        progress(f"P{100.0 * probability:g}", done + size * part)


def _shared(shares: Values, price: Values) -> Values:
    """Shares of what may be missed, half way towards the prices of the targets; as they are where no price is known."""
    if price.sum() <= 0.0:
        return shares
    return np.asarray(0.5 * shares + 0.5 * price / price.sum())


def _settled(responses: Responses, steps: Values, chance: Values, told: Callable[[float], None]) -> _State:
    """Solve, run, solve again, until the levers stand still."""
    weights, low, high = (np.array([getattr(lever, name) for lever in responses.levers]) for name in ("weight", "low", "high"))
    linear, met = responses.linear(steps, chance)
    state = _State(steps, linear, met)
    for turn in range(_MOST_STEPS):
        told(turn / _MOST_STEPS)
        found = least_change(
            state.linear, weights, np.maximum(low, state.steps - _TRUST), np.minimum(high, state.steps + _TRUST)
        )
        moved = float(np.abs(found.levers - state.steps).max(initial=0.0))
        linear, met = responses.linear(found.levers, chance)
        short, _ = least_shortfall(linear, low, high)
        state = _State(found.levers, linear, met, short, found.price)
        if moved < _STILL:
            break
    return state


_PROOFS, _DIGITS = 3, 2
_MOVED = 0.1
_NEAR_BEST = 2.0
"""Most by which a mix may be dearer than the best, as a factor."""


def movable(case: Case) -> tuple[Reading, ...]:
    """The targets of a case that levers can still move: a variable says them from a base, and their year is not over."""
    first = first_year(case)
    readings = readings_of(case, case.selection.targets)
    return tuple(item for item in readings if _has_base(case, item) and (item.target.year or 0) >= first)


def targets_to_move(case: Case) -> tuple[Reading, ...]:
    """The targets that levers can still move.

    Raises
    ------
    UsageError
        when there are none, with the reason.
    """
    readings = movable(case)
    if not readings:
        raise UsageError(_nothing_to_move(case))
    if not levers_file(case).levers:
        message = Text("模型没有写明哪些杠杆可动", "the model names no lever that a path may move")
        advice = Text(
            "写入 levers.yaml：杠杆: {step: 一档, between: [下限, 上限]}",
            "write levers.yaml: lever: {step: 1, between: [0, 5]}",
        )
        raise UsageError(Fault(message, Place(levers_path(case)), advice))
    return readings


def _has_base(case: Case, reading: Reading) -> bool:
    """Tell whether there is a base to start from: one that is entered, and not borrowed unless the scenario accepts it."""
    if reading.binding.no_base is not None:
        return False
    origin = case.city.bases.of(reading.target, reading.binding)
    return origin is None or not origin.is_borrowed or reading.target.id in case.selection.accepted


def _nothing_to_move(case: Case) -> Fault:
    """Say why levers can move none of the targets."""
    targets, over = case.selection.targets, case.city.known_to
    place = Place(case.scenario.file, key="targets")
    if targets and all(target.year is not None and target.year <= over for target in targets):
        years = "、".join(dict.fromkeys(str(target.year) for target in targets))
        message = Text(
            f"目标年（{years}）已经过去（统计已到 {over} 年），不再求所需路径",
            f"the years of the targets ({years}) are over (statistics reach {over}): there is no path to them any more",
        )
        earlier = max(over - 1, case.base_year)
        advice = Text(
            f"选目标年更晚的情景，或站在较早的年份：--as-of {earlier} --prior",
            f"take a scenario with later targets, or ask as of an earlier year: --as-of {earlier} --prior",
        )
        return Fault(message, place, advice)
    names = ", ".join(target.id for target in targets)
    message = Text(
        f"没有可由杠杆达到的目标：{names or '无'}（须由模型变量判断，目标年在推演期内且尚未过去）",
        f"no target that levers could reach among {names or 'none'}: a variable must say it, within the years that are to come",
    )
    return Fault(message, place, Text("用 --target 指定目标", "name targets with --target"))


def up_to_the_targets(case: Case, readings: Sequence[Reading]) -> Case:
    """The case with its ledger realised, run no longer than its targets need."""
    last = case.base_year + max(reading.last for reading in readings)
    return replace(with_projects(case), last_year=last)


def levers_file(case: Case) -> LeversFile:
    """Read what the model offers to be moved."""
    return read_levers(levers_path(case), case.city.data.parameters)


def levers_path(case: Case) -> File:
    """Return its path."""
    return case.city.model_folder / "levers.yaml"


@timed
def required_path(case: Case, request: PathRequest, progress: Progress | None = None) -> Path:
    """The path of a case.

    Raises
    ------
    SimError
        when there is no target that levers could move, a lever is unknown, or a run fails.
    """
    readings = targets_to_move(case)
    case = up_to_the_targets(case, readings)
    levers = chosen_levers(case, readings, request)
    return proven(Responses(case, levers, readings, request.searched), request, progress=progress)


def proven(
    responses: Responses,
    request: PathRequest,
    start: Values | None = None,
    progress: Progress | None = None,
) -> Path:
    """A path whose probability is that of more draws than it was searched with; it is searched again where those say less."""
    wanted, paths = request.probability, list[Path]()
    proof = replace(responses, design=request.design)
    for _ in range(_PROOFS):
        found = solve(responses, wanted, start, progress)
        bounds = np.array([(lever.low, lever.high) for lever in responses.levers]).T
        steps = np.clip(np.round(found.steps, _DIGITS), bounds[0], bounds[1])  # rounding must not leave what is believable
        met = proof.met(steps)
        (joint,) = shares_of(np.all(met, axis=0, keepdims=True), proof.groups)
        path = replace(
            found,
            steps=steps,
            joint=joint.probability,
            error=joint.standard_error,
            single=met.mean(axis=1),
            probability=request.probability,
        )
        paths.append(path)
        if path.reaches or not found.reaches:
            break
        wanted, start = min(wanted + request.probability - path.joint + 0.01, 0.99), found.steps
    return _best(paths)


def chosen_levers(case: Case, readings: Sequence[Reading], request: PathRequest) -> tuple[PathLever, ...]:
    """The levers that are named, or those that move the targets most for a step."""
    entries = levers_file(case).levers
    message = Text("levers.yaml 没有杠杆 {}", "levers.yaml offers no lever {}")
    with all_faults(UsageError) as faults:
        fail_if_unknown(request.levers, entries, message, Place(key="--lever"), faults)
    levers = offered(case, entries, tuple(dict.fromkeys(request.levers)) or tuple(entries))
    if not levers:
        raise UsageError(Fault(Text("没有可动的杠杆", "no lever can be moved"), Place(key="--lever")))
    if request.levers or len(levers) <= request.most_levers:
        return levers
    few = replace(request.searched, draws=min(request.searched.count, 64))
    linear, _ = Responses(case, levers, tuple(readings), few).linear(np.zeros(len(levers)), np.full(len(readings), 0.5))
    return tuple(levers[place] for place in _most_useful(linear, request.most_levers))


def _most_useful(linear: LinearTargets, count: int) -> list[int]:
    """The levers that do most for some target, taken target by target until there are enough."""
    order = np.argsort(-np.abs(linear.slope), axis=1)
    chosen: list[int] = []
    for rank in range(order.shape[1]):
        for target in range(order.shape[0]):
            if order[target, rank] not in chosen and len(chosen) < count:
                chosen.append(int(order[target, rank]))
    return sorted(chosen)


def menu(case: Case, request: PathRequest, first: Path, progress: Progress | None = None) -> list[Mix]:
    """Other mixes that reach the targets: without each of the levers that the first one leans on most."""
    found, until = [], up_to_the_targets(case, first.readings)
    lean = np.argsort(-np.array([lever.weight for lever in first.levers]) * first.steps**2)[:3]
    for place in (place for place in lean if abs(first.steps[place]) > _MOVED):
        without = first.levers[place]
        levers = tuple(lever for lever in first.levers if lever is not without)
        if levers:
            responses = Responses(until, levers, first.readings, request.searched)
            path = proven(responses, request, np.delete(first.steps, place), progress)
            inner = without.label.zh.replace("“", "‘").replace("”", "’")
            label = Text(f"不动“{inner}”", f"without moving {without.label.en}")
            found.append(Mix(label, path))
    return [mix for mix in found if mix.path.reaches and mix.path.cost <= _NEAR_BEST * first.cost]
