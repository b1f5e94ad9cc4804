"""What reports are made from: scenario results, scores and published history; records and arrays, never a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import xarray as xr

from sim.base.text import Text
from sim.inputs.history import History
from sim.inputs.model_files import PublishedCheck
from sim.ledger.summary import ProgrammeTimes
from sim.model.labels import Labels
from sim.plan.scorecard import Score
from sim.result.published import published_series

MOST_DRAWN = 6


@dataclass(frozen=True)
class CaseView:
    """One scenario as it is shown, of the city `region`; `ensemble` holds the quantiles of its draws, if there were any.

    `results` are the projection: the median of the draws where they were summed up, else the central run.
    """

    key: str
    name: Text
    region: str
    results: xr.Dataset
    scores: tuple[Score, ...]
    ledger: LedgerView | None = None
    ensemble: xr.Dataset | None = None


@dataclass(frozen=True)
class LedgerView:
    """What the project ledger does in a scenario: its programmes in time, and how many projects wait for what, by year."""

    programmes: tuple[ProgrammeTimes, ...]
    waiting: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class View:
    """All scenarios of a run beside the history of the city."""

    cases: tuple[CaseView, ...]
    city: Text
    region: str
    base_year: int
    last_year: int
    history: History
    labels: Labels
    checks: tuple[PublishedCheck, ...]

    @property
    def drawn(self) -> tuple[CaseView, ...]:
        """The scenarios that share one picture of lines: the first few, as many as there are colours."""
        return self.cases[:MOST_DRAWN]

    def led_by(self, key: str) -> View:
        """The same view, in which a scenario is sure to be among those that are drawn: it takes the last place of them."""
        places = [case.key for case in self.cases]
        if places.index(key) < MOST_DRAWN:
            return self
        own = self.cases[places.index(key)]
        rest = tuple(case for case in self.cases if case is not own)
        return replace(self, cases=(*rest[: MOST_DRAWN - 1], own, *rest[MOST_DRAWN - 1 :]))

    def published(self, indicator: str, first: int = 2005, region: str | None = None) -> dict[int, float]:
        """Published values of an indicator by year, the best source of each year."""
        series = self.history.series(indicator, region or self.region, first)
        return {year: datum.value for year, datum in series.items()}

    def published_check(self, check: PublishedCheck, unit: str) -> dict[int, float]:
        """The published side of a check, which may be a ratio of two series, in a unit."""
        found = published_series(check, self.history, self.region)
        return {year: datum.in_unit(unit) for year, datum in found.items()}


def yearly(case: CaseView, variable: str, region: str, **members: str | list[str]) -> dict[int, float]:
    """A variable of a case by year, for one region, at or summed over the given members."""
    array = case.results[variable]
    if "region" in array.dims:
        array = array.sel(region=region)
    for dim, chosen in members.items():
        array = array.sel({dim: chosen}).sum(dim) if isinstance(chosen, list) else array.sel({dim: chosen})
    return {int(year): float(value) for year, value in zip(array["year"].values, array.values, strict=True)}
