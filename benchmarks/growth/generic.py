"""The growth model as one function of time, state and parameters, for numpy, math and JAX alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.growth.formulas import AUXILIARIES, RATES
from benchmarks.growth.values import CONSTANTS, DRAWN

FUNCTIONS = ("exp", "log", "tanh", "max")
Rates = Callable[..., tuple[Any, ...]]


def rates_function(functions: Mapping[str, Any]) -> Rates:
    """`rates(time, stocks, parameters)` with the elementary functions of a library; written out from the formulas once."""
    lines = ["def rates(time, stocks, p):", f"    {', '.join(RATES)}, = stocks"]
    used = " ".join((*AUXILIARIES.values(), *RATES.values()))
    names = [name for name in (*CONSTANTS, *DRAWN) if name in used]
    lines += [f"    {name} = p[{name!r}]" for name in names]
    lines += [f"    {name} = {text}" for name, text in AUXILIARIES.items()]
    lines.append(f"    return ({', '.join(RATES.values())},)")
    space: dict[str, Any] = dict(functions)
    exec("\n".join(lines), space)  # noqa: S102  the formulas of this folder
    found: Rates = space["rates"]
    return found
