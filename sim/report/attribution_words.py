"""What each measure adds, in words, written from the dataset of an attribution alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from sim.base.text import Text, joined
from sim.base.words import computed, plain, signed
from sim.report.feasibility_words import name_in

SMALL = 0.002
"""Part of a target's value from which on what a measure adds is shown."""
_MOST_CAUSES = 2


def change_labels(study: xr.Dataset) -> list[Text]:
    """The names of the measures."""
    return [Text(*pair) for pair in zip(study["change_zh"].to_numpy(), study["change_en"].to_numpy(), strict=True)]


def cause_sentences(study: xr.Dataset, order: list[str]) -> Iterator[Text]:
    """For each missed target: where it would be without measures, what they add together, the largest of them, what is left."""
    labels = change_labels(study)
    known = {str(name) for name in study["target"].to_numpy()}
    for name in (name for name in order if name in known):
        row = study.sel(target=name)
        unit, parts = str(row["unit"].item()), row["shapley"].to_numpy()
        start, end, goal = (float(row[key]) for key in ("start", "end", "goal"))
        best = [int(place) for place in np.argsort(-np.abs(parts))[:_MOST_CAUSES] if abs(parts[place]) > SMALL * abs(goal)]
        pairs = [labels[place] + Text(*[f" {signed(float(parts[place]), unit=unit)}"] * 2) for place in best]
        largest = Text("（其中", " (") + joined(pairs, Text("、", ", ")) + Text("）", ")") if pairs else Text("", "")
        first, added, left = computed(start, unit), signed(end - start, unit=unit), plain(abs(goal - end), unit)
        yield (
            name_in(row)
            + Text(
                f"（中心情景）：不加措施为 {first.zh}，各项措施共 {added}",
                f" (central run): without measures {first.en}, all measures together {added}",
            )
            + largest
            + Text(f"，与目标仍差 {left}。", f"; {left} remain to the target.")
        )
