"""Samples for sensitivity: every unknown of a case over its prior or calibrated spread, as a Saltelli or a Morris design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.base.errors import Fault, Faults, InputError, Place, UsageError
from sim.base.text import Text
from sim.ensemble.designs import Distribution, Morris, Saltelli
from sim.ensemble.draws import Input, Sample
from sim.inputs.sweep_section import overs_of
from sim.result.posterior import Posterior
from sim.simulate.draws import priors_of_case
from sim.simulate.opening import Case
from sim.simulate.sampling.inputs import is_settled_before, swept_inputs
from sim.simulate.sampling.plan import Sampling, SweepRequest

USUAL_BASE, USUAL_WALKS = 1024, 20
MOST_BASE = 1 << 20


@dataclass(frozen=True, eq=False)
class Unknown:
    """An input whose weight is asked for, and how it spreads."""

    input: Input
    distribution: Distribution


def unknowns_of(case: Case, request: SweepRequest, posterior: Posterior | None) -> tuple[Unknown, ...]:
    """What is swept by the scenario or the call; where nothing is, all parameters with a prior that the scenario leaves open.

    A calibrated parameter spreads as its posterior draws do, the others as their priors; each as a factor on its values, and
    each for itself: a design for indices needs inputs that do not depend on each other.

    Raises
    ------
    InputError
        with every fault of what is swept.
    """
    faults = Faults()
    swept = swept_inputs(case, (*overs_of(case.scenario.sweep), *request.over), faults)
    faults.raise_if_any(InputError)
    if swept:
        return tuple(Unknown(item.input, item.distribution) for item in swept)
    stored = {} if posterior is None else posterior.factors
    unknowns = list[Unknown]()
    for prior in priors_of_case(case):
        if not is_settled_before(case, prior.name):
            spread = Distribution("triangular", (prior.low, prior.mode, prior.high))
            if prior.name in stored:
                spread = Distribution("sample", tuple(sorted(stored[prior.name].tolist())))
            unknowns.append(Unknown(Input(prior.name, prior.name, relative=True), spread))
    return tuple(unknowns)


def saltelli_sampling(case: Case, unknowns: Sequence[Unknown], request: SweepRequest, base: int) -> Sampling:
    """The design for Sobol indices of some unknowns, with the yearly shocks and the ledger's luck as inputs of their own.

    With `rest: central` there is no luck: shocks are nought and the ledger is at its mean.

    Raises
    ------
    UsageError
        when the base sample is no power of two, or nothing is unknown.
    """
    _fail_if_nothing_unknown(unknowns)
    faults = Faults()
    fail_if_not_power_of_two(base, faults)
    faults.raise_if_any(UsageError)
    luck = () if request.rest == "central" else _luck(case)
    inputs = (*(item.input for item in unknowns), *luck)
    design = Saltelli(tuple(item.distribution for item in unknowns), base, request.seed, len(luck))
    sample = Sample(inputs, design)
    return Sampling("saltelli", sample.count, request.seed, "central", sample, request.outputs)


def fail_if_not_power_of_two(base: int, faults: Faults) -> None:
    """Add a fault for a base sample of which a Sobol sequence is not balanced."""
    if isinstance(base, int) and (base < 2 or base > MOST_BASE or base & (base - 1)):  # noqa: PLR2004
        message = Text(f"--base {base} 须为 2 的幂", f"--base {base} must be a power of two")
        faults.add(message, Place(), Text(f"例如 1024，最大 {MOST_BASE:,}", f"such as 1024, at most {MOST_BASE:,}"))


def morris_sampling(unknowns: Sequence[Unknown], request: SweepRequest, walks: int) -> Sampling:
    """The design for screening many unknowns; without luck, which would drown the effect of a single step.

    Raises
    ------
    UsageError
        when nothing is unknown, or there are fewer than two trajectories.
    """
    _fail_if_nothing_unknown(unknowns)
    if walks < 2:  # noqa: PLR2004
        raise UsageError(Fault(Text(f"轨迹数 {walks} 至少为 2", f"at least two trajectories, not {walks}")))
    sample = Sample(
        tuple(item.input for item in unknowns), Morris(tuple(item.distribution for item in unknowns), walks, request.seed)
    )
    return Sampling("morris", sample.count, request.seed, "central", sample, request.outputs)


def _luck(case: Case) -> tuple[Input, ...]:
    """What is left to chance in a run: yearly shocks, and the ledger where it builds anything."""
    shocks = (Input("shocks", "shocks", role="shocks"),)
    return shocks if case.plan is None else (*shocks, Input("projects", "projects", role="projects"))


def _fail_if_nothing_unknown(unknowns: Sequence[Unknown]) -> None:
    if not unknowns:
        message = Text("没有可分析的未知参数", "there is no unknown parameter to analyse")
        advice = Text("在 sweep.over 或 --over 中写明", "name some in sweep.over or with --over")
        raise UsageError(Fault(message, Place(), advice))
