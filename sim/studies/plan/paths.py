"""What a required path is: asked with which probability and by which levers, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.text import Text
from sim.ensemble.draws import DrawRequest
from sim.plan.reading import Reading
from sim.studies.plan.responses import Lever, Values

_AT_BOUND = 1e-3


@dataclass(frozen=True)
class PathRequest:
    """With which probability, by which levers, of how many; `draws` at each point of the search, `proof` for the result."""

    probability: float
    draws: DrawRequest
    proof: DrawRequest
    levers: tuple[str, ...] = ()
    most_levers: int = 10


@dataclass(frozen=True)
class Path:
    """Levers in steps, and what they do: the share of draws in which all targets are met, and each by itself."""

    levers: tuple[Lever, ...]
    readings: tuple[Reading, ...]
    steps: Values
    joint: float
    single: Values
    short: Values
    """How far each target falls short at the chance it was given, in parts of it; nought where it does not."""
    price: Values
    """Cost in squared steps of one hundredth of the target more."""
    probability: float
    error: float = 0.0
    """Standard error of `joint`."""

    @property
    def cost(self) -> float:
        """Sum of the squared steps, weighed."""
        return float(sum(lever.weight * step**2 for lever, step in zip(self.levers, self.steps, strict=True)))

    @property
    def reaches(self) -> bool:
        """Whether all targets are met together often enough."""
        return self.joint >= self.probability

    @property
    def at_upper(self) -> tuple[Lever, ...]:
        """Levers that are moved up as far as they may be."""
        return tuple(lever for lever, step in self._moved if step > 0.0 and step >= lever.high - _AT_BOUND)

    @property
    def at_lower(self) -> tuple[Lever, ...]:
        """Levers that are moved down as far as they may be."""
        return tuple(lever for lever, step in self._moved if step < 0.0 and step <= lever.low + _AT_BOUND)

    @property
    def _moved(self) -> list[tuple[Lever, float]]:
        pairs = zip(self.levers, self.steps, strict=True)
        return [(lever, float(step)) for lever, step in pairs if abs(step) > _AT_BOUND]


@dataclass(frozen=True)
class Mix:
    """One of several ways to reach the targets: what is different about it, and the path."""

    label: Text
    path: Path


def is_better(one: Path, other: Path) -> bool:
    """What reaches goes before what does not, then what costs less, or what comes nearer."""
    if one.reaches != other.reaches:
        return one.reaches
    return one.cost < other.cost if one.reaches else one.joint > other.joint
