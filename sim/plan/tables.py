"""The scorecard as rows of plain values: for scorecard.csv, JSON and the run file. Columns are only ever appended."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Language, Text
from sim.plan.scorecard import Score

Columns = Mapping[str, Callable[[Score], Any]]
_SCORECARD: Columns = {
    "scenario": lambda score: score.scenario,
    "target": lambda score: score.target.id,
    "indicator": lambda score: score.target.name,
    "unit": lambda score: score.target.unit,
    "operator": lambda score: score.target.operator,
    "plan_value": lambda score: score.target.value,
    "target_year": lambda score: score.target.year,
    "projected": lambda score: score.projected,
    "gap": lambda score: score.gap,
    "gap_percent": lambda score: score.gap_percent,
    "required_growth": lambda score: score.required_growth,
    "verdict": lambda score: score.verdict,
    "probability": lambda score: score.probability,
    "probability_error": lambda score: score.probability_error,
    "step_error_percent": lambda score: score.step_error,
    "rest_growth": lambda score: score.rest_growth,
    "judged_by": lambda score: "" if score.verdict == "not_judged" else score.judged_by,
    "central": lambda score: score.central,
    "actual": lambda score: score.actual_value,
    "actual_year": lambda score: score.actual_year,
    "base_origin": lambda score: score.base_origin.kind if score.base_origin else None,
    "base_origin_detail": lambda score: score.base_origin.text if score.base_origin else None,
}
_REPORT: Columns = {
    "base": lambda score: score.base,
    "needed_growth": lambda score: score.needed_growth,
    "low": lambda score: score.band[0] if score.band else None,
    "high": lambda score: score.band[1] if score.band else None,
    "projected_constant_prices": lambda score: score.projected_real,
    "projected_growth": lambda score: score.projected_growth,
    "standing": lambda score: score.standing,
    "reason": lambda score: score.reason,
    "caution": lambda score: score.caution,
    "quote": lambda score: score.target.quote,
    "document": lambda score: score.document,
    "document_file": lambda score: score.target.document,
}
"""Columns that stand beside those of scorecard.csv in reports: base, constant prices, published figures, reasons."""
COLUMNS = tuple(_SCORECARD)


def score_row(score: Score, language: Language) -> dict[str, Any]:
    """Return the columns of scorecard.csv."""
    return _row(score, _SCORECARD, language)


def full_row(score: Score, language: Language) -> dict[str, Any]:
    """Return the columns of scorecard.csv and of reports."""
    return _row(score, {**_SCORECARD, **_REPORT}, language)


def _row(score: Score, columns: Columns, language: Language) -> dict[str, Any]:
    values = {name: read(score) for name, read in columns.items()}
    return {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}


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


def score_dataset(scores: Iterable[Score]) -> xr.Dataset:
    """Return the scorecard as a dataset with one row per target, in English."""
    rows = [full_row(score, "en") for score in scores]
    names = list(rows[0]) if rows else list(COLUMNS)
    columns = {name: column([row[name] for row in rows]) for name in names}
    return xr.Dataset({name: ("row", values) for name, values in columns.items()})


def column(values: list[Any]) -> np.ndarray[Any, Any]:
    """Return a column of numbers, with not-a-number for none, or of texts."""
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
