"""A saved file, loaded or run again, is what the page showed: for every section that a scenario may have."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.base.errors import Faults, SimError
from sim.city.city import City
from sim.explore.levers import LeverView, levers_of
from sim.explore.saving import load_levers, scenario_text
from sim.explore.sliders import by_key
from sim.inputs.home import Home
from sim.ledger.edits import Edits, edits_of
from sim.simulate import opening, pipeline
from sim.simulate.pipeline import request_of

LATER = """
name: {zh: 外部文件, en: A file from elsewhere}
description: {zh: 说明, en: why}
extends: plan_2025
base_year: 2025
last_year: 2030
method: heun
steps_per_year: 2
levers:
  hightech_push: 1.5
  talent_spend: {value: {2026: 3, 2029: 4}, from: [hy_talent_inflow_annual], note: 假设}
given:
  gdp_nominal: {value: {2026: 5600, 2030: 8000, shape: ramp}, unit: 亿元/年}
sweep:
  over: {talent_spend: {uniform: [1, 3]}}
"""
LAYERED = """
name: {zh: 分层, en: Layers}
extends: plan_2025
targets: [hy_gdp_2025, hy_hightech_firms_2025]
levers:
  district_nurture: {2023: {yanfeng: 2}}
  science_budget: {2024: 5 %, 2028: 6 %, shape: ramp}
assumptions: {external_demand_lead: {2024: 3 %}}
behaviour: {capital_exponent: {manufacturing: 0.5}}
ledger: {delay: {p0_hub_transport: 2}, cancel: [p0_tr_nanheng]}
overrides:
  more: {levers: {district_nurture: {2026: {baishazhou_park: 3}}}, ledger: {delay: {p0_hub_transport: 1}}}
  unused: {levers: {cloud_push: 9000}}
use: [more]
"""
ALONE = "name: {zh: 独立, en: Alone}\ncity: hengyang\nlast_year: 2026\nassumptions: {employment_rate: 0.95}\n"


def loaded(text: str, home: Home, world: City) -> LeverView:
    return load_levers(text.encode(), "mine.yaml", home, world)


def run_of(text: str, home: Home, folder: Path) -> pipeline.Outcome:
    """As the command line runs a file, wherever it lies."""
    file = folder / "saved.yaml"
    file.write_text(text, encoding="utf-8")
    return pipeline.run(opening.open_cases(home, [file], None, (), ())[0])


@pytest.mark.parametrize("text", [LATER, LAYERED, ALONE], ids=["other years and method", "layers and projects", "of a city"])
@pytest.mark.parametrize("moves", [{}, {"talent_spend": 5.0, "rd_policy": 0.012}])
def test_a_saved_file_runs_to_the_numbers_of_the_page(
    text: str, moves: dict[str, float], home: Home, world: City, tmp_path: Path
) -> None:
    levers = loaded(text, home, world)
    since = levers.first_year + 1
    page, outcome = levers.answer(moves, since), run_of(scenario_text(levers, moves, since), home, tmp_path)
    assert [score.target.id for score in outcome.scores] == [score.target.id for score in page.scores]
    for name in levers.outputs:
        assert np.allclose(outcome.results[name].values, page.results[name].values, rtol=1e-12, atol=0.0), name
    assert outcome.results["year"].values.tolist() == page.results["year"].values.tolist()


def test_every_key_of_what_was_opened_is_saved(home: Home, world: City) -> None:
    levers = loaded(LATER, home, world)
    text = scenario_text(levers, {}, None)
    found = YAML(typ="safe").load(text)
    assert (found["base_year"], found["last_year"], found["method"], found["steps_per_year"]) == (2025, 2030, "heun", 2)
    assert found["sweep"] == {"over": {"talent_spend": {"uniform": [1, 3]}}}
    assert found["description"] == {"zh": "说明", "en": "why"}
    assert found["given"]["gdp_nominal"]["value"] == {2026: 5600.0, 2030: 8000.0, "shape": "ramp"}
    assert found["levers"]["talent_spend"]["note"] == "假设"
    assert found["levers"]["talent_spend"]["from"] == ["hy_talent_inflow_annual"]
    again = scenario_text(loaded(text, home, world), {}, None)
    assert YAML(typ="safe").load(again) | {"name": None} == found | {"name": None}


def test_layers_that_are_off_are_kept(home: Home, world: City) -> None:
    found = YAML(typ="safe").load(scenario_text(loaded(LAYERED, home, world), {}, None))
    assert found["overrides"]["unused"] == {"levers": {"cloud_push": 9000}}


def test_what_is_extended_may_switch_on_layers_of_its_own(copied: Home) -> None:
    (copied.scenarios / "first.yaml").write_text(
        "name: {zh: 甲, en: A}\nextends: plan_2025\nuse: [strong]\noverrides: {strong: {levers: {talent_spend: 7}}}\n",
        encoding="utf-8",
    )
    (case,) = opening.open_cases(copied, [copied.scenarios / "first.yaml"], None, (), ())
    levers = levers_of(case)
    again = loaded(scenario_text(levers, {"talent_spend": 3.0}), copied, case.city)
    assert again.case.bound.values["talent_spend"].at(2025) == 3.0


def test_a_constant_that_is_given_and_changes_later_keeps_its_first_years(home: Home, world: City) -> None:
    given = "given: {gdp_nominal: {value: 3001, unit: 亿元/年}}"
    layer = "given: {gdp_nominal: {value: {2021: 3000}, unit: 亿元/年}}"
    head = "name: {zh: 甲, en: A}\nextends: baseline"
    levers = loaded(f"{head}\n{given}\nuse: [more]\noverrides: {{more: {{{layer}}}}}\n", home, world)
    again = loaded(scenario_text(levers, {}), home, world)
    assert [again.case.bound.values["gdp_nominal"].at(year).item() for year in (2020, 2021, 2030)] == [3001, 3000, 3000]


def test_a_moved_ramp_stays_a_ramp_from_the_chosen_year_on(home: Home, world: City) -> None:
    levers = loaded("name: {zh: 甲, en: A}\nextends: plan_2025\n", home, world)
    slider = by_key(levers.groups)["science_budget"]
    assert slider.now == 0.04
    before = levers.case.bound.values["science_budget"]
    path = levers.moved({"science_budget": 0.06}, 2023).bound.values["science_budget"]
    assert all(np.array_equal(path.at(year), before.at(year)) for year in (2020, 2021, 2022))
    assert [path.at(year).item() for year in (2023, 2024, 2025, 2030)] == pytest.approx([0.048, 0.054, 0.06, 0.06])
    shifted = levers.moved({"export_policy": -0.02}).bound.values["export_policy"]
    assert [shifted.at(year).item() for year in (2020, 2021, 2025)] == [0.0, 0.0, -0.02]


def test_a_chosen_year_after_the_targets_moves_nothing_before(home: Home, world: City) -> None:
    levers = loaded("name: {zh: 甲, en: A}\nextends: plan_2025\n", home, world)
    now, still = levers.answer({"talent_spend": 9.0}, 2028), levers.still
    for name in levers.outputs:
        assert np.array_equal(now.results[name].sel(year=slice(None, 2027)), still.results[name].sel(year=slice(None, 2027)))
    assert not np.array_equal(now.results["hightech_firms"], still.results["hightech_firms"])


YEARS = st.integers(2021, 2030)
LEVERS = {"rd_policy": (0, 0.02), "talent_spend": (0, 9), "science_budget": (0, 0.08), "district_nurture": (0.5, 2)}
ASSUMED = {"external_demand_lead": (-0.05, 0.08), "employment_rate": (0.9, 0.96)}
BELIEVED = {"capital_exponent": (0.3, 0.6)}


def values_of(low: float, high: float, member: str | None) -> st.SearchStrategy[Any]:
    number = st.floats(low, high).map(lambda value: round(value, 6))
    value = number if member is None else st.one_of(number, number.map(lambda item: {member: item}))
    points = st.dictionaries(YEARS, value, min_size=1, max_size=3)
    shapes, whole = st.sampled_from(["step", "ramp", "hold"]), st.booleans()
    paths = st.builds(lambda path, shape, all_of: {**path, "shape": shape, "replace": all_of}, points, shapes, whole)
    return st.one_of(value, paths, paths.map(lambda path: {"value": path, "note": "假设: 100 %"}))


def section_of(ranges: dict[str, tuple[float, float]]) -> st.SearchStrategy[dict[str, Any]]:
    members = {"district_nurture": "yanfeng", "capital_exponent": "manufacturing"}
    return st.fixed_dictionaries(
        {}, optional={name: values_of(low, high, members.get(name)) for name, (low, high) in ranges.items()}
    )


GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "gdp_nominal": values_of(3000, 9000, None)
        .filter(lambda raw: not (isinstance(raw, dict) and "value" in raw))
        .map(lambda raw: {"value": raw, "unit": "亿元 per year"})
    },
)
PROJECTS = st.fixed_dictionaries(
    {},
    optional={
        "use": st.sampled_from([["all"], ["p0_hub_transport"]]),
        "delay": st.dictionaries(st.sampled_from(["p0_hub_transport", "class:factory"]), st.integers(0, 3), min_size=1),
        "cancel": st.just(["p0_tr_nanheng"]),
        "priority": st.just({"kind:transport": 0}),
    },
)
LAYERS = st.fixed_dictionaries({"levers": section_of(LEVERS), "assumptions": section_of(ASSUMED), "given": GIVEN})
FRAMES = st.fixed_dictionaries(
    {},
    optional={
        "last_year": st.integers(2030, 2035),
        "method": st.sampled_from(["euler", "heun", "rk4"]),
        "steps_per_year": st.integers(1, 12),
        "targets": st.sampled_from([["hy_gdp_2025"], ["hengyang/2025"], []]),
        "description": st.just({"zh": "说明", "en": "why"}),
        "base_year": st.just(2020),
    },
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario with any of its sections."""
    start = draw(st.sampled_from(["baseline", "plan_2025", "demand_shock", "district_plan", "whole_plan", ""]))
    ledger = draw(PROJECTS)
    has_projects = start not in ("", "baseline") or "use" in ledger
    return {
        "name": {"zh": "甲", "en": "A"},
        **({"extends": start} if start else {"city": "hengyang"}),
        **draw(FRAMES),
        **draw(LAYERS),
        "behaviour": draw(section_of(BELIEVED)),
        **({"ledger": ledger} if has_projects else {}),
        "overrides": {"more": draw(LAYERS), "other": draw(LAYERS)},
        "use": draw(st.sampled_from([[], ["more"], ["other", "more"]])),
        "sweep": draw(st.sampled_from([{}, {"over": {"talent_spend": [1, 2]}, "draws": 10}])),
    }


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(scenarios(), st.dictionaries(st.sampled_from(["rd_policy", "talent_spend"]), st.floats(0.001, 0.019)), YEARS)
def test_loading_what_was_saved_gives_the_same_scenario(
    home: Home, world: City, document: dict[str, Any], moves: dict[str, float], since: int
) -> None:
    levers = loaded(in_yaml(document), home, world)
    shown = levers.moved(moves, since)
    again = loaded(scenario_text(levers, moves, since), home, world).case
    years = range(2020, 2036)
    for name, path in shown.bound.values.items():
        assert all(np.array_equal(path.at(y), again.bound.values[name].at(y), equal_nan=True) for y in years), name
    assert request_of(again, (), 4).later == request_of(shown, (), 4).later
    assert again.bound.given == shown.bound.given
    assert {item.name for item in again.bound.resolved} == {item.name for item in shown.bound.resolved}
    assert again.last_year == shown.last_year
    assert (again.scenario.method, again.scenario.steps_per_year) == (shown.scenario.method, shown.scenario.steps_per_year)
    assert again.selection.targets == shown.selection.targets
    assert again.scenario.description == shown.scenario.description
    ours, theirs = (item.scenario.sweep for item in (again, shown))
    assert ours == theirs
    assert plain(again) == plain(shown)


def plain(case: opening.Case) -> tuple[Any, ...]:
    """What is done with projects, without where it is written."""
    faults = Faults()
    edits: Edits = edits_of(case.scenario.ledger, case.city.ledger, faults)
    assert not faults.found
    shifts = {(order.key, order.word): (order.projects, order.size) for order in edits.of("delay", "accelerate", "priority")}
    return edits.use, edits.cancelled, shifts, edits.added


def in_yaml(document: dict[str, Any]) -> str:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(document, stream)
    return stream.getvalue()


def test_a_file_of_another_city_is_still_refused(home: Home, world: City) -> None:
    with pytest.raises(SimError, match="another city"):
        loaded("name: {zh: a, en: a}\ncity: changsha\n", home, world)
