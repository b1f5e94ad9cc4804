"""Imports run one way, no module is over 400 lines, and imports inside functions stand only where they are allowed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    ("base",),
    ("inputs",),
    ("ledger", "model"),
    ("engine",),
    ("ensemble",),
    ("result",),
    ("plan",),
    ("city",),
    ("simulate",),
    ("studies",),
    ("report",),
    ("explore", "accessor"),
    ("api", "cli"),
)
DOORS = {"__init__": {"api", "base"}, "__main__": {"cli", "base"}}  # what a user enters by; nothing imports them
LEVEL = {name: level for level, names in enumerate((*LAYERS, DOORS)) for name in names}
MODULES = sorted((ROOT / "sim").rglob("*.py"))
CODE = [*MODULES, *sorted((ROOT / "models").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]
LAZY = {
    "sim/__main__.py",
    "sim/__init__.py",
    "sim/api.py",
    "sim/base/units.py",
    "sim/report/delivery.py",
    "sim/ensemble/designs.py",
}  # the command line, pint, scipy: start-up time; forms that need an extra


def layer(file: Path) -> str:
    parts = file.relative_to(ROOT / "sim").with_suffix("").parts
    return parts[0]


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim"):
            names |= {node.module} if node.module != "sim" else {f"sim.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            whole = (alias.name for alias in node.names if alias.name.split(".")[0] == "sim")
            names |= {name if name != "sim" else "sim.__init__" for name in whole}
    return {name.split(".")[1] for name in names if "." in name}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_down(file: Path) -> None:
    own = layer(file)
    if own in DOORS:
        assert imported(file) == DOORS[own]
        return
    for name in imported(file):
        assert LEVEL[name] < LEVEL[own] or name == own, f"{own} imports {name}"


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_is_over_400_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_inside_functions_only_where_allowed(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    if name in LAZY or name.startswith("sim/cli/"):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    inside = [part for item in functions for part in ast.walk(item) if isinstance(part, ast.Import | ast.ImportFrom)]
    assert inside == []


def test_the_engine_names_no_city() -> None:
    for file in MODULES:
        text = file.read_text(encoding="utf-8")
        if file.name != "home.py":  # the default city's name
            assert "hengyang" not in text.lower(), file
            assert "衡阳" not in text, file


def test_no_model_file_belongs_to_the_engine_and_only_the_command_line_prints() -> None:
    for file in MODULES:
        if "cli" not in file.parts:
            calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
            names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
            kernel = file.name == "workspace.py"  # binds the source that sim.engine.kernel wrote
            assert not names & ({"print", "exit", "eval", "exec"} - ({"exec"} if kernel else set())), file
