"""Compilation: from a graph and a request to a kernel, which is plain data and can be kept, sent to a worker and read."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import CodeType

from sim.base.cache import kept
from sim.engine.assembly import KernelRequest, assemble
from sim.engine.plan import KernelPlan, plan_of
from sim.engine.source import RESERVED, names_of, source_of
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
    source = source_of(plan, names, remarks)
    dims = {name: graph.dims_of(name) for name in request.outputs}
    return Kernel(request, plan, names, source, marshal.dumps(compile(source, "<kernel>", "exec")), dims)
