"""Sensitivity of a case as a whole: what is unknown, which of it matters enough to be kept, the runs, and their indices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, get_args

import xarray as xr

from sim.base.errors import Faults, InputError, Place, UsageError
from sim.base.text import Text
from sim.ensemble.draws import Sample
from sim.inputs.sweep_section import overs_of
from sim.simulate.draws import posterior_of
from sim.simulate.opening import Case, with_projects
from sim.simulate.sampling.plan import Sampling, fail_if_outputs_unknown, written_outputs
from sim.simulate.sampling.request import SweepRequest, fail_if_not_whole, fail_if_unknown
from sim.simulate.sampling.sensitivity import (
    MOST_BASE,
    USUAL_BASE,
    USUAL_WALKS,
    fail_if_not_power_of_two,
    morris_sampling,
    saltelli_sampling,
    unknowns_of,
)
from sim.simulate.sweeps.running import Spread, Sweep, prepare_sweep, sweep_in_memory
from sim.simulate.sweeps.sensitivity import USUAL_KEPT, USUAL_RESAMPLES, morris_dataset, most_influential, sobol_dataset

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
    request = replace(request, outputs=_variables(case, request, asked))
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


def _variables(case: Case, request: SweepRequest, asked: SensitivityRequest) -> tuple[str, ...]:
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
