"""Validate scenarios without running them: every fault, or what the scenario resolves to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.table import Table

from sim.base.errors import Faults, InputError, SimError
from sim.base.text import Text
from sim.cli.console import Speaker
from sim.cli.tables import print_table
from sim.inputs.home import find_home
from sim.inputs.scenario import find_scenario, scenario_files
from sim.inputs.year_path import Floats, Span, YearPath, spans
from sim.model.binding import Resolved, numbers_text, shown
from sim.simulate import opening
from sim.simulate.collect import settings_of
from sim.simulate.idle import idle_remarks
from sim.simulate.ledger_words import ledger_changes
from sim.simulate.records import number_changed
from sim.simulate.sampling.plan import sampling_of
from sim.simulate.sampling.request import SweepRequest


def check(
    scenarios: list[str],
    city: str | None,
    settings: tuple[tuple[str, str], ...],
    use: tuple[str, ...],
    home_folder: Path | None,
    speaker: Speaker,
) -> None:
    """Check scenarios (all of the home folder when none is named) with their model, city and plan."""
    home = find_home(home_folder)
    files = [find_scenario(name, home.scenarios, home.cities()) for name in scenarios] or scenario_files(home.scenarios)
    cases = opening.open_cases(home, files, city, use, settings)
    _fail_if_sweeps_unfit(cases)
    if speaker.as_json:
        speaker.json([_document(case, speaker) for case in cases])
        return
    for case in cases:
        name, count = case.scenario.file, len(case.selection.targets)
        done = number_changed(settings_of(case))
        speaker.line(
            Text(
                f"{case.scenario.name.zh}（{name}）：无误，改动 {done} 项，评分目标 {count} 项",
                f"{case.scenario.name.en} ({name}): no fault, {done} settings changed, {count} targets scored",
            )
        )
        if done and not speaker.quiet:
            print_table(_table(case, speaker), speaker.out)
        for remark in () if speaker.quiet else idle_remarks(case):
            speaker.line(remark)


def _fail_if_sweeps_unfit(cases: list[opening.Case]) -> None:
    """What the sections `sweep` say, with all their faults at once."""
    faults = Faults()
    for case in cases:
        if case.scenario.sweep is not None:
            with faults.gathering(SimError):
                sampling_of(case, SweepRequest())
    faults.raise_if_any(InputError)


def _table(case: opening.Case, speaker: Speaker) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for zh, en in (("设定", "setting"), ("年份", "years"), ("原值 → 现值", "before → now"), ("层", "layer")):
        table.add_column(speaker.word(zh, en), overflow="fold", min_width=24 if zh == "设定" else None)
    for item in case.bound.resolved:
        for place, span in enumerate(_spans(case, item)):
            label = f"{speaker.say(item.label)} ({item.name})"
            name, origin = (label, item.change.origin) if place == 0 else ("", "")
            table.add_row(name, _years(span), _change(span, speaker), origin)
    for row in ledger_changes(case.scenario, case.world.ledger):
        change = f"{speaker.say(row.before)} → {speaker.say(row.after)}"
        table.add_row(f"{speaker.say(row.name)} ({row.key})", "", change, row.origin)
    return table


def _spans(case: opening.Case, item: Resolved) -> list[Span]:
    """The inherited path of a value beside the new one, from the base year on; a variable is given over the model's own."""
    before = item.before if item.before is not None else YearPath(np.full_like(item.after.before, np.nan))
    return spans(before, item.after, range(case.world.city.settings.base_year, case.last_year + 1))


def _years(span: Span) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}–{span.last}"


def _change(span: Span, speaker: Speaker) -> str:
    now = _number(span.after, speaker)
    return f"{_number(span.before, speaker)} → {now}" if span.is_changed else f"{now} {speaker.word('（不变）', '(as before)')}"


def _number(array: Floats, speaker: Speaker) -> str:
    return speaker.word("模型算出", "by the model") if np.isnan(array).any() else numbers_text(array)


def _document(case: opening.Case, speaker: Speaker) -> dict[str, object]:
    base = case.world.city.settings.base_year
    return {
        "scenario": case.scenario.key,
        "file": str(case.scenario.file),
        "city": case.scenario.city,
        "targets": [target.id for target in case.selection.targets],
        "remarks": [speaker.say(remark) for remark in idle_remarks(case)],
        "changes": [
            {
                "name": item.name,
                "label": speaker.say(item.label),
                "section": item.section,
                "unit": item.unit,
                "before": shown(item.before, base),
                "after": shown(item.after, base),
                "layer": item.change.origin,
                "by_year": [
                    {"years": _years(span), "before": _number(span.before, speaker), "after": _number(span.after, speaker)}
                    for span in _spans(case, item)
                ],
            }
            for item in case.bound.resolved
        ]
        + [
            {
                "name": row.key,
                "label": speaker.say(row.name),
                "section": "ledger",
                "unit": "",
                "before": speaker.say(row.before),
                "after": speaker.say(row.after),
                "layer": row.origin,
            }
            for row in ledger_changes(case.scenario, case.world.ledger)
        ],
    }
