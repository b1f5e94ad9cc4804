"""Calibrate cities and store their posterior ensembles.

With an ensemble goes what its city asks again of an earlier year: how likely targets looked then, beside what happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults, Place
from sim.base.processes import DEFAULT_DRAWS
from sim.base.text import Text
from sim.base.units import conversion
from sim.city.city import City, open_city
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import kernel_for
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws, Prior
from sim.ensemble.reducers import Share
from sim.inputs.city import pooled_cities, read_city_file
from sim.inputs.home import Home
from sim.inputs.targets import Question, read_questions
from sim.model.binding import own_values
from sim.model.declarations import Variable
from sim.plan.rule import rule_of
from sim.result.dataset import yearly_unit
from sim.result.posterior import FitRow, Foreseen, Posterior, write_posterior
from sim.simulate.likelihood.errors_of_cities import FEWEST_CHANGES
from sim.simulate.likelihood.hindcast import HindcastSpan
from sim.simulate.likelihood.reweighting import with_memory
from sim.studies.calibration import (
    Calibration,
    CityEnsemble,
    Progress,
    calibrate,
    ensembles,
    fit_key,
    openable,
    pool_of,
    silent,
)
from sim.studies.new_city import fail_if_unfit

_BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class FitRequest:
    """The cities of a fit, its years (inclusive), processes and seed."""

    cities: tuple[str, ...]
    first: int
    last: int
    workers: int
    seed: int = 0


def store(home: Home, request: FitRequest, progress: Progress) -> Iterator[Posterior]:
    """Fit all cities of the model together, then store the ensemble of each city that was asked for.

    Raises
    ------
    SimError
        with every fault of the cities' tables, or when a posterior cannot be sampled.
    """
    together = pooled_cities(home, request.cities[0])
    fail_if_unfit(home, together, range(request.first, request.last + 1))
    for city in request.cities:
        fail_if_unanswerable(home, city, request.first)
    model = read_city_file(home.city_folder(request.cities[0])).model
    others = openable(home, [city for city in together if city not in request.cities], request.last, None)
    cities = tuple(city for city in together if city in {*others, *request.cities})
    spans = [HindcastSpan(home.folder, city, request.first, request.last) for city in cities]
    with pool_of(spans, request.workers) as pool:
        found = calibrate(pool, progress, fit_key(home, spans))
        for ensemble in ensembles(pool, found, request.cities, request.seed, progress):
            seen = foresee(home, ensemble.city, cities, request.first, request.workers, request.seed, progress)
            posterior = replace(_posterior(found, ensemble, cities, request), foreseen=seen)
            posterior = with_memory(home, model, posterior)  # the pool is busy with the next city
            write_posterior(home, model, posterior)
            yield posterior


def _posterior(found: Calibration, ensemble: CityEnsemble, cities: Sequence[str], request: FitRequest) -> Posterior:
    place = found.place(ensemble.city)
    priors = np.array([_moments(found.opened[place].priors[name]) for name in ensemble.factors])
    values = list(ensemble.factors.values())
    summary = {
        "prior_mean": priors[:, 0],
        "prior_sd": priors[:, 1],
        "posterior_mean": np.array([factor.mean() for factor in values]),
        "posterior_sd": np.array([factor.std() for factor in values]),
    }
    return Posterior(
        city=ensemble.city,
        cities=tuple(cities),
        first=request.first,
        last=request.last,
        effective=ensemble.weighted.effective,
        tail_shape=ensemble.weighted.tail_shape,
        factors=ensemble.factors,
        summary=summary,
        fit=tuple(_fit_row(found, place, number) for number in range(len(found.observations))),
        fitted=tuple(name for name, there in zip(found.names, ensemble.outside.present, strict=True) if there),
        outside=vars(ensemble.outside),
    )


def _moments(prior: Prior) -> tuple[float, float]:
    """Mean and standard deviation of a triangular prior: (a + b + c)/3, and the root of (aa + bb + cc - ab - ac - bc)/18."""
    a, b, c = prior.low, prior.mode, prior.high
    return (a + b + c) / 3.0, float(np.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0))


def _fit_row(found: Calibration, place: int, number: int) -> FitRow:
    """The fit of an indicator of a city, at the medians of the priors and at the common estimate."""
    before, after = (100.0 * errors[:, :, number, place] for errors in (found.first_errors, found.fit.errors))
    known = np.isfinite(after)
    return FitRow(
        indicator=found.observations[number].name,
        changes=int(known.sum()),
        rmse_before=float(np.sqrt(np.mean(before[known] ** 2))) if known.any() else float("nan"),
        rmse_after=float(np.sqrt(np.mean(after[known] ** 2))) if known.any() else float("nan"),
        bias_before=float(before[known].mean()) if known.any() else float("nan"),
        bias_after=float(after[known].mean()) if known.any() else float("nan"),
        common_shock=100.0 * float(np.sqrt(found.fit.variances.common[number])),
        own_shock=100.0 * float(np.sqrt(found.fit.variances.own[number])),
    )


def foresee(
    home: Home, city: str, cities: Sequence[str], first: int, workers: int, seed: int, progress: Progress
) -> tuple[Foreseen, ...]:
    """Answer every question of the city's foresight.yaml, each from a fit to what was known in its year."""
    questions = read_questions(home.city_folder(city) / "plan" / "foresight.yaml", open_city(home, city).catalogue)
    found = dict[int, tuple[City, Mapping[str, Values]]]()
    for number, year in enumerate(sorted({item.as_of for item in questions})):
        spans = [HindcastSpan(home.folder, name, first, year, as_of=year) for name in openable(home, cities, year, year)]
        with pool_of(spans, workers) as pool:
            fit = calibrate(pool, silent, fit_key(home, spans))
            [ensemble] = ensembles(pool, fit, (city,), seed, silent)
        found[year] = (open_city(home, city, year, year), ensemble.factors)
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
    for question in read_questions(file, open_city(home, city).catalogue):
        if question.as_of < first + FEWEST_CHANGES or not openable(home, (city,), question.as_of, question.as_of):
            message = Text(
                f"{question.target}：as_of {question.as_of} 之前的资料不足以拟合",
                f"{question.target}: what was known in {question.as_of} is too little for a fit from {first}",
            )
            faults.add(message, Place(file))
    faults.raise_if_any()


def _answer(question: Question, city: City, factors: Mapping[str, Values], seed: int) -> Foreseen:
    target, binding = city.catalogue.targets[question.target], city.catalogue.bindings[question.target]
    if target.year is None:
        raise AssertionError("a question has a year")
    values = _forecast(city, binding.variable, Clock(question.as_of + 1, target.year), target.unit, factors, seed)
    reached = rule_of(target, binding, city.data.settings.about_tolerance).met(values)
    share = Share(int(reached.sum()), len(values))
    low, middle, high = np.quantile(values, _BAND).tolist()
    return Foreseen(
        target=target.id,
        as_of=question.as_of,
        value=target.value,
        probability=share.probability,
        error=share.standard_error,
        low=low,
        median=middle,
        high=high,
        stand_in=_stand_in(city, binding.variable),
    )


def _forecast(city: City, variable: str, clock: Clock, wanted: str, factors: Mapping[str, Values], seed: int) -> Values:
    """A variable in the last year and a unit [draw], without any measure of a plan."""
    graph, bound, item = city.graph, own_values(city.data), city.graph.quantities[variable]
    kernel = kernel_for(graph, KernelRequest((variable,), frozenset(), bound.yearly))
    stored = {name: values for name, values in factors.items() if name in bound.values}
    runner = BlockRunner(Task(kernel, clock, bound.values, Draws(DEFAULT_DRAWS, seed, stored=stored)))
    last = runner.run(0, DEFAULT_DRAWS).values[variable][-1]
    if "region" in item.dims:
        last = last[graph.dimensions["region"].index(city.data.key)]
    unit = yearly_unit(item.unit, item.kind if isinstance(item, Variable) else "level")
    return np.asarray(last * conversion(unit, wanted))


def _stand_in(city: City, variable: str) -> str:
    """Return the source of a variable's start, if no statistic of the base year printed it."""
    stock = city.graph.stocks.get(variable)
    if stock is None or not isinstance(stock.initial, str):
        return ""
    record = city.data.parameters.get(stock.initial)
    return "" if record is None or record.evidence == "V" else record.source
