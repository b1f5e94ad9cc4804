"""Watches a run: accounting identities and bounds, year by year, in every draw; the first that is broken ends the run.

An identity is broken where its sides differ by more than a part of their largest term: 1e-9 in double precision, 1e-4 in
single. What is not a number is left to those who count lost draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, Faults, Place, RunError, nearest
from sim.inputs.checks import Bound, Checks, Identity, Term
from sim.model.declarations import Variable
from sim.model.graph import Graph
from sim.numerics.integrate import YearValues
from sim.text import Text

Values = NDArray[Any]
TIGHT = {8: 1e-9, 4: 1e-4}
"""What roundoff may leave, by the bytes of a number."""
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Watch:
    """The checks of a run, with the axes that each term adds up. `skipped` cannot hold, since a variable of theirs is given."""

    identities: tuple[Identity, ...] = ()
    bounds: tuple[Bound, ...] = ()
    axes: Mapping[str, tuple[str, ...]] | None = None
    skipped: tuple[Identity, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Everything that must be computed."""
        of_identities = [name for item in self.identities for name in item.variables]
        return tuple(dict.fromkeys([*of_identities, *(item.variable for item in self.bounds)]))

    @property
    def kept(self) -> frozenset[str]:
        """Variables whose value of the year before is needed."""
        terms = (term for item in self.identities for term in (*item.left, *item.right))
        return frozenset(term.variable for term in terms if term.change)

    def begin(self) -> Watching:
        """Start with a run of some draws."""
        return Watching(self)

    def dims(self, name: str) -> tuple[str, ...]:
        """Dimensions of a variable."""
        return (self.axes or {}).get(name, ())


class Watching:
    """Looks at each year of a run in turn."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._before: dict[str, Values] = {}

    def year(self, row: YearValues, first_draw: int | None = None) -> None:
        """Hold a year against the checks. `first_draw` is the number of the first draw; None for the central run.

        Raises
        ------
        RunError
            with the first few draws that break one, each with year and values.
        """
        with np.errstate(all="ignore"):  # lost draws are infinite
            faults = [*self._identities(row, first_draw), *self._bounds(row, first_draw)]
        if faults:
            raise RunError(faults)
        self._before = {name: row.values[name].copy() for name in self._watch.kept}

    def _identities(self, row: YearValues, first_draw: int | None) -> Iterator[Fault]:
        for item in self._watch.identities:
            if any(term.change for term in (*item.left, *item.right)) and not self._before:
                continue  # the base year has no year before it
            sides = [[self._term(term, row.values) for term in side] for side in (item.left, item.right)]
            left, right = (np.asarray(sum(terms)) for terms in sides)
            sizes = [np.abs(term).max(axis=tuple(range(term.ndim - 1))) for terms in sides for term in terms]
            limit = TIGHT[left.dtype.itemsize] * np.maximum.reduce(sizes)
            yield from _broken(item.label.text(), np.abs(left - right) > limit, (left, right), row.year, first_draw)

    def _term(self, term: Term, values: Mapping[str, Values]) -> Values:
        value = self._summed(term, term.variable, values)
        if term.change:
            value = value - self._summed(term, term.variable, self._before)
        if term.over is not None:
            value = value / self._summed(term, term.over, values)
        return -value if term.minus else value

    def _summed(self, term: Term, name: str, values: Mapping[str, Values]) -> Values:
        dims = self._watch.dims(name)
        return np.asarray(values[name].sum(axis=tuple(dims.index(dim) for dim in term.sum if dim in dims)))

    def _bounds(self, row: YearValues, first_draw: int | None) -> Iterator[Fault]:
        for item in self._watch.bounds:
            value = row.values[item.variable]
            for limit, below in ((item.at_least, True), (item.at_most, False)):
                if limit is not None:
                    wrong = value < limit if below else value > limit
                    yield from _broken(item.label.text(), wrong, (value, np.full_like(value, limit)), row.year, first_draw)


def _broken(label: Text, wrong: Values, sides: tuple[Values, Values], year: int, first_draw: int | None) -> Iterator[Fault]:
    """The first few draws in which a check is broken, each at its worst cell."""
    if not wrong.any():
        return
    draws = np.flatnonzero(wrong.any(axis=tuple(range(wrong.ndim - 1))))
    for draw in draws[:_MOST_SHOWN]:
        left, right = (np.where(wrong, side, np.nan)[..., draw].ravel() for side in sides)
        worst = int(np.nanargmax(np.abs(left - right)))
        which = Text("中心值运行", "the central run")
        if first_draw is not None:
            which = Text(f"第 {first_draw + draw} 次抽样", f"draw {first_draw + draw}")
        values = f"{left[worst]:.10g} ≠ {right[worst]:.10g}"
        yield Fault(
            Text(f"“{label.zh}”不成立：{which.zh}，{year} 年，{values}", f"{label.en}: broken in {which.en}, {year}: {values}"),
            Place(key="checks.yaml"),
            Text("请检查模型方程", "look at the equations of the model") if draw == draws[0] else None,
        )


def watched(watch: Watch | None, years: Iterable[YearValues]) -> Iterator[YearValues]:
    """The years of a central run, each held against the checks."""
    watching = None if watch is None else watch.begin()
    for row in years:
        if watching is not None:
            watching.year(row)
        yield row


def watch_of(checks: Checks, graph: Graph, given: frozenset[str] = frozenset()) -> Watch:
    """What watches runs of a model; an identity that reads a variable which the scenario gives is left out."""
    kept = tuple(item for item in checks.identities if given.isdisjoint(item.variables))
    skipped = tuple(item for item in checks.identities if item not in kept)
    bounds = tuple(item for item in checks.bounds if item.variable not in given)
    names = {*(name for item in kept for name in item.variables), *(item.variable for item in bounds)}
    return Watch(kept, bounds, {name: graph.quantities[name].dims for name in names}, skipped)


def fail_if_unfit(checks: Checks, graph: Graph) -> None:
    """Every check names variables and dimensions that exist, and the terms of an identity fit each other.

    Raises
    ------
    InputError
        with every one that does not.
    """
    faults = Faults()
    for number, item in enumerate(checks.identities):
        place = checks.places["identities", number]
        unknown = [name for name in item.variables if name not in graph.quantities]
        _unknown(unknown, graph, place, faults)
        if unknown:
            continue
        left = {_dims(term, graph, place, faults) for term in (*item.left, *item.right)}
        if len(left) > 1:
            shown = " / ".join(sorted("·".join(dims) or "—" for dims in left))
            faults.add(Text(f"各项的维度不同：{shown}", f"the terms have different dimensions: {shown}"), place)
    for number, bound in enumerate(checks.bounds):
        _unknown(
            [bound.variable] if bound.variable not in graph.quantities else [], graph, checks.places["bounds", number], faults
        )
    faults.raise_if_any()


def _unknown(names: Iterable[str], graph: Graph, place: Place, faults: Faults) -> None:
    for name in names:
        faults.add(Text(f"模型没有变量 {name}", f"the model has no variable {name}"), place, nearest(name, graph.quantities))


def _dims(term: Term, graph: Graph, place: Place, faults: Faults) -> tuple[str, ...]:
    """What is left of a term's dimensions; a region is never named, since districts add up to it."""
    item = graph.quantities[term.variable]
    for dim in (dim for dim in term.sum if dim not in item.dims):
        message = Text(f"{term.variable} 没有维度 {dim}", f"{term.variable} has no dimension {dim}")
        faults.add(message, place, nearest(dim, item.dims))
    if term.change and isinstance(item, Variable) and item.kind != "level":
        faults.add(Text(f"{term.variable} 不是存量，不能取变动", f"{term.variable} is no stock: it has no change"), place)
    return tuple(dim for dim in item.dims if dim not in term.sum)
