"""The opponents of our forecasts: naive forecasts of series as published and of cleaned ones, and the pooled forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.arrays import Values
from sim.city.city import NATION_FOLDER
from sim.inputs.history import History, read_breaks
from sim.inputs.indicators import read_indicators
from sim.inputs.pooled import read_pooled
from sim.simulate.likelihood.errors_of_cities import Observation
from sim.studies.cleaned import Cleaning, Published, median_changes
from sim.studies.forecasts import kind_of, naive_forecasts, series_of
from sim.studies.pooled import PooledForecaster, national_figures

CLEANED = "{}_cleaned"
POOLED_FORECAST = "pooled"


@dataclass(frozen=True)
class Opponents:
    """The forecasters of an origin, with what they know besides the city."""

    cleaning: Cleaning
    pooled: PooledForecaster | None = field(repr=False)

    def forecasts(
        self, item: Observation, published: Published, history: History, origin: int, ahead: int
    ) -> dict[str, Values]:
        """Changes [year] of the log level or share after an origin, by forecaster."""
        kind, own = kind_of(item), published[item.name]
        found = naive_forecasts(series_of(kind, own, origin), ahead)
        cleaned = series_of(kind, self.cleaning.cleaned(item, published, history, origin), origin)
        found |= {CLEANED.format(name): values for name, values in naive_forecasts(cleaned, ahead).items()}
        pooled = None if self.pooled is None else self.pooled.changes(item, own, history.breaks, origin, ahead)
        return found if pooled is None else found | {POOLED_FORECAST: pooled}


def pooled_forecaster(model: Path, observations: Sequence[Observation]) -> PooledForecaster | None:
    """The pooled forecaster of a model, from its folder, where it declares one.

    Raises
    ------
    InputError
        with every fault of the files that it rests on.
    """
    form = read_pooled(model, [item.name for item in observations])
    if form is None:
        return None
    folder, indicators = model / "reference" / NATION_FOLDER, read_indicators(model / "indicators.yaml")
    nation = national_figures(folder, indicators, form.rules.nation)
    return PooledForecaster(form, nation, read_breaks([model / "breaks.yaml"]))


def opponents_of(
    pooled: PooledForecaster | None, observations: Sequence[Observation], histories: Mapping[str, History], origin: int
) -> Opponents:
    """The forecasters as of an origin, from the histories of the cities at hand as they were known then."""
    known = {city: history.as_of(origin) for city, history in histories.items()}
    medians = median_changes(observations, known)
    if pooled is None:
        return Opponents(Cleaning({}, medians, {}), None)
    outliers = {name: entry.outlier for name, entry in pooled.form.rules.indicators.items() if entry.outlier is not None}
    return Opponents(Cleaning(pooled.nation.known_inflation(origin), medians, outliers), pooled)
