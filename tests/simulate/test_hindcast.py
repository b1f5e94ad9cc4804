"""Hindcasts are runs of the model; a forecast as of a year rests on nothing published later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.base.errors import Faults, InputError
from sim.city.city import open_city
from sim.inputs.home import Home
from sim.inputs.scenario import read_scenario
from sim.result.dataset import modelled_series
from sim.simulate import opening, pipeline
from sim.simulate.likelihood.hindcast import HindcastSpan, city_hindcasts, factors_of, forecaster
from sim.studies.calibration import calibrate, ensembles, fail_if_unanswerable, pool_of, store
from tests.corruption import corrupt

Values = NDArray[Any]


def test_a_hindcast_is_a_run_of_the_pipeline(home: Home) -> None:
    """At factors of one, the years after the base year are those of a scenario that changes nothing."""
    span = HindcastSpan(home.folder, "hengyang", 2020, 2022, 2)
    found = city_hindcasts(span).hindcasts[2020]
    ones = {name: np.ones(2) for name in found.priors}
    changes = found.changes(ones)[..., 0]
    world = open_city(home, "hengyang", 2020)
    scenario = replace(read_scenario(home.scenarios / "baseline.yaml", (), (), Faults()), last_year=2022)
    results = pipeline.run(opening.prepare(scenario, world)).results
    for place, item in enumerate(city_hindcasts(span).observations):
        values, _ = modelled_series(results, item.check.model_copy(update={"reading": "value"}), "hengyang")
        series = np.array([values[year] for year in (2020, 2021, 2022)])
        if item.check.reading == "share":
            total = results["gdp_nominal"].sel(region="hengyang").values[:3]
            assert changes[:, place] == pytest.approx(np.diff(series / total), rel=1e-9)
        else:
            assert changes[:, place] == pytest.approx(np.diff(np.log(series)), rel=1e-9)


def test_factors_are_quantiles_of_their_priors(home: Home) -> None:
    priors = city_hindcasts(HindcastSpan(home.folder, "hengyang", 2020, 2022, 2)).priors
    names = list(priors)
    far = factors_of(priors, names, np.full((len(names), 1), 9.0))
    near = factors_of(priors, names, np.full((len(names), 1), -9.0))
    for name, prior in priors.items():
        assert far[name][0] == pytest.approx(prior.high, abs=1e-6)
        assert near[name][0] == pytest.approx(prior.low, abs=1e-6)


def forecast_of(home: Home, as_of: int, cities: list[str]) -> tuple[Mapping[str, Values], Values]:
    with pool_of([HindcastSpan(home.folder, city, as_of - 3, as_of, as_of=as_of) for city in cities], 1) as pool:
        found = calibrate(pool, lambda *_: None)
        [made] = ensembles(pool, found, ["hengyang"], 0, lambda *_: None, draws=40)
        [changes] = pool.forecasts([(cities.index("hengyang"), made.factors)], as_of, as_of + 3, 0)
    return made.factors, changes


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [2012, 2019])
def test_corrupting_what_came_later_changes_no_forecast(as_of: int, copied: Home) -> None:
    """Data, reference tables, base-year settings and priors alike: the fit and the forecast are the same to the last bit."""
    cities = ["changsha", "hengyang"]
    factors, changes = forecast_of(copied, as_of, cities)
    assert corrupt(copied, as_of, cities) > 100
    city_hindcasts.cache_clear()
    forecaster.cache_clear()
    again, same = forecast_of(copied, as_of, cities)
    assert np.array_equal(changes, same)
    assert all(np.array_equal(factors[name], again[name]) for name in factors)
    assert np.ptp(changes, axis=-1).min() > 0.0


def test_without_any_fit_rule_there_is_nothing_to_fit(copied: Home) -> None:
    file = copied.models / "prefecture" / "published.yaml"
    file.write_text(re.sub(r"fit: \{[^}]*\}, ", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match="no check has a fit rule"):
        city_hindcasts(HindcastSpan(copied.folder, "hengyang", 2020, 2022, 2))


def test_the_size_of_no_shock_is_a_fault(copied: Home) -> None:
    file = copied.models / "prefecture" / "published.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("common_price_shock", "certificate_life"), encoding="utf-8")
    with (
        pool_of([HindcastSpan(copied.folder, "hengyang", 2018, 2022)], 1) as pool,
        pytest.raises(InputError, match="of no shock"),
    ):
        pool.open(lambda *_: None)


@pytest.mark.parametrize("as_of", [1995, 2007, 3])
def test_questions_from_years_that_know_too_little_are_faults_before_the_fit(as_of: int, copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "foresight.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("as_of: 2021", f"as_of: {as_of}"), encoding="utf-8")
    with pytest.raises(InputError, match="too little for a fit from 2005"):
        fail_if_unanswerable(copied, "hengyang", 2005)
    file.write_text(file.read_text(encoding="utf-8").replace(f"as_of: {as_of}", "as_of: 2021"), encoding="utf-8")
    fail_if_unanswerable(copied, "hengyang", 2005)


def test_a_broken_city_stops_the_fit_of_the_others_and_is_named(copied: Home) -> None:
    file = copied.models / "loudi" / "history.csv"
    file.write_bytes(file.read_bytes()[:5000] + b"\n\xff\xfe")
    with pytest.raises(InputError, match=r"loudi.history\.csv"):
        next(store(copied, ("huaihua",), range(2005, 2017), 1, 0, lambda *_: None))
