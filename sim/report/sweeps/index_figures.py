"""The figures of sensitivity indices, made from their dataset; a name that is not there is a fault with advice."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.base.errors import Fault, UsageError, nearest
from sim.base.text import Text
from sim.base.words import unit_words
from sim.report.figures.bars import Bar, Bars
from sim.report.figures.frame import Frame
from sim.report.figures.index_map import IndexMap
from sim.simulate.sweeps.names import Named, named_from
from sim.simulate.sweeps.statistics import year_in

Values = NDArray[Any]
_MOST_BARS, _FEWEST_BARS = 12, 5
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
