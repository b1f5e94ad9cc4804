"""A small store of draws, and its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sim.result.draw_store import ArrayPlan, StorePlan, write_chunk

COUNT = 2500


def plan(count: int = COUNT, seed: str = "1") -> StorePlan:
    arrays = {
        "gdp": ArrayPlan(("year",), "float64", np.nan, {"units": "亿元"}),
        "met": ArrayPlan(("target",), "bool", fill=False),
        "lost": ArrayPlan((), "bool", fill=False),
    }
    coordinates: dict[str, list[Any]] = {"year": [2020, 2021], "target": ["甲", "long name of a target"]}
    return StorePlan({"scenario": "plan", "seed": seed}, count, arrays, coordinates, {"title": "a", "outputs": "[]"})


VALUES = {
    "gdp": np.random.default_rng(1).normal(size=(2, COUNT)),
    "met": np.random.default_rng(2).random(size=(2, COUNT)) > 0.5,
    "lost": np.zeros(COUNT, dtype=bool),
}


def fill(folder: Path, chunks: list[tuple[int, int]]) -> None:
    for start, stop in chunks:
        arrays = {name: values[..., start:stop] for name, values in VALUES.items()}
        write_chunk(folder, start, arrays, {"lost": [start]}, plan().key)
