"""Attribute the difference of two scenarios to what differs between them: Shapley values, direct and synergy parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.timing import timed
from sim.inputs.targets import PlanTarget
from sim.plan.reading import Reading
from sim.plan.shapley import MOST_EXACT, PAIRS, Shares, shapley
from sim.simulate.opening import Case
from sim.simulate.pipeline import readings_of
from sim.studies.plan.coalitions import MixedRuns, Player, comparable, players_of


@dataclass(frozen=True)
class AttributionRequest:
    """The targets whose numbers are attributed (all of both scenarios without any), and how orders are sampled above ten."""

    targets: tuple[str, ...] = ()
    seed: int = 0
    pairs: int = PAIRS


@timed
def attribution(one: Case, other: Case, request: AttributionRequest = AttributionRequest()) -> xr.Dataset:
    """What each change between two scenarios adds to the numbers of their targets, in the targets' units.

    Raises
    ------
    SimError
        when the two cannot be compared, do not differ, share no target that a variable says, or a mixture of them fails.
    """
    one, other = comparable(one, other)
    players = players_of(one, other)
    if not players:
        message = Text("两个情景没有差别", "the two scenarios do not differ")
        raise UsageError(Fault(message, Place(other.scenario.file)))
    readings = readings_of(one, _targets(one, other, request.targets))
    if not readings:
        message = Text("没有由模型变量判断的目标", "there is no target that a variable of the model says")
        raise UsageError(Fault(message, Place(one.scenario.file, key="targets")))
    shares = shapley(len(players), MixedRuns(one, other, players, readings), request.seed, request.pairs)
    return _dataset(one, other, players, readings, shares)


def _targets(one: Case, other: Case, names: tuple[str, ...]) -> list[PlanTarget]:
    if names:
        return [one.world.catalogue.targets[name] for name in names]
    return list({target.id: target for case in (one, other) for target in case.selection.targets}.values())


def _dataset(one: Case, other: Case, players: tuple[Player, ...], readings: tuple[Reading, ...], shares: Shares) -> xr.Dataset:
    targets = [reading.target for reading in readings]
    two = ("target", "change")
    return xr.Dataset(
        {
            "start": ("target", shares.start),
            "end": ("target", shares.end),
            "shapley": (two, shares.shapley),
            "direct": (two, shares.direct),
            "synergy": (two, shares.synergy),
            "error": (two, shares.error),
            "name_zh": ("target", [target.name.zh for target in targets]),
            "name_en": ("target", [target.name.en for target in targets]),
            "unit": ("target", [target.unit for target in targets]),
            "year": ("target", np.array([target.year or 0 for target in targets])),
            "goal": ("target", np.array([target.value for target in targets])),
            "change_zh": ("change", [player.label.zh for player in players]),
            "change_en": ("change", [player.label.en for player in players]),
        },
        coords={"target": [target.id for target in targets], "change": [player.key for player in players]},
        attrs={
            "one": one.scenario.key,
            "other": other.scenario.key,
            "exact": int(len(players) <= MOST_EXACT),
        },
    )
