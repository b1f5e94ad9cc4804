"""Change everything that was published after a year: whoever rests on it gives himself away."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.inputs.home import Home


def later(text: str, as_of: int) -> bool:
    return text.isdecimal() and int(text) > as_of + 1


_OF_A_WHOLE = {"percent_of_tfr": 0.05}


def corrupt_table(file: Path, column: str, as_of: int) -> int:
    """Change every value that was published later, or that belongs to a later year of the city; how many were changed."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    changed = 0
    for row in rows:
        came_later = later(row["known_from"], as_of) or ("region" in row and int(row["year"]) > as_of)
        if came_later and row[column]:
            value = float(row[column])
            shift = 0.3 if row.get("unit") == "%" else _OF_A_WHOLE.get(column)  # shares still make a whole
            row[column] = str(1.02 * value if shift is None else value + shift)
            changed += 1
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return changed


def corrupted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item if key == "shape" else corrupted(item) for key, item in value.items()}
    if isinstance(value, bool | str) or value is None:
        return value
    return value * 1.03


def corrupt_yaml(file: Path, as_of: int) -> int:
    """Change value and prior of every entry whose source was published later; the ranges are what the model can bear."""
    yaml = YAML()
    document = yaml.load(file.read_text(encoding="utf-8"))
    changed = 0
    for entry in document.values():
        for belief in (entry, *entry.get("earlier", ())):
            if isinstance(belief.get("known_from"), int) and belief["known_from"] > as_of + 1:
                belief["value"] = corrupted(belief["value"])
                belief["source"] = "corrupted"
                changed += 1
                for key in ("prior", "common_factor"):
                    if key in belief:
                        low, high = belief[key]
                        belief[key] = [low + 0.1 * (high - low), high - 0.1 * (high - low)]
    with file.open("w", encoding="utf-8") as handle:
        yaml.dump(document, handle)
    return changed


def corrupt(home: Home, as_of: int, cities: Sequence[str] = ("hengyang",)) -> int:
    """Change whatever was published later in the model and in some cities; how many values were changed."""
    model = home.models / "prefecture"
    tables: dict[Path, str] = {home.models / city / "history.csv": "value" for city in cities}
    columns = {
        "series": "value",
        "outlook": "value",
        "ages": "persons",
        "mortality": "deaths_per_1000",
        "fertility": "percent_of_tfr",
    }
    for file in (model / "reference").rglob("*.csv"):
        tables[file] = columns.get(file.stem, "net_migrants")
    folders = [model, *(home.models / city for city in cities)]
    names = ("parameters.yaml", "base_year/defaults.yaml", "base_year/settings.yaml")
    yamls = [folder / name for folder in folders for name in names if (folder / name).is_file()]
    return sum(corrupt_table(file, column, as_of) for file, column in tables.items()) + sum(
        corrupt_yaml(file, as_of) for file in yamls
    )
