"""One swept input: the parameter that its name means, the years and members it changes, and the range that it may take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Truths
from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.ensemble.designs import Distribution
from sim.ensemble.draws import Input
from sim.inputs.ledger_table import PARAMETER
from sim.inputs.parameters import ParameterRecord
from sim.inputs.scenario_file import SECTION_OF_KIND
from sim.inputs.sweep_section import Over, Range, read_range
from sim.inputs.year_path import YearPath
from sim.model.names import overs_in_ids
from sim.simulate.opening import Case

Members = Truths
Ends = tuple[float, float]
_ALWAYS_POSITIVE = 1e-300
_OFTEN_IN_PERCENT = ("ratio", "1/a")


@dataclass(frozen=True)
class SweptInput:
    """An input and what it is swept over."""

    input: Input
    range: Range
    distribution: Distribution
    place: Place


def swept_inputs(case: Case, overs: Sequence[Over], faults: Faults) -> list[SweptInput]:
    """All inputs, after adding every fault; of two with one key the later one counts, as a call goes before its file."""
    by_key = {item.key: item for item in overs_in_ids(overs, case.city.names, faults)}
    found = [item for over in by_key.values() if (item := swept_input(case, over, faults)) is not None]
    for number, item in enumerate(found):
        other = next((earlier for earlier in found[:number] if _overlap(earlier.input, item.input)), None)
        if other is not None:
            keys = other.input.key, item.input.key
            message = Text(f"{keys[1]} 与 {keys[0]} 重叠", f"{keys[1]} and {keys[0]} change the same values")
            faults.add(message, item.place, Text("只写其一", "leave one of them out"))
    return found


def _overlap(one: Input, other: Input) -> bool:
    """Tell whether two inputs change the same members of a parameter."""
    if one.name != other.name:
        return False
    return one.members is None or other.members is None or bool((one.members & other.members).any())


def swept_input(case: Case, over: Over, faults: Faults) -> SweptInput | None:
    """One input; None after adding its faults."""
    before = len(faults.found)
    record = _record(case, over, faults)
    if record is None:
        return None
    members = _members(case, record, over, faults)
    found = read_range(over, record.unit, faults)
    if found is None:
        return None
    ends = _ends(record, case.bound.values[record.name], found)
    if found.relative and not _varies(case.bound.values[record.name], members):
        message = Text(f"{over.key} 的路径为零，倍数不起作用", f"the path of {over.key} is nought: factors change nothing")
        faults.add(message, over.place, Text("写数值，不写 relative", "write values, without `relative`"))
    distribution = Distribution(found.kind, found.numbers, *ends)
    _fail_if_outside(record, distribution, ends, over.place, faults)
    if len(faults.found) > before:
        return None
    first_year = case.city.data.settings.base_year + 1 if record.kind == "lever" else None
    item = Input(over.key, record.name, members=members, first_year=first_year, relative=found.relative)
    return SweptInput(item, found, distribution, over.place)


def _varies(path: YearPath, members: Members | None) -> bool:
    """Tell whether a path is anything but zero for some members."""
    return any(bool(np.any(array if members is None else array[members])) for array in path.everything())


def _record(case: Case, over: Over, faults: Faults) -> ParameterRecord | None:
    """The parameter that a key names, if it may be swept."""
    parameters, name = case.city.data.parameters, over.key.partition(".")[0]
    record = parameters.get(name)
    if record is None:
        known = case.city.names.parameters()
        faults.add(Text(f"未知参数 {name}", f"unknown parameter {name}"), over.place, nearest(name, known, known))
        return None
    if record.kind not in SECTION_OF_KIND:
        faults.add(Text(f"{name} 是固定值，不能改动", f"{name} is fixed"), over.place)
        return None
    if is_settled_before(case, name):
        settled = Text("由项目台账读取，台账在抽样前已排定", "is read by the project ledger, which is settled before the draws")
        advice = Text("请写成几个情景，用 run 比较", "write several scenarios and compare them with run")
        faults.add(Text(f"{name} ", f"{name} ") + settled, over.place, advice)
        return None
    return record


def is_settled_before(case: Case, name: str) -> bool:
    """Tell whether the ledger of a case reads a parameter: its realisations are made once, before any draw."""
    return case.plan is not None and (name in case.city.ledger.levers or name.startswith(PARAMETER))


def _members(case: Case, record: ParameterRecord, over: Over, faults: Faults) -> Members | None:
    """Return the members [dims...] that a key names; None for all of them."""
    member = over.key.partition(".")[2]
    if not member:
        return None
    dims = [case.city.graph.dimensions[dim] for dim in record.dims]
    sizes = [len(dim.members) for dim in dims]
    for axis, dim in enumerate(dims):
        if member in dim.members:
            chosen = (np.array(dim.members) == member).reshape([-1 if place == axis else 1 for place in range(len(dims))])
            return np.broadcast_to(chosen, sizes)
    message = Text(f"{record.name} 没有成员 {member}", f"{record.name} has no member {member}")
    faults.add(message, over.place, nearest(member, [name for dim in dims for name in dim.members]))
    return None


def _ends(record: ParameterRecord, path: YearPath, found: Range) -> Ends:
    """Between which values, or factors on the path, the parameter stays within its declared range."""
    if record.range is None or not found.relative:
        return (-math.inf, math.inf) if record.range is None else record.range
    low, high = -math.inf, math.inf
    for value in np.concatenate([array.ravel() for array in path.everything()]):
        if value != 0.0:
            ends = sorted(end / float(value) for end in record.range)
            low, high = max(low, ends[0]), min(high, ends[1])
    return low, high


def _fail_if_outside(record: ParameterRecord, distribution: Distribution, ends: Ends, place: Place, faults: Faults) -> None:
    """Values and ends must lie within the declared range; distributions without ends are cut off there."""
    low, high = ends
    endless = distribution.kind in {"normal", "lognormal"}
    numbers = distribution.numbers[:1] if endless else distribution.numbers
    slack = 1e-9 * max(*(abs(item) for item in (*numbers, *ends) if math.isfinite(item)), _ALWAYS_POSITIVE)
    wrong = next((item for item in numbers if not low - slack <= item <= high + slack), None)
    if wrong is not None:
        span, relative = f"{low:g} … {high:g}", record.range is not None and ends != record.range
        what = Text("倍数 ", "the factor ") if relative else Text("", "")
        unit = "" if relative else f"（{record.unit}）"
        unit_en = "" if relative else f" ({record.unit})"
        message = what + Text(f"{wrong:g} 超出范围 {span}{unit}", f"{wrong:g} lies outside {span}{unit_en}")
        meant = record.unit in _OFTEN_IN_PERCENT and not relative and low <= wrong / 100.0 <= high
        faults.add(message, place, Text(f"是否想写 {wrong:g} %？", f"did you mean {wrong:g} %?") if meant else None)
