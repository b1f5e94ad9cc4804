"""First things of a newcomer: the version, public names, names beside ids, the schema of every scenario, refused calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim as package
from sim.base import __version__
from sim.inputs.home import Home
from sim.inputs.scenario import scenario_files
from tests.cli.calling import process, sim


def test_the_version_is_an_option_and_the_package_shows_public_names_only() -> None:
    assert sim("--version").stdout == f"{__version__}\n"
    assert dir(package) == ["SimError", "__version__", "levers", "run", "sensitivity", "sweep"]
    assert all(getattr(package, name) is not None for name in dir(package))


def test_every_shipped_scenario_names_its_schema_for_editors(home: Home) -> None:
    assert (home.scenarios / "schema.json").is_file()
    heads = {file.name: file.read_text(encoding="utf-8").split("\n", 1)[0] for file in scenario_files(home.scenarios)}
    assert set(heads.values()) == {"# yaml-language-server: $schema=schema.json"}


def test_check_and_list_show_names_beside_ids() -> None:
    shown = sim("check", "plan_2025", "--lang", "zh").stdout
    assert shown.startswith("2025 规划情景（")
    assert "财政科技支出" in shown
    assert "(science_budget)" in shown
    document = json.loads(sim("list", "--city", "loudi", "--lang", "zh", "--json").stdout)
    assert document["city_names"]["loudi"] == "娄底市"
    rows = {row["name"]: row for row in document["variables"]}
    assert rows["gdp_nominal"]["unit"] == "亿元/a"
    assert all(row["label"] for row in rows.values())


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("rum",), "没有命令 rum", "no command rum"),
        (("run", "--nothing"), "没有选项 --nothing", "no option --nothing"),
        (("run", "--sed", "1"), "“--seed”", "did you mean '--seed'"),
        (("new",), "缺少 folder", "folder is missing"),
        (("plan", "fly"), "没有命令 fly", "no command fly"),
        (("sweep", "plan_2025", "--method", "x"), "--method x 不可用  → 可用：ensemble", "known: ensemble, random"),
    ],
)
def test_refused_calls_are_said_in_the_language_of_the_user(words: tuple[str, ...], zh: str, en: str) -> None:
    for language, said in (("zh", zh), ("en", en)):
        done = sim(*words, f"--lang={language}") if words[0] != "rum" else process(*words, LC_ALL=f"{language}_XX.UTF-8")
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert "Usage" not in done.stderr


@pytest.mark.usefixtures("no_pictures")
def test_a_run_says_what_the_report_adds_and_by_which_command(tmp_path: Path) -> None:
    done = sim("run", "baseline", "--draws", "0", "--out", tmp_path, "--lang", "zh")
    (folder,) = tmp_path.iterdir()
    assert f"报告尚缺可行性研判，由 python -m sim report {folder} 补上" in done.stdout


def test_titles_of_help_are_in_the_language_of_the_call() -> None:
    for language, titles in (("zh", ("参数:", "选项:")), ("en", ("Arguments:", "Options:"))):
        done = process("new", "--help", "--lang", language)
        assert (done.returncode, done.stderr) == (0, "")
        assert [line for line in done.stdout.splitlines() if line in {"参数:", "选项:", "Arguments:", "Options:"}] == list(
            titles
        )
    assert "\n命令:\n" in process("--help", LC_ALL="zh_CN.UTF-8").stdout
    assert "\nCommands:\n" in process("plan", "--help", LC_ALL="en_GB.UTF-8").stdout
