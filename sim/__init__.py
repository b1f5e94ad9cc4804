"""A regional economic scenario simulator: is a city's development plan reachable, and what would it take?

The data's way: scenario YAML -> checked Scenario -> model (equations as functions) -> graph -> time loop -> xarray ->
scorecard -> report. `sim` holds the engine and knows no city; `models/` holds equations and the data of cities.
"""

from typing import TYPE_CHECKING, Any

from sim.base import __version__ as __version__  # a public name, though no function for notebooks

if TYPE_CHECKING:
    from sim.api import SimError, levers, run, sensitivity, sweep

__all__ = ["SimError", "levers", "run", "sensitivity", "sweep"]


def __dir__() -> list[str]:
    """The public names, and nothing that happens to have been imported."""
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    """The functions for notebooks, loaded when they are asked for: the command line starts without them."""
    if name not in __all__:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module("sim.api"), name)
