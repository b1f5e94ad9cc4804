"""Values that a scenario sets and that move nothing: each run beside the scenario without it, all in one block.

Some parameters count only by how they differ from their own start, so that a constant changes nothing; others are limits that
do not bind, or act on what the scenario does not use. Whoever sets one must be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults
from sim.base.text import Text, joined
from sim.engine.integrate import Clock, YearValues, simulate
from sim.engine.kernel import kernel_for
from sim.engine.workspace import NARROWEST, Workspace
from sim.inputs.year_path import YearPath
from sim.model.binding import NOISE, SILENCE, BoundValues, Resolved
from sim.simulate.opening import Case, with_projects
from sim.simulate.pipeline import readings_of, request_of
from sim.simulate.projects import ledger_plan
from sim.simulate.swept import is_settled_before

_NOTHING, _UNSEEN = 1e-9, 1e-4
"""Part of a variable's largest value: what rounding may leave, and what no printed figure shows."""
_MOST_NAMED, _FEW = 3, 16
"""Variables that are named, and futures of the ledger that are enough to see whether a setting moves any."""


@dataclass(frozen=True)
class _Without:
    """The values of a scenario in the first draw; in each further one, some are what they would be without a setting."""

    bound: BoundValues
    others: Sequence[Mapping[str, YearPath]]

    @property
    def count(self) -> int:
        """Number of draws."""
        return max(1 + len(self.others), NARROWEST)

    @property
    def drawn(self) -> frozenset[str]:
        """Names that differ from draw to draw."""
        return frozenset(name for values in self.others for name in values)

    def value(self, name: str, year: int) -> Values:
        """[dims..., draw] of what differs, else [dims..., 1]."""
        if name.startswith(NOISE):
            return SILENCE
        value = self.bound.value(name, year)
        if name not in self.drawn:
            return value
        value = np.repeat(value, self.count, axis=-1)
        for place, values in enumerate(self.others, start=1):
            if name in values:
                value[..., place] = values[name].at(year)
        return value


def idle_remarks(case: Case) -> tuple[Text, ...]:
    """The settings of a case that were there already, that change no result, and that change no figure anybody looks at.

    Only those that the scenario says itself, in its file, its layers in use or the call: what it extends answers for its own.
    """
    years = range(case.world.city.settings.base_year, case.last_year + 1)
    last = {item.name: item for item in case.bound.resolved}
    own = [item for item in last.values() if item.section != "given" and item.before is not None and _is_own(case, item)]
    same = [item for item in own if item.before is not None and item.after.equals(item.before, years)]
    rest = [item for item in own if item not in same]
    moved = _moved(case, rest)
    nothing = [item for item in rest if not moved[item.name]]
    seen = _seen(case)
    unseen = [item for item in rest if moved[item.name] and not any(moved[item.name].get(name, 0.0) > _UNSEEN for name in seen)]
    found = (
        (_SAME, [_named(case, item) for item in same]),
        (_IDLE, [_named(case, item) for item in nothing]),
        (_BARELY, [_named(case, item, tuple(moved[item.name])) for item in unseen]),
    )
    return tuple(head + joined(names, Text("；", "; ")) for head, names in found if names)


def with_idle_remarks(case: Case) -> Case:
    """The case with what must be said of its settings among its remarks."""
    return replace(case, selection=replace(case.selection, remarks=(*case.selection.remarks, *idle_remarks(case))))


_SAME = Text("下列设定与原值相同：", "Set to what they already were: ")
_IDLE = Text("下列设定不改变任何结果：", "Settings that change no result: ")
_BARELY = Text(
    "下列设定使本情景的目标和与统计核对的指标变动都不到万分之一：",
    "Settings that move no target of this scenario, and no figure held against statistics, by as much as 0.01 %: ",
)


def _is_own(case: Case, item: Resolved) -> bool:
    return item.change.place.file in (None, case.scenario.file) or item.change.origin not in {
        file.stem for file in case.scenario.files
    }


def _named(case: Case, item: Resolved, moved: Sequence[str] = ()) -> Text:
    """A setting with how its parameter acts, and which variables it moves."""
    named = item.label + Text(f"（{item.name}）", f" ({item.name})")
    if moved:
        labels, count = case.world.labels.variables, len(moved)
        names = joined([labels[name] for name in moved[:_MOST_NAMED]], Text("、", ", "))
        more = Text(f" 等 {count} 个变量", f" and others, {count} in all") if count > _MOST_NAMED else Text("", "")
        named += Text("只影响", " moves ") + names + more
    note = case.world.city.parameters[item.name].note
    return named + (Text("", "") if note is None else Text("，", ": ") + note)


def _seen(case: Case) -> frozenset[str]:
    """Variables that targets read or that are held against published figures; where there are none, those shown first."""
    of_targets = (name for reading in readings_of(case, case.selection.targets) for name in reading.outputs)
    seen = frozenset((*of_targets, *(check.variable for check in case.world.checks)))
    return seen or frozenset(case.world.outline.first)


def _moved(case: Case, items: Sequence[Resolved]) -> dict[str, dict[str, float]]:
    """By setting: the variables that it moves, and by which part of their largest value."""
    found: dict[str, dict[str, float]] = {item.name: {} for item in items}
    if not items:
        return found
    without = _Without(with_projects(case, _FEW).bound, [_before(case, item) for item in items])
    graph, base, steps = case.world.graph, case.world.city.settings.base_year, case.scenario.steps_per_year
    request = request_of(case, tuple(graph.quantities), steps)
    changing = {name for values in without.others for name, path in values.items() if not path.is_constant}
    kernel = kernel_for(graph, replace(request, yearly=request.yearly | without.bound.yearly | changing))
    rows = simulate(Workspace(kernel, without.count, without.drawn), Clock(base + 1, case.last_year, steps), without)
    for name, parts in _parts(rows).items():
        for item, part in zip(items, parts[1:], strict=False):
            if not part <= _NOTHING:  # what became infinite without the setting was moved by it
                found[item.name][name] = float(part)
    return found


def _before(case: Case, item: Resolved) -> dict[str, YearPath]:
    """What is otherwise without a setting: its own value, and where the ledger reads it, what projects give."""
    if item.before is None:
        raise AssertionError("a setting over nothing")
    values = {item.name: item.before}
    if not is_settled_before(case, item.name):
        return values
    bound = replace(case.bound, values={**case.bound.values, **values})
    plan = ledger_plan(case.scenario, case.world, bound, case.last_year, Faults())
    given = with_projects(replace(case, plan=plan, bound=bound), _FEW).bound.values
    return values | {name: given[name] for name in case.world.ledger.flows if name in given}


def _parts(rows: Iterable[YearValues]) -> dict[str, Values]:
    """By variable: how far each draw lies from the first in any year, as a part of the largest value of the first."""
    largest, differences = dict[str, float](), dict[str, Values]()
    for row in rows:
        for name, value in row.values.items():
            flat = value.reshape(-1, value.shape[-1])
            gap = np.abs(flat - flat[:, :1]).max(axis=0)
            differences[name] = np.maximum(differences.get(name, 0.0), gap)
            largest[name] = max(largest.get(name, 0.0), float(np.abs(flat[:, 0]).max()))
    return {name: gap / (largest[name] or 1.0) for name, gap in differences.items()}
