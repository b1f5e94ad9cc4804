"""The scorecard as rows of plain values: for scorecard.csv, JSON and the run file. Columns are only ever appended."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Language
from sim.plan.scorecard import Score

COLUMNS = (
    "scenario",
    "target",
    "indicator",
    "unit",
    "operator",
    "plan_value",
    "target_year",
    "projected",
    "gap",
    "gap_percent",
    "required_growth",
    "verdict",
    "probability",
    "probability_error",
    "step_error_percent",
    "rest_growth",
    "judged_by",
    "central",
    "actual",
    "actual_year",
    "base_origin",
    "base_origin_detail",
)


def score_row(score: Score, language: Language) -> dict[str, Any]:
    """The columns of scorecard.csv."""
    return {
        "scenario": score.scenario,
        "target": score.target.id,
        "indicator": score.target.name.in_language(language),
        "unit": score.target.unit,
        "operator": score.target.operator,
        "plan_value": score.target.value,
        "target_year": score.target.year,
        "projected": score.projected,
        "gap": score.gap,
        "gap_percent": score.gap_percent,
        "required_growth": score.required_growth,
        "verdict": score.verdict,
        "probability": score.probability,
        "probability_error": score.probability_error,
        "step_error_percent": score.step_error,
        "rest_growth": score.rest_growth,
        "judged_by": "" if score.verdict == "not_judged" else score.judged_by,
        "central": score.central,
        "actual": score.actual_value,
        "actual_year": score.actual_year,
        "base_origin": score.base_origin.kind if score.base_origin else None,
        "base_origin_detail": score.base_origin.text.in_language(language) if score.base_origin else None,
    }


def full_row(score: Score, language: Language) -> dict[str, Any]:
    """The columns of scorecard.csv and what stands beside them in reports: base, constant prices, what happened, reasons."""
    return {
        **score_row(score, language),
        "base": score.base,
        "needed_growth": score.needed_growth,
        "low": None if score.band is None else score.band[0],
        "high": None if score.band is None else score.band[1],
        "projected_constant_prices": score.projected_real,
        "projected_growth": score.projected_growth,
        "standing": score.standing,
        "reason": score.reason.in_language(language),
        "caution": score.caution.in_language(language),
        "quote": score.target.quote,
        "document": score.document.in_language(language),
        "document_file": score.target.document,
    }


def write_scorecard(file: Path, scores: Iterable[Score], language: Language) -> None:
    """Write scorecard.csv with a byte-order mark, as Excel wants it; numbers to ten significant digits, empty for none."""
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for score in scores:
            writer.writerow([cell_text(value) for value in score_row(score, language).values()])


def cell_text(value: Any) -> str:
    """A cell of a CSV file: numbers to ten significant digits, empty for none, texts so that spreadsheets show them."""
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else shown_as_text(str(value))


_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""How a text begins that a spreadsheet would compute."""


def shown_as_text(text: str) -> str:
    """A text of a CSV file that a spreadsheet shows and never computes; a number stays one, and so does a sign alone."""
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
    """The scorecard as a dataset with one row per target, in English."""
    rows = [full_row(score, "en") for score in scores]
    names = list(rows[0]) if rows else list(COLUMNS)
    columns = {name: column([row[name] for row in rows]) for name in names}
    return xr.Dataset({name: ("row", values) for name, values in columns.items()})


def column(values: list[Any]) -> np.ndarray[Any, Any]:
    """A column of numbers, with not-a-number for none, or of texts."""
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
