"""A level beside a rate: does the base, grown at the rate, become the level? If not, which deflator or rate would make it so?

Level and rate in the same prices must agree: L = B·(1+g)^n, or B·(1-c) for a cut. A level in current prices beside a real
rate implies a deflator: (L/B)^(1/n) / (1+g) - 1, which history either has seen or has not. Where no base is known, the pair
implies one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from sim.base.text import Text
from sim.plan.lint.finding import Finding, Severity, finding, rule
from sim.plan.lint.levels import Level, levels_before
from sim.plan.lint.paths import RECENT, deflators, windows
from sim.plan.lint.plan import CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, in_brackets, number, of_measure, percent

_AGREE = 0.01
"""Distance of the level from the grown base that is none: rounding of the three numbers."""
_USUAL_PRICES = 0.03
"""A yearly price change that is believed where no history tells better."""


@dataclass(frozen=True)
class _Pair:
    """A level and a rate of the same measure and region that end in the same year."""

    level: PlanClaim
    rate: PlanClaim

    @property
    def factor(self) -> float:
        """The multiplier of the base at the rate."""
        return 1.0 - self.rate.value if self.rate.aspect == "cut" else (1.0 + self.rate.value) ** self.rate.span

    def grown(self, rate: float) -> float:
        """Return the multiplier of the base at another rate; infinite at an infinite one."""
        is_cut = self.rate.aspect == "cut"
        if not isfinite(rate):
            return inf if (rate > 0.0) != is_cut else 0.0
        return max(1.0 - rate, 0.0) if is_cut else float((1.0 + rate) ** self.rate.span)

    @property
    def formula(self) -> str:
        """The factor as a formula."""
        rate = percent(self.rate.value)
        return f"(1−{rate})" if self.rate.aspect == "cut" else f"(1+{rate})^{self.rate.span}"

    @property
    def rate_in_words(self) -> Text:
        """The rate as the text puts it."""
        said = as_printed(self.rate)
        if self.rate.aspect == "cut":
            return Text(f"累计下降 {said.zh}", f"a cut of {said.en}")
        return Text(f"年均增长 {said.zh}", f"growth of {said.en} a year")

    def needed(self, base: Level) -> float:
        """Return the yearly rate that leads from the base to the level."""
        return float((self.level.value / base.value) ** (1.0 / self.rate.span) - 1.0)


@rule(40, Text("水平与增速（基数、价格）不符", "a level that disagrees with rate, base or prices"))
def level_and_rate(plan: CityPlan) -> Iterator[Finding]:
    """Hold every level against every rate that ends in its year."""
    for level in (claim for claim in plan.claims if claim.aspect == "level" and not claim.part):
        entry = level.measure.entry
        in_other_prices = entry.price == "nominal" and entry.growth_price == "real"
        for rate in plan.at(level.measure.key, level.region, "growth", "cut"):
            if rate.last != level.last or rate.is_target != level.is_target:
                continue
            pair, base = _Pair(level, rate), levels_before(plan, level).get(rate.base)
            if base is None and level.is_target:
                yield _implied_base(plan, pair)
            elif base is not None and base.is_exact and base.value > 0.0:
                yield from _other_prices(plan, pair, base) if in_other_prices else _same_prices(plan, pair, base)


def _implied_base(plan: CityPlan, pair: _Pair) -> Finding:
    level, rate, base = pair.level, pair.rate_in_words, pair.level.value / pair.factor
    value, said, year = of_measure(base, level.measure), as_printed(level), pair.rate.base
    message = plan.subject(level) + Text(
        f"：{level.last} 年 {said.zh}与{rate.zh}要同时成立，{year} 年须为 {value.zh}，文件没有写出这一基数。",
        f": {said.en} in {level.last} and {rate.en} both hold only from {value.en} in {year}, which no document prints.",
    )
    arithmetic = f"{number(level.value)} / {pair.formula} = {number(base)}"
    return finding("note", (level, pair.rate), arithmetic, message)


def _same_prices(plan: CityPlan, pair: _Pair, base: Level) -> Iterator[Finding]:
    level, grown = pair.level, base.value * pair.factor
    severity = _severity(plan, pair, base)
    if abs(grown - level.value) / abs(level.value) <= _AGREE or severity is None:
        return
    start, end, said = of_measure(base.value, level.measure), of_measure(grown, level.measure), as_printed(level)
    asked, origin, needed = pair.rate_in_words, in_brackets(base.origin), percent(pair.needed(base))
    message = plan.subject(level) + Text(
        f"：{base.year} 年 {start.zh}{origin.zh}，按{asked.zh}，{level.last} 年为 {end.zh}，与 {said.zh}不符；"
        f"要达到后者，须年均变动 {needed}。",
        f": from {start.en}{origin.en} in {base.year}, {asked.en} gives {end.en} in {level.last}, not {said.en}, "
        f"which takes {needed} a year.",
    )
    arithmetic = f"{number(base.value)} × {pair.formula} = {number(grown)} ≠ {number(level.value)}"
    yield finding(severity, (level, pair.rate, base), arithmetic, message)


def _severity(plan: CityPlan, pair: _Pair, base: Level) -> Severity | None:
    """Return conflict where no rate that the text allows leads to a level that it allows, doubt where both are plain numbers.

    A floor of one and a number or floor of the other that lies on its open side hold together.
    """
    low, high = pair.level.bounds(plan.about)
    least, most = sorted(base.value * pair.grown(rate) for rate in pair.rate.bounds(plan.about))
    if least > high * (1.0 + _AGREE) or most < low * (1.0 - _AGREE):
        return "conflict"
    is_open = {pair.level.operator, pair.rate.operator} & {">", ">=", "<="}
    return None if is_open else "doubt"


def _other_prices(plan: CityPlan, pair: _Pair, base: Level) -> Iterator[Finding]:
    level, rate, years = pair.level, pair.rate, pair.rate.span
    nominal = pair.needed(base)
    deflator = (1.0 + nominal) / pair.factor ** (1.0 / years) - 1.0
    seen = windows(deflators(plan, level.measure.key, level.region, plan.known_at(level)), years)
    severity, remark = _beside_history(deflator, seen, base.year)
    is_high = deflator > (sum(seen.values()) / len(seen) if seen else 0.0)
    # A floor of the level may be passed: no deflator is too low for it. A floor of the rate may be passed too: a doubt then.
    if severity is None or (not is_high and level.bounds(0.0)[1] == inf):
        return
    if is_high and rate.bounds(0.0)[1] == inf:
        severity = "doubt"
    start, said, asked = of_measure(base.value, level.measure), as_printed(level), as_printed(rate)
    constant, origin = of_measure(base.value * pair.factor, level.measure), in_brackets(base.origin)
    rates = percent(nominal), percent(deflator)
    message = plan.subject(level) + Text(
        f"：由 {base.year} 年的 {start.zh}{origin.zh}到 {level.last} 年的 {said.zh}，名义年均须增长 {rates[0]}；"
        f"又写年均增长 {asked.zh}，若为实际增速，按 {base.year} 年价格只到 {constant.zh}，"
        f"等于要求平减指数年均 {rates[1]}{remark.zh}。",
        f": from {start.en}{origin.en} in {base.year} to {said.en} in {level.last} takes {rates[0]} a year at current prices; "
        f"growth of {asked.en} beside it, if real, leads to {constant.en} at prices of {base.year} and implies a deflator of "
        f"{rates[1]} a year{remark.en}.",
    )
    ratio = f"{number(level.value)} / {number(base.value)}"
    arithmetic = f"({ratio})^(1/{years}) / (1+{percent(rate.value)}) − 1 = {rates[1]}"
    yield finding(severity, (level, rate, base), arithmetic, message)


def _beside_history(deflator: float, seen: dict[int, float], base_year: int) -> tuple[Severity | None, Text]:
    """Return whether history has seen such a deflator over as many years, and lately."""
    if not seen:
        unusual = abs(deflator) > _USUAL_PRICES
        return ("doubt" if unusual else None), Text("，没有历史可比", ", with no history to compare")
    low, high = min(seen.values()), max(seen.values())
    if not low <= deflator <= high:
        band = _band(low, high)
        return "conflict", Text(f"，历史上同样年数的平均为 {band.zh}", f"; over as many years history has seen {band.en}")
    lately = [value for year, value in seen.items() if year > base_year - RECENT]
    if lately and not min(lately) <= deflator <= max(lately):
        band = _band(min(lately), max(lately))
        return "doubt", Text(f"，近十年同样年数的平均为 {band.zh}", f"; over as many of the last ten years it was {band.en}")
    return None, Text("", "")


def _band(low: float, high: float) -> Text:
    return Text(f"{percent(low)} 至 {percent(high)}", f"{percent(low)} to {percent(high)}")
