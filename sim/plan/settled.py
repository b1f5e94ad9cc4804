"""Published figures in the scorecard: of a target's own year they decide; of a year before they stand beside the projection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sim.base.text import Text, joined
from sim.plan.evaluation.evaluate import Evaluated
from sim.plan.rule import Verdict
from sim.plan.scorecard import BY_DATA, Score


def with_published(scores: Sequence[Score], rows: Iterable[Evaluated]) -> list[Score]:
    """The scorecard with what the evaluation by published figures found of each target, which decides where it is final."""
    by_id = {row.target.id: row for row in rows}
    return [_with(score, by_id.get(score.target.id)) for score in scores]


def _with(score: Score, row: Evaluated | None) -> Score:
    if row is None or row.standing == "unknown" or row.actual is None or row.met is None:
        return score
    figures: dict[str, Any] = {
        "actual_value": row.actual,
        "actual_year": row.actual_year,
        "standing": row.standing,
        "remark": row.reason,
    }
    known = replace(score, **figures)
    if not row.is_over or score.judged_by == "data":
        return known
    reason = joined([item for item in (BY_DATA, row.reason) if item.zh], Text("；", "; "))
    return replace(known, verdict=_verdict(score, row), judged_by="data", reason=reason)


def _verdict(score: Score, row: Evaluated) -> Verdict:
    if row.met:
        return "met"
    return "near" if row.actual is not None and score.rule.is_near(row.actual) else "missed"
