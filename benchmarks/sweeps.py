"""Whole commands `sim sweep` against the number of draws: seconds, memory of all processes together, bytes on disk.

    python -m benchmarks.sweeps [COUNT ...]

prints the table of docs/scaling.md. Linux only: the memory of processes is read from /proc.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scaling import memory_of_all

ROOT = Path(__file__).resolve().parent.parent
USUAL = (1_000, 10_000, 100_000)
_MIB = 1024.0


@dataclass(frozen=True)
class Measured:
    """One command: draws, seconds, the most memory that all its processes held together, and what it left on disk, in MiB."""

    draws: int
    seconds: float
    memory: float
    disk: float


def measured(draws: int, workers: int = 2) -> Measured:
    """Run one command in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", "sweep", "plan_2025", "--draws", str(draws), "--workers", str(workers)]
        began, most = time.monotonic(), 0.0
        program = subprocess.Popen([*command, "--out", folder, "--quiet"], cwd=ROOT)
        while program.poll() is None:
            most = max(most, memory_of_all(program.pid))
            time.sleep(0.1)
        if program.returncode:
            raise RuntimeError(f"sim sweep --draws {draws} ended with {program.returncode}")
        seconds = time.monotonic() - began
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return Measured(draws, seconds, most, disk / _MIB / _MIB)


def main(counts: list[int]) -> None:
    """Print one row for each count, as it is measured."""
    print("| draws | seconds | memory, MiB | disk, MiB |")
    print("| ---: | ---: | ---: | ---: |")
    for count in counts:
        row = measured(count)
        print(f"| {row.draws:,} | {row.seconds:,.1f} | {row.memory:,.0f} | {row.disk:,.0f} |", flush=True)


if __name__ == "__main__":
    main([int(text.replace(",", "")) for text in sys.argv[1:]] or list(USUAL))
