"""Sensitivity of a case: what is unknown, which of it matters enough to be kept, the runs, and their indices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.errors import Fault, Faults, InputError, Place, RunError, UsageError, nearest
from sim.base.text import Text
from sim.ensemble.designs import Distribution, Morris, Saltelli
from sim.ensemble.draws import Input, Sample
from sim.ensemble.indices import TooFewLeftError, morris_effects, sobol_indices
from sim.inputs.sweep_section import overs_of
from sim.result.draw_store import damage_is_a_fault
from sim.simulate.design import Design, fail_if_not_whole, fail_if_outputs_unknown, fail_if_unknown, written_outputs
from sim.simulate.draws import posterior_for, priors_of_case
from sim.simulate.opening import Case, with_projects
from sim.simulate.sweeps.names import left_out_of, named_series
from sim.simulate.sweeps.running import Spread, Sweep, prepare_sweep, sweep_in_memory
from sim.simulate.sweeps.statistics import labelled, outputs_of, single_series
from sim.simulate.swept import is_settled_before, swept_inputs

Kind = Literal["sobol", "morris"]
Run = Callable[[Sweep], xr.Dataset]
"""Runs a sweep and gives back its draws."""
USUAL_BASE, USUAL_WALKS, USUAL_RESAMPLES, USUAL_KEPT = 1024, 20, 200, 20
MOST = {"base": 1 << 20, "walks": 100_000, "resamples": 10_000, "keep": 500}
"""The largest sizes that may be asked for."""
_KEPT = ("title", "title_zh", "scenario", "members", "left_out", "left_out_zh")


@dataclass(frozen=True)
class SensitivityRequest:
    """Kind of indices, size of the base sample, trajectories, resamples, and the number of inputs to keep."""

    kind: Kind = "sobol"
    base: int = USUAL_BASE
    walks: int = USUAL_WALKS
    resamples: int = USUAL_RESAMPLES
    kept: int = USUAL_KEPT

    def fail_if_unfit(self) -> None:
        """Raise what cannot be meant.

        Raises
        ------
        UsageError
            with every size outside its limits, and a kind that is unknown.
        """
        faults, sizes = Faults(), {"base": self.base, "walks": self.walks, "resamples": self.resamples, "keep": self.kept}
        for name, size in sizes.items():
            fail_if_not_whole(name, size, 2, MOST[name], faults)
        fail_if_unknown("kind", self.kind, get_args(Kind), faults)
        _fail_if_not_power_of_two(self.base, faults)
        faults.raise_if_any(UsageError)


@dataclass(frozen=True)
class Analysis:
    """Indices with the draws that they rest on; `screened` are the effects by which the inputs were chosen, if they were."""

    indices: xr.Dataset
    draws: xr.Dataset
    screened: xr.Dataset | None = None


@dataclass(frozen=True, eq=False)
class Unknown:
    """An input whose weight is asked for, and how it spreads."""

    input: Input
    distribution: Distribution


def analyse(case: Case, design: Design, asked: SensitivityRequest, spread: Spread, run: Run) -> Analysis:
    """Find the indices of a case for the outputs of a design, or for all.

    More unknowns than are to be kept are screened first, in memory; `run` does the main runs.

    Raises
    ------
    SimError
        with every fault of the request; when the runs fail.
    """
    design.fail_if_unfit()
    asked.fail_if_unfit()
    names, kept = _outputs(case, design)
    design = replace(design, outputs=kept)
    case = with_projects(case)  # once, for screening and indices
    unknowns, screened = unknowns_of(case, design), None

    def found(design: Design, run: Run) -> tuple[xr.Dataset, xr.Dataset]:
        draws = run(prepare_sweep(case, design))
        return draws, indices_of(draws, design.sample, names, asked.resamples, design.seed)

    is_named = bool(design.over or overs_of(case.scenario.sweep))
    if asked.kind == "morris":
        draws, indices = found(morris_design(unknowns, design, asked.walks), run)
        return Analysis(indices, draws)
    if len(unknowns) > asked.kept and not is_named:
        _, screened = found(morris_design(unknowns, design, asked.walks), partial(sweep_in_memory, spread=spread))
        unknowns = most_influential(screened, unknowns, asked.kept)
    draws, indices = found(saltelli_design(case, unknowns, design, asked.base), run)
    return Analysis(indices, draws, screened)


def _outputs(case: Case, design: Design) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the series that are asked for, by the model's names, and all variables that are kept: theirs and the section's."""
    faults, names, written = Faults(), case.city.names, written_outputs(case)
    asked = tuple(names.variable(name, faults, Place(key=name)) for name in design.outputs)
    faults.raise_if_any(InputError)
    called = {name.partition("[")[0]: Place(key=name) for name in asked}
    fail_if_outputs_unknown(case, written | called, faults)
    faults.raise_if_any(InputError)
    return asked, tuple(called | written)


def unknowns_of(case: Case, design: Design) -> tuple[Unknown, ...]:
    """Return what is swept by the scenario or the call, else all parameters with a prior that the scenario leaves open.

    A calibrated parameter spreads as its posterior draws do, the others as their priors; each as a factor on its values, and
    each for itself: a design for indices needs inputs that do not depend on each other.

    Raises
    ------
    InputError
        with every fault of what is swept.
    """
    faults = Faults()
    swept = swept_inputs(case, (*overs_of(case.scenario.sweep), *design.over), faults)
    faults.raise_if_any(InputError)
    if swept:
        return tuple(Unknown(item.input, item.distribution) for item in swept)
    posterior, unknowns = posterior_for(case, design), list[Unknown]()
    stored = {} if posterior is None else posterior.factors
    for prior in priors_of_case(case):
        if not is_settled_before(case, prior.name):
            spread = Distribution("triangular", (prior.low, prior.mode, prior.high))
            if prior.name in stored:
                spread = Distribution("sample", tuple(sorted(stored[prior.name].tolist())))
            unknowns.append(Unknown(Input(prior.name, prior.name, relative=True), spread))
    return tuple(unknowns)


def saltelli_design(case: Case, unknowns: Sequence[Unknown], design: Design, base: int) -> Design:
    """Return the design for Sobol indices of unknowns; yearly shocks and realisations of the ledger are further inputs.

    With `rest: central` nothing is left to chance: shocks are zero and the ledger is at its mean.

    Raises
    ------
    UsageError
        when the base sample is no power of two, or nothing is unknown.
    """
    _fail_if_nothing_unknown(unknowns)
    faults = Faults()
    _fail_if_not_power_of_two(base, faults)
    faults.raise_if_any(UsageError)
    chance = [] if design.rest == "central" else [Input("shocks", "shocks", role="shocks")]
    if chance and case.plan is not None:
        chance.append(Input("projects", "projects", role="projects"))
    points = Saltelli(tuple(item.distribution for item in unknowns), base, design.seed, len(chance))
    return design.swept_by("saltelli", Sample((*(item.input for item in unknowns), *chance), points))


def morris_design(unknowns: Sequence[Unknown], design: Design, walks: int) -> Design:
    """Return the design for screening many unknowns; without chance, which would drown the effect of a single step.

    Raises
    ------
    UsageError
        when nothing is unknown, or there are fewer than two trajectories.
    """
    _fail_if_nothing_unknown(unknowns)
    if walks < 2:  # noqa: PLR2004
        raise UsageError(Fault(Text(f"轨迹数 {walks} 至少为 2", f"at least two trajectories, not {walks}")))
    points = Morris(tuple(item.distribution for item in unknowns), walks, design.seed)
    return design.swept_by("morris", Sample(tuple(item.input for item in unknowns), points))


def _fail_if_not_power_of_two(base: int, faults: Faults) -> None:
    """Add a fault for a base sample of which a Sobol sequence is not balanced."""
    if isinstance(base, int) and (base < 2 or base > MOST["base"] or base & (base - 1)):  # noqa: PLR2004
        message = Text(f"--base {base} 须为 2 的幂", f"--base {base} must be a power of two")
        faults.add(message, Place(), Text(f"例如 1024，最大 {MOST['base']:,}", f"such as 1024, at most {MOST['base']:,}"))


def _fail_if_nothing_unknown(unknowns: Sequence[Unknown]) -> None:
    if not unknowns:
        message = Text("没有可分析的未知参数", "there is no unknown parameter to analyse")
        advice = Text("在 sweep.over 或 --over 中写明", "name some in sweep.over or with --over")
        raise UsageError(Fault(message, Place(), advice))


def most_influential(screened: xr.Dataset, unknowns: Sequence[Unknown], kept: int) -> tuple[Unknown, ...]:
    """Return the unknowns that move some output of some year most, beside what moves it most of all."""
    size = screened["size"].to_numpy()
    largest = size.max(axis=0)
    weight = np.divide(size, largest, out=np.zeros_like(size), where=largest > 0.0).max(axis=(1, 2))
    chosen = sorted(np.argsort(-weight, kind="stable")[:kept])
    return tuple(unknowns[place] for place in chosen)


def indices_of(
    draws: xr.Dataset, sample: Sample | None, names: Sequence[str] = (), resamples: int = USUAL_RESAMPLES, seed: int = 0
) -> xr.Dataset:
    """Return the indices (input, output, year) that the design of a sample is made for.

    Of Saltelli's they are first-order and total indices with half-widths of their 95 % intervals; of Morris' the mean `effect`,
    the mean size `size` and the standard deviation `deviation` of elementary effects: changes of the output, in its unit, over
    the whole range of the input.

    Raises
    ------
    InputError
        when the draws belong to another sample, or the sample is of neither design.
    RunError
        when so many draws were lost that nothing can be said.
    """
    if sample is None or not isinstance(sample.design, Saltelli | Morris):
        message = Text("这个样本不是 Saltelli 或 Morris 设计", "this sample is no Saltelli design and none of Morris")
        raise InputError(Fault(message))
    fail_if_other_sample(draws, sample)
    with damage_is_a_fault(draws):
        years, series = series_of(draws, names)
        outputs, lost = np.concatenate(list(series.values()), axis=0), draws["lost"].to_numpy()
    with _too_few_is_a_fault(draws):
        if isinstance(sample.design, Saltelli):
            sobol = sobol_indices(outputs, len(sample.inputs), lost, resamples, seed)
            about = {"kind": "sobol", "base_points": sobol.points, "base_points_lost": sobol.base - sobol.points}
            return _dataset(draws, sample, years, series, vars(sobol), {**about, "resamples": resamples})
        morris = morris_effects(outputs, sample.design.unit(0, sample.count), lost)
        about = {"kind": "morris", "trajectories": morris.walks, "trajectories_lost": morris.trajectories - morris.walks}
        return _dataset(draws, sample, years, series, vars(morris), about)


def _dataset(
    draws: xr.Dataset,
    sample: Sample,
    years: list[int],
    series: Mapping[str, Values],
    found: Mapping[str, Any],
    attributes: dict[str, Any],
) -> xr.Dataset:
    """Return the arrays that were found, by input, output and year, with the names of all of them."""
    dims, shape = ("input", "output", "year"), (len(sample.inputs), len(series), len(years))
    arrays = {name: (dims, array.reshape(shape)) for name, array in found.items() if isinstance(array, np.ndarray)}
    dataset = xr.Dataset(arrays, coords={"input": list(sample.keys), "output": list(series), "year": years})
    units = {name: str(draws[name.partition("[")[0]].attrs.get("units", "")) for name in series}
    labels = {name: named_series(draws, name).label for name in series}
    named = {name: {"zh": label.zh, "en": label.en, "unit": units[name]} for name, label in labels.items()}
    dataset["input"].attrs["named"] = draws["inputs"].attrs["named"]
    dataset["output"].attrs["named"] = json.dumps(named, ensure_ascii=False)
    kept = {name: draws.attrs[name] for name in _KEPT if name in draws.attrs}
    return dataset.assign_attrs(**kept, **attributes, draws=sample.count, sample=sample.fingerprint)


def series_of(draws: xr.Dataset, names: Sequence[str] = ()) -> tuple[list[int], dict[str, Values]]:
    """Return the years after the base year, and by name the series [year, row] that are named, or all that stand alone.

    A name is that of a variable, or of one of its members as in `value_added_nominal[manufacturing]`.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    base_year, kept = int(draws.attrs["base_year"]), outputs_of(draws)
    years = [int(year) for year in draws["year"].to_numpy() if year > base_year]
    later = draws.sel(year=years)
    asked = dict.fromkeys(name.partition("[")[0] for name in names or single_series(draws))
    found = {label: row for name in asked if name in kept for label, row in labelled(name, later[name])}
    known = {*found, *(label.partition("[")[0] for label in found)}
    if not known.issuperset(names):
        raise UsageError(
            Fault(Text(f"没有保留 {name}", f"{name} was not kept"), Place(key="outputs"), nearest(name, [*found, *kept]))
            for name in names
            if name not in known
        )
    chosen = {label: row for label, row in found.items() if label in names or label.partition("[")[0] in names}
    return years, chosen if names else found


def fail_if_other_sample(draws: xr.Dataset, sample: Sample) -> None:
    """Raise where outputs are those of another sample: they say nothing of this one.

    Raises
    ------
    InputError
        when the fingerprints differ, or rows are missing or out of order.
    """
    have = str(draws.attrs.get("sample", ""))
    if have != sample.fingerprint:
        message = Text(
            f"这些结果属于另一个样本（{have[:8]}），不是 {sample.fingerprint[:8]}",
            f"these outputs belong to another sample ({have[:8]}), not to {sample.fingerprint[:8]}",
        )
        raise InputError(Fault(message, Place(key="sample"), Text("请用同一样本重新运行", "run the model on this very sample")))
    inputs = draws["inputs"][: len(sample.inputs)].to_numpy()
    if draws.sizes["draw"] != sample.count or not np.array_equal(inputs, sample.columns(0, sample.count)):
        message = Text("抽样不全或次序已变", "draws of the sample are missing or out of order")
        raise InputError(Fault(message, Place(key="sample"), Text("请用全部抽样", "use all the draws as they were given")))


@contextmanager
def _too_few_is_a_fault(draws: xr.Dataset) -> Iterator[None]:
    """Make draws of which too many were lost a fault that names them."""
    try:
        yield
    except TooFewLeftError as error:
        lost = int(draws["lost"].sum())
        message = Text(f"{lost} 次抽样无效，余下的不足以分析", f"{lost} draws were lost; what is left is too little to analyse")
        advice = Text("请缩小参数的范围", "narrow the ranges of the parameters")
        raise RunError(Fault(message + Text("：", ": ") + left_out_of(draws), Place(), advice)) from error


def sentences(analysis: Analysis) -> list[Text]:
    """Return what a reader must know of the indices."""
    attributes, inputs = analysis.indices.attrs, analysis.indices.sizes["input"]
    if attributes["kind"] == "morris":
        walks, lost = f"{attributes['trajectories']:,}", int(attributes["trajectories_lost"])
        head = Text(f"Morris 筛选：{inputs} 个输入，{walks} 条轨迹", f"Morris screening: {inputs} inputs, {walks} trajectories")
        about = analysis.draws.attrs
        still = Text("；年度冲击为零", "; no yearly shocks") if about.get("has_shocks", 1) else Text("", "")
        still += Text("，台账取平均", ", the ledger at its mean") if about.get("has_ledger", 1) else Text("", "")
        return [head + _left_out(lost) + still + Text("。", ".")]
    points, lost = f"{attributes['base_points']:,}", int(attributes["base_points_lost"])
    head = Text(f"Sobol 指数：{inputs} 个输入，基样本 {points}", f"Sobol indices: {inputs} inputs, base sample {points}")
    again = f"{attributes['resamples']}"
    resampled = Text(f"；区间由 {again} 次自助重抽得到。", f"; intervals from {again} bootstrap resamples.")
    found = [head + _left_out(lost) + resampled, _ESTIMATES]
    if analysis.screened is not None:
        found.append(_screened(analysis.screened.sizes["input"]))
    return found


_ESTIMATES = Text(
    "指数是抽样估计：样本小时会略低于 0 或高于 1，按 0 和 1 理解，以区间为准（基样本不宜少于 1,024）；"
    "几个输入共同起作用的部分在各自的总效应中都计入，所以总效应之和可大于 1。",
    "Indices are estimates: small samples put some a little below 0 or above 1, to be read as 0 and 1 with their intervals "
    "(take a base sample of 1,024 or more); what inputs do together counts in the total effect of each, so totals may add up "
    "to more than 1.",
)


def _left_out(lost: int) -> Text:
    if not lost:
        return Text("", "")
    return Text(f"（另有 {lost:,} 个含无效抽样，未计入）", f" ({lost:,} more held lost draws and were left out)")


def _screened(count: int) -> Text:
    return Text(
        f"先以 Morris 方法从 {count} 个未知参数中选出影响最大的；其余保持中心值，不在方差之内。",
        f"Morris screening chose the most influential of {count} unknown parameters; the others stay at their central values "
        "and are no part of the variance.",
    )
