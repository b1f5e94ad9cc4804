"""Random models: equations of random operations over random dimensions, written as functions of the model language."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import (
    Array,
    accumulate,
    at,
    by,
    delay1,
    event,
    initial,
    lookup,
    noise,
    place,
    shift,
    smooth,
    stock,
    total,
    until_turn,
    variable,
)
from sim.model.declarations import Declaration
from tests.tiny import DIMENSIONS

Values = NDArray[Any]
Dims = tuple[str, ...]
MEMBERS = {item.name: item.members for item in DIMENSIONS}
PARAMETERS: dict[str, Dims] = {
    "p": (),
    "q": (),
    "by_sector": ("sector",),
    "by_both": ("region", "sector"),
    "by_age": ("age",),
    "by_kind": ("kind",),
    "by_region": ("region",),
}
YEARLY: dict[str, Dims] = {"path": (), "path_by_sector": ("sector",)}
_SHAPES: tuple[Dims, ...] = (
    *((), (), ("sector",), ("age",), ("region", "sector"), ("region", "kind")),
    *(("kind",), ("sector", "kind"), ("region", "sector", "kind")),
)
_BINARY = (
    "{a} + {b}",
    "{a} - {b}",
    "{a} * {b}",
    "{a} / (1.0 + np.absolute({b}))",
    "np.maximum({a}, {b})",
    "np.minimum({a}, {b})",
)
_UNARY = (
    "-{a}",
    "{a} * 2.0 - 0.3",
    "{a} / 10.0",
    "np.exp(0.3 * np.tanh({a}))",
    "np.log(0.5 + np.absolute({a}))",
    "np.sqrt(0.1 + np.absolute({a}))",
    "np.tanh({a})",
    "initial({a})",
    "smooth({a}, 2.0)",
    "delay1({a}, 3.0)",
    "accumulate({a}) * 0.1",
    "{a} * noise('weather', like={a})",
    "until_turn({a})",
    "lookup({a}, ((-1.0, 0.2), (0.0, 0.7), (0.5, 0.4), (2.0, 1.3)))",
    "np.clip({a}, -0.5, 0.8)",
)
_MIXED = (
    "np.where({a} > {b}, {b}, {c})",
    "(0.2 + np.absolute({a})) ** (0.1 * {b}) * (1.0 + np.absolute({c})) ** 0.7",
    "np.log(np.exp(0.3 * {a}) * (0.1 + np.absolute({b})) / (1.0 + np.absolute({c})))",
    "{a} * {b} + {a} * {c}",
    "{a} * 0.3 * (1.0 + 0.5 * ({b} - 1.0)) / (1.5 + np.absolute({c}))",
)


@dataclass(frozen=True)
class Model:
    """Declarations, and the dimensions of everything that must be supplied."""

    declarations: list[Declaration]
    yearly: Mapping[str, Dims]


@variable(unit="ratio")
def elapsed(time: Array) -> Array:
    return 0.3 * (time - 2021.0)


def random_model(seed: int) -> Model:
    """Stocks, variables of every kind, and events, all reading each other where that makes no circle."""
    rng = random.Random(seed)
    stocks = {f"stock_{number}": rng.choice(_SHAPES[:6]) for number in range(3)}
    names: dict[str, Dims] = {**PARAMETERS, **YEARLY, **stocks}
    declared: list[Declaration] = [elapsed]
    names["elapsed"] = ()
    for number in range(rng.randint(3, 7)):
        name, dims = f"variable_{number}", rng.choice(_SHAPES)
        text = _expression(rng, names, dims, rng.randint(1, 4))
        kind: Any = rng.choice(("flow", "level", "ratio"))
        declared.append(variable(unit="ratio", dims=dims, kind=kind)(_function(name, text, names)))
        names[name] = dims
    for name, dims in stocks.items():
        text = "0.0" if rng.random() < 0.25 else f"0.3 * np.tanh({_expression(rng, names, dims, 3)})"
        first: Any = rng.choice([0.7, *(item for item, have in PARAMETERS.items() if have == dims)])
        declared.append(stock(unit="ratio", dims=dims, initial=first)(_function(name, text, names)))
    for order, name in enumerate(rng.sample(list(stocks), rng.randint(0, 3))):
        text = _expression(rng, names, stocks[name], rng.randint(0, 2))
        declared.append(event(stock=name, order=order)(_function(f"event_{order}", text, names)))
    return Model(declared, YEARLY)


def _expression(rng: random.Random, names: Mapping[str, Dims], dims: Dims, depth: int) -> str:
    """A text of at most these dimensions."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice([name for name, have in names.items() if set(have) <= set(dims)])
    structural = _structural(rng, names, dims, depth)
    if structural is not None:
        return structural
    parts = {letter: f"({_expression(rng, names, dims, depth - 1)})" for letter in "abc"}
    return rng.choice(rng.choice((_BINARY, _UNARY, _MIXED))).format(**parts)


def _structural(rng: random.Random, names: Mapping[str, Dims], dims: Dims, depth: int) -> str | None:
    """An operation that takes a dimension away or brings one, now and then."""
    free = [dim for dim in MEMBERS if dim not in dims]
    chance = rng.random()
    if chance < 0.15 and free:
        dim = rng.choice(free)
        wider = tuple(name for name in MEMBERS if name in dims or name == dim)
        inner = _expression(rng, names, wider, depth - 1)
        return rng.choice((f"summed({inner}, '{dim}')", f"member({inner}, '{dim}', '{rng.choice(MEMBERS[dim])}')"))
    if chance < 0.35 and dims:
        dim = rng.choice(dims)
        rest = tuple(name for name in dims if name != dim)
        parts = ", ".join(_expression(rng, names, rest, depth - 1) for _ in MEMBERS[dim])
        whole = _expression(rng, names, dims, depth - 1)
        only = _expression(rng, names, rest, depth - 1)
        texts = (f"stacked('{dim}', {parts})", f"moved({whole}, '{dim}')", f"placed({only}, '{dim}')")
        return rng.choice(texts)
    return None


def _function(name: str, text: str, names: Mapping[str, Dims]) -> Callable[..., Array]:
    """A function whose arguments are the names that the text reads."""
    arguments = [item for item in names if re.search(rf"\b{item}\b", text)]
    space: dict[str, Any] = dict(_LANGUAGE)
    exec(f"def {name}({', '.join(arguments)}):\n    return {text}\n", space)  # noqa: S102  written above
    found: Callable[..., Array] = space[name]
    return found


def _summed(x: Any, dim: str) -> Any:
    return total(x, over=dim) if dim in x.dims else x * float(len(MEMBERS[dim]))


def _member(x: Any, dim: str, name: str) -> Any:
    return at(x, **{dim: name}) if dim in x.dims else x


def _stacked(dim: str, *parts: Any) -> Any:
    return by(dim, **dict(zip(MEMBERS[dim], parts, strict=True)))


def _moved(x: Any, dim: str) -> Any:
    return shift(x, along=dim) if dim in x.dims else x


def _placed(x: Any, dim: str) -> Any:
    return place(x, **{dim: MEMBERS[dim][0]}) if dim not in x.dims else x


_LANGUAGE = {
    "np": np,
    "summed": _summed,
    "member": _member,
    "stacked": _stacked,
    "moved": _moved,
    "placed": _placed,
    "initial": initial,
    "smooth": smooth,
    "delay1": delay1,
    "accumulate": accumulate,
    "noise": noise,
    "until_turn": until_turn,
    "lookup": lookup,
}


class Supplied:
    """Values of every parameter and year; `drawn` names differ from draw to draw, and draws `start` to `stop` - 1 are asked."""

    def __init__(self, seed: int, drawn: frozenset[str], start: int, stop: int) -> None:
        self.drawn, self._start, self._stop = drawn, start, stop
        self._seed, generator = seed, np.random.default_rng(seed)
        self._values = {name: generator.uniform(-1.0, 1.5, (*_shape(dims), 100)) for name, dims in PARAMETERS.items()}
        self._paths = {name: generator.uniform(-1.0, 1.5, (*_shape(dims), 20)) for name, dims in YEARLY.items()}

    def value(self, name: str, year: int) -> Values:
        """As the engine asks for it."""
        if name.startswith("noise:"):
            return np.random.default_rng(self._seed + year).normal(size=100)[self._start : self._stop]
        if name in self._paths:
            return self._paths[name][..., year - 2020][..., np.newaxis]
        values = self._values[name]
        return values[..., self._start : self._stop] if name in self.drawn else values[..., :1]

    def at_year(self, year: int) -> dict[str, Values]:
        """As the plain evaluator asks for it."""
        names = ("noise:weather", *self._values, *self._paths)
        values = {name: self.value(name, year) for name in names}
        width = self._stop - self._start
        return {name: np.broadcast_to(array, (*array.shape[:-1], width)) for name, array in values.items()}


def _shape(dims: Dims) -> tuple[int, ...]:
    return tuple(len(MEMBERS[dim]) for dim in dims)
