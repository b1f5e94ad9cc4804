"""Validate scenarios without running them: every fault, or what the scenario resolves to."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from sim import pipeline
from sim.cli.console import Speaker
from sim.cli.tables import print_table
from sim.errors import Faults, InputError, SimError
from sim.inputs.home import find_home
from sim.inputs.scenario import find_scenario, scenario_files
from sim.ledger_words import changed_settings, ledger_changes
from sim.model.binding import shown
from sim.sampling.plan import sampling_of
from sim.sampling.request import SweepRequest
from sim.text import Text


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
    cases = pipeline.open_cases(home, files, city, use, settings)
    _fail_if_sweeps_unfit(cases)
    if speaker.as_json:
        speaker.json([_document(case, speaker) for case in cases])
        return
    for case in cases:
        name, count = case.scenario.file, len(case.selection.targets)
        done = changed_settings(case)
        speaker.line(
            Text(
                f"{case.scenario.name.zh}（{name}）：无误，改动 {done} 项，评分目标 {count} 项",
                f"{case.scenario.name.en} ({name}): no fault, {done} settings changed, {count} targets scored",
            )
        )
        if done and not speaker.quiet:
            print_table(_table(case, speaker), speaker.out)


def _fail_if_sweeps_unfit(cases: list[pipeline.Case]) -> None:
    """What the sections `sweep` say, with all their faults at once."""
    faults = Faults()
    for case in cases:
        if case.scenario.sweep is not None:
            with faults.gathering(SimError):
                sampling_of(case, SweepRequest())
    faults.raise_if_any(InputError)


def _table(case: pipeline.Case, speaker: Speaker) -> Table:
    base = case.world.city.settings.base_year
    table = Table(box=None, pad_edge=False, header_style="bold")
    for zh, en in (("设定", "setting"), ("原值", "before"), ("现值", "now"), ("层", "layer")):
        table.add_column(speaker.word(zh, en), overflow="fold", min_width=24 if zh == "设定" else None)
    for item in case.bound.resolved:
        table.add_row(
            f"{speaker.say(item.label)} ({item.name})", shown(item.before, base), shown(item.after, base), item.change.origin
        )
    for row in ledger_changes(case.scenario, case.world.ledger):
        table.add_row(f"{speaker.say(row.name)} ({row.key})", speaker.say(row.before), speaker.say(row.after), row.origin)
    return table


def _document(case: pipeline.Case, speaker: Speaker) -> dict[str, object]:
    base = case.world.city.settings.base_year
    return {
        "scenario": case.scenario.key,
        "file": str(case.scenario.file),
        "city": case.scenario.city,
        "targets": [target.id for target in case.selection.targets],
        "changes": [
            {
                "name": item.name,
                "label": speaker.say(item.label),
                "section": item.section,
                "unit": item.unit,
                "before": shown(item.before, base),
                "after": shown(item.after, base),
                "layer": item.change.origin,
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
