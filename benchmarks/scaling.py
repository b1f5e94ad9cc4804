"""Cost and memory against the number of draws, and two workers against one. Run as a process of its own for each figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.records import Record, median, record
from sim.ensemble import blocks

ROOT = Path(__file__).resolve().parent.parent
_SELDOM = 0.5
_STEP_SIZES = (1, 2, 5, 10, 20, 40)


def scaling_records(counts: tuple[int, ...], pair: int, repeats: int) -> list[Record]:
    """Two workers for every count (reducers only); then one and two workers on the same draws."""
    found = [_measured("draws", count, 2) for count in counts]
    singles = [_measured("workers", pair, 1) for _ in range(repeats)]
    doubles = [_measured("workers", pair, 2) for _ in range(repeats)]
    one, two = _middle(singles), _middle(doubles)
    return [*found, one, _with_note(two, f"2 workers; {one.seconds / two.seconds:.2f} times one")]


def block_records(repeats: int) -> list[Record]:
    """Cost against the size of a block, one core: the growth model with rk4 and the city model as it is run."""
    from benchmarks.city import city_task, open_case, run_alone
    from benchmarks.ours import growth_kernel, growth_task

    models = {"growth": growth_task(growth_kernel("rk4"), 24_576), "city": city_task(open_case(), 8_192)}
    as_it_is, found = blocks.STEP_BYTES, list[Record]()
    for model, task in models.items():
        for size in _STEP_SIZES:
            blocks.STEP_BYTES = size << 20
            width, count = task.block, task.draws.count
            seconds = median(lambda task=task: run_alone(task), repeats)  # type: ignore[misc]
            found.append(record("block", "this project", count, seconds, f"{model}: {size} MiB, {width:,} draws a block"))
    blocks.STEP_BYTES = as_it_is
    return found


def _middle(records: list[Record]) -> Record:
    return sorted(records, key=lambda item: item.seconds)[len(records) // 2]


def _with_note(item: Record, note: str) -> Record:
    return Record(**{**vars(item), "note": note})


def _measured(name: str, count: int, workers: int) -> Record:
    command = [sys.executable, str(Path(__file__)), str(count), str(workers)]
    done = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    seconds, memory = json.loads(done.stdout)
    plural = "s" if workers > 1 else ""
    return Record(name, "this project", count, seconds, seconds / count, None, None, f"{workers} worker{plural}", memory)


def run_once(count: int, workers: int) -> tuple[float, float]:
    """Seconds of an ensemble of the city model, the workers' start not counted, and the peak memory of all processes in MiB."""
    from benchmarks.city import city_task, open_case
    from sim.ensemble.running import run_ensemble

    case = open_case()
    run_ensemble(city_task(case, 2048), workers)
    task, peak = city_task(case, count), memory_of_all()
    started = looked = time.perf_counter()

    def watch(_: int, __: int) -> None:
        """Looking at the memory of a process stops it for a while, so it is done seldom."""
        nonlocal peak, looked
        if time.perf_counter() - looked > _SELDOM:
            peak, looked = max(peak, memory_of_all()), time.perf_counter()

    run_ensemble(task, workers, progress=watch)
    seconds = time.perf_counter() - started
    return seconds, max(peak, memory_of_all())


def memory_of_all(root: int | None = None) -> float:
    """Proportional memory of a process, else this one, and its children in MiB: shared pages are counted once."""
    return sum(_proportional(process) for process in _family(os.getpid() if root is None else root))


def _family(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    family = [root]
    for process in family:
        family.extend(child for child, parent in parents.items() if parent == process)
    return family


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024.0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_once(int(sys.argv[1]), int(sys.argv[2]))))
