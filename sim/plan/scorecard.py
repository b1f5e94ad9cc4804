"""The scorecard: each target of the plan beside what the scenario projects, and what is still to be done.

Targets are judged by the rule of `sim/plan/rule.py`: by what was published of their own year where it was, else by the
projection, which is the median of the draws where there are any. Required growth is the yearly rate from the base-year level,
in per cent, for shares in percentage points a year, and empty for yearly flows. As rows of plain values, for scorecard.csv,
JSON and the run file, it has columns that are only ever appended.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.base.text import Language, Text, joined
from sim.inputs.provenance import BaseOrigin
from sim.inputs.targets import PlanTarget
from sim.plan.progress import Standing
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


_SCORECARD = (
    *("scenario", "target", "indicator", "unit", "operator", "plan_value", "target_year", "projected", "gap", "gap_percent"),
    *("required_growth", "verdict", "probability", "probability_error", "step_error_percent", "rest_growth", "judged_by"),
    *("central", "actual", "actual_year", "base_origin", "base_origin_detail"),
)
_REPORT = (
    *("base", "needed_growth", "low", "high", "projected_constant_prices", "projected_growth", "standing", "reason"),
    *("caution", "quote", "document", "document_file"),
)
"""Columns that stand beside those of scorecard.csv in reports: base, constant prices, published figures, reasons."""
_OF_SCORE = {"step_error_percent": "step_error", "actual": "actual_value", "projected_constant_prices": "projected_real"}
_OF_TARGET = {"target": "id", "indicator": "name", "unit": "unit", "operator": "operator", "plan_value": "value"}
_OF_TARGET |= {"target_year": "year", "quote": "quote", "document_file": "document"}
"""Columns that are called otherwise in a score, and those of its target."""
_WORKED_OUT: Mapping[str, Callable[[Score], Any]] = {
    "judged_by": lambda score: "" if score.verdict == "not_judged" else score.judged_by,
    "base_origin": lambda score: score.base_origin.kind if score.base_origin else None,
    "base_origin_detail": lambda score: score.base_origin.text if score.base_origin else None,
    "low": lambda score: score.band[0] if score.band else None,
    "high": lambda score: score.band[1] if score.band else None,
}
COLUMNS = _SCORECARD


def score_row(score: Score, language: Language) -> dict[str, Any]:
    """Return the columns of scorecard.csv."""
    return _row(score, _SCORECARD, language)


def full_row(score: Score, language: Language) -> dict[str, Any]:
    """Return the columns of scorecard.csv and of reports."""
    return _row(score, (*_SCORECARD, *_REPORT), language)


def _row(score: Score, columns: Iterable[str], language: Language) -> dict[str, Any]:
    values = {name: _value(score, name) for name in columns}
    return {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}


def _value(score: Score, column: str) -> Any:
    if column in _WORKED_OUT:
        return _WORKED_OUT[column](score)
    if column in _OF_TARGET:
        return getattr(score.target, _OF_TARGET[column])
    return getattr(score, _OF_SCORE.get(column, column))


def write_scorecard(file: Path, scores: Iterable[Score], language: Language) -> None:
    """Write scorecard.csv with a byte-order mark, as Excel wants it; numbers to ten significant digits, empty for none."""
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for score in scores:
            writer.writerow([cell_text(value) for value in score_row(score, language).values()])


def cell_text(value: Any) -> str:
    """Return a cell of a CSV file: numbers to ten significant digits, empty for none, texts so that spreadsheets show them."""
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else shown_as_text(str(value))


_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""First characters of texts that a spreadsheet would compute."""


def shown_as_text(text: str) -> str:
    """Return a text that a spreadsheet shows and never computes; a number stays one, and so does a sign alone."""
    if not text.lstrip(" ").startswith(_FORMULA) or len(text) == 1 or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def column(values: list[Any]) -> np.ndarray[Any, Any]:
    """Return a column of numbers, with not-a-number for none, or of texts."""
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
