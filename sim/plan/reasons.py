"""Reasons for no verdict: what is to be entered, and where; that no datum is held says nothing of the world.

Reasons name a file, a year and an indicator; those of one kind are counted together.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.base.text import Text
from sim.base.words import unit_words
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, OutsideBinding
from sim.inputs.provenance import BaseOrigin
from sim.inputs.targets import PlanTarget
from sim.plan.claims import CityPlan, PlanClaim

UNDATED = Text("文件未写年份", "the document states no year")
NO_VARIABLE = Text("模型尚无对应变量", "no variable of the model says this yet")
_OUTSIDE = Text("模型和台账都表达不了", "neither model nor ledger can say it")
_NO_DATUM = Text("年份已过而没有录入数据", "the year is over and no datum is entered")
_NO_BASE = Text("没有录入基数，或数由情景自己给定", "no base is entered, or the scenario itself gives the number")
_UNNAMED = Text("台账没有写明具体项目，或由情景自己给定", "the ledger names no project, or the scenario gives the number")
_BORROWED = Text("基数借用", "the base is borrowed")


def kind_of_reason(target: PlanTarget, binding: AnyBinding | None, reason: Text, origin: BaseOrigin | None) -> Text:
    """Return the kind of a reason; one that is of no kind with others stands for itself."""
    if origin is not None and reason == borrowed_reason(origin):
        return _BORROWED
    if target.year is None:
        return UNDATED
    if isinstance(binding, OutsideBinding | HistoryBinding):
        return _OUTSIDE if isinstance(binding, OutsideBinding) else _NO_DATUM
    if binding is None:
        return NO_VARIABLE
    if binding.no_base is not None and reason == binding.no_base:
        return _NO_BASE if isinstance(binding, Binding) else _UNNAMED
    return reason


def borrowed_reason(origin: BaseOrigin) -> Text:
    """Return why a target on a borrowed base has no verdict."""
    whence = origin.whence
    return Text(f"不评判：基数借用（取自{whence.zh}）", f"not judged: base borrowed (from {whence.en})")


def wanted_by_binding(binding: HistoryBinding, target: PlanTarget, year: int, held: Sequence[int]) -> Text:
    """Return what a target of a past year needs, of which history holds the years `held` only."""
    years = [year] if binding.reading == "level" else [year - 1, year]
    if binding.indicator is not None:
        return _lacking(binding.indicator, target.region, [item for item in years if item not in held] or years)
    unit, span = unit_words(target.unit), _span_of(years)
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录 {target.region} {span} 年的数（单位 {unit.zh}），"
        f"并在 plan/bindings.yaml 的 {target.id} 下写 indicator",
        f"no statistic is entered for it: add rows of {target.region} for {span} ({unit.en}) to history.csv and name their "
        f"indicator under {target.id} in plan/bindings.yaml",
    )


def wanted_by_measure(plan: CityPlan, claim: PlanClaim, years: Sequence[int]) -> Text:
    """Return what a measure needs: rows of its indicator, or an indicator; of a district, a fact, since only those are read."""
    entry, key, span = claim.measure.entry, claim.measure.key, _span_of(years)
    if claim.region not in plan.regions.own:
        return Text(
            f"没有录入 {claim.region} {span} 年的数：请连同原句补入 plan/facts.csv，并列入 plan/measures.yaml 的 {key}",
            f"no number of {claim.region} for {span} is entered: add it with its sentence to plan/facts.csv and list it under "
            f"{key} in plan/measures.yaml",
        )
    asked = {"growth": entry.growth_history, "additions": entry.additions_history}.get(claim.aspect)
    is_real = claim.aspect == "growth" and entry.growth_price != entry.price  # levels of other prices do not tell it
    asked = asked if asked or is_real else entry.history
    if asked is not None:
        return _lacking(asked, claim.region, years)
    role = "growth_history" if is_real else "history"
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录 {claim.region} {span} 年的数，并在 plan/measures.yaml 的 {key} 下写 {role}",
        f"no statistic is entered for it: add rows of {claim.region} for {span} to history.csv and name their indicator as "
        f"`{role}` of {key} in plan/measures.yaml",
    )


def wanted_by_target(target: PlanTarget) -> Text:
    """Return what a target needs that stands under no measure."""
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录，并在 plan/measures.yaml 为 {target.id} 立一个指标（写明 history）",
        f"no statistic is entered for it: add it to history.csv, and a measure of {target.id} with its `history` to "
        "plan/measures.yaml",
    )


def _lacking(indicator: str, region: str, years: Sequence[int]) -> Text:
    span = _span_of(years)
    return Text(
        f"history.csv 没有 {region} {span} 年的 `{indicator}`，请补录",
        f"history.csv lacks `{indicator}` of {region} for {span}; add a row",
    )


def _span_of(years: Sequence[int]) -> str:
    """Return years as they are written in a sentence: 2025, or 2021–2025 where they follow each other."""
    first, last = min(years), max(years)
    if len(years) == last - first + 1 > 1:
        return f"{first}–{last}"
    return ", ".join(str(year) for year in sorted(years))
