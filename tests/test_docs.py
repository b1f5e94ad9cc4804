"""Generated pages and files are fresh; the documents' texts are the documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.city import describing
from sim.city.city import City
from sim.inputs.scenario import scenario_files
from sim.inputs.yaml_file import read_yaml
from sim.report.reference import equation_records, equations_markdown, parameter_rows, parameters_markdown

ROOT = Path(__file__).resolve().parent.parent


def test_the_equation_pages_are_fresh(world: City) -> None:
    records = equation_records(world.graph, world.labels, describing.declarations(world), world.loops)
    for language, name in (("zh", "equations.md"), ("en", "equations_en.md")):
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page == equations_markdown(records, language) + "\n", f"write docs/{name} anew"  # type: ignore[arg-type]


def test_the_parameter_pages_are_fresh(world: City) -> None:
    rows = parameter_rows(world)
    assert {row["name"] for row in rows} == set(world.data.parameters)
    for language, name in (("zh", "parameters.md"), ("en", "parameters_en.md")):
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page == parameters_markdown(rows, language) + "\n", f"write docs/{name} anew"  # type: ignore[arg-type]


def test_the_page_of_commands_is_fresh() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_command_page.py")]
    made = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == made.stdout, "tools/make_command_page.py"


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    pages = {file.stem for file in (tmp_path / "site").glob("*.html")}
    assert {file.stem for file in (ROOT / "docs").glob("*.md")} <= pages


def test_the_schema_is_fresh_and_accepts_every_scenario(world: City) -> None:
    committed = json.loads((ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(describing.schema_of(world))), (
        "python -m sim schema --write scenarios/schema.json"
    )
    validator = jsonschema.Draft202012Validator(committed)
    for file in scenario_files(ROOT / "scenarios"):
        assert list(validator.iter_errors(_text_keys(read_yaml(file).data))) == [], file


def _text_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _text_keys(value) for key, value in data.items()}
    return [_text_keys(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    "wrong", [{"levrs": {}}, {"levers": {"rd_polcy": 1}}, {"levers": {"rd_policy": 0.9}}, {"targets": ["x"]}]
)
def test_the_schema_refuses_what_the_program_refuses(wrong: dict[str, Any], world: City) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(json.dumps(describing.schema_of(world))))
    good = {"name": {"zh": "甲", "en": "A"}, "city": "hengyang"}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({**good, **wrong}))


def test_every_equation_has_a_docstring_and_every_quote_its_document(world: City) -> None:
    for item in describing.declarations(world):
        assert item.doc.endswith((".", ")")), item.name
        assert item.doc[0].isupper(), item.name
    assert len(world.catalogue.targets) == 152
    assert len(world.catalogue.documents) == 5


def test_named_loops_exist_and_act(world: City) -> None:
    polarity = {item.loop.name: item.polarity.en for item in describing.measured_loops(world)}
    assert {name for name, kind in polarity.items() if kind == "reinforcing"} == {"R1", "R2", "R3", "R4", "R5", "R9", "R10"}
    assert {name for name, kind in polarity.items() if kind == "balancing"} == {"B1", "B2", "B4", "B6", "B7", "B9"}


def test_the_font_holds_every_character_of_the_project() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_font.py"), "--check"]
    assert subprocess.run(command, check=False, capture_output=True, cwd=ROOT).returncode == 0


def test_no_skipped_tests_hide() -> None:
    for file in (ROOT / "tests").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "pytest." + "skip" not in text, file
        assert "mark." + "skip" not in text, file
        assert "x" + "fail" not in text, file
