"""The design of draws: their number, seed and method, and what is swept, completed by a scenario's section `sweep`.

A swept input is a parameter by name, with the years and members that it changes, and the range that it may take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Truths
from sim.base.errors import Fault, Faults, InputError, Place, UsageError, nearest
from sim.base.processes import DEFAULT_DRAWS
from sim.base.text import Text
from sim.ensemble.designs import Distribution, Grid, Listed, PointDesign, SpreadPoints
from sim.ensemble.draws import Input, Sample
from sim.inputs.ledger_table import PARAMETER
from sim.inputs.parameters import ParameterRecord
from sim.inputs.scenario_file import SECTION_OF_KIND
from sim.inputs.sweep_section import Over, Range, Rest, SweepSection, overs_of, read_range
from sim.inputs.year_path import YearPath, from_year
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
    first_year = case.base_year + 1 if record.kind == "lever" else None
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


LARGEST_SEED = (1 << 63) - 1
MOST_POINTS = 1_000_000_000
MOST_NUMBERS = 200_000_000
"""Numbers of a Latin hypercube, which is held in memory as a whole."""
USUAL_MEMBERS = 200
POINTWISE = ("grid", "list")
"""Methods whose points are listed, so that draws are draws at each point."""


@dataclass(frozen=True)
class Design:
    """The draws of a case, for runs, sweeps, studies and the page with sliders alike.

    What a call leaves open is as the scenario's section `sweep` has it, or as is usual; see `completed`. `rest` says what is
    done with parameters that are not swept, and `prior` draws them from their priors, not the stored posterior. A design with
    a `sample` is complete: it sweeps the sample's inputs.
    """

    draws: int | None = None
    seed: int = 0
    workers: int = 1
    precision: str = "float64"
    prior: bool = False
    method: str | None = None
    over: tuple[Over, ...] = ()
    rest: Rest | None = None
    outputs: tuple[str, ...] = ()
    sample: Sample | None = None

    @property
    def count(self) -> int:
        """Number of draws."""
        return DEFAULT_DRAWS if self.draws is None else self.draws

    def swept_by(self, method: str, sample: Sample) -> Design:
        """Return a design that runs a sample, with everything that is not swept at its central value."""
        return replace(self, method=method, draws=sample.count, rest="central", sample=sample)


def completed(case: Case, design: Design) -> Design:
    """Return the design of a call with what the scenario's section says, its sample and its number of draws.

    Raises
    ------
    InputError, UsageError
        with every unknown name, impossible range and contradiction; when a grid has too many points.
    """
    section, faults = case.scenario.sweep or SweepSection(), Faults()
    asked = [(name, Place(key=f"--output {name}")) for name in design.outputs]
    outputs = known_outputs(case, (*asked, *written_outputs(case)), faults)
    written = [] if design.method == "ensemble" else overs_of(case.scenario.sweep)  # the call goes before the file
    swept = swept_inputs(case, (*written, *design.over), faults)
    faults.raise_if_any(InputError)
    usual = "ensemble" if not swept else "grid" if all(item.range.is_listed for item in swept) else "random"
    method, draws = design.method or section.method or usual, design.draws or section.draws
    usual_rest: Rest = "central" if method in POINTWISE and draws is None else "ensemble"
    rest = design.rest or section.rest or usual_rest
    design = replace(design, method=method, draws=draws, rest=rest, outputs=outputs)
    if method == "ensemble":
        _fail_if_nothing_differs(design, swept)
        return replace(design, draws=design.count)
    if not swept:
        advice = Text("在 sweep.over 或 --over 中写明", "name them in sweep.over or with --over")
        raise UsageError(Fault(Text("没有写明扫描哪些参数", "no parameter to sweep is named"), Place(), advice))
    members = (draws or USUAL_MEMBERS) if method in POINTWISE and rest == "ensemble" else 0
    points = _listed_points(design, swept, members) if method in POINTWISE else _spread_points(design, swept)
    sample = Sample(tuple(item.input for item in swept), points, members)
    return replace(design, draws=sample.count, sample=sample)


def compiled_for(case: Case, sample: Sample | None) -> Case:
    """The case with the levers that are swept as paths: the kernel must know that they change after the base year."""
    if sample is None:
        return case
    values = dict(case.bound.values)
    for item in sample.inputs:
        if item.first_year is not None:
            values[item.name] = from_year(values[item.name], item.first_year)
    return replace(case, bound=replace(case.bound, values=values))


def known_outputs(case: Case, places: Iterable[tuple[str, Place]], faults: Faults) -> tuple[str, ...]:
    """The variables that are named by id or label, each with where; unknown ones are faults."""
    known, labels = case.city.graph.quantities, case.city.names.variables
    found = {case.city.names.variable(name, faults, place): place for name, place in places}
    for name, place in found.items():
        if name not in known:
            message = Text(f"模型没有变量 {name}", f"the model has no variable {name}")
            faults.add(message, place, nearest(name, known, labels))
    return tuple(found)


def written_outputs(case: Case) -> list[tuple[str, Place]]:
    """The outputs that the scenario's section asks for, and where."""
    section = case.scenario.sweep or SweepSection()
    return [(name, section.place("outputs")) for name in section.outputs]


def _fail_if_nothing_differs(design: Design, swept: Sequence[SweptInput]) -> None:
    """An ensemble sweeps no parameter, and draws those of the city."""
    if swept:
        alone = Text("method: ensemble 不扫描参数", "method: ensemble sweeps no parameter")
        raise UsageError(Fault(alone, swept[0].place, _CHOOSE))
    if design.rest == "central":
        message = Text("rest: central 且不扫描参数，各次抽样都一样", "rest: central and nothing swept: all draws alike")
        advice = Text("用 run 推演一次，或写明 over", "use run for a single run, or name what is swept with `over`")
        raise UsageError(Fault(message, Place(key="rest"), advice))


def _listed_points(design: Design, swept: Sequence[SweptInput], members: int) -> PointDesign:
    """All combinations of the values, or the n-th values of all inputs together."""
    faults, place = Faults(), swept[0].place
    for item in (item for item in swept if not item.range.is_listed):
        message = Text(f"{design.method} 需要逐个的值", f"a {design.method} needs single values, not a distribution")
        faults.add(message, item.place, Text("写 [1, 2, 3] 或改 method", "write [1, 2, 3], or change the method"))
    if design.rest == "central" and design.draws is not None:
        message = Text("rest: central 时每点只算一次，draws 无用", "with rest: central each point is run once: no draws")
        faults.add(message, place, Text("删去其一", "leave one of them out"))
    faults.raise_if_any(UsageError)
    levels = tuple(item.range.numbers for item in swept)
    sizes = [len(numbers) for numbers in levels]
    if design.method == "list":
        if len(set(sizes)) > 1:
            shown = ", ".join(f"{item.input.key} {size}" for item, size in zip(swept, sizes, strict=True))
            message = Text(f"各参数的值须一样多：{shown}", f"a list needs as many values for each: {shown}")
            raise UsageError(Fault(message, place, Text("或改用 method: grid", "or use method: grid")))
        sizes = sizes[:1]
    if members:
        sizes.append(members)
    count, product = math.prod(sizes), " × ".join(f"{size:,}" for size in sizes)
    if count > MOST_POINTS:
        message = Text(
            f"网格有 {product} = {count:,} 个点，最多 {MOST_POINTS:,}",
            f"the grid has {product} = {count:,} points, at most {MOST_POINTS:,}",
        )
        raise UsageError(Fault(message, place, _FEWER))
    return Listed(levels) if design.method == "list" else Grid(levels)


def _spread_points(design: Design, swept: Sequence[SweptInput]) -> PointDesign:
    """Points spread over distributions."""
    names, kind = tuple(item.input.key for item in swept), design.method
    if kind == "latin_hypercube" and design.count * len(names) > MOST_NUMBERS:
        advice = Text("请减少 draws，或用 sobol、random", "take fewer draws, or sobol or random")
        raise UsageError(Fault(Text("拉丁超立方太大", "the Latin hypercube is too large"), swept[0].place, advice))
    distributions = tuple(item.distribution for item in swept)
    return SpreadPoints(kind, names, distributions, design.count, design.seed)  # type: ignore[arg-type]  # it was checked


_CHOOSE = Text(
    "删去 over，或改用 random、latin_hypercube、sobol、grid、list",
    "leave over out, or use random, latin_hypercube, sobol, grid, list",
)
_FEWER = Text(
    "减少各参数的点数，或改用 method: random 并写 draws: 100000",
    "take fewer points of each, or method: random with draws: 100000",
)
