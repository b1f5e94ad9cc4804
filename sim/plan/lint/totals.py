"""What is known of whole years together: amounts as facts print them, and wholes that follow from an amount and its share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.base.units import conversion
from sim.plan.lint.claims import Claim
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import percent, plain


@dataclass(frozen=True)
class Total:
    """The amount of some years together, or the level of one; `arithmetic` where it was worked out."""

    years: range
    value: float
    operator: str
    claims: tuple[Claim, ...]
    arithmetic: str = ""
    is_part: bool = False


def totals(plan: Plan, measure: str, region: str, as_of: int) -> list[Total]:
    """Totals of a measure in a region: printed ones first."""
    return [*printed_totals(plan, measure, region, as_of), *implied_totals(plan, measure, region, as_of)]


def printed_totals(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Total]:
    """Sums of years, and levels of a single one, as facts print them."""
    for fact in plan.facts_known(plan.at(measure, region, "sum", "level"), as_of):
        if not fact.each_year and (fact.aspect == "sum" or len(fact.years) == 1):
            yield Total(fact.years, fact.value, fact.printed.operator, (fact,), "", fact.part)


def implied_totals(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Total]:
    """Amounts over their shares: whole = amount / share, where the share is printed for just the years of the amount."""
    for name, entry in plan.measures.by_name.items():
        if entry.quotient is None or entry.quotient.per != measure:
            continue
        shares = [share for share in plan.facts_known(plan.at(name, region, "level"), as_of) if share.value > 0.0]
        for amount in printed_totals(plan, entry.quotient.of, region, as_of):
            for share in (item for item in shares if item.years == amount.years and not (item.part or amount.is_part)):
                operator = ratio_operator(amount.operator, share.printed.operator)
                if operator is not None:
                    value = quotient_scale(plan, name) * amount.value / share.value
                    by = percent(share.value / 100.0) if entry.unit == "%" else plain(share.value)
                    yield Total(amount.years, value, operator, (*amount.claims, share), f"{plain(amount.value)} ÷ {by}")


def ratio_operator(over: str, under: str) -> str | None:
    """The bound that two bounds make of their ratio; None where they pull apart."""
    exact, low, high = ("=", "~"), (">", ">="), ("<=",)
    if over in exact and under in exact:
        return "=" if over == under == "=" else "~"
    if over in (*exact, *low) and under in (*exact, *high):
        return ">="
    return "<=" if over in (*exact, *high) and under in (*exact, *low) else None


def quotient_scale(plan: Plan, measure: str) -> float:
    """What turns a quotient of two levels into the unit of the measure."""
    entry = plan.measures.by_name[measure]
    if entry.quotient is None:
        raise AssertionError(f"{measure} is no quotient")
    of, per = (plan.measures.by_name[name].unit for name in (entry.quotient.of, entry.quotient.per))
    if of == per:
        return conversion("ratio", entry.unit)
    return conversion(f"{of}/{per}", entry.unit)
