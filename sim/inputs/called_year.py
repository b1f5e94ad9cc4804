"""The base year that a call sets with --set, which is a key of the file and no parameter."""

from __future__ import annotations

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.ledger_section import CALLED

BASE_YEAR = "base_year"
CALLED_BASE_YEAR = Place(key=f"{CALLED} {BASE_YEAR}")


def called_base_year(settings: tuple[tuple[str, str], ...], faults: Faults) -> int | None:
    """The base year among the settings of a call, the last one where there are several; no year is a fault."""
    given = next((raw.strip() for key, raw in reversed(settings) if key == BASE_YEAR), None)
    if given is None or given.isdecimal():
        return None if given is None else int(given)
    faults.add(Text(f"应为年份，而不是 {given}", f"a year is wanted, not {given}"), CALLED_BASE_YEAR)
    return None
