"""The pace that a target takes from the latest known level, beside what history has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text
from sim.plan.lint.finding import Finding, Severity, finding, rule
from sim.plan.lint.levels import Level, latest
from sim.plan.lint.paths import RECENT, PastChange, additions, changes, is_share, printed_growth, published_growth, yearly
from sim.plan.lint.plan import CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, both_percent, in_brackets, number, of_measure, percent, points, span

_DOUBLED, _YEARS = 2.0, 5
"""Twice as much in five years is 15 per cent a year, which hardly any total of a city has kept up."""


def _path(target: PlanClaim, base: Level) -> Text:
    """Return the way from the base to the target, as a sentence about it begins."""
    have, want, origin = of_measure(base.value, target.measure), as_printed(target), in_brackets(base.origin)
    return Text(
        f"：由 {base.year} 年的 {have.zh}{origin.zh}到 {target.last} 年的 {want.zh}，",
        f": from {have.en}{origin.en} in {base.year} to {want.en} in {target.last} ",
    )


@dataclass(frozen=True)
class _Exceeded:
    """The best change that history has seen, ever or lately, where a needed one goes beyond it."""

    severity: Severity
    best: PastChange
    write: Callable[[float], Text]
    down: bool

    @property
    def in_words(self) -> Text:
        """The best with its years."""
        value, when = self.write(self.best.value), span(self.best.first + 1, self.best.last)
        mean = Text("平均", "mean of ") if self.best.years > 1 else Text("", "")
        ever = self.severity == "doubt"
        most = Text("历史上" if ever else "近十年", "the best of history" if ever else "the best of the last ten years")
        extreme = "最快只下降到" if self.down else "最高只有"
        return Text(f"{most.zh}{extreme} {value.zh}（{when.zh}{mean.zh}）", f"{most.en} was {value.en} ({mean.en}{when.en})")

    @property
    def sign(self) -> str:
        """The sign between what is needed and the best."""
        return "<" if self.down else ">"


def _exceeded(
    needed: float, seen: Iterable[PastChange], year: int, write: Callable[[float], Text], *, down: bool
) -> _Exceeded | None:
    """Return the best change of history where the needed one goes beyond it; else the best of the ten years up to a year."""
    known = sorted(seen, key=lambda item: item.value, reverse=not down)
    recent = [item for item in known if item.last > year - RECENT]

    def goes_beyond(items: Sequence[PastChange]) -> bool:
        return bool(items) and (needed < items[0].value if down else needed > items[0].value)

    if goes_beyond(known):
        return _Exceeded("doubt", known[0], write, down)
    return _Exceeded("note", recent[0], write, down) if goes_beyond(recent) else None


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
    base, entry = latest(plan, target), target.measure.entry
    if base is None or not base.is_exact or base.value <= 0.0 or base.meets(target):
        return
    key, as_of = target.measure.key, plan.known_at(target)
    needed = yearly(plan, key, (base.year, base.value), (target.last, target.value))
    seen = [item for item in changes(plan, key, target.region, as_of) if item.last <= base.year]
    if entry.price in (entry.growth_price, "none"):
        seen += printed_growth(plan, key, target.region, as_of)
    write = points if is_share(plan, key) else both_percent
    exceeded = _exceeded(needed, seen, base.year, write, down=target.is_ceiling)
    if exceeded is None:
        return
    rate, best = write(needed), exceeded.in_words
    message = plan.subject(target) + _path(target, base)
    message += Text(f"年均须 {rate.zh}；{best.zh}。", f"takes {rate.en} a year; {best.en}.")
    compared = f"{rate.zh} {exceeded.sign} {write(exceeded.best.value).zh}"
    arithmetic = f"{number(base.value)} → {number(target.value)}: {compared}"
    yield finding(exceeded.severity, (target, base, *exceeded.best.claims), arithmetic, message)


def _unseen_growth(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """A rate that is asked for itself, beside published rates and past growth of the same prices."""
    entry, key, as_of = target.measure.entry, target.measure.key, plan.known_at(target)
    published = published_growth(plan, key, target.region, as_of)
    seen = [PastChange(year - 1, year, value) for year, value in published.items()]
    if not seen and entry.price in (entry.growth_price, "none"):
        seen = changes(plan, key, target.region, as_of)
    seen += printed_growth(plan, key, target.region, as_of)
    exceeded = _exceeded(target.value, seen, as_of, both_percent, down=target.is_ceiling)
    if exceeded is None:
        return
    want, best = as_printed(target), exceeded.in_words
    message = plan.subject(target) + Text(
        f"：目标年均增长 {want.zh}，{best.zh}。", f": growth of {want.en} a year is wanted; {best.en}."
    )
    arithmetic = f"{percent(target.value)} {exceeded.sign} {percent(exceeded.best.value)}"
    yield finding(exceeded.severity, (target, *exceeded.best.claims), arithmetic, message)


def _unseen_additions(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """Additions a year beside those of the past: published, printed, or the net rise of the stock."""
    if target.operator == "<=":
        return
    as_of, needed = plan.known_at(target), target.per_year
    seen = additions(plan, target.measure.key, target.region, as_of)
    exceeded = _exceeded(needed, seen, as_of, lambda value: of_measure(value, target.measure), down=False)
    if exceeded is None:
        return
    want, best = of_measure(needed, target.measure), exceeded.in_words
    message = plan.subject(target) + Text(
        f"：目标每年新增 {want.zh}，{best.zh}。", f": additions of {want.en} a year are wanted; {best.en}."
    )
    arithmetic = f"{number(needed)} > {number(exceeded.best.value)}"
    yield finding(exceeded.severity, (target, *exceeded.best.claims), arithmetic, message)


@rule(170, Text("几年内成倍增长而无历史可比", "to multiply within years, with no history to compare"))
def steep_rise(plan: CityPlan) -> Iterator[Finding]:
    """Find levels that are to more than double in five years although no history tells whether that has been seen.

    Stocks are left to the rules of additions: a small number of firms may well double.
    """
    for target in plan.targets("level"):
        if target.measure.entry.kind == "stock" or target.part or target.is_ceiling:
            continue
        base = latest(plan, target)
        if base is None or base.value <= 0.0 or base.is_part or base.operator == "<=" or not _is_unjudged(plan, target, base):
            continue
        if target.value > base.value * _DOUBLED ** ((target.last - base.year) / _YEARS):
            yield _steep(plan, target, base)


def _is_unjudged(plan: CityPlan, target: PlanClaim, base: Level) -> bool:
    """Return whether `unseen_rate` has nothing to say: no past change, no past growth, or a base that is a bound."""
    where = target.measure.key, target.region, plan.known_at(target)
    return not base.is_exact or not (changes(plan, *where) or printed_growth(plan, *where))


def _steep(plan: CityPlan, target: PlanClaim, base: Level) -> Finding:
    times = number(round(target.value / base.value, 2))
    rate = percent((target.value / base.value) ** (1.0 / (target.last - base.year)) - 1.0)
    is_less = Text("；基数只是下限，实际所需较低", "; the base is a lower bound, so it takes less")
    bound = Text("", "") if base.is_exact else is_less
    message = plan.subject(target) + _path(target, base)
    message += Text(
        f"为 {times} 倍，年均须 {rate}，没有历史数据说明有过这样的速度{bound.zh}。",
        f"is {times} times as much, {rate} a year; no data tell whether such a pace has been seen{bound.en}.",
    )
    arithmetic = f"{base.formula} → {number(target.value)}: × {times}, {rate}"
    return finding("doubt" if base.is_exact else "note", (target, base), arithmetic, message)


@rule(180, Text("每年须净增之数超过历来新增", "a net rise above all past additions"))
def additions_needed(plan: CityPlan) -> Iterator[Finding]:
    """Find stocks that are to rise by more a year than was ever added to them: the net rise is no more than what is added."""
    for target in plan.targets("level"):
        if target.measure.entry.kind != "stock" or target.part or target.is_ceiling:
            continue
        base = latest(plan, target)
        if base is None or not base.is_exact:
            continue
        seen = additions(plan, target.measure.key, target.region, plan.known_at(target))
        best = max(seen, key=lambda item: item.value, default=None)
        needed = (target.value - base.value) / (target.last - base.year)
        if best is not None and 0.0 < best.value < needed * (1.0 - plan.about):
            yield _above_all_additions(plan, target, base, needed, best)


def _above_all_additions(plan: CityPlan, target: PlanClaim, base: Level, needed: float, best: PastChange) -> Finding:
    rise, most = of_measure(needed, target.measure), of_measure(best.value, target.measure)
    when, years = span(best.first + 1, best.last), target.last - base.year
    message = plan.subject(target) + _path(target, base)
    message += Text(
        f"每年须净增 {rise.zh}，而已知最多的是{when.zh}每年新增 {most.zh}，退出尚未扣除。",
        f"takes a net rise of {rise.en} a year; the most that is known to have been added is {most.en} a year ({when.en}), "
        "exits not counted.",
    )
    arithmetic = f"({number(target.value)} − {number(base.value)}) / {years} = {number(needed)} > {number(best.value)}"
    return finding("note", (target, base, *best.claims), arithmetic, message)
