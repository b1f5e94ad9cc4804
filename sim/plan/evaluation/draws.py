"""The class of a target in every draw of a run, in the year of the evaluation: the same rules on projected series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics.reducers import Share
from sim.plan.evaluation.progress import STANDINGS, Standing, cut_progress, growth_progress, level_progress, standing
from sim.plan.reading import Reading
from sim.plan.scorecard import is_met

Values = NDArray[Any]
_PERCENT = 0.01
_SEPARATOR = "|"


@dataclass(frozen=True)
class Moment:
    """A reading of a target at the end of a year of the run, counted from the base year: the target's own, or one before."""

    reading: Reading
    now: int
    about: float

    @property
    def base(self) -> int:
        """The year that the target starts from."""
        return self.reading.start - 1

    @property
    def share(self) -> float:
        """The part of the time that has passed."""
        return (self.now - self.base) / (self.reading.last - self.base)

    def met(self, value: Values) -> Values:
        """Whether a value meets the target."""
        return np.asarray(is_met(self.reading.operator, value, self.reading.target.value, self.about))


def standings(moment: Moment, values: Mapping[str, Values]) -> NDArray[np.intp]:
    """The class of each draw, as its place in STANDINGS."""
    series = moment.reading.series(values)
    return _READ[moment.reading.binding.reading](moment, series)


def _level(moment: Moment, series: Values) -> NDArray[np.intp]:
    now, base = series[moment.now], series[moment.base]
    between = moment.met(series[moment.base + 1 : moment.now])
    return standing(
        level_progress(now, base, moment.reading.target.value),
        moment.share,
        met=moment.met(now),
        met_before=between.any(axis=0),
        held=moment.met(base),
    )


def _each_year(moment: Moment, series: Values) -> NDArray[np.intp]:
    """Years so far against as many times the number; a ceiling is held or not."""
    years = series[moment.base + 1 : moment.now + 1]
    kept = moment.met(years).all(axis=0)
    if moment.reading.operator == "<=":
        return standing(np.nan, moment.share, met=kept, held=True)
    wanted, done = moment.reading.target.value * (moment.reading.last - moment.base), years.sum(axis=0)
    return standing(done / wanted, moment.share, met=(done >= wanted) & kept)


def _sum(moment: Moment, done: Values, wanted: float) -> NDArray[np.intp]:
    return standing(done / wanted, moment.share, met=done >= wanted)


def _growth(moment: Moment, series: Values) -> NDArray[np.intp]:
    rate, years = _PERCENT * moment.reading.target.value, moment.reading.last - moment.base
    ratio = series[moment.now] / series[moment.base]
    return standing(growth_progress(ratio, 1.0, rate, years), moment.share, met=ratio >= (1.0 + rate) ** years)


def _change(moment: Moment, series: Values) -> NDArray[np.intp]:
    return _sum(moment, series[moment.now] - series[moment.base], moment.reading.target.value)


def _cumulative(moment: Moment, series: Values) -> NDArray[np.intp]:
    return _sum(moment, series[moment.base + 1 : moment.now + 1].sum(axis=0), moment.reading.target.value)


def _reduction(moment: Moment, series: Values) -> NDArray[np.intp]:
    cut = _PERCENT * moment.reading.target.value
    ratio = series[moment.now] / series[moment.base]
    return standing(cut_progress(ratio, 1.0, cut), moment.share, met=ratio <= 1.0 - cut)


_READ: dict[str, Callable[[Moment, Values], NDArray[np.intp]]] = {
    "level": _level,
    "each_year": _each_year,
    "growth_each_year": _growth,
    "average_growth": _growth,
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
