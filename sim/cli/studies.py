"""Fit a city to its history, and judge the forecasts that would have been made: `calibrate` and `backtest`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from sim.base.errors import Fault, UsageError
from sim.base.text import Text
from sim.cli.console import Speaker
from sim.cli.tables import print_table
from sim.inputs.home import find_home

if TYPE_CHECKING:
    from sim.result.posterior import Foreseen, Posterior
    from sim.studies.backtest import Scored

_STAGES = {
    "open": Text("打开各市历史", "opening the cities' history"),
    "fit": Text("共同拟合", "common fit"),
    "weigh": Text("后验抽样", "posterior sample"),
    "foresight": Text("站在当年看目标", "targets seen from earlier years"),
    "backtest": Text("逐年回测", "origins of the backtest"),
}


def fail_if_extra_missing() -> None:
    """What only these two verbs need is an extra of the package."""
    missing = [name for name in ("arviz", "statsmodels") if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        message = Text(f"缺少校准所需的程序包：{names}", f"calibration needs packages that are not installed: {names}")
        command = 'pip install -e ".[calibrate]"'
        raise UsageError(Fault(message, advice=Text(f"请运行 {command}", f"run {command}")))


@dataclass
class _Bar:
    """Progress of several stages on one bar."""

    speaker: Speaker
    advance: Callable[[str, float], None]

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.advance(self.speaker.say(_STAGES[stage]), done / total)


def _bar(speaker: Speaker, stage: str) -> AbstractContextManager[Any]:
    return speaker.progress(1, _STAGES[stage])


def calibrate(city: str, fit: str, workers: int, seed: int, home_folder: Path | None, speaker: Speaker, *, every: bool) -> None:
    """Fit, store and say how well it went."""
    fail_if_extra_missing()
    from sim.result.store import fail_if_not_writable
    from sim.studies.stored import Request, pooled_cities, store
    from sim.studies.targets import read_fit

    home = find_home(home_folder)
    first, last = read_fit(fit)
    home.city_folder(city)
    pooled = pooled_cities(home, city)
    cities = pooled if every else (city,)
    for name in cities:
        fail_if_not_writable(home.city_folder(name))
    with _bar(speaker, "open") as advance:
        made = list(store(home, Request(cities, first, last, workers, seed), _Bar(speaker, advance)))
    if speaker.as_json:
        speaker.json([_fitted_document(item) for item in made])
        return
    left_out = sorted(set(pooled) - set(made[0].cities))
    if left_out:
        names = ", ".join(left_out)
        speaker.line(
            Text(f"历史太短、未参与共同拟合：{names}", f"left out of the common fit, their history is too short: {names}")
        )
    for item in made:
        _say_fit(item, speaker)


def _fitted_document(posterior: Posterior) -> dict[str, Any]:
    names = list(posterior.factors)
    columns = {key: values.tolist() for key, values in posterior.summary.items()}
    parameters = [{"parameter": name} | {key: columns[key][place] for key in columns} for place, name in enumerate(names)]
    head = {"city": posterior.city, "cities": list(posterior.cities), "first": posterior.first, "last": posterior.last}
    worth = {"effective_draws": posterior.effective, "tail_shape": posterior.tail_shape, "draws": posterior.count}
    return (
        head
        | worth
        | {"fit": [asdict(row) for row in posterior.fit], "parameters": parameters}
        | {"foresight": [asdict(seen) for seen in posterior.foreseen]}
    )


def _say_fit(posterior: Posterior, speaker: Speaker) -> None:
    worth, shape = f"{posterior.effective:.0f}", f"{posterior.tail_shape:.2f}"
    years = f"{posterior.first}–{posterior.last}"
    city, count = posterior.city, len(posterior.cities)
    zh = f"{city}：拟合 {years} 年，{count} 市共同估计；后验样本相当于 {worth} 次独立抽样（尾部形状 {shape}）"
    en = f"{city}: fitted to {years} with {count} cities; the sample is worth {worth} independent draws (tail shape {shape})"
    speaker.line(Text(zh, en))
    if speaker.quiet:
        return
    table = Table(*(speaker.word(*head) for head in _FIT_HEADS))
    for row in posterior.fit:
        numbers = (row.rmse_before, row.rmse_after, row.bias_after, row.common_shock, row.own_shock)
        table.add_row(row.indicator, str(row.changes), *(f"{number:.2f}" for number in numbers))
    print_table(table, speaker.out)
    for seen in posterior.foreseen:
        speaker.line(foreseen_sentence(seen))


def foreseen_sentence(seen: Foreseen) -> Text:
    """How likely a target looked from an earlier year."""
    share, band = f"{100.0 * seen.probability:.1f}", f"{seen.low:,.0f}–{seen.high:,.0f}"
    zh = f"只用 {seen.as_of} 年公报以前的资料看 {seen.target}：达到的概率 {share}%"
    en = f"{seen.target} from what was published up to the bulletin of {seen.as_of}: reached in {share} %"
    return Text(f"{zh}，中位数 {seen.median:,.0f}（80% 区间 {band}）", f"{en}, median {seen.median:,.0f} (80 %: {band})")


_FIT_HEADS = (
    ("指标", "indicator"),
    ("年度变化", "changes"),
    ("先验误差", "RMSE prior"),
    ("拟合误差", "RMSE fitted"),
    ("拟合偏差", "bias fitted"),
    ("共同冲击", "common shock"),
    ("自身冲击", "own shock"),
)


def backtest(
    city: str, spans: tuple[str, str, Sequence[str]], workers: int, seed: int, home_folder: Path | None, speaker: Speaker
) -> None:
    """Forecast from what was known, and judge the forecasts beside naive ones."""
    fail_if_extra_missing()
    from sim.studies.backtest import Setting, backtest, scored
    from sim.studies.stored import pooled_cities
    from sim.studies.table_check import fail_if_unfit
    from sim.studies.targets import read_design

    home = find_home(home_folder)
    design = read_design(*spans)
    home.city_folder(city)
    cities = pooled_cities(home, city)
    fail_if_unfit(home, cities, range(design.first, design.test[-1] + 1))
    with _bar(speaker, "backtest") as advance:
        table = backtest(Setting(home.folder, cities, design, workers, seed), _Bar(speaker, advance))
    rows = scored(table, cities)
    if not any(row.city == city for row in rows):
        message = Text(f"{city} 在这些年份没有可检验的数据", f"{city} has no data that could be judged in these years")
        raise UsageError(Fault(message, advice=Text("换用其他年份", "choose other years")))
    if speaker.as_json:
        speaker.json([score_record(row) for row in rows])
        return
    say_scores(rows, city, speaker)


def score_record(row: Scored) -> dict[str, Any]:
    """One row of --json."""
    score, key = row.score, row.key
    bands = {f"coverage_{name}": value for name, value in zip(("50", "80", "95"), score.coverage, strict=True)}
    widths = {f"width_{name}": value for name, value in zip(("50", "80", "95"), score.width, strict=True)}
    numbers = {
        "rmse": score.rmse,
        "bias": score.bias,
        "theil_u": score.theil_u,
        "crps": score.crps,
        **bands,
        **widths,
        "rmse_low": score.rmse_interval[0],
        "rmse_high": score.rmse_interval[1],
        "coverage_80_low": score.coverage_80_interval[0],
        "coverage_80_high": score.coverage_80_interval[1],
    }
    finite = {name: value if value == value else None for name, value in numbers.items()}  # noqa: PLR0124  nan is not itself
    return {"city": row.city, **asdict(key), **finite, "count": score.count, "years": score.years}


def say_scores(rows: Sequence[Scored], city: str, speaker: Speaker) -> None:
    """Two tables, unconditional and given the common factor, pooled and for the city."""
    from sim.studies.backtest import POOLED

    for name in (POOLED, city):
        for given in (False, True):
            chosen = [row for row in rows if row.city == name and row.key.given_common == given]
            who = Text("各市合计" if name == POOLED else name, name)
            kind = Text("已知各市共同因素", "given the common factor") if given else Text("无条件", "unconditional")
            table = Table(title=f"{speaker.say(who)} · {speaker.say(kind)}", title_justify="left")
            for head in _HEADS:
                in_words = head in _HEADS[:3]
                table.add_column(speaker.word(*head), justify="left" if in_words else "right", no_wrap=in_words)
            for row in sorted(chosen, key=lambda row: (row.key.indicator, row.key.design, row.key.forecaster != "model")):
                table.add_row(*_cells(row))
            print_table(table, speaker.out)
    speaker.line(Text("方括号内为按年份重抽样的 90% 区间；年数为相互独立的年份数。", _NOTE))


_NOTE = "[ ]: 90 % interval from resampling years; years: the number of independent ones."
_HEADS = (
    ("指标", "indicator"),
    ("部分", "part"),
    ("预测", "forecaster"),
    ("均方根误差", "RMSE"),
    ("偏差", "bias"),
    ("泰尔 U", "Theil U"),
    ("CRPS", "CRPS"),
    ("覆盖率 50/80/95", "coverage 50/80/95"),
    ("80% 覆盖区间", "80 % coverage"),
    ("年数", "years"),
)


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
