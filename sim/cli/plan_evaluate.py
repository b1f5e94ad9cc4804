"""`plan evaluate`: the mid-term or final evaluation, in the bureau's own classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.words import NONE, chance, exact, plain, unit_text
from sim.cli import options
from sim.cli.cases import open_case, wanted_draws
from sim.cli.console import Speaker

if TYPE_CHECKING:
    from sim.plan.evaluation import Evaluated
    from sim.plan.progress import Standing

_HEADS = Text(
    "指标|目标|基期|实际（年份）|进度|时序|判定|属性", "indicator|target|base|actual (year)|progress|time|standing|nature"
)
_IN_WORDS = (0, 1, 6, 7)
_COLOURS = {"ahead": "green", "fast": "green", "on_track": "cyan", "behind": "red", "unknown": "bright_black"}
_CHANCES: dict[Standing, Text] = {
    "ahead": Text("P提前", "P ahead"),
    "fast": Text("P快于", "P faster"),
    "on_track": Text("P符合", "P as exp."),
    "behind": Text("P滞后", "P behind"),
}


@options.verb(options.plan)
def evaluate(
    as_of: options.AsOf = None,
    scenario: options.ScenarioOption = None,
    draws: options.NoneOrManyDraws = None,
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    *,
    prior: options.Prior = False,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """中期或终期评估：进度、时序、判定；未来年份给出各档概率 / mid-term or final evaluation in the bureau's classes."""
    from sim.plan.evaluation import headline
    from sim.simulate.design import Design
    from sim.studies.plan.evaluate import evaluated, fail_if_outside_plan

    if as_of is None:
        advice = Text("例如 --as-of 2025", "such as --as-of 2025")
        raise UsageError(Fault(Text("没有写明评估年", "no year of evaluation"), Place(key="--as-of"), advice))
    case = open_case(scenario, city, settings, use, home, seed, as_of, "catalogue")
    fail_if_outside_plan(case, as_of)
    wanted = Design(draws, seed, workers, prior=prior)
    request, reason = wanted_draws(case, wanted, by_default=draws is None)
    speaker.warn((*case.selection.remarks, *(() if reason is None else (reason,))))
    with speaker.progress(case.scenario.name) as advance:
        rows = evaluated(case, as_of, request, advance)
    if speaker.as_json:
        speaker.json([row.as_record(speaker.language) for row in rows])
        return
    key = case.scenario.key
    speaker.line(f"截至 {as_of} 年的评估（情景 {key}）", f"evaluation as of {as_of} (scenario {key})")
    speaker.line(headline(rows))
    if not speaker.quiet:
        _print(rows, speaker)


def _print(rows: Sequence[Evaluated], speaker: Speaker) -> None:
    """Print the table of what has a class or a chance, the remarks on it, and the reasons of the rest."""
    with_chances = any(row.chances for row in rows)
    shown = [row for row in rows if row.standing != "unknown" or row.chances]
    titles = [*speaker.heads(_HEADS), *(speaker.say(head) for head in _CHANCES.values() if with_chances)]
    heads = speaker.columns(titles, _IN_WORDS, first_width=20, wrapping=2)
    speaker.table(heads, (_cells(row, speaker)[: len(heads)] for row in shown))
    if with_chances:
        speaker.line(
            "P 为情景抽样在评估年落入各档的比例；判定依据公布数据，没有录入基数而用模型推算的，下面注明。",
            "P is the share of the scenario's draws in each class in that year; standings rest on published data; "
            "where the base is the model's, that is said below.",
        )
    for row in shown:
        if row.reason.zh and row.standing != "unknown":
            speaker.line(row.target.name + Text("：", ": ") + row.reason)
    unknown = [row for row in rows if row.standing == "unknown"]
    names = {row.reason: row.target.name for row in unknown}
    for reason, count in Counter(row.reason for row in unknown).most_common():
        which = Text(f"{count} 项", f"{count}") if count > 1 else names[reason]
        speaker.line(f"无法评估 {which.zh}：{reason.zh}", f"{which.en} cannot be evaluated: {reason.en}")


def _cells(row: Evaluated, speaker: Speaker) -> list[str]:
    target = row.target
    return [
        speaker.say(target.name),
        f"{target.operator} {exact(target.value)} {unit_text(target.unit, speaker.language)}",
        plain(row.base, target.unit),
        NONE if row.actual is None else f"{plain(row.actual, target.unit)} ({row.actual_year})",
        NONE if row.progress is None else f"{100.0 * row.progress:.0f}%",
        NONE if row.share is None else f"{100.0 * row.share:.0f}%",
        f"[{_COLOURS[row.standing]}]{speaker.say(row.standing_name)}[/]",
        speaker.say(row.binding_name),
        *(chance(row.chances[name].probability) if name in row.chances else "" for name in _CHANCES),
    ]
