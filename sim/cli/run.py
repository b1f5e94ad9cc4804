"""The main job: run scenarios, print the scorecard, write the results folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from sim.base.errors import Fault, Faults, InputError, Place, UsageError, nearest
from sim.base.text import Text, joined
from sim.cli.console import Speaker
from sim.cli.numbers import Asked
from sim.cli.run_document import as_document
from sim.cli.tables import print_table
from sim.report.drawing import drawing_workers
from sim.report.lettering import unprintable_words

if TYPE_CHECKING:
    from sim.inputs.targets import PlanTarget

DEFAULT_DRAWS = 2000


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    scenarios: Sequence[str]
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    out: Path
    require: tuple[str, ...]
    home: Path | None
    draws: Asked | None = None
    as_of: int | None = None


def run(request: Request, speaker: Speaker) -> int:
    """Run, write, print; the exit status is 1 when a required target was missed."""
    from sim.result.store import fail_if_not_writable

    fail_if_not_writable(request.out)
    planned = planned_runs(request)
    with drawing_workers() as pool:
        from sim.report.delivery import deliver

        outcomes = simulate(planned, speaker)
        missed = missed_targets(request.require, outcomes)
        studies = {outcome.case.scenario.key: _studies(outcome, speaker) for outcome in outcomes}
        with speaker.progress(1, Text("绘图与写出", "drawing and writing")):
            now = datetime.now().astimezone()
            delivered = deliver(outcomes, studies, request.out, speaker.report_language, pool, now)
            folder = delivered.folder
    speaker.mind(unprintable_words(delivered.unprintable))
    if speaker.as_json:
        speaker.json(as_document(outcomes, folder, speaker))
    elif not speaker.quiet:
        print_outcomes(outcomes, studies, folder, speaker)
    for target in missed:
        speaker.err.print(speaker.word(f"未实现：{target}", f"missed: {target}"), markup=False)
    return 1 if missed else 0


def planned_runs(request: Request) -> list[tuple[Any, DrawPlan]]:
    """The scenarios, read and checked, each with its draws: whatever is wrong with them is said before any work."""
    from sim.inputs.home import find_home
    from sim.simulate.idle import with_idle_remarks

    home = find_home(request.home)
    cases = [with_idle_remarks(case) for case in _cases(request, home)]
    fail_if_targets_unknown(request.require, {target.id: target for case in cases for target in case.selection.targets})
    plans = [draw_plan(request.draws, case) for case in cases]
    if any(plan.request is not None for plan in plans):
        fail_if_priors_are_wrong(cases)
    return list(zip(cases, plans, strict=True))


def simulate(planned: Sequence[tuple[Any, DrawPlan]], speaker: Speaker) -> list[Any]:
    """Run the scenarios and their draws."""
    from sim.simulate import pipeline

    outcomes = []
    for case, _ in planned:
        with speaker.progress(1, case.scenario.name) as advance:
            outcomes.append(pipeline.run(case, partial(_advance, advance, speaker.say(case.scenario.name))))
    return [_with_draws(outcome, plan, speaker) for outcome, (_, plan) in zip(outcomes, planned, strict=True)]


def _studies(outcome: Any, speaker: Speaker) -> Any:
    """What a report takes beyond the run and takes seconds only."""
    from sim.report.studies import studies_of_run

    name = outcome.case.scenario.name
    with speaker.progress(1, name) as advance:
        return studies_of_run(outcome, lambda what, done: advance(speaker.say(name + Text("：", ": ") + what), done))


@dataclass(frozen=True)
class DrawPlan:
    """The draws of a case; without any, why not."""

    request: Any
    reason: Text | None = None


def _cases(request: Request, home: Any) -> list[Any]:
    """The scenarios that were named, or those that the home folder declares for the city."""
    from sim.inputs.home import default_scenarios
    from sim.inputs.scenario import find_scenario
    from sim.simulate import opening

    names = request.scenarios or default_scenarios(home, request.city).run
    files = [find_scenario(name, home.scenarios, home.cities()) for name in names]
    fail_if_names_clash(files)
    cases = opening.open_cases(home, files, request.city, request.use, request.settings, request.as_of)
    return [opening.seeded(case, request.draws.seed if request.draws else 0) for case in cases]


def draw_plan(asked: Asked | None, case: Any) -> DrawPlan:
    """What to draw: as many as asked for, or by default from the stored posterior ensemble, where one fits.

    Raises
    ------
    InputError
        when draws are asked for and the stored ensemble is damaged or does not fit.
    """
    from sim.ensemble.draws import DrawRequest
    from sim.simulate.draws import posterior_of

    if asked is None or asked.count == 0:
        return DrawPlan(None)
    count = DEFAULT_DRAWS if asked.count is None else asked.count
    request = DrawRequest(count, asked.seed, asked.workers, asked.precision, asked.prior)
    if asked.count is not None or asked.prior:
        if not asked.prior:
            posterior_of(case.world)
        return DrawPlan(request)
    try:
        return DrawPlan(request) if posterior_of(case.world) is not None else DrawPlan(None, _not_calibrated(case))
    except InputError as error:
        fault = error.faults[0]
        return DrawPlan(None, Text("没有计算概率：", "no probabilities: ") + fault.message + _advised(fault))


def _advised(fault: Fault) -> Text:
    return Text("", "") if fault.advice is None else Text("。", ". ") + fault.advice


def _not_calibrated(case: Any) -> Text:
    command = f"python -m sim calibrate {case.world.city.key}"
    return Text(f"没有计算概率：该市尚未校准。请运行 {command}", f"no probabilities: not calibrated yet. Run {command}")


def _with_draws(outcome: Any, plan: DrawPlan, speaker: Speaker) -> Any:
    from sim.simulate.draws import with_draws

    if plan.request is None:
        return replace(outcome, drawn_from=plan.reason)
    name = outcome.case.scenario.name
    what = Text(f"{name.zh} 抽样", f"{name.en}: draws")
    with speaker.progress(plan.request.count, what) as advance:
        return with_draws(outcome, plan.request, lambda done, _: advance(speaker.say(what), done))


def _advance(advance: Callable[[str, float], None], label: str, _: str, done: int, total: int) -> None:
    advance(label, done / total)


def fail_if_names_clash(files: Sequence[Path]) -> None:
    """Two scenarios of one name would write into one folder; a name must be able to be a folder."""
    names = [file.stem for file in files]
    faults = []
    for file in files:
        if names.count(file.stem) > 1:
            message = Text(f"两个情景同名：{file.stem}", f"two scenarios are called {file.stem}")
            faults.append(Fault(message, Place(file), Text("请改文件名", "rename one of the files")))
        if not file.stem.replace("-", "").replace("_", "").replace(".", "").isalnum() or file.stem.startswith("."):
            message = Text("文件名只能用文字、数字、-、_ 和 .", "a file name may hold letters, digits, -, _ and .")
            faults.append(Fault(message, Place(file)))
    if faults:
        raise UsageError(faults)


def fail_if_priors_are_wrong(cases: Sequence[Any]) -> None:
    """Every fault of the priors, before any work."""
    from sim.simulate.draws import priors_of_case

    faults = Faults()
    for case in cases:
        with faults.gathering(InputError):
            priors_of_case(case)
    faults.raise_if_any(InputError)


def fail_if_targets_unknown(required: Sequence[str], known: Mapping[str, PlanTarget]) -> None:
    """Every required target must be among those that the scenarios choose."""
    from sim.plan.named import candidates, labels_of, targets_named

    named = [name for name in required if name != "all"]
    unknown = [name for name in named if not candidates(known, name)]
    if unknown:
        raise UsageError(
            Fault(
                Text(f"--require {name}：没有评分这个目标", f"--require {name}: this target is not scored"),
                Place(),
                nearest(name, known, labels_of(known)),
            )
            for name in unknown
        )
    targets_named(known, named, Place(key="--require"))
    if required and not known:
        raise UsageError(
            Fault(Text("没有可评分的目标，--require 无从判断", "no target is scored, so --require cannot be decided"))
        )


def missed_targets(required: Sequence[str], outcomes: Sequence[Any]) -> list[str]:
    """Required targets that some scenario does not meet, as `scenario: target`."""
    from sim.plan.named import targets_named

    known = {score.target.id: score.target for outcome in outcomes for score in outcome.scores}
    wanted = known if "all" in required else {target.id for target in targets_named(known, required, Place(key="--require"))}
    return [
        f"{outcome.case.scenario.key}: {score.target.id}"
        for outcome in outcomes
        for score in outcome.scores
        if score.target.id in wanted and score.verdict != "met"
    ]


def print_outcomes(outcomes: Sequence[Any], studies: Mapping[str, Any], folder: Path, speaker: Speaker) -> None:
    """Print what was changed, the scorecards and where everything is."""
    from sim.plan.coverage import coverage_of, coverage_words
    from sim.report.forms.names import PAGE, file_name
    from sim.report.gathering import draw_sentences
    from sim.report.ledger_words import changed_settings
    from sim.report.score_words import bases_sentence, headline

    for outcome in outcomes:
        scenario = outcome.case.scenario
        speaker.out.print()
        speaker.line(scenario.name)
        if outcome.scores:
            print_scorecard(outcome.scores, speaker)
            for line in _footnotes(_shown(outcome.scores)):
                speaker.line(line)
        speaker.line(headline(outcome.scores))
        bases = bases_sentence(outcome.scores)
        if bases is not None:
            speaker.line(bases)
        if any(score.verdict == "not_judged" for score in outcome.scores):
            speaker.line(coverage_words(coverage_of(outcome.scores)))
        for remark in outcome.case.selection.remarks:
            speaker.line(remark)
        speaker.line(outcome.step_error.sentence())
        for sentence in draw_sentences(outcome):
            speaker.line(sentence)
        count = changed_settings(outcome.case)
        if count:
            speaker.line(
                Text(f"改动参数 {count} 项，见报告第三章。", f"{count} settings changed; see chapter 3 of the report.")
            )
    home = outcomes[0].case.world.home
    speaker.out.print()
    speaker.line(
        Text(f"模型与情景：{home.folder}（{home.origin.zh}）", f"models and scenarios: {home.folder} ({home.origin.en})")
    )
    speaker.line(Text(f"结果：{folder}", f"results: {folder}"))
    name = file_name("compare.html" if len(outcomes) > 1 else PAGE, speaker.report_language)
    page = folder / name if len(outcomes) > 1 else folder / outcomes[0].case.scenario.key / name
    speaker.line(Text(f"报告：{page}", f"report: {page}"))
    pending = list(dict.fromkeys(name for outcome in outcomes for name in studies[outcome.case.scenario.key].pending))
    if pending:
        names, command = joined(pending, Text("、", ", ")), f"python -m sim report {folder}"
        speaker.line(Text(f"报告尚缺{names.zh}，由 {command} 补上", f"not in the report yet: {names.en}; {command} adds it"))


def print_scorecard(scores: Sequence[Any], speaker: Speaker) -> None:
    """The scorecard; of a long one what is not judged is only counted, the report has it with the reasons."""
    shown = _shown(scores)
    print_table(scorecard_table(shown, speaker), speaker.out)
    left = len(scores) - len(shown)
    if left:
        speaker.line(Text(f"另有 {left} 项不作判定，理由见报告。", f"{left} more are not judged; the report says why."))


def _shown(scores: Sequence[Any]) -> Sequence[Any]:
    return scores if len(scores) <= _LONG else [score for score in scores if score.verdict != "not_judged"]


def _footnotes(scores: Sequence[Any]) -> list[Text]:
    """What decides, what "about" means, and what was published on the way to targets whose year is not over."""
    from sim.base.words import capital
    from sim.plan.rule import about_sentence
    from sim.report.score_words import beside_data, running

    found = []
    if any(score.judged_by == "data" and score.projected is not None for score in scores):
        found.append(
            Text(
                "* 由该年的公布数判定；差距为公布数 − 目标，预测和概率只用来检验模型。",
                "* decided by the published figure of that year; gap = published - plan; projection and chance test the model.",
            )
        )
    if any(score.operator == "~" for score in scores):
        about = about_sentence(scores[0].rule.about)
        found.append(Text(about.zh, capital(about.en)) + Text("。", "."))
    told = [(score.target.name, line) for score in scores for line in (beside_data(score), running(score)) if line.zh]
    return [*found, *(name + Text("：", ": ") + line + Text("。", ".") for name, line in told)]


_LONG = 40
"""Rows of a scorecard that a terminal can show."""


def scorecard_table(scores: Sequence[Any], speaker: Speaker) -> Table:
    """The scorecard for a terminal."""
    from sim.plan.rule import VERDICTS
    from sim.report.score_words import score_cells

    table = Table(box=None, pad_edge=False, header_style="bold")
    drawn = any(score.probability is not None for score in scores)
    for index, (zh, en) in enumerate((*_HEADS, _CHANCE) if drawn else _HEADS):
        table.add_column(
            speaker.word(zh, en),
            justify="left" if index in (0, 7) else "right",
            no_wrap=index != 0,
            min_width=24 if index == 0 else None,
        )
    colours = {"met": "green", "near": "yellow", "missed": "red", "not_judged": "bright_black"}
    for score in scores:
        cells = score_cells(score, speaker.language)
        mark = "*" if score.judged_by == "data" and score.projected is not None else ""
        verdict = f"[{colours[score.verdict]}]{speaker.say(VERDICTS[score.verdict])}{mark}[/]"
        table.add_row(
            f"{cells['name']}",
            cells["unit"],
            cells["year"],
            f"{cells['operator']} {cells['plan']}",
            cells["projected"],
            cells["gap"],
            cells["required"],
            verdict,
            cells["actual"],
            *([cells["probability"]] if drawn else []),
        )
    return table


_HEADS = (
    ("目标", "target"),
    ("单位", "unit"),
    ("年份", "year"),
    ("目标值", "plan"),
    ("预测", "projected"),
    ("差距", "gap"),
    ("需年均增长", "required/a"),
    ("判定", "verdict"),
    ("实际（年份）", "outcome (year)"),
)
_CHANCE = ("概率", "probability")
