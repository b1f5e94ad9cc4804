"""The evaluation of a plan as of a year: each target with base, actual, progress, time share and class, or why it has none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.base.text import Language, Text, joined
from sim.ensemble.reducers import Share
from sim.inputs.targets import PlanTarget
from sim.plan.actuals import Actual, actual_of, base_year_of
from sim.plan.claims import CityPlan, PlanClaim
from sim.plan.progress import NOT_MET, STANDING_NAMES, STANDINGS, Standing, standing, time_share
from sim.plan.reasons import wanted_by_target

_BINDING, _EXPECTED = Text("约束性", "binding"), Text("预期性", "expected")
NOTHING = Text("", "")


@dataclass(frozen=True)
class Evaluated:
    """One target. `share` is the part of the time that had passed at the date of its data; values are in the target's unit.

    `chances` are the shares of draws in each class, in the year of the evaluation; none where no run says anything of it.
    """

    target: PlanTarget
    is_binding: bool
    standing: Standing
    reason: Text
    base: float | None = None
    base_year: int | None = None
    actual: float | None = None
    actual_year: int | None = None
    progress: float | None = None
    share: float | None = None
    met: bool | None = None
    """True where the data meet the target by now, by the rule of the scorecard; none where there are none."""
    origin: Text = NOTHING
    chances: Mapping[Standing, Share] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """True where the data are of the target's own year, so that they decide."""
        return self.share is not None and self.share >= 1.0

    @property
    def binding_name(self) -> Text:
        """Binding or expected, in words."""
        return _BINDING if self.is_binding else _EXPECTED

    @property
    def standing_name(self) -> Text:
        """The class in words; what is behind when its time is over has not been met."""
        return NOT_MET if self.is_over and self.standing == "behind" else STANDING_NAMES[self.standing]

    def as_record(self, language: Language) -> dict[str, Any]:
        """Return plain values for JSON and tables."""
        return {
            "target": self.target.id,
            "indicator": self.target.name.in_language(language),
            "unit": self.target.unit,
            "nature": "binding" if self.is_binding else "expected",
            "base_year": self.base_year,
            "base": self.base,
            "operator": self.target.operator,
            "plan_value": self.target.value,
            "target_year": self.target.year,
            "actual_year": self.actual_year,
            "actual": self.actual,
            "progress": self.progress,
            "time_share": self.share,
            "standing": self.standing,
            "standing_name": self.standing_name.in_language(language),
            "reason": self.reason.in_language(language),
            "origin": self.origin.in_language(language),
            "chances": {name: share.probability for name, share in self.chances.items()},
            "chance_errors": {name: share.standard_error for name, share in self.chances.items()},
        }


@dataclass(frozen=True)
class Terms:
    """As of which year, from which base year where a target names no start, and which targets bind.

    `believed` are levels of base years that a run starts from, in the unit of the target, for those that nobody published.
    """

    as_of: int
    plan_base: int
    binding: Collection[str] = ()
    believed: Mapping[str, float] = field(default_factory=dict)


def evaluate(plan: CityPlan, targets: Iterable[PlanTarget], terms: Terms) -> list[Evaluated]:
    """Evaluate each target by what was published of it as of a year."""
    # of a wording that fits two measures, the claim of the last that measures.yaml lists
    claims = {item.id: claim for claim in plan.claims for item in (claim.printed, *claim.also)}
    return [_evaluated(plan, target, claims.get(target.id), terms) for target in targets]


def _evaluated(plan: CityPlan, target: PlanTarget, claim: PlanClaim | None, terms: Terms) -> Evaluated:
    row = Evaluated(target, target.id in terms.binding, "unknown", NOTHING)
    if target.year is None:
        return replace(row, reason=Text("文件没有写出目标年", "no target year is printed"))
    if claim is None:
        return replace(row, reason=wanted_by_target(target))
    base_year = base_year_of(claim, terms.plan_base)
    if terms.as_of <= base_year:
        return replace(row, reason=Text("尚未开始", "it has not begun"))
    base, row = terms.believed.get(target.id), replace(row, base_year=base_year)
    believed = None if base is None or not target.value else base * claim.value / target.value
    found = actual_of(plan, claim, terms.plan_base, terms.as_of, believed)
    if isinstance(found, Text):
        return replace(row, reason=found)
    late = NOTHING
    if found.year < min(terms.as_of, claim.last):
        late = Text(f"数据只到 {found.year} 年", f"data end in {found.year}")
    return _with_actual(row, claim, found, base_year, late)


def _with_actual(row: Evaluated, claim: PlanClaim, found: Actual, base_year: int, late: Text) -> Evaluated:
    share, scale = time_share(found.year, base_year, claim.last), row.target.value / claim.value if claim.value else 1.0
    held, progress = bool(found.reached.held), float(found.reached.progress)
    remark = found.remark if found.remark.zh else _HELD if held and found.base is not None else NOTHING
    return replace(
        row,
        standing=STANDINGS[int(standing(found.reached, share))],
        reason=joined([item for item in (remark, late) if item.zh], Text("；", "; ")),
        base=None if found.base is None else found.base * scale,
        actual=found.value * scale,
        actual_year=found.year,
        progress=None if held or math.isnan(progress) else progress,
        share=share,
        met=bool(found.reached.met),
        origin=found.origin,
    )


_HELD = Text("基期已达到，按保持性目标评判", "met by its base: it is to be held")


def headline(rows: Sequence[Evaluated]) -> Text:
    """Return the number of targets in each class, and of binding ones that are behind."""
    names = [row.standing_name for row in sorted(rows, key=lambda row: STANDINGS.index(row.standing))]
    kinds = list(Counter(names).items())
    zh, en = ("、".join(f"{name.zh} {n} 项" for name, n in kinds), ", ".join(f"{name.en} {n}" for name, n in kinds))
    bound = [row for row in rows if row.is_binding and row.standing != "unknown"]
    head = Text(f"共 {len(rows)} 项指标：{zh}。", f"{len(rows)} indicators: {en}.")
    if not bound:
        return head
    behind = sum(row.standing == "behind" for row in bound)
    return head + Text(
        f"可评估的约束性指标 {len(bound)} 项，其中滞后或未完成 {behind} 项。",
        f" Of {len(bound)} binding ones that can be evaluated, {behind} are behind.",
    )
