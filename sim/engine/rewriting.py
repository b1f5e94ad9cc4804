"""Rewriting: a tape is read into products of factors and sums of terms, which a builder puts on a new tape in fewer operations.

x**a * y**b is exp(a*log(x)) * exp(b*log(y)); here it becomes exp(a*log(x) + b*log(y)). A total, over time or over a dimension,
keeps its common factors outside: deaths by age are (mortality * population) * index, and only the index is added up within the
year.

What decides at a threshold is left as it is written: x/x0 is exactly one where x is x0, x*(1/x0) may be one less in the last
digit. That matters only where a function jumps or ends: in a comparison, and in the root or logarithm of a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sim.engine.builder import Builder, Factor, LinearForm, ProductForm, above_first
from sim.engine.tape import Computed, Constant, Phase, Tape, Value

PRODUCTS = frozenset({"multiply", "divide", "negative"})
SUMS = frozenset({"add", "subtract"})


class Rewriter:
    """Copies the values that `roots` need onto a new tape, rewritten; `moved` maps old numbers to new ones."""

    def __init__(self, old: Tape, roots: Iterable[int]) -> None:
        self.old, self.new = old, Tape(old.sizes, old.positive)
        self.moved: dict[int, int] = {}
        self._builder = Builder(self.new)
        self._rewrites: dict[str, Callable[[int], int]] = {
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
        rewrite = None if value in self._as_written else self._rewrites.get(item.operation)
        return self._as_it_is(value) if rewrite is None else rewrite(value)

    def _is_own(self, value: int) -> bool:
        """Return True where a value has one reader, which may take it apart: nobody else needs it computed."""
        return len(self._readers[value]) == 1

    def _as_it_is(self, value: int) -> int:
        return self.new.copied(self.old.values[value], self.old.phases[value], self.moved)

    # ---- products

    def _product_of(self, root: int) -> int:
        coefficient, factors = 1.0, list[Factor]()
        for value, above in self._walk(root, PRODUCTS):
            item = self.old.values[value]
            if self._opens(value, root, PRODUCTS):
                coefficient = -coefficient if item.operation == "negative" else coefficient
            elif isinstance(item, Constant) and item.value:
                coefficient = coefficient * item.value if above else coefficient / item.value
            else:
                factors.append((value, above))
        form = self._with_powers_joined(coefficient, above_first(factors))
        return self._builder.product(self._builder.distributed(form))

    def _walk(self, root: int, operations: frozenset[str]) -> list[Factor]:
        """Every node of a tree of operations, with its side; the second input of divide and subtract changes sides.

        A node that only this tree uses is opened, and stands before its parts.

        The first input comes before the second, but a sum within a sum before either: (x - x0) + y is added up in that order,
        whichever way it is written.
        """
        found, pending = list[Factor](), [(root, True)]
        while pending:
            value, upper = pending.pop()
            found.append((value, upper))
            item = self.old.values[value]
            if self._opens(value, root, operations):
                turned = item.operation in {"divide", "subtract"}
                sides = [*((child, upper != turned) for child in item.inputs[1:]), (item.inputs[0], upper)]  # the last is next
                pending += sorted(sides, key=lambda side: self._opens(side[0], root, SUMS & operations))
        return found

    def _opens(self, value: int, root: int, operations: frozenset[str]) -> bool:
        return self.old.values[value].operation in operations and (value == root or self._is_own(value))

    def _with_powers_joined(self, coefficient: float, factors: Iterable[Factor]) -> ProductForm:
        """An exponential that only this product uses takes in all others of the product."""
        powers, rest = list[Factor](), list[Factor]()
        for value, above in factors:
            is_power = self.old.values[value].operation == "exp"
            (powers if is_power else rest).append((value, above))
        others = [(self._unaligned(self.moved[value]), above) for value, above in rest]
        if not any(self._is_own(value) for value, _ in powers):
            others += [(self.moved[value], above) for value, above in powers]
            return ProductForm(coefficient, above_first(others))
        exponent = LinearForm()
        for value, above in powers:
            part = self._linear_of(self.old.values[value].inputs[0], opened=self._is_own(value))
            exponent = exponent.plus(self.new, part, 1.0 if above else -1.0)
        return self._builder.exponential(exponent, ProductForm(coefficient, above_first(others)))

    def _unaligned(self, value: int) -> int:
        item = self.new.values[value]
        return item.inputs[0] if item.operation == "align" else value

    # ---- sums

    def _sum_of(self, root: int) -> int:
        if self.old.phases[root] == Phase.ONCE:  # computed once a run: nothing to gain, and a last digit to lose
            return self._as_it_is(root)
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
        form = builder.factors.get(value) if self._is_own(raw) else None
        if form is None:
            return LinearForm.of(tape, value)
        slow, fast = form.split(tape)
        if slow.is_trivial or not fast.factors:
            return LinearForm.of(tape, value)
        product = builder.product(fast)
        builder.own.add(product)
        return LinearForm(terms=((builder.product(slow), product),))

    # ---- logarithms and totals

    def _log_of(self, value: int) -> int:
        raw = self.old.values[value].inputs[0]
        return self._builder.log(self.moved[raw], shared=not self._is_own(raw))

    def _total(self, root: int) -> int:
        """total(s*p) = s*total(p) where s does not vary over the dimension and p changes less often than s*p."""
        tape, item = self.new, self.old.values[root]
        value, dims = self.moved[item.inputs[0]], self.old.dims(item.inputs[0])
        names = tuple(dims[axis] for axis in item.settings[0])
        form = self._builder.factors.get(value)
        if form is not None:
            outer, inner = form.parted(lambda part: not set(names) & set(tape.dims(part)))
            summed = self._builder.product(inner)
            if tape.phases[summed] < tape.phases[value]:
                return self._builder.product(outer.times(tape.total(summed, names)))
        return tape.total(value, names)

    def _integral(self, root: int) -> int:
        """The total over the year of s*p is p times that of s where p stands still within the year."""
        tape, value = self.new, self.moved[self.old.values[root].inputs[0]]
        form = self._builder.factors.get(value)
        if tape.phases[value] <= Phase.YEAR or form is None:
            return tape.integral(value)
        slow, fast = form.split(tape)
        return self._builder.product(slow.times(tape.integral(self._builder.product(fast))))


def reachable(tape: Tape, roots: Iterable[int]) -> list[int]:
    """The values that roots need, themselves included, inputs first."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if value not in seen:
            seen.add(value)
            item = tape.values[value]
            waiting.extend(item.inputs)
    return sorted(seen)


def readers(values: Sequence[Value], order: Iterable[int], roots: Iterable[int]) -> dict[int, list[int]]:
    """The readers of each value, once for each time that they read it; a root is read twice by one that does not exist."""
    found: dict[int, list[int]] = {value: [] for value in order}
    for value in found:
        item = values[value]
        for child in item.inputs:
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
