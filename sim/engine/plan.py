"""The plan of a kernel: which values each section computes in which order, where each result goes, and how long it is needed.

Nothing here knows the number of draws or which parameters are drawn: a kernel is planned once and laid out many times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.engine.assembly import Assembly
from sim.engine.rewriting import reachable, readers
from sim.engine.tape import VIEWS, Computed, Phase, Tape, Value


@dataclass(frozen=True)
class IntegratedRow:
    """A place among the integrated rows: a state's rate or a rate whose total over the year is needed."""

    name: str
    value: int
    dims: tuple[str, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class KernelPlan(Assembly):
    """Everything a workspace needs to know.

    `in_row` and `in_stack` are results written straight into a part of another array; a value is needed until its `last_use`,
    and those that are `lasting` from one call of a section to the next.
    """

    states: tuple[IntegratedRow, ...]
    integrals: tuple[IntegratedRow, ...]
    sections: dict[Phase, list[int]] = field(default_factory=lambda: {phase: [] for phase in Phase})
    in_row: dict[int, int] = field(default_factory=dict)
    in_stack: dict[int, tuple[int, int]] = field(default_factory=dict)
    last_use: dict[int, int] = field(default_factory=dict)
    lasting: set[int] = field(default_factory=set)

    @property
    def rows(self) -> tuple[IntegratedRow, ...]:
        """All integrated rows, states first."""
        return (*self.states, *self.integrals)

    @property
    def standing(self) -> dict[str, tuple[str, ...]]:
        """Dimensions of the stocks that change only by events."""
        return {name: dims for name, dims in self.dims.items() if name not in self.rates}

    @property
    def n_states(self) -> int:
        """Number of rows that are states."""
        return self.states[-1].stop if self.states else 0

    @property
    def n_rows(self) -> int:
        """Number of integrated rows."""
        return self.rows[-1].stop if self.rows else 0


def plan_of(assembly: Assembly) -> KernelPlan:
    """Order, places and lifetimes of everything that an assembly computes."""
    assembly = _compact(assembly)
    tape = assembly.tape
    states = _rows(((name, value, assembly.dims[name]) for name, value in assembly.rates.items()), tape, 0)
    totals = (item.inputs[0] for item in tape.values if item.operation == "integral")
    named = ((f"integral_{value}", value, tape.dims(value)) for value in totals)
    plan = KernelPlan(**vars(assembly), states=states, integrals=_rows(named, tape, states[-1].stop if states else 0))
    for value, item in enumerate(tape.values):
        if isinstance(item, Computed) and item.operation not in VIEWS and item.operation != "integral":
            plan.sections[tape.phases[value]].append(value)
    _place(plan)
    _measure_lifetimes(plan)
    return plan


def _compact(assembly: Assembly) -> Assembly:
    """The values that are needed, renumbered without gaps."""
    old, new = assembly.tape, Tape(assembly.tape.sizes)
    kept: dict[int, int] = {}
    for value in reachable(old, assembly.roots()):
        new.owner = old.owners[value]
        kept[value] = new.copied(old.values[value], old.phases[value], kept)
    return assembly.moved(new, kept)


def _rows(named: Iterable[tuple[str, int, tuple[str, ...]]], tape: Tape, start: int) -> tuple[IntegratedRow, ...]:
    """Rows for values with their dimensions, one below the other from `start` on."""
    rows: list[IntegratedRow] = []
    for name, value, dims in named:
        stop = start + math.prod(tape.sizes[dim] for dim in dims)
        rows.append(IntegratedRow(name, value, dims, start, stop))
        start = stop
    return tuple(rows)


def _place(plan: KernelPlan) -> None:
    """Results that can be written where they are wanted: a rate into its row, a part of a stack into the stack."""
    tape = plan.tape
    for index, row in enumerate(plan.rows):
        item = tape.values[row.value]
        own = isinstance(item, Computed) and tape.phases[row.value] == Phase.STEP and item.operation not in VIEWS
        if own and item.dims == row.dims:
            plan.in_row.setdefault(row.value, index)
    uses = readers(tape.values, range(len(tape.values)), plan.roots())
    for value, item in enumerate(tape.values):
        rest = tuple(name for place, name in enumerate(item.dims) if place not in item.settings[:1])
        for member, part in enumerate(item.inputs if item.operation == "stack" else ()):
            made = tape.values[part]
            movable = isinstance(made, Computed) and made.operation not in VIEWS | {"integral", "place", "stack"}
            alike = made.dims == rest and tape.phases[part] == tape.phases[value]
            if movable and alike and part not in plan.in_row and uses[part] == [value]:
                plan.in_stack[part] = (value, member)


def _measure_lifetimes(plan: KernelPlan) -> None:
    """A value lasts when another section or the caller reads it; any other one ends with its last reader."""
    tape, last = plan.tape, plan.last_use
    for value, item in enumerate(tape.values):
        for source in (source for child in item.inputs for source in sources(tape.values, child)):
            last[source] = value
            if tape.phases[source] != tape.phases[value]:  # sections run at other times, so the memory may not be shared
                plan.lasting.add(source)
    for value in reversed(range(len(tape.values))):  # readers first, so that a view of a view hands on its own end
        item = tape.values[value]
        if item.operation in VIEWS and value in last:
            last[item.inputs[0]] = max(last[item.inputs[0]], last[value])
    for root in plan.roots():
        plan.lasting.update(sources(tape.values, root))


def sources(values: list[Value], value: int) -> list[int]:
    """A value and, for a view, what it looks at."""
    found = [value]
    while values[found[-1]].operation in VIEWS:
        found.append(values[found[-1]].inputs[0])
    return found
