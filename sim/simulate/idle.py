"""Values that a scenario sets and that move nothing: each run beside the scenario without it, all in one block.

Some parameters count only by how they differ from their own start, so that a constant changes nothing; others are limits that
do not bind, or act on what the scenario does not use. Whoever sets one must be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.base.arrays import Numbers, Values
from sim.base.errors import Faults
from sim.base.text import Text, joined
from sim.ensemble.running import gathered
from sim.inputs.scenario import Change
from sim.inputs.year_path import YearPath
from sim.simulate.design import is_settled_before
from sim.simulate.draws import task_beside
from sim.simulate.opening import SENTENCES, Case, ledger_plan, with_projects
from sim.simulate.pipeline import readings_of

_NOTHING, _UNSEEN = 1e-9, 1e-4
"""Part of a variable's largest value: what rounding may leave, and what no printed figure shows."""
_MOST_NAMED, _FEW = 3, 16
"""Variables that are named, and futures of the ledger that are enough to see whether a setting moves any."""


def idle_remarks(case: Case) -> tuple[Text, ...]:
    """The settings of a case that were there already, that change no result, and that change no figure anybody looks at.

    Only those that the scenario says itself, in its file, its layers in use or the call: what it extends answers for its own.
    """
    years = range(case.base_year, case.last_year + 1)
    last = {item.name: item for item in case.bound.resolved}
    own = [item for item in last.values() if item.section != "given" and item.before is not None and _is_own(case, item)]
    same = [item for item in own if item.before is not None and item.after.equals(item.before, years)]
    rest = [item for item in own if item not in same]
    moved = _moved(case, rest)
    nothing = [item for item in rest if not moved[item.name]]
    seen = _seen(case)
    unseen = [item for item in rest if moved[item.name] and not any(moved[item.name].get(name, 0.0) > _UNSEEN for name in seen)]
    found = (
        ("same", [_named(case, item) for item in same]),
        ("idle", [_named(case, item) for item in nothing]),
        ("barely", [_named(case, item, tuple(moved[item.name])) for item in unseen]),
    )
    return tuple(SENTENCES[head] + joined(names, Text("；", "; ")) for head, names in found if names)


def with_idle_remarks(case: Case) -> Case:
    """The case with what must be said of its settings among its remarks."""
    return replace(case, selection=replace(case.selection, remarks=(*case.selection.remarks, *idle_remarks(case))))


def _is_own(case: Case, item: Change) -> bool:
    return item.place.file in (None, case.scenario.file) or item.origin not in {file.stem for file in case.scenario.files}


def _named(case: Case, item: Change, moved: Sequence[str] = ()) -> Text:
    """A setting with how its parameter acts, and which variables it moves."""
    named = item.label + Text(f"（{item.name}）", f" ({item.name})")
    if moved:
        labels, count = case.city.labels.variables, len(moved)
        names = joined([labels[name] for name in moved[:_MOST_NAMED]], Text("、", ", "))
        more = Text(f" 等 {count} 个变量", f" and others, {count} in all") if count > _MOST_NAMED else Text("", "")
        named += Text("只影响", " moves ") + names + more
    note = case.city.data.parameters[item.name].note
    return named + (Text("", "") if note is None else Text("，", ": ") + note)


def _seen(case: Case) -> frozenset[str]:
    """Variables that targets read or that are held against published figures; where there are none, those shown first."""
    of_targets = (name for reading in readings_of(case, case.selection.targets) for name in reading.outputs)
    seen = frozenset((*of_targets, *(check.variable for check in case.city.checks)))
    return seen or frozenset(case.city.outline.first)


def _moved(case: Case, items: Sequence[Change]) -> dict[str, dict[str, float]]:
    """Return the variables that each setting moves, and by which part of their largest value."""
    found: dict[str, dict[str, float]] = {item.name: {} for item in items}
    if not items:
        return found
    scenario = replace(case, bound=with_projects(case, _FEW).bound)
    without = [_before(case, item) for item in items]
    years = range(case.base_year, case.last_year + 1)
    paths, changing = dict[str, Values](), set[str]()
    for name in dict.fromkeys(name for values in without for name in values):
        own = scenario.bound.values[name]
        others = [values.get(name, own) for values in without]
        paths[name] = np.stack([np.stack([path.at(year) for path in (own, *others)], axis=-1) for year in years])
        changing |= {name} if any(not path.is_constant for path in others) else set()
    outputs = tuple(case.city.graph.quantities)
    _, [parts] = gathered(task_beside(scenario, paths, outputs, frozenset(changing)), 1, _parts)
    for name, row in zip(outputs, parts, strict=True):
        for item, part in zip(items, row[1:], strict=True):
            if not part <= _NOTHING:  # what became infinite without the setting was moved by it
                found[item.name][name] = float(part)
    return found


def _parts(values: Mapping[str, Values], _: Numbers) -> list[list[Values]]:
    """Return for each variable how far draws lie from the first in any year, as a part of the largest value of the first."""
    flat = [value.reshape(-1, value.shape[-1]) for value in values.values()]
    return [[np.abs(rows - rows[:, :1]).max(axis=0) / (np.abs(rows[:, 0]).max() or 1.0) for rows in flat]]


def _before(case: Case, item: Change) -> dict[str, YearPath]:
    """Return what is otherwise without a setting: its own value, and where the ledger reads it, what projects give."""
    if item.before is None:
        raise AssertionError("a setting over nothing")
    values = {item.name: item.before}
    if not is_settled_before(case, item.name):
        return values
    bound = replace(case.bound, values={**case.bound.values, **values})
    plan = ledger_plan(case.scenario, case.city, bound, case.last_year, Faults())
    given = with_projects(replace(case, plan=plan, bound=bound), _FEW).bound.values
    return values | {name: given[name] for name in case.city.ledger.flows if name in given}
