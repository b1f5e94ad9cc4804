"""Published levels without what is none of a city's economy, for naive forecasts that are to be a fair match.

A change across a declared break, or one far off those of the other cities, is replaced: of what is printed at current prices by
the city's real growth and the nation's inflation, of any other level by the median change of the cities at hand, of a share by
none. The last level stands as published, and those before it are moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.inputs.history import History
from sim.inputs.panel_breaks import medians_by_year
from sim.simulate.likelihood.errors_of_cities import Observation, crosses_break, published_changes
from sim.studies.forecasts import kind_of

Published = Mapping[str, Mapping[int, float]]
"""Published levels of a city, by indicator and year."""


@dataclass(frozen=True)
class Cleaning:
    """The material that replaces a change.

    `inflation` is that of the nation by year, `medians` are the median changes of the cities at hand by indicator and year,
    `outliers` the distances from these beyond which a change is not believed.
    """

    inflation: Mapping[int, float]
    medians: Mapping[str, Mapping[int, float]]
    outliers: Mapping[str, float]

    def cleaned(self, item: Observation, published: Published, history: History, origin: int) -> dict[int, float]:
        """An indicator's levels up to the origin; as they are where no change is replaced, and where growth is printed."""
        known = {year: value for year, value in sorted(published[item.name].items()) if year <= origin}
        kind, moved, found = kind_of(item), 0.0, dict(known)
        if kind == "growth":
            return known
        for before, year in reversed(list(pairwise(known))):
            change = known[year] - known[before] if kind == "share" else float(np.log(known[year] / known[before]))
            if self._is_false(item, history, change, before, year):
                years = range(before + 1, year + 1)
                moved += change - sum(self._replaced(item, published, one) for one in years)
            if moved:
                found[before] = known[before] + moved if kind == "share" else known[before] * float(np.exp(moved))
        return found

    def _is_false(self, item: Observation, history: History, change: float, before: int, year: int) -> bool:
        usual, most = self.medians.get(item.name, {}), self.outliers.get(item.name, np.inf)
        is_outlier = year == before + 1 and year in usual and abs(change - usual[year]) > most
        return is_outlier or crosses_break(item, history, year, before)

    def _replaced(self, item: Observation, published: Published, year: int) -> float:
        """Return what stands for the change into a year: of the city itself where it prints growth, else of the cities."""
        if kind_of(item) == "share":
            return 0.0
        growth = published.get(item.rule.deflated or "", {})
        if year in growth and year in self.inflation:
            return float(np.log1p(growth[year]) + np.log1p(self.inflation[year]))
        usual = self.medians.get(item.name, {})
        earlier, later = [one for one in usual if one <= year], [one for one in usual if one > year]
        nearest = max(earlier) if earlier else min(later, default=None)
        return 0.0 if nearest is None else usual[nearest]


def median_changes(observations: Sequence[Observation], histories: Mapping[str, History]) -> dict[str, dict[int, float]]:
    """Median change of the cities by indicator and year, of changes that cross no declared break."""
    return {
        item.name: medians_by_year(published_changes(item, history, city) for city, history in histories.items())
        for item in observations
        if kind_of(item) == "level"
    }
