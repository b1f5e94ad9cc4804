"""Make things of one's own, and fit them to history: a folder to edit, a city from a table, `calibrate` and `backtest`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.durable import owned_folder, put_folder
from sim.base.errors import Fault, Place, UsageError, os_faults
from sim.base.text import Text
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.inputs.city import pooled_cities
from sim.inputs.home import find_home
from sim.inputs.panel import CityPanel
from sim.inputs.parameters import ParameterRecord
from sim.inputs.tidy import SourceChoice
from sim.result.posterior import Foreseen, Posterior
from sim.result.store import fail_if_not_writable
from sim.studies.forecasts import read_design, read_fit
from sim.studies.new_city import NewCity, fail_if_unfit, make_city
from sim.studies.panel_home import panel_home

if TYPE_CHECKING:
    from sim.studies.backtest import Scored

_MOST_SHOWN = 20
_DRAWS = 500
"""Draws of a city that nothing is fitted to."""
Fit = Annotated[str, typer.Option("--fit", help="拟合的年份 / years that are fitted")]
_STAGES = {
    "open": Text("打开各市历史", "opening the cities' history"),
    "fit": Text("共同拟合", "common fit"),
    "weigh": Text("后验抽样", "posterior sample"),
    "foresight": Text("站在当年看目标", "targets seen from earlier years"),
    "draw": Text("按先验推演各市", "forecasts of the cities"),
    "backtest": Text("逐年回测", "origins of the backtest"),
}
_FIT_HEADS = Text(
    "指标|年度变化|先验误差|拟合误差|拟合偏差|共同冲击|自身冲击",
    "indicator|changes|RMSE prior|RMSE fitted|bias fitted|common shock|own shock",
)
_SCORE_HEADS = Text(
    "指标|部分|预测|均方根误差|偏差|泰尔 U|CRPS|覆盖率 50/80/95|80% 覆盖区间|年数",
    "indicator|part|forecaster|RMSE|bias|Theil U|CRPS|coverage 50/80/95|80 % coverage|years",
)


def new(
    folder: Annotated[Path, typer.Argument(help="新文件夹 / new folder")], *, speaker: options.Plain, home: options.Home = None
) -> None:
    """建立可自行编辑的文件夹（模型、城市、情景的副本） / make a folder of your own to edit."""
    if folder.exists():
        message = Text("已存在，不会覆盖", "exists already and is left as it is")
        raise UsageError(Fault(message, Place(folder), Text("请换一个名字", "choose another name")))
    found = find_home(home)
    with os_faults(folder, Text("无法建立", "cannot be made")):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with owned_folder(folder.parent, ".new-") as own:
            aside = own / "content"
            ignored = shutil.ignore_patterns("__pycache__", "*.tmp", "*.partial")
            shutil.copytree(found.models, aside / "models", ignore=ignored)
            shutil.copytree(found.scenarios, aside / "scenarios", ignore=ignored)
            put_folder(aside, folder)
    speaker.line(f"已建立 {folder}。", f"made {folder}.")
    speaker.line(
        f"下一步：编辑 {folder / 'scenarios'} 中的文件，然后在该文件夹运行 python -m sim run",
        f"next: edit the files in {folder / 'scenarios'}, then run python -m sim run in that folder",
    )


def new_city(
    name: Annotated[str, typer.Argument(help="文件夹名（拼音） / name of the folder")],
    data: Annotated[Path, typer.Option("--data", help="统计数据长表 CSV / tidy long table of statistics")],
    city: Annotated[str | None, typer.Option("--city", help="表中的城市名，默认同文件夹名 / its name in the table")] = None,
    province: Annotated[str, typer.Option("--province", help="省份资料文件夹 / folder of the province")] = "",
    base_year: Annotated[int | None, typer.Option("--base-year", help="基年，默认最近一年 / the last year by default")] = None,
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """由统计长表建立一个城市 / build a city from a table of statistics."""
    made = make_city(find_home(home), name, data, city or name, province, base_year)
    if speaker.as_json:
        speaker.json(_document(made))
        return
    start, tidy = made.city.data.settings.base_year, made.tidy
    zh = f"已建立 {made.folder}：{tidy.name.zh}，基年 {start}，{len(tidy.rows)} 个数据（{tidy.encoding}）。"
    speaker.line(zh, f"made {made.folder}: {tidy.name.en}, base year {start}, {len(tidy.rows)} data ({tidy.encoding}).")
    _print_choices(made, speaker)
    if tidy.unknown:
        names = ", ".join(tidy.unknown[:_MOST_SHOWN]) + (" …" if len(tidy.unknown) > _MOST_SHOWN else "")
        count = len(tidy.unknown)
        speaker.line(f"模型不用的指标 {count} 个：{names}", f"{count} indicators that the model does not use: {names}")
    heading = "本市统计没有、由别处代替的参数："
    speaker.line(heading, "parameters that this city's statistics do not give, and what stands in:")
    for record in made.taken_from_elsewhere:
        _print_parameter(record, speaker)
    if made.of_near_years:
        speaker.line("取本市邻近年份数据的参数：", "parameters that rest on this city's figures of other years:")
    for record in made.of_near_years:
        _print_parameter(record, speaker)
    key, more = made.city.data.key, made.folder / "history.csv"
    speaker.line(
        f"下一步：写一个情景（city: {key}），运行 python -m sim run；补充的数据写入 {more}",
        f"next: write a scenario (city: {key}) and run python -m sim run; add data to {more}",
    )


def _print_parameter(record: ParameterRecord, speaker: Speaker) -> None:
    label, origin = record.label, record.base_origin.text if record.base_origin else Text("", "")
    zh = f"  {label.zh}（{record.name}）：{origin.zh}；{record.source}"
    speaker.line(zh, f"  {label.en} ({record.name}): {origin.en}; {record.source}")


def _print_choices(made: NewCity, speaker: Speaker) -> None:
    total, differing = len(made.choices), made.disagreements
    zh = f"{total} 处有几个来源，按 sources.yaml 的次序取用，其中 {len(differing)} 处相差超过 1%"
    en = f"several sources in {total} places, used in the order of sources.yaml; {len(differing)} differ by more than 1 %"
    speaker.line(zh + ("：" if differing else "。"), en + (":" if differing else "."))
    for choice in differing:
        used, other = choice.used, choice.other
        figures = f"{used.source} {used.value:g} | {other.source} {other.value:g} ({100 * choice.difference:.1f} %)"
        speaker.line(f"  {used.indicator} {used.year}：{figures}", f"  {used.indicator} {used.year}: {figures}")


def _document(made: NewCity) -> dict[str, Any]:
    return {
        "folder": made.folder,
        "base_year": made.city.data.settings.base_year,
        "encoding": made.tidy.encoding,
        "data": len(made.tidy.rows),
        "unknown": made.tidy.unknown,
        "choices": [_choice(choice) for choice in made.choices],
        "taken_from_elsewhere": [_parameter(item) for item in made.taken_from_elsewhere],
        "of_near_years": [_parameter(item) for item in made.of_near_years],
    }


def _parameter(item: ParameterRecord) -> dict[str, str]:
    return {"parameter": item.name, "source": item.source, "origin": item.base_origin.text.en if item.base_origin else ""}


def _choice(choice: SourceChoice) -> dict[str, Any]:
    used, other = choice.used, choice.other
    place = {"indicator": used.indicator, "year": used.year, "difference": choice.difference}
    return {**place, "used": used.source, "value": used.value, "other": other.source, "other_value": other.value}


def calibrate(
    city: options.CityName,
    fit: Fit = "2005:2023",
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    *,
    every: Annotated[bool, typer.Option("--all", help="同一模型的所有城市 / all cities of the model")] = False,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """按历史校准参数，后验集合存入城市文件夹 / fit the parameters to history; store the posterior ensemble."""
    cases.fail_if_extra_missing("calibrate")
    from sim.studies.calibration import store

    place = find_home(home)
    years = read_fit(fit)
    place.city_folder(city)
    pooled = pooled_cities(place, city)
    chosen = pooled if every else (city,)
    for name in chosen:
        fail_if_not_writable(place.city_folder(name))
    with speaker.progress(_STAGES["open"]) as advance:
        made = list(store(place, chosen, years, workers, seed, lambda stage, done, total: advance(done, total, _STAGES[stage])))
    if speaker.as_json:
        speaker.json([_fitted_document(item) for item in made])
        return
    left_out = ", ".join(sorted(set(pooled) - set(made[0].cities)))
    if left_out:
        en = f"left out of the common fit, their history is too short: {left_out}"
        speaker.line(f"历史太短、未参与共同拟合：{left_out}", en)
    for item in made:
        _print_fit(item, speaker)


def _fitted_document(posterior: Posterior) -> dict[str, Any]:
    parameters = [
        {"parameter": name} | {key: column[place] for key, column in posterior.summary.items()}
        for place, name in enumerate(posterior.factors)
    ]
    return {
        "city": posterior.city,
        "cities": posterior.cities,
        "first": posterior.first,
        "last": posterior.last,
        "effective_draws": posterior.effective,
        "tail_shape": posterior.tail_shape,
        "draws": posterior.count,
        "fit": posterior.fit,
        "parameters": parameters,
        "foresight": posterior.foreseen,
    }


def _print_fit(posterior: Posterior, speaker: Speaker) -> None:
    worth, shape = f"{posterior.effective:.0f}", f"{posterior.tail_shape:.2f}"
    city, count, years = posterior.city, len(posterior.cities), f"{posterior.first}–{posterior.last}"
    zh = f"{city}：拟合 {years} 年，{count} 市共同估计；后验样本相当于 {worth} 次独立抽样（尾部形状 {shape}）"
    en = f"{city}: fitted to {years} with {count} cities; the sample is worth {worth} independent draws (tail shape {shape})"
    speaker.line(zh, en)
    if speaker.quiet:
        return
    rows = []
    for row in posterior.fit:
        numbers = (row.rmse_before, row.rmse_after, row.bias_after, row.common_shock, row.own_shock)
        rows.append([row.indicator, str(row.changes), *(f"{number:.2f}" for number in numbers)])
    speaker.table(speaker.columns(_FIT_HEADS), rows)
    for seen in posterior.foreseen:
        speaker.line(_foreseen_sentence(seen))


def _foreseen_sentence(seen: Foreseen) -> Text:
    """Say how likely a target looked from an earlier year."""
    share, band = f"{100.0 * seen.probability:.1f}", f"{seen.low:,.0f}–{seen.high:,.0f}"
    zh = f"只用 {seen.as_of} 年公报以前的资料看 {seen.target}：达到的概率 {share}%"
    en = f"{seen.target} from what was published up to the bulletin of {seen.as_of}: reached in {share} %"
    return Text(f"{zh}，中位数 {seen.median:,.0f}（80% 区间 {band}）", f"{en}, median {seen.median:,.0f} (80 %: {band})")


def backtest(
    city: Annotated[str | None, typer.Argument(help="城市 / city")] = None,
    cities: Annotated[Path | None, typer.Option("--cities", help="未见过的各市的面板文件 / file of cities never seen")] = None,
    fit: Fit = "2005:2016",
    gap: Annotated[str, typer.Option("--break", help="断点年份，不评分 / years of the break, not judged")] = "2017:2018",
    test: Annotated[tuple[str, ...], typer.Option("--test", help="检验年份 / years of the test")] = ("2019:2023",),
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """站在当时预测，与公布数据和朴素预测相比 / forecast from what was known then, beside naive forecasts."""
    cases.fail_if_extra_missing("calibrate")
    from sim.studies import backtest as study

    place, design = find_home(home), read_design(fit, gap, test)
    with ExitStack() as stack:
        if cities is not None and city is None:
            made = stack.enter_context(panel_home(place, cities))
            speaker.warn(_left_out(made.panel))
            setting = study.BacktestSetting(made.home.folder, made.cities, design, workers, seed, _DRAWS)
        elif cities is None and city is not None:
            place.city_folder(city)
            pooled = pooled_cities(place, city)
            fail_if_unfit(place, pooled, range(design.first, design.test[-1] + 1))
            setting = study.BacktestSetting(place.folder, pooled, design, workers, seed)
        else:
            raise UsageError(Fault(Text("写一个城市，或 --cities 文件", "name a city, or a file with --cities")))
        with speaker.progress(_STAGES["backtest"]) as advance:
            remarks = list[Text]()
            table = study.backtest(setting, lambda stage, done, total: advance(done, total, _STAGES[stage]), remarks.append)
        speaker.warn(remarks)
    rows, shown = study.scored(table, setting.cities), city or study.POOLED
    if not any(row.city == shown for row in rows):
        message = Text(f"{shown} 在这些年份没有可检验的数据", f"{shown} has no data that could be judged in these years")
        raise UsageError(Fault(message, advice=Text("换用其他年份", "choose other years")))
    if speaker.as_json:
        speaker.json([score_record(row) for row in rows])
        return
    _print_scores(rows, city, speaker)


def _left_out(panel: CityPanel) -> Iterator[Text]:
    for reason, count in panel.left_out.items():
        if count:
            yield Text(f"未采用 {count} 个数值：", f"{count} values are not used: ") + reason


def score_record(row: Scored) -> dict[str, Any]:
    """Return one row of --json."""
    score, levels = vars(row.score).copy(), ("50", "80", "95")
    for key in ("coverage", "width"):
        score |= {f"{key}_{name}": value for name, value in zip(levels, score.pop(key), strict=True)}
    for key in ("rmse", "coverage_80"):
        score[f"{key}_low"], score[f"{key}_high"] = score.pop(f"{key}_interval")
    finite = {key: None if value != value else value for key, value in score.items()}  # noqa: PLR0124  nan is not itself
    return {"city": row.city, **asdict(row.key), "horizon": row.horizon, **finite}


def _print_scores(rows: Sequence[Scored], city: str | None, speaker: Speaker) -> None:
    """Print two tables each, unconditional and given the common factor, pooled and for the city if there is one."""
    from sim.studies.backtest import POOLED

    unconditional, given = Text("无条件", "unconditional"), Text("已知各市共同因素", "given the common factor")
    for name in (POOLED, city) if city else (POOLED,):
        for is_given in (False, True):
            who = speaker.word("各市合计", POOLED) if name == POOLED else name
            speaker.line(f"{who} · {speaker.say(given if is_given else unconditional)}")
            chosen = [row for row in rows if (row.city, row.horizon, row.key.given_common) == (name, None, is_given)]
            chosen.sort(key=lambda row: (row.key.indicator, row.key.design, row.key.forecaster != "model"))
            speaker.table(speaker.columns(_SCORE_HEADS, range(3), wrapping=0), map(_cells, chosen))
    note = "[ ]: 90 % interval from resampling years; years: the number of independent ones."
    speaker.line("方括号内为按年份重抽样的 90% 区间；年数为相互独立的年份数。", note)


def _cells(row: Scored) -> tuple[str, ...]:
    score, key = row.score, row.key
    low, high = score.rmse_interval
    cover_low, cover_high = score.coverage_80_interval
    return (
        key.indicator,
        key.design,
        key.forecaster,
        f"{score.rmse:.2f} [{low:.2f}–{high:.2f}]",
        f"{score.bias:+.2f}",
        f"{score.theil_u:.2f}",
        f"{score.crps:.2f}",
        "/".join(f"{100.0 * value:.0f}" for value in score.coverage),
        f"{100.0 * cover_low:.0f}–{100.0 * cover_high:.0f}",
        str(score.years),
    )
