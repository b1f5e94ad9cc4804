"""A program: the nodes behind some wanted results in an order that can be computed, evaluated one after the other with numpy.

This is the plain evaluator. It is meant to be obviously right, and stays as the oracle of every faster one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.nodes import Apply, Literal, Node, Read

Values = NDArray[Any]
Index = tuple[slice | None, ...]
Resolve = Callable[[str], Node | None]


@dataclass(frozen=True)
class Instruction:
    """Compute one node from earlier slots; `indices` align each input to the result's axes (None: as it is)."""

    slot: int
    node: Apply
    inputs: tuple[int, ...]
    indices: tuple[Index | None, ...]


class Program:
    """Evaluates named nodes. `resolve` turns a name into the node that defines it, or None where its value will be supplied."""

    def __init__(self, wanted: Mapping[str, Node], resolve: Resolve) -> None:
        self._resolve = resolve
        self._slots: dict[int, int] = {}
        self._literals: dict[int, Values] = {}
        self._leaves: dict[str, int] = {}
        self._instructions: list[Instruction] = []
        self._size = 0
        self._keep: list[Node] = []
        self._results = {name: self._place(node) for name, node in wanted.items()}

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names whose values must be supplied."""
        return tuple(self._leaves)

    def run(self, supplied: Mapping[str, Values]) -> dict[str, Values]:
        """Evaluate with the supplied leaves: arrays [dims..., draw]."""
        values: list[Values | None] = [None] * self._size
        for slot, literal in self._literals.items():
            values[slot] = literal
        for name, slot in self._leaves.items():
            values[slot] = supplied[name]
        with np.errstate(all="ignore"):
            for instruction in self._instructions:
                values[instruction.slot] = _compute(instruction, values)
        return {name: _known(values[slot]) for name, slot in self._results.items()}

    def _place(self, root: Node) -> int:
        stack: list[Node] = [root]
        while stack:
            node = stack[-1]
            waiting = [child for child in self._needs(node) if id(child) not in self._slots]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            if id(node) not in self._slots:
                self._keep.append(node)
                self._slots[id(node)] = self._settle(node)
        return self._slots[id(root)]

    def _needs(self, node: Node) -> tuple[Node, ...]:
        if isinstance(node, Apply):
            return node.inputs
        if isinstance(node, Read):
            target = self._resolve(node.name)
            return () if target is None else (target,)
        return ()

    def _settle(self, node: Node) -> int:
        if isinstance(node, Read):
            target = self._resolve(node.name)
            return self._leaf(node.name) if target is None else self._slots[id(target)]
        slot = self._new_slot()
        if isinstance(node, Literal):
            self._literals[slot] = np.array([node.value])
            return slot
        inputs = tuple(self._slots[id(child)] for child in node.inputs)
        aligned = node.operation.elementwise
        indices = tuple(alignment(child.dims, node.dims) if aligned else None for child in node.inputs)
        self._instructions.append(Instruction(slot, node, inputs, indices))
        return slot

    def _leaf(self, name: str) -> int:
        if name not in self._leaves:
            self._leaves[name] = self._new_slot()
        return self._leaves[name]

    def _new_slot(self) -> int:
        self._size += 1
        return self._size - 1


def alignment(have: tuple[str, ...], want: tuple[str, ...]) -> Index | None:
    """The index that gives an array with axes `have` the axes `want`, new ones of length one; None when nothing changes."""
    if have == want:
        return None
    return (*(slice(None) if name in have else None for name in want), slice(None))


def _compute(instruction: Instruction, values: list[Values | None]) -> Values:
    inputs = []
    for slot, index in zip(instruction.inputs, instruction.indices, strict=True):
        value = _known(values[slot])
        inputs.append(value if index is None else value[index])
    node = instruction.node
    return node.operation.compute(*inputs, **node.settings)


def _known(value: Values | None) -> Values:
    if value is None:
        raise AssertionError("a slot is read before it is written")
    return value
