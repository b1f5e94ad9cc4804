"""How much the time step matters: the scorecard of the same run with halved steps beside the scorecard itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sim.plan.scorecard import Score
from sim.text import Text, listing


@dataclass(frozen=True)
class StepError:
    """The largest change of a projected value when the step is halved, and the targets whose verdict would change.

    `embedded` is the method's own estimate of its error in a step, relative to the stocks; only dopri5 has one.
    """

    percent: float
    target: Text
    changed: tuple[Text, ...]
    embedded: float | None = None
    by_target: Mapping[str, float] = field(default_factory=dict)

    def sentence(self) -> Text:
        """What a reader must know of the time step."""
        size = f"{self.percent:.2f}"
        least = Text(
            f"时间步误差：步长减半时，各目标预测值最多变化 {size}%（{self.target.zh}）",
            f"time step: with halved steps no projected value changes by more than {size} % ({self.target.en})",
        )
        if self.embedded is not None:
            size = f"{100.0 * self.embedded:.1g}"
            least += Text(f"，嵌入误差每步最多 {size}%", f"; the embedded error of a step is at most {size} %")
        if not self.changed:
            return least + Text("，判定都不变。", "; no verdict changes.")
        names_zh, names_en = listing([name.zh for name in self.changed]).zh, listing([name.en for name in self.changed]).en
        return least + Text(
            f"。注意：判定会改变的有：{names_zh}，请加大 steps_per_year。",
            f". Mind: these verdicts would change: {names_en}; raise steps_per_year.",
        )


def step_error(scores: Sequence[Score], finer: Sequence[Score], embedded: float | None = None) -> StepError | None:
    """Compare two scorecards of the same targets; None when nothing was projected."""
    pairs = [pair for pair in zip(scores, finer, strict=True) if None not in {part.projected for part in pair}]
    if not pairs:
        return None
    by_target = {score.target.id: _percent(score.projected or 0.0, fine.projected or 0.0) for score, fine in pairs}
    worst = max((score for score, _ in pairs), key=lambda score: by_target[score.target.id])
    changed = tuple(score.target.name for score, fine in pairs if score.verdict != fine.verdict)
    return StepError(by_target[worst.target.id], worst.target.name, changed, embedded, by_target)


def _percent(value: float, finer: float) -> float:
    """The change in per cent of the value; of the finer one where the value is zero."""
    size = abs(value) or abs(finer)
    return 100.0 * abs(finer - value) / size if size else 0.0


def with_step_errors(scores: Sequence[Score], error: StepError | None) -> list[Score]:
    """The scorecard with the time-step error of each target's indicator."""
    by_target = {} if error is None else error.by_target
    return [replace(score, step_error=by_target.get(score.target.id)) for score in scores]
