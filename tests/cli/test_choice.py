"""Scenarios and cities that a call names or leaves out: defaults of the home folder, baselines, several cities at once."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import xarray as xr

from sim.base.errors import SimError
from sim.inputs.city import read_city_file
from sim.inputs.home import Home, default_city, default_scenarios
from sim.inputs.scenario import find_scenario, scenario_files
from sim.simulate import opening, pipeline
from tests.cli.calling import sim

ROOT = Path(__file__).resolve().parents[2]


def opened(home: Home, name: str, city: str | None = None) -> opening.Case:
    [case] = opening.open_cases(home, [find_scenario(name, home.scenarios, home.cities())], city, (), ())
    return case


def test_the_home_folder_says_what_a_call_leaves_out(copied: Home) -> None:
    assert default_city(copied) == "hengyang"
    assert default_scenarios(copied, None).run == ["baseline", "plan_2025"]
    assert default_scenarios(copied, "changsha").catalogue == "changsha"
    (copied.models / "defaults.yaml").write_text("city: loudi\n", encoding="utf-8")
    assert default_scenarios(copied, None).plan == "loudi"
    (copied.models / "defaults.yaml").write_text("city: loud\n", encoding="utf-8")
    with pytest.raises(SimError, match="did you mean 'loudi'"):
        default_city(copied)
    (copied.models / "defaults.yaml").unlink()
    with pytest.raises(SimError, match="no city is named"):
        default_scenarios(copied, None)


def test_every_city_has_a_baseline_of_its_own_that_both_ways_of_naming_it_reach(home: Home) -> None:
    for city in home.cities():
        case = opened(home, city)
        assert case.scenario.city == city
        assert case.scenario.name.en.endswith(": baseline")
    named, asked = opened(home, "changsha"), opened(home, default_scenarios(home, "changsha").plan, "changsha")
    assert pipeline.run(named).provenance.digest == pipeline.run(asked).provenance.digest
    with pytest.raises(SimError, match="the baseline of another city"):
        opened(home, "changsha", "loudi")


def test_a_scenario_that_names_nothing_of_one_city_runs_for_any(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "slower.yaml"
    head = "name: {zh: 外需放缓, en: Slower demand}\n"
    file.write_text(head + "assumptions:\n  external_demand_lead: 2 %\n", encoding="utf-8")
    assert opened(home, str(file), "changsha").city.data.key == "changsha"
    with pytest.raises(SimError, match="add --city to the call"):
        opened(home, str(file))
    file.write_text(head + "city: hengyang\nassumptions:\n  external_demand_lead: 2 %\n", encoding="utf-8")
    assert opened(home, str(file), "loudi").scenario.city == "loudi"
    with pytest.raises(SimError, match=r"written for hengyang, and loudi lacks[\s\S]*no target hy_gdp_2025"):
        opened(home, "baseline", "loudi")


@pytest.mark.usefixtures("no_pictures")
def test_two_cities_in_one_call_give_a_folder_each_a_comparison_and_reports(tmp_path: Path) -> None:
    done = sim("run", "changsha", "shaoyang", "--draws", "0", "--out", tmp_path, "--lang", "zh")
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert {file.name for file in folder.iterdir()} == {"changsha", "shaoyang", "compare.html"}
    page = (folder / "compare.html").read_text(encoding="utf-8")
    assert "长沙市、邵阳市比较" in page
    for city in ("changsha", "shaoyang"):
        with xr.open_dataset(folder / city / "run.nc", engine="netcdf4", group="results") as results:
            gdp = float(results["gdp_nominal"].sel(region=city, year=2025))
        assert f"{gdp:,.0f}" in page
    again = sim("report", "latest", "--out", tmp_path, "--format", "html", "--json", "--lang", "en")
    assert again.returncode == 0, again.stderr
    assert "changed" not in again.stderr
    assert len(json.loads(again.stdout)) == 2


def test_the_program_names_no_city_and_no_scenario(home: Home) -> None:
    """Strings of the code, that is, without examples in docstrings: what a call leaves out stands in the home folder."""
    cities = {read_city_file(home.city_folder(city)).name.zh.removesuffix("市") for city in home.cities()}
    names = {*cities, *home.cities(), *(file.stem for file in scenario_files(home.scenarios))}
    found = []
    for file in sorted((ROOT / "sim").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs]
        found += [f"{file.name}:{node.lineno}" for node in texts if str(node.value) in names]
        found += [
            f"{file.name}:{node.lineno}" for node in texts if any(name in str(node.value) for name in names - COMMON_WORDS)
        ]
    assert found == []


COMMON_WORDS = {"baseline", "opening"}
"""Names of scenarios that are words of English too."""
