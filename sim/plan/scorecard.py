"""The scorecard: each target of the plan beside what the scenario projects, and what is still to be done.

A target is met when: `>` above; `>=` and `=` at least; `<=` at most; `~` (左右) at least 97 % of the value (tolerance in the
city file). near: within 3 % of the value. gap = projected - plan value; required growth is the yearly rate from the base-year
level, in per cent, for shares in percentage points a year, and empty for yearly flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import xarray as xr
from numpy.typing import NDArray

from sim.inputs.history import Datum, History
from sim.inputs.targets import Binding, Catalogue, PlanTarget
from sim.text import Text
from sim.units import conversion

Verdict = Literal["met", "near", "missed", "not_judged"]
NEAR = 0.03
PERCENT = "%"
Projected = float | NDArray[Any]


@dataclass(frozen=True)
class Score:
    """One row of the scorecard. Values are in the target's own unit; the probability is known after draws, the
    step error (per cent of the projection) after a run with halved steps."""

    scenario: str
    target: PlanTarget
    verdict: Verdict
    reason: Text
    projected: float | None = None
    projected_real: float | None = None
    base: float | None = None
    gap: float | None = None
    gap_percent: float | None = None
    required_growth: float | None = None
    projected_growth: float | None = None
    actual: Datum | None = None
    actual_value: float | None = None
    actual_growth: float | None = None
    each_year: bool = False
    caution: Text = Text("", "")
    document: Text = Text("", "")
    variable: str = ""
    past_indicator: str = ""
    probability: float | None = None
    probability_error: float | None = None
    step_error: float | None = None


@dataclass(frozen=True)
class Judge:
    """What a judgement needs besides the target: results, history and the rules of the city."""

    scenario: str
    results: xr.Dataset
    history: History
    catalogue: Catalogue
    base_year: int
    about_tolerance: float
    given: frozenset[str]

    def score(self, target: PlanTarget) -> Score:
        """Judge one target, or say why it cannot be judged."""
        binding = self.catalogue.bindings.get(target.id)
        reason = self._why_not(target, binding)
        if reason is not None or binding is None or target.year is None:
            title = self.catalogue.titles[target.document]
            return Score(self.scenario, target, "not_judged", reason or Text("", ""), document=title)
        series = self._series(binding, target)
        projected = self._read(series, target, binding)
        base = series.get(self.base_year)
        gap, actual = projected - target.value, self._actual(target, binding)
        reached = None if actual is None else actual.value * conversion(actual.unit, target.unit)
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=verdict(target.operator, projected, target.value, self.about_tolerance),
            reason=Text("", ""),
            projected=projected,
            projected_real=self._real(binding, target),
            base=base,
            gap=gap,
            gap_percent=100.0 * gap / abs(target.value) if target.value else None,
            required_growth=self._growth(target, binding, base, target.value, target.year),
            projected_growth=self._growth(target, binding, base, projected, target.year),
            actual=actual,
            actual_value=reached,
            actual_growth=None
            if actual is None or reached is None
            else self._growth(target, binding, base, reached, actual.year),
            each_year=binding.reading == "each_year",
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.titles[target.document],
            variable=binding.variable,
            past_indicator=binding.past or binding.history or "",
        )

    def _why_not(self, target: PlanTarget, binding: Binding | None) -> Text | None:
        last = int(self.results["year"].values[-1])
        if target.year is None:
            return Text("文件未写年份", "the document states no year")
        if target.year <= self.base_year:
            return Text(f"目标年份不晚于基年 {self.base_year}", f"dated no later than the base year {self.base_year}")
        if target.year > last:
            return Text(f"目标年份晚于模拟末年 {last}", f"dated after the last simulated year {last}")
        if binding is None:
            return Text("模型尚无对应变量", "no variable of the model says this yet")
        if binding.variable in self.given:
            return Text("该指标由情景给定，不能自证", "the scenario itself gives this indicator")
        return None

    def _series(self, binding: Binding, target: PlanTarget) -> dict[int, float]:
        array = self.results[binding.variable]
        factor = conversion(str(array.attrs["units"]), target.unit)
        chosen = array.sel(region=binding.region or target.region) if "region" in array.dims else array
        return {int(year): float(value) * factor for year, value in zip(chosen["year"].values, chosen.values, strict=True)}

    def _read(self, series: Mapping[int, float], target: PlanTarget, binding: Binding) -> float:
        if target.year is None:
            raise AssertionError("a target without a year is not judged")
        if binding.reading == "level":
            return series[target.year]
        first = max(target.start_year or self.base_year + 1, self.base_year + 1)
        values = [series[year] for year in range(first, target.year + 1)]
        return max(values) if target.operator == "<=" else min(values)

    def _real(self, binding: Binding, target: PlanTarget) -> float | None:
        twin = binding.variable.replace("_nominal", "_real")
        if target.unit != "亿元" or twin == binding.variable or twin not in self.results or target.year is None:
            return None
        array = self.results[twin].sel(year=target.year)
        return float(array.sel(region=binding.region or target.region) if "region" in array.dims else array)

    def _growth(self, target: PlanTarget, binding: Binding, base: float | None, goal: float, year: int) -> float | None:
        if base is None or binding.reading == "each_year":
            return None
        years = year - self.base_year
        if target.unit == PERCENT:
            return (goal - base) / years
        return 100.0 * ((goal / base) ** (1.0 / years) - 1.0) if base > 0 and goal > 0 else None

    def _actual(self, target: PlanTarget, binding: Binding) -> Datum | None:
        """The latest published datum up to the target year, in a unit that fits."""
        if binding.history is None or target.year is None:
            return None
        series = self.history.series(binding.history, binding.region or target.region, self.base_year + 1)
        known = [datum for year, datum in series.items() if year <= target.year]
        return known[-1] if known else None


def verdict(operator: str, projected: float, value: float, about_tolerance: float) -> Verdict:
    """Met, near (within 3 % of the value) or missed."""
    if is_met(operator, projected, value, about_tolerance):
        return "met"
    return "near" if abs(projected - value) <= NEAR * abs(value) else "missed"


def is_met(operator: str, projected: Projected, value: float, about_tolerance: float) -> Any:
    """Whether a projection meets a target, by the operator that the plan's wording stands for; an array answers by cell."""
    if operator == ">":
        return projected > value
    if operator == "<=":
        return projected <= value
    if operator == "~":
        return projected >= value - about_tolerance * abs(value)
    return projected >= value


def score_all(judge: Judge, targets: Iterable[PlanTarget]) -> list[Score]:
    """Judge several targets, in the order given."""
    return [judge.score(target) for target in targets]
