"""Datasets in notebooks: their kind, the scorecard, lines and long tables of runs and sweeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure as MatplotlibFigure

from sim.base.errors import Fault, UsageError
from sim.base.text import Language, Text
from sim.base.words import unit_text
from sim.plan.rule import VERDICTS
from sim.report import style
from sim.report.figures import Figure, Points, points_of
from sim.report.figures.lines import Lines
from sim.report.sweeps.figures import lines_of, series_in, series_panel, variable_of
from sim.report.sweeps.findings import method_sentence
from sim.report.trends import CENTRAL
from sim.simulate.sweeps.names import asked_targets, named_series, series_called
from sim.simulate.sweeps.statistics import labelled

_MOST_USUAL = 6
"""As many as stand in two rows of panels, and as sliders have charts."""


def lines(run: xr.Dataset, names: Sequence[str]) -> Lines:
    """Some series by year; without names, those that the model shows first.

    Raises
    ------
    UsageError
        when a series is not there.
    """
    wanted = names or usual_series(run)
    note = Text("确定性运行：参数取中心值", "central run: central values")
    note += Text("，无年度冲击", ", no yearly shocks") if run.attrs.get("has_shocks", 1) else Text("", "")
    panels = tuple(series_panel(run, name, _points(run, name), CENTRAL) for name in wanted)
    return lines_of(run, note, panels, int(run["year"][0]))


def usual_series(run: xr.Dataset) -> list[str]:
    """The series that are shown where none is named: the first few of the model that the run holds."""
    return [str(name) for name in json.loads(run.attrs.get("first", "[]")) if name in run][:_MOST_USUAL]


def _points(run: xr.Dataset, name: str) -> Points:
    array = series_in(run, run, name)  # first: it names a series that is not there
    values = named_series(run, name).scale * array.to_numpy()
    return points_of(dict(zip(run["year"].to_numpy(), values, strict=True)))


def scorecard_table(run: xr.Dataset, language: Language) -> pd.DataFrame:
    """The scorecard with one row per target, in the target's own unit."""
    asked = asked_targets(run)
    columns: dict[Text, Any] = {
        Text("目标", "target"): [item.label.in_language(language) for item in asked],
        Text("年份", "year"): [item.year for item in asked],
        Text("单位", "unit"): [unit_text(item.unit, language) for item in asked],
        Text("目标值", "plan"): [item.value for item in asked],
        Text("预测", "projected"): run["projected"].to_numpy(),
        Text("差距", "gap"): run["gap"].to_numpy(),
        Text("判定", "verdict"): [VERDICTS[verdict].in_language(language) for verdict in run["verdict"].to_numpy()],
        Text("概率", "probability"): run["probability"].to_numpy(),
    }
    return pd.DataFrame({head.in_language(language): values for head, values in columns.items()})


MOST_ROWS = 20_000_000
"""Rows of a table, at most: a few gigabytes."""


def long_table(dataset: xr.Dataset, names: Sequence[str], language: Language) -> pd.DataFrame:
    """Columns series, name, unit, year and value, with draw where there are draws; a variable stands for all its members.

    Raises
    ------
    UsageError
        when a series is not there, or the table would not fit into memory.
    """
    found = dict[str, xr.DataArray]()
    for name in names:
        variable_of(dataset, name)
        found |= {name: series_in(dataset, dataset, name)} if "[" in name else _members(dataset, name)
    rows = sum(array.size for array in found.values())
    if rows > MOST_ROWS:
        message = Text(
            f"表格会有 {rows:,} 行，上限 {MOST_ROWS:,} 行", f"the table would have {rows:,} rows; the limit is {MOST_ROWS:,}"
        )
        raise UsageError(
            Fault(message, advice=Text("请少选几个序列，或先用 .sel 选年份", "name fewer series, or choose years with .sel"))
        )
    parts = [_part(dataset, name, array, language) for name, array in found.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["series", "name", "unit", "year", "value"])


def _members(dataset: xr.Dataset, name: str) -> dict[str, xr.DataArray]:
    """Every member of a variable by its name."""
    array = dataset[name]
    dims = [dim for dim in ("year", "draw") if dim in array.dims]
    coords = {dim: array[dim].to_numpy() for dim in dims}
    return {label: xr.DataArray(values, coords, dims) for label, values in labelled(name, array.transpose(..., *dims))}


def _part(dataset: xr.Dataset, name: str, array: xr.DataArray, language: Language) -> pd.DataFrame:
    named = named_series(dataset, name)
    dims = [dim for dim in ("draw", "year") if dim in array.dims]
    places = np.meshgrid(
        *(array[dim].to_numpy() if dim in array.coords else np.arange(array.sizes[dim]) for dim in dims), indexing="ij"
    )
    columns: dict[str, Any] = {dim: place.ravel() for dim, place in zip(dims, places, strict=True)}
    values = named.scale * array.transpose(*dims).to_numpy().ravel()
    label = named.label.in_language(language)
    unit = unit_text(named.unit, language) if named.unit else ""
    return pd.DataFrame({"series": name, "name": label, "unit": unit, **columns, "value": values})


def plotted(figure: Figure, lang: Language) -> MatplotlibFigure:
    """Draw a figure as reports have it."""
    with style.house_style():
        return figure.draw(lang)


def named(dataset: xr.Dataset, names: Sequence[str]) -> list[str]:
    """Return series by their names or labels."""
    return [series_called(dataset, name) for name in names]


def kind_of(dataset: xr.Dataset) -> str:
    """Return the kind of a dataset: draws, indices or run."""
    if "lost" in dataset:
        return "draws"
    return "indices" if "kind" in dataset.attrs else "run"


def about(dataset: xr.Dataset) -> Text:
    """Say in a few words what a dataset is."""
    kind = kind_of(dataset)
    return method_sentence(dataset) if kind == "draws" else _KINDS[kind]


def of_kind(dataset: xr.Dataset, kind: str) -> xr.Dataset:
    """Return a dataset of a kind; of indices of which one input, output or year was chosen, with that dimension of one member.

    Raises
    ------
    UsageError
        with advice, when it is of another kind or lacks what was there when it was given.
    """
    if kind_of(dataset) != kind:
        message = Text("此图表不适用于这份结果", "this does not belong to this dataset")
        raise UsageError(Fault(message, advice=_ADVICE[kind]))
    missing = [name for name in _NEEDED[kind] if name not in dataset and name not in dataset.dims]
    if missing:
        shown = ", ".join(missing)
        raise UsageError(Fault(Text(f"这份结果缺少 {shown}", f"this dataset lacks {shown}"), advice=_AS_GIVEN))
    chosen = [dim for dim in ("input", "output", "year") if dim not in dataset.dims]
    return dataset.expand_dims(chosen) if kind == "indices" else dataset


_NEEDED = {"draws": ("inputs", "met", "lost", "draw", "year"), "indices": (), "run": ("verdict", "target", "year")}
_AS_GIVEN = Text("请用原来的结果，在调用中指明指标和年份", "use the dataset as given; name series and years in the call")
_KINDS = {
    "run": Text("一次确定性运行，含评分表", "a central run with its scorecard"),
    "indices": Text("敏感性指数", "sensitivity indices"),
}
_ADVICE = {
    "draws": Text("请用 sim.sweep 的结果", "use what sim.sweep gave"),
    "indices": Text("请用 sim.sensitivity 的结果", "use what sim.sensitivity gave"),
    "run": Text("请用 sim.run 的结果", "use what sim.run gave"),
}
