"""The plan of a kernel: which values each section computes in which order, where each result goes, and how long it is needed.

Nothing here knows the number of draws or which parameters are drawn: a kernel is planned once and laid out many times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sim.engine.assembly import Assembly
from sim.engine.rewriting import reachable, readers
from sim.engine.tape import VIEWS, Computed, Constant, Leaf, Phase, Tape, Value

Home = tuple[int, int]


@dataclass(frozen=True)
class IntegratedRow:
    """A place among the integrated rows: a state's rate or a rate whose total over the year is needed."""

    name: str
    value: int
    dims: tuple[str, ...]
    start: int
    stop: int


@dataclass
class KernelPlan:
    """Everything a workspace needs to know. `homes` are results written straight into a part of another array."""

    sizes: Mapping[str, int]
    values: list[Value]
    phases: list[Phase]
    owners: list[str]
    sections: dict[Phase, list[int]]
    states: tuple[IntegratedRow, ...]
    integrals: tuple[IntegratedRow, ...]
    first: Mapping[str, int]
    events: Mapping[str, int]
    base: Mapping[str, int]
    outputs: Mapping[str, int]
    reset: frozenset[str]
    standing: Mapping[str, tuple[str, ...]]
    in_row: dict[int, int] = field(default_factory=dict)
    in_stack: dict[int, Home] = field(default_factory=dict)
    last_use: dict[int, int] = field(default_factory=dict)
    lasting: frozenset[int] = frozenset()

    @property
    def rows(self) -> tuple[IntegratedRow, ...]:
        """All integrated rows, states first."""
        return (*self.states, *self.integrals)

    def cells(self, value: int) -> int:
        """Number of cells of a value, without the draws."""
        return math.prod(self.sizes[dim] for dim in self.values[value].dims)

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
    totals = ((f"integral_{value}", value, tape.dims(value)) for value in assembly.integrals)
    plan = KernelPlan(
        sizes=tape.sizes,
        values=tape.values,
        phases=tape.phases,
        owners=tape.owners,
        sections={phase: [] for phase in Phase},
        states=states,
        integrals=_rows(totals, tape, states[-1].stop if states else 0),
        first=assembly.first,
        events=assembly.events,
        base=assembly.base,
        outputs=assembly.outputs,
        reset=assembly.reset,
        standing={name: dims for name, dims in assembly.dims.items() if name not in assembly.rates},
    )
    for value, item in enumerate(plan.values):
        if isinstance(item, Computed) and item.operation not in VIEWS and item.operation != "integral":
            plan.sections[plan.phases[value]].append(value)
    _place(plan)
    _measure_lifetimes(plan)
    return plan


def _compact(assembly: Assembly) -> Assembly:
    """The values that are needed, renumbered without gaps."""
    old, new = assembly.tape, Tape(assembly.tape.sizes)
    kept: dict[int, int] = {}
    for value in reachable(old, assembly.roots()):
        item = old.values[value]
        new.owner = old.owners[value]
        if isinstance(item, Leaf):
            kept[value] = new.leaf(item.name, item.dims, item.phase)
        elif isinstance(item, Constant):
            kept[value] = new.number(item.value)
        else:
            inputs = tuple(kept[child] for child in item.inputs)
            kept[value] = new.compute(item.operation, inputs, item.dims, item.settings, old.phases[value])
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
    for index, row in enumerate(plan.rows):
        item = plan.values[row.value]
        own = isinstance(item, Computed) and plan.phases[row.value] == Phase.STEP and item.operation not in VIEWS
        if own and item.dims == row.dims and row.value not in plan.in_row:
            plan.in_row[row.value] = index
    uses = readers(plan.values, range(len(plan.values)), _roots(plan))
    for value, item in enumerate(plan.values):
        if not isinstance(item, Computed) or item.operation != "stack":
            continue
        rest = tuple(name for place, name in enumerate(item.dims) if place != item.settings[0])
        for member, part in enumerate(item.inputs):
            made = plan.values[part]
            movable = isinstance(made, Computed) and made.operation not in VIEWS | {"integral", "place", "stack"}
            alike = made.dims == rest and plan.phases[part] == plan.phases[value]
            if movable and alike and part not in plan.in_row and uses[part] == [value]:
                plan.in_stack[part] = (value, member)


def _roots(plan: KernelPlan) -> list[int]:
    parts = (plan.first, plan.events, plan.base, plan.outputs)
    return [value for part in parts for value in part.values()] + [row.value for row in plan.rows]


def _measure_lifetimes(plan: KernelPlan) -> None:
    """A value lasts when another section or the caller reads it; any other one ends with its last reader."""
    last: dict[int, int] = {}
    lasting: set[int] = set()
    for value, item in enumerate(plan.values):
        for child in item.inputs if isinstance(item, Computed) else ():
            for source in sources(plan.values, child):
                last[source] = value
                if plan.phases[source] != plan.phases[value]:  # sections run at other times, so the memory may not be shared
                    lasting.add(source)
    for value in reversed(range(len(plan.values))):  # readers first, so that a view of a view hands on its own end
        item = plan.values[value]
        if isinstance(item, Computed) and item.operation in VIEWS and value in last:
            source = item.inputs[0]
            last[source] = max(last[source], last[value])
    for root in _roots(plan):
        lasting.update(sources(plan.values, root))
    plan.last_use, plan.lasting = last, frozenset(lasting)


def looks_at_a_leaf(plan: KernelPlan, value: int) -> bool:
    """Tell whether a value is supplied from outside, or a view of one that is."""
    return isinstance(plan.values[sources(plan.values, value)[-1]], Leaf)


def sources(values: list[Value], value: int) -> list[int]:
    """A value and, for a view, what it looks at."""
    found = [value]
    item = values[value]
    while isinstance(item, Computed) and item.operation in VIEWS:
        found.append(item.inputs[0])
        item = values[found[-1]]
    return found
