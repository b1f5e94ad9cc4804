"""Figures of a feasibility study: which targets fight, and which unknowns decide them."""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.base.text import Text
from sim.plan.feasibility import Truths, Values, is_clear
from sim.report.feasibility_words import name_in
from sim.report.figures.conflicts import Conflicts
from sim.report.figures.frame import Frame
from sim.report.figures.tornado import Bar, Swing, Tornado

_MODEL = Text("本模型抽样", "draws of this model")
_MOST_BARS, _MOST_SWINGS, _LEAST = 5, 6, 0.02
_MOST_TARGETS, _SMALLEST = 14, 1e-3
"""Targets that a map of pairs can show on a page; lifts below the smallest count as it."""


def conflicts(study: xr.Dataset) -> Conflicts | None:
    """The lift of the pairs of targets, of many those that are most entangled; None with less than two."""
    count = study.sizes["target"]
    if count < 2:  # noqa: PLR2004  a pair takes two
        return None
    lift = study["lift"].to_numpy()
    clear = is_clear(lift, study["lift_error"].to_numpy())
    chosen = most_entangled(lift, clear)
    names = [name_in(study.isel(target=place)) for place in chosen]
    note = Text(
        "小于 1（橙）相互冲突，大于 1（紫）相互支持；灰字在抽样误差以内；空白：其中一项从未或总是实现",
        "below 1 (orange) in conflict, above 1 (purple) in support; grey: within the sampling error; blank: never or always",
    )
    if len(chosen) < count:
        note += Text(
            f"\n{count} 项中关系最明显的 {len(chosen)} 项",
            f"\nThe {len(chosen)} of {count} targets with the clearest relations",
        )
    return Conflicts(
        Frame(Text("目标之间的协同与冲突", "Which targets conflict, which support each other"), note, _MODEL),
        tuple(names),
        tuple(tuple(_finite(lift[row, column]) for column in chosen) for row in chosen),
        tuple(tuple(bool(clear[row, column]) for column in chosen) for row in chosen),
    )


def most_entangled(lift: Values, clear: Truths) -> list[int]:
    """The targets of the strongest clear relations, in the order of the plan; all where a map can show them."""
    if len(lift) <= _MOST_TARGETS:
        return list(range(len(lift)))
    strength = np.where(np.triu(clear, 1), np.abs(np.log(np.where(clear, np.maximum(lift, _SMALLEST), 1.0))), 0.0)
    chosen = dict[int, None]()
    for place in np.argsort(-strength, axis=None, kind="stable"):
        pair = [int(item) for item in np.unravel_index(place, strength.shape)]
        if strength[pair[0], pair[1]] <= 0.0 or len(chosen | dict.fromkeys(pair)) > _MOST_TARGETS:
            break
        chosen |= dict.fromkeys(pair)
    return sorted(chosen)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def tornado(study: xr.Dataset) -> Tornado | None:
    """For the targets whose chance is most open, the unknowns that explain most of its variance."""
    chances = study["probability"].to_numpy()
    open_first = [int(place) for place in np.argsort(np.abs(chances - 0.5)) if 0.0 < chances[place] < 1.0]
    swings = [swing for swing in (_swing(study, place) for place in open_first[:_MOST_SWINGS]) if swing.bars]
    if not swings:
        return None
    note = Text(
        "某个因素处于最低或最高三分之一时，目标实现的概率；竖线为全部抽样",
        "the probability of the target when an unknown lies in its lowest or highest third; upright line: all draws",
    )
    title = Text("影响目标实现的主要不确定因素", "Which unknowns decide the targets")
    return Tornado(Frame(title, note, _MODEL), tuple(swings))


def _swing(study: xr.Dataset, place: int) -> Swing:
    row = study.isel(target=place)
    explained = row["variance_explained"].to_numpy()
    best = [int(item) for item in np.argsort(-explained)[:_MOST_BARS] if explained[item] >= _LEAST]
    labels = [Text(str(study["input_zh"].to_numpy()[item]), str(study["input_en"].to_numpy()[item])) for item in best]
    ends = [(float(row["met_when_low"][item]), float(row["met_when_high"][item])) for item in best]
    bars = tuple(Bar(label, low, high) for label, (low, high) in zip(labels, ends, strict=True))
    return Swing(name_in(row), float(row["probability"]), bars)
