"""Rewriting of products: factors are sorted by how often they change, and powers meet in one exponential.

x**a * y**b is exp(a*log(x)) * exp(b*log(y)); here it becomes exp(a*log(x) + b*log(y)). The slow factors of a product are
multiplied first, so that they leave the time step; a total, over time or over a dimension, keeps its common factors outside:
deaths by age are (mortality * population) * index, and only the index is added up within the year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.numerics.tape import COMMUTATIVE, Computed, Leaf, Number, Phase, Tape

PRODUCTS = frozenset({"multiply", "divide"})


@dataclass(frozen=True)
class Factors:
    """A product: coefficient, values above and below the line."""

    coefficient: float
    above: tuple[int, ...]
    below: tuple[int, ...]

    def where(self, keep: Sequence[bool], *, coefficient: float) -> Factors:
        """The factors that are marked, above first."""
        marks = iter(keep)
        above = tuple(value for value in self.above if next(marks))
        return Factors(coefficient, above, tuple(value for value in self.below if next(marks)))


class Rewriter:
    """Copies the values that `roots` need onto a new tape, products rewritten; `moved` maps old numbers to new ones."""

    def __init__(self, old: Tape, roots: Iterable[int]) -> None:
        self.old, self.new = old, Tape(old.sizes)
        self.moved: dict[int, int] = {}
        self._factors: dict[int, Factors] = {}
        order = reachable(old, roots)
        self._uses = _uses(old, order, roots)
        for value in order:
            self.new.owner = old.owners[value]
            self.moved[value] = self._copied(value)

    def _copied(self, value: int) -> int:
        item = self.old.values[value]
        if isinstance(item, Leaf):
            return self.new.leaf(item.name, item.dims, item.phase)
        if isinstance(item, Number):
            return self.new.number(item.value)
        if item.operation in PRODUCTS:
            return self._product(self._collected(value))
        if item.operation == "total":
            return self._total(item)
        if item.operation == "integral":
            return self._integral(self.moved[item.inputs[0]])
        inputs = tuple(self.moved[child] for child in item.inputs)
        inputs = tuple(sorted(inputs)) if item.operation in COMMUTATIVE else inputs
        return self.new.compute(item.operation, inputs, item.dims, item.settings)

    def _collected(self, root: int) -> Factors:
        """The factors of a product; a product that only this one uses is opened."""
        coefficient, above, below = 1.0, list[int](), list[int]()
        pending = [(root, True)]
        while pending:
            value, upper = pending.pop()
            item = self.old.values[value]
            opened = isinstance(item, Computed) and item.operation in PRODUCTS and (value == root or self._uses[value] == 1)
            if opened and isinstance(item, Computed):
                second = upper if item.operation == "multiply" else not upper
                pending += [(item.inputs[1], second), (item.inputs[0], upper)]
            elif isinstance(item, Number) and item.value:
                coefficient = coefficient * item.value if upper else coefficient / item.value
            else:
                (above if upper else below).append(value)
        return self._with_powers_joined(coefficient, above, below)

    def _with_powers_joined(self, coefficient: float, above: list[int], below: list[int]) -> Factors:
        powers: dict[Phase, list[tuple[int, bool]]] = {}
        rest: tuple[list[int], list[int]] = ([], [])
        for upper, values in ((True, above), (False, below)):
            for value in values:
                moved = self._unaligned(self.moved[value])
                item = self.new.values[moved]
                if isinstance(item, Computed) and item.operation == "exp" and self._uses[value] == 1:
                    powers.setdefault(self.new.phases[moved], []).append((item.inputs[0], upper))
                else:
                    rest[0 if upper else 1].append(moved)
        joined = [self._joined_power(terms) for terms in powers.values()]
        return Factors(coefficient, (*rest[0], *joined), tuple(rest[1]))

    def _joined_power(self, terms: list[tuple[int, bool]]) -> int:
        rising = [value for value, upper in terms if upper]
        falling = [value for value, upper in terms if not upper]
        tape = self.new
        exponent = _chain(tape, "add", rising) if rising else tape.apply("negative", falling.pop(0))
        for value in falling:
            exponent = tape.apply("subtract", exponent, value)
        return tape.apply("exp", exponent)

    def _unaligned(self, value: int) -> int:
        item = self.new.values[value]
        return item.inputs[0] if isinstance(item, Computed) and item.operation == "align" else value

    def _product(self, factors: Factors) -> int:
        """Slow factors first; within a phase the small ones first."""
        tape, product = self.new, self.new.number(factors.coefficient)
        for phase in Phase:
            above = self._sorted(value for value in factors.above if tape.phases[value] == phase)
            below = self._sorted(value for value in factors.below if tape.phases[value] == phase)
            if above:
                product = tape.apply("multiply", product, _chain(tape, "multiply", above))
            if below:
                product = tape.apply("divide", product, _chain(tape, "multiply", below))
        self._factors.setdefault(product, factors)
        return product

    def _sorted(self, values: Iterable[int]) -> list[int]:
        return sorted(values, key=lambda value: (self.new.cells(value), value))

    def _total(self, item: Computed) -> int:
        """total(s*p) = s*total(p) where s does not vary over the dimension and p changes less often than s*p."""
        tape, value = self.new, self.moved[item.inputs[0]]
        axes = item.settings[0]
        names = tuple(item_dims for place, item_dims in enumerate(self.old.dims(item.inputs[0])) if place in _axes(axes))
        factors = self._factors.get(value)
        if factors is None:
            return tape.total(value, names)
        inside = [bool(set(names) & set(tape.dims(part))) for part in (*factors.above, *factors.below)]
        inner = self._product(factors.where(inside, coefficient=1.0))
        if tape.phases[inner] >= tape.phases[value]:
            return tape.total(value, names)
        outer = factors.where([not mark for mark in inside], coefficient=factors.coefficient)
        summed = tape.total(inner, names)
        return self._product(Factors(outer.coefficient, (*outer.above, summed), outer.below))

    def _integral(self, value: int) -> int:
        """The total over the year of s*p is p times that of s where p stands still within the year."""
        tape = self.new
        if tape.phases[value] <= Phase.YEAR:
            return value
        factors = self._factors.get(value)
        if factors is None:
            return _integral_of(tape, value)
        moving = [tape.phases[part] > Phase.YEAR for part in (*factors.above, *factors.below)]
        fast = self._product(factors.where(moving, coefficient=1.0))
        slow = factors.where([not mark for mark in moving], coefficient=factors.coefficient)
        return self._product(Factors(slow.coefficient, (*slow.above, _integral_of(tape, fast)), slow.below))


def _integral_of(tape: Tape, value: int) -> int:
    return tape.compute("integral", (value,), tape.dims(value), phase=Phase.END)


def _axes(settings: int | bool | tuple[int, ...]) -> tuple[int, ...]:  # noqa: FBT001  one of a tape's settings
    return settings if isinstance(settings, tuple) else (int(settings),)


def _chain(tape: Tape, operation: str, values: Sequence[int]) -> int:
    result = values[0]
    for value in values[1:]:
        result = tape.apply(operation, result, value)
    return result


def reachable(tape: Tape, roots: Iterable[int]) -> list[int]:
    """The values that roots need, themselves included, inputs first."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if value not in seen:
            seen.add(value)
            item = tape.values[value]
            waiting.extend(item.inputs if isinstance(item, Computed) else ())
    return sorted(seen)


def _uses(tape: Tape, order: Iterable[int], roots: Iterable[int]) -> dict[int, int]:
    """How often each value is read; a root counts as read twice, so that it is never opened."""
    uses = dict.fromkeys(order, 0)
    for value in order:
        item = tape.values[value]
        for child in item.inputs if isinstance(item, Computed) else ():
            uses[child] += 1
    for root in roots:
        uses[root] += 2
    return uses
