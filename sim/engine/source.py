"""The source of a kernel: four functions of numpy calls with `out=`, one for each moment of a run."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping

from sim.engine.plan import Plan, Row
from sim.engine.tape import Computed, Leaf, Number, Phase, Value

SECTIONS: dict[Phase, tuple[str, str]] = {
    Phase.ONCE: ("once", "At the start of the run: constants, and what differs from draw to draw but not in time."),
    Phase.YEAR: ("year", "On 1 January: what stands still within the year."),
    Phase.STEP: ("rates", "At every evaluation within a step: the rates of all stocks and of what is totalled over the year."),
    Phase.END: ("turn", "On 31 December: the year's totals, the events, and what is reported."),
}
FUNCTIONS = (
    *("add", "subtract", "multiply", "divide", "maximum", "minimum", "negative", "absolute", "sqrt", "exp", "log"),
    *("expm1", "log1p", "tanh", "logical_and", "logical_or", "logical_not"),
    *("greater", "greater_equal", "less", "less_equal", "not_equal", "copyto", "total", "shift"),
)
RESERVED = frozenset({*FUNCTIONS, *(name for name, _ in SECTIONS.values())})


def source_of(plan: Plan, names: tuple[str, ...], remarks: Mapping[str, str]) -> str:
    """The kernel as Python. `remarks` say in a line what the owner of a value is."""
    parts = [_section(plan, names, remarks, phase) for phase in Phase]
    return "\n\n".join(parts) + "\n"


def _section(plan: Plan, names: tuple[str, ...], remarks: Mapping[str, str], phase: Phase) -> str:
    name, remark = SECTIONS[phase]
    lines, owner = [], ""
    for value in plan.sections[phase]:
        if plan.owners[value] != owner:
            owner = plan.owners[value]
            lines.append(_remark(owner, remarks))
        lines.extend(_statements(plan, names, value))
    stores = _stores(plan, names, phase)
    lines.extend(["# into their rows", *stores] if stores else [])
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {name}():\n    """{remark}"""\n{body}'.rstrip()


def _remark(owner: str, remarks: Mapping[str, str]) -> str:
    remark = remarks.get(variable_of(owner), "")
    return f"# {owner}: {remark}" if remark else f"# {owner}"


def _stores(plan: Plan, names: tuple[str, ...], phase: Phase) -> list[str]:
    return [
        f"copyto({row_name(row)}, {names[row.value]})"
        for index, row in enumerate(plan.rows)
        if plan.phases[row.value] == phase and plan.in_row.get(row.value) != index
    ]


def row_name(row: Row) -> str:
    """The name of a row that a rate is copied into; rows begin at different places, so no two have one name."""
    return f"row_{row.start}_of_" + "".join(letter if letter.isalnum() else "_" for letter in row.name)


def _statements(plan: Plan, names: tuple[str, ...], value: int) -> list[str]:
    item = plan.values[value]
    if not isinstance(item, Computed):
        raise AssertionError("only computed values have statements")
    write = _WRITERS.get(item.operation, _ufunc)
    return write(plan, names, value, item)


def _ufunc(_: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    inputs = ", ".join(names[child] for child in item.inputs)
    return [f"{item.operation}({inputs}, out={names[value]})"]


def _where(_: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    condition, chosen, other = (names[child] for child in item.inputs)
    return [f"copyto({names[value]}, {other})", f"copyto({names[value]}, {chosen}, where={condition})"]


def _total(_: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    axes = item.settings[0]
    axis = axes[0] if isinstance(axes, tuple) and len(axes) == 1 else axes
    return [f"total({names[item.inputs[0]]}, {axis}, {names[value]})"]


def _stack(plan: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    return [
        f"copyto({part_name(names[value], member)}, {names[part]})"
        for member, part in enumerate(item.inputs)
        if plan.in_stack.get(part) != (value, member)
    ]


def _place(_: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    return [f"copyto({part_name(names[value], int(str(item.settings[1])))}, {names[item.inputs[0]]})"]


def _shift(_: Plan, names: tuple[str, ...], value: int, item: Computed) -> list[str]:
    axis, keep_last = item.settings
    return [f"shift({names[item.inputs[0]]}, {axis}, {bool(keep_last)}, {names[value]})"]


def part_name(name: str, member: int) -> str:
    """The name of one member of a stacked array."""
    return f"{name}__{member}"


_WRITERS: dict[str, Callable[[Plan, tuple[str, ...], int, Computed], list[str]]] = {
    "where": _where,
    "total": _total,
    "stack": _stack,
    "place": _place,
    "shift": _shift,
}


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
