"""The scorecard and the lines of a central run, for notebooks."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import xarray as xr

from sim.base.text import Language, Text
from sim.base.words import unit_text
from sim.plan.rule import VERDICTS
from sim.report.contents.series import CENTRAL, FIRST_PUBLISHED, STATISTICS
from sim.report.figures.frame import Frame
from sim.report.figures.lines import Lines, Panel
from sim.report.sweeps.figures import series_in, series_panel
from sim.simulate.sweeps.names import asked_targets, named_series, title_of


def lines(run: xr.Dataset, names: Sequence[str]) -> Lines:
    """Some series by year; without names, those of the targets.

    Raises
    ------
    UsageError
        when a series is not there.
    """
    wanted = names or usual_series(run)
    note = Text("确定性运行：参数取中心值，无年度冲击", "central run: central values, no yearly shocks")
    panels = tuple(_panel(run, name) for name in wanted)
    frame = Frame(title_of(run), note, STATISTICS)
    return Lines(frame, panels, int(run["year"][0]), FIRST_PUBLISHED)


def usual_series(run: xr.Dataset) -> list[str]:
    """The series that are shown where none is named."""
    return [str(name) for name in json.loads(run.attrs.get("first", "[]")) if name in run]


def _panel(run: xr.Dataset, name: str) -> Panel:
    array = series_in(run, run, name)
    values = named_series(run, name).scale * array.to_numpy()
    points = tuple((float(year), float(value)) for year, value in zip(run["year"].to_numpy(), values, strict=True))
    return series_panel(run, name, points, CENTRAL)


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
