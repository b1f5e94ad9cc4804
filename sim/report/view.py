"""A view of the results of a call: the scenarios of one city side by side, beside what was published of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.base.text import Text
from sim.inputs.model_files import PublishedCheck
from sim.plan.scorecard import Score
from sim.report.cells import NOTES
from sim.result.dataset import published_series
from sim.simulate.result import Result

MOST_PLOTTED = 6
STATISTICS = NOTES["statistics"]
MODEL = Text("本模型推演", "projections by this model")


@dataclass(frozen=True)
class View:
    """Scenarios of one city, and the name of the run that they belong to."""

    scenarios: tuple[Result, ...]
    city: Text
    base_year: int
    last_year: int
    run: str

    @property
    def region(self) -> str:
        """The region that is the city as a whole."""
        return self.scenarios[0].city

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scorecards of all scenarios."""
        return tuple(score for result in self.scenarios for score in result.scorecard)

    @property
    def plotted(self) -> tuple[Result, ...]:
        """The scenarios that share one picture of lines: the first few, as many as there are colours."""
        return self.scenarios[:MOST_PLOTTED]

    @property
    def is_published(self) -> bool:
        """True where the city has published figures."""
        return any(result.published for result in self.scenarios)

    @property
    def source(self) -> Text:
        """The source of figures that show published values where there are any."""
        return STATISTICS if self.is_published else MODEL

    def plotted_scores(self, target: str) -> list[tuple[int, Score]]:
        """The row of a target in the scorecard of each scenario that is plotted, with the place of the scenario."""
        pairs = ((place, score) for place, result in enumerate(self.plotted) for score in result.scorecard)
        return [(place, score) for place, score in pairs if score.target.id == target]

    def led_by(self, scenario: str) -> View:
        """The same view, in which a scenario is sure to be among those that are plotted: it takes the last place of them."""
        order = [item.scenario for item in self.scenarios]
        if order.index(scenario) < MOST_PLOTTED:
            return self
        own = self.scenarios[order.index(scenario)]
        rest = tuple(item for item in self.scenarios if item is not own)
        return replace(self, scenarios=(*rest[: MOST_PLOTTED - 1], own, *rest[MOST_PLOTTED - 1 :]))

    @property
    def checks(self) -> tuple[PublishedCheck, ...]:
        """Variables that are held against published figures."""
        return self.scenarios[0].checks

    def label(self, variable: str) -> Text:
        """The name of a variable."""
        return self.scenarios[0].label(variable)

    def published(
        self, indicator: str, first: int = 2005, region: str | None = None, unit: str | None = None
    ) -> dict[int, float]:
        """Published values of an indicator by year, the best source of each year; in the unit of the data or another."""
        series = self.scenarios[0].history.series(indicator, region or self.region, first)
        return {year: datum.value if unit is None else datum.in_unit(unit) for year, datum in series.items()}

    def published_check(self, check: PublishedCheck, unit: str) -> dict[int, float]:
        """The published side of a check, which may be a ratio of two series, in a unit."""
        found = published_series(check, self.scenarios[0].history, self.region)
        return {year: datum.in_unit(unit) for year, datum in found.items()}


def view_of(results: Sequence[Result], run: str = "") -> View:
    """The view of scenarios of one city."""
    first = results[0]
    return View(tuple(results), first.city_name, first.base_year, max(item.last_year for item in results), run)


def views_of(results: Sequence[Result], run: str = "") -> dict[str, View]:
    """A view for each city, by its key."""
    cities = dict.fromkeys(item.city for item in results)
    return {city: view_of([item for item in results if item.city == city], run) for city in cities}


def projected_scores(result: Result) -> list[Score]:
    """The targets of a scenario that have a projection and a value to hold it against."""
    return [score for score in result.scorecard if score.projected is not None and score.target.value]


def yearly(result: Result, variable: str, region: str, **members: str | list[str]) -> dict[int, float]:
    """A variable of a result by year, for one region, at or summed over the given members."""
    array = result.projection[variable]
    if "region" in array.dims:
        array = array.sel(region=region)
    for dim, chosen in members.items():
        array = array.sel({dim: chosen}).sum(dim) if isinstance(chosen, list) else array.sel({dim: chosen})
    return {int(year): float(value) for year, value in zip(array["year"].values, array.values, strict=True)}
