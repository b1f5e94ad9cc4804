"""Names as reports print them are understood in scenarios, --set, targets and cities; one name is enough for a scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError, UsageError
from sim.city.city import City
from sim.inputs.home import Home
from sim.inputs.scenario import read_scenario
from sim.plan.selection import targets_named
from sim.simulate import opening
from sim.simulate.opening import open_cases

HEAD = "name: 我的情景\ncity: hengyang\n"


def case_of(text: str, folder: Path, world: City, **settings: str) -> opening.Case:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return opening.prepare(read_scenario(file, (), tuple(settings.items())), world)


def faults_of(text: str, folder: Path, world: City) -> list[str]:
    with pytest.raises(InputError) as caught:
        case_of(text, folder, world)
    return [fault.in_language("zh") for fault in caught.value.faults]


def test_a_name_written_once_stands_for_both_languages(tmp_path: Path, world: City) -> None:
    name = case_of(HEAD, tmp_path, world).scenario.name
    assert (name.zh, name.en) == ("我的情景", "我的情景")


def test_levers_assumptions_variables_and_members_are_known_by_their_labels(tmp_path: Path, world: City) -> None:
    text = "levers:\n  {}: {{2022: 1 %}}\nassumptions:\n  {}: 3 %\nbehaviour:\n  {}: {{{}: 0.4}}\n"
    text += "given:\n  {}: {{value: {{2021: 4000}}, unit: 亿元/a}}\n"
    labels = world.names.parameters()
    ids = ("rd_policy", "external_demand_lead", "capital_exponent", "manufacturing", "gdp_nominal")
    by_id = text.format(*ids)
    by_label = text.format(*(labels[name].zh for name in ids[:3]), "制造业", "地区生产总值（现价）")
    one, other = case_of(HEAD + by_label, tmp_path, world), case_of(HEAD + by_id, tmp_path, world)
    assert [item.name for item in one.bound.resolved] == [item.name for item in other.bound.resolved]
    for name, path in other.bound.values.items():
        assert np.array_equal(path.at(2025), one.bound.values[name].at(2025))
    member = case_of(HEAD, tmp_path, world, **{f"{labels['depreciation_rate'].zh}（制造业）": "0.2"})
    assert member.bound.resolved[-1].name == "depreciation_rate"
    assert member.bound.values["depreciation_rate"].before[1] == 0.2


def test_one_thing_under_two_names_is_a_fault(tmp_path: Path, world: City) -> None:
    label = world.names.parameters()["rd_policy"].zh
    [fault] = faults_of(HEAD + f"levers:\n  rd_policy: 1 %\n  {label}: 2 %\n", tmp_path, world)
    assert "是同一项" in fault


def test_what_is_nearly_a_label_is_suggested_with_its_id(tmp_path: Path, world: City) -> None:
    [fault] = faults_of(HEAD + "levers:\n  研发政策: 1 %\n", tmp_path, world)
    assert "rd_policy" in fault
    assert world.names.parameters()["rd_policy"].zh in fault


def test_targets_are_known_by_name_and_year_and_a_name_of_several_lists_them(world: City) -> None:
    target = world.catalogue.targets["hy_gdp_2025"]
    [found] = targets_named(world.catalogue.targets, [f"{target.name.zh} 2025"])
    assert found.id == "hy_gdp_2025"
    names = [item.name.zh for item in world.catalogue.targets.values()]
    doubled = next(name for name in names if names.count(name) > 1)
    with pytest.raises(UsageError) as caught:
        targets_named(world.catalogue.targets, [doubled])
    assert "项目标名为" in caught.value.lines("zh")[1]


def test_a_city_is_known_by_its_name(home: Home, tmp_path: Path, world: City) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"name: 甲\ncity: {world.data.settings.name.zh}\n", encoding="utf-8")
    [case] = open_cases(home, [file], None, (), ())
    assert case.scenario.city == world.data.key


def test_the_folder_of_a_city_is_found_without_reading_what_others_are_called(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.city_folder("衡阳市") == home.models / "hengyang"
    monkeypatch.setattr(Home, "city_labels", lambda _: pytest.fail("labels were read"))
    assert home.city_folder("hengyang") == home.models / "hengyang"
    assert home.city_key("hengyang") == "hengyang"
