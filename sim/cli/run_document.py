"""A run as one JSON object, for `run --json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.cli.console import Speaker


def as_document(outcomes: Sequence[Any], folder: Path, speaker: Speaker) -> dict[str, Any]:
    """The run as one JSON object: scorecard rows of all scenarios, comparisons with published figures, changes."""
    from sim.plan.tables import full_row
    from sim.report.delivery import setting_record
    from sim.report.gathering import case_text

    language = speaker.language
    return {
        "run": folder.name,
        "folder": str(folder),
        "home": str(outcomes[0].case.world.home.folder),
        "scorecard": [full_row(score, language) for outcome in outcomes for score in outcome.scores],
        "published": [
            {**vars(row), "scenario": outcome.case.scenario.key, "label": speaker.say(row.label)}
            for outcome in outcomes
            for row in outcome.comparisons
        ],
        "changes": [
            {**setting_record(item, language), "scenario": outcome.case.scenario.key}
            for outcome in outcomes
            for item in case_text(outcome).settings
        ],
        "step_error": [
            {
                "scenario": outcome.case.scenario.key,
                "percent": outcome.step_error.percent,
                "year": outcome.step_error.year,
                "variable": speaker.say(outcome.step_error.variable),
                "changed": len(outcome.step_error.changed),
            }
            for outcome in outcomes
        ],
        "draws": [
            {
                "scenario": outcome.case.scenario.key,
                "count": outcome.ensemble.count,
                "seed": outcome.ensemble.seed,
                "left_out": len(outcome.ensemble.lost),
                "lost": [_lost(draw) for draw in outcome.ensemble.lost],
                "run_again": [list(portion) for portion in outcome.ensemble.lost_portions],
                "all_met": None if outcome.ensemble.all_met is None else outcome.ensemble.all_met.probability,
            }
            for outcome in outcomes
            if outcome.ensemble is not None
        ],
        "remarks": [speaker.say(remark) for outcome in outcomes for remark in outcome.case.selection.remarks],
    }


def _lost(draw: Any) -> dict[str, Any]:
    """A draw that was left out: where it went wrong and by what its parameters were multiplied, if that was looked up."""
    origin = draw.origin
    place = {"year": None, "variable": None} if origin is None else {"year": origin.year, "variable": origin.variable}
    breach = None if origin is None else origin.breach
    check = {} if breach is None else {"check_zh": breach.check.zh, "check_en": breach.check.en, "values": breach.values}
    return {"draw": draw.draw, **place, **check, "factors": dict(draw.factors)}
