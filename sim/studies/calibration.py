"""Calibration: hindcasts of all cities, the common fit, and the posterior ensemble of each city asked for, which is stored.

With an ensemble goes what its city asks again of an earlier year: how likely targets looked then, beside what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import chi2

from sim.base.arrays import Values
from sim.base.cache import digest
from sim.base.durable import scratch_folder
from sim.base.errors import Fault, InputError, Place, all_faults
from sim.base.processes import DEFAULT_DRAWS, block_sigint, init_worker, timed
from sim.base.streams import uniforms
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
from sim.result.posterior import FitRow, Foreseen, Posterior, data_key, write_posterior
from sim.simulate.likelihood.errors_of_cities import FEWEST_CHANGES, Observation, Outside, prior_variances
from sim.simulate.likelihood.hindcast import CityHindcasts, HindcastSpan, city_hindcasts, errors_of, factors_of, forecaster
from sim.simulate.likelihood.reweighting import moments_of, with_memory
from sim.studies.fit import PooledFit, Weighted, city_posterior, fit_pooled, information, outside_of, slopes_at, weigh
from sim.studies.new_city import fail_if_unfit

Progress = Callable[[str, int, int], None]
Made = tuple[int, Mapping[str, Values]]
"""The number of a city in the pool, and the factors of its ensemble."""
DRAWS = 1000
LEAST_INFORMATION = 0.02
"""Of the data against the prior's own, below which a parameter is not fitted: its spread would shrink by a hundredth."""


def silent(_: str, __: int, ___: int) -> None:
    """Report no progress: of a part that is reported as a whole."""


@dataclass(frozen=True)
class OpenedCity:
    """A city's part of a fit: priors, observations, sizes of shocks, their effect and what they may be."""

    city: str
    observations: tuple[Observation, ...]
    priors: Mapping[str, Prior]
    sizes: Mapping[str, float]
    answers: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Pool:
    """The cities that are fitted together, and what runs their hindcasts."""

    spans: tuple[HindcastSpan, ...]
    run: Parallel = field(repr=False)

    def open(self, progress: Progress) -> list[OpenedCity]:
        """Open all hindcasts, which takes most of the time."""
        opened = []
        for number, item in enumerate(self.run(delayed(_opened)(span) for span in self.spans)):
            opened.append(item)
            progress("open", number + 1, len(self.spans))
        return opened

    def errors(self, names: Sequence[str]) -> Callable[[Values], Values]:
        """Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
        return lambda scores: np.stack(list(self.run(delayed(errors_of)(span, names, scores) for span in self.spans)), axis=3)

    def forecasts(self, made: Sequence[Made], origin: int, last: int, seed: int) -> Iterator[Values]:
        """Forecasts [year, observation, draw] of some of the cities, by their number, with the factors of their ensembles."""
        yield from self.run(delayed(_forecast)(self.spans[place], factors, origin, last, seed) for place, factors in made)


@contextmanager
def pool_of(spans: Sequence[HindcastSpan], workers: int) -> Iterator[Pool]:
    """A pool whose processes keep the cities that they opened."""
    backend = {"backend": "loky", "initializer": init_worker} if workers > 1 else {"backend": "sequential"}
    with (
        scratch_folder() as folder,  # what the library maps into memory is swept with it
        block_sigint(),
        Parallel(n_jobs=workers, return_as="generator", temp_folder=str(folder), **backend) as run,
    ):
        yield Pool(tuple(spans), run)


def _opened(span: HindcastSpan) -> OpenedCity:
    """Open a city in this process, and measure what its indicators answer to a shock of each kind."""
    city = city_hindcasts(span)
    sizes = {name: float(city.latest.values[name].before.item()) for name in city.shocks}
    return OpenedCity(span.city, city.observations, city.priors, sizes, _answers(city, sizes), city.shock_ranges)


def _answers(city: CityHindcasts, sizes: Mapping[str, float]) -> dict[str, float]:
    """Movement of the first year's change with a shock, against the size of the shock; the mean of all base years."""
    names = list(sizes)
    alone = dict(zip(names, np.eye(len(names), len(names) + 1), strict=True))  # a draw for each shock, and one without any
    found = city.changes(lambda _: alone, impulse=True)[:, 0]
    moved = np.nanmean(found[..., :-1] - found[..., -1:], axis=0)
    places = {name: place for place, item in enumerate(city.observations) for name in (item.rule.common, item.rule.own)}
    answers = {name: abs(float(moved[places[name], names.index(name)])) / sizes[name] for name in names}
    for name in (name for name, answer in answers.items() if not answer > 0.0):
        message = Text(f"fit 所写的 {name} 不带来任何波动", f"{name}, named in a fit rule, is the size of no shock")
        advice = Text("须为乘在 noise 上的参数", "it must multiply a noise")
        raise InputError(Fault(message, Place(key="published.yaml"), advice))
    return answers


def _forecast(span: HindcastSpan, factors: Mapping[str, Values], origin: int, last: int, seed: int) -> Values:
    return forecaster(span, origin, last).forecast(factors, seed)


@dataclass(frozen=True)
class Calibration:
    """The common fit of the cities, with what is needed to make a city's ensemble of it."""

    spans: tuple[HindcastSpan, ...]
    opened: tuple[OpenedCity, ...]
    names: tuple[str, ...]
    fit: PooledFit
    answers: Mapping[str, float]
    first_errors: Values = field(repr=False)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """The observations that are fitted."""
        return self.opened[0].observations

    def place(self, city: str) -> int:
        """The number of a city in the pool."""
        return [item.city for item in self.opened].index(city)


@dataclass(frozen=True)
class CityEnsemble:
    """The posterior of a city: factors [draw] on the central values of its parameters, and how they were found."""

    city: str
    weighted: Weighted
    factors: Mapping[str, Values] = field(repr=False)
    outside: Outside = field(repr=False)


@timed
def calibrate(pool: Pool, progress: Progress, key: str = "") -> Calibration:
    """Fit what the cities have in common; what is done under a key is not done again after an interruption.

    What the data say next to nothing about is not fitted: it keeps its prior, and each of its slopes would cost two draws.
    """
    opened = pool.open(progress)
    first = opened[0]
    everything = sorted({name for item in opened for name in item.priors} - set(first.sizes))
    answers = {name: float(np.mean([item.answers[name] for item in opened])) for name in first.answers}
    prior = prior_variances(first.observations, first.sizes, answers)
    at_prior, slopes = slopes_at(pool.errors(everything), np.zeros(len(everything)))
    known = information(at_prior, slopes, prior)
    names = tuple(name for name, said in zip(everything, known, strict=True) if said > LEAST_INFORMATION)
    errors = pool.errors(names)
    fit = fit_pooled(errors, len(names), prior, lambda done, all_: progress("fit", done, all_), key)
    return Calibration(pool.spans, tuple(opened), names, fit, answers, at_prior)


def ensembles(
    pool: Pool, calibration: Calibration, cities: Sequence[str], seed: int, progress: Progress, draws: int = DRAWS
) -> Iterator[CityEnsemble]:
    """The posterior ensembles of some cities, in their order."""
    names, fit, places = calibration.names, calibration.fit, [calibration.place(city) for city in cities]
    errors = {place: partial(errors_of, pool.spans[place], names) for place in places}
    found = pool.run(delayed(weigh)(*city_posterior(fit, place), errors[place], seed) for place in places)
    for number, (place, weighted) in enumerate(zip(places, found, strict=True)):
        opened = calibration.opened[place]
        factors = factors_of(opened.priors, names, weighted.resampled(draws, seed))
        factors |= _shock_factors(calibration, opened, draws, seed)
        outside = replace(outside_of(fit, place), present=np.array([name in opened.priors for name in names]))
        progress("weigh", number + 1, len(cities))
        yield CityEnsemble(opened.city, weighted, factors, outside)


def _shock_factors(calibration: Calibration, opened: OpenedCity, draws: int, seed: int) -> dict[str, Values]:
    """Factors [draw] on the sizes of the shocks: variances are scaled inverse chi-square, drawn one by one.

    The error of measurement stays in the city's own shock: what is forecast is what will be published.
    """
    variances, factors = calibration.fit.variances, dict[str, Values]()
    for place, item in enumerate(calibration.observations):
        kinds = (
            (item.rule.common, variances.common[place], variances.common_years[place]),
            (item.rule.own, variances.own[place], variances.own_years[place]),
        )
        for name, variance, years in kinds:
            drawn = variance * years / chi2.ppf(uniforms(seed, name, 0, draws), years)
            size = np.sqrt(drawn) / calibration.answers[name]
            factors[name] = np.clip(size, *opened.ranges[name]) / opened.sizes[name]
    return factors


def openable(home: Home, cities: Sequence[str], year: int, as_of: int | None) -> tuple[str, ...]:
    """The cities whose data allow a base year and the one before; one with a short history is left out of earlier fits."""
    return tuple(city for city in cities if all(_opens(home, city, base, as_of) for base in (year, year - 1)))


def _opens(home: Home, city: str, year: int, as_of: int | None) -> bool:
    try:
        open_city(home, city, year, as_of)
    except InputError:
        return False
    return True


def fit_key(home: Home, spans: Sequence[HindcastSpan]) -> str:
    """The hash of everything that a fit depends on: equations, priors and data of its cities, years, and what was known."""
    model = read_city_file(home.city_folder(spans[0].city)).model
    facts = repr([(item.city, item.first, item.last, item.horizon, item.as_of) for item in spans])
    return digest([data_key(home, model, [item.city for item in spans]).encode(), facts.encode()])


_BAND = (0.1, 0.5, 0.9)


def store(home: Home, wanted: Sequence[str], years: range, workers: int, seed: int, progress: Progress) -> Iterator[Posterior]:
    """Fit all cities of the model together, then store the ensemble of each city that is `wanted`.

    Raises
    ------
    SimError
        with every fault of the cities' tables, or when a posterior cannot be sampled.
    """
    together, first, last = pooled_cities(home, wanted[0]), years[0], years[-1]
    fail_if_unfit(home, together, years)
    for city in wanted:
        fail_if_unanswerable(home, city, first)
    model = read_city_file(home.city_folder(wanted[0])).model
    others = openable(home, [city for city in together if city not in wanted], last, None)
    cities = tuple(city for city in together if city in {*others, *wanted})
    spans = [HindcastSpan(home.folder, city, first, last) for city in cities]
    with pool_of(spans, workers) as pool:
        found = calibrate(pool, progress, fit_key(home, spans))
        for ensemble in ensembles(pool, found, wanted, seed, progress):
            seen = foresee(home, ensemble.city, cities, first, workers, seed, progress)
            posterior = replace(_posterior(found, ensemble), foreseen=seen)
            posterior = with_memory(home, model, posterior)  # the pool is busy with the next city
            write_posterior(home, model, posterior)
            yield posterior


def _posterior(found: Calibration, ensemble: CityEnsemble) -> Posterior:
    place, span = found.place(ensemble.city), found.spans[0]
    priors = np.array([_moments(found.opened[place].priors[name]) for name in ensemble.factors])
    summary = {"prior_mean": priors[:, 0], "prior_sd": priors[:, 1], **moments_of(ensemble.factors)}
    return Posterior(
        city=ensemble.city,
        cities=tuple(item.city for item in found.spans),
        first=span.first,
        last=span.last,
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
    file = home.city_folder(city) / "plan" / "foresight.yaml"
    with all_faults() as faults:
        for question in read_questions(file, open_city(home, city).catalogue):
            target, year = question.target, question.as_of
            if year < first + FEWEST_CHANGES or not openable(home, (city,), year, year):
                zh = f"{target}：as_of {year} 之前的资料不足以拟合"
                faults.add(Text(zh, f"{target}: what was known in {year} is too little for a fit from {first}"), Place(file))


def _answer(question: Question, city: City, factors: Mapping[str, Values], seed: int) -> Foreseen:
    target, binding = city.catalogue.targets[question.target], city.catalogue.bindings[question.target]
    if target.year is None:
        raise AssertionError("a question has a year")
    values = _forecast_of(city, binding.variable, Clock(question.as_of + 1, target.year), target.unit, factors, seed)
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


def _forecast_of(city: City, variable: str, clock: Clock, wanted: str, factors: Mapping[str, Values], seed: int) -> Values:
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
