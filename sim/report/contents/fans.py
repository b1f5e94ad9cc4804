"""Fan charts of the main indicators: history, the bands and the median of the draws, and the targets."""

from __future__ import annotations

from collections.abc import Iterator

import xarray as xr

from sim.base.text import Text
from sim.base.units import conversion
from sim.base.words import unit_words
from sim.report.contents.series import FIRST_PUBLISHED, MEDIAN, STATISTICS, published_line, target_points
from sim.report.figures.frame import Frame, points_of
from sim.report.figures.lines import Band, Lines, Panel, Series
from sim.report.view import View, yearly
from sim.simulate.result import Result

_PAIRS = ((0.05, 0.95), (0.1, 0.9), (0.25, 0.75))
_MOST = 6
_RATIO = "ratio"


def fans(view: View, result: Result) -> Lines | None:
    """A panel for each main indicator that the draws were summed up for; None without draws."""
    if result.draws is None:
        return None
    panels = tuple(_panels(view, result, result.draws))[:_MOST]
    if not panels:
        return None
    count, seed = int(result.draws.attrs["draws"]), result.draws.attrs["seed"]
    note = Text(
        f"{result.name.zh}，抽样 {count:,} 次（种子 {seed}）；由外到内为 90%、80%、50% 的抽样",
        f"{result.name.en}, {count:,} draws (seed {seed}); from outside inwards 90, 80 and 50 % of the draws",
    )
    frame = Frame(Text("主要指标的可能区间", "Where the main indicators may go"), note, STATISTICS)
    return Lines(frame, panels, view.base_year, FIRST_PUBLISHED)


def _panels(view: View, result: Result, ensemble: xr.Dataset) -> Iterator[Panel]:
    published = {check.variable: check for check in view.checks if not check.members and check.reading == "value"}
    for name in _order(view, ensemble):
        unit = result.projection[name].attrs["units"]
        shown = "%" if unit == _RATIO else unit
        scale, check = conversion(unit, shown), published.get(name)
        history = {} if check is None else view.published_check(check, shown)
        median = {year: scale * value for year, value in yearly(result, name, view.region).items()}
        yield Panel(
            view.label(name),
            unit_words(shown),
            (*published_line(history), Series(MEDIAN, points_of(median))),
            tuple(_bands(ensemble[f"{name}_quantile"].sel(region=view.region), scale, view.base_year)),
            target_points(view.scores, view.region, name, shown),
            from_zero=False,
        )


def _order(view: View, ensemble: xr.Dataset) -> list[str]:
    """Variables of the whole city: those with a target first, then those that are held against published figures."""
    aimed = [score.variable for result in view.scenarios for score in result.scorecard if score.required_growth is not None]
    names = dict.fromkeys([*aimed, *(check.variable for check in view.checks)])
    fitting = {"quantile", "year", "region"}
    return [
        name for name in names if name and f"{name}_quantile" in ensemble and set(ensemble[f"{name}_quantile"].dims) == fitting
    ]


def _bands(quantiles: xr.DataArray, scale: float, base_year: int) -> Iterator[Band]:
    later = quantiles.sel(year=quantiles["year"] >= base_year)
    years = tuple(float(year) for year in later["year"].values)
    for low, high in _PAIRS:
        ends = (tuple(float(scale * value) for value in later.sel(quantile=level).values) for level in (low, high))
        yield Band(high - low, years, *ends)
