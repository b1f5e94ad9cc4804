"""The figures of sweeps and of sensitivity indices; a name that is not there is a fault with advice.

Each takes the statistics that it shows where these are known already, and works them out where they are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.errors import Fault, UsageError, nearest
from sim.base.text import Text, same
from sim.base.words import unit_words
from sim.report.cells import NOTES
from sim.report.figures import Frame, Points, points_of
from sim.report.figures.bars import Bar, Bars, Chances
from sim.report.figures.grids import IndexMap
from sim.report.figures.lines import Band, Line, Lines, Panel, Response, ResponsePanel, Scatter
from sim.report.sweeps.findings import target_rows
from sim.report.trends import FIRST_PUBLISHED, bands_of, published_line
from sim.report.view import MODEL, STATISTICS
from sim.simulate.sweeps import names, statistics
from sim.simulate.sweeps.statistics import MEDIAN, NUMBER, Curve, Curves, curves_of, outputs_of, year_in

_MOST_BARS, _FEWEST_BARS, _NEGLIGIBLE = 12, 5, 0.005
_MEDIAN = Text("中位数", "median")
_WHOLE, _ENDS, _SHARE = (-3.0, 103.0), (0.1, 0.9), 0.8
_PROBABILITIES = Text("：实现概率", ": probabilities")


def fans(draws: xr.Dataset, series: Sequence[str], summary: xr.Dataset | None = None) -> Lines:
    """Fan charts of some series; `summary` are their bands, where they are known already.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    if summary is None:
        kept = dict.fromkeys(variable_of(draws, name) for name in series)
        summary = statistics.bands(draws[[*kept, "inputs", "met", "lost"]])
    panels = tuple(_fan(draws, summary, name) for name in series)
    seed, count = draws.attrs["seed"], _count(draws)
    note = Text(f"{count} 次抽样，种子 {seed}", f"{count} draws, seed {seed}")
    return lines_of(draws, note, panels, int(summary["year"][0]))


def lines_of(dataset: xr.Dataset, note: Text, panels: tuple[Panel, ...], base_year: int) -> Lines:
    """Panels of series under the title of their scenario; statistics are their source where some are shown."""
    shows_published = any(line.role == "published" for panel in panels for line in panel.series)
    frame = Frame(names.title_of(dataset), note, STATISTICS if shows_published else MODEL)
    return Lines(frame, panels, base_year, FIRST_PUBLISHED)


def variable_of(dataset: xr.Dataset, name: str) -> str:
    """The variable that a series belongs to.

    Raises
    ------
    UsageError
        when the dataset does not hold it.
    """
    variable = name.partition("[")[0]
    kept = {item: names.named_series(dataset, item) for item in outputs_of(dataset)}
    _fail_if_unknown(variable, kept, Text(f"没有保留 {name}", f"{name} was not kept"))
    return variable


def _fail_if_unknown(name: str, known: Mapping[str, names.Named], message: Text) -> None:
    if name not in known:
        raise UsageError(Fault(message, advice=nearest(name, known, {key: item.label for key, item in known.items()})))


def series_in(dataset: xr.Dataset, draws: xr.Dataset, name: str) -> xr.DataArray:
    """A series by its name, without the dimensions of members."""
    variable = variable_of(draws, name)
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
    for member in (member for member in wanted if member not in known):
        message = Text(f"{name} 没有成员 {member}", f"{name} has no member {member}")
        raise UsageError(Fault(message, advice=nearest(member, known)))
    if len({known[member] for member in wanted}) < len(wanted):
        raise UsageError(Fault(Text(f"{name} 每个维度只能取一个成员", f"{name} takes one member of each dimension")))


def _fan(draws: xr.Dataset, summary: xr.Dataset, name: str) -> Panel:
    array, named = series_in(summary, draws, name), names.named_series(draws, name)
    if "point" in array.dims:
        advice = Text("请画 response，或用 method: random", "draw `response`, or use method: random")
        raise UsageError(Fault(Text("逐点扫描没有扇形图", "a grid or list has no fan chart"), advice=advice))
    median = named.scale * array.sel(quantile=MEDIAN).to_numpy()
    points = points_of(dict(zip(summary["year"].to_numpy(), median, strict=True)))
    return series_panel(draws, name, points, _MEDIAN, bands_of(array, named.scale))


def series_panel(dataset: xr.Dataset, name: str, points: Points, label: Text, fan: tuple[Band, ...] = ()) -> Panel:
    """A series by year beside what was published of it and what the plan asks for, in its own unit."""
    named, known = names.named_series(dataset, name), names.published_of(dataset, name.partition("[")[0])
    targets = tuple((float(year), level) for year, level in _levels(dataset, name, named))
    series = (*published_line({year: named.scale * value for year, value in known.items()}), Line(label, points))
    return Panel(named.label, unit_words(named.unit), series, fan, targets, from_zero=False)


def _levels(dataset: xr.Dataset, name: str, named: names.Named) -> list[tuple[int, float]]:
    """Years and values of the targets that ask for a level of a series, in the unit in which it is shown."""
    asked = (item for item in names.asked_targets(dataset) if item.variable == name)
    return [(item.year, named.scale * item.level) for item in asked if item.level is not None]


def _count(draws: xr.Dataset) -> str:
    return f"{int((~draws['lost']).sum()):,}"


def target_chances(draws: xr.Dataset, found: xr.Dataset | None = None) -> Chances:
    """The probability of each target and of all together; `found` are the probabilities, where they are known already.

    Raises
    ------
    UsageError
        when no target was judged, or the draws belong to single points.
    """
    found, asked = statistics.probabilities(draws) if found is None else found, names.asked_targets(draws)
    if not asked or "point" in found.dims:
        raise UsageError(Fault(_NOT_JUDGED, advice=Text("情景中要有 targets", "the scenario needs targets")))
    rows = [Bar(row.named, row.probability, row.error) for row in target_rows(draws, found)]
    note = Text(f"误差线为 95% 抽样误差；{_count(draws)} 次抽样", f"whiskers: 95 % sampling error; {_count(draws)} draws")
    return Chances(Frame(names.title_of(draws) + _PROBABILITIES, note), tuple(rows))


_NOT_JUDGED = Text("没有逐次判断的目标", "no target was judged draw by draw")


def scatter(draws: xr.Dataset, output: str, key: str, year: int) -> Scatter:
    """One input against one series in a year.

    Raises
    ------
    UsageError
        when the input, the series or the year is not there.
    """
    variable_of(draws, output)
    inputs, named = names.named_inputs(draws), names.named_series(draws, output)
    _fail_if_unknown(key, inputs, Text(f"没有输入 {key}", f"no input {key}"))
    fine = ~draws["lost"].to_numpy()
    across = inputs[key].scale * draws["inputs"].sel(input=key).to_numpy()[fine]
    up = named.scale * series_in(draws, draws, output).sel(year=year_in(draws, year)).to_numpy()[fine]
    rho = f"{statistics.spearman(across, up):+.2f}".replace("-", "−")
    note = Text(
        f"Spearman 秩相关 {rho}；线为各十分位组的中位数（{len(across):,} 次抽样）",
        f"Spearman's rank correlation {rho}; the line joins the medians of tenths ({len(across):,} draws)",
    )
    frame = Frame(names.title_of(draws) + Text(f"：{year} 年", f": {year}"), note)
    points = tuple(zip(across.tolist(), up.tolist(), strict=True))
    return Scatter(frame, points, names.with_unit(inputs[key]), names.with_unit(named))


def closest(draws: xr.Dataset, correlations: xr.Dataset, name: str, year: int) -> Bars:
    """The inputs that go most closely with one series in a year, by their rank correlation.

    Raises
    ------
    UsageError
        when the series or the year is not there.
    """
    values = np.nan_to_num(series_in(correlations, draws, name).sel(year=year_in(draws, year)).to_numpy())
    inputs = list(names.named_inputs(draws).values())
    order = np.argsort(-np.abs(values), kind="stable")[:_MOST_BARS]
    bars = tuple(Bar(inputs[place].label, float(values[place])) for place in order)
    title = names.named_series(draws, name).label + Text(f"，{year} 年", f", {year}")
    note = Text(f"{_count(draws)} 次抽样；越长关系越紧，左为反向", f"{_count(draws)} draws; to the left: the other way round")
    return Bars(Frame(title, note), bars, Text("Spearman 秩相关", "Spearman's rank correlation"))


def tornado(indices: xr.Dataset, output: str, year: int) -> Bars:
    """The inputs that matter most for one output in a year: total indices with intervals, or sizes of elementary effects.

    Raises
    ------
    UsageError
        when the output or the year is not there.
    """
    of_output = _output(indices, output)
    chosen, inputs = indices.sel(output=output, year=year_in(indices, year)), list(names.named_from(indices["input"]).values())
    title = of_output.label + Text(f"：{year} 年的影响因素", f": what matters in {year}")
    if indices.attrs["kind"] == "morris":
        return _effects(chosen, inputs, of_output, title)
    total, error, first = (chosen[name].to_numpy() for name in ("total", "total_error", "first"))
    bars = [Bar(inputs[i].label, float(total[i]), float(error[i]), float(first[i])) for i in _leading(total)]
    axis, inner = Text("总效应（占方差的份额）", "total effect (share of the variance)"), Text("单独效应", "first-order effect")
    return Bars(Frame(title, NOTES["total_effects"]), tuple(bars), axis, inner)


def _effects(chosen: xr.Dataset, inputs: Sequence[names.Named], output: names.Named, title: Text) -> Bars:
    order = np.argsort(-chosen["size"].to_numpy(), kind="stable")[:_MOST_BARS]
    effects, unit = output.scale * chosen["effect"].to_numpy(), unit_words(output.unit)
    bars = tuple(Bar(inputs[place].label, float(effects[place])) for place in order)
    axis = Text(f"由最低到最高的平均变化（{unit.zh}）", f"mean change from the lowest to the highest value ({unit.en})")
    return Bars(Frame(title, Text("按平均绝对效应排序", "in the order of the mean size of the effects")), bars, axis)


def _output(indices: xr.Dataset, output: str) -> names.Named:
    known = names.named_from(indices["output"])
    _fail_if_unknown(output, known, Text(f"没有指标 {output}", f"no output {output}"))
    return known[output]


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
    title = _output(indices, output).label + Text("：各年的影响因素", ": what matters, year by year")
    total = indices["total"].sel(output=output).transpose("input", "year").to_numpy()
    order, inputs = _leading(total.max(axis=1)), list(names.named_from(indices["input"]).values())
    base = f"{indices.attrs['base_points']:,}"
    note = Text(f"Sobol 总效应，%；基样本 {base}", f"total Sobol indices, %; base sample {base}")
    return IndexMap(
        Frame(title, note),
        tuple(inputs[place].label for place in order),
        tuple(int(year) for year in indices["year"].to_numpy()),
        tuple(tuple(row) for row in total[order].tolist()),
        Text("占方差的份额", "share of the variance"),
    )


def response(draws: xr.Dataset, series: Sequence[str], year: int, summary: xr.Dataset | None = None) -> Response:
    """Medians of some series in a year over the swept input; `summary` are the bands, where they are known already.

    Raises
    ------
    UsageError
        when the draws are no grid or list, or a series or the year is not there.
    """
    members, curves = _members(draws), curves_of(draws)
    found = (statistics.bands(draws) if summary is None else summary).sel(year=year_in(draws, year))
    banded = members > 1 and len(curves.curves) == 1
    panels = tuple(_response_panel(draws, found, curves, name, year, banded=banded) for name in series)
    shown = Text("线为中位数", "lines join medians") if members > 1 else Text("每点一次推演", "one run at each point")
    return _over(curves, panels, names.title_of(draws) + Text(f"：{year} 年", f": {year}"), shown)


def chance_response(draws: xr.Dataset, found: xr.Dataset | None = None) -> Response:
    """The probability of each target over the swept input; `found` are the probabilities, where they are known already.

    Raises
    ------
    UsageError
        when the draws are no grid or list of several draws a point, or no target was judged.
    """
    members, curves, asked = _members(draws), curves_of(draws), names.asked_targets(draws)
    if members == 1 or not asked:
        advice = Text("情景中要有 targets，并写明 draws", "the scenario needs targets, and the sweep `draws`")
        raise UsageError(Fault(_NOT_JUDGED, advice=advice))
    found = statistics.probabilities(draws) if found is None else found
    rows = [(item.label + same(f" {item.years}"), found["probability"][i]) for i, item in enumerate(asked)]
    panels = [
        ResponsePanel(label, same("%"), _curves(curves, names.PERCENT * row.to_numpy()), limits=_WHOLE)
        for label, row in (*rows, (names.ALL_TARGETS, found["joint"]))
    ]
    note = Text(f"每点 {members:,} 次抽样", f"{members:,} draws at each point")
    return _over(curves, tuple(panels), names.title_of(draws) + _PROBABILITIES, note)


def _members(draws: xr.Dataset) -> int:
    """Draws at each point; a fault where there are no points."""
    members = statistics.members_of(draws)
    if members is None:
        message = Text("这些抽样不是网格或列表", "these draws are no grid or list")
        raise UsageError(Fault(message, advice=Text("请画 scatter 或 fan", "draw a scatter or a fan chart")))
    return members


def _over(curves: Curves, panels: tuple[ResponsePanel, ...], title: Text, note: Text) -> Response:
    """The panels over their input; the note says what is not in the figure."""
    if curves.parted_by is not None and len(curves.curves) < curves.levels:
        shown, levels = len(curves.curves), curves.levels
        note += Text(f"；画出 {levels} 个取值中的 {shown} 个", f"; {shown} of {levels} values are drawn")
    for named, value in curves.held:
        held = _amount(named, value)
        note += Text(f"；{named.label.zh}取 {held.zh}", f"; {named.label.en} is {held.en}")
    return Response(Frame(title, note), panels, names.with_unit(curves.across), is_whole=curves.across == NUMBER)


def _response_panel(
    draws: xr.Dataset, found: xr.Dataset, curves: Curves, name: str, year: int, *, banded: bool
) -> ResponsePanel:
    named = names.named_series(draws, name)
    values = named.scale * series_in(found, draws, name).transpose("quantile", ...)
    bands = tuple(
        Band(
            _ENDS[1] - _ENDS[0], _at(curves.places, curve), *(_at(values.sel(quantile=end).to_numpy(), curve) for end in _ENDS)
        )
        for curve in (curves.curves if banded else ())
    )
    level = next((level for of, level in _levels(draws, name, named) if of == year), None)
    lines = _curves(curves, values.sel(quantile=MEDIAN).to_numpy())
    return ResponsePanel(named.label, unit_words(named.unit), lines, tuple(bands), level=level)


def _curves(curves: Curves, values: Values) -> tuple[Line, ...]:
    return tuple(
        Line(_label(curves, curve), tuple(zip(_at(curves.places, curve), _at(values, curve), strict=True)))
        for curve in curves.curves
    )


def _at(values: Values, curve: Curve) -> tuple[float, ...]:
    return tuple(values[curve.points].tolist())


def _label(curves: Curves, curve: Curve) -> Text:
    if curves.parted_by is None or curve.level is None:
        return same("")
    return curves.parted_by.label + same(" ") + _amount(curves.parted_by, curve.level)


def _amount(named: names.Named, value: float) -> Text:
    """A value with its unit, short."""
    number = f"{value:.4g}{'' if named.unit.startswith('%') or not named.unit else ' '}"
    return same(number) + unit_words(named.unit)
