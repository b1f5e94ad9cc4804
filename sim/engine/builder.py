"""Building: normal forms become values on a tape, with as few operations in the time step as there are ways known here.

The two forms are products of factors, and sums of constants and moving terms.

Products: slow factors are multiplied first. k*(c + m*x)*y becomes (k*c + (k*m)*x)*y, and y/(k*(c + m*x)) becomes
y/(k*c + (k*m)*x), where k, c and m move less often than x. Sums: constants first; x*a + x*b becomes x*(a + b).
Logarithms: log(k*exp(p)*x) becomes log(k) + p + log(x) where that is the same and saves something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce

from sim.engine.tape import Computed, Constant, Phase, Tape


class Builder:
    """Builds on `tape`, and remembers the normal forms of what it built.

    `own` are values that nobody but the form at hand reads, so that they may be taken apart again.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.factors: dict[int, ProductForm] = {}
        self.linear: dict[int, LinearForm] = {}
        self.own: set[int] = set()

    # ---- products

    def product(self, factors: ProductForm) -> int:
        """Slow factors first; within a phase the small ones first."""
        tape, product = self.tape, self.tape.number(factors.coefficient)
        # What is constant is multiplied once a run, what changes each year once a year: only the rest is left to the step.
        for phase in Phase:
            above = self._sorted(value for value in factors.above if tape.phases[value] == phase)
            below = self._sorted(value for value in factors.below if tape.phases[value] == phase)
            if above:
                product = tape.apply("multiply", product, reduce(partial(tape.apply, "multiply"), above))
            if below:
                product = tape.apply("divide", product, reduce(partial(tape.apply, "multiply"), below))
        if (*factors.above, *factors.below) != (product,):
            self.factors.setdefault(product, factors)
        return product

    def distributed(self, factors: ProductForm) -> ProductForm:
        """The slow part of a product moved into a sum of the product that only it reads, above the line or below."""
        slow, fast = factors.split(self.tape)
        if slow.is_trivial:
            return factors
        for value in fast.above:
            total = self._scaled_sum(value, slow)
            if total is not None:
                return ProductForm(1.0, (*_without(fast.above, value), total), fast.below)
        for value in () if slow.above else fast.below:
            total = self._scaled_sum(value, slow.turned())
            if total is not None:
                return ProductForm(1.0, fast.above, (*_without(fast.below, value), total))
        return factors

    def _scaled_sum(self, value: int, slow: ProductForm) -> int | None:
        """k*(c + m*x) as k*c + (k*m)*x; None where `value` is no such sum.

        Not for the time, which is one number for all draws, and large beside the years that it is measured from.
        """
        tape, linear = self.tape, self.linear.get(value) if value in self.own else None
        if linear is None or len(linear.terms) != 1 or not linear.constants or tape.is_time(linear.terms[0][1]):
            return None
        scale = self.product(slow)
        if not set(tape.dims(scale)) <= set(tape.dims(linear.terms[0][1])) or tape.phases[scale] > Phase.YEAR:
            return None
        return self.sum(linear.times(tape, scale))

    def exponential(self, exponent: LinearForm, factors: ProductForm) -> ProductForm:
        """exp(exponent)*factors. Where the exponent has a constant already, slow positive factors join it as logarithms.

        The constant itself stays inside: taken out, it might overflow where the sum does not.
        """
        tape, exponent = self.tape, exponent.merged(self.tape)
        joins = [self._may_join(part, exponent) for part in (*factors.above, *factors.below)]
        joining = factors.where(joins, coefficient=factors.coefficient)
        if exponent.constants and exponent.terms and factors.coefficient > 0.0:
            exponent = self._with_log_of(joining, exponent)
            factors = factors.where([not mark for mark in joins], coefficient=1.0)
        built = self.build(exponent)
        self.linear.setdefault(built, exponent)
        power = tape.apply("exp", built)
        self.own.add(power)
        return ProductForm(factors.coefficient, (*factors.above, power), factors.below)

    def _may_join(self, part: int, exponent: LinearForm) -> bool:
        """Tell whether a factor is positive, changes less often than the exponent, and makes it no wider."""
        tape = self.tape
        moving = [value for _, value in exponent.terms]
        slower = all(tape.phases[part] < tape.phases[value] for value in moving)
        dims = {dim for value in moving for dim in tape.dims(value)}
        return slower and tape.is_positive(part) and set(tape.dims(part)) <= dims

    def _sorted(self, values: Iterable[int]) -> list[int]:
        return sorted(values, key=lambda value: (self.tape.cells(value), value))

    # ---- sums

    def sum(self, linear: LinearForm) -> int:
        """A sum, common factors of its terms collected."""
        collected = self._collected(linear.merged(self.tape))
        value = self.build(collected)
        self.linear.setdefault(value, collected)
        return value

    def build(self, linear: LinearForm) -> int:
        """Constants of each phase first, then the terms, those with few cells first."""
        tape, constant = self.tape, None
        for phase in Phase:
            for scale, value in linear.constants:
                part = tape.apply("multiply", scale, value)
                if tape.phases[part] == phase:
                    constant = part if constant is None else tape.apply("add", constant, part)
        parts = [] if constant is None else [(1.0, constant)]
        for scale, value in linear.terms:
            number = tape.values[scale]
            if isinstance(number, Constant) and abs(number.value) == 1.0:
                parts.append((number.value, value))
            else:
                parts.append((1.0, tape.apply("multiply", scale, value)))
        if not parts:
            return tape.number(0.0)
        parts.sort(key=lambda part: tape.cells(part[1]))  # else in the order of the equation: x - x0 is small, and stays so
        first = next((place for place, (sign, _) in enumerate(parts[:2]) if sign > 0.0), 0)
        sign, result = parts.pop(first)
        result = tape.apply("negative", result) if sign < 0.0 else result
        for sign, value in parts:
            result = tape.apply("subtract" if sign < 0.0 else "add", result, value)
        return result

    def _collected(self, linear: LinearForm) -> LinearForm:
        """x*a + x*b as x*(a + b), the factor that most terms share first."""
        while True:
            terms = list[tuple[int, int, ProductForm]]()
            for scale, value in linear.terms:
                known = self.factors.get(value) if value in self.own else None
                factors = ProductForm(above=(value,)) if known is None or known.coefficient != 1.0 else known
                terms.append((scale, value, factors))
            shared = self._most_shared([factors for _, _, factors in terms])
            if shared is None:
                return linear
            inner, rest = LinearForm(), []
            for scale, value, factors in terms:
                if shared in factors.above:
                    inner = inner.plus(self.tape, self._cofactor(factors, shared).times(self.tape, scale), 1.0)
                else:
                    rest.append((scale, value))
            product = self.product(ProductForm(above=(shared, self.sum(inner))))
            linear = LinearForm(linear.constants, (*rest, (self.tape.number(1.0), product)))

    def _most_shared(self, products: Sequence[ProductForm]) -> int | None:
        """The factor above the line that most products share, if at least two do, and nothing gets wider by collecting it."""
        places: dict[int, list[ProductForm]] = {}
        for factors in products:
            for value in dict.fromkeys(factors.above):
                places.setdefault(value, []).append(factors)
        found = list[int]()
        for value, sharing in places.items():
            parts = [(*factors.above, *factors.below) for factors in sharing]
            widths = {frozenset(dim for part in product for dim in self.tape.dims(part)) for product in parts}
            found += [value] if len(sharing) > 1 and len(widths) == 1 else []
        return max(found, key=lambda value: (len(places[value]), -value), default=None)

    def _cofactor(self, factors: ProductForm, shared: int) -> LinearForm:
        """Return what is left of a product without one factor, as a sum where it is one that may be taken apart."""
        rest = _without(factors.above, shared)
        one = self.tape.number(1.0)
        if not rest and not factors.below:
            return LinearForm(constants=((one, one),))
        if len(rest) == 1 and not factors.below and rest[0] in self.own and rest[0] in self.linear:
            return self.linear[rest[0]]
        return LinearForm(terms=((one, self.product(ProductForm(1.0, rest, factors.below))),))

    # ---- logarithms

    def log(self, value: int, *, shared: bool) -> int:
        """The logarithm of a value; of a product that others read too (`shared`) only if less is left to take it of."""
        tape, factors = self.tape, self.factors.get(value)
        if factors is None or factors.coefficient <= 0.0 or tape.phases[value] == Phase.ONCE:
            return tape.apply("log", value)
        slow, fast = factors.split(tape)
        if not self._is_positive(slow):
            return tape.apply("log", value)
        known, rest = self._logs_at_hand(fast, own=not shared)
        left = len(rest.above) + len(rest.below)
        if (slow.is_trivial and not known.terms) or (shared and left > 1):
            return tape.apply("log", value)
        if rest.above:
            known = known.plus(tape, LinearForm.of(tape, tape.apply("log", self.product(rest))), 1.0)
        elif rest.below:
            known = known.plus(tape, LinearForm.of(tape, tape.apply("log", self.product(rest.turned()))), -1.0)
        return self.sum(self._with_log_of(slow, known))

    def _is_positive(self, factors: ProductForm) -> bool:
        return all(self.tape.is_positive(part) for part in (*factors.above, *factors.below))

    def _with_log_of(self, slow: ProductForm, linear: LinearForm) -> LinearForm:
        """A sum and the logarithm of a positive product among its constants."""
        if slow.is_trivial:
            return linear
        log = (self.tape.number(1.0), self.tape.apply("log", self.product(slow)))
        return LinearForm((*linear.constants, log), linear.terms)

    def _logs_at_hand(self, fast: ProductForm, *, own: bool) -> tuple[LinearForm, ProductForm]:
        """The sum of the logarithms that need not be taken, and the factors that are left.

        Those are exponents of exponentials (their sums opened in an `own` product, which need not be computed itself),
        logarithms that were taken before, and sums of such. Two factors whose sign is not known may both be below zero, so a
        logarithm of one that is not alone stays untaken.
        """
        tape, found = self.tape, LinearForm()
        left: tuple[list[int], list[int]] = ([], [])
        unknown = sum(not tape.is_positive(part) for part in (*fast.above, *fast.below))
        for upper, values in ((True, fast.above), (False, fast.below)):
            for value in values:
                safe = tape.is_positive(value) or unknown == 1
                log = self._log_at_hand(value, own=own) if safe else None
                if log is None:
                    left[0 if upper else 1].append(value)
                else:
                    found = found.plus(tape, log, 1.0 if upper else -1.0)
        return found, ProductForm(1.0, tuple(left[0]), tuple(left[1]))

    def _log_at_hand(self, value: int, *, own: bool) -> LinearForm | None:
        tape, item, log = self.tape, self.tape.values[value], self.tape.known_log(value)
        if isinstance(item, Computed) and item.operation == "exp":
            exponent = item.inputs[0]
            opened = self.linear.get(exponent) if own and value in self.own else None
            return opened or LinearForm.of(tape, exponent)
        if log is not None:
            return LinearForm.of(tape, log)
        factors = self.factors.get(value)
        if factors is None or factors.coefficient <= 0.0:
            return None
        slow, fast = factors.split(tape)
        known, rest = self._logs_at_hand(fast, own=own and value in self.own)
        return None if rest.above or rest.below or not self._is_positive(slow) else self._with_log_of(slow, known)


def _without(values: tuple[int, ...], value: int) -> tuple[int, ...]:
    place = values.index(value)
    return (*values[:place], *values[place + 1 :])


Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ProductForm:
    """A product: coefficient, values above and below the line."""

    coefficient: float = 1.0
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()

    @property
    def is_trivial(self) -> bool:
        """The number one."""
        return self.coefficient == 1.0 and not self.above and not self.below

    def where(self, keep: Sequence[bool], *, coefficient: float) -> ProductForm:
        """The factors that are marked, above first."""
        marks = iter(keep)
        above = tuple(value for value in self.above if next(marks))
        return ProductForm(coefficient, above, tuple(value for value in self.below if next(marks)))

    def split(self, tape: Tape) -> tuple[ProductForm, ProductForm]:
        """Split into what stands still within the year (or is constant, in a product that does), and what moves."""
        parts = (*self.above, *self.below)
        latest = max((tape.phases[part] for part in parts), default=Phase.ONCE)
        moving = [tape.phases[part] > Phase.YEAR or tape.phases[part] == latest for part in parts]
        slow = self.where([not mark for mark in moving], coefficient=self.coefficient)
        return slow, self.where(moving, coefficient=1.0)

    def turned(self) -> ProductForm:
        """One over the product."""
        return ProductForm(1.0 / self.coefficient, self.below, self.above)


@dataclass(frozen=True)
class LinearForm:
    """A sum of constants and terms, each a scale times a value; scales and constants change less often than the terms."""

    constants: Terms = ()
    terms: Terms = ()

    @staticmethod
    def of(tape: Tape, value: int) -> LinearForm:
        """A value as a sum of itself."""
        return LinearForm(terms=((tape.number(1.0), value),))

    def plus(self, tape: Tape, other: LinearForm, sign: float) -> LinearForm:
        """The sum with another, or the difference."""
        added = other if sign > 0.0 else other.times(tape, tape.number(-1.0))
        return LinearForm((*self.constants, *added.constants), (*self.terms, *added.terms))

    def times(self, tape: Tape, scale: int) -> LinearForm:
        """Every constant and term scaled."""
        sides = [[(tape.apply("multiply", scale, own), value) for own, value in side] for side in (self.constants, self.terms)]
        return LinearForm(*map(tuple, sides))

    def merged(self, tape: Tape) -> LinearForm:
        """Equal values taken together, and what moves less often than the fastest term among the constants."""
        scales: dict[int, int] = {}
        for scale, value in (tape.without_sign(*part) for part in (*self.constants, *self.terms)):
            scales[value] = tape.apply("add", scales[value], scale) if value in scales else scale
        everything = [(scale, value) for value, scale in scales.items() if not tape.is_number(scale, 0.0)]
        latest = max((max(tape.phases[scale], tape.phases[value]) for scale, value in everything), default=Phase.ONCE)
        slow = tuple(part for part in everything if _speed(tape, part) < latest)
        return LinearForm(slow, tuple(part for part in everything if _speed(tape, part) == latest))


def _speed(tape: Tape, part: tuple[int, int]) -> Phase:
    return max(tape.phases[part[0]], tape.phases[part[1]])
