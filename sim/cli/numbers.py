"""Options that are whole numbers: --draws, --seed, --workers. All that are wrong are reported together, before any work."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sim.base.errors import Fault, UsageError
from sim.base.processes import MOST_WORKERS, processors
from sim.base.text import Text

MOST_DRAWS = 100_000_000
LEAST_DRAWS = 30
"""Draws that a probability needs to be worth printing."""
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?")
_SHOWN = 30
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_YEARS = (1949, 2100)
_WHOLE = re.compile(r"[0-9]{1,20}|[0-9]{1,3}(,[0-9]{3}){1,6}|[0-9]{1,3}(_[0-9]{3}){1,6}")


@dataclass(frozen=True)
class Asked:
    """What the options say. `count` is None where --draws is not given, and zero where no draws are wanted."""

    count: int | None
    seed: int
    workers: int
    precision: str = "float64"
    prior: bool = False


def read_draws(
    count: str | None, seed: str | None, workers: str | None, *, float32: bool = False, prior: bool = False, least: int = 0
) -> Asked:
    """Count (from `least` on), seed, workers, precision, and whether to draw from the priors.

    Raises
    ------
    UsageError
        with every option that is not a whole number within its limits.
    """
    faults: list[Fault] = []
    asked = Asked(
        count=None if count is None else whole("--draws", count, least, MOST_DRAWS, faults),
        seed=whole("--seed", "0" if seed is None else seed, 0, 2**63 - 1, faults),
        workers=processors() if workers is None else whole("--workers", workers, 1, MOST_WORKERS, faults),
        precision="float32" if float32 else "float64",
        prior=prior,
    )
    if faults:
        raise UsageError(faults)
    return asked


def share_of(text: str, option: str) -> float:
    """A share that an option says, as a number below one or in per cent.

    Raises
    ------
    UsageError
        when it says none.
    """
    written = _narrow(text)
    digits = written.removesuffix("%").strip()
    value = float(digits) * (0.01 if written.endswith("%") else 1.0) if _DECIMAL.fullmatch(digits) else math.nan
    if 0.0 < value < 1.0:
        return value
    message = Text(f"{option} {text!r} 不可用", f"{option} {text!r} cannot be used")
    advice = Text("应在 0% 与 100% 之间，例如 80%", "give a share between 0 % and 100 %, such as 80%")
    raise UsageError(Fault(message, advice=advice))


def _narrow(text: str) -> str:
    """Full-width digits and signs as a Chinese keyboard writes them, as the usual ones."""
    return text.strip().translate(_WIDE)


def is_nought(text: str | None) -> bool:
    """Whether an option says that nothing is wanted."""
    return text is not None and _narrow(text) == "0"


def year_of(text: str, option: str) -> int:
    """A year that an option says.

    Raises
    ------
    UsageError
        when it says none.
    """
    faults: list[Fault] = []
    year = whole(option, text, *_YEARS, faults)
    if faults:
        raise UsageError(faults)
    return year


def as_of_year(text: str | None) -> int | None:
    """The year of --as-of, where it is given."""
    return None if text is None else year_of(text, "--as-of")


def whole(option: str, text: str, low: int, high: int, faults: list[Fault]) -> int:
    """A whole number within its limits; the lower one after adding a fault."""
    written = _narrow(text)
    if _WHOLE.fullmatch(written):
        number = int(written.replace("_", "").replace(",", ""))
        if low <= number <= high:
            return number
    shown = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    message = Text(f"{option} {shown} 不可用", f"{option} {shown} cannot be used")
    faults.append(Fault(message, advice=Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}")))
    return low


def read_number(option: str, text: str, low: int, high: int) -> int:
    """A whole number within its limits.

    Raises
    ------
    UsageError
        when it is none.
    """
    faults: list[Fault] = []
    number = whole(option, text, low, high, faults)
    if faults:
        raise UsageError(faults)
    return number
