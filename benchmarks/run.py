"""The engine against its peers and against the limit of the machine: python benchmarks/run.py [--quick].

Needs gcc and the extra `benchmark`. Prints one table and writes benchmark.png and results.json into benchmarks/out.
Every figure is a median; what is compared was measured in turns within this run. The growth model of every tool is checked
against the others before it is timed.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from benchmarks import ours, peers
from benchmarks.city import city_records, ledger_records, startup_records
from benchmarks.limit import Limit
from benchmarks.records import Record, median, medians, plot, record, table, write_json
from benchmarks.scaling import block_records, scaling_records
from sim.ensemble.blocks import BlockRunner, Task

Results = Mapping[str, NDArray[Any]]
ALIKE, OWN_PRECISION, REFERENCE = 1e-9, 1e-6, 1e-6
OURS, LIMIT = "this project", "C by hand (limit.c)"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    members: int
    few: int
    repeats: int
    city_draws: int
    counts: tuple[int, ...]
    pair: int


FULL = Size(10_000, 20, 7, 10_000, (1, 100, 10_000, 100_000, 1_000_000), 40_000)
QUICK = Size(10_000, 3, 3, 4_000, (1, 1_000, 10_000), 10_000)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer members and repeats, within two minutes")
    size = QUICK if parser.parse_args().quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        records = growth_records(Path(folder), size)
    records += city_records(size.city_draws, size.repeats)
    records += ledger_records(size.city_draws, size.repeats)
    records += startup_records(size.repeats)
    records += block_records(min(size.repeats, 3))
    records += scaling_records(size.counts, size.pair, size.repeats)
    sys.stdout.write(table(records) + "\n\n" + remarks(records))
    picture, file = plot(records), write_json(records, machine())
    sys.stdout.write(f"\n{file}\n{picture}\n")


def growth_records(folder: Path, size: Size) -> list[Record]:
    """The growth model with rk4 in every tool; PySD with Euler, beside ours with Euler."""
    limit, kernel = Limit(folder), ours.growth_kernel("rk4")
    task = ours.growth_task(kernel, size.members)
    single = ours.growth_task(kernel, size.members, "float32")
    reference = limit.run(size.members)
    batch = {
        LIMIT: lambda: limit.run(size.members),
        OURS: _runner(task),
        f"{OURS}, float32": _runner(single),
        "plain numpy": _bound(peers.naive_numpy(), size.members),
        "JAX scan + vmap": _bound(peers.jax_scan(), size.members),
        "diffrax": _bound(peers.diffrax_rk4(), size.members),
    }
    for name, run in batch.items():
        check(name, run(), reference, 1e-3 if "float32" in name else ALIKE)
    check("scipy DOP853", peers.scipy_exact(size.few), reference, REFERENCE)
    batch[f"{OURS}, 2 workers"] = lambda: ours.run_on_processes(task, 2)
    check("2 workers", ours.run_on_processes(task, 2), reference, ALIKE)
    times = medians(batch, size.repeats)
    found = [record("growth rk4", name, size.members, seconds) for name, seconds in times.items()]
    found += [_loop("growth rk4", "pysimlin", peers.pysimlin_loop(folder), size, reference, ALIKE)]
    found += [_loop("growth rk4", "scipy solve_ivp", peers.scipy_loop(), size, reference, OWN_PRECISION)]
    found += _euler(folder, size)
    bare = times[LIMIT] / size.members
    return [replace(item, ratio_to_limit=_per(item) / bare) for item in found]


def _euler(folder: Path, size: Size) -> list[Record]:
    task = ours.growth_task(ours.growth_kernel("euler"), size.members)
    run = _runner(task)
    return [
        record("growth euler", OURS, size.members, median(run, size.repeats)),
        _loop("growth euler", "PySD", peers.pysd_loop(folder), size, run(), ALIKE),
    ]


def _loop(name: str, tool: str, peer: peers.Peer, size: Size, reference: Results, tolerance: float) -> Record:
    check(tool, peer(size.few), reference, tolerance)
    return record(name, tool, size.few, median(lambda: peer(size.few), size.repeats), "member by member")


def _runner(task: Task) -> Callable[[], Results]:
    runner = BlockRunner(task)
    return lambda: ours.run(runner, task)


def _bound(peer: peers.Peer, count: int) -> Callable[[], Results]:
    return lambda: peer(count)


def check(tool: str, found: Results, reference: Results, tolerance: float) -> None:
    """Every stock of every member within the tolerance of the limit's, relative to the largest."""
    for name, values in found.items():
        other = reference[name][: len(values)]
        error = float(np.abs(values - other).max() / np.abs(other).max())
        if not error <= tolerance:
            raise SystemExit(f"{tool} disagrees in {name}: {error:.2e}")


def _per(item: Record) -> float:
    return item.seconds_per_member or 0.0


def remarks(records: list[Record]) -> str:
    """What the marks say of this run."""
    by = {(item.name, item.tool): item for item in records}
    ratio = by["growth rk4", OURS].ratio_to_limit or 0.0
    wide = "AVX-512" if "AVX512_SKX" in machine()["numpy_simd"] or "X86_V4" in machine()["numpy_simd"] else "no AVX-512"
    slower = [item for item in records if item.name == "growth rk4" and not item.tool.startswith((OURS, LIMIT))]
    both = _per(by["growth rk4", f"{OURS}, 2 workers"])
    lines = [
        f"limit: {ratio:.2f} times the C version (mark: 2.0 where numpy has AVX-512; this numpy uses {wide})",
        "time per member beside ours on one core, and beside ours on two (JAX and diffrax use all cores):",
        *(f"  {item.tool}: {_per(item) / _per(by['growth rk4', OURS]):.1f}, {_per(item) / both:.1f}" for item in slower),
        f"  PySD: {_per(by['growth euler', 'PySD']) / _per(by['growth euler', OURS]):.0f} (Euler, one core)",
    ]
    return "\n".join(lines) + "\n"


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    core: Any = np._core
    inside = core._multiarray_umath
    features = [name for name, here in inside.__cpu_features__.items() if here]
    used = {*inside.__cpu_dispatch__, *inside.__cpu_baseline__}
    processor = next((line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), "")
    return {
        "processor": processor or platform.processor(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numpy_simd": [name for name in features if name in used],
    }


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
