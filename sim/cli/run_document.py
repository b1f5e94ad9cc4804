"""A run as one JSON object, for `run --json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.base.text import Text
from sim.cli.console import Speaker


def as_document(results: Sequence[Any], folder: Path, home: Any, speaker: Speaker) -> dict[str, Any]:
    """The run as one JSON object: scorecard rows of all scenarios, comparisons with published figures, changes."""
    from sim.plan.tables import full_row

    language = speaker.language
    return {
        "run": folder.name,
        "folder": str(folder),
        "home": str(home.folder),
        "scorecard": [full_row(score, language) for result in results for score in result.scorecard],
        "published": [
            {**vars(row), "scenario": result.scenario, "label": speaker.say(row.label)}
            for result in results
            for row in result.comparisons
        ],
        "changes": [{**_setting(item, speaker), "scenario": result.scenario} for result in results for item in result.settings],
        "step_error": [
            {
                "scenario": result.scenario,
                "percent": result.step_error.percent,
                "year": result.step_error.year,
                "variable": speaker.say(result.step_error.variable),
                "changed": len(result.step_error.changed),
            }
            for result in results
        ],
        "draws": [_draws(result) for result in results if result.sampling is not None],
        "remarks": [speaker.say(remark) for result in results for remark in result.remarks],
    }


def _setting(item: Any, speaker: Speaker) -> dict[str, str]:
    from sim.base.words import unit_text
    from sim.report.chapters.works import SECTIONS, in_words

    said = {key: speaker.say(value) if isinstance(value, Text) else value for key, value in vars(item).items()}
    section = speaker.say(SECTIONS.get(item.section, Text(item.section, item.section)))
    return {
        **said,
        "unit": unit_text(item.unit, speaker.language),
        "section": section,
        "note": speaker.say(in_words(item.note)),
    }


def _draws(result: Any) -> dict[str, Any]:
    made = result.sampling
    return {
        "scenario": result.scenario,
        "count": made.count,
        "seed": made.seed,
        "left_out": len(made.lost),
        "lost": [_lost(draw) for draw in made.lost],
        "run_again": [list(portion) for portion in made.run_again],
        "all_met": None if made.all_met is None else made.all_met.probability,
    }


def _lost(draw: Any) -> dict[str, Any]:
    """A draw that was left out: where it went wrong and by what its parameters were multiplied, if that was looked up."""
    origin = draw.origin
    place = {"year": None, "variable": None} if origin is None else {"year": origin.year, "variable": origin.variable}
    breach = None if origin is None else origin.breach
    check = {} if breach is None else {"check_zh": breach.check.zh, "check_en": breach.check.en, "values": breach.values}
    return {"draw": draw.draw, **place, **check, "factors": dict(draw.factors)}
