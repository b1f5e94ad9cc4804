"""Gross output and revenue beside GDP: they count what was bought from others, so they are never a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text, joined
from sim.plan.lint.aims import aims_in
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import last_of, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain

RULE = "gross_output"
GDP = "gdp"
"""The measure that value added adds up to, by its name in measures.yaml."""


@dataclass(frozen=True)
class _Gdp:
    """GDP of a region in a year: the one that is wanted for the year of the outputs, else the latest that is known."""

    year: int
    value: float
    claims: tuple[Claim, ...]
    data: tuple[str, ...]


def check(plan: Plan) -> Iterator[Finding]:
    """All targets of gross output in a region and year together, beside the GDP of the region."""
    outputs = [target for target in plan.targets("level") if target.measure.entry.gross_output]
    for region, year in dict.fromkeys((target.region, target.last) for target in outputs):
        together = [target for target in outputs if (target.region, target.last) == (region, year)]
        gdp = _gdp(plan, together[0]) if GDP in plan.measures.by_name else None
        if gdp is not None:
            yield _finding(plan, together, gdp)


def _gdp(plan: Plan, target: Claim) -> _Gdp | None:
    wanted = aims_in(plan, GDP, target.region, target.last)
    if wanted:
        return _Gdp(target.last, wanted[0].value, wanted[0].claims, wanted[0].data)
    item = last_of(levels(plan, GDP, target.region, plan.known_at(target)), target.last)
    return None if item is None else _Gdp(item.year, item.value, item.claims, item.data)


def _finding(plan: Plan, outputs: Sequence[Claim], gdp: _Gdp) -> Finding:
    same_year = gdp.year == outputs[0].last
    severity: Severity = "doubt" if same_year and any(target.value > gdp.value for target in outputs) else "note"
    each = [(target.measure.name, as_printed(target), plain(target.value / gdp.value)) for target in outputs]
    listed = joined(
        [Text(f"{name.zh} {said.zh}（{times} 倍）", f"{name.en} of {said.en} ({times} times)") for name, said, times in each],
        Text("、", ", "),
    )
    place, total = plan.regions.name(outputs[0].region), of_measure(gdp.value, plan.measure(GDP))
    message = place + Text(
        f" {outputs[0].last} 年{listed.zh}，与 {gdp.year} 年地区生产总值 {total.zh} 并列时须注意：产值和收入含外购部分，"
        "不是增加值，不能与地区生产总值相加，也不能当作它的一部分。",
        f": {listed.en} in {outputs[0].last} stand beside GDP of {total.en} in {gdp.year}; output and revenue count what was "
        "bought from others, they are no value added and no part of GDP.",
    )
    ratios = "; ".join(f"{plain(target.value)} / {plain(gdp.value)} = {plain(target.value / gdp.value)}" for target in outputs)
    return finding(RULE, severity, (*outputs, *gdp.claims), gdp.data, ratios, message)
