"""Options that are whole numbers: --draws, --seed, --workers. All that are wrong are reported together, before any work."""

from __future__ import annotations

import os
import re

from sim.errors import Fault, UsageError
from sim.text import Text

MOST_DRAWS = 100_000_000
MOST_WORKERS = 256
_WHOLE = re.compile(r"[0-9]{1,20}")


def read_draws(count: str | None, seed: str | None, workers: str | None) -> tuple[int, int, int] | None:
    """Count, seed and workers; None without --draws.

    Raises
    ------
    UsageError
        with every option that is not a whole number within its limits, or that means nothing without --draws.
    """
    faults: list[Fault] = []
    numbers = (
        _whole("--draws", "1" if count is None else count, 1, MOST_DRAWS, faults),
        _whole("--seed", "0" if seed is None else seed, 0, 2**63 - 1, faults),
        _whole("--workers", str(os.cpu_count() or 1) if workers is None else workers, 1, MOST_WORKERS, faults),
    )
    if count is None and (seed is not None or workers is not None):
        message = Text("--seed 和 --workers 只与 --draws 一起使用", "--seed and --workers only go with --draws")
        faults.append(Fault(message, advice=Text("请加 --draws 次数", "add --draws and a number")))
    if faults:
        raise UsageError(faults)
    return None if count is None else numbers


def _whole(option: str, text: str, low: int, high: int, faults: list[Fault]) -> int:
    cleaned = text.strip().replace("_", "").replace(",", "")
    if _WHOLE.fullmatch(cleaned) and low <= int(cleaned) <= high:
        return int(cleaned)
    message = Text(f"{option} {text} 不可用", f"{option} {text} cannot be used")
    faults.append(Fault(message, advice=Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")))
    return low
