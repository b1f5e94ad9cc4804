"""Targets asked again from what was known in an earlier year: how likely they looked then, beside what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults, Place
from sim.base.streams import DEFAULT_DRAWS
from sim.base.text import Text
from sim.base.units import conversion
from sim.city.city import World, open_world
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import kernel_for
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.ensemble.reducers import Share
from sim.inputs.home import Home
from sim.inputs.targets import Question, read_questions
from sim.model.binding import own_values
from sim.model.declarations import Variable
from sim.plan.rule import rule_of
from sim.result.dataset import yearly_unit
from sim.result.posterior import Foreseen
from sim.simulate.likelihood.observations import FEWEST_CHANGES
from sim.studies.calibration import Progress, asked_of, calibrate, ensembles, fit_key, openable, pool_of

_BAND = (0.1, 0.5, 0.9)


def foresee(
    home: Home, city: str, cities: Sequence[str], first: int, workers: int, seed: int, progress: Progress
) -> tuple[Foreseen, ...]:
    """Answer every question of the city's foresight.yaml, each from a fit to what was known in its year."""
    questions = read_questions(home.city_folder(city) / "plan" / "foresight.yaml", open_world(home, city).catalogue)
    found = dict[int, tuple[World, Mapping[str, Values]]]()
    for number, year in enumerate(sorted({item.as_of for item in questions})):
        asked = asked_of(home.folder, openable(home, cities, year, year), first, year, year)
        with pool_of(asked, workers) as pool:
            fit = calibrate(pool, _silent, fit_key(home, asked))
            [ensemble] = ensembles(pool, fit, (city,), seed, _silent)
        found[year] = (open_world(home, city, year, year), ensemble.factors)
        progress("foresight", number + 1, len({item.as_of for item in questions}))
    return tuple(_answer(item, *found[item.as_of], seed) for item in questions)


def fail_if_unanswerable(home: Home, city: str, first: int) -> None:
    """Every question of foresight.yaml is asked from a year that can be a base year, with years to fit before it.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    file, faults = home.city_folder(city) / "plan" / "foresight.yaml", Faults()
    for question in read_questions(file, open_world(home, city).catalogue):
        if question.as_of < first + FEWEST_CHANGES or not openable(home, (city,), question.as_of, question.as_of):
            message = Text(
                f"{question.target}：as_of {question.as_of} 之前的资料不足以拟合",
                f"{question.target}: what was known in {question.as_of} is too little for a fit from {first}",
            )
            faults.add(message, Place(file))
    faults.raise_if_any()


def _silent(_: str, __: int, ___: int) -> None:
    """Progress of a part that is reported as a whole."""


def _answer(question: Question, world: World, factors: Mapping[str, Values], seed: int) -> Foreseen:
    target = world.catalogue.targets[question.target]
    if target.year is None:
        raise AssertionError("a question has a year")
    values = _values(world, question, target.year, target.unit, factors, seed)
    rule = rule_of(target, world.catalogue.bindings[question.target], world.city.settings.about_tolerance)
    reached = rule.met(values)
    share = Share(int(reached.sum()), len(values))
    low, middle, high = np.quantile(values, _BAND)
    return Foreseen(
        target=target.id,
        as_of=question.as_of,
        value=target.value,
        probability=share.probability,
        error=share.standard_error,
        low=float(low),
        median=float(middle),
        high=float(high),
        stand_in=_stand_in(world, question.target),
    )


def _values(world: World, question: Question, year: int, wanted: str, factors: Mapping[str, Values], seed: int) -> Values:
    """The target's variable in its year and unit [draw], without any measure of a plan."""
    binding = world.catalogue.bindings[question.target]
    graph, bound, item = world.graph, own_values(world.city), world.graph.quantities[binding.variable]
    kernel = kernel_for(graph, KernelRequest((binding.variable,), frozenset(), bound.yearly))
    clock = Clock(question.as_of + 1, year)
    stored = {name: values for name, values in factors.items() if name in bound.values}
    runner = BlockRunner(Task(kernel, clock, bound.values, Draws(DEFAULT_DRAWS, seed, stored=stored)))
    last = runner.run(0, DEFAULT_DRAWS).values[binding.variable][-1]
    if "region" in item.dims:
        last = last[graph.dimensions["region"].index(world.city.key)]
    unit = yearly_unit(item.unit, item.kind if isinstance(item, Variable) else "level")
    result: Values = last * conversion(unit, wanted)
    return result


def _stand_in(world: World, target: str) -> str:
    """Where the start of the target's variable came from, if no statistic of the base year printed it."""
    stock = world.graph.stocks.get(world.catalogue.bindings[target].variable)
    if stock is None or not isinstance(stock.initial, str):
        return ""
    record = world.city.parameters.get(stock.initial)
    return "" if record is None or record.evidence == "V" else record.source
