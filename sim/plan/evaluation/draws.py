"""The class of a target in every draw of a run, in the year of the evaluation: the same rules on projected series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.reducers import Share
from sim.plan.evaluation.progress import (
    STANDINGS,
    Reached,
    Standing,
    cut_reached,
    each_year_reached,
    growth_reached,
    level_reached,
    standing,
    sum_reached,
)
from sim.plan.reading import Reading

Values = NDArray[Any]
_PERCENT = 0.01
_SEPARATOR = "|"


@dataclass(frozen=True)
class Moment:
    """A reading of a target at the end of a year of the run, counted from the base year: the target's own, or one before."""

    reading: Reading
    now: int

    @property
    def base(self) -> int:
        """The year that the target starts from."""
        return self.reading.start - 1

    @property
    def share(self) -> float:
        """The part of the time that has passed."""
        return (self.now - self.base) / self.years

    @property
    def years(self) -> int:
        """Years from the base to the target's own."""
        return self.reading.last - self.base

    @property
    def value(self) -> float:
        """The target's number."""
        return self.reading.target.value

    @property
    def is_ceiling(self) -> bool:
        """Whether less is as good."""
        return self.reading.is_ceiling

    def met(self, value: Values) -> Values:
        """Whether a value in the target's unit meets it."""
        return np.asarray(self.reading.rule.met(value))

    def rate_met(self, rate: Values) -> Values:
        """Whether a rate, as a ratio, meets a target in per cent."""
        return self.met(rate / _PERCENT)

    def so_far(self, series: Values) -> Values:
        """The years since the base up to now."""
        return series[self.base + 1 : self.now + 1]

    def ratios(self, series: Values) -> Values:
        """The same, as ratios to the base."""
        return np.asarray(self.so_far(series) / series[self.base])


def standings(moment: Moment, values: Mapping[str, Values]) -> NDArray[np.intp]:
    """The class of each draw, as its place in STANDINGS."""
    series = moment.reading.series(values)
    return standing(_READ[moment.reading.binding.reading](moment, series), moment.share)


def _level(moment: Moment, series: Values) -> Reached:
    return level_reached(moment.so_far(series), series[moment.base], moment.value, moment.met)


def _each_year(moment: Moment, series: Values) -> Reached:
    years = moment.so_far(series)
    return each_year_reached(years, moment.value, moment.years, moment.met, ceiling=moment.is_ceiling)


def _average_growth(moment: Moment, series: Values) -> Reached:
    rate, span = _PERCENT * moment.value, (moment.now - moment.base, moment.years)
    return growth_reached(moment.ratios(series), rate, span, moment.rate_met, ceiling=moment.is_ceiling)


def _growth_each_year(moment: Moment, series: Values) -> Reached:
    """Average growth, and no year that missed it."""
    reached = _average_growth(moment, series)
    kept = moment.rate_met(moment.so_far(series) / series[moment.base : moment.now] - 1.0).all(axis=0)
    return replace(reached, met=kept if moment.is_ceiling else reached.met & kept)


def _change(moment: Moment, series: Values) -> Reached:
    added = np.diff(series[moment.base : moment.now + 1], axis=0)
    return sum_reached(added, moment.value, moment.met, ceiling=moment.is_ceiling)


def _cumulative(moment: Moment, series: Values) -> Reached:
    return sum_reached(moment.so_far(series), moment.value, moment.met, ceiling=moment.is_ceiling)


def _reduction(moment: Moment, series: Values) -> Reached:
    cut = _PERCENT * moment.value
    return cut_reached(moment.ratios(series), cut, moment.rate_met, ceiling=moment.is_ceiling)


_READ: dict[str, Callable[[Moment, Values], Reached]] = {
    "level": _level,
    "each_year": _each_year,
    "growth_each_year": _growth_each_year,
    "average_growth": _average_growth,
    "change": _change,
    "cumulative": _cumulative,
    "reduction": _reduction,
}


@dataclass(frozen=True)
class Standings:
    """Judges every draw of a block: which target stands in which class."""

    moments: tuple[Moment, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed."""
        return tuple(dict.fromkeys(name for item in self.moments for name in item.reading.outputs))

    def __call__(self, values: Mapping[str, Values], _draws: NDArray[np.intp]) -> dict[str, NDArray[np.bool_]]:
        """Truth values by target and class."""
        found = {}
        for moment in self.moments:
            places = standings(moment, values)
            for place, name in enumerate(STANDINGS[:-1]):
                found[f"{moment.reading.target.id}{_SEPARATOR}{name}"] = places == place
        return found


def chances(shares: Mapping[str, Share]) -> dict[str, dict[Standing, Share]]:
    """Shares of draws by target and class."""
    found: dict[str, dict[Standing, Share]] = {}
    for key, share in shares.items():
        target, _, name = key.partition(_SEPARATOR)
        for standing_name in STANDINGS:
            if standing_name == name:
                found.setdefault(target, {})[standing_name] = share
    return found
