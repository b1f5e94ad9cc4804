"""Studies beyond the run itself: feasibility, what each measure adds, the feedback loops, and the required path.

The first three take seconds, and a run writes them; the required path takes half a minute, and `report` adds it. It is put in
the words of a plan: what must be done, what it reaches, what stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, SimError, UsageError
from sim.base.text import Text, joined, same
from sim.base.words import OPERATORS, amounts, chance, fine, goal_words, plain, signed, unit_words
from sim.city.describing import measured_loops
from sim.inputs.scenario import plain_scenario, read_scenario
from sim.report.study_words import change_labels, name_in
from sim.simulate.design import Design
from sim.simulate.opening import Case, beside
from sim.simulate.result import Aim, Move, Required, Ring, Studies
from sim.studies.plan.attribute import attribution, comparable, players_of
from sim.studies.plan.feasibility import feasibility
from sim.studies.plan.path import Mix, Path, PathRequest, required_path, targets_to_move
from sim.studies.plan.path_file import Tried, tried, write_scenarios
from sim.studies.plan.points import PathLever

Progress = Callable[[Text, float], None]
Found = TypeVar("Found")
FEASIBILITY = Text("可行性研判", "feasibility")
ATTRIBUTION = Text("措施贡献分解", "what each measure adds")
REQUIRED_PATH = Text("所需路径", "the required path")
_STILL = 1e-3
_MOST_DRAWS = 10_000
"""Of which feasibility takes less than ten seconds."""


def studies_of_run(case: Case, draws: Design | None, progress: Progress) -> Studies:
    """Studies of seconds for a scenario that has been run, with its own draws; of very many, feasibility takes longer."""
    return quick_studies(case, None if draws is None or draws.count > _MOST_DRAWS else draws, progress)


def quick_studies(case: Case, draws: Design | None, progress: Progress) -> Studies:
    """Studies of seconds; a required path is pending where levers could reach a target, feasibility without draws."""
    missing, pending = list[Text](), list[Text]()
    progress(FEASIBILITY, 0.0)
    study = None
    if draws is None:
        pending += [FEASIBILITY] if case.selection.targets else []
    else:
        study = _found(lambda: feasibility(case, draws), FEASIBILITY, missing)
    progress(ATTRIBUTION, 0.5)
    parts = _found(lambda: measures_of(case), ATTRIBUTION, missing)
    if _found(lambda: targets_to_move(case), REQUIRED_PATH, missing):
        pending.append(REQUIRED_PATH)
    return Studies(study, parts, rings_of(case), missing=tuple(missing), pending=tuple(pending))


def completed(case: Case, studies: Studies, asked: PathRequest, progress: Progress) -> Studies:
    """The studies with those that are pending."""
    missing, study, required = list(studies.missing), studies.feasibility, None
    if FEASIBILITY in studies.pending:
        progress(FEASIBILITY, 0.0)
        study = _found(lambda: feasibility(case, asked.design), FEASIBILITY, missing)
    progress(REQUIRED_PATH, 0.2)
    if REQUIRED_PATH in studies.pending:
        required = _found(lambda: required_paths(case, asked), REQUIRED_PATH, missing)
    progress(REQUIRED_PATH, 1.0)
    return replace(studies, feasibility=study, required=required or (), missing=tuple(missing), pending=())


def _found(study: Callable[[], Found], name: Text, missing: list[Text]) -> Found | None:
    """The findings of a study, or None where there is nothing to study or it fails, with the reason added to `missing`."""
    try:
        return study()
    except SimError as error:
        reason = error.faults[0].message
        missing.append(Text(f"未作{name.zh}：{reason.zh}。", f"Left out, {name.en}: {reason.en}."))
        return None


def measures_of(case: Case) -> xr.Dataset:
    """The contribution of every setting of a scenario to its targets, from the city without any.

    Raises
    ------
    UsageError
        when the scenario sets nothing, or no variable says its targets.
    """
    settings = case.city.data.settings
    plain = replace(
        plain_scenario(case.city.data.key, settings.name),
        base_year=case.scenario.base_year,
        last_year=case.last_year,
        method=case.scenario.method,
        steps_per_year=case.scenario.steps_per_year,
    )
    one, other = beside(case, plain), case
    if not players_of(*comparable(one, other)):
        raise UsageError(Fault(Text("本情景没有改动任何参数", "the scenario changes nothing"), Place(case.scenario.file)))
    return attribution(one, other, tuple(item.id for item in case.selection.targets))


def required_paths(case: Case, asked: PathRequest) -> tuple[Required, ...]:
    """The required path as a report shows it; where some targets are out of reach, also that of the others.

    Raises
    ------
    UsageError
        when there is no target that levers could reach.
    """
    path = required_path(case, asked)
    first = _shown(case, path, asked, _ALL)
    near = tuple(reading.target for reading, part in zip(path.readings, path.short, strict=True) if part <= 0.0)
    if path.reaches or not near or len(near) == len(path.readings):
        return (first,)
    rest = replace(case, selection=replace(case.selection, targets=near))
    return first, _shown(rest, required_path(rest, asked), asked, _REST)


_ALL, _REST = Text("全部目标", "all targets"), Text("剔除无法达到的目标后", "without the targets out of reach")


def _shown(case: Case, path: Path, asked: PathRequest, title: Text) -> Required:
    return Required(
        title=title,
        head=head(path),
        moves=tuple(_move(lever, steps, last_year_of(path)) for lever, steps in moved(path, _STILL)),
        targets=tuple(_aims(path)),
        obstacles=tuple(obstacles(path)),
        remarks=tuple(remarks(case, path, asked.design)),
        closing=_closing(case, path),
        alternatives=tuple(tried_lines(tried(case, path, asked))),
    )


def _aims(path: Path) -> Iterator[Aim]:
    for reading, single, price in zip(path.readings, path.single, prices(path), strict=True):
        target, operator = reading.target, OPERATORS[reading.rule.operator]
        yield Aim(target.name, unit_words(target.unit), operator, target.value, float(single), price)


def _move(lever: PathLever, steps: float, year: int) -> Move:
    now, then = (float(lever.at(part, year).ravel()[0]) for part in (0.0, steps))
    return Move(lever.label, unit_words(lever.unit), *lever.between, now, then, steps)


def _closing(case: Case, path: Path) -> tuple[Text, ...]:
    """The exact effect of each lever on each target in the central run; nothing for a path that does not reach them."""
    if not path.reaches or path.cost <= 0.0:
        return ()
    with scratch_folder() as folder:
        (file,) = write_scenarios(folder, case, {"required": (path, ("所需路径", "required path"))})
        scenario = read_scenario(file)
    names = tuple(reading.target.id for reading in path.readings)
    return tuple(closing_lines(attribution(case, beside(case, scenario), names)))


def rings_of(case: Case) -> tuple[Ring, ...]:
    """The named loops of the model with the signs of their links."""
    labels = case.city.labels.variables
    return tuple(
        Ring(item.loop.name, item.loop.label, item.polarity, tuple(labels[name] for name in item.loop.path), item.signs)
        for item in measured_loops(case.city)
    )


_COMMA = Text("、", ", ")
_MOST_NAMES = 12


def head(path: Path) -> Text:
    """The answer: the targets are within reach or not, and in how many draws."""
    wanted, reached, count = chance(path.probability), chance(path.joint), len(path.readings)
    points = f"{100.0 * path.error:.1f}"
    if path.reaches:
        return Text(
            f"要求同时实现的概率 {wanted}，可以达到：{count} 项目标同时实现的概率为 {reached}（抽样误差 {points} 个百分点），"
            f"代价 {path.cost:.1f}（档数的平方和）",
            f"A chance of {wanted} together is within reach: all {count} targets are met together in {reached} (sampling "
            f"error {points} points), cost {path.cost:.1f} (squared steps)",
        )
    return Text(
        f"要求同时实现的概率 {wanted}，达不到：各杠杆在可信范围内的最好组合下，{count} 项目标同时实现的概率也只有 {reached}",
        f"A chance of {wanted} together is out of reach: with the best mix of levers within their bounds all {count} "
        f"targets are met together in {reached} only",
    )


def moves(path: Path) -> Iterator[tuple[PathLever, float, Text]]:
    """Levers that are moved, most first: by how many steps, and from what to what in the targets' last year."""
    year = last_year_of(path)
    for lever, step in moved(path):
        way = f"{_span(lever.at(0.0, year))} → {_span(lever.at(step, year))} "
        yield lever, step, same(way) + unit_words(lever.unit)


def moved(path: Path, least: float = 0.0) -> list[tuple[PathLever, float]]:
    """Levers that are moved by more than so many steps, most first."""
    order = [int(place) for place in np.argsort(-np.abs(path.steps)) if abs(path.steps[place]) > least]
    return [(path.levers[place], float(path.steps[place])) for place in order]


def last_year_of(path: Path) -> int:
    """The last year that a target of a path is for."""
    return max(reading.target.year or 0 for reading in path.readings)


def _span(values: Values) -> str:
    """The value of a lever, from the lowest to the highest of its members where they differ."""
    low, high = fine(float(values.min())), fine(float(values.max()))
    return low if low == high else f"{low}–{high}"


def prices(path: Path) -> list[float | None]:
    """The cost of one hundredth more of each target; none where it costs nothing, or the path does not reach all."""
    return [float(price) if path.reaches and price > 0.0 else None for price in path.price]


def target_lines(path: Path) -> list[Text]:
    """Each target with its own probability, and what one hundredth more of it would cost."""
    found = []
    for reading, single, price in zip(path.readings, path.single, prices(path), strict=True):
        target, likely = reading.target, chance(float(single))
        goal = goal_words(reading.rule.operator, target.value, target.unit)
        line = target.name + Text(f"（{goal.zh}）：{likely}", f" ({goal.en}): {likely}")
        more = Text("再低 1% ", "one per cent less") if reading.is_ceiling else Text("再高 1% ", "one per cent more")
        if price is not None:
            line += Text(f"（{more.zh}的代价约 {price:.1f}）", f" ({more.en} would cost about {price:.1f})")
        found.append(line)
    return found


def obstacles(path: Path) -> list[Text]:
    """The limits that bind when the targets cannot be reached: targets that fall short, and levers at their bounds."""
    if path.reaches:
        return []
    short = [
        reading.target.name + Text(f"（差 {100.0 * part:.1f}%）", f" (by {100.0 * part:.1f} %)")
        for reading, part in zip(path.readings, path.short, strict=True)
        if part > 0.0
    ]
    parts = (
        (Text("在这一把握程度下达不到的目标：", "Out of reach with that much certainty: "), short),
        (Text("已用到上限的杠杆：", "Levers at their upper bounds: "), [lever.label for lever in path.at_upper]),
        (Text("已用到下限的杠杆：", "Levers at their lower bounds: "), [lever.label for lever in path.at_lower]),
    )
    return [title + joined(names, _COMMA) for title, names in parts if names]


def remarks(case: Case, path: Path, draws: Design) -> Iterator[Text]:
    """Remarks: the draws of the search, the targets left out, and the levers that the scenario has beyond their bounds."""
    count = f"{draws.count:,}"
    yield Text(
        f"概率由 {count} 次抽样（种子 {draws.seed}）得出。", f"Probabilities come from {count} draws (seed {draws.seed})."
    )
    kept = {reading.target.id for reading in path.readings}
    left_out = [target.name for target in case.selection.targets if target.id not in kept]
    if left_out:
        yield Text(
            f"情景另有 {len(left_out)} 项目标不由模型变量判断或不在推演期内，杠杆达不到，未计入：",
            f"{len(left_out)} more targets of the scenario are said by no variable or lie beyond the run, and are left out: ",
        ) + _some(left_out)
    for lever in (lever for lever in path.levers if lever.is_outside):
        yield lever.label + Text(
            f"（{lever.name}）的现值在 levers.yaml 的范围之外，只能往回调。",
            f" ({lever.name}) lies beyond its bounds in levers.yaml and may only come back.",
        )


def _some(names: Sequence[Text]) -> Text:
    """Names; of many the first."""
    more = len(names) - _MOST_NAMES
    rest = Text(" 等。", f" and {more} more.") if more > 0 else Text("。", ".")
    return joined(list(names[:_MOST_NAMES]), _COMMA) + rest


def closing_lines(study: xr.Dataset) -> list[Text]:
    """The part of each lever in closing the gap of each target in the central run; the parts add up."""
    found = []
    labels = change_labels(study)
    for target in study["target"].to_numpy():
        row = study.sel(target=target)
        parts, moved = row["shapley"].to_numpy(), float(row["end"]) - float(row["start"])
        order = [place for place in np.argsort(-np.abs(parts)) if abs(parts[place]) >= _SMALL * abs(moved)]
        shown = joined([labels[place] + same(f" {signed(float(parts[place]))}") for place in order], _COMMA)
        unit = str(row["unit"].item())
        start, end, goal = (plain(float(row[name]), unit) for name in ("start", "end", "goal"))
        final = amounts(end, unit)
        way = Text(
            f"：中心值由 {start} 到 {final.zh}（目标 {goal}）：", f": central run from {start} to {final.en} (target {goal}): "
        )
        found.append(name_in(row) + way + shown)
    return found


_SMALL = 0.01
"""Part of the whole move from which on a lever's part is printed."""


def mix_lines(mixes: Sequence[Mix], first: Path) -> list[Text]:
    """Other mixes with their cost beside the first."""
    found = []
    for mix in mixes:
        ratio, likely = mix.path.cost / first.cost if first.cost else 1.0, chance(mix.path.joint)
        parts = [lever.label + Text(f" {step:+.1f} 档", f" {step:+.1f}") for lever, step in moved(mix.path)]
        what = Text(
            f"：代价 {mix.path.cost:.1f}（{ratio:.2f} 倍），概率 {likely}；",
            f": cost {mix.path.cost:.1f} ({ratio:.2f} times), {likely}; ",
        )
        found.append(mix.label + what + joined(parts, _COMMA))
    return found


def tried_lines(found: Sequence[Tried]) -> list[Text]:
    """The effect of the ledger's alternatives."""
    return [
        item.label
        + Text(
            f"：只改台账，同时实现的概率由 {chance(item.before)} 变为 {chance(item.alone)}；再加上述杠杆为 "
            f"{chance(item.with_path)}",
            f": from {chance(item.before)} to {chance(item.alone)} by itself, {chance(item.with_path)} with the levers above",
        )
        for item in found
    ]
