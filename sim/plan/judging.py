"""Judge targets: by a variable of the model, by what the ledger delivers, by what was published; or say why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from sim.base.text import Text, joined
from sim.base.units import conversion
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, LedgerBinding, OutsideBinding
from sim.inputs.city import CityData
from sim.inputs.provenance import BaseOrigin
from sim.inputs.targets import Catalogue, PlanTarget
from sim.model.graph import Graph
from sim.plan.base_origin import Bases
from sim.plan.evaluation import Evaluated
from sim.plan.reading import Delivery, Reading, arrays_of, implied_rest_growth, reading_of
from sim.plan.reasons import NO_VARIABLE, UNDATED, borrowed_reason, kind_of_reason, wanted_by_binding
from sim.plan.rule import Rule, Verdict, rule_of
from sim.plan.scorecard import Score

_BY_DATA = Text("据已公布数据判定", "judged from published data")


@dataclass(frozen=True)
class Judge:
    """Everything that a judgement needs besides the target: results, the city, the ledger's deliveries, what is given."""

    scenario: str
    results: xr.Dataset
    city: CityData
    catalogue: Catalogue
    graph: Graph
    given: Mapping[str, int | None]
    delivery: Delivery | None = None
    bases: Bases | None = None
    accepted: frozenset[str] = frozenset()
    """Targets that the scenario wants judged although their base is borrowed."""

    @property
    def base_year(self) -> int:
        """The base year of the city."""
        return self.city.settings.base_year

    @property
    def about(self) -> float:
        """The tolerance of "about"."""
        return self.city.settings.about_tolerance

    def score(self, target: PlanTarget) -> Score:
        """Judge one target, or say why it cannot be judged."""
        binding, origin = self.catalogue.by_kind.of(target.id), self._base_origin(target)
        reason = next(self._reasons(target, binding, origin), None)
        if reason is not None:
            return self._not_judged(target, reason, origin)
        if isinstance(binding, HistoryBinding) and target.year is not None:
            return self._by_history(target, binding, target.year)
        if isinstance(binding, LedgerBinding) and self.delivery is not None:
            return self._by_ledger(target, binding, self.delivery)
        if isinstance(binding, Binding):
            return self._by_variable(target, binding, origin)
        raise AssertionError("a binding without a judge")

    def _base_origin(self, target: PlanTarget) -> BaseOrigin | None:
        """Return where the base of a target comes from, of those that a variable says."""
        binding = self.catalogue.bindings.get(target.id)
        if binding is None or self.bases is None or target.year is None or target.year <= self.base_year:
            return None
        return self.bases.of(target, binding)

    def _reasons(self, target: PlanTarget, binding: AnyBinding | None, origin: BaseOrigin | None) -> Iterator[Text]:
        """Yield why a target cannot be judged. A borrowed base gives no verdict unless it is accepted."""
        year, last = target.year, int(self.results["year"].values[-1])
        if isinstance(binding, OutsideBinding):
            yield binding.reason
        if year is None:
            yield UNDATED
        if year is None or isinstance(binding, HistoryBinding | OutsideBinding):
            return
        if year <= self.base_year:
            yield Text(f"目标年份不晚于基年 {self.base_year}", f"dated no later than the base year {self.base_year}")
        if year > last:
            yield Text(f"目标年份晚于模拟末年 {last}", f"dated after the last simulated year {last}")
        yield from self._reasons_by(binding, year)
        if origin is not None and origin.is_borrowed and target.id not in self.accepted:
            yield borrowed_reason(origin)

    def _reasons_by(self, binding: Binding | LedgerBinding | None, year: int) -> Iterator[Text]:
        if binding is None:
            yield NO_VARIABLE
        elif binding.no_base is not None:
            yield binding.no_base
        if isinstance(binding, LedgerBinding) and not self.delivery:
            yield Text("情景没有启用项目台账", "the scenario does not use the project ledger")
        names = (binding.variable, binding.over or "") if isinstance(binding, Binding) else ()
        since = [self.given[name] for name in names if name in self.given]
        if any(first is None or first <= year for first in since):
            yield Text("该指标由情景给定，不能自证", "the scenario itself gives this indicator")

    def _row(self, target: PlanTarget, rule: Rule, binding: Binding | LedgerBinding | HistoryBinding | None = None) -> Score:
        """Return a row of the scorecard that says nothing yet."""
        title = self.catalogue.documents[target.document].title
        nothing = Text("", "")
        caution = nothing if binding is None or binding.caution is None else binding.caution
        return Score(self.scenario, target, "not_judged", nothing, rule, document=title, caution=caution)

    def _not_judged(self, target: PlanTarget, reason: Text, origin: BaseOrigin | None = None) -> Score:
        kind = kind_of_reason(target, self.catalogue.by_kind.of(target.id), reason, origin)
        row = self._row(target, Rule(target.operator, target.value, self.about))
        return replace(row, reason=reason, base_origin=origin, reason_kind=kind)

    def _by_variable(self, target: PlanTarget, binding: Binding, origin: BaseOrigin | None) -> Score:
        reading, is_level = self.reading(target, binding), binding.reading == "level"
        rows = arrays_of(self.results, reading.outputs, self.graph)
        series = reading.series(rows)
        projected, twin = float(reading.of_series(series)[0]), self.twin(reading)
        actual, year = self._published(target, binding)
        is_plain = is_level and binding.over is None and not binding.members
        return replace(
            self._row(target, reading.rule, binding),
            verdict=reading.rule.verdict(projected),
            projected=projected,
            projected_real=None if twin is None else float(twin.value(arrays_of(self.results, twin.outputs, self.graph))[0]),
            base=float(series[0, 0]) if binding.reading in ("level", "each_year") else None,
            base_year=self.base_year,
            actual_value=actual,
            actual_year=year,
            each_year=binding.reading in ("each_year", "growth_each_year"),
            variable=binding.variable,
            past_indicator=binding.past or binding.history or "",
            plain_region=(binding.region or target.region) if is_plain else None,
            base_origin=origin,
            rest_growth=implied_rest_growth(reading, rows, series, self.graph),
            is_level=is_level,
        )

    def _by_ledger(self, target: PlanTarget, binding: LedgerBinding, delivery: Delivery) -> Score:
        """The median of the realisations against the target."""
        projected, rule = float(np.median(delivery.value(target, binding))), rule_of(target, binding, self.about)
        return replace(
            self._row(target, rule, binding),
            verdict=rule.verdict(projected),
            judged_by="ledger",
            projected=projected,
            each_year=binding.reading == "each_year",
        )

    def _by_history(self, target: PlanTarget, binding: HistoryBinding, year: int) -> Score:
        """A target whose year lies before the run, by what was published; progress across a declared break is refused."""
        history, name = self.city.history, binding.indicator
        series = {} if name is None else history.series(name, target.region)
        rises = binding.reading != "level"
        crossed = rises and name is not None and history.breaks_in(name, year)
        now, before = series.get(year), series.get(year - 1)
        if now is not None and before is not None and crossed:
            years = f"{year - 1}–{year}"
            return self._not_judged(target, Text(f"`{name}` 在 {years} 年间有断点，不可相减", f"`{name}` is broken in {years}"))
        if now is None or (rises and before is None):
            return self._not_judged(target, wanted_by_binding(binding, target, year, tuple(series)))
        value = now.in_unit(target.unit)
        if before is not None and binding.reading == "change":
            value = (now.value - before.value) * conversion(now.unit, target.unit)
        elif before is not None and rises:
            value = 100.0 * (now.value / before.value - 1.0)
        row = self._row(target, Rule(target.operator, target.value, self.about), binding)
        verdict = row.rule.verdict(value)
        return replace(row, verdict=verdict, reason=_BY_DATA, judged_by="data", actual_value=value, actual_year=now.year)

    def reading(self, target: PlanTarget, binding: Binding) -> Reading:
        """Return the reading of a target that a variable says."""
        return reading_of(target, binding, self.graph, self.city.settings.group_members, self.base_year, self.about)

    def twin(self, reading: Reading) -> Reading | None:
        """Return the same at prices of 2020, where the model has a twin of the variable."""
        name = reading.binding.variable
        twin = name.replace("_nominal", "_real")
        if reading.target.unit != "亿元" or twin == name or twin not in self.results or reading.binding.over is not None:
            return None
        return replace(reading, factor=1.0, picks=tuple((twin, chosen) for _, chosen in reading.picks))

    def _published(self, target: PlanTarget, binding: Binding) -> tuple[float | None, int | None]:
        """Return the latest published figure up to the target year, in the target's unit, and its year."""
        if binding.history is None or target.year is None:
            return None, None
        series = self.city.history.series(binding.history, binding.region or target.region, self.base_year + 1)
        known = [datum for year, datum in series.items() if year <= target.year]
        return (known[-1].in_unit(target.unit), known[-1].year) if known else (None, None)


def scores_of(judge: Judge, targets: Iterable[PlanTarget], evaluated: Iterable[Evaluated]) -> list[Score]:
    """Judge several targets, in the order given; what the evaluation by published figures found decides where it is final."""
    by_id = {row.target.id: row for row in evaluated}
    return [_with_published(judge.score(target), by_id.get(target.id)) for target in targets]


def _with_published(score: Score, row: Evaluated | None) -> Score:
    if row is None or row.standing == "unknown" or row.actual is None or row.met is None:
        return score
    known = replace(score, actual_value=row.actual, actual_year=row.actual_year, standing=row.standing, remark=row.reason)
    if not row.is_over or score.judged_by == "data":
        return known
    reason = joined([item for item in (_BY_DATA, row.reason) if item.zh], Text("；", "; "))
    missed: Verdict = "near" if score.rule.is_near(row.actual) else "missed"
    return replace(known, verdict="met" if row.met else missed, judged_by="data", reason=reason)
