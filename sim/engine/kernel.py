"""Compilation: from a graph and a request to a kernel, which is plain data and can be kept, sent to a worker and read.

Its source is four functions of numpy calls with `out=`, one for each moment of a run. Its names read like the model: a
variable, its parts numbered.
"""

from __future__ import annotations

import keyword
import marshal
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import CodeType

from sim.base.cache import kept
from sim.engine.assembly import KernelRequest, assemble
from sim.engine.plan import IntegratedRow, KernelPlan, plan_of
from sim.engine.tape import Computed, Constant, Leaf, Phase, Value
from sim.model.graph import Graph


@dataclass(frozen=True)
class Kernel:
    """A model compiled for some outputs: the plan of its memory, the names of its values, its source and bytecode.

    `dims` are the dimensions of each output, those with one member too. `later` are the kernels that go on from a year in which
    more is given from outside: until then the run is, to the last digit, that of a model in which nothing is.
    """

    request: KernelRequest
    plan: KernelPlan
    names: tuple[str, ...]
    source: str
    bytecode: bytes
    dims: Mapping[str, tuple[str, ...]]
    later: tuple[tuple[int, Kernel], ...] = ()

    def code(self) -> CodeType:
        """The compiled source."""
        # Bytecode is of one version of Python; the cache names its entries by the version too.
        code: CodeType = marshal.loads(self.bytecode)  # noqa: S302  made by compile_kernel, kept in the user's own cache
        return code


def kernel_for(graph: Graph, request: KernelRequest) -> Kernel:
    """The kernel of a request: the same one for the whole process, from the cache where it was compiled before."""
    if not graph.key:
        return compile_kernel(graph, request)
    key = f"{graph.key}|{request.key}"
    kernel = _at_hand.pop(key, None)
    if kernel is None and request.later:
        now = kernel_for(graph, replace(request, later=()))
        kernel = replace(now, later=tuple((year, kernel_for(graph, stage)) for year, stage in request.stages()))
    elif kernel is None:
        kernel = kept("kernel", key, lambda: compile_kernel(graph, request))
    _at_hand[key] = kernel  # the last one used comes last
    while len(_at_hand) > _MOST_AT_HAND:
        _at_hand.pop(next(iter(_at_hand)), None)
    return kernel


_MOST_AT_HAND = 16
_at_hand: dict[str, Kernel] = {}


def compile_kernel(graph: Graph, request: KernelRequest) -> Kernel:
    """Compile what the requested outputs need, and nothing else."""
    if request.later:
        stages = tuple((year, compile_kernel(graph, stage)) for year, stage in request.stages())
        return replace(compile_kernel(graph, replace(request, later=())), later=stages)
    plan = plan_of(assemble(graph, request))
    members = {name: item.members for name, item in graph.dimensions.items()}
    names = names_of(plan.tape.values, plan.tape.owners, members, RESERVED)
    remarks = {name: (item.doc.splitlines() or [""])[0] for name, item in graph.quantities.items()}
    source = "\n\n".join(_section(plan, names, remarks, phase) for phase in Phase) + "\n"
    dims = {name: graph.dims_of(name) for name in request.outputs}
    return Kernel(request, plan, names, source, marshal.dumps(compile(source, "<kernel>", "exec")), dims)


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


def _section(plan: KernelPlan, names: tuple[str, ...], remarks: Mapping[str, str], phase: Phase) -> str:
    """A section of the kernel as Python. `remarks` say in a line what the owner of a value is."""
    name, docstring = SECTIONS[phase]
    lines, owner = [], ""
    for value in plan.sections[phase]:
        if plan.tape.owners[value] != owner:
            owner = plan.tape.owners[value]
            remark = remarks.get(variable_of(owner), "")
            lines.append(f"# {owner}: {remark}" if remark else f"# {owner}")
        lines.extend(_statements(plan, names, value))
    stores = [
        f"copyto({row_name(row)}, {names[row.value]})"
        for index, row in enumerate(plan.rows)
        if plan.tape.phases[row.value] == phase and plan.in_row.get(row.value) != index
    ]
    lines.extend(["# into their rows", *stores] if stores else [])
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {name}():\n    """{docstring}"""\n{body}'.rstrip()


def _statements(plan: KernelPlan, names: tuple[str, ...], value: int) -> list[str]:
    """The calls that compute a value."""
    item = plan.tape.values[value]
    out, inputs = names[value], [names[child] for child in item.inputs]
    match item.operation:
        case "where":
            return [f"copyto({out}, {inputs[2]})", f"copyto({out}, {inputs[1]}, where={inputs[0]})"]
        case "total":
            axes = item.settings[0]
            return [f"total({inputs[0]}, {axes[0] if len(axes) == 1 else axes}, {out})"]
        case "stack":
            parts = [member for member, part in enumerate(item.inputs) if plan.in_stack.get(part) != (value, member)]
            return [f"copyto({part_name(out, member)}, {inputs[member]})" for member in parts]
        case "place":
            return [f"copyto({part_name(out, item.settings[1])}, {inputs[0]})"]
        case "shift":
            axis, keep_last = item.settings
            return [f"shift({inputs[0]}, {axis}, {keep_last}, {out})"]
        case _:
            return [f"{item.operation}({', '.join(inputs)}, out={out})"]


def row_name(row: IntegratedRow) -> str:
    """The name of a row that a rate is copied into; rows begin at different places, so no two have one name."""
    return f"row_{row.start}_of_" + "".join(letter if letter.isalnum() else "_" for letter in row.name)


def part_name(name: str, member: int) -> str:
    """The name of one member of a stacked array."""
    return f"{name}__{member}"


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
            wish = _identifier(item.name)
        elif isinstance(item, Constant):
            text = f"{item.value:g}" if float(f"{item.value:g}") == item.value else repr(item.value)
            wish = "c" + _NO_NAME.sub("_", text.replace("-", "minus_").replace("+", ""))
        elif item.operation == "at":
            axis, member = item.settings
            dim = values[item.inputs[0]].dims[axis]
            wish = f"{names[item.inputs[0]]}_{_identifier(members[dim][member])}"
        else:
            owner = _identifier(owners[place])
            counts[owner] = counts.get(owner, 0) + 1
            wish = owner if last[owners[place]] == place else f"{owner}_{counts[owner]}"
        numbered = (f"{wish}_{number}" for number in count(2))
        name = wish if wish not in used else next(name for name in numbered if name not in used)
        names.append(name)
        used.add(name)
    return tuple(names)


def variable_of(owner: str) -> str:
    """The variable of an owner such as `capital rate`, `residents at end` or `expected_growth.smooth1 at start`."""
    return owner.split(" ", maxsplit=1)[0].split(".", maxsplit=1)[0]


def _identifier(text: str) -> str:
    """A text as a Python name."""
    name = _NO_NAME.sub("_", text.replace("@base", "_in_base_year")).strip("_") or "value"
    taken = keyword.iskeyword(name) or name[0].isdigit() or _OF_THE_SOURCE.fullmatch(name)
    return f"{name}_" if taken else name
