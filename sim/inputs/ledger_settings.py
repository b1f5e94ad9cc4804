"""What holds for every project ledger of a model, beside the classes of its projects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Faults
from sim.base.text import Text
from sim.inputs.checked import Record, check_against
from sim.inputs.parameters import Evidence
from sim.inputs.project_classes import Spread
from sim.inputs.yaml_file import read_yaml


class Entry(Record):
    """One number of ledger.yaml with its spread."""

    value: list[float]
    """Lowest, likely and highest value."""
    evidence: Evidence
    """V seen, M literature, D derived, A assumption."""
    source: str
    """Citation, or the word assumption followed by its reason."""


class LedgerFile(Record):
    """ledger.yaml of a model."""

    named_share: Entry
    """Part of fixed-asset investment that all projects of the ledger together take in the years of the plan."""
    overrun: Entry
    """Final investment over the printed one."""
    undated_start: Entry
    """Span in which projects without a date are signed."""
    smaller_when_many: Entry
    """Elasticity with which projects become smaller when more are signed than usual."""
    given_up_when_many: Entry
    """Elasticity with which fewer of them are built."""
    phase_length: Entry
    """Longer works are put to use in parts, none of which takes longer than this to build."""


_BOUNDS = {
    "named_share": (0.0, 1.0),
    "overrun": (0.1, 10.0),
    "undated_start": (1990.0, 2100.0),
    "smaller_when_many": (0.0, 3.0),
    "given_up_when_many": (0.0, 3.0),
    "phase_length": (0.5, 50.0),
}


@dataclass(frozen=True)
class LedgerSettings:
    """The numbers of ledger.yaml; years and ratios."""

    named_share: Spread
    overrun: Spread
    undated_start: Spread
    smaller_when_many: Spread
    given_up_when_many: Spread
    phase_length: float


def read_ledger_settings(file: Path) -> LedgerSettings:
    """Read a model's ledger.yaml.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    document, faults = read_yaml(file), Faults()
    record = check_against(LedgerFile, document.data, document, faults)
    faults.raise_if_any()
    if record is None:
        raise AssertionError("a schema failed without a fault")
    spreads: dict[str, Spread] = {}
    for name in LedgerFile.model_fields:
        value = getattr(record, name).value
        if sorted(value) != value or len(value) != len(("low", "likely", "high")) or value[0] <= 0.0:
            message = Text("应为三个不减的正数", "three positive numbers are wanted, none below the one before it")
            faults.add(message, document.place((name, "value")))
            continue
        low, high = _BOUNDS[name]
        if value[0] < low or value[-1] > high:
            message = Text(f"{name} 须在 {low:g} 与 {high:g} 之间", f"{name} must lie between {low:g} and {high:g}")
            faults.add(message, document.place((name, "value")))
        spreads[name] = Spread(*value)
    faults.raise_if_any()
    phase = spreads.pop("phase_length").likely
    return LedgerSettings(**spreads, phase_length=phase)
