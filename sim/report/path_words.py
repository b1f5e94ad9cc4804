"""A required path in the words of a plan: what must be done, what it reaches, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.text import Text, joined, same
from sim.base.words import amounts, chance, fine, goal_words, plain, signed, unit_words
from sim.report.study_words import change_labels, name_in
from sim.simulate.design import Design
from sim.simulate.opening import Case
from sim.studies.plan.path import Mix, Path
from sim.studies.plan.path_file import Tried
from sim.studies.plan.points import PathLever

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
