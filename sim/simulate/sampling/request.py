"""What a call asks of a sweep, and whether it can be meant at all; every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any, get_args

from sim.base.errors import Faults, Place, UsageError, nearest
from sim.base.text import Text
from sim.inputs.sweep_section import METHODS, MOST_DRAWS, Method, Over, Rest

LARGEST_SEED = (1 << 63) - 1


@dataclass(frozen=True)
class SweepRequest:
    """What the call says of a sweep; what it leaves open is as the scenario's section has it."""

    method: Method | None = None
    draws: int | None = None
    seed: int = 0
    over: tuple[Over, ...] = ()
    rest: Rest | None = None
    outputs: tuple[str, ...] = ()

    def fail_if_unfit(self) -> None:
        """Raise what cannot be meant.

        Raises
        ------
        UsageError
            with every value that is of a wrong type, outside its limits or no known word.
        """
        faults = Faults()
        if self.draws is not None:
            fail_if_not_whole("draws", self.draws, 1, MOST_DRAWS, faults)
        fail_if_not_whole("seed", self.seed, 0, LARGEST_SEED, faults)
        fail_if_unknown("method", self.method, METHODS, faults)
        fail_if_unknown("rest", self.rest, get_args(Rest), faults)
        faults.raise_if_any(UsageError)


def fail_if_not_whole(name: str, value: Any, low: int, high: int, faults: Faults) -> None:
    """Add a fault for what is no whole number within its limits."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        advice = Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")
        faults.add(Text(f"{name} {value!r} 不可用", f"{name} {value!r} cannot be used"), Place(key=name), advice)


def fail_if_unknown(name: str, value: Any, known: tuple[str, ...], faults: Faults) -> None:
    """Add a fault for a word that is not among the known ones; none is what is usual."""
    if value is not None and value not in known:
        message = Text(f"{name} 没有 {value!r}", f"{name} knows no {value!r}")
        faults.add(message, Place(key=name), nearest(str(value), list(known)) or Text("、".join(known), ", ".join(known)))
