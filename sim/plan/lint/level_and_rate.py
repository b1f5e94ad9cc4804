"""A level beside a rate: does the base, grown at the rate, become the level? If not, which deflator or rate would make it so?

Level and rate in the same prices must agree: L = B·(1+g)^n, or B·(1-c) for a cut. A level in current prices beside a real
rate implies a deflator: (L/B)^(1/n) / (1+g) - 1, which history either has seen or has not. Where no base is known, the pair
implies one.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite

from sim.base.text import Text
from sim.plan.claims import CityPlan, PlanClaim, growth
from sim.plan.findings import Finding, Severity, filled, finding, rule
from sim.plan.levels import RECENT, Level, before

_AGREE = 0.01
"""Distance of the level from the grown base that is none: rounding of the three numbers."""
_USUAL_PRICES = 0.03
"""A yearly price change that is believed where no history tells better."""


@rule(40, Text("水平与增速（基数、价格）不符", "a level that disagrees with rate, base or prices"))
def level_and_rate(plan: CityPlan) -> Iterator[Finding]:
    """Hold every level against every rate that ends in its year."""
    for level in (claim for claim in plan.claims if claim.aspect == "level" and not claim.part):
        entry = level.measure.entry
        in_other_prices = entry.price == "nominal" and entry.growth_price == "real"
        for rate in plan.at(level.measure.key, level.region, "growth", "cut"):
            if rate.last != level.last or rate.is_target != level.is_target:
                continue
            base = before(plan, level).levels.get(rate.base)
            if base is None and level.is_target:
                yield _implied_base(level, rate)
            elif base is not None and base.is_exact and base.value > 0.0:
                yield from (_other_prices if in_other_prices else _same_prices)(plan, level, rate, base)


def _factor(rate: PlanClaim, value: float) -> float:
    """Return the multiplier of the base at a rate, or a cut, of some value; infinite at an infinite one."""
    is_cut = rate.aspect == "cut"
    if not isfinite(value):
        return inf if (value > 0.0) != is_cut else 0.0
    return 1.0 - value if is_cut else float((1.0 + value) ** rate.span)


def _in_words(rate: PlanClaim) -> dict[str, object]:
    """Return the rate as the text puts it, and as a factor of a formula."""
    if rate.aspect == "cut":
        return {
            "asked": filled(Text("累计下降 {rate.said}", "a cut of {rate.said}"), rate=rate),
            "factor": "(1−{rate.value:%})",
        }
    asked = filled(Text("年均增长 {rate.said}", "growth of {rate.said} a year"), rate=rate)
    return {"asked": asked, "factor": "(1+{rate.value:%})^{rate.span}"}


def _implied_base(level: PlanClaim, rate: PlanClaim) -> Finding:
    base = level.value / _factor(rate, rate.value)
    message = Text(
        "{level.subject}：{level.last} 年 {level.said}与{asked}要同时成立，{rate.base} 年须为 {amount}，文件没有写出这一基数。",
        "{level.subject}: {level.said} in {level.last} and {asked} both hold only from {amount} in {rate.base}, which no "
        "document prints.",
    )
    words = _in_words(rate)
    arithmetic = f"{{level.value}} / {words['factor']} = {{base}}"
    parts = {"level": level, "rate": rate, "base": base, "amount": level.measure.amount(base)}
    return finding("note", (level, rate), arithmetic, message, **parts, **words)


def _same_prices(plan: CityPlan, level: PlanClaim, rate: PlanClaim, base: Level) -> Iterator[Finding]:
    grown, severity = base.value * _factor(rate, rate.value), _severity(plan, level, rate, base)
    if abs(grown - level.value) / abs(level.value) <= _AGREE or severity is None:
        return
    message = Text(
        "{level.subject}：{base.year} 年 {base.amount}{base.source}，按{asked}，{level.last} 年为 {end}，与 {level.said}不符；"
        "要达到后者，须年均变动 {needed:%}。",
        "{level.subject}: from {base.amount}{base.source} in {base.year}, {asked} gives {end} in {level.last}, not "
        "{level.said}, which takes {needed:%} a year.",
    )
    words, needed = _in_words(rate), growth(base.value, level.value, rate.span)
    arithmetic = f"{{base.value}} × {words['factor']} = {{grown}} ≠ {{level.value}}"
    parts = {"level": level, "rate": rate, "base": base, "grown": grown, "end": level.measure.amount(grown), "needed": needed}
    yield finding(severity, (level, rate, base), arithmetic, message, **parts, **words)


def _severity(plan: CityPlan, level: PlanClaim, rate: PlanClaim, base: Level) -> Severity | None:
    """Return conflict where no rate that the text allows leads to a level that it allows, doubt where both are plain numbers.

    A floor of one and a number or floor of the other that lies on its open side hold together.
    """
    low, high = level.bounds(plan.about)
    least, most = sorted(base.value * max(_factor(rate, value), 0.0) for value in rate.bounds(plan.about))
    if least > high * (1.0 + _AGREE) or most < low * (1.0 - _AGREE):
        return "conflict"
    is_open = {level.operator, rate.operator} & {">", ">=", "<="}
    return None if is_open else "doubt"


def _other_prices(plan: CityPlan, level: PlanClaim, rate: PlanClaim, base: Level) -> Iterator[Finding]:
    factor, nominal = _factor(rate, rate.value), growth(base.value, level.value, rate.span)
    deflator = (1.0 + nominal) / factor ** (1.0 / rate.span) - 1.0
    seen = before(plan, level).deflators(rate.span)
    severity, remark = _beside_history(deflator, seen, base.year)
    is_high = deflator > (sum(seen.values()) / len(seen) if seen else 0.0)
    # A floor of the level may be passed: no deflator is too low for it. A floor of the rate may be passed too: a doubt then.
    if severity is None or (not is_high and level.bounds(0.0)[1] == inf):
        return
    if is_high and rate.bounds(0.0)[1] == inf:
        severity = "doubt"
    message = Text(
        "{level.subject}：由 {base.year} 年的 {base.amount}{base.source}到 {level.last} 年的 {level.said}，名义年均须增长 "
        "{nominal:%}；又写年均增长 {rate.said}，若为实际增速，按 {base.year} 年价格只到 {constant}，"
        "等于要求平减指数年均 {deflator:%}{remark}。",
        "{level.subject}: from {base.amount}{base.source} in {base.year} to {level.said} in {level.last} takes {nominal:%} a "
        "year at current prices; growth of {rate.said} beside it, if real, leads to {constant} at prices of {base.year} and "
        "implies a deflator of {deflator:%} a year{remark}.",
    )
    arithmetic = "({level.value} / {base.value})^(1/{rate.span}) / (1+{rate.value:%}) − 1 = {deflator:%}"
    parts = {"level": level, "rate": rate, "base": base, "constant": level.measure.amount(base.value * factor)}
    worked = {"nominal": nominal, "deflator": deflator, "remark": remark}
    yield finding(severity, (level, rate, base), arithmetic, message, **parts, **worked)


def _beside_history(deflator: float, seen: dict[int, float], base_year: int) -> tuple[Severity | None, Text]:
    """Return whether history has seen such a deflator over as many years, and lately."""
    if not seen:
        unusual = abs(deflator) > _USUAL_PRICES
        return ("doubt" if unusual else None), Text("，没有历史可比", ", with no history to compare")
    lately = [value for year, value in seen.items() if year > base_year - RECENT]
    if not min(seen.values()) <= deflator <= max(seen.values()):
        ever = Text("，历史上同样年数的平均为 {low:%} 至 {high:%}", "; over as many years history has seen {low:%} to {high:%}")
        return "conflict", filled(ever, low=min(seen.values()), high=max(seen.values()))
    if lately and not min(lately) <= deflator <= max(lately):
        since = Text(
            "，近十年同样年数的平均为 {low:%} 至 {high:%}", "; over as many of the last ten years it was {low:%} to {high:%}"
        )
        return "doubt", filled(since, low=min(lately), high=max(lately))
    return None, Text("", "")
