"""Cautions on the figures of a run: how much its time step matters, and limits at which the equations hold a value back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from sim.base.text import Text, joined
from sim.inputs.model_files import Bound
from sim.plan.scorecard import Score

_CLOSE = 0.01
"""Distance from its limit, as a part of it, within which a value counts as held by it."""


@dataclass(frozen=True)
class StepError:
    """The largest change of any value when the step is halved, and the targets whose verdict would change.

    `percent` is of the largest value that the variable takes in the run; it occurs in `variable` and `year`. `by_target` are
    the changes of the projected values, in per cent of themselves. `embedded` is the method's own estimate of its error in a
    step, relative to the stocks; only dopri5 has one.
    """

    percent: float
    variable: Text
    year: int
    changed: tuple[Text, ...] = ()
    embedded: float | None = None
    by_target: Mapping[str, float] = field(default_factory=dict)

    def sentence(self) -> Text:
        """Return what a reader must know of the time step."""
        size = f"{self.percent:.2f}"
        least = Text(
            f"时间步误差：步长减半时，任何指标在任何一年的变化不超过其最大值的 {size}%（{self.variable.zh}，{self.year} 年）",
            f"time step: with halved steps no value of any year changes by more than {size} % of the indicator's largest "
            f"({self.variable.en}, {self.year})",
        )
        if self.embedded is not None:
            size = f"{100.0 * self.embedded:.1g}"
            least += Text(f"，嵌入误差每步最多 {size}%", f"; the embedded error of a step is at most {size} %")
        if not self.changed:
            return least + Text("，判定都不变。", "; no verdict changes.")
        names = joined(list(self.changed), Text("、", ", "))
        return least + Text(
            f"。注意：判定会改变的有：{names.zh}，请加大 steps_per_year。",
            f". Mind: these verdicts would change: {names.en}; raise steps_per_year.",
        )


def largest_change(results: xr.Dataset, finer: xr.Dataset) -> StepError:
    """Return the largest change over all variables, members and years of two runs.

    A change is measured by the largest value of its series, since a rate that passes through zero has no size of its own.
    """
    worst = StepError(0.0, Text("—", "—"), int(results["year"][0]))
    for name, values in results.items():
        change, size = np.abs(finer[name].values - values.values), np.abs(values.values).max(axis=-1, keepdims=True)
        percent = 100.0 * np.divide(change, size, out=np.zeros_like(change), where=size > 0.0)
        if percent.size and percent.max() > worst.percent:
            place = int(np.unravel_index(percent.argmax(), percent.shape)[-1])
            label = Text(values.attrs["long_name_zh"], values.attrs["long_name"])
            worst = StepError(float(percent.max()), label, int(results["year"][place]))
    return worst


def with_targets(error: StepError, scores: Sequence[Score], finer: Sequence[Score], embedded: float | None = None) -> StepError:
    """Return the error with what it does to two scorecards of the same targets."""
    pairs = [pair for pair in zip(scores, finer, strict=True) if None not in {part.projected for part in pair}]
    by_target = {score.target.id: _percent(score.projected or 0.0, fine.projected or 0.0) for score, fine in pairs}
    changed = tuple(score.target.name for score, fine in pairs if score.verdict != fine.verdict)
    return replace(error, changed=changed, embedded=embedded, by_target=by_target)


def _percent(value: float, finer: float) -> float:
    """Return the change in per cent of the value; of the finer one where the value is zero."""
    size = abs(value) or abs(finer)
    return 100.0 * abs(finer - value) / size if size else 0.0


def with_step_errors(scores: Sequence[Score], error: StepError) -> list[Score]:
    """Return the scorecard with the time-step error of each target's indicator."""
    return [replace(score, step_error=error.by_target.get(score.target.id)) for score in scores]


def limits_reached(bounds: Sequence[Bound], results: xr.Dataset) -> Iterator[Text]:
    """Yield a sentence for each limit that a central run reaches, with the first year and in how many of them."""
    for bound in bounds:
        if bound.held_at is None or not set(bound.variables) <= set(results):
            continue
        values = results[bound.variable] if bound.over is None else results[bound.variable] / results[bound.over]
        near = np.asarray(values.values >= bound.held_at * (1.0 - _CLOSE))
        held = np.asarray(near.reshape(-1, results.sizes["year"]).any(axis=0))
        years = results["year"].values[1:][held[1:]]  # the base year is as it was published
        if years.size:
            label, first, count = bound.label, int(years[0]), int(np.size(years))
            limit = f"{bound.held_at:g}"
            yield Text(
                f"受上限约束（{label.zh}）：{first} 年起共 {count} 年由方程限在 {limit} 以内，此处的数不是政策效果。",
                f"Held back ({label.en}): in {count} years from {first} on the equations keep it within {limit}; "
                "there the figure is no effect of policy.",
            )
