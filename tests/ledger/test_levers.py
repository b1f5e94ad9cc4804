"""What levers on projects do for the economy: cancelling never raises GDP, a delay moves the effect by its time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from sim.city.city import City
from sim.inputs.home import Home
from sim.ledger.realise import Realised
from sim.plan.selection import Selection
from sim.simulate import opening, pipeline
from sim.simulate.opening import with_means

REALISATIONS = 40
Settings = tuple[tuple[str, str], ...]
PLENTY: Settings = (
    ("public_project_funds", "9000"),
    ("construction_capacity", "9000"),
    ("grid_connections", "200"),
    ("land_release", "200"),
)
"""So much of everything that no project waits for another: a cancelled one hands nothing on."""
ROUNDING = 0.01
"""Per cent of GDP. Where a kind overspends its budget, a cancelled project hands local money back to the other kinds."""


def _run(home: Home, settings: Settings, scenario: str = "plan_2025") -> pipeline.Outcome:
    """A run without targets, on fewer realisations than usual: much quicker."""
    case = opening.open_cases(home, [home.scenarios / f"{scenario}.yaml"], None, (), settings)[0]
    return pipeline.run(opening.with_projects(replace(case, selection=Selection((), ())), REALISATIONS))


def _gdp(outcome: pipeline.Outcome) -> xr.DataArray:
    return outcome.results["gdp_real"].sum("region")


@pytest.fixture(scope="module")
def plenty(home: Home) -> pipeline.Outcome:
    return _run(home, PLENTY)


@pytest.mark.slow
def test_cancelling_projects_never_raises_gdp(home: Home, world: City, plenty: pipeline.Outcome) -> None:
    spending = world.ledger.spending
    words = {f"class:{project.project_class}" for project in spending} | {f"kind:{item.kind}" for item in spending if item.kind}
    assert len(words) > 30
    for word in sorted(words):
        without = _gdp(_run(home, (*PLENTY, ("ledger.cancel", word))))
        change = 100.0 * (without / _gdp(plenty) - 1.0)
        assert float(change.max()) <= ROUNDING, word
        assert float(change.min()) < 0.0, word


@pytest.mark.slow
@pytest.mark.parametrize("word", ["class:factory", "class:expressway", "class:industrial_park", "p0_hub_energy"])
def test_bringing_projects_forward_raises_gdp_in_the_years_of_the_plan(home: Home, plenty: pipeline.Outcome, word: str) -> None:
    early = _gdp(_run(home, (*PLENTY, (f"ledger.accelerate.{word}", "1"))))
    gain = early - _gdp(plenty)  # what is put to use earlier also wears out earlier, so that later years may lose a little
    assert float(gain.sel(year=slice(2021, 2026)).sum()) > 0.0
    assert float((gain / _gdp(plenty)).min()) > -0.002


ADDED = "{{label: {{zh: 甲, en: A}}, funder: business, class: factory, region: rest, branch: trade, amount: 80, start: {}}}"


def _effect(home: Home, plain: pipeline.Outcome, start: int, delay: int) -> dict[str, np.ndarray]:
    text = (
        "name: {zh: 测试, en: Test}\nextends: plan_2025\nledger:\n"
        f"  add: {{new_works: {ADDED.format(start)}}}\n  delay: {{new_works: {delay}}}\n"
    )
    name = f"added_{start}_{delay}"
    (home.scenarios / f"{name}.yaml").write_text(text, encoding="utf-8")
    outcome = _run(home, PLENTY, name)
    names = ("capital", "gdp_real", "project_investment")
    return {name: _city(outcome.results[name]) - _city(plain.results[name]) for name in names}


def _city(values: xr.DataArray) -> np.ndarray:
    return np.asarray(values.sum([dim for dim in values.dims if dim != "year"]).to_numpy())


def test_a_delay_moves_spending_and_what_comes_of_it_by_that_time(copied: Home) -> None:
    plain = _run(copied, PLENTY)
    prompt, late = _effect(copied, plain, 2023, 0), _effect(copied, plain, 2023, 2)
    assert late["project_investment"][2:] == pytest.approx(prompt["project_investment"][:-2], rel=1e-6, abs=1e-9)
    for name in ("capital", "gdp_real"):
        before, after = prompt[name][5:-2], late[name][7:]
        assert np.abs(after / before - 1.0).max() < 0.15, name
        assert prompt[name][5:].min() > 0.0, name


def test_another_seed_gives_other_realisations_and_a_lever_moves_no_displaced_investment(home: Home) -> None:
    case = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())[0]
    tight = opening.open_cases(home, [home.scenarios / "debt_ceiling.yaml"], None, (), ())[0]
    first, second, third = (
        opening.with_projects(item, REALISATIONS).realised for item in (case, opening.seeded(case, 1), tight)
    )
    assert first is not None
    assert second is not None
    assert third is not None
    name = "ledger_business_spend"
    assert not np.array_equal(first.flows[name], second.flows[name])
    for name in ("ledger_public_printed", "ledger_public_begun", "ledger_business_begun", "ledger_business_unfinished"):
        assert np.array_equal(first.flows[name], third.flows[name]), name
    until_2025 = [item.flows["ledger_public_spend"][:6].sum() for item in (third, first)]
    assert until_2025[0] < until_2025[1]


def _one(outcome: pipeline.Outcome, number: int) -> Realised:
    realised = outcome.case.realised
    assert realised is not None
    return replace(realised, flows={name: flow[..., number : number + 1] for name, flow in realised.flows.items()})


def test_projects_never_take_more_than_all_formation_in_the_fullest_realisations(home: Home) -> None:
    outcome = _run(home, ())
    realised = outcome.case.realised
    assert realised is not None
    names = ("ledger_business_spend", "ledger_public_spend")
    spent = sum(realised.flows[name].sum(axis=(1, 2)) for name in names)
    for number in np.argsort(np.max(spent, axis=0))[-3:].tolist():
        single = _one(outcome, number)
        case = replace(outcome.case, realised=single, bound=with_means(outcome.case.bound, single))
        results = pipeline.run(case).results
        ordinary = results["business_investment"].sel(sector=["agriculture", "manufacturing", "construction", "services"])
        assert float(ordinary.min()) > 0.0  # power stations alone may be more than a sector would have built by itself
        named = results["project_investment"].sum("sector") + results["project_public_spend"].sum("kind")
        whole = _run(home, (), "baseline").results["capital_formation"]
        assert float((named / whole).sel(year=slice(2021, None)).max()) < 1.0
