"""Quantities that library functions need for themselves: hidden stocks, and values taken once at the start."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.nodes import Node


@dataclass(frozen=True)
class HiddenStock:
    """A stock that a library function needs for itself. `yearly_total` ones start each year at zero."""

    name: str
    dims: tuple[str, ...]
    initial: Node
    rate: Node
    like: Node
    yearly_total: bool = False


@dataclass(frozen=True)
class Frozen:
    """A value taken once at the start: `initial(x)`, or a starting rate that turns a base-year total into a rate."""

    name: str
    node: Node
    growth: Node | None = None
