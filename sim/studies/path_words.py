"""A required path in the words of a plan: what must be done, what it reaches, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.studies.alternatives import Tried
from sim.studies.path import Mix, Path
from sim.studies.responses import Lever
from sim.text import Text, joined
from sim.words import chance, exact, plain, unit_text

_COMMA = Text("、", ", ")


def head(path: Path) -> Text:
    """Whether the targets are reached, and in how many draws."""
    wanted, reached, count = chance(path.probability), chance(path.joint), len(path.readings)
    name = f"P{100.0 * path.probability:.0f}"
    if path.reaches:
        return Text(
            f"{name}：{count} 项目标同时实现的概率 {reached}（要求 {wanted}），代价 {path.cost:.1f}（档数的平方和）",
            f"{name}: all {count} targets are met together in {reached} ({wanted} asked), cost {path.cost:.1f} (squared steps)",
        )
    return Text(
        f"{name}：做不到。杠杆在范围内用到最好，{count} 项目标同时实现的概率也只有 {reached}（要求 {wanted}）",
        f"{name}: impossible. At their best within the bounds the levers reach {reached} ({wanted} asked)",
    )


def moves(path: Path) -> Iterator[tuple[Lever, float, Text]]:
    """Levers that are moved, most first: by how many steps, and from what to what in the targets' last year."""
    order = np.argsort(-np.abs(path.steps))
    last = max(reading.last for reading in path.readings)
    for place in (place for place in order if abs(path.steps[place]) > 0.0):
        lever, step = path.levers[place], float(path.steps[place])
        year = lever.before.years[-1] if lever.before.years else last
        before = float(np.ravel(lever.before.at(year))[0])
        after = before + step * lever.step
        units = unit_text(lever.unit, "zh"), unit_text(lever.unit, "en")
        way = f"{plain_small(before)} → {plain_small(after)}"
        yield lever, step, Text(f"{way} {units[0]}", f"{way} {units[1]}")


def plain_small(value: float) -> str:
    """A value of a lever: small ones keep three digits."""
    return f"{value:.3g}" if abs(value) < 1.0 else plain(value)


def target_lines(path: Path) -> list[Text]:
    """Each target with its own probability, and what one hundredth more of it would cost."""
    found = []
    for place, reading in enumerate(path.readings):
        target = reading.target
        unit = Text(unit_text(target.unit, "zh"), unit_text(target.unit, "en"))
        price = "" if path.price[place] <= 0.0 or not path.reaches else f"{path.price[place]:.1f}"
        line = target.name + Text(
            f" {reading.operator} {exact(target.value)} {unit.zh}：{chance(float(path.single[place]))}",
            f" {reading.operator} {exact(target.value)} {unit.en}: {chance(float(path.single[place]))}",
        )
        if price:
            line += Text(f"（再高 1% 的代价约 {price}）", f" (one per cent more would cost about {price})")
        found.append(line)
    return found


def obstacles(path: Path) -> list[Text]:
    """What binds when the targets cannot be reached: targets that fall short, and levers at their bounds."""
    if path.reaches:
        return []
    short = [
        reading.target.name + Text(f"（差 {100.0 * part:.1f}%）", f" (by {100.0 * part:.1f} %)")
        for reading, part in zip(path.readings, path.short, strict=True)
        if part > 0.0
    ]
    found = []
    if short:
        found.append(Text("达不到的目标：", "out of reach: ") + joined(short, _COMMA))
    if path.at_bounds:
        found.append(
            Text("已用到上限的杠杆：", "levers at their bounds: ") + joined([lever.label for lever in path.at_bounds], _COMMA)
        )
    return found


def mix_lines(mixes: Sequence[Mix], first: Path) -> list[Text]:
    """Other mixes with their cost beside the first."""
    found = []
    for mix in mixes:
        ratio = mix.path.cost / first.cost if first.cost else 1.0
        moved = [
            Text(f"{lever.label.zh} {step:+.1f} 档", f"{lever.label.en} {step:+.1f}") for lever, step, _ in moves(mix.path)
        ]
        parts = joined(moved, _COMMA)
        found.append(
            mix.label
            + Text(
                f"：代价 {mix.path.cost:.1f}（{ratio:.2f} 倍），概率 {chance(mix.path.joint)}；{parts.zh}",
                f": cost {mix.path.cost:.1f} ({ratio:.2f} times), {chance(mix.path.joint)}; {parts.en}",
            )
        )
    return found


def tried_lines(found: Sequence[Tried]) -> list[Text]:
    """What the ledger's alternatives would do."""
    return [
        item.label
        + Text(
            f"：不动杠杆时由 {chance(item.before)} 到 {chance(item.alone)}，配合上述杠杆为 {chance(item.with_path)}",
            f": from {chance(item.before)} to {chance(item.alone)} without levers, {chance(item.with_path)} with those above",
        )
        for item in found
    ]
