"""The pace that a target takes from the latest known level, beside what history has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text
from sim.base.words import percent
from sim.plan.claims import CityPlan, PlanClaim, growth
from sim.plan.findings import Finding, Severity, filled, finding, rule
from sim.plan.levels import RECENT, PastChange, before, latest

_DOUBLED, _YEARS = 2.0, 5
"""Twice as much in five years is 15 per cent a year, which hardly any total of a city has kept up."""
_PATH = Text(
    "{target.subject}：由 {base.year} 年的 {base.amount}{base.source}到 {target.last} 年的 {target.said}，",
    "{target.subject}: from {base.amount}{base.source} in {base.year} to {target.said} in {target.last} ",
)
Writer = Callable[[float], Text]


def _percent(ratio: float) -> Text:
    return Text(percent(ratio), percent(ratio))


def _points(value: float) -> Text:
    return filled(Text("{shown} 个百分点", "{shown} points"), shown=round(value, 2))


@dataclass(frozen=True)
class _Exceeded:
    """The best change that history has seen, ever or lately, where a needed one goes beyond it."""

    severity: Severity
    best: PastChange
    write: Writer
    sign: str
    """The sign between what is needed and the best."""

    @property
    def in_words(self) -> Text:
        """The best with its years."""
        most = Text("近十年", "the best of the last ten years")
        if self.severity == "doubt":
            most = Text("历史上", "the best of history")
        extreme = "最快只下降到" if self.sign == "<" else "最高只有"
        mean = Text("平均", "mean of ") if self.best.years > 1 else Text("", "")
        said = Text(f"{{most}}{extreme} {{value}}（{{best.when}}{{mean}}）", "{most} was {value} ({mean}{best.when})")
        return filled(said, most=most, value=self.write(self.best.value), best=self.best, mean=mean)


def _exceeded(needed: float, seen: Iterable[PastChange], year: int, write: Writer, *, down: bool) -> _Exceeded | None:
    """Return the best change of history where the needed one goes beyond it; else the best of the ten years up to a year."""
    known = sorted(seen, key=lambda item: item.value, reverse=not down)
    recent = [item for item in known if item.last > year - RECENT]

    def goes_beyond(items: Sequence[PastChange]) -> bool:
        return bool(items) and (needed < items[0].value if down else needed > items[0].value)

    sign = "<" if down else ">"
    if goes_beyond(known):
        return _Exceeded("doubt", known[0], write, sign)
    return _Exceeded("note", recent[0], write, sign) if goes_beyond(recent) else None


@rule(160, Text("所需速度历史上没有过", "a rate that history has not seen"))
def unseen_rate(plan: CityPlan) -> Iterator[Finding]:
    """Find targets whose yearly rate no year of history has reached, or none of the last ten."""
    for target in plan.targets("level", "growth", "additions"):
        if target.aspect == "growth":
            yield from _unseen_growth(plan, target)
        elif target.aspect == "additions":
            yield from _unseen_additions(plan, target)
        elif not target.part:
            yield from _unseen_path(plan, target)


def _unseen_path(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    base, known, entry = latest(plan, target), before(plan, target), target.measure.entry
    if base is None or not base.is_exact or base.value <= 0.0 or base.meets(target):
        return
    needed = target.measure.pace(base.value, target.value, target.last - base.year)
    seen = [item for item in known.changes if item.last <= base.year]
    if entry.price in (entry.growth_price, "none"):
        seen += known.printed_growth
    write = _points if target.measure.is_share else _percent
    exceeded = _exceeded(needed, seen, base.year, write, down=target.is_ceiling)
    if exceeded is None:
        return
    message = _PATH + Text("年均须 {rate}；{exceeded.in_words}。", "takes {rate} a year; {exceeded.in_words}.")
    arithmetic = f"{{base.value}} → {{target.value}}: {write(needed).zh} {exceeded.sign} {write(exceeded.best.value).zh}"
    parts = {"target": target, "base": base, "rate": write(needed), "exceeded": exceeded}
    yield finding(exceeded.severity, (target, base, *exceeded.best.claims), arithmetic, message, **parts)


def _unseen_growth(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """A rate that is asked for itself, beside published rates and past growth of the same prices."""
    entry, known = target.measure.entry, before(plan, target)
    seen = [PastChange(year - 1, year, value) for year, value in known.published_growth.items()]
    if not seen and entry.price in (entry.growth_price, "none"):
        seen = known.changes
    exceeded = _exceeded(target.value, [*seen, *known.printed_growth], known.as_of, _percent, down=target.is_ceiling)
    if exceeded is None:
        return
    message = Text(
        "{target.subject}：目标年均增长 {target.said}，{exceeded.in_words}。",
        "{target.subject}: growth of {target.said} a year is wanted; {exceeded.in_words}.",
    )
    arithmetic = "{target.value:%} {exceeded.sign} {exceeded.best.value:%}"
    rests_on = (target, *exceeded.best.claims)
    yield finding(exceeded.severity, rests_on, arithmetic, message, target=target, exceeded=exceeded)


def _unseen_additions(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """Additions a year beside those of the past: published, printed, or the net rise of the stock."""
    known, amount = before(plan, target), target.measure.amount
    exceeded = _exceeded(target.per_year, known.additions, known.as_of, amount, down=False)
    if target.operator == "<=" or exceeded is None:
        return
    message = Text(
        "{target.subject}：目标每年新增 {want}，{exceeded.in_words}。",
        "{target.subject}: additions of {want} a year are wanted; {exceeded.in_words}.",
    )
    arithmetic, rests_on = "{target.per_year} > {exceeded.best.value}", (target, *exceeded.best.claims)
    want = amount(target.per_year)
    yield finding(exceeded.severity, rests_on, arithmetic, message, target=target, want=want, exceeded=exceeded)


@rule(170, Text("几年内成倍增长而无历史可比", "to multiply within years, with no history to compare"))
def steep_rise(plan: CityPlan) -> Iterator[Finding]:
    """Find levels that are to more than double in five years although no history tells whether that has been seen.

    Stocks are left to the rules of additions: a small number of firms may well double.
    """
    for target in plan.targets("level"):
        base, known = latest(plan, target), before(plan, target)
        if target.measure.entry.kind == "stock" or target.part or target.is_ceiling:
            continue
        if base is None or base.value <= 0.0 or base.is_part or base.operator == "<=":
            continue
        is_judged = base.is_exact and (known.changes or known.printed_growth)  # then `unseen_rate` speaks
        if is_judged or target.value <= base.value * _DOUBLED ** ((target.last - base.year) / _YEARS):
            continue
        message = _PATH + Text(
            "为 {times} 倍，年均须 {rate:%}，没有历史数据说明有过这样的速度{bound}。",
            "is {times} times as much, {rate:%} a year; no data tell whether such a pace has been seen{bound}.",
        )
        is_less = Text("；基数只是下限，实际所需较低", "; the base is a lower bound, so it takes less")
        parts = {"target": target, "base": base, "bound": Text("", "") if base.is_exact else is_less}
        times, rate = round(target.value / base.value, 2), growth(base.value, target.value, target.last - base.year)
        arithmetic = "{base.formula} → {target.value}: × {times}, {rate:%}"
        severity: Severity = "doubt" if base.is_exact else "note"
        yield finding(severity, (target, base), arithmetic, message, times=times, rate=rate, **parts)


@rule(180, Text("每年须净增之数超过历来新增", "a net rise above all past additions"))
def additions_needed(plan: CityPlan) -> Iterator[Finding]:
    """Find stocks that are to rise by more a year than was ever added to them: the net rise is no more than what is added."""
    for target in plan.targets("level"):
        base = latest(plan, target)
        if target.measure.entry.kind != "stock" or target.part or target.is_ceiling or base is None or not base.is_exact:
            continue
        best = max(before(plan, target).additions, key=lambda item: item.value, default=None)
        years = target.last - base.year
        needed = (target.value - base.value) / years
        if best is None or not 0.0 < best.value < needed * (1.0 - plan.about):
            continue
        message = _PATH + Text(
            "每年须净增 {rise}，而已知最多的是{best.when}每年新增 {most}，退出尚未扣除。",
            "takes a net rise of {rise} a year; the most that is known to have been added is {most} a year ({best.when}), "
            "exits not counted.",
        )
        arithmetic = "({target.value} − {base.value}) / {years} = {needed} > {best.value}"
        rise, most = target.measure.amount(needed), target.measure.amount(best.value)
        parts = {"target": target, "base": base, "best": best, "years": years, "needed": needed, "rise": rise, "most": most}
        yield finding("note", (target, base, *best.claims), arithmetic, message, **parts)
