"""Small plans made in memory: measures, numbers and history, for tests of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.base.text import Text
from sim.inputs.bindings import Bindings, MeasureEntry, Measures
from sim.inputs.history import Break, Datum, History
from sim.inputs.printed import PlanDocument, Printed
from sim.inputs.targets import Catalogue, Fact, PlanTarget
from sim.plan.claims import CityPlan, Regions, claims_of
from sim.plan.findings import Finding
from sim.plan.lint import lint

PLACES = Regions(
    own=("city",),
    names={name: Text(name, name) for name in ("city", "east", "west", "park", "east_with_park")},
    groups={"east_with_park": ("east", "park")},
)
YEARS = {"plan": 2021, "later": 2022}
STOCK = {"kind": "stock", "unit": "家", "price": "none", "growth_price": "none"}
SHARE = {"kind": "ratio", "unit": "%", "price": "none", "growth_price": "none"}
LESS = {**SHARE, "better": "less"}
FIRMS, PERCENT = {"unit": "家"}, {"unit": "%"}


def target(key: str, value: float, kind: str = "level_at_year", **more: Any) -> PlanTarget:
    """A target of 2025 of the city, in 亿元, unless said otherwise."""
    return PlanTarget(**_fields(key, value, kind, {"year": 2025, **more}))


def rate(key: str, value: float, **more: object) -> PlanTarget:
    return target(key, value, "growth_rate_each_year", unit="%", start_year=2021, **more)


def fact(key: str, value: float, kind: str = "level", **more: Any) -> Fact:
    """A fact of 2020 of the city, in 亿元, unless said otherwise."""
    return Fact(**_fields(key, value, kind, {"year": 2020, **more}))


def _fields(key: str, value: float, kind: str, more: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"region": "city", "document": "plan", "operator": "=", "unit": "亿元", "start_year": None}
    words = {"name": Text(key, key), "section": "", "quote": f"the sentence of {key}", "notes": ""}
    return {"id": key, "value": value, "kind": kind, **usual, **words, **more}


def measure(*claims: str, **more: Any) -> dict[str, Any]:
    """A flow of money at current prices, unless said otherwise."""
    usual = {"name": {"zh": "甲", "en": "a"}, "unit": "亿元", "kind": "flow", "price": "nominal", "growth_price": "nominal"}
    return {**usual, "claims": list(claims), **more}


def data(indicator: str, values: Mapping[int, float], unit: str = "亿元") -> list[Datum]:
    """Published values of the city, known in the year after."""
    return [Datum("city", year, indicator, value, unit, "s", year + 1, "") for year, value in values.items()]


def plan(
    measures: Mapping[str, Mapping[str, Any]],
    printed: Iterable[Printed],
    history: Iterable[Datum] = (),
    *,
    breaks: Iterable[Break] = (),
    as_of: int | None = None,
) -> CityPlan:
    """A plan of these measures and numbers."""
    items = list(printed)
    catalogue = Catalogue(
        targets={item.id: item for item in items if isinstance(item, PlanTarget)},
        facts={item.id: item for item in items if isinstance(item, Fact)},
        by_kind=Bindings(),
        measures=Measures({name: MeasureEntry.model_validate(entry) for name, entry in measures.items()}),
        documents={name: PlanDocument(Path(name), Text(name, name), year, "", "", "") for name, year in YEARS.items()},
        file=Path("bindings.yaml"),
    )
    known = History(tuple(history), {"s": 1}, tuple(breaks))
    return CityPlan(claims_of(catalogue, PLACES), catalogue.measures, known, PLACES, YEARS, 0.03, as_of)


def found(made: CityPlan) -> list[tuple[str, str]]:
    """Rule and severity of every finding."""
    return [(item.rule, item.severity) for item in lint(made)]


def only(made: CityPlan, rule: str) -> Finding:
    """The one finding of a rule."""
    (finding,) = [item for item in lint(made) if item.rule == rule]
    return finding
