"""What is to be entered, and where, so that a target can be judged: that no datum is held says nothing of the world."""

from __future__ import annotations

from collections.abc import Sequence

from sim.base.text import Text
from sim.base.words import unit_words
from sim.inputs.bindings import HistoryBinding
from sim.inputs.targets import PlanTarget
from sim.plan.lint.plan import CityPlan, PlanClaim


def span_of(years: Sequence[int]) -> str:
    """Years as they are written in a sentence: 2025, or 2021–2025 where they follow each other."""
    first, last = min(years), max(years)
    if len(years) == last - first + 1 > 1:
        return f"{first}–{last}"
    return ", ".join(str(year) for year in sorted(years))


def lacking(indicator: str, region: str, years: Sequence[int]) -> Text:
    """An indicator of history.csv that lacks years."""
    span = span_of(years)
    return Text(
        f"history.csv 没有 {region} {span} 年的 `{indicator}`，请补录",
        f"history.csv lacks `{indicator}` of {region} for {span}; add a row",
    )


def without_indicator(target: PlanTarget, years: Sequence[int]) -> Text:
    """A target that no indicator is named for: what to enter into which two files."""
    unit, span = unit_words(target.unit), span_of(years)
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录 {target.region} {span} 年的数（单位 {unit.zh}），"
        f"并在 plan/bindings.yaml 的 {target.id} 下写 indicator",
        f"no statistic is entered for it: add rows of {target.region} for {span} ({unit.en}) to history.csv and name their "
        f"indicator under {target.id} in plan/bindings.yaml",
    )


def wanted_by_binding(binding: HistoryBinding, target: PlanTarget, held: Sequence[int]) -> Text:
    """What a target of a past year needs, of which history holds the years `held` only."""
    if target.year is None:
        raise AssertionError("a target without a year is not judged")
    years = [target.year] if binding.reading == "level" else [target.year - 1, target.year]
    if binding.indicator is None:
        return without_indicator(target, years)
    return lacking(binding.indicator, target.region, [year for year in years if year not in held] or years)


def wanted_by_measure(plan: CityPlan, claim: PlanClaim, years: Sequence[int]) -> Text:
    """What a measure needs: rows of its indicator, or an indicator; of a district, a fact, since only those are read."""
    entry, key, span = claim.measure.entry, claim.measure.key, span_of(years)
    if claim.region not in plan.regions.own:
        return Text(
            f"没有录入 {claim.region} {span} 年的数：请连同原句补入 plan/facts.csv，并列入 plan/measures.yaml 的 {key}",
            f"no number of {claim.region} for {span} is entered: add it with its sentence to plan/facts.csv and list it under "
            f"{key} in plan/measures.yaml",
        )
    asked = {"growth": entry.growth_history, "additions": entry.additions_history}.get(claim.aspect)
    is_real = claim.aspect == "growth" and entry.growth_price != entry.price  # levels of other prices do not tell it
    asked = asked if asked or is_real else entry.history
    role = "growth_history" if is_real else "history"
    if asked is not None:
        return lacking(asked, claim.region, years)
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录 {claim.region} {span} 年的数，并在 plan/measures.yaml 的 {key} 下写 {role}",
        f"no statistic is entered for it: add rows of {claim.region} for {span} to history.csv and name their indicator as "
        f"`{role}` of {key} in plan/measures.yaml",
    )


def wanted_by_target(target: PlanTarget) -> Text:
    """What a target needs that stands under no measure."""
    return Text(
        f"没有录入对应的统计：请在 history.csv 补录，并在 plan/measures.yaml 为 {target.id} 立一个指标（写明 history）",
        f"no statistic is entered for it: add it to history.csv, and a measure of {target.id} with its `history` to "
        "plan/measures.yaml",
    )
