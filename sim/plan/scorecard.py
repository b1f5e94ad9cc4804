"""The scorecard: each target of the plan beside what the scenario projects, and what is still to be done.

Targets are judged by the rule of `sim/plan/rule.py`: by what was published of their own year where it was, else by the
projection, which is the median of the draws where there are any. Required growth is the yearly rate from the base-year level,
in per cent, for shares in percentage points a year, and empty for yearly flows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sim.base.text import Text, joined
from sim.inputs.base_origin import BaseOrigin
from sim.inputs.targets import PlanTarget
from sim.plan.evaluation.progress import Standing
from sim.plan.rule import Rule, Verdict

PERCENT = "%"


@dataclass(frozen=True)
class Score:
    """One row of the scorecard. Values are in the target's own unit; the step error is in per cent of the projection.

    `projected` is the median of the draws where there are any, and `central` then the central run's; `actual_value` is the
    latest published figure up to the target's year. `rest_growth` is the yearly growth that a district's target leaves to the
    rest of the city.
    """

    scenario: str
    target: PlanTarget
    verdict: Verdict
    reason: Text
    rule: Rule
    projected: float | None = None
    central: float | None = None
    projected_real: float | None = None
    base: float | None = None
    base_year: int | None = None
    actual_value: float | None = None
    actual_year: int | None = None
    standing: Standing = "unknown"
    """Its class in the evaluation by published figures."""
    remark: Text = Text("", "")
    """The remark of the evaluation on those figures."""
    each_year: bool = False
    caution: Text = Text("", "")
    document: Text = Text("", "")
    variable: str = ""
    past_indicator: str = ""
    probability: float | None = None
    probability_error: float | None = None
    band: tuple[float, float] | None = None
    """The tenth and the ninetieth percentile of the draws."""
    step_error: float | None = None
    rest_growth: float | None = None
    judged_by: Literal["model", "ledger", "data"] = "model"
    """Data: published figures of its own year decide, and the projection is a test of the model."""
    plain_region: str | None = None
    """The region of a level that reads one variable of one region and nothing else."""
    is_level: bool = False
    """True where it reads a level, so that growth from the base says something."""
    base_origin: BaseOrigin | None = None
    """Origin of the base: own, of a near year, derived or borrowed; none where no figure of the base year enters it."""
    reason_kind: Text = Text("", "")
    """The reason for no verdict, without what is particular to the target."""

    @property
    def operator(self) -> str:
        """The operator by which it is judged."""
        return self.rule.operator

    @property
    def value(self) -> float | None:
        """The number that decides: published where it was, else projected."""
        return self.actual_value if self.judged_by == "data" else self.projected

    @property
    def gap(self) -> float | None:
        """The number that decides less the target's."""
        return None if self.value is None else self.value - self.target.value

    @property
    def gap_percent(self) -> float | None:
        """The gap in per cent of the target's number."""
        return None if self.gap is None or not self.target.value else 100.0 * self.gap / abs(self.target.value)

    @property
    def required_growth(self) -> float | None:
        """The growth a year from the base to the target."""
        return self._growth(self.base, self.base_year, self.target.value, self.target.year)

    @property
    def projected_growth(self) -> float | None:
        """The growth a year from the base to the projection."""
        return self._growth(self.base, self.base_year, self.projected, self.target.year)

    @property
    def actual_growth(self) -> float | None:
        """The growth a year from the base to the latest published figure."""
        return self._growth(self.base, self.base_year, self.actual_value, self.actual_year)

    @property
    def needed_growth(self) -> float | None:
        """The growth a year that is still needed from the latest published figure on; none once its year is over."""
        start = (self.actual_value, self.actual_year)
        return self._growth(*start, self.target.value, self.target.year) if self.is_running else None

    @property
    def is_running(self) -> bool:
        """True where something was published of the years since the base, but not yet of the target's own."""
        return self.actual_year is not None and self.target.year is not None and self.actual_year < self.target.year

    @property
    def is_held(self) -> bool:
        """True where the base meets the target already, so that there is no way to go."""
        return self.base is not None and self.plain_region is not None and bool(self.rule.met(self.base))

    def _growth(self, before: float | None, first: int | None, after: float | None, last: int | None) -> float | None:
        """Return growth a year between two levels: in per cent, for shares in points; None where there is none."""
        if not self.is_level or before is None or after is None or first is None or last is None or last <= first:
            return None
        if self.target.unit == PERCENT:
            return (after - before) / (last - first)
        return 100.0 * ((after / before) ** (1.0 / (last - first)) - 1.0) if before > 0.0 and after > 0.0 else None


JUDGED_BY: Mapping[str, Text] = {
    "model": Text("模型变量", "variables of the model"),
    "ledger": Text("项目台账", "the project ledger"),
    "data": Text("已公布数据", "published data"),
}


@dataclass(frozen=True)
class Coverage:
    """Numbers of targets: all, those judged by each kind of evidence, and those not judged by kind of reason, most first."""

    total: int
    judged: Mapping[str, int]
    left: Mapping[Text, int]

    @property
    def judged_total(self) -> int:
        """Number of those that are judged."""
        return sum(self.judged.values())


def coverage_of(scores: Iterable[Score]) -> Coverage:
    """Count the rows of a scorecard."""
    rows = list(scores)
    judged = Counter[str](score.judged_by for score in rows if score.verdict != "not_judged")
    left = Counter(score.reason_kind for score in rows if score.verdict == "not_judged")
    return Coverage(len(rows), {key: judged[key] for key in JUDGED_BY if judged[key]}, dict(left.most_common()))


def coverage_words(found: Coverage) -> Text:
    """Return the counts as one sentence.

    Examples
    --------
    >>> coverage_words(Coverage(3, {"model": 2}, {Text("模型尚无对应变量", "no variable of the model says this yet"): 1})).en
    'Of 3 targets 2 are judged (2 by variables of the model); 1 not (1: no variable of the model says this yet).'
    """
    by = joined(
        [Text(f"{JUDGED_BY[key].zh} {count} 项", f"{count} by {JUDGED_BY[key].en}") for key, count in found.judged.items()],
        Text("、", ", "),
    )
    start = Text(
        f"{found.total} 项目标中判定 {found.judged_total} 项", f"Of {found.total} targets {found.judged_total} are judged"
    )
    brackets = Text(f"（{by.zh}）", f" ({by.en})") if by.zh else by
    rest = found.total - found.judged_total
    if not rest:
        return start + brackets + Text("。", ".")
    why = joined([Text(f"{kind.zh} {count} 项", f"{count}: {kind.en}") for kind, count in found.left.items()], Text("，", "; "))
    return start + brackets + Text(f"；其余 {rest} 项不判定：{why.zh}。", f"; {rest} not ({why.en}).")
