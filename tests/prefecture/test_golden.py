"""A golden file per scenario: a change of any number is seen, and no scenario is without one.

`python -m tests.prefecture.test_golden` writes them anew after a change that is meant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.inputs.home import find_home
from sim.inputs.scenario import scenario_files
from sim.simulate import opening, pipeline

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
WATCHED = (
    "gdp_nominal", "gdp_real", "manufacturing_share", "value_added", "capital", "labour", "residents", "births", "deaths",
    "net_migration", "urban_share", "productivity", "rd_stock", "household_income", "talent_inflow", "above_scale_firms",
    "household_businesses", "registered_enterprises", "hightech_firms", "joint_stock_firms", "listed_firms",
)  # fmt: skip
YEARS = (2020, 2021, 2025, 2030, 2035)
SCENARIOS = [file.stem for file in scenario_files(ROOT / "scenarios")]


def watched(name: str) -> dict[str, Any]:
    home = find_home(ROOT)
    (case,) = opening.open_cases(home, [home.scenarios / f"{name}.yaml"], None, (), ())
    results = pipeline.run(case).results
    years = [year for year in YEARS if year in results["year"]]
    return {key: [results[key].sel(year=year).values.ravel().tolist() for year in years] for key in WATCHED}


def test_every_scenario_has_a_golden_file_and_none_is_left_over() -> None:
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_equals_its_golden_file(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    found = watched(name)
    for key in WATCHED:
        for place, (expected, values) in enumerate(zip(golden[key], found[key], strict=True)):
            assert values == pytest.approx(expected, rel=1e-9, abs=1e-12), (key, place)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for scenario in SCENARIOS:
        (GOLDEN / f"{scenario}.json").write_text(json.dumps(watched(scenario)) + "\n", encoding="utf-8")
