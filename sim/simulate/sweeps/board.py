"""A board of levers: one scenario, compiled once for some levers, answers within a fraction of a second when they are moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from sim.base.errors import Faults, InputError, Place, UsageError, nearest
from sim.base.text import Text
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import Kernel
from sim.ensemble.designs import Listed
from sim.ensemble.draws import Draws, Input, Sample
from sim.inputs.sweep_section import Over
from sim.result.dataset import to_dataset
from sim.simulate.arguments import Settings, checked
from sim.simulate.design import compiled_for, known_outputs, swept_input
from sim.simulate.opening import Case, with_projects
from sim.simulate.pipeline import compiled


@dataclass(frozen=True)
class BoardLever:
    """One lever: name, unit, range (if it has one), and where it stands in the scenario in the first simulated year."""

    key: str
    label: Text
    unit: str
    low: float | None
    high: float | None
    now: float


@dataclass(frozen=True)
class Board:
    """Levers of a case, with everything that their moves do not change. Shocks are zero, the ledger is at its mean."""

    case: Case
    levers: tuple[BoardLever, ...]
    inputs: tuple[Input, ...]
    kernel: Kernel
    clock: Clock

    @checked
    def run(self, values: Settings | None = None) -> xr.Dataset:
        """The outputs by year with some levers moved; the others stand as in the scenario.

        Raises
        ------
        InputError, UsageError
            with every lever that is unknown, and every value that is no number or outside its range.
        RunError
            when a number becomes infinite or undefined.
        """
        moved = self._moved(values or {})
        # Levers that stand are moved by zero: with the same inputs every time, the memory of a run serves the next one.
        inputs = tuple(item if item.key in moved else replace(item, added=True) for item in self.inputs)
        sample = Sample(inputs, Listed(tuple((moved.get(item.key, 0.0),) for item in inputs))) if inputs else None
        block = Draws(1, sample=sample, silent=True).block(self.case.bound.values, 0, 1)
        city = self.case.city
        return to_dataset(central_run(self.kernel, self.clock, block), city.graph, city.labels)

    def _moved(self, values: Mapping[str, Any]) -> dict[str, float]:
        """The value of every lever that is moved."""
        known, faults, moved = {lever.key: lever.label for lever in self.levers}, Faults(), dict[str, float]()
        named = {self.case.city.names.parameter(key, faults, Place(key=key)): raw for key, raw in values.items()}
        for key in named:
            if key not in known:
                faults.add(Text(f"没有杠杆 {key}", f"no lever {key}"), Place(key=key), nearest(key, known, known))
        faults.raise_if_any(UsageError)
        for key, raw in named.items():
            over = Over(key, raw.item() if isinstance(raw, np.generic) else raw, Place(key=key))
            found = swept_input(self.case, over, faults)
            if found is not None and (not found.range.is_listed or len(found.range.numbers) > 1 or found.range.relative):
                message = Text(f"{key} 只能取一个值", f"{key} takes one value")
                faults.add(message, over.place, Text("如 0.01；扫描请用 sim.sweep", "such as 0.01; sim.sweep takes ranges"))
            elif found is not None:
                moved[key] = found.range.numbers[0]
        faults.raise_if_any(InputError)
        return moved


def board_of(case: Case, keys: Sequence[str], outputs: Sequence[str]) -> Board:
    """Compile a case for some levers and outputs.

    Raises
    ------
    InputError
        with every lever and output that is unknown or may not be moved.
    """
    faults, case = Faults(), with_projects(case)
    named = [case.city.names.parameter(key, faults, Place(key=key)) for key in keys]
    found = [item for key in named if (item := _lever(case, key, faults)) is not None]
    wanted = known_outputs(case, ((name, Place(key=name)) for name in outputs), faults)
    faults.raise_if_any(InputError)
    levers, inputs = tuple(lever for lever, _ in found), tuple(item for _, item in found)
    case = compiled_for(case, Sample(inputs, Listed(tuple((lever.now,) for lever in levers))))
    return Board(case, levers, inputs, *compiled(case, wanted))


def _lever(case: Case, key: str, faults: Faults) -> tuple[BoardLever, Input] | None:
    """A lever and the input that it moves, at its value in the first simulated year; None after adding a fault."""
    record = case.city.data.parameters.get(key.partition(".")[0])
    first = case.base_year + 1
    values = np.zeros(1) if record is None else case.bound.values[record.name].at(first)
    found = swept_input(case, Over(key, [float(values.mean())], Place(key=key)), faults)
    if found is None or record is None:
        return None
    members = np.broadcast_to(True if found.input.members is None else found.input.members, values.shape)
    low, high = (None, None) if record.range is None else record.range
    return BoardLever(key, record.label, record.unit, low, high, float(values[members].mean())), found.input
