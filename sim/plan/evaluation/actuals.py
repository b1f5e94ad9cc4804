"""The actual figures of a target: base and latest value from published data, or why there is none that could be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.base.text import Text
from sim.plan.evaluation.progress import (
    Figures,
    Meets,
    TargetProgress,
    cut_reached,
    each_year_reached,
    growth_reached,
    level_reached,
    sum_reached,
)
from sim.plan.lint.levels import Level, breaks_between, levels
from sim.plan.lint.paths import published_growth, stated_additions
from sim.plan.lint.plan import CityPlan, PlanClaim
from sim.plan.reasons import wanted_by_measure
from sim.plan.rule import Rule


@dataclass(frozen=True)
class Actual:
    """The figures of a target at the date of the latest datum."""

    year: int
    value: float
    base: float | None
    reached: TargetProgress
    origin: Text
    remark: Text = Text("", "")


NOTHING = Text("", "")
_NO_PROGRESS = Text("，进度无从计算", ": no progress can be counted")


def actual_of(plan: CityPlan, claim: PlanClaim, base_year: int, as_of: int, believed: float | None = None) -> Actual | Text:
    """Return what published data say of a target, with what was known as of a year; `base_year` where the text names no start.

    `believed` is the level of the base year that a run starts from, for a base that nobody entered.
    """
    span = base_year_of(claim, base_year), min(as_of, claim.last)
    if claim.aspect == "growth":
        return _growth(plan, claim, span, as_of)
    if claim.aspect == "cut":
        return _cut(plan, claim, span, as_of)
    if claim.aspect in ("additions", "sum") or (claim.aspect == "level" and is_each_year(claim)):
        return _sum(plan, claim, span, as_of)
    if claim.aspect == "level":
        return _level(plan, claim, span, as_of, believed)
    return Text("增量和倍数尚不能评估", "changes and multiples are not evaluated")


def is_each_year(claim: PlanClaim) -> bool:
    """Return whether the number is wanted of every year of a span."""
    return claim.printed.kind == "annual_flow_each_year" or (claim.aspect == "level" and claim.first < claim.last)


def base_year_of(claim: PlanClaim, plan_base: int) -> int:
    """Return the year whose end a target starts from: the one before its start, the plan's base year, or the year before.

    What is to be added within a year starts from the year before it.
    """
    if claim.printed.start_year is not None and claim.printed.start_year <= claim.last:
        return claim.printed.start_year - 1
    if claim.aspect == "additions" and claim.printed.kind == "within_year":
        return claim.last - 1
    return plan_base if claim.last > plan_base else claim.last - 1


def _known(plan: CityPlan, claim: PlanClaim, as_of: int) -> dict[int, Level]:
    """Return levels that are exact: published, printed, or worked out from what is."""
    known = levels(plan, claim.measure.key, claim.region, as_of)
    return {year: level for year, level in known.items() if level.is_exact}


def _level(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], as_of: int, believed: float | None) -> Actual | Text:
    base, last = span
    known = _known(plan, claim, as_of)
    later = [year for year in known if base < year <= last]
    if not later:
        return _bounded_by_whole(plan, claim, base, last, as_of) or _nothing_since(plan, claim, known, span)
    now = known[later[-1]]
    broken = _broken(plan, (now, *(known[year] for year in (base,) if year in known)), (base, now.year), as_of)
    start, remark = _start(known.get(base), base, believed) if not broken.zh else (None, broken)
    if start is None and now.year < claim.last:
        return remark + _NO_PROGRESS
    series = np.array([known[year].value for year in later])
    goal, meets = claim.value, _meets(plan, claim, ceiling=claim.is_ceiling)
    reached = level_reached(series, np.nan if start is None else start, goal, meets)
    return Actual(now.year, now.value, start, reached, now.origin, remark)


def _start(base: Level | None, year: int, believed: float | None) -> tuple[float | None, Text]:
    """Return the level to start from, and what must be said of it: the model's where none is entered."""
    if base is not None:
        return base.value, NOTHING
    missing = Text(f"没有录入 {year} 年的基数", f"no base of {year} is entered")
    if believed is None:
        return None, missing
    return believed, missing + Text("，用模型的推算", ": the model's stands in")


def _nothing_since(plan: CityPlan, claim: PlanClaim, known: Collection[int], span: tuple[int, int]) -> Text:
    """Return what to enter: all years, the one that is missing among them, or those after the last that is held."""
    base, last = span
    later = [year for year in known if base < year <= last]
    missing = [year for year in range(base + 1, last + 1) if year not in known] or [base]
    held = Text("", "")
    if later:
        missing = [year for year in missing if year < max(later)] or [base]
    elif known and max(known) <= base:
        held = Text(f"数据只录到 {max(known)} 年；", f"data are entered up to {max(known)} only; ")
    return held + wanted_by_measure(plan, claim, missing)


def _bounded_by_whole(plan: CityPlan, claim: PlanClaim, base: int, last: int, as_of: int) -> Actual | None:
    """Return the whole of a share that is not published: where it falls short in the end, so does the share."""
    outer = claim.measure.entry.within
    if outer is None or claim.is_ceiling or claim.measure.entry.kind != "ratio":
        return None
    known = levels(plan, outer, claim.region, as_of)
    year = max((year for year in known if base < year <= last), default=None)
    if year != claim.last or not known[year].is_exact or known[year].value >= claim.value:
        return None
    name = plan.measure(outer).name
    remark = Text(f"按所属的{name.zh}计，只会更低", f"as the {name.en} that holds it; the share itself is lower")
    best = known[year]
    return Actual(year, best.value, None, TargetProgress(np.nan, met=False), best.origin, remark)


def _broken(plan: CityPlan, rests_on: Iterable[Level], span: tuple[int, int], as_of: int) -> Text:
    """Return the break that the way from one year to another crosses: progress is refused then."""
    crossed = breaks_between(plan, rests_on, *span, as_of)
    if not crossed:
        return NOTHING
    reason = crossed[-1].reason
    return Text(f"序列有断点：{reason.zh}", f"the series is broken: {reason.en}")


def _meets(plan: CityPlan, claim: PlanClaim, *, ceiling: bool) -> Meets:
    rule = Rule(claim.operator, claim.value, plan.about, is_ceiling=ceiling)

    def meets(values: Figures) -> Values:
        return np.asarray(rule.met(values))

    return meets


def _growth(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], as_of: int) -> Actual | Text:
    """Average growth, from published growth where there is any, else from levels at the same prices."""
    base, last = span
    growth = published_growth(plan, claim.measure.key, claim.region, as_of)
    years = [year for year in range(base + 1, last + 1) if year in growth]
    if years and years == list(range(base + 1, years[-1] + 1)):
        ratios = np.cumprod([1.0 + growth[year] for year in years])
        return _grown(plan, claim, span, (years[-1], ratios), Text("统计公布增速", "published growth"))
    if claim.measure.entry.growth_price != claim.measure.entry.price:
        wanted = wanted_by_measure(plan, claim, range(base + 1, last + 1) or [last])
        return Text("没有录入可比价增速：", "no growth at constant prices is entered: ") + wanted
    found = _ratios(plan, claim, span, as_of)
    if isinstance(found, Text):
        return found
    return _grown(plan, claim, span, found, Text("由公布水平推得", "from published levels"))


def _grown(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], found: tuple[int, Values], origin: Text) -> Actual:
    (base, _), (year, ratios) = span, found
    meets = _meets(plan, claim, ceiling=claim.is_ceiling)
    reached = growth_reached(ratios, claim.value, (year - base, claim.last - base), meets, ceiling=claim.is_ceiling)
    return Actual(year, float(ratios[-1]) ** (1.0 / (year - base)) - 1.0, None, reached, origin)


def _cut(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], as_of: int) -> Actual | Text:
    """A cumulative cut from the level of the base; a larger one is as good unless the text says at most."""
    found = _ratios(plan, claim, span, as_of)
    if isinstance(found, Text):
        return found
    year, ratios = found
    ceiling = claim.operator == "<="
    reached = cut_reached(ratios, claim.value, _meets(plan, claim, ceiling=ceiling), ceiling=ceiling)
    return Actual(year, 1.0 - float(ratios[-1]), None, reached, Text("由公布水平推得", "from published levels"))


def _ratios(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], as_of: int) -> tuple[int, Values] | Text:
    """Return the last year with a level, and the levels of the years since the base as ratios to it."""
    base, last = span
    known = _known(plan, claim, as_of)
    later = [year for year in known if base < year <= last]
    if base not in known or not later:
        return _nothing_since(plan, claim, known, span)
    broken = _broken(plan, (known[base], known[later[-1]]), (base, later[-1]), as_of)
    if broken.zh:
        return broken + _NO_PROGRESS
    return later[-1], np.array([known[year].value for year in later]) / known[base].value


def _sum(plan: CityPlan, claim: PlanClaim, span: tuple[int, int], as_of: int) -> Actual | Text:
    """Return the sum or mean of the years since the start, against what is wanted over all of them or of each."""
    base, last = span
    known = _known(plan, claim, as_of) if claim.aspect != "additions" else {}
    yearly = _yearly_additions(plan, claim, as_of) | {year: level.value for year, level in known.items()}
    years = [year for year in range(base + 1, last + 1) if year in yearly]
    if not years or years != list(range(base + 1, years[-1] + 1)):
        return _nothing_since(plan, claim, yearly, span)
    broken = _broken(plan, [known[year] for year in years if year in known], (years[0], years[-1]), as_of)
    if broken.zh:
        return broken + _NO_PROGRESS
    series, ceiling = np.array([yearly[year] for year in years]), claim.is_ceiling
    meets = _meets(plan, claim, ceiling=claim.is_ceiling)
    span_text = f"{years[0]}–{years[-1]}"
    if is_each_year(claim):
        reached = each_year_reached(series, claim.value, claim.last - base, meets, ceiling=ceiling)
        origin = Text(f"{span_text} 年平均", f"mean of {span_text}")
        return Actual(years[-1], float(series.mean()), None, reached, origin)
    reached = sum_reached(series, claim.value, meets, ceiling=ceiling)
    return Actual(years[-1], float(series.sum()), None, reached, Text(f"{span_text} 年合计", f"sum of {span_text}"))


def _yearly_additions(plan: CityPlan, claim: PlanClaim, as_of: int) -> dict[int, float]:
    """Return additions by year, of statistics before documents; net rises are left out, which are less than what was added."""
    found: dict[int, float] = {}
    if claim.aspect == "additions":
        for item in stated_additions(plan, claim.measure.key, claim.region, as_of):
            if item.years == 1:
                found.setdefault(item.last, item.value)
    return found
