"""Options that are whole numbers: --draws, --seed, --workers. All that are wrong are reported together, before any work."""

from __future__ import annotations

import os
import re

from sim.errors import Fault, UsageError
from sim.text import Text

MOST_DRAWS = 100_000_000
MOST_WORKERS = 256
_SHOWN = 30
_WHOLE = re.compile(r"[0-9]{1,20}|[0-9]{1,3}(,[0-9]{3}){1,6}|[0-9]{1,3}(_[0-9]{3}){1,6}")


def read_draws(
    count: str | None, seed: str | None, workers: str | None, *, float32: bool = False
) -> tuple[int, int, int, str] | None:
    """Count, seed, workers and precision; None without --draws.

    Raises
    ------
    UsageError
        with every option that is not a whole number within its limits, or that means nothing without --draws.
    """
    faults: list[Fault] = []
    numbers = (
        _whole("--draws", "1" if count is None else count, 1, MOST_DRAWS, faults),
        _whole("--seed", "0" if seed is None else seed, 0, 2**63 - 1, faults),
        _processors() if workers is None else _whole("--workers", workers, 1, MOST_WORKERS, faults),
    )
    if count is None and (seed is not None or workers is not None or float32):
        names, names_en = "--seed、--workers 和 --float32", "--seed, --workers and --float32"
        message = Text(f"{names} 只与 --draws 一起使用", f"{names_en} only go with --draws")
        faults.append(Fault(message, advice=Text("请加 --draws 次数", "add --draws and a number")))
    if faults:
        raise UsageError(faults)
    return None if count is None else (*numbers, "float32" if float32 else "float64")


def _whole(option: str, text: str, low: int, high: int, faults: list[Fault]) -> int:
    written = text.strip()
    if _WHOLE.fullmatch(written):
        number = int(written.replace("_", "").replace(",", ""))
        if low <= number <= high:
            return number
    shown = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    message = Text(f"{option} {shown} 不可用", f"{option} {shown} cannot be used")
    faults.append(Fault(message, advice=Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")))
    return low


def _processors() -> int:
    """Processors that this program may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, MOST_WORKERS)
