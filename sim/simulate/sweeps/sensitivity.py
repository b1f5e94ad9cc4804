"""Sensitivity of a case: what is unknown, which of it matters enough to be kept, the runs, and their indices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.errors import Fault, Faults, InputError, Place, RunError, UsageError, nearest
from sim.base.text import Text
from sim.ensemble.designs import Morris, Saltelli
from sim.ensemble.draws import Sample
from sim.ensemble.indices import TooFewLeftError, morris_effects, sobol_indices
from sim.inputs.sweep_section import overs_of
from sim.result.draw_store import damage_is_a_fault
from sim.simulate.draws import posterior_of
from sim.simulate.opening import Case, with_projects
from sim.simulate.sampling.plan import (
    Sampling,
    SweepRequest,
    fail_if_not_whole,
    fail_if_outputs_unknown,
    fail_if_unknown,
    written_outputs,
)
from sim.simulate.sampling.sensitivity import (
    MOST_BASE,
    USUAL_BASE,
    USUAL_WALKS,
    Unknown,
    fail_if_not_power_of_two,
    morris_sampling,
    saltelli_sampling,
    unknowns_of,
)
from sim.simulate.sweeps.names import left_out_of, named_series
from sim.simulate.sweeps.running import Spread, Sweep, prepare_sweep, sweep_in_memory
from sim.simulate.sweeps.statistics import labelled, outputs_of, single_series

USUAL_RESAMPLES, USUAL_KEPT = 200, 20
_KEPT = ("title", "title_zh", "scenario", "members", "left_out", "left_out_zh")


@dataclass(frozen=True)
class Series:
    """One output as it is analysed: its name with members in brackets, and its values [year, row]."""

    name: str
    values: Values


def series_of(draws: xr.Dataset, names: Sequence[str] = ()) -> tuple[list[int], list[Series]]:
    """The years after the base year, and the series that are analysed: those named, or all variables that are one series.

    A name is that of a variable, or of one of its members as in `value_added_nominal[manufacturing]`.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    base_year = int(draws.attrs["base_year"])
    years = [int(year) for year in draws["year"].to_numpy() if year > base_year]
    later = draws.sel(year=years)
    variables = _variables(draws, names or single_series(draws))
    found = {label: row for name in variables for label, row in labelled(name, later[name])}
    wanted = [label for label in found if not names or label in names or label.partition("[")[0] in names]
    unknown = [name for name in names if not any(name in {label, label.partition("[")[0]} for label in found)]
    if unknown:
        known = [*found, *outputs_of(draws)]
        messages = {name: Text(f"没有保留 {name}", f"{name} was not kept") for name in unknown}
        raise UsageError(Fault(messages[name], Place(key="outputs"), nearest(name, known)) for name in unknown)
    return years, [Series(label, found[label]) for label in wanted]


def _variables(draws: xr.Dataset, names: Sequence[str]) -> list[str]:
    """The variables that some names speak of, each once."""
    asked = dict.fromkeys(name.partition("[")[0] for name in names)
    return [name for name in asked if name in outputs_of(draws)]


def fail_if_other_sample(draws: xr.Dataset, sample: Sample) -> None:
    """Outputs of another sample say nothing of this one.

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
    if not _has_the_rows(draws, sample):
        message = Text("抽样不全或次序已变", "draws of the sample are missing or out of order")
        raise InputError(Fault(message, Place(key="sample"), Text("请用全部抽样", "use all the draws as they were given")))


def _has_the_rows(draws: xr.Dataset, sample: Sample) -> bool:
    """Whether all draws are there, in the order of the design."""
    if draws.sizes["draw"] != sample.count:
        return False
    inputs = draws["inputs"][: len(sample.inputs)].to_numpy()
    return np.array_equal(inputs, sample.columns(0, sample.count))


def sobol_dataset(
    draws: xr.Dataset, sample: Sample, names: Sequence[str] = (), resamples: int = USUAL_RESAMPLES, seed: int = 0
) -> xr.Dataset:
    """First-order and total indices (input, output, year) with half-widths of their 95 % intervals.

    Raises
    ------
    InputError
        when the draws belong to another sample.
    RunError
        when so many draws were lost that nothing can be said.
    """
    if not isinstance(sample.design, Saltelli):
        raise InputError(Fault(Text("这个样本不是 Saltelli 设计", "this sample is no Saltelli design")))
    years, series, outputs, lost = _read(draws, sample, names)
    with _too_few_is_a_fault(draws):
        found = sobol_indices(outputs, len(sample.inputs), lost, resamples, seed)
    arrays = {"first": found.first, "first_error": found.first_error, "total": found.total, "total_error": found.total_error}
    attributes = {"kind": "sobol", "base_points": found.points, "base_points_lost": found.base - found.points}
    return _dataset(draws, sample, years, series, arrays, {**attributes, "resamples": resamples})


def morris_dataset(draws: xr.Dataset, sample: Sample, names: Sequence[str] = ()) -> xr.Dataset:
    """Elementary effects (input, output, year): mean `effect`, mean size `size`, standard deviation `deviation`.

    They are changes of the output, in its unit, over the whole range of the input.

    Raises
    ------
    InputError
        when the draws belong to another sample.
    RunError
        when so many draws were lost that nothing can be said.
    """
    if not isinstance(sample.design, Morris):
        raise InputError(Fault(Text("这个样本不是 Morris 设计", "this sample is no Morris design")))
    years, series, outputs, lost = _read(draws, sample, names)
    with _too_few_is_a_fault(draws):
        found = morris_effects(outputs, sample.design.unit(0, sample.count), lost)
    arrays = {"effect": found.mean, "size": found.size, "deviation": found.deviation}
    attributes = {"kind": "morris", "trajectories": found.walks, "trajectories_lost": found.trajectories - found.walks}
    return _dataset(draws, sample, years, series, arrays, attributes)


def _read(draws: xr.Dataset, sample: Sample, names: Sequence[str]) -> tuple[list[int], list[Series], Values, Values]:
    """Years and series, all of them as [output, row], and which rows were lost, if the draws belong to the sample."""
    fail_if_other_sample(draws, sample)
    with damage_is_a_fault(draws):
        years, series = series_of(draws, names)
        return years, series, np.concatenate([item.values for item in series], axis=0), draws["lost"].to_numpy()


def _dataset(
    draws: xr.Dataset,
    sample: Sample,
    years: list[int],
    series: Sequence[Series],
    arrays: dict[str, Values],
    attributes: dict[str, Any],
) -> xr.Dataset:
    dims = ("input", "output", "year")
    shaped = {name: (dims, array.reshape(len(sample.inputs), len(series), len(years))) for name, array in arrays.items()}
    coordinates = {"input": list(sample.keys), "output": [item.name for item in series], "year": years}
    dataset = xr.Dataset(shaped, coords=coordinates)
    kept = {name: draws.attrs[name] for name in _KEPT if name in draws.attrs}
    dataset["input"].attrs["named"] = draws["inputs"].attrs["named"]
    dataset["output"].attrs["named"] = _names_of_outputs(draws, series)
    return dataset.assign_attrs(**kept, **attributes, draws=sample.count, sample=sample.fingerprint)


def _names_of_outputs(draws: xr.Dataset, series: Sequence[Series]) -> str:
    """Names and units of the series, as JSON."""
    named = [named_series(draws, item.name) for item in series]
    units = [str(draws[item.name.partition("[")[0]].attrs.get("units", "")) for item in series]
    pairs = zip(named, units, strict=True)
    told = {item.key: {"zh": item.label.zh, "en": item.label.en, "unit": unit} for item, unit in pairs}
    return json.dumps(told, ensure_ascii=False)


@contextmanager
def _too_few_is_a_fault(draws: xr.Dataset) -> Iterator[None]:
    """Draws of which too many were lost are a fault that names them."""
    try:
        yield
    except TooFewLeftError as error:
        lost = int(draws["lost"].sum())
        message = Text(f"{lost} 次抽样无效，余下的不足以分析", f"{lost} draws were lost; what is left is too little to analyse")
        advice = Text("请缩小参数的范围", "narrow the ranges of the parameters")
        raise RunError(Fault(message + Text("：", ": ") + left_out_of(draws), Place(), advice)) from error


def most_influential(screened: xr.Dataset, unknowns: Sequence[Unknown], kept: int) -> tuple[Unknown, ...]:
    """The unknowns that move some output of some year most, beside what moves it most of all."""
    size = screened["size"].to_numpy()
    largest = size.max(axis=0)
    weight = np.divide(size, largest, out=np.zeros_like(size), where=largest > 0.0).max(axis=(1, 2))
    chosen = sorted(np.argsort(-weight, kind="stable")[:kept])
    return tuple(unknowns[place] for place in chosen)


Kind = Literal["sobol", "morris"]
MOST = {"base": MOST_BASE, "walks": 100_000, "resamples": 10_000, "keep": 500}
"""The largest sizes that may be asked for."""
Run = Callable[[Sweep], xr.Dataset]
"""Runs a sweep and gives back its draws."""


@dataclass(frozen=True)
class SensitivityRequest:
    """What is asked: kind of indices, size of the base sample, trajectories, resamples, and how many inputs to keep."""

    kind: Kind = "sobol"
    base: int = USUAL_BASE
    walks: int = USUAL_WALKS
    resamples: int = USUAL_RESAMPLES
    kept: int = USUAL_KEPT
    indicators: tuple[str, ...] = ()
    prior: bool = False
    precision: str = "float64"

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
        fail_if_not_power_of_two(self.base, faults)
        faults.raise_if_any(UsageError)


@dataclass(frozen=True)
class Analysis:
    """Indices with the draws that they rest on; `screened` are the effects by which the inputs were chosen, if they were."""

    indices: xr.Dataset
    draws: xr.Dataset
    screened: xr.Dataset | None = None


def analyse(case: Case, request: SweepRequest, asked: SensitivityRequest, spread: Spread, run: Run) -> Analysis:
    """Indices of a case. More unknowns than are to be kept are screened first, in memory; `run` does the main runs.

    Raises
    ------
    SimError
        with every fault of the request; when the runs fail.
    """
    request.fail_if_unfit()
    asked.fail_if_unfit()
    asked = replace(asked, indicators=_indicators(case, asked))
    request = replace(request, outputs=_kept_variables(case, request, asked))
    case = with_projects(case)  # once, for screening and indices
    posterior = None if asked.prior else posterior_of(case.world)
    unknowns = unknowns_of(case, request, posterior)
    if asked.kind == "morris":
        draws, sampling = _run(case, morris_sampling(unknowns, request, asked.walks), run, asked.precision)
        return Analysis(morris_dataset(draws, _sample(sampling), asked.indicators), draws)
    screened, chosen = None, unknowns
    if len(unknowns) > asked.kept and not _names_inputs(case, request):
        in_memory = partial(sweep_in_memory, spread=spread)
        draws, sampling = _run(case, morris_sampling(unknowns, request, asked.walks), in_memory, asked.precision)
        screened = morris_dataset(draws, _sample(sampling), asked.indicators)
        chosen = most_influential(screened, unknowns, asked.kept)
    draws, sampling = _run(case, saltelli_sampling(case, chosen, request, asked.base), run, asked.precision)
    indices = sobol_dataset(draws, _sample(sampling), asked.indicators, asked.resamples, request.seed)
    return Analysis(indices, draws, screened)


def _indicators(case: Case, asked: SensitivityRequest) -> tuple[str, ...]:
    """The indicators that are asked for, by the model's own names."""
    faults, names = Faults(), case.world.names
    found = tuple(names.variable(name, faults, Place(key=name)) for name in asked.indicators)
    faults.raise_if_any(InputError)
    return found


def _kept_variables(case: Case, request: SweepRequest, asked: SensitivityRequest) -> tuple[str, ...]:
    """The variables that are to be kept: those of the call, of the indicators and of the scenario's section."""
    faults, written = Faults(), written_outputs(case)
    called = {name.partition("[")[0]: Place(key=name) for name in (*request.outputs, *asked.indicators)}
    fail_if_outputs_unknown(case, written | called, faults)
    faults.raise_if_any(InputError)
    return tuple(called | written)


def _run(case: Case, sampling: Sampling, run: Run, precision: str) -> tuple[xr.Dataset, Sampling]:
    return run(prepare_sweep(case, sampling, precision=precision)), sampling


def _sample(sampling: Sampling) -> Sample:
    if sampling.sample is None:
        raise AssertionError("a design for indices has a sample")
    return sampling.sample


def _names_inputs(case: Case, request: SweepRequest) -> bool:
    """Whether somebody said which inputs are to be analysed."""
    return bool(request.over or overs_of(case.scenario.sweep))


def sentences(analysis: Analysis) -> list[Text]:
    """What a reader must know of the indices."""
    attributes, inputs = analysis.indices.attrs, analysis.indices.sizes["input"]
    if attributes["kind"] == "morris":
        walks, lost = f"{attributes['trajectories']:,}", int(attributes["trajectories_lost"])
        head = Text(f"Morris 筛选：{inputs} 个输入，{walks} 条轨迹", f"Morris screening: {inputs} inputs, {walks} trajectories")
        still = Text("；年度冲击为零，台账取平均。", "; no yearly shocks, the ledger at its mean.")
        return [head + _left_out(lost) + still]
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
