"""Watches a run: accounting identities and bounds, year by year, in every draw, and whatever a scenario gives for the model.

A central run ends at the first that is broken. A draw that breaks one is lost, like one that is not finite; what is not a
number is left to those who count such draws.

The sides of an identity may differ by what roundoff leaves of the largest number that was added or subtracted on the way,
whatever is left of it: of a debt of 700 that changes by 2e-4, the change has six digits fewer than the debt. A bound allows as
much of the variable, of its limit and of the variable a year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, Faults, Place, RunError, all_faults
from sim.base.text import Text
from sim.engine.integrate import Breach, Origin, YearValues
from sim.inputs.checked import fail_if_unknown
from sim.inputs.model_files import Bound, Checks, Identity, Term
from sim.model.binding import BoundValues
from sim.model.declarations import Variable
from sim.model.graph import Graph

_ROUNDING = 64
"""Units in the last place that roundoff may leave of the largest operand, besides one for each step of a year.

Measured over the shipped scenarios, 4,096 draws each, in both precisions: at most 17 with four steps, where residents add up
two hundred cohorts; 23 in double and 94 in single precision with 365, since a stock is rounded at every step.
"""


@dataclass(frozen=True)
class Watch:
    """The checks of a run, with the dimensions of their variables.

    `skipped` cannot hold, since a variable of theirs is given.
    """

    identities: tuple[Identity, ...] = ()
    bounds: tuple[Bound, ...] = ()
    dims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[Identity, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Everything that must be computed."""
        every: list[Identity | Bound] = [*self.identities, *self.bounds]
        return tuple(dict.fromkeys(name for item in every for name in item.variables))

    @property
    def kept(self) -> frozenset[str]:
        """Variables whose value of the year before is needed."""
        terms = (term for item in self.identities for term in (*item.left, *item.right))
        of_bounds = {name for item in self.bounds for name in item.variables}
        return frozenset(term.variable for term in terms if term.change) | of_bounds


class _Sized(NamedTuple):
    """A number, and the largest that was added or subtracted to make it."""

    value: Values
    operand: Values


class Watching:
    """Looks at each year of a run in turn."""

    def __init__(self, watch: Watch, steps_per_year: int = 1) -> None:
        self._watch, self._units = watch, _ROUNDING + steps_per_year
        self._before: dict[str, Values] = {}

    def year(self, row: YearValues) -> list[tuple[int, Origin]]:
        """Hold a year against the checks: the column of each draw that breaks one, with its worst cell, check after check."""
        with np.errstate(all="ignore"):  # lost draws are infinite, and not warned of
            found = [*self._identities(row), *self._bounds(row)]
        self._before = {name: row.values[name].copy() for name in self._watch.kept}
        return found

    def _identities(self, row: YearValues) -> Iterator[tuple[int, Origin]]:
        for item in self._watch.identities:
            if any(term.change for term in (*item.left, *item.right)) and not self._before:
                continue  # the base year has no year before it
            sides = [[self._term(term, row.values) for term in side] for side in (item.left, item.right)]
            left, right = (np.asarray(sum(term.value for term in side)) for side in sides)
            wrong = np.abs(left - right) > self._slack([term.operand for side in sides for term in side])
            yield from _broken(item.label, item.variables[0], row.year, wrong, left, "≠", right)

    def _slack(self, operands: list[Values]) -> Values:
        """Return what roundoff may leave of the largest operand."""
        largest: Values = np.maximum.reduce(operands)
        slack: Values = largest * (self._units * np.finfo(largest.dtype).eps)
        return slack

    def _term(self, term: Term, values: Mapping[str, Values]) -> _Sized:
        value, operand = self._summed(term, term.variable, values)
        if term.change:
            before = self._summed(term, term.variable, self._before)
            value, operand = value - before.value, np.maximum(operand, before.operand)
        if term.over is not None:
            divisor = self._summed(term, term.over, values).value
            value, operand = value / divisor, operand / np.abs(divisor)
        return _Sized(-value if term.minus else value, operand)

    def _summed(self, term: Term, name: str, values: Mapping[str, Values]) -> _Sized:
        dims, whole = self._watch.dims.get(name, ()), values[name]
        axes = tuple(dims.index(dim) for dim in term.sum if dim in dims)
        return _Sized(np.asarray(whole.sum(axis=axes)), np.asarray(np.abs(whole).sum(axis=axes)))

    def _bounds(self, row: YearValues) -> Iterator[tuple[int, Origin]]:
        for item in self._watch.bounds:
            value = bounded(item, row.values)
            before = bounded(item, self._before) if self._before else value
            for limit, sign in ((item.at_least, -1.0), (item.at_most, 1.0)):
                if limit is not None:
                    side = np.full_like(value, limit)
                    wrong = sign * (value - side) > self._slack([np.abs(value), np.abs(side), np.abs(before)])
                    shown = "<" if sign < 0.0 else ">"
                    yield from _broken(item.label, item.variable, row.year, wrong, value, shown, side)


def bounded(bound: Bound, values: Mapping[str, Values]) -> Values:
    """Return what a bound limits: a variable, or a part over its whole."""
    return values[bound.variable] if bound.over is None else np.asarray(values[bound.variable] / values[bound.over])


def _broken(
    check: Text, variable: str, year: int, wrong: Values, left: Values, sign: str, right: Values
) -> Iterator[tuple[int, Origin]]:
    """The draws in which a check is broken, each at its worst cell."""
    for draw in np.flatnonzero(wrong.any(axis=tuple(range(wrong.ndim - 1)))):
        one, other = (np.where(wrong, side, np.nan)[..., draw].ravel() for side in (left, right))
        worst = int(np.nanargmax(np.abs(one - other)))
        yield int(draw), Origin(year, variable, Breach(check, f"{one[worst]:.10g} {sign} {other[worst]:.10g}"))


def watched(watch: Watch, steps_per_year: int, years: Iterable[YearValues]) -> Iterator[YearValues]:
    """The years of a central run, each held against the checks.

    Raises
    ------
    RunError
        with every check that a year breaks, and its values.
    """
    watching = Watching(watch, steps_per_year)
    for row in years:
        faults = Faults()
        for _, origin in watching.year(row):
            if origin.breach is not None:
                check, values = origin.breach.check, origin.breach.values
                zh = f"“{check.zh}”不成立：中心值运行，{row.year} 年，{values}"
                en = f"{check.en}: broken in the central run, {row.year}: {values}"
                faults.add(Text(zh, en), Place(key=origin.variable))
        faults.raise_if_any(RunError)
        yield row


def watch_of(checks: Checks, graph: Graph, given: frozenset[str] = frozenset()) -> Watch:
    """Return the watch for runs of a model; an identity that reads a variable which the scenario gives is left out."""
    kept = tuple(item for item in checks.identities if given.isdisjoint(item.variables))
    skipped = tuple(item for item in checks.identities if item not in kept)
    bounds = tuple(item for item in checks.bounds if given.isdisjoint(item.variables))
    watch = Watch(kept, bounds, skipped=skipped)
    return replace(watch, dims={name: graph.dims_of(name) for name in watch.outputs})


def fail_if_unfit(checks: Checks, graph: Graph) -> None:
    """Every check names variables and dimensions that exist, and the terms of an identity fit each other.

    Raises
    ------
    InputError
        with every one that does not.
    """
    known, unknown = graph.quantities, Text("模型没有变量 {}", "the model has no variable {}")
    every: list[Identity | Bound] = [*checks.identities, *checks.bounds]
    with all_faults() as faults:
        for item in every:
            place = item.place()
            fail_if_unknown(item.variables, known, unknown, place, faults)
            if not known.keys() >= {*item.variables}:
                continue
            if isinstance(item, Identity):
                left = {_dims(term, graph, place, faults) for term in (*item.left, *item.right)}
                if len(left) > 1:
                    shown = " / ".join(sorted("·".join(dims) or "—" for dims in left))
                    faults.add(Text(f"各项的维度不同：{shown}", f"the terms have different dimensions: {shown}"), place)
            elif len({known[name].dims for name in item.variables}) > 1:
                faults.add(Text("over 的维度不同", "over has other dimensions"), place)


def _dims(term: Term, graph: Graph, place: Place, faults: Faults) -> tuple[str, ...]:
    """Return what is left of a term's dimensions; a region is never named, since districts add up to it."""
    item = graph.quantities[term.variable]
    message = Text(f"{term.variable} 没有维度 {{}}", f"{term.variable} has no dimension {{}}")
    fail_if_unknown(term.sum, item.dims, message, place, faults)
    if term.change and isinstance(item, Variable) and item.kind != "level":
        faults.add(Text(f"{term.variable} 不是存量，不能取变动", f"{term.variable} is no stock: it has no change"), place)
    return tuple(dim for dim in item.dims if dim not in term.sum)


def fail_if_outside(bound: BoundValues, checks: Checks, faults: Faults) -> None:
    """Add a fault for every given value outside the bounds that checks.yaml states for its variable."""
    for item in (item for item in bound.resolved if item.section == "given"):
        for limit in (limit for limit in checks.bounds if limit.variable == item.name):
            values = [float(value) for array in item.after.everything() for value in array.ravel()]
            low, high = limit.at_least, limit.at_most
            wrong = [value for value in values if (low is not None and value < low) or (high is not None and value > high)]
            if wrong:
                label, worst = limit.label, f"{wrong[0]:g}"
                message = Text(f"{worst}（{item.unit}）不可能：{label.zh}", f"{worst} ({item.unit}) cannot be: {label.en}")
                faults.add(message, item.place, _PERCENT if item.unit == "ratio" and wrong[0] > 1.0 else None)


_PERCENT = Text("写成小数或百分数，例如“62.4 %”", "write a number below one or a percentage, such as '62.4 %'")
"""A share above one may be a percentage without its sign, or with one too many."""


@contextmanager
def blaming_what_is_given(bound: BoundValues) -> Iterator[None]:
    """A run that fails with given variables fails with them: their lines come first, and the equations are not blamed.

    Raises
    ------
    RunError
        with the lines of everything that is given, and what broke.
    """
    try:
        yield
    except RunError as error:
        given = [item for item in bound.resolved if item.section == "given"]
        if not given:
            raise
        advice = Text("请改数值，或删去这一行", "change the values, or leave this line out")
        before, after = Text("情景在此给定了", "the scenario gives "), Text("，推演因此不成立", " here, and the run fails")
        blamed = [Fault(before + item.label + after, item.place, advice) for item in given]
        raise RunError((*blamed, *(replace(fault, advice=None) for fault in error.faults))) from error
