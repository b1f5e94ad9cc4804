"""The scorecard: each target of the plan beside what the scenario projects, and what is still to be done.

Targets are judged by the rule of `sim/plan/rule.py`: by what was published of their own year where it was, else by the
projection, which is the median of the draws where there are any. Required growth is the yearly rate from the base-year level,
in per cent, for shares in percentage points a year, and empty for yearly flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.base.text import Text
from sim.inputs.base_origin import BaseOrigin
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, LedgerBinding, OutsideBinding
from sim.inputs.history import History
from sim.inputs.targets import Catalogue, PlanTarget
from sim.model.graph import Graph
from sim.plan.base_origin import Bases
from sim.plan.delivered import Delivery
from sim.plan.evaluation.progress import Standing
from sim.plan.past import published_reading, why_unread
from sim.plan.reading import Reading, arrays_of, reading_of
from sim.plan.rest import implied_rest_growth
from sim.plan.rule import Rule, Verdict, rule_of
from sim.plan.why_not import kind_of_reason

PERCENT = "%"


@dataclass(frozen=True)
class Score:
    """One row of the scorecard. Values are in the target's own unit; the step error is in per cent of the projection.

    `projected` is the median of the draws where there are any, and `central` then the central run's; `actual_value` is the
    latest published figure up to the target's year. `rest_growth` is the yearly growth that a district's target leaves to the
    rest of the city.
    """

    scenario: str
    target: PlanTarget
    verdict: Verdict
    reason: Text
    rule: Rule
    projected: float | None = None
    central: float | None = None
    projected_real: float | None = None
    base: float | None = None
    base_year: int | None = None
    actual_value: float | None = None
    actual_year: int | None = None
    standing: Standing = "unknown"
    """Its class in the evaluation by published figures."""
    remark: Text = Text("", "")
    """What the evaluation says of those figures."""
    each_year: bool = False
    caution: Text = Text("", "")
    document: Text = Text("", "")
    variable: str = ""
    past_indicator: str = ""
    probability: float | None = None
    probability_error: float | None = None
    band: tuple[float, float] | None = None
    """Where four fifths of the draws lie."""
    step_error: float | None = None
    rest_growth: float | None = None
    judged_by: Literal["model", "ledger", "data"] = "model"
    """Data: published figures of its own year decide, and the projection is a test of the model."""
    plain: PlainLevel | None = None
    is_level: bool = False
    """Whether it reads a level, so that growth from the base says something."""
    base_origin: BaseOrigin | None = None
    """Where the base comes from: own, of a near year, derived or borrowed; none where no figure of the base year enters it."""
    reason_kind: Text = Text("", "")
    """What the reasons for no verdict that are of one kind have in common."""

    @property
    def operator(self) -> str:
        """How it is judged: as printed, or as a ceiling where a plain number is not to be exceeded."""
        return self.rule.operator

    @property
    def value(self) -> float | None:
        """The number that decides: published where it was, else projected."""
        return self.actual_value if self.judged_by == "data" else self.projected

    @property
    def gap(self) -> float | None:
        """The number that decides less the target's."""
        return None if self.value is None else self.value - self.target.value

    @property
    def gap_percent(self) -> float | None:
        """The gap in per cent of the target's number."""
        return None if self.gap is None or not self.target.value else 100.0 * self.gap / abs(self.target.value)

    @property
    def required_growth(self) -> float | None:
        """The growth a year from the base to the target."""
        return self._growth(self.target.value, self.target.year)

    @property
    def projected_growth(self) -> float | None:
        """The growth a year from the base to the projection."""
        return self._growth(self.projected, self.target.year)

    @property
    def actual_growth(self) -> float | None:
        """The growth a year from the base to the latest published figure."""
        return self._growth(self.actual_value, self.actual_year)

    @property
    def needed_growth(self) -> float | None:
        """The growth a year that is still needed from the latest published figure on; none once its year is over."""
        if not self.is_running or not self.is_level:
            return None
        return growth_between((self.actual_value, self.actual_year), (self.target.value, self.target.year), self.target.unit)

    @property
    def is_running(self) -> bool:
        """Whether something was published of the years since the base, but not yet of the target's own."""
        return self.actual_year is not None and self.target.year is not None and self.actual_year < self.target.year

    @property
    def is_held(self) -> bool:
        """Whether the base meets the target already, so that there is no way to go."""
        return self.base is not None and self.plain is not None and bool(self.rule.met(self.base))

    def _growth(self, goal: float | None, year: int | None) -> float | None:
        if not self.is_level:
            return None
        return growth_between((self.base, self.base_year), (goal, year), self.target.unit)


Point = tuple[float | None, int | None]


def growth_between(start: Point, end: Point, unit: str) -> float | None:
    """Growth a year between two values with their years: in per cent, for shares in points; None where there is none."""
    (before, first), (after, last) = start, end
    if before is None or after is None or first is None or last is None or last <= first:
        return None
    if unit == PERCENT:
        return (after - before) / (last - first)
    return 100.0 * ((after / before) ** (1.0 / (last - first)) - 1.0) if before > 0.0 and after > 0.0 else None


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
    bases: Bases | None = None
    accepted: frozenset[str] = frozenset()
    """Targets that the scenario wants judged although their base is borrowed."""

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
            return self._by_variable(target, binding)
        raise AssertionError("a binding without a judge")

    def _not_judged(self, target: PlanTarget, reason: Text) -> Score:
        rule, origin = Rule(target.operator, target.value, self.about_tolerance), self.base_origin(target)
        kind = kind_of_reason(target, self.catalogue.by_kind.of(target.id), reason)
        if origin is not None and reason == borrowed_reason(origin):
            kind = BORROWED
        title = self.catalogue.documents[target.document].title
        return Score(self.scenario, target, "not_judged", reason, rule, document=title, base_origin=origin, reason_kind=kind)

    def base_origin(self, target: PlanTarget) -> BaseOrigin | None:
        """Where the base of a target comes from, of those that a variable says."""
        binding = self.catalogue.bindings.get(target.id)
        if binding is None or self.bases is None or target.year is None or target.year <= self.base_year:
            return None
        return self.bases.of(target, binding)

    def _why_not(self, target: PlanTarget, binding: AnyBinding | None) -> Text | None:
        """Why a target cannot be judged; None where it can."""
        if isinstance(binding, OutsideBinding):
            return binding.reason.text()
        if target.year is None:
            return Text("文件未写年份", "the document states no year")
        if isinstance(binding, HistoryBinding):
            return None
        return self._why_not_now(target.year) or self._why_not_by(binding, target.year) or self._why_not_from(target)

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

    def _why_not_from(self, target: PlanTarget) -> Text | None:
        """A borrowed base gives no verdict, unless the scenario accepts it by name."""
        origin = self.base_origin(target)
        if origin is None or not origin.is_borrowed or target.id in self.accepted:
            return None
        return borrowed_reason(origin)

    def _by_variable(self, target: PlanTarget, binding: Binding) -> Score:
        reading = self.reading(target, binding)
        rows = arrays_of(self.results, reading.outputs, self.graph)
        series = reading.series(rows)
        projected = float(reading.of_series(series)[0])
        twin = self.twin(reading)
        actual, year = self._actual(target, binding)
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=reading.rule.verdict(projected),
            reason=Text("", ""),
            rule=reading.rule,
            projected=projected,
            projected_real=None if twin is None else float(twin.value(arrays_of(self.results, twin.outputs, self.graph))[0]),
            base=_level(binding, series),
            base_year=self.base_year,
            actual_value=actual,
            actual_year=year,
            each_year=binding.reading in ("each_year", "growth_each_year"),
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
            variable=binding.variable,
            past_indicator=binding.past or binding.history or "",
            plain=_plain(binding, target, reading.factor),
            base_origin=self.base_origin(target),
            rest_growth=implied_rest_growth(reading, rows, series, self.graph),
            is_level=binding.reading == "level",
        )

    def _by_ledger(self, target: PlanTarget, binding: LedgerBinding, delivery: Delivery) -> Score:
        """The median of the realisations against the target."""
        projected, rule = float(np.median(delivery.value(target, binding))), rule_of(target, binding, self.about_tolerance)
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=rule.verdict(projected),
            reason=Text("", ""),
            rule=rule,
            judged_by="ledger",
            projected=projected,
            each_year=binding.reading == "each_year",
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
        )

    def _by_history(self, target: PlanTarget, binding: HistoryBinding) -> Score:
        """What was published of a target whose year lies before the run."""
        datum, value = published_reading(self.history, binding, target)
        if datum is None or value is None:
            return self._not_judged(target, why_unread(self.history, binding, target))
        rule = Rule(target.operator, target.value, self.about_tolerance)
        return Score(
            scenario=self.scenario,
            target=target,
            verdict=rule.verdict(value),
            reason=BY_DATA,
            rule=rule,
            judged_by="data",
            actual_value=value,
            actual_year=datum.year,
            caution=binding.caution.text() if binding.caution else Text("", ""),
            document=self.catalogue.documents[target.document].title,
        )

    def reading(self, target: PlanTarget, binding: Binding) -> Reading:
        """The reading of a target that a variable says."""
        return reading_of(target, binding, self.graph, self.groups, self.base_year, self.about_tolerance)

    def twin(self, reading: Reading) -> Reading | None:
        """The same at prices of 2020, where the model has a twin of the variable."""
        name = reading.binding.variable
        twin = name.replace("_nominal", "_real")
        if reading.target.unit != "亿元" or twin == name or twin not in self.results or reading.binding.over is not None:
            return None
        return replace(reading, factor=1.0, picks=tuple((twin, chosen) for _, chosen in reading.picks))

    def _actual(self, target: PlanTarget, binding: Binding) -> tuple[float | None, int | None]:
        """The latest published figure up to the target year, in the target's unit, and its year."""
        if binding.history is None or target.year is None:
            return None, None
        series = self.history.series(binding.history, binding.region or target.region, self.base_year + 1)
        known = [datum for year, datum in series.items() if year <= target.year]
        return (known[-1].in_unit(target.unit), known[-1].year) if known else (None, None)


BY_DATA = Text("据已公布数据判定", "judged from published data")


BORROWED = Text("基数借用", "the base is borrowed")


def borrowed_reason(origin: BaseOrigin) -> Text:
    """Why a target on a borrowed base has no verdict."""
    whence = origin.whence
    return Text(f"不评判：基数借用（取自{whence.zh}）", f"not judged: base borrowed (from {whence.en})")


def _plain(binding: Binding, target: PlanTarget, factor: float) -> PlainLevel | None:
    """Set where the target is a level of one variable, undivided and with all its members."""
    if binding.reading != "level" or binding.over is not None or binding.members:
        return None
    return PlainLevel(binding.region or target.region, factor)


def _level(binding: Binding, series: NDArray[Any]) -> float | None:
    """The level of the base year, where the target is a level."""
    return float(series[0, 0]) if binding.reading in ("level", "each_year") else None


def score_all(judge: Judge, targets: Iterable[PlanTarget]) -> list[Score]:
    """Judge several targets, in the order given."""
    return [judge.score(target) for target in targets]
