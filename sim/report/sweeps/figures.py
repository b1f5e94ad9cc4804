"""The figures of a sweep and of sensitivity indices; a name that is not there is a fault with advice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.errors import Fault, UsageError, nearest
from sim.base.text import Text
from sim.base.words import unit_words
from sim.report.contents.trends import FIRST_PUBLISHED, STATISTICS, published_line
from sim.report.figures.bars import Bar, Bars
from sim.report.figures.chances import Chance, Chances
from sim.report.figures.frame import Frame, Points
from sim.report.figures.index_map import IndexMap
from sim.report.figures.lines import Band, Lines, Panel, Series
from sim.report.figures.scatter import Scatter
from sim.simulate.sweeps.names import (
    ALL_TARGETS,
    Named,
    asked_targets,
    named_from,
    named_inputs,
    named_series,
    published_of,
    title_of,
    with_unit,
)
from sim.simulate.sweeps.statistics import MEDIAN, bands, outputs_of, probabilities, spearman, year_in

_MOST_BARS = 12


def fans(draws: xr.Dataset, names: Sequence[str], summary: xr.Dataset | None = None) -> Lines:
    """Fan charts of some series; `summary` are their bands, where they are known already.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    found = bands(_only(draws, names)) if summary is None else summary
    panels = tuple(_fan(draws, found, name) for name in names)
    note = Text(f"{_count(draws):,} 次抽样，种子 {draws.attrs['seed']}", f"{_count(draws):,} draws, seed {draws.attrs['seed']}")
    return Lines(Frame(title_of(draws), note, STATISTICS), panels, int(found["year"][0]), FIRST_PUBLISHED)


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


def _fan(draws: xr.Dataset, summary: xr.Dataset, name: str) -> Panel:
    array, named = series_in(summary, draws, name), named_series(draws, name)
    if "point" in array.dims:
        message = Text("逐点扫描没有扇形图", "a grid or list has no fan chart")
        advice = Text("请画 response，或用 method: random", "draw `response`, or use method: random")
        raise UsageError(Fault(message, advice=advice))
    levels = [float(level) for level in summary["quantile"].to_numpy()]
    rows = dict(zip(levels, (named.scale * array.transpose("quantile", "year").to_numpy()).tolist(), strict=True))
    years = tuple(float(year) for year in summary["year"].to_numpy())
    pairs = [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]
    fan = tuple(Band(high - low, years, tuple(rows[low]), tuple(rows[high])) for low, high in pairs)
    return series_panel(draws, name, tuple(zip(years, rows[MEDIAN], strict=True)), _MEDIAN, fan)


_MEDIAN = Text("中位数", "median")


def series_panel(dataset: xr.Dataset, name: str, points: Points, label: Text, fan: tuple[Band, ...] = ()) -> Panel:
    """A series by year beside what was published of it and what the plan asks for, in its own unit."""
    named = named_series(dataset, name)
    asked = [item for item in asked_targets(dataset) if item.variable == name and item.level is not None]
    published = {year: named.scale * value for year, value in published_of(dataset, _variable_of(name)).items()}
    targets = tuple((float(item.year), named.scale * (item.level or 0.0)) for item in asked)
    series = (*published_line(published), Series(label, points))
    return Panel(named.label, unit_words(named.unit), series, fan, targets, from_zero=False)


def _variable_of(name: str) -> str:
    """The variable that a series belongs to."""
    return name.partition("[")[0]


def _count(draws: xr.Dataset) -> int:
    return int((~draws["lost"]).sum())


def target_chances(draws: xr.Dataset, found: xr.Dataset | None = None) -> Chances:
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
        Chance(item.label + Text(f" {item.years}", f" {item.years}"), float(p), float(error))
        for item, p, error in zip(asked, found["probability"].to_numpy(), found["error"].to_numpy(), strict=True)
    ]
    rows.append(Chance(ALL_TARGETS, float(found["joint"]), float(found["joint_error"])))
    note = Text(f"误差线为 95% 抽样误差；{_count(draws):,} 次抽样", f"whiskers: 95 % sampling error; {_count(draws):,} draws")
    return Chances(Frame(title_of(draws) + Text("：实现概率", ": probabilities"), note), tuple(rows))


def scatter(draws: xr.Dataset, output: str, key: str, year: int) -> Scatter:
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
    rho = f"{spearman(across, up):+.2f}".replace("-", "−")
    note = Text(
        f"Spearman 秩相关 {rho}；线为各十分位组的中位数（{len(across):,} 次抽样）",
        f"Spearman's rank correlation {rho}; the line joins the medians of tenths ({len(across):,} draws)",
    )
    frame = Frame(title_of(draws) + Text(f"：{year} 年", f": {year}"), note)
    return Scatter(frame, tuple(zip(across.tolist(), up.tolist(), strict=True)), with_unit(inputs[key]), with_unit(named))


def closest(draws: xr.Dataset, correlations: xr.Dataset, name: str, year: int) -> Bars:
    """The inputs that go most closely with one series in a year, by their rank correlation.

    Raises
    ------
    UsageError
        when the series or the year is not there.
    """
    values = series_in(correlations, draws, name).sel(year=year_in(draws, year)).to_numpy()
    inputs = list(named_inputs(draws).values())
    order = np.argsort(-np.abs(np.nan_to_num(values)), kind="stable")[:_MOST_BARS]
    bars = tuple(Bar(inputs[place].label, float(np.nan_to_num(values[place]))) for place in order)
    title = named_series(draws, name).label + Text(f"，{year} 年", f", {year}")
    note = Text(
        f"{_count(draws):,} 次抽样；越长关系越紧，左为反向", f"{_count(draws):,} draws; to the left: the other way round"
    )
    return Bars(Frame(title, note), bars, Text("Spearman 秩相关", "Spearman's rank correlation"))


_FEWEST_BARS = 5
_NEGLIGIBLE = 0.005


def tornado(indices: xr.Dataset, output: str, year: int) -> Bars:
    """The inputs that matter most for one output in a year: total indices with intervals, or sizes of elementary effects.

    Raises
    ------
    UsageError
        when the output or the year is not there.
    """
    chosen = indices.sel(output=_output(indices, output), year=year_in(indices, year))
    named, of_output = named_from(indices["input"]), named_from(indices["output"])[output]
    title = of_output.label + Text(f"：{year} 年的影响因素", f": what matters in {year}")
    if indices.attrs["kind"] == "morris":
        return _effects(chosen, named, of_output, title)
    return _totals(chosen, named, title)


def _totals(chosen: xr.Dataset, named: dict[str, Named], title: Text) -> Bars:
    total = chosen["total"].to_numpy()
    order = _leading(total)
    keys = [str(chosen["input"].to_numpy()[place]) for place in order]
    bars = [
        Bar(named[key].label, float(total[place]), float(chosen["total_error"][place]), float(chosen["first"][place]))
        for key, place in zip(keys, order, strict=True)
    ]
    note = Text(
        "总效应含与其他输入的共同作用；误差线为 95% 自助法区间",
        "the total effect includes what an input does together with others; whiskers: 95 % bootstrap interval",
    )
    axis, inner = Text("总效应（占方差的份额）", "total effect (share of the variance)"), Text("单独效应", "first-order effect")
    return Bars(Frame(title, note), tuple(bars), axis, inner)


def _effects(chosen: xr.Dataset, named: dict[str, Named], output: Named, title: Text) -> Bars:
    order = np.argsort(-chosen["size"].to_numpy(), kind="stable")[:_MOST_BARS]
    effects = output.scale * chosen["effect"].to_numpy()
    bars = [Bar(named[str(chosen["input"].to_numpy()[place])].label, float(effects[place])) for place in order]
    unit = unit_words(output.unit)
    axis = Text(f"由最低到最高的平均变化（{unit.zh}）", f"mean change from the lowest to the highest value ({unit.en})")
    note = Text("按平均绝对效应排序", "in the order of the mean size of the effects")
    return Bars(Frame(title, note), tuple(bars), axis)


def _output(indices: xr.Dataset, output: str) -> str:
    labels = {key: item.label for key, item in named_from(indices["output"]).items()}
    known = [str(item) for item in indices["output"].to_numpy()]
    if output not in known:
        raise UsageError(Fault(Text(f"没有指标 {output}", f"no output {output}"), advice=nearest(output, known, labels)))
    return output


def _leading(total: Values) -> Values:
    """The inputs that matter, most of all first; a few at least, and none below half a per cent after them."""
    order = np.argsort(-total, kind="stable")[:_MOST_BARS]
    return order[: max(int((total[order] >= _NEGLIGIBLE).sum()), _FEWEST_BARS)]


def index_map(indices: xr.Dataset, output: str) -> IndexMap:
    """Total Sobol indices of one output by input and year, the most important inputs above.

    Raises
    ------
    UsageError
        when the output is not there, or the dataset holds no Sobol indices.
    """
    if indices.attrs["kind"] != "sobol":
        message = Text("热力图需要 Sobol 指数", "the heat map needs Sobol indices")
        raise UsageError(Fault(message, advice=Text("请用 sobol，不用 morris", "use sobol, not morris")))
    total = indices["total"].sel(output=_output(indices, output)).transpose("input", "year").to_numpy()
    order = _leading(total.max(axis=1))
    named, of_output = named_from(indices["input"]), named_from(indices["output"])[output]
    keys = [str(indices["input"].to_numpy()[place]) for place in order]
    title = of_output.label + Text("：各年的影响因素", ": what matters, year by year")
    note = Text(
        f"Sobol 总效应，%；基样本 {indices.attrs['base_points']:,}",
        f"total Sobol indices, %; base sample {indices.attrs['base_points']:,}",
    )
    years = tuple(int(year) for year in indices["year"].to_numpy())
    rows = tuple(tuple(row) for row in total[order].tolist())
    labels = tuple(named[key].label for key in keys)
    return IndexMap(Frame(title, note), labels, years, rows, Text("占方差的份额", "share of the variance"))
