"""What a benchmark writes down: records, one table of them, a plot, and benchmarks/out/results.json."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

OUT = Path(__file__).with_name("out")


@dataclass(frozen=True)
class Record:
    """One measured figure; null where a thing does not apply. `note` says what is special."""

    name: str
    tool: str
    members: int | None
    seconds: float
    seconds_per_member: float | None
    ratio_to_limit: float | None
    elements_per_second: float | None
    note: str = ""
    memory_mib: float | None = None


def record(name: str, tool: str, members: int, seconds: float, note: str = "", elements: int | None = None) -> Record:
    """A record of a run of several members."""
    per_second = None if elements is None else elements * members / seconds
    return Record(name, tool, members, seconds, seconds / members, None, per_second, note)


def alone(name: str, tool: str, seconds: float, note: str = "") -> Record:
    """A record of something that has no members."""
    return Record(name, tool, None, seconds, None, None, None, note)


def medians(runs: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """The median time of each run; the runs take turns, so that a slow minute of the machine falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}


def median(run: Callable[[], Any], repeats: int) -> float:
    """The median time of one run."""
    return medians({"": run}, repeats)[""]


def write_json(records: Iterable[Record], machine: Mapping[str, Any]) -> Path:
    """Write benchmarks/out/results.json aside and rename it; the machine stands in machine.json beside it."""
    OUT.mkdir(exist_ok=True)
    for name, document in (("results.json", [asdict(item) for item in records]), ("machine.json", dict(machine))):
        aside = OUT / f".{name}.part"
        aside.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(OUT / name)
    return OUT / "results.json"


HEADS = ("name", "tool", "members", "seconds", "µs/member", "× limit", "elements/s", "MiB", "note")


def table(records: Iterable[Record]) -> str:
    """One table for a terminal."""
    rows = [HEADS, *(_cells(item) for item in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join("  ".join(_padded(cell, widths[place], place) for place, cell in enumerate(row)).rstrip() for row in rows)


def _cells(item: Record) -> tuple[str, ...]:
    per = item.seconds_per_member
    return (
        item.name,
        item.tool,
        "" if item.members is None else f"{item.members:,}",
        f"{item.seconds:.4g}",
        "" if per is None else f"{per * 1e6:.4g}",
        "" if item.ratio_to_limit is None else f"{item.ratio_to_limit:.2f}",
        "" if item.elements_per_second is None else f"{item.elements_per_second:.3g}",
        "" if item.memory_mib is None else f"{item.memory_mib:.0f}",
        item.note,
    )


def _padded(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place in {0, 1, len(HEADS) - 1} else cell.rjust(width)


def plot(records: list[Record]) -> Path:
    """Time per member of every tool, and cost and memory against the number of draws."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    peers = sorted((item for item in records if item.name == "growth rk4" and item.seconds_per_member), key=_per_member)
    left.barh([item.tool for item in peers], [_per_member(item) * 1e6 for item in peers], color="#4878a8")
    left.set_xscale("log")
    left.set_xlabel("µs per member (log scale)")
    left.set_title("Growth model, rk4, 60 steps")
    scaling = [item for item in records if item.name == "draws" and item.members]
    right.plot([item.members or 0 for item in scaling], [item.seconds for item in scaling], "o-", color="#4878a8")
    right.set(xscale="log", yscale="log", xlabel="draws", ylabel="seconds", title="City model: cost and memory against draws")
    memory = right.twinx()
    memory.plot([item.members or 0 for item in scaling], [item.memory_mib or 0 for item in scaling], "s--", color="#c06030")
    memory.set_ylabel("MiB, all processes (dashed)")
    memory.set_ylim(bottom=0)
    OUT.mkdir(exist_ok=True)
    figure.savefig(OUT / "benchmark.png", dpi=120)
    return OUT / "benchmark.png"


def _per_member(item: Record) -> float:
    return item.seconds_per_member or 0.0
