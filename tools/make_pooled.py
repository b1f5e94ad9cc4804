"""models/prefecture/pooled.csv: means and slopes of the training cities, from a panel of cities.

`python tools/make_pooled.py PANEL.csv.gz`, one row a city and year, which holds none of the cities that forecasts are tried on.
Left out are changes across a census revision, and those of a city that were none of its economy: a step of more than 5 % in
registered population with one of GDP 12 points off the median, or any step too far off it (`outlier` of pooled.yaml).
"""

from __future__ import annotations

import csv
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from sim.base.arrays import Truths, Values
from sim.inputs.model_files import read_published
from sim.inputs.pooled import COLUMNS, SLOPES, PooledEntry, PooledFile, read_rules
from sim.simulate.likelihood.errors_of_cities import fitted

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "prefecture"
YEARS = range(1995, 2024)
FIRST = 2001
"""The first origin of any error that a band rests on."""
PERCENT = 100.0
GROWTH, NOMINAL, SHARE, FIRMS = "gdp_growth_real", "gdp_nominal", "secondary_share", "industrial_firms"
PANEL = {
    GROWTH: ("gdp_growth_real_pct",),
    NOMINAL: ("gdp_nominal_100m",),
    SHARE: ("va_primary_100m", "va_secondary_100m", "va_tertiary_100m"),
    FIRMS: ("industrial_enterprises",),
}
"""Columns of the panel by indicator."""
REGISTERED = "population_registered_10k"
REVISED = {NOMINAL: (2019,), FIRMS: (2011,)}
"""Years whose change mixes two levels in every city: the fourth economic census, the higher threshold of firms."""
MOVED_PEOPLE, MOVED_OUTPUT = 0.05, 0.12
FEWEST = 20
"""Cities that a mean takes."""
SOURCE = "各省统计年鉴与中国城市统计年鉴，训练城市（tools/make_pooled.py）"


def main() -> int:
    """Write the table."""
    if len(sys.argv) != len(("program", "panel")) or not Path(sys.argv[1]).is_file():
        sys.stderr.write("用法：python tools/make_pooled.py 面板.csv.gz / usage: python tools/make_pooled.py PANEL.csv.gz\n")
        return 2
    names = [item.name for item in fitted(read_published(MODEL / "published.yaml"))]
    rules, panel = read_rules(MODEL / "pooled.yaml", names), pd.read_csv(sys.argv[1], dtype={"code": str})
    with (MODEL / "pooled.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(rows(panel, rules))
    return 0


def rows(panel: pd.DataFrame, rules: PooledFile) -> list[tuple[str, ...]]:
    """Rows of the table, by indicator and year."""
    values = {name: np.stack([_wide(panel, column) for column in columns]) for name, columns in PANEL.items()}
    moved = _moved(values[NOMINAL][0], _wide(panel, REGISTERED), rules.indicators[NOMINAL])
    yearly = {
        GROWTH: values[GROWTH][0] / PERCENT,
        NOMINAL: np.where(moved, np.nan, _changes(values[NOMINAL][0])),
        SHARE: values[SHARE][1] / values[SHARE].sum(axis=0),
        FIRMS: _believed(_changes(values[FIRMS][0]), rules.indicators[FIRMS]),
    }
    for name, years in REVISED.items():
        yearly[name][:, [year - YEARS[0] for year in years]] = np.nan
    return [row for name, entry in rules.indicators.items() for row in _rows(name, yearly[name], entry, rules)]


def _wide(panel: pd.DataFrame, column: str) -> Values:
    """A column of the panel [city, year]; what is not above zero in a level is unknown."""
    wide = panel.pivot_table(index="code", columns="year", values=column, dropna=False)
    found: Values = wide.reindex(index=sorted(panel["code"].unique()), columns=list(YEARS)).to_numpy(dtype=float)
    return found if column in PANEL[GROWTH] else np.asarray(np.where(found > 0.0, found, np.nan))


def _changes(levels: Values) -> Values:
    return np.diff(np.log(levels), axis=1, prepend=np.nan)


def _believed(changes: Values, entry: PooledEntry) -> Values:
    return np.where(_apart(changes) > (entry.outlier or np.inf), np.nan, changes)


def _apart(changes: Values) -> Values:
    """Distances from the median of the year."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # years that nobody has are unknown
        return np.asarray(np.abs(changes - np.nanmedian(changes, axis=0)))


def _moved(output: Values, people: Values, entry: PooledEntry) -> Truths:
    """City-years in which borders moved, or output jumped as no economy does."""
    apart, step = _apart(_changes(output)), np.abs(np.expm1(_changes(people)))
    borders = (step > MOVED_PEOPLE) & (apart > MOVED_OUTPUT) & (np.array(YEARS) >= FIRST)
    return np.asarray(borders | (apart > (entry.outlier or np.inf)))


def _rows(name: str, yearly: Values, entry: PooledEntry, rules: PooledFile) -> list[tuple[str, ...]]:
    counts = np.isfinite(yearly).sum(axis=0)
    known = counts >= FEWEST
    means = np.full(len(YEARS), np.nan)
    means[known] = np.nanmean(yearly[:, known], axis=0)
    apart = np.clip(yearly - means, -rules.deviations.most, rules.deviations.most)
    found = []
    for place, year in enumerate(YEARS):
        slopes, mean = [""] * SLOPES, f"{PERCENT * means[place]:.3f}" if known[place] else ""
        if entry.memory is not None and year >= FIRST:
            slopes = [f"{value:.4f}" for value in _slopes(apart, place, entry.memory, rules)]
        if mean or any(slopes):
            found.append((name, str(year), mean, *slopes, str(counts[place]), str(year + 1), SOURCE))
    return found


def _slopes(apart: Values, origin: int, memory: float, rules: PooledFile) -> list[float]:
    """Slopes [horizon] of what a city deviates by on what it deviated by before, from the years up to an origin."""
    found, first = list[float](), max(origin - rules.slopes.years, rules.slopes.first - YEARS[0])
    for ahead in range(1, SLOPES + 1):
        pairs = [(_deviation(apart, at, memory, rules), apart[:, at + ahead]) for at in range(first, origin - ahead + 1)]
        before, after = (np.concatenate(part) for part in zip(*pairs, strict=True)) if pairs else (np.zeros(0), np.zeros(0))
        both = np.isfinite(after)
        squares = float(before[both] @ before[both])
        # where the years say nothing of so far ahead, the last slope that they tell holds
        found.append(float(before[both] @ after[both]) / squares if squares > 0.0 else (found or [0.0])[-1])
    return found


def _deviation(apart: Values, at: int, memory: float, rules: PooledFile) -> Values:
    """The deviation of each city as of a year [city]; zero where nothing is known of it."""
    places = np.arange(max(at - rules.deviations.years + 1, 0), at + 1)
    recent, weights = apart[:, places], np.broadcast_to(memory ** (at - places), (len(apart), len(places)))
    heard = np.where(np.isfinite(recent), weights, 0.0)
    total = heard.sum(axis=1)
    return np.asarray((heard * np.nan_to_num(recent)).sum(axis=1) / np.where(total > 0.0, total, 1.0))


if __name__ == "__main__":
    raise SystemExit(main())
