"""Scenario files: inheritance, layers, and every fault of a file at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.city.city import City
from sim.inputs.home import Home
from sim.inputs.scenario import find_scenario, read_scenario
from sim.simulate import opening, pipeline

HEAD = "name: {zh: 测试, en: Test}\ncity: hengyang\n"


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def prepare(file: Path, world: City, use: tuple[str, ...] = (), **settings: str) -> opening.Case:
    return opening.prepare(read_scenario(file, use, tuple(settings.items())), world)


def faults(file: Path, world: City) -> list[str]:
    with pytest.raises(InputError) as caught:
        prepare(file, world)
    return [fault.in_language("en") for fault in caught.value.faults]


def test_layers_apply_in_order_and_are_logged(tmp_path: Path, world: City) -> None:
    write(tmp_path, "base", HEAD + "assumptions: {employment_rate: 0.90}\nlast_year: 2030\n")
    file = write(
        tmp_path,
        "child",
        "name: {zh: 子, en: Child}\nextends: base\nassumptions: {employment_rate: 0.91}\n"
        "overrides:\n  good: {assumptions: {employment_rate: 0.92}}\n",
    )
    case = prepare(file, world, ("good",), employment_rate="0.93")
    steps = [(item.origin, float(item.after.before[0])) for item in case.bound.resolved]
    assert steps == [("base", 0.90), ("child", 0.91), ("child/good", 0.92), ("--set", 0.93)]
    befores = [float(item.before.before[0]) for item in case.bound.resolved if item.before is not None]
    assert befores == [0.95, 0.90, 0.91, 0.92]
    assert case.last_year == 2030


def test_set_reaches_one_member(tmp_path: Path, world: City) -> None:
    file = write(tmp_path, "one", HEAD)
    case = opening.prepare(read_scenario(file, (), (("depreciation_rate.manufacturing", "0.2"),)), world)
    before = world.data.parameters["depreciation_rate"].value
    assert before is not None
    after = case.bound.values["depreciation_rate"].before
    assert after[1] == 0.2
    assert np.array_equal(np.delete(after, 1), np.delete(before.before, 1))


def test_every_fault_of_a_file_at_once(tmp_path: Path, world: City) -> None:
    file = write(
        tmp_path,
        "faulty",
        HEAD
        + "levers:\n  rd_polcy: 0.01\n  rd_policy: 0.9\n  catch_up: 0.02\n"
        + "assumptions:\n  employment_rate: 3 亿元\n  farmland: {2050: 1.0}\n"
        + "behaviour:\n  capital_exponent: {manufactring: 0.5}\n  gdp_nominal: 4000\n"
        + "given:\n  gdp_nominal: {value: 4000, unit: 万元/户}\n"
        + "targets: [hy_gdp_2052, loudi/*]\nlast_year: 2099\n",
    )
    found = faults(file, world)
    text = "\n".join(found)
    assert len(found) == 11
    for expected in (
        "did you mean 'rd_policy'",
        "0.9 lies outside -0.02 … 0.05",
        "catch_up belongs in behaviour",
        "the unit 亿元 does not fit",
        "the year 2050 lies outside",
        "did you mean 'manufacturing'",
        "write it in the section given",
        "the unit 万元/户 does not fit",
        "did you mean 'hy_gdp_2025'",
        "a target of another city: loudi",
        "the last year 2099 lies outside",
    ):
        assert expected in text
    assert f"{file}:4:3 levers.rd_polcy" in text
    assert f"{file}:15:11 targets.0" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: {zh: 甲}\ncity: hengyang\n", "name.en: this key is missing"),
        (HEAD + "levrs: {}\n", "did you mean 'levers'"),
        (HEAD + "method: rk5\n", "'rk5' is not allowed here  → did you mean 'rk4'?"),
        (HEAD + "steps_per_year: 0\n", "must be at least 1"),
        (HEAD + "steps_per_year: 1.5\n", "a whole number"),
        (HEAD + "last_year: soon\n", "a whole number"),
        (HEAD + "levers: [1]\n", "keys and values are wanted"),
        (HEAD + "targets: hy_gdp_2025\n", "a list is wanted"),
        (HEAD + "extends: absent\n", "no scenario absent"),
        (HEAD + "extends: ../secret\n", "is no name"),
        (HEAD + "extends: self\n", "extends in a circle"),
        (HEAD + "use: [nothing]\n", "no overrides named nothing"),
        (HEAD + "levers: {3: 1}\n", "the key must be a name"),
        ("name: {zh: 甲, en: A}\n", "no city is named"),
    ],
)
def test_faults_of_the_frame(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(write(tmp_path, "self", text))
    assert expected in str(caught.value)


def test_what_is_extended_is_found_beside_a_file_or_else_in_the_folder_of_scenarios(tmp_path: Path, home: Home) -> None:
    downloads, own = tmp_path / "downloads", tmp_path / "own"
    downloads.mkdir()
    own.mkdir()
    for name in ("mine", "plan_2025"):  # a file may be called as what it extends
        file = write(downloads, name, "name: {zh: 甲, en: A}\nextends: plan_2025\n")
        found = read_scenario(file, folder=home.scenarios)
        assert found.files == (*read_scenario(home.scenarios / "plan_2025.yaml").files, file)
    write(own, "plan_2025", "name: {zh: 乙, en: B}\ncity: changsha\n")
    file = write(own, "mine", "name: {zh: 甲, en: A}\nextends: plan_2025\n")
    assert read_scenario(file, folder=home.scenarios).city == "changsha"
    (case,) = opening.open_cases(home, [downloads / "mine.yaml"], None, (), ())
    assert case.scenario.city == "hengyang"
    with pytest.raises(InputError, match="did you mean 'plan_2025'"):
        read_scenario(write(downloads, "other", "name: {zh: 甲, en: A}\nextends: plan_2052\n"), folder=home.scenarios)


def test_circles_over_several_files(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        write(tmp_path, name, f"name: {{zh: 甲, en: A}}\nextends: {other}\n")
    with pytest.raises(InputError, match="extends in a circle"):
        read_scenario(tmp_path / "a.yaml")


def test_the_order_of_keys_does_not_matter(tmp_path: Path, world: City) -> None:
    entries = ["  employment_rate: 0.9", "  farmland: 1.1", "  travel_restrictions: {2022: 0.5, 2023: 0.9, shape: ramp}"]
    one = write(tmp_path, "one", HEAD + "last_year: 2023\nassumptions:\n" + "\n".join(entries) + "\n")
    two = write(tmp_path, "two", "assumptions:\n" + "\n".join(reversed(entries)) + "\nlast_year: 2023\n" + HEAD)
    first, second = (pipeline.run(prepare(file, world)).results for file in (one, two))
    assert first.equals(second)


def test_a_given_variable_is_not_scored(tmp_path: Path, world: City) -> None:
    text = (
        HEAD
        + "targets: [hy_rd_intensity_3pct, hy_gdp_2025]\n"
        + "given:\n  rd_intensity: {value: 3, unit: '%'}\n  gdp_nominal: {value: 6000, unit: 亿元/a}\n"
    )
    outcome = pipeline.run(prepare(write(tmp_path, "given", text), world))
    assert float(outcome.results["gdp_nominal"].sel(year=2025, region="hengyang")) == pytest.approx(6000.0)
    intensity, gdp = outcome.scores
    assert intensity.verdict == "not_judged"
    assert "itself" in intensity.reason.en
    assert gdp.judged_by == "data"  # what was published of 2025 decides, whatever a scenario gives
    assert gdp.projected is None


def test_scenarios_are_found_by_name_and_by_path(home: Home) -> None:
    assert find_scenario("baseline", home.scenarios) == home.scenarios / "baseline.yaml"
    with pytest.raises(InputError, match="did you mean 'baseline'"):
        find_scenario("baselin", home.scenarios)


def test_faults_of_every_kind_are_reported_together(tmp_path: Path, home: Home) -> None:
    file = write(
        tmp_path,
        "mixed",
        HEAD
        + "city: hengyang\nlevrs: {}\nsteps_per_year: 100000\nlast_year: 1900\n"
        + "levers: {rd_policy: 0.9, catch_up: 0.02, talent_policy: .nan}\nuse: [nothing]\ntargets: [hy_gdp_2052]\n",
    )
    with pytest.raises(InputError) as caught:
        opening.open_cases(home, [file, tmp_path / "absent.yaml"], None, (), ())
    text = str(caught.value)
    for expected in (
        "stands twice",
        "did you mean 'levers'",
        "must be at most 365",
        "the last year 1900",
        "0.9 lies outside",
        "catch_up belongs in behaviour",
        "must be a finite number",
        "no overrides named nothing",
        "did you mean 'hy_gdp_2025'",
        "no such file",
    ):
        assert expected in text, expected
    assert "?" not in text.replace("did you mean 'levers'?", "").replace("did you mean 'hy_gdp_2025'?", "")
