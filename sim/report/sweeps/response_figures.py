"""The figures of a grid or list: medians and probabilities of its points, joined over the swept input."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from sim.base.arrays import Values
from sim.base.errors import Fault, UsageError
from sim.base.text import Text
from sim.base.words import unit_words
from sim.report.figures.frame import Frame
from sim.report.figures.response import Response, ResponseCurve, ResponsePanel
from sim.report.sweeps.figures import series_in
from sim.simulate.sweeps.names import ALL_TARGETS, PERCENT, Named, asked_targets, named_series, title_of, with_unit
from sim.simulate.sweeps.statistics import MEDIAN, NUMBER, Curve, Curves, bands, curves_of, members_of, probabilities, year_in

_WHOLE = (-3.0, 103.0)
_ENDS = (0.1, 0.9)


def response(draws: xr.Dataset, names: Sequence[str], year: int, summary: xr.Dataset | None = None) -> Response:
    """Medians of some series in a year over the swept input; `summary` are the bands, where they are known already.

    Raises
    ------
    UsageError
        when the draws are no grid or list, or a series or the year is not there.
    """
    members, curves = _members(draws), curves_of(draws)
    found = (bands(draws) if summary is None else summary).sel(year=year_in(draws, year))
    banded = members > 1 and len(curves.curves) == 1
    panels = tuple(_series_panel(draws, found, curves, name, year, banded=banded) for name in names)
    shown = Text("线为中位数", "lines join medians") if members > 1 else Text("每点一次推演", "one run at each point")
    title = title_of(draws) + Text(f"：{year} 年", f": {year}")
    return _over(curves, panels, Frame(title, shown + _note(curves)))


def chance_response(draws: xr.Dataset, found: xr.Dataset | None = None) -> Response:
    """How likely each target is over the swept input; `found` are the probabilities, where they are known already.

    Raises
    ------
    UsageError
        when the draws are no grid or list of several draws a point, or no target was judged.
    """
    members, curves, asked = _members(draws), curves_of(draws), asked_targets(draws)
    if members == 1 or not asked:
        message = Text("没有逐次判断的目标", "no target was judged draw by draw")
        advice = Text("情景中要有 targets，并写明 draws", "the scenario needs targets, and the sweep `draws`")
        raise UsageError(Fault(message, advice=advice))
    found = probabilities(draws) if found is None else found
    rows = [(item.label + Text(f" {item.years}", f" {item.years}"), found["probability"][i]) for i, item in enumerate(asked)]
    rows.append((ALL_TARGETS, found["joint"]))
    percent = Text("%", "%")
    panels = [ResponsePanel(label, percent, _curves(curves, PERCENT * row.to_numpy()), limits=_WHOLE) for label, row in rows]
    title = title_of(draws) + Text("：实现概率", ": probabilities")
    note = Text(f"每点 {members:,} 次抽样", f"{members:,} draws at each point") + _note(curves)
    return _over(curves, tuple(panels), Frame(title, note))


def _over(curves: Curves, panels: tuple[ResponsePanel, ...], frame: Frame) -> Response:
    return Response(frame, panels, with_unit(curves.across), is_whole=curves.across == NUMBER)


def _members(draws: xr.Dataset) -> int:
    """Draws at each point; a fault where there are no points."""
    members = members_of(draws)
    if members is None:
        message = Text("这些抽样不是网格或列表", "these draws are no grid or list")
        raise UsageError(Fault(message, advice=Text("请画 scatter 或 fan", "draw a scatter or a fan chart")))
    return members


def _series_panel(draws: xr.Dataset, found: xr.Dataset, curves: Curves, name: str, year: int, *, banded: bool) -> ResponsePanel:
    named, array = named_series(draws, name), series_in(found, draws, name)
    middle = named.scale * array.sel(quantile=MEDIAN).to_numpy()
    low, high = (named.scale * array.sel(quantile=level).to_numpy() for level in _ENDS) if banded else (None, None)
    asked = [item for item in asked_targets(draws) if item.variable == name and item.year == year and item.level is not None]
    target = named.scale * (asked[0].level or 0.0) if asked else None
    return ResponsePanel(named.label, unit_words(named.unit), _curves(curves, middle, low, high), target)


def _curves(curves: Curves, values: Values, low: Values | None = None, high: Values | None = None) -> tuple[ResponseCurve, ...]:
    return tuple(
        ResponseCurve(
            _at(curves.places, curve),
            _at(values, curve),
            _label(curves, curve),
            None if low is None else _at(low, curve),
            None if high is None else _at(high, curve),
        )
        for curve in curves.curves
    )


def _at(values: Values, curve: Curve) -> tuple[float, ...]:
    return tuple(values[curve.points].tolist())


def _label(curves: Curves, curve: Curve) -> Text | None:
    if curves.parted_by is None or curve.level is None:
        return None
    return curves.parted_by.label + Text(" ", " ") + _amount(curves.parted_by, curve.level)


def _amount(named: Named, value: float) -> Text:
    """A value with its unit, short."""
    number = f"{value:.4g}{'' if named.unit.startswith('%') or not named.unit else ' '}"
    return Text(number, number) + unit_words(named.unit)


def _note(curves: Curves) -> Text:
    """What is not in the figure."""
    note = Text("", "")
    if curves.parted_by is not None and len(curves.curves) < curves.levels:
        shown, levels = len(curves.curves), curves.levels
        note += Text(f"；画出 {levels} 个取值中的 {shown} 个", f"; {shown} of {levels} values are drawn")
    for named, value in curves.held:
        held = _amount(named, value)
        note += Text(f"；{named.label.zh}取 {held.zh}", f"; {named.label.en} is {held.en}")
    return note
