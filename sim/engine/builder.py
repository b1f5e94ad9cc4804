"""Building: normal forms become values on a tape, with as few operations in the time step as there are ways known here.

The two forms are products of factors, and sums of constants and moving terms.

Products: slow factors are multiplied first. k*(c + m*x)*y becomes (k*c + (k*m)*x)*y, and y/(k*(c + m*x)) becomes
y/(k*c + (k*m)*x), where k, c and m move less often than x. Sums: constants first; x*a + x*b becomes x*(a + b).
Logarithms: log(k*exp(p)*x) becomes log(k) + p + log(x) where that is the same and saves something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

from sim.engine.tape import Constant, Phase, Tape


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

    def product(self, form: ProductForm) -> int:
        """Slow factors first; within a phase the small ones first."""
        tape, product = self.tape, self.tape.number(form.coefficient)
        # What is constant is multiplied once a run, what changes each year once a year: only the rest is left to the step.
        for phase, above in ((phase, above) for phase in Phase for above in (True, False)):
            group = [value for value, side in form.factors if side == above and tape.phases[value] == phase]
            group.sort(key=lambda value: (tape.cells(value), value))
            if group:
                whole = reduce(partial(tape.apply, "multiply"), group)
                product = tape.apply("multiply" if above else "divide", product, whole)
        if form.factors != ((product, True),):
            self.factors.setdefault(product, form)
        return product

    def distributed(self, form: ProductForm) -> ProductForm:
        """The slow part of a product moved into a sum of the product that only it reads, above the line or below."""
        slow, fast = form.split(self.tape)
        for value, above in () if slow.is_trivial else fast.factors:
            if above or not any(side for _, side in slow.factors):
                total = self._scaled_sum(value, slow if above else slow.turned())
                if total is not None:
                    return fast.without(value, above=above).times(total, above=above)
        return form

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

    def exponential(self, exponent: LinearForm, form: ProductForm) -> ProductForm:
        """exp(exponent) times a product. Where the exponent has a constant already, slow positive factors join as logarithms.

        The constant itself stays inside: taken out, it might overflow where the sum does not.
        """
        tape, exponent = self.tape, exponent.merged(self.tape)
        if exponent.constants and exponent.terms and form.coefficient > 0.0:
            joining, form = form.parted(lambda value: self._may_join(value, exponent))
            exponent = self._with_log_of(joining, exponent)
        built = self.build(exponent)
        self.linear.setdefault(built, exponent)
        power = tape.apply("exp", built)
        self.own.add(power)
        return form.times(power)

    def _may_join(self, part: int, exponent: LinearForm) -> bool:
        """Tell whether a factor is positive, changes less often than the exponent, and makes it no wider."""
        tape = self.tape
        moving = [value for _, value in exponent.terms]
        slower = all(tape.phases[part] < tape.phases[value] for value in moving)
        dims = {dim for value in moving for dim in tape.dims(value)}
        return slower and tape.is_positive(part) and set(tape.dims(part)) <= dims

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
            terms = [(scale, value, self._factors_of(value)) for scale, value in linear.terms]
            shared = self._most_shared([form for _, _, form in terms])
            if shared is None:
                return linear
            inner, rest = LinearForm(), []
            for scale, value, form in terms:
                if (shared, True) in form.factors:
                    inner = inner.plus(self.tape, self._cofactor(form, shared).times(self.tape, scale), 1.0)
                else:
                    rest.append((scale, value))
            product = self.product(ProductForm(1.0, ((shared, True), (self.sum(inner), True))))
            linear = LinearForm(linear.constants, (*rest, (self.tape.number(1.0), product)))

    def _factors_of(self, value: int) -> ProductForm:
        """The factors of a product that may be taken apart; any other value is its only factor."""
        known = self.factors.get(value) if value in self.own else None
        return ProductForm(1.0, ((value, True),)) if known is None or known.coefficient != 1.0 else known

    def _most_shared(self, products: Sequence[ProductForm]) -> int | None:
        """The factor above the line that most products share, if at least two do, and nothing gets wider by collecting it."""
        sharing: dict[int, list[frozenset[str]]] = {}
        for form in products:
            dims = frozenset(dim for value, _ in form.factors for dim in self.tape.dims(value))
            for value in {value for value, above in form.factors if above}:
                sharing.setdefault(value, []).append(dims)
        found = [value for value, widths in sharing.items() if len(widths) > 1 and len(set(widths)) == 1]
        return max(found, key=lambda value: (len(sharing[value]), -value), default=None)

    def _cofactor(self, form: ProductForm, shared: int) -> LinearForm:
        """Return what is left of a product without one factor, as a sum where it is one that may be taken apart."""
        rest, one = form.without(shared), self.tape.number(1.0)
        if not rest.factors:
            return LinearForm(constants=((one, one),))
        value, above = rest.factors[0]
        if len(rest.factors) == 1 and above and value in self.own and value in self.linear:
            return self.linear[value]
        return LinearForm(terms=((one, self.product(rest)),))

    # ---- logarithms

    def log(self, value: int, *, shared: bool) -> int:
        """The logarithm of a value; of a product that others read too (`shared`) only if less is left to take it of."""
        tape, form = self.tape, self.factors.get(value)
        if form is None or form.coefficient <= 0.0 or tape.phases[value] == Phase.ONCE:
            return tape.apply("log", value)
        slow, fast = form.split(tape)
        if not self._is_positive(slow):
            return tape.apply("log", value)
        known, rest = self._logs_at_hand(fast, own=not shared)
        if (slow.is_trivial and not known.terms) or (shared and len(rest.factors) > 1):
            return tape.apply("log", value)
        if rest.factors:
            upright = rest.factors[0][1]
            log = tape.apply("log", self.product(rest if upright else rest.turned()))
            known = known.plus(tape, LinearForm.of(tape, log), 1.0 if upright else -1.0)
        return self.sum(self._with_log_of(slow, known))

    def _is_positive(self, form: ProductForm) -> bool:
        return all(self.tape.is_positive(value) for value, _ in form.factors)

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
        found, left = LinearForm(), list[Factor]()
        unknown = sum(not self.tape.is_positive(value) for value, _ in fast.factors)
        for value, above in fast.factors:
            log = self._log_at_hand(value, own=own) if self.tape.is_positive(value) or unknown == 1 else None
            if log is None:
                left.append((value, above))
            else:
                found = found.plus(self.tape, log, 1.0 if above else -1.0)
        return found, ProductForm(1.0, tuple(left))

    def _log_at_hand(self, value: int, *, own: bool) -> LinearForm | None:
        tape, item, log = self.tape, self.tape.values[value], self.tape.known_log(value)
        if item.operation == "exp":
            exponent = item.inputs[0]
            opened = self.linear.get(exponent) if own and value in self.own else None
            return opened or LinearForm.of(tape, exponent)
        if log is not None:
            return LinearForm.of(tape, log)
        form = self.factors.get(value)
        if form is None or form.coefficient <= 0.0:
            return None
        slow, fast = form.split(tape)
        known, rest = self._logs_at_hand(fast, own=own and value in self.own)
        return None if rest.factors or not self._is_positive(slow) else self._with_log_of(slow, known)


Factor = tuple[int, bool]
"""A value, and whether it stands above the line."""


@dataclass(frozen=True)
class ProductForm:
    """A product: coefficient and factors, those above the line before those below."""

    coefficient: float = 1.0
    factors: tuple[Factor, ...] = ()

    @property
    def is_trivial(self) -> bool:
        """The number one."""
        return self.coefficient == 1.0 and not self.factors

    def parted(self, joins: Callable[[int], bool]) -> tuple[ProductForm, ProductForm]:
        """The coefficient with the factors that answer, and the others."""
        marked = [(factor, joins(factor[0])) for factor in self.factors]
        inside, outside = (tuple(factor for factor, mark in marked if mark is side) for side in (True, False))
        return ProductForm(self.coefficient, inside), ProductForm(1.0, outside)

    def split(self, tape: Tape) -> tuple[ProductForm, ProductForm]:
        """Split into what stands still within the year (or is constant, in a product that does), and what moves."""
        latest = max((tape.phases[value] for value, _ in self.factors), default=Phase.ONCE)
        return self.parted(lambda value: tape.phases[value] <= Phase.YEAR and tape.phases[value] != latest)

    def turned(self) -> ProductForm:
        """One over the product."""
        return ProductForm(1.0 / self.coefficient, above_first((value, not above) for value, above in self.factors))

    def times(self, value: int, *, above: bool = True) -> ProductForm:
        """The product with one more factor."""
        return replace(self, factors=above_first((*self.factors, (value, above))))

    def without(self, value: int, *, above: bool = True) -> ProductForm:
        """The product without one factor that it has."""
        place = self.factors.index((value, above))
        return replace(self, factors=(*self.factors[:place], *self.factors[place + 1 :]))


def above_first(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Factors above the line, then those below, each in the order in which they stand."""
    return tuple(sorted(factors, key=lambda factor: not factor[1]))


Terms = tuple[tuple[int, int], ...]


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
