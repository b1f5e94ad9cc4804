"""The declarations of a model file: variables, stocks and yearly events, each a plain function wired by its argument names.

The name of the function is the name of the variable; its arguments name what it reads. A stock's function returns its net rate
per year. An event's function returns the new value of its stock at the turn of the year. The docstring is the documentation.
Model files are imported under private module names; the package `base_year` beside them builds the tables of a base year. The
examples are as in sim/model/dynamics.py.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Dimension
from sim.base.errors import MISTAKES_IN_CODE, Fault, ModelError, Place, reason_of
from sim.base.text import Text
from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.files import is_file, is_folder

Array = NDArray[np.float64]
Equation = Callable[..., Array]
Kind = Literal["flow", "level", "ratio"]
KINDS: tuple[Kind, ...] = ("flow", "level", "ratio")


@dataclass(frozen=True)
class Declaration:
    """The common part of declarations: a name, the equation and where it stands."""

    name: str
    equation: Equation
    arguments: tuple[str, ...]
    doc: str
    file: Path
    line: int

    @property
    def place(self) -> Place:
        """The place of the equation in its file."""
        return Place(self.file, self.line, key=self.name)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept of a traced declaration: everything but the function."""
        return {**vars(self), "equation": traced_already}


def traced_already(**_: Any) -> Array:
    """Stands for the equation of a declaration that was read back from the cache."""
    raise AssertionError("this declaration was traced before it was kept; load the model to call its equation")


@dataclass(frozen=True)
class Quantity(Declaration):
    """A quantity with a value at every moment: a variable or a stock."""

    unit: str
    dims: tuple[str, ...]


@dataclass(frozen=True)
class Variable(Quantity):
    """An auxiliary or flow. `kind` says how a year is reported: a flow is totalled over the year, a level is read at the year's
    end, a ratio is its own equation applied to the year's values of what it reads."""

    kind: Kind


@dataclass(frozen=True)
class Stock(Quantity):
    """A stock: `equation` is the net rate; `initial` names what gives the value at the start, or is a number in the unit."""

    initial: str | float


@dataclass(frozen=True)
class Event(Declaration):
    """A yearly event on 31 December: `equation` returns the new value of `stock`. Events happen by rising `order`."""

    stock: str
    order: int


def variable(*, unit: str, dims: tuple[str, ...] = (), kind: Kind = "level") -> Callable[[Equation], Variable]:
    """Declare a variable: an auxiliary or a flow.

    Parameters
    ----------
    unit
        The unit of the result, such as `亿元_2020/a`; what the equation returns must have it.
    dims
        The dimensions, in the order of the model. A result with fewer is repeated over the others.
    kind
        How a year is reported: a `flow` is totalled over the year, a `level` is read at its end, a `ratio` is its own equation
        applied to the year's values of what it reads.

    Returns
    -------
    Callable
        A decorator; the name of the function is that of the variable, its arguments name what it reads.

    Examples
    --------
    >>> @variable(unit="ratio", dims=("sector",))
    ... def doubled(x: Array) -> Array:
    ...     return 2.0 * x
    >>> evaluate(lambda doubled: total(doubled, over="sector"), doubled, x=("sector", [2.0, 3.0, 5.0]))
    20.0
    """
    return lambda equation: Variable(**_common(equation), unit=unit, dims=dims, kind=kind)


def stock(*, unit: str, initial: str | float, dims: tuple[str, ...] = ()) -> Callable[[Equation], Stock]:
    """Declare a stock, whose function returns its net rate per year.

    Parameters
    ----------
    unit
        The unit of the stock; its net rate is in this unit per year.
    initial
        The value at the start of the run: the name of a parameter or variable of the same unit and dimensions, or a number.
    dims
        The dimensions, in the order of the model.

    Returns
    -------
    Callable
        A decorator; the name of the function is that of the stock, and equations read its net rate as `name.rate`.

    Examples
    --------
    >>> @stock(unit="ratio", initial=100.0)
    ... def wealth(wealth: Array) -> Array:
    ...     return 0.05 * wealth
    >>> evaluate(lambda wealth: 1.0 * wealth, wealth, years=2)
    [105.127, 110.517]
    """
    start = initial if isinstance(initial, str) else float(initial)
    return lambda equation: Stock(**_common(equation), unit=unit, dims=dims, initial=start)


def event(*, stock: str, order: int) -> Callable[[Equation], Event]:
    """Declare a yearly event, whose function returns the new value of a stock on 31 December.

    Parameters
    ----------
    stock
        The stock, in whose unit and dimensions the function returns its value.
    order
        The place among the events of the year, which happen by rising order; each sees what those before it have left.

    Returns
    -------
    Callable
        A decorator; the arguments of the function name what it reads.

    Examples
    --------
    >>> @stock(unit="ratio", initial=100.0)
    ... def wealth(tithe: Array) -> Array:
    ...     return 0.0
    >>> @event(stock="wealth", order=1)
    ... def paid(wealth: Array, tithe: Array) -> Array:
    ...     return wealth * (1.0 - tithe)
    >>> evaluate(lambda wealth: 1.0 * wealth, wealth, paid, years=2, tithe=0.1)
    [90.0, 81.0]
    """
    return lambda equation: Event(**_common(equation), stock=stock, order=order)


def _common(equation: Equation) -> dict[str, Any]:
    code = equation.__code__
    return {
        "name": equation.__name__,
        "equation": equation,
        "arguments": tuple(inspect.signature(equation).parameters),
        "doc": inspect.cleandoc(equation.__doc__ or ""),
        "file": Path(code.co_filename),
        "line": code.co_firstlineno,
    }


@dataclass(frozen=True)
class ModelSource:
    """The declarations of a model folder, in file and line order, and its dimensions."""

    declarations: tuple[Declaration, ...]
    dimensions: tuple[Dimension, ...]


def load_model(folder: Path) -> ModelSource:
    """Import the model files of `folder`. They are code, and trusted as code.

    Raises
    ------
    ModelError
        when the folder holds no model file, or a file cannot be imported.
    """
    files = sorted(folder.glob("*.py"))
    if not files:
        message = Text("文件夹中没有模型文件", "no model files in this folder")
        raise ModelError(Fault(message, Place(folder)))
    modules = [_import(file) for file in files]
    found = [value for module in modules for value in vars(module).values()]
    declared = {id(item): item for item in found if isinstance(item, Declaration)}
    dims = {item.name: item for item in found if isinstance(item, Dimension)}
    ordered = sorted(declared.values(), key=lambda item: (item.file, item.line))
    return ModelSource(tuple(ordered), tuple(dims.values()))


def load_base_year(folder: Path) -> Callable[[BaseYear], list[BaseCell]]:
    """Return the function that builds the base-year tables of the model in `folder`; of one without such a module, no rows.

    Raises
    ------
    ModelError
        when the package is missing or cannot be imported.
    """
    if not is_folder(folder / "base_year"):
        return lambda _: []
    build: Callable[[BaseYear], list[BaseCell]] = _import(folder / "base_year" / "__init__.py").build_rows
    return build


def _import(file: Path) -> ModuleType:
    if not is_file(file):
        raise ModelError(Fault(Text("不是普通文件", "not a regular file"), Place(file)))
    digest = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]
    name = f"_sim_model_{digest}_{file.stem}"
    inside = [str(file.parent)] if file.name == "__init__.py" else None  # only a package has modules inside
    specification = importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
    if specification is None or specification.loader is None:
        raise ModelError(Fault(Text("无法载入", "cannot be loaded"), Place(file)))
    module = importlib.util.module_from_spec(specification)
    for inside_it in [key for key in sys.modules if key.startswith(f"{name}.")]:
        del sys.modules[inside_it]  # a package read anew reads its modules anew
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except MISTAKES_IN_CODE as error:
        line = getattr(error, "lineno", None) or _line_of(error, file)
        message = Text("模型文件有误：", "the model file is faulty: ") + reason_of(error)
        raise ModelError(Fault(message, Place(file, line))) from error
    return module


def _line_of(error: Exception, file: Path) -> int | None:
    """Return the line of a file in which an error arose; None where it arose elsewhere."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return next((frame.lineno for frame in frames if frame.filename == str(file)), None)
