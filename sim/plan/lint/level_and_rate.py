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
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.history import RECENT, deflators, windows
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, percent, plain

RULE = "level_and_rate"
_AGREE = 0.01
"""How far the level may lie from the grown base: rounding of the three numbers."""
_USUAL_PRICES = 0.03
"""A yearly price change that is believed where no history tells better."""


def check(plan: Plan) -> Iterator[Finding]:
    """Every level with every rate that ends in its year."""
    for level in (claim for claim in plan.claims if claim.aspect == "level" and not claim.part):
        for rate in plan.at(level.measure.key, level.region, "growth", "cut"):
            if rate.last == level.last and rate.is_target == level.is_target:
                yield from _check_pair(plan, _Pair(level, rate))


@dataclass(frozen=True)
class _Pair:
    """A level and a rate of the same measure and region that end in the same year."""

    level: Claim
    rate: Claim

    @property
    def is_cut(self) -> bool:
        return self.rate.aspect == "cut"

    @property
    def factor(self) -> float:
        """What the base becomes at the rate."""
        return 1.0 - self.rate.value if self.is_cut else (1.0 + self.rate.value) ** self.rate.span

    def grown(self, rate: float) -> float:
        """What the base becomes at another rate; infinite at an infinite one."""
        if not isfinite(rate):
            return inf if (rate > 0.0) != self.is_cut else 0.0
        return max(1.0 - rate, 0.0) if self.is_cut else float((1.0 + rate) ** self.rate.span)

    @property
    def formula(self) -> str:
        rate = percent(self.rate.value)
        return f"(1−{rate})" if self.is_cut else f"(1+{rate})^{self.rate.span}"

    @property
    def rate_in_words(self) -> Text:
        said = as_printed(self.rate)
        if self.is_cut:
            return Text(f"累计下降 {said.zh}", f"a cut of {said.en}")
        return Text(f"年均增长 {said.zh}", f"growth of {said.en} a year")

    def needed(self, base: Level) -> float:
        """The yearly rate that leads from the base to the level."""
        return float((self.level.value / base.value) ** (1.0 / self.rate.span) - 1.0)


def _check_pair(plan: Plan, pair: _Pair) -> Iterator[Finding]:
    level, entry = pair.level, pair.level.measure.entry
    base = levels(plan, level.measure.key, level.region, plan.known_at(level)).get(pair.rate.base)
    if base is None:
        if level.is_target:
            yield _implied_base(plan, pair)
    elif base.is_exact and base.value > 0.0:
        in_other_prices = entry.price == "nominal" and entry.growth_price == "real"
        yield from _other_prices(plan, pair, base) if in_other_prices else _same_prices(plan, pair, base)


def _implied_base(plan: Plan, pair: _Pair) -> Finding:
    level, rate = pair.level, pair.rate_in_words
    base = level.value / pair.factor
    value, said, year = of_measure(base, level.measure), as_printed(level), pair.rate.base
    message = plan.subject(level) + Text(
        f"：{level.last} 年 {said.zh}与{rate.zh}要同时成立，{year} 年须为 {value.zh}，文件没有写出这一基数。",
        f": {said.en} in {level.last} and {rate.en} both hold only from {value.en} in {year}, which no document prints.",
    )
    arithmetic = f"{plain(level.value)} / {pair.formula} = {plain(base)}"
    return finding(RULE, "note", (level, pair.rate), (), arithmetic, message)


def _same_prices(plan: Plan, pair: _Pair, base: Level) -> Iterator[Finding]:
    level, rate = pair.level, pair.rate
    grown = base.value * pair.factor
    gap = abs(grown - level.value) / abs(level.value)
    if gap <= _AGREE:
        return
    severity = _severity(plan, pair, base)
    if severity is None:
        return
    start, end, said = of_measure(base.value, level.measure), of_measure(grown, level.measure), as_printed(level)
    asked, origin, needed = pair.rate_in_words, in_brackets(base.origin), percent(pair.needed(base))
    message = plan.subject(level) + Text(
        f"：{base.year} 年 {start.zh}{origin.zh}，按{asked.zh}，{level.last} 年为 {end.zh}，与 {said.zh}不符；"
        f"要达到后者，须年均变动 {needed}。",
        f": from {start.en}{origin.en} in {base.year}, {asked.en} gives {end.en} in {level.last}, not {said.en}, "
        f"which takes {needed} a year.",
    )
    arithmetic = f"{plain(base.value)} × {pair.formula} = {plain(grown)} ≠ {plain(level.value)}"
    yield finding(RULE, severity, (level, rate, *base.claims), base.data, arithmetic, message)


def _severity(plan: Plan, pair: _Pair, base: Level) -> Severity | None:
    """Conflict where no rate that the text allows leads to a level that it allows, doubt where both are plain numbers.

    A floor of one and a number or floor of the other that lies on its open side hold together.
    """
    low, high = pair.level.bounds(plan.about)
    least, most = (base.value * pair.grown(rate) for rate in pair.rate.bounds(plan.about))
    least, most = min(least, most), max(least, most)
    if least > high * (1.0 + _AGREE) or most < low * (1.0 - _AGREE):
        return "conflict"
    is_open = {pair.level.printed.operator, pair.rate.printed.operator} & {">", ">=", "<="}
    return None if is_open else "doubt"


def _other_prices(plan: Plan, pair: _Pair, base: Level) -> Iterator[Finding]:
    level, rate, years = pair.level, pair.rate, pair.rate.span
    nominal = pair.needed(base)
    deflator = (1.0 + nominal) / pair.factor ** (1.0 / years) - 1.0
    seen = windows(deflators(plan, level.measure.key, level.region, plan.known_at(level)), years)
    severity, remark = _judged(deflator, seen, base.year)
    severity = _within_the_text(severity, pair, is_high=deflator > _usual(seen))
    if severity is None:
        return
    start, said, asked, origin = (
        of_measure(base.value, level.measure),
        as_printed(level),
        as_printed(rate),
        in_brackets(base.origin),
    )
    constant, rates = of_measure(base.value * pair.factor, level.measure), (percent(nominal), percent(deflator))
    message = plan.subject(level) + Text(
        f"：由 {base.year} 年的 {start.zh}{origin.zh}到 {level.last} 年的 {said.zh}，名义年均须增长 {rates[0]}；"
        f"又写年均增长 {asked.zh}，若为实际增速，按 {base.year} 年价格只到 {constant.zh}，"
        f"等于要求平减指数年均 {rates[1]}{remark.zh}。",
        f": from {start.en}{origin.en} in {base.year} to {said.en} in {level.last} takes {rates[0]} a year at current prices; "
        f"growth of {asked.en} beside it, if real, leads to {constant.en} at prices of {base.year} and implies a deflator of "
        f"{rates[1]} a year{remark.en}.",
    )
    ratio = f"{plain(level.value)} / {plain(base.value)}"
    arithmetic = f"({ratio})^(1/{years}) / (1+{percent(rate.value)}) − 1 = {rates[1]}"
    yield finding(RULE, severity, (level, rate, *base.claims), base.data, arithmetic, message)


def _within_the_text(severity: Severity | None, pair: _Pair, *, is_high: bool) -> Severity | None:
    """A floor of the level may be passed: no deflator is too low for it. A floor of the rate may be passed: a doubt then."""
    if not is_high and pair.level.bounds(0.0)[1] == inf:
        return None
    return "doubt" if severity == "conflict" and is_high and pair.rate.bounds(0.0)[1] == inf else severity


def _usual(seen: dict[int, float]) -> float:
    return sum(seen.values()) / len(seen) if seen else 0.0


def _judged(deflator: float, seen: dict[int, float], base_year: int) -> tuple[Severity | None, Text]:
    """Whether history has seen such a deflator over as many years, and lately."""
    if not seen:
        unusual = abs(deflator) > _USUAL_PRICES
        return ("doubt" if unusual else None), Text("，没有历史可比", ", with no history to compare")
    low, high = min(seen.values()), max(seen.values())
    if not low <= deflator <= high:
        band = Text(f"{percent(low)} 至 {percent(high)}", f"{percent(low)} to {percent(high)}")
        return "conflict", Text(f"，历史上同样年数的平均为 {band.zh}", f"; over as many years history has seen {band.en}")
    lately = [value for year, value in seen.items() if year > base_year - RECENT]
    if lately and not min(lately) <= deflator <= max(lately):
        band = Text(f"{percent(min(lately))} 至 {percent(max(lately))}", f"{percent(min(lately))} to {percent(max(lately))}")
        return "doubt", Text(f"，近十年同样年数的平均为 {band.zh}", f"; over as many of the last ten years it was {band.en}")
    return None, Text("", "")
