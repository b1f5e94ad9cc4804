"""Limits at which the equations hold a value back: a run that comes near one says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from sim.base.text import Text
from sim.inputs.model_files import Bound

_CLOSE = 0.01
"""How near to its limit a value counts as held by it, as a part of the limit."""


def reached(bounds: Sequence[Bound], results: xr.Dataset) -> Iterator[Text]:
    """A sentence for each limit that a central run reaches, with the first year and in how many of them."""
    for bound in bounds:
        if bound.held_at is None or not set(bound.variables) <= set(results):
            continue
        values = results[bound.variable] if bound.over is None else results[bound.variable] / results[bound.over]
        near = np.asarray(values.values >= bound.held_at * (1.0 - _CLOSE))
        held = np.asarray(near.reshape(-1, results.sizes["year"]).any(axis=0))
        years = results["year"].values[1:][held[1:]]  # the base year is as it was published
        if years.size:
            label, first, count = bound.label.text(), int(years[0]), int(np.size(years))
            limit = f"{bound.held_at:g}"
            yield Text(
                f"受上限约束（{label.zh}）：{first} 年起共 {count} 年由方程限在 {limit} 以内，此处的数不是政策效果。",
                f"Held back ({label.en}): in {count} years from {first} on the equations keep it within {limit}; "
                "there the figure is no effect of policy.",
            )
