"""A rate that a target needs from the latest known level and that no year of history has reached, or none of the last ten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text
from sim.plan.lint.already_met import is_met_by
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.history import RECENT, Change, additions, changes, is_share, published_growth, yearly
from sim.plan.lint.levels import Level, latest
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, percent, plain, points, span

RULE = "unseen_rate"


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of a level, of growth and of additions."""
    for target in plan.targets("level", "growth", "additions"):
        if target.aspect == "growth":
            yield from _growth(plan, target)
        elif target.aspect == "additions":
            yield from _additions(plan, target)
        elif not target.part:
            yield from _level(plan, target)


@dataclass(frozen=True)
class _Verdict:
    """What history says of a rate: the best that it has seen, ever or lately, and that it is not enough."""

    severity: Severity
    best: Change

    @property
    def facts(self) -> tuple[Claim, ...]:
        return self.best.claims

    def said(self, write: Callable[[float], Text], *, down: bool) -> Text:
        """The best in words, with its years."""
        value, when = write(self.best.value), span(self.best.first + 1, self.best.last)
        mean = Text("平均", "mean of ") if self.best.years > 1 else Text("", "")
        ever = self.severity == "doubt"
        most = Text("历史上" if ever else "近十年", "the best of history" if ever else "the best of the last ten years")
        extreme = "最快只下降到" if down else "最高只有"
        return Text(f"{most.zh}{extreme} {value.zh}（{when.zh}{mean.zh}）", f"{most.en} was {value.en} ({mean.en}{when.en})")


def _judged(needed: float, seen: Iterable[Change], base_year: int, *, down: bool) -> _Verdict | None:
    """The best change of history where the needed one goes beyond it; else the best of the last ten years."""
    known = sorted(seen, key=lambda item: item.value, reverse=not down)
    recent = [item for item in known if item.last > base_year - RECENT]

    def beyond(items: Sequence[Change]) -> bool:
        return bool(items) and (needed < items[0].value if down else needed > items[0].value)

    if beyond(known):
        return _Verdict("doubt", known[0])
    return _Verdict("note", recent[0]) if beyond(recent) else None


def _level(plan: Plan, target: Claim) -> Iterator[Finding]:
    base = latest(plan, target)
    if base is None or not base.is_exact or base.value <= 0.0 or is_met_by(target, base):
        return
    key, as_of = target.measure.key, plan.known_at(target)
    needed = yearly(plan, key, (base.year, base.value), (target.last, target.value))
    seen = [item for item in changes(plan, key, target.region, as_of) if item.last <= base.year]
    verdict = _judged(needed, [*seen, *_growth_facts(plan, target, as_of)], base.year, down=target.is_ceiling)
    if verdict is not None:
        yield _level_finding(plan, target, base, needed, verdict)


def _growth_facts(plan: Plan, target: Claim, as_of: int) -> list[Change]:
    """Printed growth of the past, where it is of the same prices as the level."""
    entry = target.measure.entry
    if entry.price not in (entry.growth_price, "none"):
        return []
    facts = plan.facts_known(plan.at(target.measure.key, target.region, "growth"), as_of)
    return [Change(fact.base, fact.last, fact.value, (fact,)) for fact in facts]


def _level_finding(plan: Plan, target: Claim, base: Level, needed: float, verdict: _Verdict) -> Finding:
    write = points if is_share(plan, target.measure.key) else _per_cent
    have, want, rate = of_measure(base.value, target.measure), as_printed(target), write(needed)
    best, origin = verdict.said(write, down=target.is_ceiling), in_brackets(base.origin)
    message = plan.subject(target) + Text(
        f"：由 {base.year} 年的 {have.zh}{origin.zh}到 {target.last} 年的 {want.zh}，年均须 {rate.zh}；{best.zh}。",
        f": from {have.en}{origin.en} in {base.year} to {want.en} in {target.last} takes {rate.en} a year; {best.en}.",
    )
    sign = "<" if target.is_ceiling else ">"
    arithmetic = f"{plain(base.value)} → {plain(target.value)}: {rate.zh} {sign} {write(verdict.best.value).zh}"
    return finding(RULE, verdict.severity, (target, *base.claims, *verdict.facts), base.data, arithmetic, message)


def _per_cent(value: float) -> Text:
    return Text(percent(value), percent(value))


def _growth(plan: Plan, target: Claim) -> Iterator[Finding]:
    """A rate that is asked for itself, beside published rates and past growth of the same prices."""
    entry, key, as_of = target.measure.entry, target.measure.key, plan.known_at(target)
    published = published_growth(plan, key, target.region, as_of)
    seen = [Change(year - 1, year, value) for year, value in published.items()]
    if not seen and entry.price in (entry.growth_price, "none"):
        seen = changes(plan, key, target.region, as_of)
    printed = plan.facts_known(plan.at(key, target.region, "growth"), as_of)
    seen += [Change(fact.base, fact.last, fact.value, (fact,)) for fact in printed]
    verdict = _judged(target.value, seen, as_of, down=target.is_ceiling)
    if verdict is None:
        return
    want, best = as_printed(target), verdict.said(_per_cent, down=target.is_ceiling)
    message = plan.subject(target) + Text(
        f"：目标年均增长 {want.zh}，{best.zh}。", f": growth of {want.en} a year is wanted; {best.en}."
    )
    sign = "<" if target.is_ceiling else ">"
    arithmetic = f"{percent(target.value)} {sign} {percent(verdict.best.value)}"
    yield finding(RULE, verdict.severity, (target, *verdict.facts), (), arithmetic, message)


def _additions(plan: Plan, target: Claim) -> Iterator[Finding]:
    """Additions a year beside those of the past: published, printed, or the net rise of the stock."""
    if target.printed.operator == "<=":
        return
    as_of, needed = plan.known_at(target), target.total / len(target.years)
    verdict = _judged(needed, additions(plan, target.measure.key, target.region, as_of), as_of, down=False)
    if verdict is None:
        return
    want = of_measure(needed, target.measure)
    best = verdict.said(lambda value: of_measure(value, target.measure), down=False)
    message = plan.subject(target) + Text(
        f"：目标每年新增 {want.zh}，{best.zh}。", f": additions of {want.en} a year are wanted; {best.en}."
    )
    arithmetic = f"{plain(needed)} > {plain(verdict.best.value)}"
    yield finding(RULE, verdict.severity, (target, *verdict.facts), (), arithmetic, message)
