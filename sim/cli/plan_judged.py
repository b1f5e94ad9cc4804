"""The plan judged: `evaluate` by the bureau's own classes, and `attribute` the difference of two scenarios to their changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
import xarray as xr

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.words import NONE, chance, exact, plain, signed, unit_text, unit_words
from sim.cli import cases, options
from sim.cli.console import Speaker, items
from sim.plan.evaluation import Evaluated, headline
from sim.plan.progress import Standing
from sim.studies.plan.attribute import attribution
from sim.studies.plan.evaluate import evaluated, fail_if_outside_plan

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


_CHANGE_HEADS = Text("改动|贡献|占差额|直接|协同|抽样误差", "change|contribution|share|direct|synergy|sampling error")
_LEAST = 0.005
"""Part of the difference below which a change is only counted."""


def evaluate(
    as_of: options.AsOf = None,
    scenario: options.ScenarioOption = None,
    draws: options.NoneOrManyDraws = None,
    seed: options.Seed = 0,
    *,
    drawing: cases.Drawing,
    opened: cases.OneCase,
    speaker: options.WithQuiet,
) -> None:
    """中期或终期评估：进度、时序、判定；未来年份给出各档概率 / mid-term or final evaluation in the bureau's classes."""
    if as_of is None:
        advice = Text("例如 --as-of 2025", "such as --as-of 2025")
        raise UsageError(Fault(Text("没有写明评估年", "no year of evaluation"), Place(key="--as-of"), advice))
    case = opened(scenario=scenario, seed=seed, as_of=as_of, default="catalogue")
    fail_if_outside_plan(case, as_of)
    wanted, reason = cases.wanted_draws(case, drawing(), by_default=draws is None)
    speaker.warn((*case.selection.remarks, *(() if reason is None else (reason,))))
    with speaker.progress(case.scenario.name) as advance:
        rows = evaluated(case, as_of, wanted, advance)
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
    titles = [*speaker.say(_HEADS).split("|"), *(speaker.say(head) for head in _CHANCES.values() if with_chances)]
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


def attribute(
    one: Annotated[str, typer.Argument(help="起点情景 / scenario to start from")],
    other: Annotated[str, typer.Argument(help="终点情景 / scenario to end at")],
    target: options.Targets = (),
    seed: options.Seed = 0,
    city: options.City = None,
    settings: options.Settings = (),
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """把两个情景的差额归因到各项改动（Shapley 值） / which change between two scenarios does how much."""
    opened = (cases.open_case(name, city, settings, (), home, seed=seed) for name in (one, other))
    first, second = (cases.with_targets(case, target) for case in opened)
    with speaker.progress(Text("逐一替换改动", "mixing the two scenarios")):
        names = tuple(item.id for item in first.selection.targets) if target else ()
        found = attribution(first, second, names, seed)
    if speaker.as_json:
        speaker.json(_document(found))
        return
    start, end = first.scenario.name, second.scenario.name
    speaker.line(
        f"由“{start.zh}”到“{end.zh}”：各项改动的贡献（Shapley 值，合计等于总差额）",
        f"from {start.en} to {end.en}: what each change adds (Shapley values, adding up)",
    )
    for name in found["target"].to_numpy():
        _print_changes(found.sel(target=name), exact=bool(found.attrs["exact"]), speaker=speaker)


def _print_changes(row: xr.Dataset, *, exact: bool, speaker: Speaker) -> None:
    start, end, units = float(row["start"]), float(row["end"]), unit_words(str(row["unit"].item()))
    total, year, way = end - start, int(row["year"]), f"{plain(start)} → {plain(end)}"
    speaker.line()
    speaker.line(
        f"{row['name_zh'].item()}（{year} 年）：{way} {units.zh}，差额 {signed(total)}",
        f"{row['name_en'].item()} ({year}): {way} {units.en}, difference {signed(total)}",
    )
    if speaker.quiet:
        return
    heads = speaker.columns(_CHANGE_HEADS)
    values = row["shapley"].to_numpy()
    order = (-abs(values)).argsort()
    shown = [place for place in order if abs(values[place]) >= _LEAST * abs(total)]
    rows = [_change_cells(row.isel(change=place), total, speaker) for place in shown]
    rest = [place for place in order if place not in shown]
    if rest:
        name, value = speaker.word(f"其余 {len(rest)} 项", f"{len(rest)} others"), float(values[rest].sum())
        rows.append([name, signed(value), _part(value, total), "", "", ""])
    width = len(heads) - 1 if exact else len(heads)
    speaker.table(heads[:width], (cells[:width] for cells in rows))


def _change_cells(item: xr.Dataset, total: float, speaker: Speaker) -> list[str]:
    value, label = float(item["shapley"]), item[f"change_{speaker.language}"].item()
    parts = [signed(float(item[name])) for name in ("direct", "synergy")]
    return [f"{label} ({item['change'].item()})", signed(value), _part(value, total), *parts, f"{float(item['error']):.2g}"]


def _part(value: float, total: float) -> str:
    return f"{100.0 * value / total:.0f}%" if total else ""


def _document(found: xr.Dataset) -> dict[str, Any]:
    targets = [
        {"target": name, **items(row, "start", "end"), "changes": [_change(row.isel(change=place)) for place in places]}
        for places in [range(found.sizes["change"])]
        for name in found["target"].to_numpy()
        for row in [found.sel(target=name)]
    ]
    return {"from": found.attrs["one"], "to": found.attrs["other"], "exact": bool(found.attrs["exact"]), "targets": targets}


def _change(item: xr.Dataset) -> dict[str, Any]:
    labels = {"label_zh": item["change_zh"].item(), "label_en": item["change_en"].item()}
    return items(item, "change") | labels | items(item, "shapley", "direct", "synergy", "error")
