"""Feedback loops: the named ones of a model with the sign of every link, measured by moving what a variable reads.

A link from A to B exists when B reads A, directly or through hidden quantities. Its sign is that of the change of B (for a
stock: of its net rate) when A alone is raised by one per cent at the start of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.checked import Record, check_against
from sim.inputs.files import is_file
from sim.inputs.yaml_file import read_yaml
from sim.model.graph import Graph


class LoopFile(Record):
    """One named loop of loops.yaml."""

    label: Text
    """Name in two languages."""
    path: list[str] = Field(min_length=1)
    """Variables and stocks in the order of influence; the last one acts on the first."""


@dataclass(frozen=True)
class Loop:
    """A named loop: its path closes on itself."""

    name: str
    label: Text
    path: tuple[str, ...]

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Pairs (cause, effect)."""
        return tuple(zip(self.path, (*self.path[1:], self.path[0]), strict=True))


def read_loops(file: Path, graph: Graph) -> tuple[Loop, ...]:
    """Read loops.yaml and check that every link exists in the graph; a model without the file has no named loops.

    Raises
    ------
    InputError
        with every unknown name and missing link.
    """
    if not is_file(file):
        return ()
    document, faults = read_yaml(file), Faults()
    loops: list[Loop] = []
    for name, raw in document.data.items():
        record = check_against(LoopFile, raw, document, faults, (name,))
        if record is not None:
            loop = Loop(name, record.label, tuple(record.path))
            loops.append(loop)
            _fail_if_open(loop, graph, document.place((name, "path")), faults)
    faults.raise_if_any()
    return tuple(loops)


def _fail_if_open(loop: Loop, graph: Graph, place: Place, faults: Faults) -> None:
    known = graph.quantities
    for name in loop.path:
        if name not in known:
            faults.add(Text(f"模型没有 {name}", f"the model has no {name}"), place, nearest(name, known))
    if all(name in known for name in loop.path):
        for cause, effect in loop.links:
            if cause not in readers_of(graph, effect):
                faults.add(Text(f"{effect} 并不读取 {cause}", f"{effect} does not read {cause}"), place)


def readers_of(graph: Graph, effect: str) -> set[str]:
    """Everything that moves `effect`: what it reads, and for stocks with events what the events read."""
    found = set(graph.reads(effect))
    for item in graph.events:
        if item.stock == effect:
            found |= set(item.arguments)
    return found


def polarity(signs: Sequence[int]) -> Text:
    """Reinforcing, balancing, or undecided when a link does not act at the start."""
    product = int(np.prod(signs))
    if product == 0:
        return Text("起点处未起作用", "not acting at the start")
    return Text("增强", "reinforcing") if product > 0 else Text("平衡", "balancing")


def link_table(signs: Mapping[tuple[str, str], int]) -> list[str]:
    """Links as `cause → effect (+)`."""
    return [f"{cause} → {effect} ({'+' if sign > 0 else '−' if sign < 0 else '0'})" for (cause, effect), sign in signs.items()]
