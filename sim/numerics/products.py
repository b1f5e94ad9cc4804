"""Rewriting: slow factors and terms leave the time step, powers meet in one exponential, logarithms of products in a sum.

x**a * y**b is exp(a*log(x)) * exp(b*log(y)); here it becomes exp(a*log(x) + b*log(y)). What changes less often is multiplied
and added first, and k*(c + m*x) becomes k*c + (k*m)*x where only x moves. A total, over time or over a dimension, keeps its
common factors outside: deaths by age are (mortality * population) * index, and only the index is added up within the year.

log(k*exp(p)*x) becomes log(k) + p + log(x), which is the same whenever k is known to be positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sim.numerics.forms import Factors, Linear
from sim.numerics.tape import COMMUTATIVE, Computed, Leaf, Number, Phase, Tape

PRODUCTS = frozenset({"multiply", "divide", "negative"})
SUMS = frozenset({"add", "subtract"})


class Rewriter:
    """Copies the values that `roots` need onto a new tape, rewritten; `moved` maps old numbers to new ones."""

    def __init__(self, old: Tape, roots: Iterable[int]) -> None:
        self.old, self.new = old, Tape(old.sizes, old.positive)
        self.moved: dict[int, int] = {}
        self._factors: dict[int, Factors] = {}
        self._linear: dict[int, Linear] = {}
        self._rewrites: dict[str, Callable[[int, Computed], int]] = {
            **dict.fromkeys(PRODUCTS, self._product_of),
            **dict.fromkeys(SUMS, self._sum_of),
            "log": self._log_of,
            "total": self._total,
            "integral": self._integral,
        }
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
        rewrite = self._rewrites.get(item.operation)
        return self._as_it_is(item) if rewrite is None else rewrite(value, item)

    def _as_it_is(self, item: Computed) -> int:
        inputs = tuple(self.moved[child] for child in item.inputs)
        inputs = tuple(sorted(inputs)) if item.operation in COMMUTATIVE else inputs
        return self.new.compute(item.operation, inputs, item.dims, item.settings)

    # ---- products

    def _product_of(self, root: int, _: Computed) -> int:
        coefficient, above, below = 1.0, list[int](), list[int]()
        for value, upper in self._opened(root, PRODUCTS):
            item = self.old.values[value]
            if isinstance(item, Number) and item.value:
                coefficient = coefficient * item.value if upper else coefficient / item.value
            else:
                (above if upper else below).append(value)
        negative = sum(1 for value, _ in self._inner(root) if self._operation(value) == "negative")
        factors = self._with_powers_joined(coefficient * (-1.0) ** negative, above, below)
        return self._distributed(factors, above) or self._product(factors)

    def _opened(self, root: int, operations: frozenset[str]) -> list[tuple[int, bool]]:
        """Parts of a tree of operations, with their side; a node that only this tree uses is opened."""
        return [(value, upper) for value, upper in self._walk(root, operations) if not self._opens(value, root, operations)]

    def _inner(self, root: int) -> list[tuple[int, bool]]:
        return [(value, upper) for value, upper in self._walk(root, PRODUCTS) if self._opens(value, root, PRODUCTS)]

    def _walk(self, root: int, operations: frozenset[str]) -> list[tuple[int, bool]]:
        """Every node of the tree, the first input before the second; the second of divide and subtract changes sides."""
        found, pending = list[tuple[int, bool]](), [(root, True)]
        while pending:
            value, upper = pending.pop()
            found.append((value, upper))
            item = self.old.values[value]
            if isinstance(item, Computed) and self._opens(value, root, operations):
                turned = item.operation in {"divide", "subtract"}
                pending += [(child, upper != turned) for child in item.inputs[1:]] + [(item.inputs[0], upper)]
        return found

    def _opens(self, value: int, root: int, operations: frozenset[str]) -> bool:
        return self._operation(value) in operations and (value == root or self._uses[value] == 1)

    def _operation(self, value: int) -> str:
        item = self.old.values[value]
        return item.operation if isinstance(item, Computed) else ""

    def _with_powers_joined(self, coefficient: float, above: list[int], below: list[int]) -> Factors:
        """An exponential that only this product uses takes in all others of the product."""
        powers = list[tuple[int, bool]]()
        rest: tuple[list[int], list[int]] = ([], [])
        hosts = 0
        for upper, values in ((True, above), (False, below)):
            for value in values:
                if self._operation(value) == "exp":
                    powers.append((value, upper))
                    hosts += self._uses[value] == 1
                else:
                    rest[0 if upper else 1].append(self._unaligned(self.moved[value]))
        if not hosts:
            for value, upper in powers:
                rest[0 if upper else 1].append(self.moved[value])
            return Factors(coefficient, tuple(rest[0]), tuple(rest[1]))
        return Factors(coefficient, (*rest[0], self._joined(powers)), tuple(rest[1]))

    def _joined(self, powers: list[tuple[int, bool]]) -> int:
        """Exp of all exponents together. Their constants stay inside: taken out, they might overflow where the sum does not."""
        exponent = Linear.empty()
        for value, upper in powers:
            raw = self.old.values[value]
            inner = raw.inputs[0] if isinstance(raw, Computed) else value
            part = self._linear_of(inner, opened=self._uses[value] == 1)
            exponent = exponent.plus(self.new, part, 1.0 if upper else -1.0)
        return self.new.apply("exp", self._build(self._merged(exponent)))

    def _unaligned(self, value: int) -> int:
        item = self.new.values[value]
        return item.inputs[0] if isinstance(item, Computed) and item.operation == "align" else value

    def _distributed(self, factors: Factors, raw: list[int]) -> int | None:
        """k*(c + m*x)*y as (k*c + (k*m)*x)*y, where k, c and m move less often than x; None where there is no such sum.

        Not for the time, which is one number for all draws, and large beside the years that it is measured from.
        """
        tape = self.new
        slow, fast = factors.split(tape)
        own = {self._unaligned(self.moved[value]) for value in raw if self._uses[value] == 1}
        for value in fast.above:
            linear = self._linear.get(value) if value in own else None
            if linear is None or not linear.is_affine or slow.is_trivial or tape.is_time(linear.terms[0][1]):
                continue
            scale = self._product(slow)
            if not set(tape.dims(scale)) <= set(tape.dims(linear.terms[0][1])) or tape.phases[scale] > Phase.YEAR:
                continue
            total = self._sum(linear.times(tape, scale))
            others = tuple(part for part in fast.above if part != value)
            if not others and not fast.below:
                return total
            return self._product(Factors(1.0, (*others, total), fast.below))
        return None

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

    # ---- sums

    def _sum_of(self, root: int, item: Computed) -> int:
        if self.old.phases[root] == Phase.ONCE:
            return self._as_it_is(item)
        linear = Linear.empty()
        for value, upper in self._opened(root, SUMS):
            linear = linear.plus(self.new, self._linear_of(value, opened=True), 1.0 if upper else -1.0)
        return self._sum(self._merged(linear))

    def _linear_of(self, raw: int, *, opened: bool) -> Linear:
        """A value as constant and moving terms; only what nobody else reads may be taken apart."""
        tape, value = self.new, self._unaligned(self.moved[raw])
        if opened and value in self._linear and self._uses[raw] == 1:
            return self._linear[value]
        factors = self._factors.get(value) if self._uses[raw] == 1 else None
        if factors is None:
            return Linear.of(tape, value)
        slow, fast = factors.split(tape)
        if slow.is_trivial or not (fast.above or fast.below):
            return Linear.of(tape, value)
        return Linear((), ((self._product(slow), self._product(fast)),))

    def _merged(self, linear: Linear) -> Linear:
        """What moves less often than the fastest term belongs to the constants."""
        return linear.sorted_by_speed(self.new)

    def _sum(self, linear: Linear) -> int:
        value = self._build(linear)
        self._linear.setdefault(value, linear)
        return value

    def _build(self, linear: Linear) -> int:
        """Constants of each phase first, then the terms, the small ones first."""
        tape = self.new
        parts = [(1.0, constant) for constant in self._constants(linear)]
        for scale, value in linear.terms:
            number = tape.values[scale]
            if isinstance(number, Number) and abs(number.value) == 1.0:
                parts.append((number.value, value))
            else:
                parts.append((1.0, tape.apply("multiply", scale, value)))
        parts.sort(key=lambda part: (tape.cells(part[1]), part[0] < 0.0))
        sign, result = parts[0]
        result = tape.apply("negative", result) if sign < 0.0 else result
        for sign, value in parts[1:]:
            result = tape.apply("subtract" if sign < 0.0 else "add", result, value)
        return result

    def _constants(self, linear: Linear) -> list[int]:
        tape, total = self.new, None
        for phase in Phase:
            for scale, value in linear.constants:
                part = tape.apply("multiply", scale, value)
                if tape.phases[part] == phase:
                    total = part if total is None else tape.apply("add", total, part)
        return [] if total is None else [total]

    # ---- logarithms and totals

    def _log_of(self, _: int, item: Computed) -> int:
        raw = item.inputs[0]
        tape, value = self.new, self.moved[raw]
        factors = self._factors.get(value)
        if factors is None or factors.coefficient <= 0.0 or tape.phases[value] == Phase.ONCE:
            return tape.apply("log", value)
        slow, fast = factors.split(tape)
        known = [part for part in slow.above + slow.below if not tape.is_positive(part)]
        exponents, logs, rest = self._logs_at_hand(fast)
        shared = self._uses[raw] > 1 and len(rest.above) + len(rest.below) > 1
        nothing = slow.is_trivial and not exponents and not logs
        if known or shared or nothing:
            return tape.apply("log", value)
        terms = [*exponents, *logs]
        if rest.above:
            terms.append((tape.number(1.0), tape.apply("log", self._product(rest))))
        elif rest.below:
            terms.append((tape.number(-1.0), tape.apply("log", self._product(rest.turned()))))
        constants = () if slow.is_trivial else ((tape.number(1.0), tape.apply("log", self._product(slow))),)
        return self._sum(self._merged(Linear(constants, tuple(terms))))

    def _logs_at_hand(self, fast: Factors) -> tuple[list[tuple[int, int]], list[tuple[int, int]], Factors]:
        """Exponents of exponentials, logarithms that were taken before, and what is left."""
        tape, exponents, logs = self.new, list[tuple[int, int]](), list[tuple[int, int]]()
        left: tuple[list[int], list[int]] = ([], [])
        for upper, values in ((True, fast.above), (False, fast.below)):
            sign = tape.number(1.0 if upper else -1.0)
            for value in values:
                item, log = tape.values[value], tape.known_log(value)
                if isinstance(item, Computed) and item.operation == "exp":
                    exponents.append((sign, item.inputs[0]))
                elif log is not None:
                    logs.append((sign, log))
                else:
                    left[0 if upper else 1].append(value)
        return exponents, logs, Factors(1.0, tuple(left[0]), tuple(left[1]))

    def _total(self, _: int, item: Computed) -> int:
        """total(s*p) = s*total(p) where s does not vary over the dimension and p changes less often than s*p."""
        tape, value = self.new, self.moved[item.inputs[0]]
        axes = item.settings[0]
        names = tuple(name for place, name in enumerate(self.old.dims(item.inputs[0])) if place in _axes(axes))
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

    def _integral(self, _: int, item: Computed) -> int:
        """The total over the year of s*p is p times that of s where p stands still within the year."""
        tape, value = self.new, self.moved[item.inputs[0]]
        if tape.phases[value] <= Phase.YEAR:
            return value
        factors = self._factors.get(value)
        if factors is None:
            return _integral_of(tape, value)
        slow, fast = factors.split(tape)
        total = _integral_of(tape, self._product(fast))
        return self._product(Factors(slow.coefficient, (*slow.above, total), slow.below))


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
