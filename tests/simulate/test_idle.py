"""A setting that moves nothing is said: by check, by run, in both languages, and never of one that moves something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sim.base.text import Text
from sim.cli.cases import open_scenarios, planned_draws
from sim.cli.check import check
from sim.cli.console import Speaker
from sim.cli.run import simulate
from sim.inputs.home import Home
from sim.simulate import opening
from sim.simulate.design import Design
from sim.simulate.idle import idle_remarks


def case_of(home: Home, folder: Path, text: str, settings: Mapping[str, Any] = {}) -> opening.Case:
    file = folder / "mine.yaml"
    file.write_text(f"name: {{zh: 甲, en: A}}\nextends: plan_2025\n{text}", encoding="utf-8")
    return opening.open_cases(home, [file], None, (), tuple(settings.items()))[0]


def said(case: opening.Case) -> str:
    return "\n".join(remark.en for remark in idle_remarks(case))


@pytest.mark.parametrize(
    ("name", "value", "start"),
    [
        ("job_vacancies", 0.1, "Settings that change no result: job vacancies (job_vacancies)"),
        ("energy_price_path", 1.2, "Settings that move no target"),
        ("employment_rate", 0.97, "Settings that move no target"),
    ],
)
def test_a_constant_that_counts_only_against_its_own_start_is_said(
    home: Home, tmp_path: Path, name: str, value: float, start: str
) -> None:
    in_file, in_call = (
        case_of(home, tmp_path, f"assumptions: {{{name}: {value}}}\n"),
        case_of(home, tmp_path, "", {name: str(value)}),
    )
    for case in (in_file, in_call):
        (remark,) = idle_remarks(case)
        assert remark.en.startswith(start)
        assert f"({name})" in remark.en
        assert f"（{name}）" in remark.zh


def test_what_moves_a_target_is_not_said(home: Home, tmp_path: Path) -> None:
    levers, assumed = "rd_policy: 1 %, approval_days: 45", "energy_price_path: {2023: 1.2}, job_vacancies: {2023: 0.1}"
    text = f"levers: {{{levers}}}\nassumptions: {{{assumed}}}\n"
    assert idle_remarks(case_of(home, tmp_path, text)) == ()


def test_a_value_that_was_there_before_is_said_as_such(home: Home, tmp_path: Path) -> None:
    text = "levers:\n  talent_spend: {2021: 1, 2022: 2}\n  hightech_push: 1.3\n"
    assert said(case_of(home, tmp_path, text)) == "Set to what they already were: spending on talent (talent_spend)"


def test_what_the_ledger_reads_is_run_through_the_ledger(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "idle.yaml"
    file.write_text("name: {zh: 甲, en: A}\nextends: baseline\nlevers: {land_release: {rest: 9}}\n", encoding="utf-8")
    (case,) = opening.open_cases(home, [file], None, (), ())
    assert "(land_release)" in said(case)  # nothing is built that could take the land
    assert idle_remarks(case_of(home, tmp_path, "levers: {land_release: {2022: {rest: 1}}}\n")) == ()


def test_a_scenario_answers_for_its_own_settings_only(home: Home, tmp_path: Path) -> None:
    (plan,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
    assert "(listing_push)" in said(plan)
    assert idle_remarks(case_of(home, tmp_path, "levers: {rd_policy: 1 %}\n")) == ()


def test_the_remark_says_how_the_parameter_acts(home: Home, tmp_path: Path) -> None:
    case = case_of(home, tmp_path, "assumptions: {job_vacancies: 0.1}\n")
    noted = replace(case.city.data.parameters["job_vacancies"], note=Text("只看变化", "only its change counts"))
    city = replace(case.city.data, parameters={**case.city.data.parameters, "job_vacancies": noted})
    (remark,) = idle_remarks(replace(case, city=replace(case.city, data=city)))
    assert remark.en.endswith("(job_vacancies): only its change counts")


def test_check_prints_it(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case_of(home, tmp_path, "assumptions: {job_vacancies: 0.1}\n")
    file = (str(tmp_path / "mine.yaml"),)
    check(partial(open_scenarios, file, home=home.folder), speaker=Speaker("zh"))
    assert "下列设定不改变任何结果：岗位空缺率（job_vacancies）" in capsys.readouterr().out.replace("\n", "")
    check(partial(open_scenarios, file, home=home.folder), speaker=Speaker("en", as_json=True))
    assert "job_vacancies" in json.loads(capsys.readouterr().out)[0]["remarks"][0]


def test_run_has_it_among_its_remarks(home: Home) -> None:
    cases = open_scenarios(("baseline",), None, (("job_vacancies", "0.1"),), (), home.folder)
    planned = planned_draws(cases, Design(0, 0, 1), by_default=False)
    (outcome,) = simulate(cases, planned, Speaker("en", quiet=True))
    said = [item.en for item in outcome.case.selection.remarks]
    assert any(item.startswith("Settings that change no result: job vacancies (job_vacancies): ") for item in said)
