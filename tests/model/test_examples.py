"""The examples in the docstrings of the model language are run."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim.model
from sim.base.arrays import Dimension
from sim.base.errors import Place
from sim.model import declarations, dynamics, members, shapes
from sim.model.declarations import Declaration, Variable
from sim.model.symbol import Tracing
from tests.tiny import DIMENSIONS, simulate

MODULES = (declarations, dynamics, members, shapes)


def evaluate(equation: Any, *declared: Declaration, years: int = 0, **given: Any) -> Any:
    """The value of an equation in a model of `declared` and itself: in the base year, or at the end of some years.

    What is given is a number, or the names of dimensions and values for them.
    """
    pairs = {name: value if isinstance(value, tuple) else ((), value) for name, value in given.items()}
    dims = {name: (over,) if isinstance(over, str) else over for name, (over, _) in pairs.items()}
    values = {name: np.array(value) for name, (_, value) in pairs.items()}
    stocks = {item.name: getattr(item, "dims", ()) for item in declared}
    readable = {"time": ()} | dims | stocks | {f"{name}.rate": over for name, over in stocks.items()}
    trace = Tracing("example", Place(), {item.name: item for item in DIMENSIONS}, readable)
    arguments = equation.__code__.co_varnames[: equation.__code__.co_argcount]
    result = trace.node(equation(**{name: trace.read(name) for name in arguments}))
    example = Variable("example", equation, arguments, "", Path(__file__), 1, "ratio", result.dims, "level")
    rows = simulate([*declared, example], values, dims=dims, method="rk4", years=max(years, 1), steps=12)
    found = np.round([rows[year]["example"] for year in range(2021, 2021 + years)] if years else rows[2020]["example"], 3)
    return found.tolist()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_of_the_model_language_are_true(module: Any) -> None:
    names = {"evaluate": evaluate, "np": np, **vars(sim.model)}
    result = doctest.testmod(module, extraglobs=names, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted
    assert not result.failed


def test_every_name_of_the_model_language_has_an_example() -> None:
    finder = doctest.DocTestFinder()
    found = {test.name.rpartition(".")[2] for module in MODULES for test in finder.find(module) if test.examples}
    public = {name for name, item in vars(sim.model).items() if callable(item) and item is not Dimension}
    assert public - {"Array"} <= found
