"""The actual figures of a target: base and latest value from published data, or why there is none that could be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.base.arrays import Values
from sim.base.text import Text
from sim.plan.claims import CityPlan, PlanClaim, growth
from sim.plan.levels import Known, Level
from sim.plan.progress import Figures, Goal, Kind, TargetProgress
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
_BY_LEVELS = Text("由公布水平推得", "from published levels")


def actual_of(plan: CityPlan, claim: PlanClaim, base_year: int, as_of: int, believed: float | None = None) -> Actual | Text:
    """Return what published data say of a target, with what was known as of a year; `base_year` where the text names no start.

    `believed` is the level of the base year that a run starts from, for a base that nobody entered.
    """
    if claim.aspect in ("change", "multiple"):
        return Text("增量和倍数尚不能评估", "changes and multiples are not evaluated")
    found = _Published(
        Known(plan, claim.measure, claim.region, as_of), claim, base_year_of(claim, base_year), min(as_of, claim.last)
    )
    if claim.aspect == "growth":
        return found.growth()
    if claim.aspect == "cut":
        return found.cut()
    if claim.aspect in ("additions", "sum") or is_each_year(claim):
        return found.sum()
    return found.level(believed)


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


@dataclass(frozen=True)
class _Published:
    """Look for the figures of a claim between the end of its base year and the last year with data."""

    known: Known
    claim: PlanClaim
    base: int
    last: int

    @cached_property
    def exact(self) -> dict[int, Level]:
        """Levels that are exact: published, printed, or worked out from what is."""
        return {year: level for year, level in self.known.levels.items() if level.is_exact}

    @property
    def later(self) -> list[int]:
        """The years since the base whose level is known."""
        return [year for year in self.exact if self.base < year <= self.last]

    def level(self, believed: float | None) -> Actual | Text:
        """Find the level of the last year."""
        if not self.later:
            return self._bounded_by_whole() or self._nothing_since(self.exact)
        now, base = self.exact[self.later[-1]], self.exact.get(self.base)
        start, remark = believed if base is None else base.value, NOTHING
        if base is None:
            stands_in = Text("", "") if believed is None else Text("，用模型的推算", ": the model's stands in")
            remark = Text(f"没有录入 {self.base} 年的基数", f"no base of {self.base} is entered") + stands_in
        broken = self._broken([now] if base is None else [now, base], self.base, now.year)
        if broken is not None:
            start, remark = None, broken
        if start is None and now.year < self.claim.last:
            return remark + _NO_PROGRESS
        series = np.array([self.exact[year].value for year in self.later])
        reached = self._goal("level").reached(series, np.nan if start is None else start, now.year - self.base)
        return Actual(now.year, now.value, start, reached, now.origin, remark)

    def _nothing_since(self, held: Collection[int]) -> Text:
        """Return what to enter: all years, the one that is missing among them, or those after the last that is held."""
        later = [year for year in held if self.base < year <= self.last]
        missing = [year for year in range(self.base + 1, self.last + 1) if year not in held] or [self.base]
        only = NOTHING
        if later:
            missing = [year for year in missing if year < max(later)] or [self.base]
        elif held and max(held) <= self.base:
            only = Text(f"数据只录到 {max(held)} 年；", f"data are entered up to {max(held)} only; ")
        return only + wanted_by_measure(self.known.plan, self.claim, missing)

    def _bounded_by_whole(self) -> Actual | None:
        """Return the whole of a share that is not published: where it falls short in the end, so does the share."""
        outer = self.claim.measure.entry.within
        if outer is None or self.claim.is_ceiling or self.claim.measure.entry.kind != "ratio":
            return None
        best = self.known.of(outer).last(self.last)
        if best is None or not self.base < best.year == self.claim.last or not best.is_exact or best.value >= self.claim.value:
            return None
        name = best.measure.name
        remark = Text(f"按所属的{name.zh}计，只会更低", f"as the {name.en} that holds it; the share itself is lower")
        return Actual(best.year, best.value, None, TargetProgress(np.nan, met=False), best.origin, remark)

    def _broken(self, rests_on: Iterable[Level], first: int, last: int) -> Text | None:
        """Return the break that the way from one year to another crosses: progress is refused then."""
        crossed = self.known.breaks(rests_on, first, last)
        if not crossed:
            return None
        reason = crossed[-1].reason
        return Text(f"序列有断点：{reason.zh}", f"the series is broken: {reason.en}")

    def _goal(self, kind: Kind) -> Goal:
        claim, ceiling = self.claim, self.claim.operator == "<=" if kind == "cut" else self.claim.is_ceiling
        rule = Rule(claim.operator, claim.value, self.known.plan.about, is_ceiling=ceiling)

        def meets(values: Figures) -> Values:
            return np.asarray(rule.met(values))

        return Goal(kind, claim.value, claim.last - self.base, meets, ceiling)

    def growth(self) -> Actual | Text:
        """Find average growth, from published growth where there is any, else from levels at the same prices."""
        rates, entry = self.known.published_growth, self.claim.measure.entry
        years = [year for year in range(self.base + 1, self.last + 1) if year in rates]
        if years and years[-1] - self.base == len(years):
            found: tuple[int, Values] | Text = years[-1], np.cumprod([1.0 + rates[year] for year in years])
            origin = Text("统计公布增速", "published growth")
        elif entry.growth_price != entry.price:
            wanted = wanted_by_measure(self.known.plan, self.claim, range(self.base + 1, self.last + 1) or [self.last])
            return Text("没有录入可比价增速：", "no growth at constant prices is entered: ") + wanted
        else:
            found, origin = self._ratios(), _BY_LEVELS
        if isinstance(found, Text):
            return found
        year, ratios = found
        reached = self._goal("growth").reached(ratios, 1.0, year - self.base)
        return Actual(year, growth(1.0, float(ratios[-1]), year - self.base), None, reached, origin)

    def cut(self) -> Actual | Text:
        """Find a cumulative cut from the level of the base; a larger one is as good unless the text says at most."""
        found = self._ratios()
        if isinstance(found, Text):
            return found
        year, ratios = found
        reached = self._goal("cut").reached(ratios, 1.0, year - self.base)
        return Actual(year, 1.0 - float(ratios[-1]), None, reached, _BY_LEVELS)

    def _ratios(self) -> tuple[int, Values] | Text:
        """Return the last year with a level, and the levels of the years since the base as ratios to it."""
        if self.base not in self.exact or not self.later:
            return self._nothing_since(self.exact)
        base, year = self.exact[self.base], self.later[-1]
        broken = self._broken((base, self.exact[year]), self.base, year)
        if broken is not None:
            return broken + _NO_PROGRESS
        return year, np.array([self.exact[year].value for year in self.later]) / base.value

    def sum(self) -> Actual | Text:
        """Find the sum or mean of the years since the start, against what is wanted over all of them or of each."""
        yearly = {year: level.value for year, level in self.exact.items()}
        rests_on = self.exact
        if self.claim.aspect == "additions":  # net rises are left out: they are less than what was added
            yearly, rests_on = {}, {}
            for item in self.known.stated_additions:  # of statistics before those of documents
                if item.years == 1:
                    yearly.setdefault(item.last, item.value)
        years = [year for year in range(self.base + 1, self.last + 1) if year in yearly]
        if not years or years[-1] - self.base != len(years):
            return self._nothing_since(yearly)
        broken = self._broken([rests_on[year] for year in years if year in rests_on], years[0], years[-1])
        if broken is not None:
            return broken + _NO_PROGRESS
        series, year, span = np.array([yearly[year] for year in years]), years[-1], f"{years[0]}–{years[-1]}"
        if is_each_year(self.claim):
            value, origin = float(series.mean()), Text(f"{span} 年平均", f"mean of {span}")
        else:
            value, origin = float(series.sum()), Text(f"{span} 年合计", f"sum of {span}")
        goal = self._goal("each_year" if is_each_year(self.claim) else "sum")
        return Actual(year, value, None, goal.reached(series, np.nan, year - self.base), origin)
