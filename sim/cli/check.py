"""Validate scenarios without running them: every fault, or what the scenario resolves to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults, InputError, SimError
from sim.base.text import Text
from sim.base.words import several
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.inputs.scenario import Change
from sim.inputs.year_path import Span, YearPath, spans
from sim.model.binding import numbers_text, shown
from sim.simulate.collect import ledger_settings, settings_of
from sim.simulate.design import Design, completed
from sim.simulate.draws import priors_of_case
from sim.simulate.idle import idle_remarks
from sim.simulate.opening import Case
from sim.simulate.result import Setting, number_changed
from sim.studies.plan.path import levers_file
from sim.studies.systems import systems_of

_HEADS = Text("设定|年份|原值 → 现值|层", "setting|years|before → now|layer")


def check(opened: cases.SeveralCases, *, speaker: options.WithQuiet) -> None:
    """只检查，不运行 / validate only."""
    chosen, faults = opened(default="all"), Faults()
    for case in chosen:
        for reading in (_sweep, priors_of_case):
            with faults.gathering(SimError):
                reading(case)
    for case in {id(case.city): case for case in chosen}.values():
        with faults.gathering(SimError):
            levers_file(case)
        with faults.gathering(SimError):
            systems_of(case.city)
    faults.found = list(dict.fromkeys(faults.found))  # those of a city are met with each of its scenarios
    faults.raise_if_any(InputError)
    if speaker.as_json:
        speaker.json([_document(case, speaker) for case in chosen])
        return
    for case in chosen:
        file, count, done = case.scenario.file, len(case.selection.targets), number_changed(settings_of(case))
        changed, scored = several(done, "setting"), several(count, "target")
        speaker.line(
            f"{case.scenario.name.zh}（{file}）：无误，改动 {done} 项，评分目标 {count} 项",
            f"{case.scenario.name.en} ({file}): no fault, {changed} changed, {scored} scored",
        )
        if speaker.quiet:
            continue
        if done:
            speaker.table(speaker.columns(_HEADS, range(4), first_width=24, fold=True), _rows(case, speaker))
        for remark in idle_remarks(case):
            speaker.line(remark)


def _sweep(case: Case) -> None:
    if case.scenario.sweep is not None:
        completed(case, Design())


def _rows(case: Case, speaker: Speaker) -> Iterator[tuple[str, ...]]:
    for value in case.bound.resolved:
        label, origin = f"{speaker.say(value.label)} ({value.name})", value.origin
        for span in _spans(case, value):
            row = _span(span, speaker)
            as_before = f"{row['after']} {speaker.word('（不变）', '(as before)')}"
            change = f"{row['before']} → {row['after']}" if span.is_changed else as_before
            yield label, row["years"], change, origin
            label, origin = "", ""
    for item in ledger_settings(case.scenario, case.city.ledger):
        change = f"{speaker.say(item.before)} → {speaker.say(item.after)}"
        yield f"{speaker.say(item.label)} ({item.name})", "", change, item.origin


def _spans(case: Case, item: Change) -> list[Span]:
    """Return the inherited path of a value beside the new one, from the base year on; for a variable, over the model's own."""
    before = item.before if item.before is not None else YearPath(np.full_like(item.after.before, np.nan))
    return spans(before, item.after, range(case.base_year, case.last_year + 1))


def _span(span: Span, speaker: Speaker) -> dict[str, str]:
    years = str(span.first) if span.first == span.last else f"{span.first}–{span.last}"
    return {"years": years, "before": _number(span.before, speaker), "after": _number(span.after, speaker)}


def _number(array: Values, speaker: Speaker) -> str:
    return speaker.word("模型算出", "by the model") if np.isnan(array).any() else numbers_text(array)


def _document(case: Case, speaker: Speaker) -> dict[str, Any]:
    base = case.base_year
    of_parameters = [
        _facts(item, shown(item.before, base), shown(item.after, base))
        | {"by_year": [_span(span, speaker) for span in _spans(case, item)]}
        for item in case.bound.resolved
    ]
    of_ledger = [_facts(row, row.before, row.after) for row in ledger_settings(case.scenario, case.city.ledger)]
    return {
        "scenario": case.scenario.key,
        "file": case.scenario.file,
        "city": case.scenario.city,
        "targets": [target.id for target in case.selection.targets],
        "remarks": idle_remarks(case),
        "changes": [*of_parameters, *of_ledger],
    }


def _facts(item: Change | Setting, before: Any, after: Any) -> dict[str, Any]:
    told = {"name": item.name, "label": item.label, "section": item.section, "unit": item.unit}
    return told | {"before": before, "after": after, "layer": item.origin}
