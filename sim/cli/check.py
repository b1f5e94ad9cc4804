"""Validate scenarios without running them: every fault, or what the scenario resolves to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Column

from sim.base.arrays import Values
from sim.base.errors import Faults, InputError, SimError
from sim.cli import options
from sim.cli.console import Speaker

if TYPE_CHECKING:
    from sim.inputs.scenario import Change
    from sim.inputs.year_path import Span
    from sim.simulate.opening import Case


@options.verb(options.app)
def check(
    scenarios: options.Scenarios = (),
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """只检查，不运行 / validate only."""
    from sim.inputs.home import find_home
    from sim.inputs.scenario import find_scenario, scenario_files
    from sim.simulate.collect import settings_of
    from sim.simulate.idle import idle_remarks
    from sim.simulate.opening import open_cases
    from sim.simulate.result import number_changed

    found = find_home(home)
    files = [find_scenario(name, found.scenarios, found.cities()) for name in scenarios] or scenario_files(found.scenarios)
    cases = open_cases(found, files, city, use, settings)
    _fail_if_sweeps_unfit(cases)
    if speaker.as_json:
        speaker.json([_document(case, speaker) for case in cases])
        return
    for case in cases:
        file, count, done = case.scenario.file, len(case.selection.targets), number_changed(settings_of(case))
        speaker.line(
            f"{case.scenario.name.zh}（{file}）：无误，改动 {done} 项，评分目标 {count} 项",
            f"{case.scenario.name.en} ({file}): no fault, {done} settings changed, {count} targets scored",
        )
        if speaker.quiet:
            continue
        if done:
            _print_changes(case, speaker)
        for remark in idle_remarks(case):
            speaker.line(remark)


def _fail_if_sweeps_unfit(cases: list[Case]) -> None:
    """Raise all faults of the sections `sweep` at once."""
    from sim.simulate.design import Design, completed

    faults = Faults()
    for case in cases:
        if case.scenario.sweep is not None:
            with faults.gathering(SimError):
                completed(case, Design())
    faults.raise_if_any(InputError)


def _print_changes(case: Case, speaker: Speaker) -> None:
    heads = [speaker.word(*head) for head in (("年份", "years"), ("原值 → 现值", "before → now"), ("层", "layer"))]
    first = Column(speaker.word("设定", "setting"), overflow="fold", min_width=24)
    speaker.table([first, *(Column(head, overflow="fold") for head in heads)], _rows(case, speaker))


def _rows(case: Case, speaker: Speaker) -> Iterator[tuple[str, ...]]:
    from sim.simulate.collect import ledger_settings

    for item in case.bound.resolved:
        label, origin = f"{speaker.say(item.label)} ({item.name})", item.origin
        for span in _spans(case, item):
            before, now = _number(span.before, speaker), _number(span.after, speaker)
            change = f"{before} → {now}" if span.is_changed else f"{now} {speaker.word('（不变）', '(as before)')}"
            yield label, _years(span), change, origin
            label, origin = "", ""
    for row in ledger_settings(case.scenario, case.world.ledger):
        yield f"{speaker.say(row.label)} ({row.name})", "", f"{speaker.say(row.before)} → {speaker.say(row.after)}", row.origin


def _spans(case: Case, item: Change) -> list[Span]:
    """Return the inherited path of a value beside the new one, from the base year on; for a variable, over the model's own."""
    import numpy as np

    from sim.inputs.year_path import YearPath, spans

    before = item.before if item.before is not None else YearPath(np.full_like(item.after.before, np.nan))
    return spans(before, item.after, range(case.world.city.settings.base_year, case.last_year + 1))


def _years(span: Span) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}–{span.last}"


def _number(array: Values, speaker: Speaker) -> str:
    import numpy as np

    from sim.model.binding import numbers_text

    return speaker.word("模型算出", "by the model") if np.isnan(array).any() else numbers_text(array)


def _document(case: Case, speaker: Speaker) -> dict[str, object]:
    from sim.model.binding import shown
    from sim.simulate.collect import ledger_settings
    from sim.simulate.idle import idle_remarks

    base = case.world.city.settings.base_year
    of_parameters = [
        {
            "name": item.name,
            "label": speaker.say(item.label),
            "section": item.section,
            "unit": item.unit,
            "before": shown(item.before, base),
            "after": shown(item.after, base),
            "layer": item.origin,
            "by_year": [
                {"years": _years(span), "before": _number(span.before, speaker), "after": _number(span.after, speaker)}
                for span in _spans(case, item)
            ],
        }
        for item in case.bound.resolved
    ]
    of_ledger = [
        {
            "name": row.name,
            "label": speaker.say(row.label),
            "section": row.section,
            "unit": row.unit,
            "before": speaker.say(row.before),
            "after": speaker.say(row.after),
            "layer": row.origin,
        }
        for row in ledger_settings(case.scenario, case.world.ledger)
    ]
    return {
        "scenario": case.scenario.key,
        "file": str(case.scenario.file),
        "city": case.scenario.city,
        "targets": [target.id for target in case.selection.targets],
        "remarks": [speaker.say(remark) for remark in idle_remarks(case)],
        "changes": [*of_parameters, *of_ledger],
    }
