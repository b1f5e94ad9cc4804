"""Names for the values of a kernel, so that its source reads like the model: a variable, its parts numbered."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from sim.engine.tape import Computed, Leaf, Number, Value

_NO_NAME = re.compile(r"\W+")
_OF_THE_SOURCE = re.compile(r"row_\d+_of_.*|.*__\d+")
"""Names that the source gives to rows and to members of stacked arrays."""


def names_of(
    values: list[Value], owners: list[str], members: Mapping[str, tuple[str, ...]], taken: frozenset[str]
) -> tuple[str, ...]:
    """A name of its own for every value. The last value of an owner has the owner's name; `taken` are names of functions."""
    last = {owner: place for place, owner in enumerate(owners) if isinstance(values[place], Computed)}
    used, names = set(taken), list[str]()
    counts: dict[str, int] = {}
    for place, item in enumerate(values):
        if isinstance(item, Leaf):
            wish = identifier(item.name)
        elif isinstance(item, Number):
            wish = _number_name(item.value)
        elif item.operation == "at":
            wish = f"{names[item.inputs[0]]}_{_member(values, item, members)}"
        else:
            owner = identifier(owners[place])
            counts[owner] = counts.get(owner, 0) + 1
            wish = owner if last[owners[place]] == place else f"{owner}_{counts[owner]}"
        names.append(_unused(wish, used))
        used.add(names[-1])
    return tuple(names)


def variable_of(owner: str) -> str:
    """The variable of an owner such as `capital rate`, `residents at end` or `expected_growth.smooth1 at start`."""
    return owner.split(" ", maxsplit=1)[0].split(".", maxsplit=1)[0]


def identifier(text: str) -> str:
    """A text as a Python name."""
    name = _NO_NAME.sub("_", text.replace("@base", "_in_base_year")).strip("_") or "value"
    taken = keyword.iskeyword(name) or name[0].isdigit() or _OF_THE_SOURCE.fullmatch(name)
    return f"{name}_" if taken else name


def _number_name(number: float) -> str:
    text = f"{number:g}" if float(f"{number:g}") == number else repr(number)
    return "c" + _NO_NAME.sub("_", text.replace("-", "minus_").replace("+", ""))


def _member(values: list[Value], item: Computed, members: Mapping[str, tuple[str, ...]]) -> str:
    axis, member = item.settings
    dim = values[item.inputs[0]].dims[int(axis)]  # type: ignore[arg-type]  # the settings of `at` are two numbers
    return identifier(members[dim][int(member)])  # type: ignore[arg-type]


def _unused(wish: str, used: set[str]) -> str:
    name, count = wish, 1
    while name in used:
        count += 1
        name = f"{wish}_{count}"
    return name
