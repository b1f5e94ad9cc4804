"""The two normal forms in which values are rewritten: products of factors, and sums of constants and moving terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.engine.tape import Phase, Tape

Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Factors:
    """A product: coefficient, values above and below the line."""

    coefficient: float
    above: tuple[int, ...]
    below: tuple[int, ...]

    @property
    def is_trivial(self) -> bool:
        """The number one."""
        return self.coefficient == 1.0 and not self.above and not self.below

    def where(self, keep: Sequence[bool], *, coefficient: float) -> Factors:
        """The factors that are marked, above first."""
        marks = iter(keep)
        above = tuple(value for value in self.above if next(marks))
        return Factors(coefficient, above, tuple(value for value in self.below if next(marks)))

    def split(self, tape: Tape) -> tuple[Factors, Factors]:
        """What stands still within the year (or is constant, in a product that does), and what moves."""
        parts = (*self.above, *self.below)
        latest = max((tape.phases[part] for part in parts), default=Phase.ONCE)
        moving = [tape.phases[part] > Phase.YEAR or tape.phases[part] == latest for part in parts]
        slow = self.where([not mark for mark in moving], coefficient=self.coefficient)
        return slow, self.where(moving, coefficient=1.0)

    def turned(self) -> Factors:
        """One over the product."""
        return Factors(1.0 / self.coefficient, self.below, self.above)


@dataclass(frozen=True)
class Linear:
    """A sum of constants and terms, each a scale times a value; scales and constants change less often than the terms."""

    constants: Terms
    terms: Terms

    @staticmethod
    def empty() -> Linear:
        """Nothing."""
        return Linear((), ())

    @staticmethod
    def of(tape: Tape, value: int) -> Linear:
        """A value as a sum of itself."""
        return Linear((), ((tape.number(1.0), value),))

    @property
    def is_affine(self) -> bool:
        """One moving term and a constant."""
        return len(self.terms) == 1 and bool(self.constants)

    def plus(self, tape: Tape, other: Linear, sign: float) -> Linear:
        """The sum with another, or the difference."""
        added = other if sign > 0.0 else other.times(tape, tape.number(-1.0))
        return Linear((*self.constants, *added.constants), (*self.terms, *added.terms))

    def times(self, tape: Tape, scale: int) -> Linear:
        """Every constant and term scaled."""
        return Linear(_scaled(tape, self.constants, scale), _scaled(tape, self.terms, scale))

    def merged(self, tape: Tape) -> Linear:
        """Equal values taken together, and what moves less often than the fastest term among the constants."""
        scales: dict[int, int] = {}
        for scale, value in (tape.without_sign(*part) for part in (*self.constants, *self.terms)):
            scales[value] = tape.apply("add", scales[value], scale) if value in scales else scale
        everything = [(scale, value) for value, scale in scales.items() if not tape.is_number(scale, 0.0)]
        latest = max((max(tape.phases[scale], tape.phases[value]) for scale, value in everything), default=Phase.ONCE)
        slow = tuple(part for part in everything if _speed(tape, part) < latest)
        return Linear(slow, tuple(part for part in everything if _speed(tape, part) == latest))


def _speed(tape: Tape, part: tuple[int, int]) -> Phase:
    return max(tape.phases[part[0]], tape.phases[part[1]])


def _scaled(tape: Tape, parts: Terms, scale: int) -> Terms:
    return tuple((tape.apply("multiply", scale, own), value) for own, value in parts)
