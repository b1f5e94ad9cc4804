"""The scorecard and the lines of a central run, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from sim.plan.scorecard import VERDICTS
from sim.report import style
from sim.report.exploring import fan
from sim.report.sweep_names import asked_targets, named_series, published_of, title_of
from sim.sweeps.figures import series_in
from sim.text import Language, Text
from sim.words import unit_text

_USUAL = ("gdp_nominal", "manufacturing_share", "four_above_firms", "hightech_firms", "residents", "rd_intensity")


def lines_figure(run: xr.Dataset, names: Sequence[str], language: Language) -> Figure:
    """Some series by year; without names, those of the targets.

    Raises
    ------
    UsageError
        when a series is not there.
    """
    wanted = names or [name for name in _USUAL if name in run]
    note = Text("确定性运行：参数取中心值，无年度冲击", "central run: central values, no yearly shocks")
    with style.house_style():
        return fan.draw([_line(run, name, language) for name in wanted], title_of(run), note, language)


def _line(run: xr.Dataset, name: str, language: Language) -> fan.Fan:
    array, named = series_in(run, run, name), named_series(run, name)
    asked = [item for item in asked_targets(run) if item.variable == name and item.level is not None]
    return fan.Fan(
        title=named.label,
        unit=unit_text(named.unit, language),
        years=[int(year) for year in run["year"].to_numpy()],
        levels=(0.5,),
        quantiles=named.scale * array.to_numpy()[None, :],
        published={year: named.scale * value for year, value in published_of(run, name.partition("[")[0]).items()},
        targets=[(item.year, named.scale * (item.level or 0.0)) for item in asked],
    )


def scorecard_table(run: xr.Dataset, language: Language) -> pd.DataFrame:
    """The scorecard with one row per target, in the target's own unit."""
    heads = {
        "name": Text("目标", "target"),
        "year": Text("年份", "year"),
        "unit": Text("单位", "unit"),
        "plan": Text("目标值", "plan"),
        "projected": Text("预测", "projected"),
        "gap": Text("差距", "gap"),
        "verdict": Text("判定", "verdict"),
        "probability": Text("概率", "probability"),
    }
    asked = asked_targets(run)
    columns = {
        "name": [item.label.in_language(language) for item in asked],
        "year": [item.year for item in asked],
        "unit": [unit_text(item.unit, language) for item in asked],
        "plan": [item.value for item in asked],
        "projected": run["projected"].to_numpy(),
        "gap": run["gap"].to_numpy(),
        "verdict": [VERDICTS[verdict].in_language(language) for verdict in run["verdict"].to_numpy()],
        "probability": run["probability"].to_numpy(),
    }
    return pd.DataFrame({heads[key].in_language(language): values for key, values in columns.items()})
