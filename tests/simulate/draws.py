"""Small datasets of draws, made by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

OUTPUT = {"units": "亿元", "long_name": "output", "long_name_zh": "产出"}


def _asked(place: int) -> dict[str, Any]:
    named = {"id": f"t{place}", "zh": f"目标{place}", "en": f"target {place}", "unit": "%"}
    return named | {"year": 2021, "operator": ">", "value": 1.0}


def made(
    values: Any,
    *,
    met: Any = None,
    inputs: Any = None,
    lost: Any = None,
    members: int = 0,
    shared: dict[str, Any] | None = None,
    swept: int = 0,
) -> xr.Dataset:
    """Draws of one variable `output` [year, draw] from 2020 on."""
    output = np.asarray(values, dtype=float)
    count = output.shape[-1]
    lost = np.zeros(count, dtype=bool) if lost is None else np.asarray(lost)
    met = np.zeros((0, count), dtype=bool) if met is None else np.asarray(met, dtype=bool)
    inputs = np.zeros((0, count)) if inputs is None else np.asarray(inputs, dtype=float)
    asked = [_asked(place) for place in range(len(met))]
    named = {f"i{i}": {"zh": f"输入{i}", "en": f"input {i}", "unit": "ratio"} for i in range(len(inputs))}
    return xr.Dataset(
        {
            "output": (
                ("year", "draw"),
                np.where(lost, np.nan, output),
                {"units": "亿元", "long_name": "output", "long_name_zh": "产出"},
            ),
            "inputs": (("input", "draw"), inputs, {"named": json.dumps(named)}),
            "met": (("target", "draw"), met & ~lost, {"asked": json.dumps(asked)}),
            "lost": ("draw", lost),
            **{name: ("draw", np.asarray(numbers)) for name, numbers in (shared or {}).items()},
        },
        coords={
            "year": [2020 + place for place in range(len(output))],
            "input": [f"i{place}" for place in range(len(inputs))],
            "target": [f"t{place}" for place in range(len(met))],
        },
        attrs={
            "title": "made: Made",
            "title_zh": "自制",
            "method": "grid" if members else "random",
            "rest": "priors",
            "seed": "0",
            "draws_per_point": members,
            "swept": swept,
            "base_year": 2020,
            "outputs": '["output"]',
            "members": "{}",
        },
    )
