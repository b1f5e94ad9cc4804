"""What has happened to a target: base and latest value from published data, or why there is none that could be compared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sim.plan.evaluation.progress import cut_progress, growth_progress, level_progress
from sim.plan.lint.claims import Claim
from sim.plan.lint.history import additions, published_growth
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.scorecard import is_met
from sim.text import Text


@dataclass(frozen=True)
class Actual:
    """What data say of a target at the date of the latest of them. `progress` is not a number where the way is not known."""

    year: int
    value: float
    base: float | None
    progress: float
    met: bool
    met_before: bool
    held: bool
    origin: Text
    remark: Text = Text("", "")


@dataclass(frozen=True)
class NoActual:
    """Why nothing can be said."""

    reason: Text


NOTHING = Text("", "")
_NO_SERIES = NoActual(Text("没有对应的公布统计", "no statistic is published for it"))


def actual_of(plan: Plan, claim: Claim, base_year: int, as_of: int, believed: float | None = None) -> Actual | NoActual:
    """What published data say of a target, with what was known as of a year; `base_year` where the text names no start.

    `believed` is the level of the base year that a run starts from, for a base that nobody published.
    """
    base = base_year_of(claim, base_year)
    last = min(as_of, claim.last)
    if claim.aspect == "level" and not claim.first < claim.last:
        return _level(plan, claim, (base, last), as_of, believed)
    if claim.aspect in ("growth", "cut"):
        return _rate(plan, claim, base, last, as_of)
    if claim.aspect in ("additions", "sum", "level"):
        return _sum(plan, claim, last, as_of)
    return _NO_SERIES


def base_year_of(claim: Claim, plan_base: int) -> int:
    """The year whose end a target starts from: the one before its start, the plan's base year, or the year before."""
    if claim.printed.start_year is not None and claim.printed.start_year <= claim.last:
        return claim.printed.start_year - 1
    return plan_base if claim.last > plan_base else claim.last - 1


def _known(plan: Plan, claim: Claim, as_of: int) -> dict[int, Level]:
    """Levels that are exact: published, printed, or worked out from what is."""
    known = levels(plan, claim.measure.key, claim.region, as_of)
    return {year: level for year, level in known.items() if level.is_exact}


def _level(plan: Plan, claim: Claim, span: tuple[int, int], as_of: int, believed: float | None) -> Actual | NoActual:
    base, last = span
    known = _known(plan, claim, as_of)
    later = [year for year in known if base < year <= last]
    if not later:
        return _bounded_by_whole(plan, claim, base, last, as_of) or _nothing_since(known, base, last)
    now, between = known[later[-1]], [known[year] for year in later[:-1]]
    start, remark = _start(plan, claim, known.get(base), (base, now.year), as_of, believed)
    if start is None and now.year < claim.last:
        return NoActual(remark + Text("，进度无从计算", ": no progress can be counted"))
    return _actual(plan, claim, now, start, between, remark)


def _start(
    plan: Plan, claim: Claim, base: Level | None, way: tuple[int, int], as_of: int, believed: float | None
) -> tuple[float | None, Text]:
    """The level to start from, and what must be said of it: none across a break, the model's where none is published."""
    broken = _breaks(plan, claim, *way, as_of)
    if broken.zh:
        return None, broken
    if base is not None:
        return base.value, NOTHING
    if believed is not None:
        missing = Text(
            f"{way[0]} 年基数没有公布，用模型的推算", f"the base of {way[0]} is not published: the model's stands in"
        )
        return believed, missing
    return None, Text(f"{way[0]} 年基数没有公布", f"the base of {way[0]} is not published")


def _nothing_since(known: Collection[int], base: int, last: int) -> NoActual:
    """Never published, not of those years, or not any more: a statistic that has stopped."""
    if not known:
        return _NO_SERIES
    if max(known) > last:
        span = f"{base + 1}–{last}" if last > base + 1 else str(last)
        return NoActual(Text(f"没有 {span} 年的数据", f"nothing is published of {span}"))
    final = max(known)
    return NoActual(
        Text(
            f"{base} 年以后没有公布数据（最近一年为 {final}）", f"nothing is published after {base} (the last year is {final})"
        )
    )


def _bounded_by_whole(plan: Plan, claim: Claim, base: int, last: int, as_of: int) -> Actual | None:
    """A share that is not published itself can be no more than its whole: where that falls short, so does the share."""
    outer = claim.measure.entry.within
    if outer is None or claim.is_ceiling or claim.measure.entry.kind != "ratio":
        return None
    known = levels(plan, outer, claim.region, as_of)
    year = max((year for year in known if base < year <= last), default=None)
    if year is None or not known[year].is_exact or known[year].value >= claim.value:
        return None
    name = plan.measure(outer).name
    remark = Text(f"按所属的{name.zh}计，只会更低", f"as the {name.en} that holds it; the share itself is lower")
    best, nowhere = known[year], float("nan")
    return Actual(year, best.value, None, nowhere, met=False, met_before=False, held=False, origin=best.origin, remark=remark)


def _breaks(plan: Plan, claim: Claim, base: int, year: int, as_of: int) -> Text:
    """The break that the way from the base crosses: progress is refused then."""
    indicator = claim.measure.entry.history
    crossed = () if indicator is None else plan.history.as_of(as_of).breaks_in(indicator, year, base)
    if not crossed:
        return NOTHING
    reason = crossed[-1].reason
    return Text(f"序列有断点：{reason.zh}", f"the series is broken: {reason.en}")


def _actual(plan: Plan, claim: Claim, now: Level, base: float | None, between: list[Level], remark: Text) -> Actual:
    way = np.nan if base is None else float(level_progress(now.value, base, claim.value))
    return Actual(
        year=now.year,
        value=now.value,
        base=base,
        progress=way,
        met=_meets(plan, claim, now.value),
        met_before=any(_meets(plan, claim, level.value) for level in between),
        held=base is not None and _meets(plan, claim, base),
        origin=now.origin,
        remark=remark,
    )


def _meets(plan: Plan, claim: Claim, value: float) -> bool:
    operator = "<=" if claim.is_ceiling and claim.printed.operator == "=" else claim.printed.operator
    return bool(is_met(operator, value, claim.value, plan.about))


def _rate(plan: Plan, claim: Claim, base: int, last: int, as_of: int) -> Actual | NoActual:
    """Average growth or a cut, from published growth where there is any, else from levels."""
    growth = published_growth(plan, claim.measure.key, claim.region, as_of)
    years = [year for year in range(base + 1, last + 1) if year in growth]
    if claim.aspect == "growth" and years and years == list(range(base + 1, years[-1] + 1)):
        return _grown(claim, float(np.prod([1.0 + growth[year] for year in years])), years[-1])
    known = _known(plan, claim, as_of)
    later = [year for year in known if base < year <= last]
    if base not in known or not later:
        return _nothing_since(known, base, last)
    broken = _breaks(plan, claim, base, later[-1], as_of)
    if broken.zh:
        return NoActual(broken + Text("，进度无从计算", ": no progress can be counted"))
    return _grown(claim, known[later[-1]].value / known[base].value, later[-1])


def _grown(claim: Claim, ratio: float, year: int) -> Actual:
    """A ratio to the base as progress: of the whole span for a cut, of a yearly rate for growth."""
    span = claim.last - claim.base
    if claim.aspect == "cut":
        value, way = 1.0 - ratio, float(cut_progress(ratio, 1.0, claim.value))
        met = value >= claim.value
    else:
        value = ratio ** (1.0 / (year - claim.base)) - 1.0
        way, met = float(growth_progress(ratio, 1.0, claim.value, span)), ratio >= (1.0 + claim.value) ** span
    origin = Text("统计公布", "published")
    return Actual(year, value, None, way, met=met, met_before=False, held=False, origin=origin)


def _sum(plan: Plan, claim: Claim, last: int, as_of: int) -> Actual | NoActual:
    """What has been added or done since the start, against what is wanted over all years; a level of each year as a sum."""
    if claim.aspect == "additions":
        found = {item.last: item for item in additions(plan, claim.measure.key, claim.region, as_of) if item.years == 1}
        yearly = {year: item.value for year, item in found.items()}
    else:
        yearly = {year: level.value for year, level in _known(plan, claim, as_of).items()}
    years = [year for year in range(claim.first, last + 1) if year in yearly]
    if not years or years != list(range(claim.first, years[-1] + 1)):
        return _nothing_since(yearly, claim.first - 1, last)
    wanted = claim.value * len(claim.years) if claim.each_year or claim.aspect == "level" else claim.value
    done = sum(yearly[year] for year in years)
    met = years[-1] == claim.last and _meets(plan, claim, done * claim.value / wanted)
    origin = Text(f"{years[0]}–{years[-1]} 年合计", f"sum of {years[0]}–{years[-1]}")
    return Actual(years[-1], done, None, done / wanted, met=met, met_before=False, held=False, origin=origin)
