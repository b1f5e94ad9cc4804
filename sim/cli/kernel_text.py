"""A kernel as text for people: how large it is, before its source."""

from __future__ import annotations

from typing import Any

from sim.engine.kernel import Kernel
from sim.engine.source import SECTIONS


def kernel_head(kernel: Kernel) -> str:
    """Comment lines that say what the kernel computes, and how its source is to be read."""
    record = kernel_record(kernel)
    counts = ", ".join(f"{name} {count}" for name, count in record["operations"].items())
    lines = (
        f"Compiled for {record['outputs']} outputs; {record['method']}, {record['steps_per_year']} steps a year.",
        f"Operations: {counts}.",
        f"Integrated rows: {record['state_rows']} of states, {record['total_rows']} of totals over the year.",
        "Arrays are [dims..., draw]. Every name is written once; names that are never needed together share memory.",
        "What no drawn parameter reaches is computed once for all draws.",
    )
    return "".join(f"# {line}\n" for line in lines) + "\n"


def kernel_record(kernel: Kernel) -> dict[str, Any]:
    """Plain values for JSON."""
    plan = kernel.plan
    return {
        "outputs": len(kernel.request.outputs),
        "method": kernel.request.method.name,
        "steps_per_year": kernel.request.steps_per_year,
        "operations": {SECTIONS[phase][0]: len(values) for phase, values in plan.sections.items()},
        "state_rows": plan.n_states,
        "total_rows": plan.n_rows - plan.n_states,
        "source": kernel.source,
    }
