"""A later change of a shipped scenario leaves the years before it alone, by whatever way it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.cli.cases import open_scenarios
from sim.cli.check import check
from sim.cli.console import Speaker
from sim.inputs.home import Home
from sim.inputs.scenario import find_scenario
from sim.inputs.scenario_file import scenario_schema
from sim.inputs.year_path import YearPath
from sim.simulate import opening, pipeline

LAST = 2027
PUSH = "levers:\n  hightech_push: {2028: 1.5}\n"
DEMAND = "assumptions:\n  external_demand_lead: {2030: 1 %}\n"


def opened(
    home: Home, folder: Path, extends: str, text: str = "", use: tuple[str, ...] = (), settings: Mapping[str, Any] = {}
) -> opening.Case:
    file = folder / "later.yaml"
    file.write_text(f"name: {{zh: 后来, en: later}}\nextends: {extends}\n{text}", encoding="utf-8")
    return opening.open_cases(home, [file], None, use, tuple(settings.items()))[0]


def at(path: YearPath, *years: int) -> list[float]:
    return [float(path.at(year).ravel()[0]) for year in years]


@pytest.mark.parametrize(
    ("text", "use", "settings"),
    [
        (PUSH, (), {}),
        ("overrides:\n  more:\n    " + PUSH.replace("\n  ", "\n      "), ("more",), {}),
        ("", (), {"hightech_push": "{2028: 1.5}"}),
        ("", (), {"hightech_push": {2028: 1.5}}),
    ],
    ids=["file", "layer", "set", "settings of a notebook"],
)
def test_a_lever_is_as_inherited_until_its_first_year(
    home: Home, tmp_path: Path, text: str, use: tuple[str, ...], settings: Mapping[str, Any]
) -> None:
    path = opened(home, tmp_path, "plan_2025", text, use, settings).bound.values["hightech_push"]
    assert at(path, 2021, 2022, 2027, 2028, 2035) == [1.0, 1.3, 1.3, 1.5, 1.5]


def test_a_run_is_the_plan_until_the_first_year_that_a_change_names(home: Home, tmp_path: Path) -> None:
    plan = pipeline.run(opened(home, tmp_path, "plan_2025")).results
    later = pipeline.run(opened(home, tmp_path, "plan_2025", PUSH)).results
    for name, array in plan.data_vars.items():
        if "year" in array.dims:
            assert np.array_equal(array.sel(year=slice(None, LAST)).values, later[name].sel(year=slice(None, LAST)).values), (
                name
            )
    assert float(later["hightech_firms"].sel(year=2030).sum()) > float(plan["hightech_firms"].sel(year=2030).sum())


def test_an_assumption_keeps_the_shock_of_the_file_that_it_extends(home: Home, tmp_path: Path) -> None:
    path = opened(home, tmp_path, "demand_shock", DEMAND).bound.values["external_demand_lead"]
    assert at(path, 2022, 2023, 2024, 2029, 2030) == [0.0, -0.14, -0.02, -0.02, 0.01]


def test_one_member_of_a_lever_by_the_command_line(home: Home, tmp_path: Path) -> None:
    plan = opened(home, tmp_path, "plan_2025").bound.values["district_nurture"]
    found = opened(home, tmp_path, "plan_2025", settings={"district_nurture.yanfeng": "{2026: 2}"}).bound.values[
        "district_nurture"
    ]
    assert all(np.array_equal(found.at(year), plan.at(year)) for year in range(2020, 2026))
    changed = found.at(2026) != plan.at(2026)
    assert found.at(2026)[changed].tolist() == [2.0]


def test_a_whole_path_is_replaced_in_the_years_of_the_run_only(home: Home, tmp_path: Path) -> None:
    text = "levers:\n  hightech_push: {value: {2028: 1.5, replace: true}, note: from the start}\n"
    path = opened(home, tmp_path, "plan_2025", text).bound.values["hightech_push"]
    assert at(path, 2020, 2021, 2027, 2028) == [1.0, 1.5, 1.5, 1.5]
    text = "assumptions:\n  external_demand_lead: {2030: 1 %, replace: true}\n"
    path = opened(home, tmp_path, "demand_shock", text).bound.values["external_demand_lead"]
    assert at(path, 2020, 2023, 2030) == [0.01, 0.01, 0.01]


def test_check_shows_the_inherited_path_beside_the_new_one(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(home, tmp_path, "plan_2025", PUSH)
    file = (str(tmp_path / "later.yaml"),)
    check(partial(open_scenarios, file, home=home.folder), speaker=Speaker("en", as_json=True))
    changes = json.loads(capsys.readouterr().out)[0]["changes"]
    (found,) = (item for item in changes if item["name"] == "hightech_push" and item["layer"] == "later")
    assert found["by_year"] == [
        {"years": "2020–2021", "before": "1", "after": "1"},
        {"years": "2022–2027", "before": "1.3", "after": "1.3"},
        {"years": "2028–2035", "before": "1.3", "after": "1.5"},
    ]
    check(partial(open_scenarios, file, home=home.folder), speaker=Speaker("en"))
    lines = capsys.readouterr().out.splitlines()
    assert any("2028–2035" in line and "1.3 → 1.5" in line for line in lines)
    assert any("2022–2027" in line and "(as before)" in line for line in lines)


def test_no_shipped_scenario_changes_years_before_the_first_that_it_names(home: Home) -> None:
    for file in sorted(home.scenarios.glob("*.yaml")):
        (case,) = opening.open_cases(home, [file], None, (), ())
        for item in case.bound.resolved:
            assert item.before is not None
            first = min(item.after.years)
            assert all(np.array_equal(item.before.at(year), item.after.at(year)) for year in range(2000, first))


def test_the_schema_knows_what_a_path_may_say(home: Home) -> None:
    world = opening.open_cases(home, [find_scenario("baseline", home.scenarios)], None, (), ())[0].city
    schema = scenario_schema(world.data.parameters, world.catalogue.targets, home.cities(), world.graph.quantities)
    path = schema["$defs"]["path"]
    assert path["properties"]["replace"]["type"] == "boolean"
    assert path["properties"]["shape"]["enum"] == ["step", "ramp", "hold"]


def test_a_notebook_says_the_same(home: Home) -> None:
    plan = sim.run("plan_2025", home=home.folder)
    later = sim.run("plan_2025", home=home.folder, settings={"hightech_push": {2028: 1.5}})
    assert plan["hightech_firms"].sel(year=slice(None, LAST)).equals(later["hightech_firms"].sel(year=slice(None, LAST)))
