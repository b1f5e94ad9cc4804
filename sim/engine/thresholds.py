"""Values that decide at a threshold, and are therefore computed as the equation is written.

x/x0 is exactly one where x is x0; x*(1/x0) may be one less in the last digit. That matters only where a function jumps or ends:
in a comparison, and in the root or logarithm of a difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.engine.tape import Computed, Number, Phase, Tape

_COMPARISONS = frozenset({"greater", "greater_equal", "less", "less_equal", "not_equal"})
_ENDS = frozenset({"sqrt", "log", "log1p"})
_SMOOTH = frozenset({"exp", "expm1", "tanh", *_ENDS, "integral"})


def deciding(tape: Tape, order: Iterable[int]) -> frozenset[int]:
    """All values of arithmetic below a comparison, a root or a logarithm of a difference."""
    found: set[int] = set()
    for value in order:
        item = tape.values[value]
        if isinstance(item, Computed):
            for child in item.inputs if item.operation in _COMPARISONS | _ENDS else ():
                below = _arithmetic_below(tape, child)
                if item.operation in _COMPARISONS or any(_may_vanish(tape, part, tape.phases[value]) for part in below):
                    found |= below
    return frozenset(found)


def _arithmetic_below(tape: Tape, root: int) -> set[int]:
    """A value and what it is made of, down to leaves and smooth functions."""
    found, waiting = set[int](), [root]
    while waiting:
        value = waiting.pop()
        item = tape.values[value]
        if value not in found and isinstance(item, Computed) and item.operation not in _SMOOTH:
            found.add(value)
            waiting.extend(item.inputs)
    return found


def _may_vanish(tape: Tape, value: int, phase: Phase) -> bool:
    """Whether a value is a difference that moves, if what reads it does."""
    item = tape.values[value]
    if not isinstance(item, Computed) or tape.phases[value] < min(phase, Phase.YEAR):
        return False
    if item.operation == "add":
        return any(_is_below_zero(tape, part) for part in item.inputs)
    return item.operation in {"subtract", "negative"}


def _is_below_zero(tape: Tape, value: int) -> bool:
    item = tape.values[value]
    return isinstance(item, Number) and item.value < 0.0
