"""Draws of a case: from a stored posterior or from priors, to the probability of each target and of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from sim.base.arrays import Values
from sim.base.errors import Fault, InputError, Place
from sim.base.processes import timed
from sim.base.text import Text
from sim.city.city import City
from sim.city.priors import priors_of
from sim.engine.watch import watch_of
from sim.ensemble.blocks import Task
from sim.ensemble.draws import Draws, Prior, Realisations
from sim.ensemble.running import ChunkReducer, Ensemble, run_ensemble
from sim.inputs.city import history_of, read_city_file
from sim.inputs.indicators import read_indicators
from sim.inputs.provenance import is_known
from sim.plan.probability import conditions_of, with_probabilities
from sim.result.posterior import FILE, Posterior, read_posterior
from sim.simulate.design import Design, compiled_for
from sim.simulate.likelihood.reweighting import OutdatedPosteriorError, up_to_date
from sim.simulate.opening import SENTENCES, Case
from sim.simulate.pipeline import Outcome, compiled, judge_of

Progress = Callable[[int, int], None]
Collected = TypeVar("Collected")


@timed
def with_draws(outcome: Outcome, design: Design, progress: Progress | None = None) -> Outcome:
    """Return the outcome with its draws, and with their probabilities in its scorecard."""
    found, ensemble = source_for(outcome.case, design), run_draws(outcome, design, progress)
    return replace(
        outcome,
        ensemble=ensemble,
        scores=with_probabilities(outcome.scores, ensemble.shares, ensemble.read),
        design=design,
        drawn_from=origin_of_draws(found),
        foreseen=found.foreseen if isinstance(found, Posterior) else (),
    )


@lru_cache(maxsize=8)  # by the city as it was opened
def posterior_of(city: City) -> Posterior | Fault | None:
    """Return the posterior ensemble of a city for the present model and data, or why the stored one no longer serves.

    Answers on targets that have changed since are left out: they say nothing of the parameters. None where none is stored.

    Raises
    ------
    InputError
        when it is damaged, or rests on what was not known as of the year in which the city is opened.
    """
    stored = read_posterior(city.home, city.data.key)
    if stored is None:
        return None
    _fail_if_not_known_then(city, stored)
    try:
        found, targets = up_to_date(city.home, city.data.settings.model, stored), city.catalogue.targets
    except OutdatedPosteriorError as error:
        return error.faults[0]
    same = tuple(seen for seen in found.foreseen if seen.target in targets and targets[seen.target].value == seen.value)
    return replace(found, foreseen=same)


def source_for(case: Case, design: Design) -> Posterior | Fault | None:
    """Return what `posterior_of` does, or None where a design is told to draw from the priors."""
    return None if design.prior else posterior_of(case.city)


def stored_factors(case: Case, design: Design) -> Mapping[str, Values]:
    """Return the factors of the posterior ensemble that a design draws from; none where it draws from the priors.

    So it does when it is told to, when the city was never calibrated, and when the model has changed since it was.
    """
    found = source_for(case, design)
    return found.factors if isinstance(found, Posterior) else {}


def _fail_if_not_known_then(city: City, posterior: Posterior) -> None:
    """The data of the years that the ensemble was fitted to were published as of the year, in all cities of the fit."""
    if city.as_of is None:
        return
    model, indicators = city.model_folder, read_indicators(city.model_folder / "indicators.yaml")
    for name in posterior.cities:
        folder = city.home.city_folder(name)
        data = history_of(folder, model, read_city_file(folder).named_regions, indicators)
        later = [item for item in data.data if item.year <= posterior.last and not is_known(item.known_from, city.as_of)]
        if later or posterior.last > city.as_of:
            span = f"{posterior.first}–{posterior.last}"
            message = Text(
                f"后验集合用了 {city.as_of} 年以后才公布的数据（校准于 {span} 年）",
                f"the posterior ensemble rests on data published after {city.as_of} (it was fitted to {span})",
            )
            advice = Text(
                "加 --prior 按当时可用的先验抽样，或不抽样（--draws 0）",
                "add --prior to draw from the priors known then, or take no draws (--draws 0)",
            )
            raise InputError(Fault(message, Place(city.home.models / city.data.key / FILE), advice))


def origin_of_draws(found: Posterior | Fault | None) -> Text:
    """Return in words where the parameters of draws come from; see `source_for`."""
    if found is None:
        return SENTENCES["draws_of_priors"]
    if isinstance(found, Fault):
        advice = Text("", "") if found.advice is None else Text("；", "; ") + found.advice
        return Text("参数取自先验，因为", "parameters from their priors, since ") + found.message + advice
    fitted = SENTENCES["draws_of_posterior"].filled(found=found, cities=len(found.cities))
    return fitted if found.worth_now is None else fitted + SENTENCES["draws_weighed_anew"].filled(found=found)


def run_draws(outcome: Outcome, design: Design, progress: Progress | None = None) -> Ensemble:
    """Run the draws of a case whose central run is known.

    Raises
    ------
    RunError
        when too many draws are lost, or worker processes die twice.
    """
    case = outcome.case
    city = case.city
    conditions = conditions_of(outcome.scores, judge_of(case, outcome.results))
    checked = tuple(check.variable for check in city.checks)
    shown = tuple(name for name in city.outline.summed_up if name in city.graph.quantities)
    outputs = (*conditions.outputs, *checked, *shown)
    wanted = ChunkReducer(judge=conditions, together=conditions.open, read=conditions.read)
    return draw(case, design, outputs, lambda task: run_ensemble(task, design.workers, wanted, progress))


def draw(case: Case, design: Design, outputs: Iterable[str], collect: Callable[[Task], Collected]) -> Collected:
    """Make the draws of a case, and return what is collected of their outputs.

    `collect` runs the task: it sums the draws up, gathers tables of them, or keeps each.
    """
    case = compiled_for(case, design.sample)
    return collect(task_of(case, tuple(dict.fromkeys(outputs)), draws_of(case, design), design.precision))


def draws_of(case: Case, design: Design) -> Draws:
    """Return what differs from draw to draw: parameters that neither the scenario nor the design's sample settles.

    What a scenario states, it states for certain. At the centre, only what a sample sweeps is left to chance.
    """
    sample, realised = design.sample, realisations_of(case)
    # Random numbers belong to the names of parameters, so one that is left out here changes no other.
    if design.rest == "central":
        chance = {item.role for item in (() if sample is None else sample.inputs)}
        paths = realised if "projects" in chance else None
        return Draws(design.count, design.seed, sample=sample, silent="shocks" not in chance, realised=paths)
    factors, settled = stored_factors(case, design), set() if sample is None else {*sample.whole}
    priors = tuple(prior for prior in priors_of_case(case) if prior.name not in {*factors, *settled})
    settled |= {item.name for item in case.bound.resolved}
    stored = {name: values for name, values in factors.items() if name not in settled}
    return Draws(design.count, design.seed, priors, stored=stored, realised=realised, sample=sample)


def realisations_of(case: Case) -> Realisations | None:
    """The flows of the ledger that draws take by number; None when the case builds nothing."""
    if case.realised is None:
        return None
    return Realisations(case.realised.plan.axes.years.start, case.realised.flows)


def task_of(case: Case, outputs: tuple[str, ...], draws: Draws, precision: str = "float64") -> Task:
    """Everything that a worker must know to run draws of a case."""
    watch = watch_of(case.city.identities, case.city.graph, case.bound.given)
    kernel, clock = compiled(case, (*outputs, *watch.outputs))
    return Task(kernel, clock, case.bound.values, draws, precision, reported=outputs, watch=watch)


def task_beside(case: Case, paths: Mapping[str, Values], outputs: tuple[str, ...], yearly: frozenset[str]) -> Task:
    """Return a task whose draws are one case with some values changed: paths [year, dims..., draw], without any chance.

    `yearly` names values that change from year to year in some draw.
    """
    kernel, clock = compiled(case, outputs, yearly=yearly)
    count = next(iter(paths.values())).shape[-1]
    return Task(kernel, clock, case.bound.values, Draws(count, realised=Realisations(case.base_year, paths), silent=True))


def priors_of_case(case: Case) -> tuple[Prior, ...]:
    """The priors of all parameters that the case's scenario leaves as they are.

    Raises
    ------
    InputError
        with every prior that does not hold the parameter's own value.
    """
    city = case.city.data
    return priors_of(city.parameters.values(), case.bound, city.settings.last_year)
