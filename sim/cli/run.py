"""The main job: run scenarios, print the scorecard, write the results folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.base.errors import Fault, Faults, Place, UsageError, nearest
from sim.base.text import Text, joined
from sim.base.words import capital, several, unit_text
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.inputs.home import Home
from sim.inputs.targets import PlanTarget
from sim.plan.rule import VERDICTS, about_sentence
from sim.plan.scorecard import Score, coverage_of, coverage_words, full_row
from sim.plan.selection import candidates, labels_of, targets_named
from sim.report.chapters.works import SECTIONS, in_words
from sim.report.delivery import deliver, drawing_workers
from sim.report.forms import PAGE, file_name
from sim.report.score_words import bases_sentence, beside_data, headline, remark, running, score_cells
from sim.report.studies import studies_of_run
from sim.result.store import fail_if_not_writable
from sim.simulate import pipeline
from sim.simulate.collect import results_of
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.simulate.idle import with_idle_remarks
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome
from sim.simulate.result import DrawCount, Result, Setting, Studies, number_changed

_LONG = 40
"""Rows of a scorecard that a terminal can show."""
_HEADS = Text(
    "目标|单位|年份|目标值|预测|差距|需年均增长|判定|实际（年份）|概率",
    "target|unit|year|plan|projected|gap|required/a|verdict|outcome (year)|probability",
)
_IN_WORDS = (0, 7)
_COLOURS = {"met": "green", "near": "yellow", "missed": "red", "not_judged": "bright_black"}


def run(
    draws: options.Draws = None,
    seed: options.Seed = 0,
    out: options.Out = options.RESULTS,
    *,
    opened: cases.SeveralCases,
    drawing: cases.Drawing,
    as_of: options.AsOf = None,
    precision: options.Precision = options.DOUBLE,
    require: Annotated[
        tuple[str, ...], typer.Option("--require", help="目标编号或 all：未实现则返回 1 / exit 1 when missed")
    ] = (),
    speaker: options.WithQuiet,
) -> int:
    """运行情景并写出评分表、图和报告 / run scenarios; write scorecard, figures and reports."""
    fail_if_not_writable(out)
    chosen = opened(seed=seed, as_of=as_of)
    fail_if_targets_unknown(require, {target.id: target for case in chosen for target in case.selection.targets})
    planned = cases.planned_draws(chosen, drawing(precision=precision), by_default=draws is None)
    with drawing_workers() as pool:
        outcomes = simulate(chosen, planned, speaker)
        results = results_of(outcomes, {outcome.case.scenario.key: _studies(outcome, speaker) for outcome in outcomes})
        missed = missed_targets(require, results)
        with speaker.progress(Text("绘图与写出", "drawing and writing")):
            delivered = deliver(results, out, speaker.report_language, pool, datetime.now().astimezone())
    speaker.warn(delivered.remarks)
    if speaker.as_json:
        speaker.json(_document(results, delivered.folder, chosen[0].city.home, speaker))
    elif not speaker.quiet:
        _print(results, delivered.folder, chosen[0].city.home, speaker)
    speaker.warn(Text(f"未实现：{target}", f"missed: {target}") for target in missed)
    return 1 if missed else 0


def simulate(chosen: Sequence[Case], planned: Sequence[cases.Planned], speaker: Speaker) -> list[Outcome]:
    """Run the scenarios, with what must be said of their settings, then their draws."""

    def run_once(case: Case) -> Outcome:
        with speaker.progress(case.scenario.name) as advance:
            return pipeline.run(with_idle_remarks(case), lambda _, done, total: advance(done, total))

    def draw(outcome: Outcome, request: Design | None, reason: Text | None) -> Outcome:
        if request is None:
            return replace(outcome, drawn_from=reason)
        with speaker.progress(outcome.case.scenario.name + Text(" 抽样", ": draws"), request.count) as advance:
            return with_draws(outcome, request, lambda done, _: advance(done))

    outcomes = [run_once(case) for case in chosen]
    return [draw(outcome, *plan) for outcome, plan in zip(outcomes, planned, strict=True)]


def _studies(outcome: Outcome, speaker: Speaker) -> Studies:
    """Make the studies of a report that take seconds only."""
    name = outcome.case.scenario.name + Text("：", ": ")
    with speaker.progress(outcome.case.scenario.name) as advance:
        return studies_of_run(outcome.case, outcome.design, lambda part, done: advance(done, part=name + part))


def fail_if_targets_unknown(required: Sequence[str], known: Mapping[str, PlanTarget]) -> None:
    """Raise where a required target is not among those that the scenarios choose.

    Raises
    ------
    UsageError
        with every such target.
    """
    named, faults = [name for name in required if name != "all"], Faults()
    for name in (name for name in named if not candidates(known, name)):
        message = Text(f"--require {name}：没有评分这个目标", f"--require {name}: this target is not scored")
        faults.add(message, Place(), nearest(name, known, labels_of(known)))
    faults.raise_if_any(UsageError)
    targets_named(known, named, Place(key="--require"))
    if required and not known:
        message = Text("没有可评分的目标，--require 无从判断", "no target is scored, so --require cannot be decided")
        raise UsageError(Fault(message))


def missed_targets(required: Sequence[str], results: Sequence[Result]) -> list[str]:
    """Return the required targets that some scenario does not meet, as `scenario: target`."""
    scores = [(result.scenario, score) for result in results for score in result.scorecard]
    known = {score.target.id: score.target for _, score in scores}
    wanted = set(known) if "all" in required else {item.id for item in targets_named(known, required, Place(key="--require"))}
    return [f"{name}: {score.target.id}" for name, score in scores if score.target.id in wanted and score.verdict != "met"]


def _document(results: Sequence[Result], folder: Path, home: Home, speaker: Speaker) -> dict[str, Any]:
    """Return the run as one JSON object: scorecard rows of all scenarios, comparisons with published figures, changes."""
    return {
        "run": folder.name,
        "folder": folder,
        "home": home.folder,
        "scorecard": [full_row(score, speaker.language) for result in results for score in result.scorecard],
        "published": [{**vars(row), "scenario": result.scenario} for result in results for row in result.comparisons],
        "changes": [{**_setting(item, speaker), "scenario": result.scenario} for result in results for item in result.settings],
        "step_error": [
            {"scenario": item.scenario, **vars(item.step_error), "changed": len(item.step_error.changed)} for item in results
        ],
        "draws": [_draws(result.scenario, result.sampling) for result in results if result.sampling is not None],
        "remarks": [remark for result in results for remark in result.remarks],
    }


def _setting(item: Setting, speaker: Speaker) -> dict[str, Any]:
    section = SECTIONS.get(item.section, Text(item.section, item.section))
    return {**vars(item), "unit": unit_text(item.unit, speaker.language), "section": section, "note": in_words(item.note)}


def _draws(scenario: str, made: DrawCount) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "count": made.count,
        "seed": made.seed,
        "left_out": len(made.lost),
        "lost": [_lost(draw) for draw in made.lost],
        "run_again": made.run_again,
        "all_met": None if made.all_met is None else made.all_met.probability,
    }


def _lost(draw: Any) -> dict[str, Any]:
    """Say of a draw that was left out where it went wrong, and by what its parameters were multiplied, if that is known."""
    origin = draw.origin
    place = {"year": None, "variable": None} if origin is None else {"year": origin.year, "variable": origin.variable}
    breach = None if origin is None else origin.breach
    check = {} if breach is None else {"check_zh": breach.check.zh, "check_en": breach.check.en, "values": breach.values}
    return {"draw": draw.draw, **place, **check, "factors": dict(draw.factors)}


def _print(results: Sequence[Result], folder: Path, home: Home, speaker: Speaker) -> None:
    """Print the scorecards with the remarks on them, and where everything is."""
    for result in results:
        speaker.line()
        speaker.line(result.name)
        if result.scorecard:
            print_scorecard(result.scorecard, speaker)
        for line in _remarks(result):
            speaker.line(line)
    speaker.line()
    speaker.line(f"模型与情景：{home.folder}（{home.origin.zh}）", f"models and scenarios: {home.folder} ({home.origin.en})")
    speaker.line(f"结果：{folder}", f"results: {folder}")
    page = Path("compare.html") if len(results) > 1 else Path(results[0].scenario) / PAGE
    page = folder / page.with_name(file_name(page.name, speaker.report_language))
    speaker.line(f"报告：{page}", f"report: {page}")
    pending = list(dict.fromkeys(name for result in results for name in result.studies.pending))
    if pending:
        names, command = joined(pending, Text("、", ", ")), f"python -m sim report {folder}"
        speaker.line(f"报告尚缺{names.zh}，由 {command} 补上", f"not in the report yet: {names.en}; {command} adds it")


def print_scorecard(scores: Sequence[Score], speaker: Speaker) -> None:
    """Print the scorecard; of a long one what is not judged is only counted, the report has it with the reasons."""
    shown = _shown(scores)
    heads = speaker.columns(_HEADS, _IN_WORDS, first_width=24)
    if not any(score.probability is not None for score in shown):
        heads.pop()
    speaker.table(heads, (_cells(score, speaker)[: len(heads)] for score in shown))
    left = len(scores) - len(shown)
    if left:
        speaker.line(f"另有 {left} 项不作判定，理由见报告。", f"{left} more are not judged; the report says why.")


def _shown(scores: Sequence[Score]) -> Sequence[Score]:
    return scores if len(scores) <= _LONG else [score for score in scores if score.verdict != "not_judged"]


def _cells(score: Score, speaker: Speaker) -> tuple[str, ...]:
    cells = score_cells(score, speaker.language)
    mark = "*" if score.judged_by == "data" and score.projected is not None else ""
    verdict = f"[{_COLOURS[score.verdict]}]{speaker.say(VERDICTS[score.verdict])}{mark}[/]"
    before = (cells["name"], cells["unit"], cells["year"], f"{cells['operator']} {cells['plan']}")
    return (*before, cells["projected"], cells["gap"], cells["required"], verdict, cells["actual"], cells["probability"])


def _remarks(result: Result) -> Iterator[Text]:
    """Yield what is said below a scorecard."""
    scores = result.scorecard
    yield from _footnotes(_shown(scores))
    yield headline(scores)
    bases = bases_sentence(scores)
    if bases is not None:
        yield bases
    if any(score.verdict == "not_judged" for score in scores):
        yield coverage_words(coverage_of(scores))
    yield from (*result.remarks, result.step_error.sentence(), *result.draw_sentences)
    count = number_changed(result.settings)
    if count:
        yield Text(f"改动参数 {count} 项，见报告第三章。", f"{several(count, 'setting')} changed; see chapter 3 of the report.")


def _footnotes(scores: Sequence[Score]) -> Iterator[Text]:
    """Say what decides, what "about" means, and what was published on the way to targets whose year is not over."""
    if any(score.judged_by == "data" and score.projected is not None for score in scores):
        yield Text(
            "* 由该年的公布数判定；差距为公布数 − 目标，预测和概率只用来检验模型。",
            "* decided by the published figure of that year; gap = published - plan; projection and chance test the model.",
        )
    if any(score.operator == "~" for score in scores):
        about = about_sentence(scores[0].rule.about)
        yield Text(about.zh, capital(about.en)) + Text("。", ".")
    for score in scores:
        yield from remark(score, beside_data(score))
        yield from remark(score, running(score))
