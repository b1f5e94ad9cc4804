"""Sensitivity of a case: what is unknown, which of it matters enough to be kept, the runs, and their indices."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

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
from sim.simulate.design import Design, is_settled_before, known_outputs, swept_inputs, written_outputs
from sim.simulate.draws import priors_of_case, stored_factors
from sim.simulate.opening import SENTENCES, Case, with_projects
from sim.simulate.sweeps.names import left_out_of, named_series
from sim.simulate.sweeps.running import Spread, Sweep, prepare_sweep, sweep_in_memory
from sim.simulate.sweeps.statistics import labelled, outputs_of, single_series

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
    keep: int = USUAL_KEPT

    def fail_if_unfit(self) -> None:
        """Raise what cannot be meant.

        Raises
        ------
        UsageError
            with every size outside its limits, and a base sample of which a Sobol sequence is not balanced.
        """
        faults = Faults()
        for name, size in (("walks", self.walks), ("resamples", self.resamples), ("keep", self.keep)):
            if not 2 <= size <= MOST[name]:  # noqa: PLR2004
                advice = Text(f"应为 2–{MOST[name]} 的整数", f"give a whole number from 2 to {MOST[name]}")
                faults.add(Text(f"{name} {size} 不可用", f"{name} {size} cannot be used"), Place(key=name), advice)
        if not 2 <= self.base <= MOST["base"] or self.base & (self.base - 1):  # noqa: PLR2004
            message = Text(f"--base {self.base} 须为 2 的幂", f"--base {self.base} must be a power of two")
            advice = Text(f"例如 1024，最大 {MOST['base']:,}", f"such as 1024, at most {MOST['base']:,}")
            faults.add(message, Place(), advice)
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
    if len(unknowns) > asked.keep and not is_named:
        _, screened = found(morris_design(unknowns, design, asked.walks), partial(sweep_in_memory, spread=spread))
        unknowns = most_influential(screened, unknowns, asked.keep)
    draws, indices = found(saltelli_design(case, unknowns, design, asked.base), run)
    return Analysis(indices, draws, screened)


def _outputs(case: Case, design: Design) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the series that are asked for, by the model's names, and all variables that are kept: theirs and the section's."""
    faults = Faults()
    asked = [(case.city.names.variable(name, faults, Place(key=name)), Place(key=name)) for name in design.outputs]
    variables = [(name.partition("[")[0], place) for name, place in asked]
    kept = known_outputs(case, (*variables, *written_outputs(case)), faults)
    faults.raise_if_any(InputError)
    return tuple(name for name, _ in asked), kept


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
    stored, unknowns = stored_factors(case, design), list[Unknown]()
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
        when nothing is unknown.
    """
    chance = [] if design.rest == "central" else [Input("shocks", "shocks", role="shocks")]
    if chance and case.plan is not None:
        chance.append(Input("projects", "projects", role="projects"))
    points = Saltelli(_distributions(unknowns), base, design.seed, len(chance))
    return design.swept_by("saltelli", Sample((*(item.input for item in unknowns), *chance), points))


def morris_design(unknowns: Sequence[Unknown], design: Design, walks: int) -> Design:
    """Return the design for screening many unknowns; without chance, which would drown the effect of a single step.

    Raises
    ------
    UsageError
        when nothing is unknown.
    """
    points = Morris(_distributions(unknowns), walks, design.seed)
    return design.swept_by("morris", Sample(tuple(item.input for item in unknowns), points))


def _distributions(unknowns: Sequence[Unknown]) -> tuple[Distribution, ...]:
    if not unknowns:
        message = Text("没有可分析的未知参数", "there is no unknown parameter to analyse")
        advice = Text("在 sweep.over 或 --over 中写明", "name some in sweep.over or with --over")
        raise UsageError(Fault(message, Place(), advice))
    return tuple(item.distribution for item in unknowns)


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
    try:
        if isinstance(sample.design, Saltelli):
            sobol = sobol_indices(outputs, len(sample.inputs), lost, resamples, seed)
            about = {"kind": "sobol", "base_points": sobol.points, "base_points_lost": sobol.base - sobol.points}
            return _dataset(draws, sample, years, series, vars(sobol), {**about, "resamples": resamples})
        morris = morris_effects(outputs, sample.design.unit(0, sample.count), lost)
    except TooFewLeftError as error:
        count = int(lost.sum())
        message = Text(
            f"{count} 次抽样无效，余下的不足以分析", f"{count} draws were lost; what is left is too little to analyse"
        )
        advice = Text("请缩小参数的范围", "narrow the ranges of the parameters")
        raise RunError(Fault(message + Text("：", ": ") + left_out_of(draws), Place(), advice)) from error
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


def sentences(analysis: Analysis) -> list[Text]:
    """Return what a reader must know of the indices."""
    about, inputs, told = analysis.indices.attrs, analysis.indices.sizes["input"], analysis.draws.attrs
    what = "trajectories" if about["kind"] == "morris" else "base_points"
    left_out = Text("", "")
    if lost := int(about[f"{what}_lost"]):
        left_out = SENTENCES["indices_left_out"].filled(lost=lost)
    still = Text("；年度冲击为零", "; no yearly shocks") if told.get("has_shocks", 1) else Text("", "")
    still += Text("，台账取平均", ", the ledger at its mean") if told.get("has_ledger", 1) else Text("", "")
    facts = {"inputs": inputs, "count": int(about[what]), "left_out": left_out, "resamples": about.get("resamples")}
    head = SENTENCES[about["kind"]].filled(still=still, **facts)
    found = [head] if about["kind"] == "morris" else [head, SENTENCES["indices_are_estimates"]]
    if analysis.screened is not None:
        found.append(SENTENCES["screened"].filled(count=analysis.screened.sizes["input"]))
    return found
