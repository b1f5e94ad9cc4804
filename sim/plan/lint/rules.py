"""All rules, and the plan of a city run through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sim.base.text import Text
from sim.inputs.city import City
from sim.inputs.targets import Catalogue
from sim.plan.lint import (
    additions_needed,
    already_met,
    coverage_and_rate,
    different_numbers,
    flow_and_level,
    gross_output,
    implied_whole,
    less_than_before,
    level_and_rate,
    part_outgrows,
    quotients,
    rest_of_city,
    shares,
    steep_rise,
    sums_of_parts,
    unseen_rate,
    within_parts,
    within_whole,
)
from sim.plan.lint.claims import claims_of
from sim.plan.lint.disputed import without_disputed
from sim.plan.lint.finding import SEVERITIES, Finding
from sim.plan.lint.plan import Plan, Regions

Rule = Callable[[Plan], Iterable[Finding]]
RULES: Mapping[str, Rule] = {
    module.RULE: module.check
    for module in (
        different_numbers,
        already_met,
        less_than_before,
        level_and_rate,
        flow_and_level,
        sums_of_parts,
        within_whole,
        within_parts,
        part_outgrows,
        coverage_and_rate,
        shares,
        quotients,
        implied_whole,
        rest_of_city,
        gross_output,
        unseen_rate,
        steep_rise,
        additions_needed,
    )
}
RULE_NAMES: Mapping[str, Text] = {
    "different_numbers": Text("同一指标数字不同", "the same indicator with different numbers"),
    "already_met": Text("目标已达到或宽于基数", "a target already met or looser than its base"),
    "less_than_before": Text("年均任务少于上一时期", "less a year than before"),
    "level_and_rate": Text("水平与增速（基数、价格）不符", "a level that disagrees with rate, base or prices"),
    "flow_and_level": Text("每年新增与期末数或合计不符", "yearly flows that do not add up"),
    "sums_of_parts": Text("部分之和大于整体", "a sum of parts above the whole"),
    "within_whole": Text("部分大于所属整体", "a part above what it lies within"),
    "within_parts": Text("多于所在整体各部分之和", "more than the parts of what it lies within"),
    "part_outgrows": Text("部分增长快于整体", "a part that outgrows its whole"),
    "coverage_and_rate": Text("覆盖率与实际比率不符", "coverage beside rate"),
    "shares": Text("占比不能并存", "shares that cannot coexist"),
    "quotients": Text("人均（占比）与总量、人口不符", "per head against total and population"),
    "implied_whole": Text("金额和占比推得的整体不符", "an amount and its share that imply another whole"),
    "rest_of_city": Text("区县目标意味着其余地区下降", "districts that imply a falling rest of the city"),
    "gross_output": Text("产值与增加值并列", "gross output beside value added"),
    "unseen_rate": Text("所需速度历史上没有过", "a rate that history has not seen"),
    "steep_rise": Text("几年内成倍增长而无历史可比", "to multiply within years, with no history to compare"),
    "additions_needed": Text("每年须净增之数超过历来新增", "a net rise above all past additions"),
}


def lint(plan: Plan) -> list[Finding]:
    """What every rule finds: conflicts first, then doubts and notes; each in the order of the rules."""
    found = without_disputed(list(dict.fromkeys(item for rule in RULES.values() for item in rule(plan))))
    return sorted(found, key=lambda item: SEVERITIES.index(item.severity))


def plan_of(city: City, catalogue: Catalogue, as_of: int | None = None) -> Plan:
    """The plan of a city; `as_of` says of which year statistics are known, else those known when each document came out."""
    settings = city.settings
    names = {key: label.text() for key, label in {**settings.regions, **settings.districts}.items()}
    names |= {key: group.label.text() for key, group in settings.groups.items()}
    return Plan(
        claims=claims_of(catalogue),
        measures=catalogue.measures,
        history=city.history,
        regions=Regions(tuple(settings.regions), names, settings.group_members),
        years={name: item.year for name, item in catalogue.documents.items()},
        about=settings.about_tolerance,
        as_of=as_of,
    )
