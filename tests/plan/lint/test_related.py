"""Plans of any size whose tied numbers are true give no finding; one that breaks a tie is found by the rule of the tie."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.printed import Printed
from sim.plan.claims import CityPlan
from sim.plan.lint import lint
from tests.plan.lint.plans import FIRMS, PERCENT, SHARE, STOCK, fact, measure, plan, rate, target

_AREA = {"kind": "stock", "unit": "km2", "price": "none"}
MEASURES = {
    "built": measure("built", **_AREA, within="planned"),
    "planned": measure(**_AREA, parts=["north", "south"]),
    "north": measure("north", **_AREA),
    "south": measure("south", **_AREA),
    "treated": measure("treated", **SHARE, coverage="reached"),
    "reached": measure("reached", **SHARE),
    "spending": measure("spending"),
    "people": measure("people", within="spending"),
    "share": measure("share", **SHARE, quotient={"of": "people", "per": "spending"}),
    "revenue": measure("revenue", no_more_than="spending"),
    "entities": measure("entities", "entities_2020", **STOCK),
    "enterprises": measure("enterprises", "enterprises_2020", **STOCK, within="entities"),
    "output": measure("output", "output_2020"),
}


@dataclass(frozen=True)
class Ties:
    """The true numbers: areas of two parks and what is built, reach and use, spending and what it holds, firms, output."""

    north: float
    south: float
    built: float
    reached: float
    used: float
    spending: float
    part: float
    revenue: float
    entities: float
    enterprises: float
    growth: float
    rise: float


SOUND = st.builds(
    Ties,
    north=st.floats(1.0, 50.0),
    south=st.floats(1.0, 50.0),
    built=st.floats(0.1, 1.0),
    reached=st.floats(50.0, 100.0),
    used=st.floats(0.55, 1.0),
    spending=st.floats(10.0, 1e4),
    part=st.floats(0.1, 0.9),
    revenue=st.floats(0.1, 1.0),
    entities=st.floats(1e3, 1e5),
    enterprises=st.floats(0.05, 0.5),
    growth=st.floats(3.0, 10.0),
    rise=st.floats(1.01, 1.9),
)


def plan_of(world: Ties, **changed: float) -> CityPlan:
    """The plan that prints them, some multiplied."""
    more = (1.0 + world.growth / 100.0) ** 5
    region = {"unit": "km2", "region": "park"}
    items: list[Printed] = [
        target("north", world.north, **region),
        target("south", world.south, **region),
        target("built", world.built * (world.north + world.south), **region),
        target("reached", world.reached, **PERCENT),
        target("treated", world.used * world.reached, **PERCENT),
        fact("spending", world.spending, "cumulative", start_year=2016),
        fact("people", world.part * world.spending, "cumulative", start_year=2016),
        fact("share", 100.0 * world.part, "share", start_year=2016, **PERCENT),
        fact("revenue", world.revenue * world.spending, "cumulative", start_year=2016),
        fact("entities_2020", world.entities, **FIRMS),
        target("entities", more * world.entities, **FIRMS),
        fact("enterprises_2020", world.enterprises * world.entities, **FIRMS),
        rate("enterprises", world.growth),
        fact("output_2020", world.spending),
        target("output", world.rise * world.spending),
    ]
    return plan(MEASURES, [replace(item, value=item.value * changed.get(item.id, 1.0)) for item in items])


@given(SOUND)
def test_ties_that_hold_give_no_finding(world: Ties) -> None:
    assert lint(plan_of(world)) == []


BROKEN = [("built", 12.0, "within_parts"), ("reached", 0.3, "coverage_and_rate"), ("share", 0.5, "implied_whole")]
BROKEN += [("treated", 0.4, "coverage_and_rate"), ("revenue", 12.0, "implied_whole"), ("output", 2.1, "steep_rise")]
BROKEN += [("enterprises_2020", 30.0, "part_outgrows")]


@given(SOUND, st.sampled_from(BROKEN))
def test_a_broken_tie_is_found(world: Ties, broken: tuple[str, float, str]) -> None:
    key, by, rule = broken
    more = {"enterprises": 1.5} if rule == "part_outgrows" else {}
    found = [item for item in lint(plan_of(world, **{key: by}, **more)) if item.rule == rule]
    assert any(key in (*item.targets, *item.facts) for item in found)
