"""A sweep or an analysis as one JSON document for scripts: plain numbers in the units that their names say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from sim.base.text import Language
from sim.base.words import unit_text
from sim.report.sweeps.delivery import index_rows
from sim.report.sweeps.findings import Findings
from sim.report.sweeps.tables import PointRow
from sim.simulate.sweeps.analysis import Analysis
from sim.simulate.sweeps.names import Named


def sweep_document(findings: Findings, folder: Path, language: Language) -> dict[str, Any]:
    """Draws, targets with probability and error, bands of every series and year, correlations; or the points."""
    draws = findings.draws
    document: dict[str, Any] = {
        "folder": str(folder),
        "scenario": draws.attrs["scenario"],
        "method": draws.attrs["method"],
        "seed": draws.attrs["seed"],
        "draws": draws.sizes["draw"],
        "left_out": int(draws["lost"].sum()),
        "identity": json.loads(draws.attrs.get("identity", "{}")),
    }
    if findings.pointwise:
        return document | {"year": findings.year, "points": [_point(row) for row in findings.points]}
    found = findings.probabilities
    return document | {
        "targets": [_target(row, language) for row in findings.targets],
        "all_met": _chance(found["joint"], found["joint_error"]) if findings.targets else None,
        "bands": [
            _named(row.series, language)
            | {"year": row.year, "mean": row.mean, "standard_deviation": row.deviation}
            | {"quantiles": {f"{level:g}": value for level, value in row.quantiles.items()}}
            for row in findings.band_rows
        ],
        "correlations": [
            {"input": row.input.key, "indicator": row.series.key, "year": row.year, "rank_correlation": row.correlation}
            for row in findings.correlation_rows
        ],
    }


def _point(row: PointRow) -> dict[str, dict[str, float | None]]:
    return {part: {key: _number(value) for key, value in values.items()} for part, values in vars(row).items()}


def _target(row: Any, language: Language) -> dict[str, Any]:
    target = row.target
    named = {"id": target.id, "label": target.label.in_language(language), "year": target.year, "unit": target.unit}
    return named | {"operator": target.operator, "value": target.value} | _chance(row.probability, row.error)


def _chance(probability: Any, error: Any) -> dict[str, float | None]:
    return {"probability": _number(float(probability)), "standard_error": _number(float(error))}


def _number(value: float) -> float | None:
    """JSON knows no not-a-number."""
    return value if math.isfinite(value) else None


def _named(series: Named, language: Language) -> dict[str, str]:
    return {"indicator": series.key, "label": series.label.in_language(language), "unit": unit_text(series.unit, language)}


def analysis_document(analysis: Analysis, folder: Path, language: Language) -> dict[str, Any]:
    """The indices of every input, output and year."""
    heads, rows = index_rows(analysis.indices, language)
    attributes = {key: value for key, value in analysis.indices.attrs.items() if not key.endswith("_zh") and key != "members"}
    return {"folder": str(folder), **attributes, "indices": [dict(zip(heads, row, strict=True)) for row in rows]}
