"""Fit a city to its history, and judge the forecasts that would have been made: `calibrate` and `backtest`."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from sim.base.errors import Fault, UsageError
from sim.base.text import Text
from sim.cli import options
from sim.cli.console import Speaker, print_table

if TYPE_CHECKING:
    from sim.result.posterior import Foreseen, Posterior
    from sim.studies.backtest import Scored

Fit = Annotated[str, typer.Option("--fit", help="拟合的年份 / years that are fitted")]
_STAGES = {
    "open": Text("打开各市历史", "opening the cities' history"),
    "fit": Text("共同拟合", "common fit"),
    "weigh": Text("后验抽样", "posterior sample"),
    "foresight": Text("站在当年看目标", "targets seen from earlier years"),
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
_IN_WORDS = 3


def fail_if_extra_missing() -> None:
    """Raise where what only these two verbs need is not installed: an extra of the package.

    Raises
    ------
    UsageError
        with what to install.
    """
    missing = [name for name in ("arviz", "statsmodels") if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        message = Text(f"缺少校准所需的程序包：{names}", f"calibration needs packages that are not installed: {names}")
        command = 'pip install -e ".[calibrate]"'
        raise UsageError(Fault(message, advice=Text(f"请运行 {command}", f"run {command}")))


@options.verb(options.cities)
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
    fail_if_extra_missing()
    from sim.inputs.city import pooled_cities
    from sim.inputs.home import find_home
    from sim.result.store import fail_if_not_writable
    from sim.studies.forecasts import read_fit
    from sim.studies.stored import FitRequest, store

    place = find_home(home)
    years = read_fit(fit)
    place.city_folder(city)
    pooled = pooled_cities(place, city)
    chosen = pooled if every else (city,)
    for name in chosen:
        fail_if_not_writable(place.city_folder(name))
    request = FitRequest(chosen, years[0], years[-1], workers, seed)
    with speaker.progress(_STAGES["open"]) as advance:
        made = list(store(place, request, lambda stage, done, total: advance(done, total, _STAGES[stage])))
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
    columns = {key: values.tolist() for key, values in posterior.summary.items()}
    parameters = [
        {"parameter": name} | {key: column[place] for key, column in columns.items()}
        for place, name in enumerate(posterior.factors)
    ]
    return {
        "city": posterior.city,
        "cities": list(posterior.cities),
        "first": posterior.first,
        "last": posterior.last,
        "effective_draws": posterior.effective,
        "tail_shape": posterior.tail_shape,
        "draws": posterior.count,
        "fit": [asdict(row) for row in posterior.fit],
        "parameters": parameters,
        "foresight": [asdict(seen) for seen in posterior.foreseen],
    }


def _print_fit(posterior: Posterior, speaker: Speaker) -> None:
    worth, shape = f"{posterior.effective:.0f}", f"{posterior.tail_shape:.2f}"
    city, count, years = posterior.city, len(posterior.cities), f"{posterior.first}–{posterior.last}"
    zh = f"{city}：拟合 {years} 年，{count} 市共同估计；后验样本相当于 {worth} 次独立抽样（尾部形状 {shape}）"
    en = f"{city}: fitted to {years} with {count} cities; the sample is worth {worth} independent draws (tail shape {shape})"
    speaker.line(zh, en)
    if speaker.quiet:
        return
    table = Table(*speaker.heads(_FIT_HEADS))
    for row in posterior.fit:
        numbers = (row.rmse_before, row.rmse_after, row.bias_after, row.common_shock, row.own_shock)
        table.add_row(row.indicator, str(row.changes), *(f"{number:.2f}" for number in numbers))
    print_table(table, speaker.out)
    for seen in posterior.foreseen:
        speaker.line(_foreseen_sentence(seen))


def _foreseen_sentence(seen: Foreseen) -> Text:
    """Say how likely a target looked from an earlier year."""
    share, band = f"{100.0 * seen.probability:.1f}", f"{seen.low:,.0f}–{seen.high:,.0f}"
    zh = f"只用 {seen.as_of} 年公报以前的资料看 {seen.target}：达到的概率 {share}%"
    en = f"{seen.target} from what was published up to the bulletin of {seen.as_of}: reached in {share} %"
    return Text(f"{zh}，中位数 {seen.median:,.0f}（80% 区间 {band}）", f"{en}, median {seen.median:,.0f} (80 %: {band})")


@options.verb(options.cities)
def backtest(
    city: options.CityName,
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
    fail_if_extra_missing()
    from sim.inputs.city import pooled_cities
    from sim.inputs.home import find_home
    from sim.studies.backtest import BacktestSetting, scored
    from sim.studies.backtest import backtest as judged
    from sim.studies.forecasts import read_design
    from sim.studies.new_city import fail_if_unfit

    place, design = find_home(home), read_design(fit, gap, test)
    place.city_folder(city)
    pooled = pooled_cities(place, city)
    fail_if_unfit(place, pooled, range(design.first, design.test[-1] + 1))
    with speaker.progress(_STAGES["backtest"]) as advance:
        setting = BacktestSetting(place.folder, pooled, design, workers, seed)
        table = judged(setting, lambda stage, done, total: advance(done, total, _STAGES[stage]))
    rows = scored(table, pooled)
    if not any(row.city == city for row in rows):
        message = Text(f"{city} 在这些年份没有可检验的数据", f"{city} has no data that could be judged in these years")
        raise UsageError(Fault(message, advice=Text("换用其他年份", "choose other years")))
    if speaker.as_json:
        speaker.json([score_record(row) for row in rows])
        return
    _print_scores(rows, city, speaker)


def score_record(row: Scored) -> dict[str, Any]:
    """Return one row of --json."""
    score, levels = row.score, ("50", "80", "95")
    numbers = {
        "rmse": score.rmse,
        "bias": score.bias,
        "theil_u": score.theil_u,
        "crps": score.crps,
        **{f"coverage_{name}": value for name, value in zip(levels, score.coverage, strict=True)},
        **{f"width_{name}": value for name, value in zip(levels, score.width, strict=True)},
        "rmse_low": score.rmse_interval[0],
        "rmse_high": score.rmse_interval[1],
        "coverage_80_low": score.coverage_80_interval[0],
        "coverage_80_high": score.coverage_80_interval[1],
    }
    finite = {name: value if value == value else None for name, value in numbers.items()}  # noqa: PLR0124  nan is not itself
    return {"city": row.city, **asdict(row.key), **finite, "count": score.count, "years": score.years}


def _print_scores(rows: Sequence[Scored], city: str, speaker: Speaker) -> None:
    """Print two tables each, unconditional and given the common factor, pooled and for the city."""
    from sim.studies.backtest import POOLED

    for name in (POOLED, city):
        for is_given in (False, True):
            who = speaker.word("各市合计", POOLED) if name == POOLED else name
            kind = (
                speaker.word("已知各市共同因素", "given the common factor")
                if is_given
                else speaker.word("无条件", "unconditional")
            )
            table = Table(title=f"{who} · {kind}", title_justify="left")
            for place, head in enumerate(speaker.heads(_SCORE_HEADS)):
                in_words = place < _IN_WORDS
                table.add_column(head, justify="left" if in_words else "right", no_wrap=in_words)
            chosen = [row for row in rows if row.city == name and row.key.given_common == is_given]
            for row in sorted(chosen, key=lambda row: (row.key.indicator, row.key.design, row.key.forecaster != "model")):
                table.add_row(*_cells(row))
            print_table(table, speaker.out)
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
