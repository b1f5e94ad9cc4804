"""Projects that are not named yet: yearly inflow targets ask for them; what is usual, and where they go."""

from __future__ import annotations

from pathlib import Path

from sim.errors import Faults, Place, nearest
from sim.inputs.files import is_file
from sim.inputs.ledger import Inflow, Ledger
from sim.inputs.tables import number, read_table
from sim.text import Text

COLUMNS = ("class", "usual", "region", "branch", "weight", "source")
PARAMETER = "signings_"
"""A model has a parameter of this name and the class: how many are signed a year."""


def read_arrivals(file: Path, ledger: Ledger, faults: Faults) -> dict[str, Inflow]:
    """Read arrivals.csv; a city without the file knows only named projects. Faults are added."""
    inflows: dict[str, Inflow] = {}
    if not is_file(file):
        return inflows
    for place, row in read_table(file, COLUMNS):
        with faults.gathering():
            usual, weight = (number(row[name], place, name) for name in ("usual", "weight"))
            inflow = inflows.setdefault(row["class"], Inflow(row["class"], usual))
            inflow.weights[row["region"], row["branch"]] = weight
            _fail_if_unknown(row, ledger, place, faults)
            if usual <= 0.0 or weight <= 0.0 or not row["source"].strip():
                message = Text("usual 与 weight 须大于零，并写明来源", "usual and weight must be above zero, with a source")
                faults.add(message, place)
    return inflows


def _fail_if_unknown(row: dict[str, str], ledger: Ledger, place: Place, faults: Faults) -> None:
    names = ledger.names
    for column, known in (("class", tuple(ledger.classes)), ("region", names.districts), ("branch", names.branches)):
        if row[column] not in known:
            message = Text(f"未知 {column}：“{row[column]}”", f"unknown {column} '{row[column]}'")
            faults.add(message, place, nearest(row[column], known))
