"""What a backtest forecasts: which years from which origin, and what came of it.

Growth is judged in points of the yearly rate; a level in per cent of itself (logarithm) and a share in points, both re-anchored
at the published value of the origin. A target across a declared break is judged for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.inputs.history import History
from sim.simulate.likelihood.observations import FEWEST_CHANGES, PERCENT, Observation, crosses_break, published_levels
from sim.studies.naive import Kind

HORIZON = 4


@dataclass(frozen=True)
class BacktestDesign:
    """A backtest: the years that are fitted, the years of the break, the years of the test, all inclusive."""

    first: int
    last: int
    break_first: int
    break_last: int
    test: tuple[int, ...]

    @property
    def rolling(self) -> range:
        """Origins before the break."""
        return range(self.first + FEWEST_CHANGES, self.last)

    def origin_of_test(self, kind: Kind) -> int:
        """Growth is forecast from the year before the test, levels and shares from its first year, which is their anchor."""
        return self.test[0] - 1 if kind == "growth" else self.test[0]

    @property
    def origins(self) -> dict[int, int]:
        """The last year to forecast, by origin."""
        found = {origin: min(origin + HORIZON, self.last) for origin in self.rolling}
        found |= {self.test[0] - 1: self.test[-1], self.test[0]: self.test[-1]}
        return {origin: last for origin, last in found.items() if last > origin}

    def years(self, name: str, kind: Kind, origin: int) -> tuple[int, ...]:
        """Target years of an origin in one of the two parts, `rolling` or `test`."""
        if name == "rolling":
            return tuple(range(origin + 1, min(origin + HORIZON, self.last) + 1)) if origin in self.rolling else ()
        return tuple(year for year in self.test if year > origin) if origin == self.origin_of_test(kind) else ()


def read_design(fit: str, gap: str, test: Sequence[str]) -> BacktestDesign:
    """A design from spans such as 2005:2016.

    Raises
    ------
    UsageError
        when a span is none, or the spans are not in order.
    """
    (first, last), (break_first, break_last) = span(fit, "--fit"), span(gap, "--break")
    years = sorted({year for item in test for year in _years(item)})
    if not (first + FEWEST_CHANGES < last < break_first <= break_last < years[0]):
        message = Text(
            f"年份须依次为拟合（至少 {FEWEST_CHANGES + 2} 年）、断点、检验",
            f"the years must run from the fit ({FEWEST_CHANGES + 2} years or more) over the break to the test",
        )
        raise UsageError(Fault(message, Place(key=f"--fit {fit} --break {gap} --test {' '.join(test)}")))
    return BacktestDesign(first, last, break_first, break_last, tuple(years))


def read_fit(text: str) -> tuple[int, int]:
    """The first and last fitted year.

    Raises
    ------
    UsageError
        when it is no span of years, or one too short to tell anything.
    """
    first, last = span(text, "--fit")
    if last - first < FEWEST_CHANGES:
        message = Text(f"拟合至少需要 {FEWEST_CHANGES + 1} 年", f"a fit needs at least {FEWEST_CHANGES + 1} years")
        raise UsageError(Fault(message, Place(key=f"--fit {text}"), Text("例如 2005:2023", "such as 2005:2023")))
    return first, last


def _years(text: str) -> range:
    first, last = span(text, "--test")
    return range(first, last + 1)


def span(text: str, option: str) -> tuple[int, int]:
    """The first and last year of a span such as 2005:2016.

    Raises
    ------
    UsageError
        when the text is no span.
    """
    parts = text.split(":")
    if len(parts) not in {1, 2} or not all(re.fullmatch(r"[0-9]{4}", part) for part in parts):
        message = Text(f"{option} {text} 不是年份", f"{option} {text} is no span of years")
        raise UsageError(Fault(message, Place(), Text("写法：2005:2016 或 2025", "write 2005:2016 or 2025")))
    first, last = int(parts[0]), int(parts[-1])
    if first > last:
        message = Text(f"{option} {text} 先后颠倒", f"{option} {text} runs backwards")
        raise UsageError(Fault(message, Place(), Text(f"写法：{last}:{first}", f"write {last}:{first}")))
    return first, last


@dataclass(frozen=True)
class Outcome:
    """What was published of one target, as the change that is judged, and the error of saying that nothing changes."""

    year: int
    value: float
    no_change: float


def kind_of(observation: Observation) -> Kind:
    """How an indicator is judged."""
    reading = observation.check.reading
    return "level" if reading == "value" else reading


def outcome_of(observation: Observation, history: History, region: str, origin: int, year: int) -> Outcome | None:
    """What came of a target; None where it is not published, or not comparable with the origin."""
    kind, published = kind_of(observation), published_levels(observation, history, region)
    last = max((known for known in published if known <= origin), default=None)
    if year not in published or last is None:
        return None
    if kind == "growth":
        still = PERCENT * (published[last] - published[year])
        return None if crosses_break(observation, history, year) else Outcome(year, PERCENT * published[year], still)
    if last != origin or crosses_break(observation, history, year, origin):
        return None
    change = published[year] - published[origin] if kind == "share" else np.log(published[year] / published[origin])
    return Outcome(year, PERCENT * float(change), -PERCENT * float(change))


def judged_values(kind: Kind, changes: Values) -> Values:
    """Forecasts as they are judged [year, ...], from yearly changes of logarithms or shares."""
    if kind == "growth":
        return PERCENT * np.expm1(changes)
    return PERCENT * np.cumsum(changes, axis=0)


Histories = Mapping[str, History]
