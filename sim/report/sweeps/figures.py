"""Figures of a sweep, drawn from its draws; a name that is not there is a fault with advice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from sim.base.errors import Fault, UsageError, nearest
from sim.base.text import Language, Text
from sim.base.words import unit_words
from sim.report import style
from sim.report.contents.series import FIRST_PUBLISHED, STATISTICS, published_line
from sim.report.figures import lines
from sim.report.figures.frame import Frame, Points
from sim.report.sweeps import chances, scatter, tornado
from sim.simulate.sweeps.names import ALL_TARGETS, asked_targets, named_inputs, named_series, published_of, title_of
from sim.simulate.sweeps.statistics import MEDIAN, bands, outputs_of, probabilities, spearman, year_in

_MOST_BARS = 12


def fan_figure(draws: xr.Dataset, names: Sequence[str], language: Language, summary: xr.Dataset | None = None) -> Figure:
    """Fan charts of some series; `summary` are their bands, where they are known already.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    found = bands(_only(draws, names)) if summary is None else summary
    panels = tuple(_fan(draws, found, name) for name in names)
    note = Text(f"{_count(draws):,} 次抽样，种子 {draws.attrs['seed']}", f"{_count(draws):,} draws, seed {draws.attrs['seed']}")
    base_year = int(found["year"][0])
    with style.house_style():
        return lines.Lines(Frame(title_of(draws), note, STATISTICS), panels, base_year, FIRST_PUBLISHED).draw(language)


def _only(draws: xr.Dataset, names: Iterable[str]) -> xr.Dataset:
    """The draws with nothing but the variables that some series belong to."""
    variables = dict.fromkeys(_variable(draws, name) for name in names)
    return draws[[*variables, "inputs", "met", "lost"]]


def fail_if_not_kept(draws: xr.Dataset, name: str) -> None:
    """Raise what names a series that the dataset does not hold."""
    _variable(draws, name)


def _variable(draws: xr.Dataset, name: str) -> str:
    variable, kept = _variable_of(name), outputs_of(draws)
    if variable not in kept:
        labels = {item: named_series(draws, item).label for item in kept}
        raise UsageError(Fault(Text(f"没有保留 {name}", f"{name} was not kept"), advice=nearest(variable, kept, labels)))
    return variable


def series_in(dataset: xr.Dataset, draws: xr.Dataset, name: str) -> xr.DataArray:
    """A series by its name, without the dimensions of members."""
    variable = _variable(draws, name)
    members, array = name.removesuffix("]").partition("[")[2], dataset[variable]
    wanted = members.split(", ") if members else []
    dims = [dim for dim in array.dims if dim not in {"year", "draw", "quantile", "point", "input"}]
    _fail_if_members_unknown(array, name, wanted, dims)
    for dim in dims:
        known = [str(item) for item in array[dim].to_numpy()]
        chosen = next((item for item in wanted if item in known), known[0] if len(known) == 1 else None)
        if chosen is None:
            advice = Text(f"写成 {variable}[{known[0]}] 等", f"write {variable}[{known[0]}] or the like")
            raise UsageError(Fault(Text(f"{name} 须指明 {dim}", f"{name} needs a member of {dim}"), advice=advice))
        array = array.isel({dim: known.index(chosen)})
    return array


def _fail_if_members_unknown(array: xr.DataArray, name: str, wanted: Sequence[str], dims: Sequence[Any]) -> None:
    """Every member that a name holds belongs to a dimension, and each dimension has one of them."""
    known = {str(member): str(dim) for dim in dims for member in array[dim].to_numpy()}
    for member in wanted:
        if member not in known:
            raise UsageError(
                Fault(Text(f"{name} 没有成员 {member}", f"{name} has no member {member}"), advice=nearest(member, known))
            )
    if len({known[member] for member in wanted}) < len(wanted):
        raise UsageError(Fault(Text(f"{name} 每个维度只能取一个成员", f"{name} takes one member of each dimension")))


def _fan(draws: xr.Dataset, summary: xr.Dataset, name: str) -> lines.Panel:
    array, named = series_in(summary, draws, name), named_series(draws, name)
    if "point" in array.dims:
        message = Text("逐点扫描没有扇形图", "a grid or list has no fan chart")
        advice = Text("请画 response，或用 method: random", "draw `response`, or use method: random")
        raise UsageError(Fault(message, advice=advice))
    levels = [float(level) for level in summary["quantile"].to_numpy()]
    rows = dict(zip(levels, (named.scale * array.transpose("quantile", "year").to_numpy()).tolist(), strict=True))
    years = tuple(float(year) for year in summary["year"].to_numpy())
    pairs = [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]
    fan = tuple(lines.Band(high - low, years, tuple(rows[low]), tuple(rows[high])) for low, high in pairs)
    return series_panel(draws, name, tuple(zip(years, rows[MEDIAN], strict=True)), _MEDIAN, fan)


_MEDIAN = Text("中位数", "median")


def series_panel(dataset: xr.Dataset, name: str, points: Points, label: Text, fan: tuple[lines.Band, ...] = ()) -> lines.Panel:
    """A series by year beside what was published of it and what the plan asks for, in its own unit."""
    named = named_series(dataset, name)
    asked = [item for item in asked_targets(dataset) if item.variable == name and item.level is not None]
    published = {year: named.scale * value for year, value in published_of(dataset, _variable_of(name)).items()}
    targets = tuple((float(item.year), named.scale * (item.level or 0.0)) for item in asked)
    series = (*published_line(published), lines.Series(label, points))
    return lines.Panel(named.label, unit_words(named.unit), series, fan, targets, from_zero=False)


def _variable_of(name: str) -> str:
    """The variable that a series belongs to."""
    return name.partition("[")[0]


def _count(draws: xr.Dataset) -> int:
    return int((~draws["lost"]).sum())


def chances_figure(draws: xr.Dataset, language: Language, found: xr.Dataset | None = None) -> Figure:
    """How likely each target is, and all of them together; `found` are the probabilities, where they are known already.

    Raises
    ------
    UsageError
        when no target was judged, or the draws belong to single points.
    """
    found, asked = probabilities(draws) if found is None else found, asked_targets(draws)
    if not asked or "point" in found.dims:
        message = Text("没有逐次判断的目标", "no target was judged draw by draw")
        raise UsageError(Fault(message, advice=Text("情景中要有 targets", "the scenario needs targets")))
    rows = [
        chances.Chance(item.label + Text(f" {item.years}", f" {item.years}"), float(p), float(error))
        for item, p, error in zip(asked, found["probability"].to_numpy(), found["error"].to_numpy(), strict=True)
    ]
    rows.append(chances.Chance(ALL_TARGETS, float(found["joint"]), float(found["joint_error"])))
    note = Text(f"误差线为 95% 抽样误差；{_count(draws):,} 次抽样", f"whiskers: 95 % sampling error; {_count(draws):,} draws")
    with style.house_style():
        return chances.draw(rows, title_of(draws) + Text("：实现概率", ": probabilities"), note, language)


def scatter_figure(draws: xr.Dataset, output: str, key: str, year: int, language: Language) -> Figure:
    """One input against one series in a year.

    Raises
    ------
    UsageError
        when the input, the series or the year is not there.
    """
    _variable(draws, output)
    inputs, named = named_inputs(draws), named_series(draws, output)
    if key not in inputs:
        raise UsageError(
            Fault(
                Text(f"没有输入 {key}", f"no input {key}"),
                advice=nearest(key, inputs, {name: item.label for name, item in inputs.items()}),
            )
        )
    fine = ~draws["lost"].to_numpy()
    across = inputs[key].scale * draws["inputs"].sel(input=key).to_numpy()[fine]
    up = named.scale * series_in(draws, draws, output).sel(year=year_in(draws, year)).to_numpy()[fine]
    title = title_of(draws) + Text(f"：{year} 年", f": {year}")
    with style.house_style():
        return scatter.draw(across, up, inputs[key], named, spearman(across, up), title, language)


def correlation_figure(draws: xr.Dataset, correlations: xr.Dataset, name: str, year: int, language: Language) -> Figure:
    """The inputs that go most closely with one series in a year, by their rank correlation.

    Raises
    ------
    UsageError
        when the series or the year is not there.
    """
    values = series_in(correlations, draws, name).sel(year=year_in(draws, year)).to_numpy()
    inputs = list(named_inputs(draws).values())
    order = np.argsort(-np.abs(np.nan_to_num(values)), kind="stable")[:_MOST_BARS]
    bars = [tornado.Bar(inputs[place].label, float(np.nan_to_num(values[place]))) for place in order]
    title = named_series(draws, name).label + Text(f"，{year} 年", f", {year}")
    note = Text(
        f"{_count(draws):,} 次抽样；越长关系越紧，左为反向", f"{_count(draws):,} draws; to the left: the other way round"
    )
    axis = Text("Spearman 秩相关", "Spearman's rank correlation")
    with style.house_style():
        return tornado.draw(bars, title, note, axis, None, language)
