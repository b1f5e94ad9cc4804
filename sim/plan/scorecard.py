"""The scorecard: each target of the plan beside what the scenario projects, and what is still to be done.

A target is met when: `>` above; `>=` and `=` at least; `<=` at most, and so `=` where the binding calls it a ceiling; `~`
(左右) at least 97 % of the value (tolerance in the city file). near: within 3 % of the value. gap = projected - plan value;
required growth is the yearly rate from the base-year level, in per cent, for shares in percentage points a year, and empty
for yearly flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, LedgerBinding, OutsideBinding
from sim.inputs.history import Datum, History
from sim.inputs.targets import Catalogue, PlanTarget
from sim.model.graph import Graph
from sim.plan.delivered import Delivery
from sim.plan.past import published_reading
from sim.plan.reading import arrays_of, reading_of
from sim.plan.rest import implied_rest_growth
from sim.text import Text

Verdict = Literal["met", "near", "missed", "not_judged"]
VERDICTS: dict[Verdict, Text] = {
    "met": Text("实现", "met"),
    "near": Text("接近", "near"),
    "missed": Text("未实现", "missed"),
    "not_judged": Text("暂不评估", "not judged"),
}
"""The verdicts in words."""
NEAR = 0.03
PERCENT = "%"
Projected = float | NDArray[Any]


@dataclass(frozen=True)
class Score:
    """One row of the scorecard. Values are in the target's own unit; the probability is known after draws, the
    step error (per cent of the projection) after a run with halved steps. `rest_growth` is the yearly growth that a district's
    target leaves to the rest of the city."""

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
    rest_growth: float | None = None
    judged_by: Literal["model", "ledger", "data"] = "model"
    judged_as: str = ""
    """The operator that it was judged by; empty where it is the printed one."""
    plain: PlainLevel | None = None

    @property
    def operator(self) -> str:
        """How it is judged: as printed, or as a ceiling where a plain number is not to be exceeded."""
        return self.judged_as or self.target.operator

    @property
    def is_held(self) -> bool:
        """Whether the base meets the target already, so that there is no way to go."""
        if self.base is None or not self.plain:
            return False
        return bool(is_met(self.operator, self.base, self.target.value, 0.0))


@dataclass(frozen=True)
class PlainLevel:
    """A level that reads one variable of one region and nothing else: its region, and what it is multiplied by."""

    region: str
    factor: float


@dataclass(frozen=True)
class Judge:
    """What a judgement needs besides the target: results, history, the ledger's deliveries and the rules of the city."""

    scenario: str
    results: xr.Dataset
    history: History
    catalogue: Catalogue
    graph: Graph
    groups: Mapping[str, tuple[str, ...]]
    base_year: int
    about_tolerance: float
    given: Mapping[str, int | None]
    delivery: Delivery | None = None

    def score(self, target: PlanTarget) -> Score:
        """Judge one target, or say why it cannot be judged."""
        binding = self.catalogue.by_kind.of(target.id)
        reason = self._why_not(target, binding)
        if isinstance(binding, HistoryBinding) and reason is None:
            return self._by_history(target, binding)
        if reason is not None or binding is None or target.year is None:
            return self._not_judged(target, reason or Text("", ""))
        if isinstance(binding, LedgerBinding) and self.delivery is not None:
            return self._by_ledger(target, binding, self.delivery)
        if isinstance(binding, Binding):
            return self._by_variable(target, binding, target.year)
        raise AssertionError("a binding without a judge")

    def _not_judged(self, target: PlanTarget, reason: Text) -> Score:
        return Score(self.scenario, target, "not_judged", reason, document=self.catalogue.documents[target.document].title)

    def _why_not(self, target: PlanTarget, binding: AnyBinding | None) -> Text | None:
        """Why a target cannot be judged; None where it can."""
        if isinstance(binding, OutsideBinding):
            return binding.reason.text()
        if target.year is None:
            return Text("文件未写年份", "the document states no year")
        if isinstance(binding, HistoryBinding):
            return None
        return self._why_not_now(target.year) or self._why_not_by(binding, target.year)

    def _why_not_now(self, year: int) -> Text | None:
        last = int(self.results["year"].values[-1])
        if year <= self.base_year:
            return Text(f"目标年份不晚于基年 {self.base_year}", f"dated no later than the base year {self.base_year}")
        if year > last:
            return Text(f"目标年份晚于模拟末年 {last}", f"dated after the last simulated year {last}")
        return None

    def _why_not_by(self, binding: Binding | LedgerBinding | None, year: int) -> Text | None:
        if binding is None:
            return Text("模型尚无对应变量", "no variable of the model says this yet")
        if binding.no_base is not None:
            return binding.no_base.text()
        if isinstance(binding, LedgerBinding):
            return None if self.delivery else Text("情景没有启用项目台账", "the scenario does not use the project ledger")
        since = [self.given[name] for name in (binding.variable, binding.over or "") if name in self.given]
        if any(first is None or first <= year for first in since):
            return Text("该指标由情景给定，不能自证", "the scenario itself gives this indicator")
        return None

    def _by_variable(self, target: PlanTarget, binding: Binding, year: int) -> Score:
        reading = reading_of(target, binding, self.graph, self.groups, self.base_year)
        rows = arrays_of(self.results, reading.outputs, self.graph)
        series = reading.series(rows)
        projected, base = float(reading.of_series(series)[0]), _level(binding, series)
        gap, actual = projected - target.value, self._actual(target, binding)
        reached = None if actual is None else actual.in_unit(target.unit)
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=verdict(reading.operator, projected, target.value, self.about_tolerance),
            reason=Text("", ""),
            projected=projected,
            projected_real=self._real(binding, target),
            base=base,
            gap=gap,
            gap_percent=100.0 * gap / abs(target.value) if target.value else None,
            required_growth=self._growth(target, binding, base, target.value, year),
            projected_growth=self._growth(target, binding, base, projected, year),
            actual=actual,
            actual_value=reached,
            actual_growth=None
            if actual is None or reached is None
            else self._growth(target, binding, base, reached, actual.year),
            each_year=binding.reading in ("each_year", "growth_each_year"),
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
            variable=binding.variable,
            past_indicator=binding.past or binding.history or "",
            judged_as=reading.operator,
            plain=_plain(binding, target, reading.factor),
            rest_growth=implied_rest_growth(reading, rows, series, self.graph),
        )

    def _by_ledger(self, target: PlanTarget, binding: LedgerBinding, delivery: Delivery) -> Score:
        """The median of the realisations against the target."""
        projected = float(np.median(delivery.value(target, binding)))
        gap = projected - target.value
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=verdict(binding.operator(target.operator), projected, target.value, self.about_tolerance),
            judged_by="ledger",
            judged_as=binding.operator(target.operator),
            reason=Text("", ""),
            projected=projected,
            gap=gap,
            gap_percent=100.0 * gap / abs(target.value) if target.value else None,
            each_year=binding.reading == "each_year",
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
        )

    def _by_history(self, target: PlanTarget, binding: HistoryBinding) -> Score:
        """What was published of a target whose year lies before the run."""
        datum, value = published_reading(self.history, binding, target)
        if datum is None or value is None:
            year = target.year
            return self._not_judged(target, Text(f"没有 {year} 年的公布数据", f"no datum of {year} was published"))
        gap = value - target.value
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=verdict(target.operator, value, target.value, self.about_tolerance),
            reason=Text("据已公布数据判定", "judged from published data"),
            judged_by="data",
            projected=value,
            gap=gap,
            gap_percent=100.0 * gap / abs(target.value) if target.value else None,
            actual=datum,
            actual_value=value,
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
        )

    def _real(self, binding: Binding, target: PlanTarget) -> float | None:
        """The same at prices of 2020, where the model has a twin of the variable."""
        twin = binding.variable.replace("_nominal", "_real")
        if target.unit != "亿元" or twin == binding.variable or twin not in self.results or binding.over is not None:
            return None
        real = replace(reading_of(target, binding, self.graph, self.groups, self.base_year), factor=1.0)
        twins = replace(real, picks=tuple((twin, chosen) for _, chosen in real.picks))
        return float(twins.value(arrays_of(self.results, (twin,), self.graph))[0])

    def _growth(self, target: PlanTarget, binding: Binding, base: float | None, goal: float, year: int) -> float | None:
        if base is None or binding.reading != "level":
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


def _plain(binding: Binding, target: PlanTarget, factor: float) -> PlainLevel | None:
    """Set where the target is a level of one variable, undivided and with all its members."""
    if binding.reading != "level" or binding.over is not None or binding.members:
        return None
    return PlainLevel(binding.region or target.region, factor)


def _level(binding: Binding, series: NDArray[Any]) -> float | None:
    """The level of the base year, where the target is a level."""
    return float(series[0, 0]) if binding.reading in ("level", "each_year") else None


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
