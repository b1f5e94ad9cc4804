"""Lowering: the nodes of equations become values on a tape, in the surroundings that say what each name means there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

from sim.engine.tape import Tape
from sim.model.nodes import Apply, Literal, Node, Read, names_read, walk

Meaning = int | Node
Resolve = Callable[[str], Meaning]
_FEW = 2


class NameScope:
    """Gives every name a value. `resolve` says what a name means: a value, or the node of its equation."""

    def __init__(self, tape: Tape, resolve: Resolve, suffix: str = "") -> None:
        self.tape, self._meaning, self._suffix = tape, cache(resolve), suffix
        self._values: dict[str, int] = {}

    def value(self, name: str) -> int:
        """The value of a name; what it reads is lowered first, without recursion."""
        waiting = [name]
        while waiting:
            current = waiting[-1]
            meaning = self._meaning(current)
            read = () if isinstance(meaning, int) else names_read(meaning)
            if unknown := [name for name in read if name not in self._values]:
                waiting.extend(unknown)
                continue
            waiting.pop()
            if current not in self._values:
                self.tape.owner = f"{current}{self._suffix}"
                self._values[current] = meaning if isinstance(meaning, int) else self._lowered(meaning)
        return self._values[name]

    def node(self, node: Node, owner: str) -> int:
        """The value of a node in these surroundings."""
        for name in names_read(node):
            self.value(name)
        self.tape.owner = owner
        return self._lowered(node)

    def _lowered(self, root: Node) -> int:
        done: dict[int, int] = {}
        for node in walk(root):
            if isinstance(node, Read):
                done[id(node)] = self._values[node.name]
            elif isinstance(node, Literal):
                done[id(node)] = self.tape.number(node.value)
            else:
                done[id(node)] = lower(self.tape, node, tuple(done[id(child)] for child in node.inputs))
        return done[id(root)]


def lower(tape: Tape, node: Apply, inputs: tuple[int, ...]) -> int:
    """The value of one operation whose inputs are values already."""
    name = node.operation.name
    return _STRUCTURAL[name](tape, node, inputs) if name in _STRUCTURAL else tape.apply(name, *inputs)


def stacked(tape: Tape, parts: tuple[int, ...], dim: str) -> int:
    """One part per member of a dimension."""
    if len(parts) == 1:
        return parts[0]
    dims = tape.ordered({name for part in parts for name in tape.dims(part)} | {dim})
    rest = tuple(name for name in dims if name != dim)
    return tape.compute("stack", tuple(tape.aligned(part, rest) for part in parts), dims, (dims.index(dim),))


def _place(tape: Tape, node: Apply, inputs: tuple[int, ...]) -> int:
    dim = node.dims[node.settings["axis"]]
    if tape.sizes[dim] == 1:
        return inputs[0]
    dims = tape.ordered({*tape.dims(inputs[0]), dim})
    return tape.compute("place", inputs, dims, (dims.index(dim), node.settings["member"]))


def _shift(tape: Tape, node: Apply, inputs: tuple[int, ...]) -> int:
    dim = node.dims[node.settings["axis"]]
    if tape.sizes[dim] == 1:
        return inputs[0] if node.settings["keep_last"] else tape.number(0.0)
    value = tape.repeated(inputs[0], dim)
    dims = tape.dims(value)
    return tape.compute("shift", (value,), dims, (dims.index(dim), bool(node.settings["keep_last"])))


def _regroup(tape: Tape, node: Apply, inputs: tuple[int, ...]) -> int:
    axis = node.settings["axis"]
    source, target = node.inputs[0].dims[axis], node.dims[axis]
    sums = tuple(_sum_of_members(tape, inputs[0], source, members) for members in node.settings["groups"])
    return stacked(tape, sums, target)


def _sum_of_members(tape: Tape, value: int, dim: str, members: tuple[int, ...]) -> int:
    neighbours = all(later == earlier + 1 for earlier, later in pairwise(members))
    # One reduction over a view is quicker; either way members are added up from the first to the last.
    if dim in tape.dims(value) and neighbours and len(members) > _FEW:
        return tape.total(tape.part(value, dim, members[0], members[-1] + 1), (dim,))
    summed = tape.number(0.0)
    for member in members:
        summed = tape.apply("add", summed, tape.at(value, dim, member))
    return summed


def _lookup(tape: Tape, node: Apply, inputs: tuple[int, ...]) -> int:
    """y0 + sum over the pieces of slope * (how far x has gone into the piece), between the smallest and the largest y.

    Past the last point it is the last y to the last digit: a table that ends at zero may stand below a root.
    """
    points = list(zip(node.settings["xs"], node.settings["ys"], strict=True))
    found = tape.number(points[0][1])
    for (left, low), (right, high) in pairwise(points):
        bounded = tape.apply("maximum", tape.apply("minimum", inputs[0], tape.number(right)), tape.number(left))
        gone = tape.apply("subtract", bounded, tape.number(left))
        found = tape.apply("add", found, tape.apply("multiply", tape.number((high - low) / (right - left)), gone))
    lowest, highest = (tape.number(bound(node.settings["ys"])) for bound in (min, max))
    bounded = tape.apply("maximum", tape.apply("minimum", found, highest), lowest)
    inside = tape.apply("less", inputs[0], tape.number(points[-1][0]))
    return tape.apply("where", inside, bounded, tape.number(points[-1][1]))


def _over(node: Apply) -> tuple[str, ...]:
    return tuple(node.inputs[0].dims[axis] for axis in node.settings["axes"])


_STRUCTURAL: dict[str, Callable[[Tape, Apply, tuple[int, ...]], int]] = {
    "power": lambda tape, _, inputs: tape.power(*inputs),
    "total": lambda tape, node, inputs: tape.total(inputs[0], _over(node)),
    "at": lambda tape, node, inputs: tape.at(inputs[0], node.inputs[0].dims[node.settings["axis"]], node.settings["member"]),
    "by": lambda tape, node, inputs: stacked(tape, inputs, node.dims[node.settings["axis"]]),
    "place": _place,
    "shift": _shift,
    "regroup": _regroup,
    "lookup": _lookup,
    "fill": lambda tape, node, _: tape.number(node.settings["value"]),
    "broadcast": lambda _, __, inputs: inputs[0],  # repeated only where a value meets an array that has the dimension
}
