"""Panel files for tests: rows in the columns of a panel of many cities, of one's own or from shipped cities."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.inputs.home import Home
from sim.inputs.indicators import read_indicators
from sim.inputs.panel import COLUMNS, read_rules

Row = tuple[str, int, str, object, str, str, str]
"""Code, year, series, value, unit, source, note."""
PANEL = "China prefecture panel 1990-2023 (graded provisional by its compiler)"
REAL, STRUCTURE, CSMAR = (
    "Real GDP of 296 cities 2000-2023 (x/y)",
    "Industrial structure of 333 prefectures",
    "CSMAR regional GDP 1990",
)


def panel_file(file: Path, rows: Iterable[Row]) -> Path:
    with gzip.open(file, "wt", encoding="utf-8", newline="") if file.suffix == ".gz" else file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("code", "city_zh", "city_en", "province_zh", *COLUMNS[3:]))
        writer.writerows((code, f"市{code}", f"City {code}", "某省", year, *rest) for code, year, *rest in rows)
    return file


def series(code: str, name: str, values: Mapping[int, object], unit: str, source: str = PANEL, note: str = "") -> list[Row]:
    return [(code, year, name, value, unit, source, note) for year, value in values.items()]


def of_shipped(home: Home, code: str, city: str, until: int = 9999) -> list[Row]:
    """What a shipped city's history says, as a panel would, from the best source of each indicator."""
    model = home.models / "prefecture"
    rules = read_rules(model, read_indicators(model / "indicators.yaml"))
    found: dict[tuple[str, int], Row] = {}
    with (home.models / city / "history.csv").open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            entry, year = rules.indicators.get(row["indicator"]), int(row["year"])
            if entry is not None and row["value"] and row["region"] == city and year <= until:
                source = rules.sources[entry.sources[0]].begins
                found.setdefault((row["indicator"], year), (code, year, entry.series[0], row["value"], row["unit"], source, ""))
    return list(found.values())
