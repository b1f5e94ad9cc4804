"""Consistent plans of any size give no finding; one number changed in one place is found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.printed import Printed
from sim.plan.claims import CityPlan
from sim.plan.lint import lint
from tests.plan.lint.plans import data, fact, measure, plan, target

FIRMS = {"unit": "家"}
RATE = {"unit": "%", "start_year": 2021}
STOCK = {"kind": "stock", "unit": "家", "price": "none", "growth_price": "none"}


@dataclass(frozen=True)
class City:
    """The true numbers of a city and a district: GDP and its growth, residents, firms and what is added to them a year."""

    gdp: float
    past: float
    growth: float
    residents: float
    fall: float
    firms: int
    added: int
    district: float

    @property
    def gdp_2025(self) -> float:
        return self.gdp * (1.0 + self.growth) ** 5

    @property
    def residents_2025(self) -> float:
        return self.residents * (1.0 - self.fall) ** 5

    @property
    def per_head_2025(self) -> float:
        return 1e4 * self.gdp_2025 / self.residents_2025


def worlds() -> st.SearchStrategy[City]:
    """Cities whose plan asks for no more than the past has shown."""
    return st.builds(
        City,
        gdp=st.floats(100.0, 1e4),
        past=st.floats(0.06, 0.12),
        growth=st.floats(0.03, 0.055),
        residents=st.floats(50.0, 1500.0),
        fall=st.floats(0.001, 0.004),
        firms=st.integers(100, 5000),
        added=st.integers(5, 50),
        district=st.floats(0.05, 0.3),
    )


def numbers_of(world: City) -> dict[str, Printed]:
    """What the plan of such a city prints, every number true."""
    share = world.district
    items = [
        target("level", world.gdp_2025),
        target("rate", 100.0 * world.growth, "growth_rate_each_year", **RATE),
        target("per_head", world.per_head_2025, unit="万元/万人"),
        target("heads", world.residents_2025, unit="万人"),
        fact("heads_2020", world.residents, unit="万人"),
        fact("sum", _sum(world), "cumulative", start_year=2016),
        fact("past", 100.0 * world.past, "growth", unit="%", start_year=2016),
        fact("firms_2020", float(world.firms), **FIRMS),
        fact("added_before", 5.0 * world.added, "cumulative", start_year=2016, **FIRMS),
        target("added", float(world.added), "annual_flow_each_year", start_year=2021, **FIRMS),
        target("firms", float(world.firms + 5 * world.added), **FIRMS),
        fact("district_2020", share * world.firms, region="east", **FIRMS),
        target("district", share * (world.firms + 5 * world.added), region="east", **FIRMS),
        target("output", 0.9 * world.gdp_2025, year=2024),
    ]
    return {item.id: item for item in items}


def _sum(world: City) -> float:
    """GDP of 2016 to 2020, which ends at the base."""
    return float(sum(world.gdp / (1.0 + world.past) ** back for back in range(5)))


def plan_of(world: City, **changed: float) -> CityPlan:
    """The plan with some numbers changed: by what each is multiplied."""
    measures = {
        "gdp": measure("level", "rate", "sum", "past"),
        "people": measure("heads", "heads_2020", kind="stock", unit="万人", price="none", better="less"),
        "per_head": measure("per_head", kind="ratio", unit="万元/万人", quotient={"of": "gdp", "per": "people"}),
        "firms": measure("firms_2020", "added_before", "added", "firms", "district_2020", "district", **STOCK),
        "goods": measure("output"),
    }
    numbers = numbers_of(world)
    items = [replace(item, value=item.value * changed.get(key, 1.0)) for key, item in numbers.items()]
    return plan(measures, items, data("unrelated", {2019: 1.0}))


@given(worlds())
def test_consistent_plans_give_no_finding(world: City) -> None:
    assert lint(plan_of(world)) == []


@given(worlds(), st.sampled_from(["level", "rate", "per_head", "heads", "firms", "added"]), st.floats(1.3, 3.0))
def test_one_changed_number_is_found(world: City, key: str, by: float) -> None:
    findings = lint(plan_of(world, **{key: by}))
    assert findings
    assert all(item.arithmetic and item.message.zh and item.message.en and item.quotes for item in findings)
    assert any(key in (*item.targets, *item.facts) for item in findings)


@given(worlds(), st.floats(0.3, 0.8))
def test_a_target_below_its_base_is_found(world: City, by: float) -> None:
    below = by * world.firms / (world.firms + 5 * world.added)
    rules = [item.rule for item in lint(plan_of(world, firms=below)) if item.targets[:1] == ("firms",)]
    assert "already_met" in rules


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_finding(world: City, random: object) -> None:
    made = plan_of(world, level=1.5)
    shuffled = list(made.claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = lint(replace(made, claims=tuple(shuffled)))
    assert {item.arithmetic for item in again} == {item.arithmetic for item in lint(made)}
