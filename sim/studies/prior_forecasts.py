"""Forecasts of cities that nothing is fitted to: parameters are drawn from the priors as they were known at each origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import delayed

from sim.base.arrays import Values
from sim.base.errors import SimError
from sim.base.text import Text
from sim.ensemble.draws import Draws
from sim.simulate.likelihood.errors_of_cities import Observation
from sim.simulate.likelihood.hindcast import HindcastSpan, forecaster
from sim.studies.calibration import Progress, pool_of

Changes = tuple[Values, Values]
"""Yearly changes [year, observation, draw] after an origin, and the same without the shocks that are common to all cities."""
_MOST_NAMED = 12


@dataclass(frozen=True)
class PriorDesign:
    """The cities of a home, the last year to forecast by origin, and how many draws each city takes."""

    home: Path
    cities: tuple[str, ...]
    origins: Mapping[int, int]
    draws: int
    seed: int = 0


def from_priors(
    design: PriorDesign, observations: Sequence[Observation], workers: int, progress: Progress, remark: Callable[[Text], None]
) -> dict[int, dict[str, Changes]]:
    """Changes by origin and city; a city whose data do not allow an origin is left out of that one, and a `remark` says so."""
    made = dict[str, dict[int, Changes]]()
    with pool_of((), workers) as pool:
        calls = (delayed(_of_city)(design, city, observations) for city in design.cities)
        for number, found in enumerate(pool.run(calls)):
            made[design.cities[number]] = found
            progress("draw", number + 1, len(design.cities))
    for origin in design.origins:
        without = [city for city, found in made.items() if origin not in found]
        if without:
            remark(_left_out(origin, without, len(made)))
    return {origin: {city: found[origin] for city, found in made.items() if origin in found} for origin in design.origins}


def _left_out(origin: int, cities: Sequence[str], of: int) -> Text:
    names = ", ".join(cities[:_MOST_NAMED]) + (" …" if len(cities) > _MOST_NAMED else "")
    zh = f"{origin} 年：{of} 市中 {len(cities)} 市的数据不足以作基年，该起点不计：{names}"
    return Text(zh, f"{origin}: {len(cities)} of {of} cities have no base year and are left out of this origin: {names}")


def _of_city(design: PriorDesign, city: str, observations: Sequence[Observation]) -> dict[int, Changes]:
    """The forecasts of a city from each origin that its data allow."""
    found = dict[int, Changes]()
    for origin, last in design.origins.items():
        try:
            ready = forecaster(HindcastSpan(design.home, city, origin - 1, origin, as_of=origin), origin, last)
            priors = tuple(ready.priors.values())
            whole = Draws(design.draws, design.seed, priors=priors).factors(0, design.draws)
            own = own_only(whole, observations, len(design.cities))
            changes = ready.forecast(whole, design.seed), ready.forecast(own, design.seed)
        except SimError:
            continue
        if all(np.isfinite(part).all() for part in changes):
            found[origin] = changes
    return found


def own_only(factors: Mapping[str, Values], observations: Sequence[Observation], cities: int) -> dict[str, Values]:
    """Factors without common shocks; the city's own also bear the error with which the others' mean is known."""
    left = dict(factors)
    for rule in (item.rule for item in observations):
        for name in (rule.common, rule.common_trend):
            if name is not None:
                left[name] = np.zeros(len(left[rule.own]))
        left[rule.own] = left[rule.own] * np.sqrt(1.0 + 1.0 / max(cities - 1, 1))
    return left
