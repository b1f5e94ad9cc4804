"""A variable of the city's model that a scenario gives: from its first year on, in every spelling of its unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.inputs.home import Home
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.simulate.pipeline import Outcome

FEW = Design(64, 0, 1)
FROM_2023 = "gdp_nominal: {value: {2023: 4400, 2025: 5600, 2035: 10000, shape: ramp}, unit: 亿元/年}"


def opened(home: Home, folder: Path, given: str, extends: str = "plan_2025") -> opening.Case:
    file = folder / "given.yaml"
    section = f"given:\n  {given}\n" if given else ""
    file.write_text(f"name: {{zh: 给定, en: given}}\nextends: {extends}\n{section}", encoding="utf-8")
    return opening.open_cases(home, [file], None, (), ())[0]


@pytest.fixture(scope="module")
def plan(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return with_draws(pipeline.run(opened(home, tmp_path_factory.mktemp("plan"), "")), FEW)


def fail_if_past_differs(found: Outcome, plan: Outcome, last: int) -> None:
    for name, array in plan.results.data_vars.items():
        if "year" in array.dims:
            ours, theirs = (item.sel(year=slice(None, last)).values for item in (found.results[name], array))
            assert np.array_equal(ours, theirs), name


def test_a_path_acts_from_its_first_year_in_the_central_run_and_in_every_draw(
    home: Home, tmp_path: Path, plan: Outcome
) -> None:
    found = with_draws(pipeline.run(opened(home, tmp_path, FROM_2023)), FEW)
    fail_if_past_differs(found, plan, 2022)
    gdp = found.results["gdp_nominal"].sel(region="hengyang")
    assert [float(gdp.sel(year=year)) for year in (2023, 2024, 2025)] == [4400.0, 5000.0, 5600.0]
    assert found.ensemble is not None
    assert plan.ensemble is not None
    for name, quantiles in plan.ensemble.quantiles.items():
        assert np.array_equal(found.ensemble.quantiles[name][:, :3], quantiles[:, :3]), name
    assert np.all(found.ensemble.quantiles["gdp_nominal"][:, 3, 0] == 4400.0)


def test_a_stock_is_taken_over_in_its_first_year(home: Home, tmp_path: Path, plan: Outcome) -> None:
    found = pipeline.run(opened(home, tmp_path, "residents: {value: {2024: 700}, unit: 万人}"))
    fail_if_past_differs(found, plan, 2023)
    assert float(found.results["residents"].sel(region="hengyang", year=2024)) == 700.0


def test_a_target_is_judged_in_the_years_that_the_model_computes(home: Home, tmp_path: Path, plan: Outcome) -> None:
    found = pipeline.run(opened(home, tmp_path, "gdp_nominal: {value: {2026: 6000}, unit: 亿元/a}"))
    ours, theirs = (next(s for s in item.scores if s.target.id == "hy_gdp_2025") for item in (found, plan))
    assert (ours.verdict, ours.projected) == (theirs.verdict, theirs.central)  # its draws show the median
    later = pipeline.run(opened(home, tmp_path, FROM_2023))
    gdp = next(score for score in later.scores if score.target.id == "hy_gdp_2025")
    assert gdp.projected is None  # what a scenario gives proves nothing
    assert gdp.judged_by == "data"


@pytest.mark.parametrize("unit", ["亿元/a", "亿元/年", "亿元 per year", "亿元每年", "亿元／年", "万元/a"])
def test_one_unit_has_many_spellings(home: Home, tmp_path: Path, unit: str) -> None:
    size = 1e4 if unit.startswith("万") else 1.0
    case = opened(home, tmp_path, f"gdp_nominal: {{value: {{2023: {4400 * size:g}}}, unit: {unit}}}")
    assert float(case.bound.values["gdp_nominal"].at(2023).item()) == pytest.approx(4400.0, rel=1e-15)
    spelled = opened(home, tmp_path, f"gdp_nominal: {{value: {{2023: {4400 * size:g} {unit}}}, unit: 亿元/a}}")
    assert float(spelled.bound.values["gdp_nominal"].at(2023).item()) == pytest.approx(4400.0, rel=1e-15)


def test_a_unit_of_something_else_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="亿元/a"):
        opened(home, tmp_path, "gdp_nominal: {value: {2023: 4400}, unit: 亿元}")


def test_a_later_file_goes_on_from_what_an_extended_one_gives(home: Home, tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(
        f"name: {{zh: 甲, en: A}}\nextends: plan_2025\ngiven:\n  {FROM_2023}\n", encoding="utf-8"
    )
    later = opened(home, tmp_path, "gdp_nominal: {value: {2026: 5000}, unit: 亿元/a}", "first")
    path = later.bound.values["gdp_nominal"]
    assert [float(path.at(year).item()) for year in (2023, 2024, 2025, 2026)] == [4400.0, 5000.0, 5600.0, 5000.0]
    assert later.bound.given_from == {"gdp_nominal": 2023}
    whole = opened(home, tmp_path, "gdp_nominal: {value: {2026: 5000, replace: true}, unit: 亿元/a}", "first")
    assert whole.bound.given_from == {"gdp_nominal": 2026}
