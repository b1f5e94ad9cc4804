"""`plan evaluate`: the mid-term or final evaluation, in the bureau's own classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rich.table import Table

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.words import NONE, chance, exact, plain, unit_text
from sim.cli.console import Speaker
from sim.cli.numbers import Asked
from sim.cli.plan_case import Chosen
from sim.cli.run import draw_plan
from sim.cli.tables import print_table
from sim.plan.evaluation.evaluate import Evaluated, headline
from sim.plan.evaluation.progress import Standing
from sim.studies.plan.evaluate import EvaluationRequest, evaluated
from sim.studies.plan.standing import fail_if_outside_plan

_HEADS = (
    ("指标", "indicator"),
    ("目标", "target"),
    ("基期", "base"),
    ("实际（年份）", "actual (year)"),
    ("进度", "progress"),
    ("时序", "time"),
    ("判定", "standing"),
    ("属性", "nature"),
)
_WORDS, _WIDTH = (0, 1, 6, 7), 20
_COLOURS = {"ahead": "green", "fast": "green", "on_track": "cyan", "behind": "red", "unknown": "bright_black"}
_CHANCES: dict[Standing, Text] = {
    "ahead": Text("P提前", "P ahead"),
    "fast": Text("P快于", "P faster"),
    "on_track": Text("P符合", "P as exp."),
    "behind": Text("P滞后", "P behind"),
}


def evaluate(chosen: Chosen, asked: Asked, speaker: Speaker) -> None:
    """Print the evaluation of every target that can be evaluated, and how many cannot and why."""
    year = chosen.as_of
    if year is None:
        advice = Text("例如 --as-of 2025", "such as --as-of 2025")
        raise UsageError(Fault(Text("没有写明评估年", "no year of evaluation"), Place(key="--as-of"), advice))
    case = chosen.case()
    fail_if_outside_plan(case, year)
    drawn = draw_plan(asked, case)
    speaker.mind((*case.selection.remarks, *(() if drawn.reason is None else (drawn.reason,))))
    with speaker.progress(1, case.scenario.name) as told:

        def tell(done: int, total: int) -> None:
            told(speaker.say(case.scenario.name), done / total)

        rows = evaluated(case, EvaluationRequest(year, drawn.request), tell)
    if speaker.as_json:
        speaker.json([row.as_record(speaker.language) for row in rows])
        return
    speaker.line(
        Text(f"截至 {year} 年的评估（情景 {case.scenario.key}）", f"evaluation as of {year} (scenario {case.scenario.key})")
    )
    speaker.line(headline(rows))
    _print(rows, speaker)


def _print(rows: Sequence[Evaluated], speaker: Speaker) -> None:
    """The table of what has a class or a chance, the remarks on it, and the reasons of the rest."""
    if speaker.quiet:
        return
    drawn = any(row.chances for row in rows)
    shown = [row for row in rows if row.standing != "unknown" or row.chances]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(_HEADS):
        side: Literal["left", "right"] = "left" if place in _WORDS else "right"
        table.add_column(speaker.word(*head), justify=side, min_width=_WIDTH if place == 0 else None, no_wrap=place > 1)
    for title in _CHANCES.values() if drawn else ():
        table.add_column(speaker.say(title), justify="right", no_wrap=True)
    for row in shown:
        table.add_row(*_cells(row, speaker), *(_chance(row, name) for name in _CHANCES if drawn))
    print_table(table, speaker.out)
    if drawn:
        speaker.line(
            Text(
                "P 为情景抽样在评估年落入各档的比例；判定依据公布数据，没有录入基数而用模型推算的，下面注明。",
                "P is the share of the scenario's draws in each class in that year; standings rest on published data; "
                "where the base is the model's, that is said below.",
            )
        )
    for row in (row for row in shown if row.reason.zh and row.standing != "unknown"):
        line = f"{speaker.say(row.target.name)}{speaker.word('：', ': ')}{speaker.say(row.reason)}"
        speaker.line(Text(line, line))
    counts = Counter(row.reason for row in rows if row.standing == "unknown")
    names = {row.reason: row.target.name for row in rows if row.standing == "unknown"}
    for reason, count in counts.most_common():
        which = Text(f"{count} 项", f"{count}") if count > 1 else names[reason]
        speaker.line(Text(f"无法评估 {which.zh}：{reason.zh}", f"{which.en} cannot be evaluated: {reason.en}"))


def _cells(row: Evaluated, speaker: Speaker) -> list[str]:
    colour, name = _COLOURS[row.standing], speaker.say(row.standing_name)
    return [
        speaker.say(row.target.name),
        f"{row.target.operator} {exact(row.target.value)} {unit_text(row.target.unit, speaker.language)}",
        plain(row.base, row.target.unit),
        NONE if row.actual is None else f"{plain(row.actual, row.target.unit)} ({row.actual_year})",
        NONE if row.progress is None else f"{100.0 * row.progress:.0f}%",
        NONE if row.share is None else f"{100.0 * row.share:.0f}%",
        f"[{colour}]{name}[/]",
        speaker.say(row.binding_name),
    ]


def _chance(row: Evaluated, name: Standing) -> str:
    return chance(row.chances[name].probability) if name in row.chances else ""
