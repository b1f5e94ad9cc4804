"""Calibrate cities and store their posterior ensembles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.ensemble.draws import Prior
from sim.inputs.city import pooled_cities, read_city_file
from sim.inputs.home import Home
from sim.result.posterior import FitRow, Posterior, write_posterior
from sim.simulate.likelihood.reweighting import with_memory
from sim.studies.calibration import (
    Calibration,
    CityEnsemble,
    Progress,
    asked_of,
    calibrate,
    ensembles,
    fit_key,
    openable,
    pool_of,
)
from sim.studies.foresight import fail_if_unanswerable, foresee
from sim.studies.new_city import fail_if_unfit


@dataclass(frozen=True)
class Request:
    """Which cities, fitted to which years (inclusive), by how many processes, from which seed."""

    cities: tuple[str, ...]
    first: int
    last: int
    workers: int
    seed: int = 0


def store(home: Home, request: Request, progress: Progress) -> Iterator[Posterior]:
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
    asked = asked_of(home.folder, cities, request.first, request.last, None)
    with pool_of(asked, request.workers) as pool:
        found = calibrate(pool, progress, fit_key(home, asked))
        for ensemble in ensembles(pool, found, request.cities, request.seed, progress):
            seen = foresee(home, ensemble.city, cities, request.first, request.workers, request.seed, progress)
            posterior = replace(_posterior(found, ensemble, cities, request), foreseen=seen)
            posterior = with_memory(home, model, posterior)  # the pool is busy with the next city
            write_posterior(home, model, posterior)
            yield posterior


def _posterior(found: Calibration, ensemble: CityEnsemble, cities: Sequence[str], request: Request) -> Posterior:
    known = found.known[found.place(ensemble.city)]
    priors = [known.priors[name] for name in ensemble.factors]
    values = list(ensemble.factors.values())
    summary = {
        "prior_mean": np.array([prior_moments(prior)[0] for prior in priors]),
        "prior_sd": np.array([prior_moments(prior)[1] for prior in priors]),
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
        fit=fit_rows(found, ensemble.city),
        fitted=tuple(name for name, there in zip(found.names, ensemble.outside.present, strict=True) if there),
        outside=ensemble.outside.arrays(),
    )


def prior_moments(prior: Prior) -> tuple[float, float]:
    """Mean and standard deviation of a triangular prior: (a + b + c)/3, and the root of (aa + bb + cc - ab - ac - bc)/18."""
    a, b, c = prior.low, prior.mode, prior.high
    return (a + b + c) / 3.0, float(np.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0))


def fit_rows(found: Calibration, city: str) -> tuple[FitRow, ...]:
    """The fit of each indicator of a city, at the medians of the priors and at the common estimate."""
    place = found.place(city)
    return tuple(_row(found, place, number) for number in range(len(found.observations)))


def _row(found: Calibration, place: int, number: int) -> FitRow:
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
