"""The design of draws: one record of their number, seed and method, completed by a scenario's section `sweep`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, get_args

from sim.base.errors import Fault, Faults, InputError, Place, UsageError, nearest
from sim.base.processes import DEFAULT_DRAWS, MOST_DRAWS
from sim.base.text import Text
from sim.ensemble.designs import Grid, Listed, PointDesign, Spreading, SpreadPoints
from sim.ensemble.draws import Sample
from sim.inputs.sweep_section import METHODS, Method, Over, Rest, SweepSection, overs_of
from sim.inputs.year_path import from_year
from sim.simulate.opening import Case
from sim.simulate.swept import SweptInput, swept_inputs

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

    def fail_if_unfit(self) -> None:
        """Raise what cannot be meant.

        Raises
        ------
        UsageError
            with every value that is of a wrong type, outside its limits or no known word.
        """
        faults = Faults()
        if self.draws is not None:
            fail_if_not_whole("draws", self.draws, 1, MOST_DRAWS, faults)
        fail_if_not_whole("seed", self.seed, 0, LARGEST_SEED, faults)
        fail_if_unknown("method", self.method, METHODS, faults)
        fail_if_unknown("rest", self.rest, get_args(Rest), faults)
        faults.raise_if_any(UsageError)


def fail_if_not_whole(name: str, value: Any, low: int, high: int, faults: Faults) -> None:
    """Add a fault for what is no whole number within its limits."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        advice = Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")
        faults.add(Text(f"{name} {value!r} 不可用", f"{name} {value!r} cannot be used"), Place(key=name), advice)


def fail_if_unknown(name: str, value: Any, known: tuple[str, ...], faults: Faults) -> None:
    """Add a fault for a word that is not among the known ones; none is what is usual."""
    if value is not None and value not in known:
        message = Text(f"{name} 没有 {value!r}", f"{name} knows no {value!r}")
        faults.add(message, Place(key=name), nearest(str(value), list(known)) or Text("、".join(known), ", ".join(known)))


def completed(case: Case, design: Design) -> Design:
    """Return the design of a call with what the scenario's section says, its sample and its number of draws.

    Raises
    ------
    InputError, UsageError
        with every unknown name, impossible range and contradiction; when a grid has too many points.
    """
    design.fail_if_unfit()
    section, faults = case.scenario.sweep or SweepSection(), Faults()
    places = outputs_in_ids(case, design.outputs, "--output ", faults) | written_outputs(case)
    written = [] if design.method == "ensemble" else overs_of(case.scenario.sweep)  # the call goes before the file
    swept = tuple(swept_inputs(case, (*written, *design.over), faults))
    fail_if_outputs_unknown(case, places, faults)
    faults.raise_if_any(InputError)
    usual = "ensemble" if not swept else "grid" if all(item.range.is_listed for item in swept) else "random"
    plan = _Plan(
        method=design.method or section.method or usual,  # type: ignore[arg-type]  # known: it was checked
        draws=design.draws or section.draws,
        asked_rest=design.rest or section.rest,
        seed=design.seed,
        swept=swept,
    )
    sample = plan.sample()
    count = plan.draws or DEFAULT_DRAWS if sample is None else sample.count
    return replace(design, method=plan.method, draws=count, rest=plan.rest, outputs=tuple(places), sample=sample)


def compiled_for(case: Case, sample: Sample | None) -> Case:
    """The case with the levers that are swept as paths: the kernel must know that they change after the base year."""
    if sample is None:
        return case
    values = dict(case.bound.values)
    for item in sample.inputs:
        if item.first_year is not None:
            values[item.name] = from_year(values[item.name], item.first_year)
    return replace(case, bound=replace(case.bound, values=values))


def fail_if_outputs_unknown(case: Case, places: Mapping[str, Place], faults: Faults) -> None:
    """Add a fault for every output that the model does not have; `places` say where each is written."""
    known, labels = case.city.graph.quantities, case.city.names.variables
    for name, place in places.items():
        if name not in known:
            message = Text(f"模型没有变量 {name}", f"the model has no variable {name}")
            faults.add(message, place, nearest(name, known, labels))


def outputs_in_ids(case: Case, written: Iterable[str], option: str, faults: Faults) -> dict[str, Place]:
    """The variables that a call names, by id or label, and where it names them."""
    places = {name: Place(key=f"{option}{name}") for name in written}
    return {case.city.names.variable(name, faults, place): place for name, place in places.items()}


def written_outputs(case: Case) -> dict[str, Place]:
    """The outputs that the scenario's section asks for, and where."""
    section = case.scenario.sweep
    if section is None:
        return {}
    place, names = section.place("outputs"), case.city.names
    return {names.variable(name, Faults(), place): place for name in section.outputs}


@dataclass(frozen=True)
class _Plan:
    """Method, draws and what is swept, put together."""

    method: Method
    draws: int | None
    asked_rest: Rest | None
    seed: int
    swept: tuple[SweptInput, ...]

    @property
    def rest(self) -> Rest:
        """The way of all that is not swept: at the points of a grid or list it stays as it is, unless draws are asked for."""
        usual: Rest = "central" if self.method in POINTWISE and self.draws is None else "ensemble"
        return self.asked_rest or usual

    @property
    def members(self) -> int:
        """Draws at each point; zero where every draw is a point of its own."""
        return (self.draws or USUAL_MEMBERS) if self.method in POINTWISE and self.rest == "ensemble" else 0

    @property
    def place(self) -> Place:
        """Place of the first of the inputs."""
        return self.swept[0].place

    def sample(self) -> Sample | None:
        """The sample; None where nothing is swept.

        Raises
        ------
        UsageError
            when method and ranges do not go together, or there are too many points.
        """
        if self.method == "ensemble":
            if self.swept:
                alone = Text("method: ensemble 不扫描参数", "method: ensemble sweeps no parameter")
                raise UsageError(Fault(alone, self.place, _CHOOSE))
            if self.rest == "central":
                message = Text("rest: central 且不扫描参数，各次抽样都一样", "rest: central and nothing swept: all draws alike")
                advice = Text("用 run 推演一次，或写明 over", "use run for a single run, or name what is swept with `over`")
                raise UsageError(Fault(message, Place(key="rest"), advice))
            return None
        if not self.swept:
            advice = Text("在 sweep.over 或 --over 中写明", "name them in sweep.over or with --over")
            raise UsageError(Fault(Text("没有写明扫描哪些参数", "no parameter to sweep is named"), Place(), advice))
        return Sample(tuple(item.input for item in self.swept), _DESIGNS[self.method](self), self.members)

    def grid(self) -> PointDesign:
        """All combinations of the values."""
        self._fail_if_not_listed()
        self._fail_if_too_many([len(item.range.numbers) for item in self.swept])
        return Grid(tuple(item.range.numbers for item in self.swept))

    def listed(self) -> PointDesign:
        """The n-th values of all inputs together."""
        self._fail_if_not_listed()
        sizes = {item.input.key: len(item.range.numbers) for item in self.swept}
        if len(set(sizes.values())) > 1:
            shown = ", ".join(f"{key} {size}" for key, size in sizes.items())
            message = Text(f"各参数的值须一样多：{shown}", f"a list needs as many values for each: {shown}")
            raise UsageError(Fault(message, self.place, Text("或改用 method: grid", "or use method: grid")))
        self._fail_if_too_many([*set(sizes.values())])
        return Listed(tuple(item.range.numbers for item in self.swept))

    def spread(self) -> PointDesign:
        """Points spread over distributions."""
        count, names = self.draws or DEFAULT_DRAWS, tuple(item.input.key for item in self.swept)
        kind: Spreading = self.method  # type: ignore[assignment]  # the other methods have designs of their own
        if kind == "latin_hypercube" and count * len(names) > MOST_NUMBERS:
            advice = Text("请减少 draws，或用 sobol、random", "take fewer draws, or sobol or random")
            raise UsageError(Fault(Text("拉丁超立方太大", "the Latin hypercube is too large"), self.place, advice))
        return SpreadPoints(kind, names, tuple(item.distribution for item in self.swept), count, self.seed)

    def _fail_if_too_many(self, sizes: Sequence[int]) -> None:
        count = math.prod(sizes) * max(self.members, 1)
        if count > MOST_POINTS:
            raise UsageError(Fault(_too_many(sizes, self.members, count), self.place, _FEWER))

    def _fail_if_not_listed(self) -> None:
        faults = Faults()
        for item in self.swept:
            if not item.range.is_listed:
                message = Text(f"{self.method} 需要逐个的值", f"a {self.method} needs single values, not a distribution")
                faults.add(message, item.place, Text("写 [1, 2, 3] 或改 method", "write [1, 2, 3], or change the method"))
        if self.asked_rest == "central" and self.draws is not None:
            message = Text("rest: central 时每点只算一次，draws 无用", "with rest: central each point is run once: no draws")
            faults.add(message, self.place, Text("删去其一", "leave one of them out"))
        faults.raise_if_any(UsageError)


_DESIGNS: Mapping[str, Callable[[_Plan], PointDesign]] = {
    "grid": _Plan.grid,
    "list": _Plan.listed,
    "random": _Plan.spread,
    "latin_hypercube": _Plan.spread,
    "sobol": _Plan.spread,
}
_CHOOSE = Text(
    "删去 over，或改用 random、latin_hypercube、sobol、grid、list",
    "leave over out, or use random, latin_hypercube, sobol, grid, list",
)
_FEWER = Text(
    "减少各参数的点数，或改用 method: random 并写 draws: 100000",
    "take fewer points of each, or method: random with draws: 100000",
)


def _too_many(sizes: Sequence[int], members: int, count: int) -> Text:
    product = " × ".join(f"{size:,}" for size in (*sizes, *((members,) if members else ())))
    return Text(
        f"网格有 {product} = {count:,} 个点，最多 {MOST_POINTS:,}",
        f"the grid has {product} = {count:,} points, at most {MOST_POINTS:,}",
    )
