"""What is wrong is named where it stands: plan files, labels, settings, given values, units, records, disks and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from sim.base.errors import Faults, InputError, ModelError, Place, RunError, UsageError, reason_of
from sim.base.text import Text
from sim.base.units import UnknownUnitError, parse_unit
from sim.city.city import City
from sim.inputs.base_year import read_settings
from sim.inputs.home import Home
from sim.inputs.scenario import read_scenario
from sim.inputs.targets import read_catalogue
from sim.inputs.year_path import ValueSpec, read_value
from sim.model.names import read_labels
from sim.report.chapters import Part
from sim.report.document import Chapter, Picture
from sim.result.tree import packed
from sim.simulate import arguments, opening, pipeline
from sim.simulate.result import FORMAT, read_result

HEAD = "name: 甲\ncity: hengyang\n"


def said(error: Any) -> str:
    return "\n".join(fault.in_language("en") for fault in error.value.faults)


def case_of(text: str, folder: Path, world: City) -> opening.Case:
    file = folder / "mine.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return opening.prepare(read_scenario(file), world)


def test_a_share_above_one_is_refused_at_its_line(tmp_path: Path, world: City) -> None:
    with pytest.raises(InputError) as caught:
        case_of("given:\n  urban_share: {value: 6239 %, unit: ratio}\n", tmp_path, world)
    assert "mine.yaml:4:3 given.urban_share: 62.39 (ratio) cannot be" in said(caught)
    assert "look at the equations" not in said(caught)


def test_an_impossible_given_value_is_named_and_not_the_model(tmp_path: Path, world: City) -> None:
    case = case_of("given:\n  gdp_nominal: {value: -4000, unit: 亿元/a}\n", tmp_path, world)
    with pytest.raises(RunError) as caught:
        pipeline.run(case)
    assert "mine.yaml:4:3 given.gdp_nominal: the scenario gives GDP at current prices here" in said(caught)
    assert "look at the equations" not in said(caught)
    with pytest.raises(InputError, match="finite"):
        case_of("given:\n  gdp_nominal: {value: .inf, unit: 亿元/a}\n", tmp_path, world)


def test_labels_that_are_missing_or_too_many_have_side_and_line(world: City, tmp_path: Path) -> None:
    text = (world.model_folder / "labels.yaml").read_text(encoding="utf-8")
    line = next(item for item in text.splitlines() if item.lstrip().startswith("gdp_nominal:"))
    number = text.splitlines().index(line) + 1
    file = tmp_path / "labels.yaml"
    for new, expected in (
        (line.replace("gdp_nominal", "gdp_nominl"), f"labels.yaml:{number}:3 variables.gdp_nominl: the model has no variable"),
        ("", "the variable gdp_nominal has no name  → add gdp_nominal: {zh: …, en: …}"),
        ("  gdp_nominal: {zh: '', en: GDP}", f"labels.yaml:{number}:17 variables.gdp_nominal.zh: the zh name"),
        ("  gdp_nominal: {zh: 甲}", f"labels.yaml:{number}:3 variables.gdp_nominal.en: this key is missing"),
    ):
        file.write_text(text.replace(line, new), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_labels(file, world.graph, {})
        assert expected in said(caught)


def test_all_plan_files_that_are_missing_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_catalogue(tmp_path, ())
    assert said(caught).count("no such file") == 3


def test_a_setting_of_several_levels_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("share:\n  value: {a: {b: 1}}\n  evidence: A\n  known_from: any\n  source: x\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_settings(file, 2020, None, "shili", is_own=True)
    assert "settings.yaml:2" in said(caught)


def test_a_unit_of_thousands_of_factors_is_an_unknown_unit() -> None:
    long = "m2" + "*m2" * 5000
    with pytest.raises(UnknownUnitError):
        parse_unit(long)
    faults = Faults()
    assert read_value(f"1 {long}", ValueSpec("m2", (), 2020, 2035), faults, Place()) is None
    assert "unknown unit m2*m2" in faults.found[0].in_language("en")
    assert len(faults.found[0].in_language("en")) < 200


def test_a_result_that_is_nested_too_deep_is_a_damaged_result(tmp_path: Path) -> None:
    deep = xr.Dataset(attrs={"format": FORMAT, "simulator": "0", "name.zh": "甲", "versions": "[" * 100_000 + "]" * 100_000})
    file = tmp_path / "run.nc"
    file.write_bytes(packed(xr.DataTree.from_dict({"/": deep})))
    with pytest.raises(UsageError, match="damaged"):
        read_result(file)


def test_a_figure_that_no_page_shows_is_raised_with_the_nearest_name() -> None:
    chapter = Chapter("x", Text("甲", "a"), (Picture("fans"),))
    with pytest.raises(ModelError, match="did you mean 'fans'"):
        Part(chapter, {"fanss": object(), "fans": object()})


def test_a_key_that_is_missing_is_said_in_words() -> None:
    assert reason_of(KeyError("rate")).en == "rate is missing"
    assert reason_of(ValueError("too large")).zh == "too large"


def test_too_little_memory_is_one_sentence() -> None:
    @arguments.checked
    def greedy() -> None:
        raise MemoryError

    with pytest.raises(RunError, match="out of memory"):
        greedy()


def test_output_on_a_full_device_is_one_sentence(home: Home) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "sim", "list", "--lang", "en"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=home.folder,
            env={**os.environ, "PYTHONPATH": str(home.folder)},
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.decode().strip() == "Cannot be written: No space left on device"
