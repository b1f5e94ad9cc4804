"""How many targets a scorecard judges, by what judges them, and why the others are not: reasons of one kind together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.base.text import Text, joined
from sim.plan.scorecard import Score

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
        """How many are judged."""
        return sum(self.judged.values())


def coverage_of(scores: Iterable[Score]) -> Coverage:
    """Count the rows of a scorecard."""
    rows = list(scores)
    judged = Counter[str](score.judged_by for score in rows if score.verdict != "not_judged")
    left = Counter(score.reason_kind for score in rows if score.verdict == "not_judged")
    return Coverage(len(rows), {key: judged[key] for key in JUDGED_BY if judged[key]}, dict(left.most_common()))


def coverage_words(found: Coverage) -> Text:
    """The counts as one sentence.

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
