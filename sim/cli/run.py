"""The main job: run scenarios, print the scorecard, write the results folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.errors import Fault, Faults, InputError, Place, UsageError, nearest
from sim.base.text import Text
from sim.cli import options
from sim.cli.cases import wanted_draws
from sim.cli.console import Speaker
from sim.cli.scorecard import print_results
from sim.report.drawing import drawing_workers
from sim.report.lettering import unprintable_words

if TYPE_CHECKING:
    from sim.inputs.home import Home
    from sim.inputs.targets import PlanTarget
    from sim.simulate.design import Design
    from sim.simulate.opening import Case
    from sim.simulate.pipeline import Outcome
    from sim.simulate.result import DrawCount, Result, Setting, Studies


@options.verb(options.app)
def run(
    scenarios: options.Scenarios = (),
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    out: options.Out = options.RESULTS,
    draws: options.Draws = None,
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    *,
    as_of: options.AsOf = None,
    precision: options.Precision = options.DOUBLE,
    prior: options.Prior = False,
    speaker: options.WithQuiet,
    require: Annotated[
        tuple[str, ...], typer.Option("--require", help="目标编号或 all：未实现则返回 1 / exit 1 when missed")
    ] = (),
    home: options.Home = None,
) -> int:
    """运行情景并写出评分表、图和报告 / run scenarios; write scorecard, figures and reports."""
    from sim.result.store import fail_if_not_writable
    from sim.simulate.design import Design

    fail_if_not_writable(out)
    cases = open_scenarios(scenarios, city, settings, use, home, seed, as_of)
    fail_if_targets_unknown(require, {target.id: target for case in cases for target in case.selection.targets})
    wanted = Design(draws, seed, workers, precision, prior)
    planned = planned_draws(cases, wanted, by_default=draws is None)
    with drawing_workers() as pool:
        from sim.report.delivery import deliver
        from sim.simulate.collect import results_of

        outcomes = simulate(cases, planned, speaker)
        results = results_of(outcomes, {outcome.case.scenario.key: _studies(outcome, speaker) for outcome in outcomes})
        missed = missed_targets(require, results)
        with speaker.progress(Text("绘图与写出", "drawing and writing")):
            now = datetime.now().astimezone()
            delivered = deliver(results, out, speaker.report_language, pool, now)
            folder = delivered.folder
    speaker.warn(unprintable_words(delivered.unprintable))
    if speaker.as_json:
        speaker.json(_document(results, folder, cases[0].world.home, speaker))
    elif not speaker.quiet:
        print_results(results, folder, cases[0].world.home, speaker)
    speaker.warn(Text(f"未实现：{target}", f"missed: {target}") for target in missed)
    return 1 if missed else 0


def open_scenarios(
    names: Sequence[str],
    city: str | None,
    settings: options.Pairs,
    use: tuple[str, ...],
    home: Path | None,
    seed: int = 0,
    as_of: int | None = None,
) -> list[Case]:
    """Read and check the scenarios that were named, or those that the home folder declares for the city.

    Raises
    ------
    SimError
        with every fault.
    """
    from sim.inputs.home import default_scenarios, find_home
    from sim.inputs.scenario import find_scenario
    from sim.simulate.idle import with_idle_remarks
    from sim.simulate.opening import open_cases, seeded

    found = find_home(home)
    names = names or default_scenarios(found, city).run
    files = [find_scenario(name, found.scenarios, found.cities()) for name in names]
    _fail_if_names_clash(files)
    return [with_idle_remarks(seeded(case, seed)) for case in open_cases(found, files, city, use, settings, as_of)]


def _fail_if_names_clash(files: Sequence[Path]) -> None:
    """Raise where two scenarios of one name would write into one folder, or a name cannot be a folder."""
    names, faults = [file.stem for file in files], Faults()
    for file in files:
        if names.count(file.stem) > 1:
            message = Text(f"两个情景同名：{file.stem}", f"two scenarios are called {file.stem}")
            faults.add(message, Place(file), Text("请改文件名", "rename one of the files"))
        if not file.stem.replace("-", "").replace("_", "").replace(".", "").isalnum() or file.stem.startswith("."):
            message = Text("文件名只能用文字、数字、-、_ 和 .", "a file name may hold letters, digits, -, _ and .")
            faults.add(message, Place(file))
    faults.raise_if_any(UsageError)


def planned_draws(cases: Sequence[Case], wanted: Design, *, by_default: bool) -> list[tuple[Design | None, Text | None]]:
    """Return the draws of each case; every fault of the priors is raised before any work."""
    from sim.simulate.draws import priors_of_case

    planned = [wanted_draws(case, wanted, by_default=by_default) for case in cases]
    faults = Faults()
    for case in cases if any(request is not None for request, _ in planned) else ():
        with faults.gathering(InputError):
            priors_of_case(case)
    faults.raise_if_any(InputError)
    return planned


def simulate(cases: Sequence[Case], planned: Sequence[tuple[Design | None, Text | None]], speaker: Speaker) -> list[Outcome]:
    """Run the scenarios, then their draws."""
    from sim.simulate import pipeline
    from sim.simulate.draws import with_draws

    def run_once(case: Case) -> Outcome:
        with speaker.progress(case.scenario.name) as advance:
            return pipeline.run(case, lambda _, done, total: advance(done, total))

    def draw(outcome: Outcome, request: Design | None, reason: Text | None) -> Outcome:
        if request is None:
            return replace(outcome, drawn_from=reason)
        with speaker.progress(outcome.case.scenario.name + Text(" 抽样", ": draws"), request.count) as advance:
            return with_draws(outcome, request, lambda done, _: advance(done))

    outcomes = [run_once(case) for case in cases]
    return [draw(outcome, *plan) for outcome, plan in zip(outcomes, planned, strict=True)]


def _studies(outcome: Outcome, speaker: Speaker) -> Studies:
    """Make the studies of a report that take seconds only."""
    from sim.report.studies import studies_of_run

    name = outcome.case.scenario.name + Text("：", ": ")
    with speaker.progress(outcome.case.scenario.name) as advance:
        return studies_of_run(outcome.case, outcome.design, lambda what, done: advance(done, part=name + what))


def fail_if_targets_unknown(required: Sequence[str], known: Mapping[str, PlanTarget]) -> None:
    """Raise where a required target is not among those that the scenarios choose.

    Raises
    ------
    UsageError
        with every such target.
    """
    from sim.plan.selection import candidates, labels_of, targets_named

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
    from sim.plan.selection import targets_named

    known = {score.target.id: score.target for result in results for score in result.scorecard}
    wanted = set(known) if "all" in required else {item.id for item in targets_named(known, required, Place(key="--require"))}
    return [
        f"{result.scenario}: {score.target.id}"
        for result in results
        for score in result.scorecard
        if score.target.id in wanted and score.verdict != "met"
    ]


def _document(results: Sequence[Result], folder: Path, home: Home, speaker: Speaker) -> dict[str, Any]:
    """Return the run as one JSON object: scorecard rows of all scenarios, comparisons with published figures, changes."""
    from sim.plan.scorecard import full_row

    return {
        "run": folder.name,
        "folder": str(folder),
        "home": str(home.folder),
        "scorecard": [full_row(score, speaker.language) for result in results for score in result.scorecard],
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
        "draws": [_draws(result.scenario, result.sampling) for result in results if result.sampling is not None],
        "remarks": [speaker.say(remark) for result in results for remark in result.remarks],
    }


def _setting(item: Setting, speaker: Speaker) -> dict[str, str]:
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


def _draws(scenario: str, made: DrawCount) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "count": made.count,
        "seed": made.seed,
        "left_out": len(made.lost),
        "lost": [_lost(draw) for draw in made.lost],
        "run_again": [list(portion) for portion in made.run_again],
        "all_met": None if made.all_met is None else made.all_met.probability,
    }


def _lost(draw: Any) -> dict[str, Any]:
    """Say of a draw that was left out where it went wrong, and by what its parameters were multiplied, if that is known."""
    origin = draw.origin
    place = {"year": None, "variable": None} if origin is None else {"year": origin.year, "variable": origin.variable}
    breach = None if origin is None else origin.breach
    check = {} if breach is None else {"check_zh": breach.check.zh, "check_en": breach.check.en, "values": breach.values}
    return {"draw": draw.draw, **place, **check, "factors": dict(draw.factors)}
