"""A run as of a year rests on nothing published later: whatever stands there may be anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from sim.errors import InputError
from sim.inputs.home import Home
from sim.inputs.parameters import ParameterRecord
from sim.world import open_world

YEARS = (2009, 2012, 2016, 2018, 2019, 2021)


def later(text: str, as_of: int) -> bool:
    return text.isdecimal() and int(text) > as_of + 1


def corrupt_table(file: Path, column: str, as_of: int) -> int:
    """Change every value that was published later, or that belongs to a later year of the city; how many were changed."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    changed = 0
    for row in rows:
        if later(row["known_from"], as_of) or ("region" in row and int(row["year"]) > as_of):
            row[column] = str(1.02 * float(row[column]))
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


def corrupt(home: Home, as_of: int) -> int:
    model, city = home.models / "prefecture", home.models / "hengyang"
    tables: dict[Path, str] = {city / "history.csv": "value"}
    columns = {"series": "value", "ages": "persons", "mortality": "deaths_per_1000", "fertility": "percent_of_tfr"}
    for file in (model / "reference").rglob("*.csv"):
        tables[file] = columns.get(file.stem, "net_migrants")
    yamls = (
        model / "parameters.yaml",
        model / "base_year" / "defaults.yaml",
        city / "parameters.yaml",
        city / "base_year" / "settings.yaml",
    )
    return sum(corrupt_table(file, column, as_of) for file, column in tables.items()) + sum(
        corrupt_yaml(file, as_of) for file in yamls
    )


def same(one: ParameterRecord, other: ParameterRecord) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value
    first, second = one.value, other.value
    arrays = zip((first.before, *first.arrays), (second.before, *second.arrays), strict=True)
    facts: Callable[[ParameterRecord], tuple[object, ...]] = lambda item: (  # noqa: E731
        item.prior, item.common_factor, item.source, item.known_from,
    )  # fmt: skip
    return first.years == second.years and facts(one) == facts(other) and all(np.array_equal(a, b) for a, b in arrays)


@pytest.mark.parametrize("as_of", YEARS)
def test_what_was_published_later_changes_nothing(as_of: int, copied: Home) -> None:
    before = open_world(copied, "hengyang", as_of, as_of).city.parameters
    with_all = open_world(copied, "hengyang", as_of).city.parameters
    assert corrupt(copied, as_of) > 50
    after = open_world(copied, "hengyang", as_of, as_of).city.parameters
    assert [name for name in before if not same(before[name], after[name])] == []
    now = open_world(copied, "hengyang", as_of).city.parameters
    assert [name for name in now if not same(with_all[name], now[name])] != []  # whoever knows of it sees it


@pytest.mark.parametrize("as_of", YEARS)
def test_every_number_says_since_when_it_is_known(as_of: int, home: Home) -> None:
    parameters = open_world(home, "hengyang", as_of, as_of).city.parameters
    assert {name: item.known_from for name, item in parameters.items() if item.known_from is None} == {}
    assert {name: item.known_from for name, item in parameters.items() if (item.known_from or 0) > as_of + 1} == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    prior: [0.0, 0.2]\n", "    prior: [0.07, 0.09]\n", "the earlier prior is narrower"),
        ("  known_from: 2010\n", "", "no known_from"),
        ("    known_from: 1996\n", "    known_from: 2030\n", "nothing was known of it as of 2005"),
    ],
)
def test_faults_of_what_was_known(old: str, new: str, expected: str, copied: Home) -> None:
    file = copied.models / "prefecture" / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("rd_elasticity:")
    assert old in text[start:]
    file.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(expected)):
        open_world(copied, "hengyang", 2005, 2005)
