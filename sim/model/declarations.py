"""What a model file declares: variables, stocks and yearly events, each a plain function wired by its argument names.

The name of the function is the name of the variable; its arguments name what it reads. A stock's function returns its net rate
per year. An event's function returns the new value of its stock at the turn of the year. The docstring is the documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Equation = Callable[..., Array]
Kind = Literal["flow", "level", "ratio"]
KINDS: tuple[Kind, ...] = ("flow", "level", "ratio")


@dataclass(frozen=True)
class Declaration:
    """What every declaration has: a name, the equation and where it stands."""

    name: str
    equation: Equation
    arguments: tuple[str, ...]
    doc: str
    file: Path
    line: int

    def __getstate__(self) -> dict[str, Any]:
        """What is kept of a declaration once it was traced: everything but the function."""
        return {**vars(self), "equation": traced_already}


def traced_already(**_: Any) -> Array:
    """Stands for the equation of a declaration that was read back from the cache."""
    raise AssertionError("this declaration was traced before it was kept; load the model to call its equation")


@dataclass(frozen=True)
class Quantity(Declaration):
    """What has a value at every moment: a variable or a stock."""

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
    """Declare a variable. See `Variable` for the kinds."""
    return lambda equation: Variable(**_common(equation), unit=unit, dims=dims, kind=kind)


def stock(*, unit: str, initial: str | float, dims: tuple[str, ...] = ()) -> Callable[[Equation], Stock]:
    """Declare a stock whose function returns the net rate per year."""
    return lambda equation: Stock(
        **_common(equation), unit=unit, dims=dims, initial=initial if isinstance(initial, str) else float(initial)
    )


def event(*, stock: str, order: int) -> Callable[[Equation], Event]:
    """Declare a yearly event that sets `stock`."""
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
