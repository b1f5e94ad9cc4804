"""Realisations of a ledger plan: drawn, simulated, summed up, and kept in the cache; shared across draws by number.

Draw i of a run takes realisation i modulo their number. What that does to the error of a probability is told by the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.base.arrays import Values
from sim.base.cache import digest, kept
from sim.inputs.ledger import LedgerFile
from sim.ledger.flows import Axes, displacing_flows, flows_of
from sim.ledger.limits import Limits
from sim.ledger.pipeline import Times, simulate
from sim.ledger.random_effects import RandomEffects, Scale, drawn_effects, drawn_factors
from sim.ledger.works import Work

USUAL_COUNT = 200


@dataclass(frozen=True)
class LedgerPlan:
    """The inputs of realisations: the works of a scenario, those of the whole ledger, what is scarce, and the axes.

    `printed` are the works of the scenario as the documents have them, none cancelled, moved or put first, which meet the
    `usual_limits`, those without any lever; `finished` counts the projects of the scenario that were finished before the run.
    """

    works: tuple[Work, ...]
    printed: tuple[Work, ...]
    whole: tuple[Work, ...]
    settings: LedgerFile
    scale: Scale
    limits: Limits
    usual_limits: Limits
    axes: Axes
    finished: int = 0
    seed: int = 0

    @property
    def end(self) -> float:
        """The time at which the simulation stops."""
        return float(self.axes.years.stop)


@dataclass(frozen=True)
class Realised:
    """Realisations of a plan: what was dealt, what became of it, and flows [year, district, purpose, realisation] by name."""

    plan: LedgerPlan
    effects: RandomEffects
    times: Times
    flows: Mapping[str, Values]

    @property
    def count(self) -> int:
        """Number of realisations."""
        return self.effects.count

    def mean(self, flow: str) -> Values:
        """Mean over the realisations, [year, district, purpose]."""
        mean: Values = self.flows[flow].mean(axis=-1)
        return mean


def realise(plan: LedgerPlan, count: int = USUAL_COUNT) -> Realised:
    """The realisations of a plan, from the cache where they were made before."""
    return kept("ledger", digest([repr(plan).encode(), str(count).encode()]), lambda: realised(plan, count))


def realised(plan: LedgerPlan, count: int) -> Realised:
    """The realisations of a plan, made anew."""
    effects, times = _courses(plan, count)
    flows = flows_of(plan.works, effects, times, plan.axes, plan.settings.phase_length.spread.likely)
    as_printed = replace(plan, works=plan.printed, limits=plan.usual_limits, finished=0)
    key = digest([b"printed", repr(as_printed).encode(), str(count).encode()])
    displaced = kept("ledger", key, lambda: _displacing(as_printed, count))
    names = plan.settings.flows.model_dump()
    named = {names[name]: values for name, values in {**flows, **displaced}.items()}
    return Realised(plan, effects, times, named)


def _displacing(plan: LedgerPlan, count: int) -> Mapping[str, Values]:
    """Return what ordinary investment makes room for, by the works of the documents, whatever levers a scenario pulls."""
    return displacing_flows(plan.works, *_courses(plan, count), plan.axes, plan.settings.phase_length.spread.likely)


def _courses(plan: LedgerPlan, count: int) -> tuple[RandomEffects, Times]:
    """Return what chance deals to the works of a plan, and what becomes of them within its limits."""
    factors = drawn_factors(plan.whole, plan.settings, plan.scale, plan.seed, count)
    effects = drawn_effects(plan.works, plan.settings, plan.seed, count, factors)
    return effects, simulate(plan.works, effects, plan.limits, plan.end)
