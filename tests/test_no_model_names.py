"""The engine knows no model: no text of sim/ is the name of a quantity, dimension, member, event, indicator or lever of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.city.city import City, open_city
from sim.inputs.home import Home
from sim.inputs.indicators import read_indicators
from sim.inputs.model_files import read_promises

ROOT = Path(__file__).resolve().parent.parent
CITIES = {"prefecture": "hengyang", "urban": "mill_town"}
LANGUAGE = {
    "region": "the dimension of cities, which every model has",
    "district": "the dimension whose members city.yaml gives",
    "branch": "column of ledger.csv: what firms build for",
    "kind": "column of ledger.csv: what the public builds; a field of records, too",
    "capital": "a nature of rows of ledger.csv, beside umbrella, programme and event",
    "land": "a stage of projects, and a resource that the ledger runs short of",
    "construction": "a resource that the ledger runs short of",
    "padding": "a property of boxes on a page",
}
"""Words that the files of a city or plan, or the ledger, define for every model; each with where it is defined."""


def names_of(world: City) -> Iterator[str]:
    """Everything that a model names: what its files declare, and the members of its dimensions other than the city's."""
    graph, folder = world.graph, world.model_folder
    yield from (*graph.quantities, *graph.parameters, *graph.dimensions, *graph.stocks, *(item.name for item in graph.events))
    own = (item for name, item in graph.dimensions.items() if name not in ("region", "district"))
    yield from (member for item in own for member in item.members if not member.isdigit())  # ages are numbers, no names
    yield from (check.history for check in world.checks)
    yield from (loop.name for loop in world.loops)
    yield from read_promises(folder / "promises.yaml")
    if (folder / "indicators.yaml").is_file():
        yield from read_indicators(folder / "indicators.yaml").by_name


def texts_of(file: Path) -> Iterator[ast.Constant]:
    """Strings of the code: neither docstrings nor the words for people of a Text."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            passed |= {id(argument) for argument in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node


@pytest.fixture(scope="module")
def models_names(home: Home) -> dict[str, set[str]]:
    """Names by model."""
    assert set(CITIES) == {file.parent.name for file in home.models.glob("*/dimensions.py")}, "a model without a city here"
    return {model: set(names_of(open_city(home, city))) for model, city in CITIES.items()}


def test_no_text_of_the_engine_is_a_name_of_a_model(models_names: dict[str, set[str]]) -> None:
    names = set().union(*models_names.values()) - set(LANGUAGE)
    found = [
        f"{file.relative_to(ROOT)}:{text.lineno}: {text.value}"
        for file in sorted((ROOT / "sim").rglob("*.py"))
        for text in texts_of(file)
        if text.value in names
    ]
    assert found == []


def test_every_exception_is_needed(models_names: dict[str, set[str]]) -> None:
    used = {str(text.value) for file in (ROOT / "sim").rglob("*.py") for text in texts_of(file)}
    assert set(LANGUAGE) <= used & set().union(*models_names.values())
