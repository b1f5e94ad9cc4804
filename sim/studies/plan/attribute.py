"""The difference between two scenarios attributed to the changes: Shapley values, direct and synergy parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import xarray as xr

from sim.base.arrays import Numbers, Truths, Values
from sim.base.errors import Fault, Place, RunError, UsageError, all_faults
from sim.base.processes import timed
from sim.base.text import Text
from sim.ensemble.running import gathered
from sim.inputs.ledger_table import PARAMETER
from sim.inputs.targets import PlanTarget
from sim.inputs.year_path import YearPath
from sim.plan.reading import Reading
from sim.plan.shapley import MOST_EXACT, PAIRS, Shares, shapley
from sim.result.dataset import in_both
from sim.simulate.draws import task_beside
from sim.simulate.opening import Case, with_projects
from sim.simulate.pipeline import readings_of

LEDGER = "ledger"


@dataclass(frozen=True)
class Player:
    """A change between two cases: names of parameters whose values are taken together."""

    key: str
    label: Text
    names: tuple[str, ...]


def players_of(one: Case, other: Case) -> tuple[Player, ...]:
    """Return what differs between two cases. The ledger is one player with the levers that it reads."""
    differing = [name for name, path in one.bound.values.items() if not _same(path, other.bound.values[name])]
    ledger = one.city.ledger
    flows = [name for name in differing if name in ledger.flows]
    read = [name for name in differing if name in ledger.levers or name.startswith(PARAMETER)] if flows else []
    together = [name for name in differing if name in flows or name in read]
    labels = one.city.data.parameters
    named = {name: labels[name].label if name in labels else one.city.labels.variables[name] for name in differing}
    players = [Player(name, named[name], (name,)) for name in differing if name not in together]
    if flows:
        players.append(Player(LEDGER, Text("项目台账", "project ledger"), tuple(together)))
    return tuple(players)


def _same(one: YearPath, other: YearPath) -> bool:
    years = sorted({*one.years, *other.years}) or [0]
    return one.equals(other, range(years[0] - 1, years[-1] + 2))


def comparable(one: Case, other: Case) -> tuple[Case, Case]:
    """Both cases with their ledgers realised.

    Raises
    ------
    UsageError
        with everything in which they differ that is no value: city, years, method, variables that are given.
    """
    compared = (
        ("城市", "city", one.city.data.key, other.city.data.key),
        ("基年", "base year", one.base_year, other.base_year),
        ("末年", "last year", one.last_year, other.last_year),
        ("算法", "method", one.scenario.method, other.scenario.method),
        ("每年步数", "steps a year", one.scenario.steps_per_year, other.scenario.steps_per_year),
        ("给定的变量", "given variables", one.bound.given_from, other.bound.given_from),
    )
    with all_faults(UsageError) as faults:
        for zh, en, left, right in (item for item in compared if item[2] != item[3]):
            said = f"the two scenarios differ in their {en}: {left} and {right}"
            faults.add(Text(f"两个情景的{zh}不同：{left} 与 {right}", said), Place(other.scenario.file))
    return with_projects(one), with_projects(other)


def mixed(one: Case, other: Case, players: tuple[Player, ...], readings: tuple[Reading, ...], sets: Truths) -> Values:
    """Return results [reading, set]: of each player in a set, the values are the other case's; equal sets are run once.

    Raises
    ------
    RunError
        when a run becomes infinite.
    """
    unique, places = np.unique(sets, axis=1, return_inverse=True)
    years = range(one.base_year, one.last_year + 1)
    paths = {
        name: np.stack([np.where(chosen, other.bound.value(name, year), one.bound.value(name, year)) for year in years])
        for player, chosen in zip(players, unique, strict=True)
        for name in player.names
    }

    def read(values: Mapping[str, Values], draws: Numbers) -> list[list[Values]]:
        return [[np.broadcast_to(reading.value(values), len(draws)) for reading in readings]]

    outputs = tuple(dict.fromkeys(name for reading in readings for name in reading.outputs))
    _, [results] = gathered(task_beside(one, paths, outputs, other.bound.yearly), 1, read)
    if not np.isfinite(results).all():
        message = Text("两个情景的某种组合算出了无穷大或非数", "some mixture of the two scenarios became infinite or undefined")
        advice = Text("请比较相差较小的情景", "compare scenarios that differ by less")
        raise RunError(Fault(message, Place(other.scenario.file), advice))
    return results[:, places.ravel()]


@timed
def attribution(one: Case, other: Case, targets: tuple[str, ...] = (), seed: int = 0, pairs: int = PAIRS) -> xr.Dataset:
    """Return what each change between two scenarios adds to the numbers of their targets, in the targets' units.

    Without `targets`, of all that either scenario names; above ten changes, orders are sampled in `pairs` by the seed.

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
    readings = readings_of(one, _targets(one, other, targets))
    if not readings:
        message = Text("没有由模型变量判断的目标", "there is no target that a variable of the model says")
        raise UsageError(Fault(message, Place(one.scenario.file, key="targets")))
    shares = shapley(len(players), partial(mixed, one, other, players, readings), seed, pairs)
    return _dataset(one, other, players, readings, shares)


def _targets(one: Case, other: Case, names: tuple[str, ...]) -> list[PlanTarget]:
    if names:
        return [one.city.catalogue.targets[name] for name in names]
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
            **in_both("name", "target", (target.name for target in targets)),
            "unit": ("target", [target.unit for target in targets]),
            "year": ("target", np.array([target.year or 0 for target in targets])),
            "goal": ("target", np.array([target.value for target in targets])),
            **in_both("change", "change", (player.label for player in players)),
        },
        coords={"target": [target.id for target in targets], "change": [player.key for player in players]},
        attrs={"one": one.scenario.key, "other": other.scenario.key, "exact": int(len(players) <= MOST_EXACT)},
    )
