"""Print what a run says: the scorecard of each scenario with the remarks on it, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.text import Text, joined
from sim.base.words import capital
from sim.cli.console import Speaker

if TYPE_CHECKING:
    from sim.inputs.home import Home
    from sim.plan.scorecard import Score
    from sim.simulate.result import Result

_LONG = 40
"""Rows of a scorecard that a terminal can show."""
_HEADS = Text(
    "目标|单位|年份|目标值|预测|差距|需年均增长|判定|实际（年份）|概率",
    "target|unit|year|plan|projected|gap|required/a|verdict|outcome (year)|probability",
)
_IN_WORDS = (0, 7)
_COLOURS = {"met": "green", "near": "yellow", "missed": "red", "not_judged": "bright_black"}


def print_results(results: Sequence[Result], folder: Path, home: Home, speaker: Speaker) -> None:
    """Print the scorecards, what was changed, and where everything is."""
    from sim.report.forms import PAGE, file_name

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
    name = file_name("compare.html" if len(results) > 1 else PAGE, speaker.report_language)
    page = folder / name if len(results) > 1 else folder / results[0].scenario / name
    speaker.line(f"报告：{page}", f"report: {page}")
    pending = list(dict.fromkeys(name for result in results for name in result.studies.pending))
    if pending:
        names, command = joined(pending, Text("、", ", ")), f"python -m sim report {folder}"
        speaker.line(f"报告尚缺{names.zh}，由 {command} 补上", f"not in the report yet: {names.en}; {command} adds it")


def print_scorecard(scores: Sequence[Score], speaker: Speaker) -> None:
    """Print the scorecard; of a long one what is not judged is only counted, the report has it with the reasons."""
    shown = _shown(scores)
    with_chances = any(score.probability is not None for score in shown)
    names = speaker.heads(_HEADS)
    heads = speaker.columns(names if with_chances else names[:-1], _IN_WORDS, first_width=24)
    speaker.table(heads, (_cells(score, speaker)[: len(heads)] for score in shown))
    left = len(scores) - len(shown)
    if left:
        speaker.line(f"另有 {left} 项不作判定，理由见报告。", f"{left} more are not judged; the report says why.")


def _shown(scores: Sequence[Score]) -> Sequence[Score]:
    return scores if len(scores) <= _LONG else [score for score in scores if score.verdict != "not_judged"]


def _cells(score: Score, speaker: Speaker) -> tuple[str, ...]:
    from sim.plan.rule import VERDICTS
    from sim.report.score_words import score_cells

    cells = score_cells(score, speaker.language)
    mark = "*" if score.judged_by == "data" and score.projected is not None else ""
    verdict = f"[{_COLOURS[score.verdict]}]{speaker.say(VERDICTS[score.verdict])}{mark}[/]"
    plan = f"{cells['operator']} {cells['plan']}"
    before = (cells["name"], cells["unit"], cells["year"], plan, cells["projected"], cells["gap"], cells["required"])
    return (*before, verdict, cells["actual"], cells["probability"])


def _remarks(result: Result) -> Iterator[Text]:
    """Yield what is said below a scorecard."""
    from sim.plan.scorecard import coverage_of, coverage_words
    from sim.report.score_words import bases_sentence, headline
    from sim.simulate.result import number_changed

    scores = result.scorecard
    if scores:
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
        yield Text(f"改动参数 {count} 项，见报告第三章。", f"{count} settings changed; see chapter 3 of the report.")


def _footnotes(scores: Sequence[Score]) -> Iterator[Text]:
    """Say what decides, what "about" means, and what was published on the way to targets whose year is not over."""
    from sim.plan.rule import about_sentence
    from sim.report.score_words import beside_data, remark, running

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
