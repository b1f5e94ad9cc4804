"""Rewriting: a tape is read into products of factors and sums of terms, which a builder puts on a new tape in fewer operations.

x**a * y**b is exp(a*log(x)) * exp(b*log(y)); here it becomes exp(a*log(x) + b*log(y)). A total, over time or over a dimension,
keeps its common factors outside: deaths by age are (mortality * population) * index, and only the index is added up within the
year.

What decides at a threshold is left as it is written: x/x0 is exactly one where x is x0, x*(1/x0) may be one less in the last
digit. That matters only where a function jumps or ends: in a comparison, and in the root or logarithm of a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sim.engine.builder import Builder, LinearForm, ProductForm
from sim.engine.tape import COMMUTATIVE, Computed, Constant, Leaf, Phase, Tape, Value

PRODUCTS = frozenset({"multiply", "divide", "negative"})
SUMS = frozenset({"add", "subtract"})


class Rewriter:
    """Copies the values that `roots` need onto a new tape, rewritten; `moved` maps old numbers to new ones."""

    def __init__(self, old: Tape, roots: Iterable[int]) -> None:
        self.old, self.new = old, Tape(old.sizes, old.positive)
        self.moved: dict[int, int] = {}
        self._builder = Builder(self.new)
        self._rewrites: dict[str, Callable[[int, Computed], int]] = {
            **dict.fromkeys(PRODUCTS, self._product_of),
            **dict.fromkeys(SUMS, self._sum_of),
            "log": self._log_of,
            "total": self._total,
            "integral": self._integral,
        }
        order, reached = reachable(old, roots), set[int]()
        self._as_written = deciding(old, order)
        self._readers = readers(old.values, order, roots)
        for value in order:
            self.new.owner = old.owners[value]
            new = self._copied(value)
            for name in old.dims(value):  # what cancels may lose dimensions that those who read it count on
                new = self.new.repeated(new, name)
            self.moved[value] = new
            if self._is_own(value) and new not in reached:
                self._builder.own.add(self._unaligned(new))
            else:  # two expressions that became one value have two readers, though each had one
                self._builder.own.discard(new)
            reached.add(new)

    def _copied(self, value: int) -> int:
        item = self.old.values[value]
        if isinstance(item, Leaf):
            return self.new.leaf(item.name, item.dims, item.phase)
        if isinstance(item, Constant):
            return self.new.number(item.value)
        rewrite = None if value in self._as_written else self._rewrites.get(item.operation)
        return self._as_it_is(item) if rewrite is None else rewrite(value, item)

    def _is_own(self, value: int) -> bool:
        """Return True where a value has one reader, which may take it apart: nobody else needs it computed."""
        return len(self._readers[value]) == 1

    def _as_it_is(self, item: Computed) -> int:
        inputs = tuple(self.moved[child] for child in item.inputs)
        inputs = tuple(sorted(inputs)) if item.operation in COMMUTATIVE else inputs
        return self.new.compute(item.operation, inputs, item.dims, item.settings)

    # ---- products

    def _product_of(self, root: int, _: Computed) -> int:
        coefficient, above, below = 1.0, list[int](), list[int]()
        for value, upper in self._walk(root, PRODUCTS):
            item = self.old.values[value]
            if self._opens(value, root, PRODUCTS):
                coefficient = -coefficient if self._operation(value) == "negative" else coefficient
            elif isinstance(item, Constant) and item.value:
                coefficient = coefficient * item.value if upper else coefficient / item.value
            else:
                (above if upper else below).append(value)
        factors = self._with_powers_joined(coefficient, above, below)
        return self._builder.product(self._builder.distributed(factors))

    def _walk(self, root: int, operations: frozenset[str]) -> list[tuple[int, bool]]:
        """Every node of a tree of operations, with its side; the second input of divide and subtract changes sides.

        A node that only this tree uses is opened, and stands before its parts.

        The first input comes before the second, but a sum within a sum before either: (x - x0) + y is added up in that order,
        whichever way it is written.
        """
        found, pending = list[tuple[int, bool]](), [(root, True)]
        while pending:
            value, upper = pending.pop()
            found.append((value, upper))
            item = self.old.values[value]
            if isinstance(item, Computed) and self._opens(value, root, operations):
                turned = item.operation in {"divide", "subtract"}
                sides = [*((child, upper != turned) for child in item.inputs[1:]), (item.inputs[0], upper)]  # the last is next
                pending += sorted(sides, key=lambda side: self._opens(side[0], root, SUMS & operations))
        return found

    def _opens(self, value: int, root: int, operations: frozenset[str]) -> bool:
        return self._operation(value) in operations and (value == root or self._is_own(value))

    def _operation(self, value: int) -> str:
        item = self.old.values[value]
        return item.operation if isinstance(item, Computed) else ""

    def _with_powers_joined(self, coefficient: float, above: list[int], below: list[int]) -> ProductForm:
        """An exponential that only this product uses takes in all others of the product."""
        powers = list[tuple[int, bool]]()
        rest: tuple[list[int], list[int]] = ([], [])
        hosts = 0
        for upper, values in ((True, above), (False, below)):
            for value in values:
                if self._operation(value) == "exp":
                    powers.append((value, upper))
                    hosts += self._is_own(value)
                else:
                    rest[0 if upper else 1].append(self._unaligned(self.moved[value]))
        if not hosts:
            for value, upper in powers:
                rest[0 if upper else 1].append(self.moved[value])
            return ProductForm(coefficient, tuple(rest[0]), tuple(rest[1]))
        exponent = LinearForm()
        for value, upper in powers:
            raw = self.old.values[value]
            inner = raw.inputs[0] if isinstance(raw, Computed) else value
            part = self._linear_of(inner, opened=self._is_own(value))
            exponent = exponent.plus(self.new, part, 1.0 if upper else -1.0)
        return self._builder.exponential(exponent, ProductForm(coefficient, tuple(rest[0]), tuple(rest[1])))

    def _unaligned(self, value: int) -> int:
        item = self.new.values[value]
        return item.inputs[0] if isinstance(item, Computed) and item.operation == "align" else value

    # ---- sums

    def _sum_of(self, root: int, item: Computed) -> int:
        if self.old.phases[root] == Phase.ONCE:  # computed once a run: nothing to gain, and a last digit to lose
            return self._as_it_is(item)
        linear = LinearForm()
        for value, upper in self._walk(root, SUMS):
            if not self._opens(value, root, SUMS):
                linear = linear.plus(self.new, self._linear_of(value, opened=True), 1.0 if upper else -1.0)
        return self._builder.sum(linear)

    def _linear_of(self, raw: int, *, opened: bool) -> LinearForm:
        """A value as constant and moving terms; only what nobody else reads may be taken apart."""
        tape, builder, value = self.new, self._builder, self._unaligned(self.moved[raw])
        if opened and value in builder.linear and self._is_own(raw):
            return builder.linear[value]
        factors = builder.factors.get(value) if self._is_own(raw) else None
        if factors is None:
            return LinearForm.of(tape, value)
        slow, fast = factors.split(tape)
        if slow.is_trivial or not (fast.above or fast.below):
            return LinearForm.of(tape, value)
        product = builder.product(fast)
        builder.own.add(product)
        return LinearForm(terms=((builder.product(slow), product),))

    # ---- logarithms and totals

    def _log_of(self, _: int, item: Computed) -> int:
        raw = item.inputs[0]
        return self._builder.log(self.moved[raw], shared=not self._is_own(raw))

    def _total(self, _: int, item: Computed) -> int:
        """total(s*p) = s*total(p) where s does not vary over the dimension and p changes less often than s*p."""
        tape, value = self.new, self.moved[item.inputs[0]]
        names = tuple(name for axis, name in enumerate(self.old.dims(item.inputs[0])) if axis in item.settings[0])
        factors = self._builder.factors.get(value)
        if factors is None:
            return tape.total(value, names)
        inside = [bool(set(names) & set(tape.dims(part))) for part in (*factors.above, *factors.below)]
        inner = self._builder.product(factors.where(inside, coefficient=1.0))
        if tape.phases[inner] >= tape.phases[value]:
            return tape.total(value, names)
        outer = factors.where([not mark for mark in inside], coefficient=factors.coefficient)
        summed = tape.total(inner, names)
        return self._builder.product(ProductForm(outer.coefficient, (*outer.above, summed), outer.below))

    def _integral(self, _: int, item: Computed) -> int:
        """The total over the year of s*p is p times that of s where p stands still within the year."""
        tape, value = self.new, self.moved[item.inputs[0]]
        factors = self._builder.factors.get(value)
        if tape.phases[value] <= Phase.YEAR or factors is None:
            return tape.integral(value)
        slow, fast = factors.split(tape)
        total = tape.integral(self._builder.product(fast))
        return self._builder.product(ProductForm(slow.coefficient, (*slow.above, total), slow.below))


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


def readers(values: Sequence[Value], order: Iterable[int], roots: Iterable[int]) -> dict[int, list[int]]:
    """The readers of each value, once for each time that they read it; a root is read twice by one that does not exist."""
    found: dict[int, list[int]] = {value: [] for value in order}
    for value in found:
        item = values[value]
        for child in item.inputs if isinstance(item, Computed) else ():
            found[child].append(value)
    for root in roots:
        found[root] += [-1, -1]
    return found


_COMPARISONS = frozenset({"greater", "greater_equal", "less", "less_equal", "not_equal"})
_ENDS = frozenset({"sqrt", "log", "log1p"})
_SMOOTH = frozenset({"exp", "expm1", "tanh", *_ENDS, "integral"})


def deciding(tape: Tape, order: Iterable[int]) -> frozenset[int]:
    """All values of arithmetic below a comparison, a root or a logarithm of a difference."""
    found: set[int] = set()
    for value in order:
        item = tape.values[value]
        if isinstance(item, Computed):
            for child in item.inputs if item.operation in _COMPARISONS | _ENDS else ():
                below = _arithmetic_below(tape, child)
                if item.operation in _COMPARISONS or any(_may_vanish(tape, part, tape.phases[value]) for part in below):
                    found |= below
    return frozenset(found)


def _arithmetic_below(tape: Tape, root: int) -> set[int]:
    """A value and what it is made of, down to leaves and smooth functions."""
    found, waiting = set[int](), [root]
    while waiting:
        value = waiting.pop()
        item = tape.values[value]
        if value not in found and isinstance(item, Computed) and item.operation not in _SMOOTH:
            found.add(value)
            waiting.extend(item.inputs)
    return found


def _may_vanish(tape: Tape, value: int, phase: Phase) -> bool:
    """Tell whether a value is a difference that moves, if what reads it does."""
    item = tape.values[value]
    if not isinstance(item, Computed) or tape.phases[value] < min(phase, Phase.YEAR):
        return False
    parts = [tape.values[part] for part in item.inputs]
    adds_negative = item.operation == "add" and any(isinstance(part, Constant) and part.value < 0.0 for part in parts)
    return adds_negative or item.operation in {"subtract", "negative"}
