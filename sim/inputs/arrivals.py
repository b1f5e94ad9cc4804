"""Projects that are not named yet: yearly inflow targets ask for them; what is usual, and where they go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.files import is_file
from sim.inputs.ledger import Inflow, Ledger
from sim.inputs.tables import numbers, read_table

COLUMNS = ("class", "usual", "region", "branch", "weight", "source")
PARAMETER = "signings_"
"""A model has a parameter of this name and the class: how many are signed a year."""


def read_arrivals(file: Path, ledger: Ledger, faults: Faults) -> dict[str, Inflow]:
    """Read arrivals.csv; a city without the file knows only named projects. Faults are added."""
    inflows: dict[str, Inflow] = {}
    if not is_file(file):
        return inflows
    for place, row in read_table(file, COLUMNS, faults):
        with faults.gathering():
            _add_arrival(row, place, inflows, ledger, faults)
    return inflows


def _add_arrival(row: Mapping[str, str], place: Place, inflows: dict[str, Inflow], ledger: Ledger, faults: Faults) -> None:
    _fail_if_unknown(row, ledger, place, faults)
    cells = numbers(row, ("usual", "weight"), place)
    inflow = inflows.setdefault(row["class"], Inflow(row["class"], cells["usual"]))
    spot = row["region"], row["branch"]
    if inflow.usual != cells["usual"] or spot in inflow.weights:
        message = Text("同一类别的 usual 须相同，地区和行业不得重复", "usual must be one for a class, no place twice")
        faults.add(message, place)
    inflow.weights[spot] = cells["weight"]
    if min(cells.values()) <= 0.0 or not row["source"].strip():
        message = Text("usual 与 weight 须大于零，并写明来源", "usual and weight must be above zero, with a source")
        faults.add(message, place)


def fail_if_no_signings(file: Path, inflows: Iterable[str], parameters: Collection[str]) -> None:
    """Every class of arrivals.csv has a parameter that says how many are signed.

    Raises
    ------
    InputError
        with every class that has none.
    """
    faults, known = Faults(), [name.removeprefix(PARAMETER) for name in parameters if name.startswith(PARAMETER)]
    for name in (item for item in inflows if item not in known):
        message = Text(f"模型没有参数 {PARAMETER}{name}", f"the model has no parameter {PARAMETER}{name}")
        faults.add(message, Place(file, key=name), nearest(name, known))
    faults.raise_if_any()


def _fail_if_unknown(row: Mapping[str, str], ledger: Ledger, place: Place, faults: Faults) -> None:
    names = ledger.names
    for column, known in (("class", tuple(ledger.classes)), ("region", names.districts), ("branch", names.branches)):
        if row[column] not in known:
            message = Text(f"未知 {column}：“{row[column]}”", f"unknown {column} '{row[column]}'")
            faults.add(message, place, nearest(row[column], known))
