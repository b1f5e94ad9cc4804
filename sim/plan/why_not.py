"""Reasons for no verdict by kind, so that reasons which name a file, a year and an indicator can be counted together."""

from __future__ import annotations

from sim.base.text import Text
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, OutsideBinding
from sim.inputs.targets import PlanTarget

_OUTSIDE = Text("模型和台账都表达不了", "neither model nor ledger can say it")
_UNDATED = Text("文件未写年份", "the document states no year")
_NO_DATUM = Text("年份已过而没有录入数据", "the year is over and no datum is entered")
_NO_VARIABLE = Text("模型尚无对应变量", "no variable of the model says this yet")
_NO_BASE = Text("没有录入基数，或数由情景自己给定", "no base is entered, or the scenario itself gives the number")
_UNNAMED = Text("台账没有写明具体项目，或由情景自己给定", "the ledger names no project, or the scenario gives the number")


def kind_of_reason(target: PlanTarget, binding: AnyBinding | None, reason: Text) -> Text:
    """The kind of a reason; one that is of no kind with others stands for itself."""
    if target.year is None:
        return _UNDATED
    if isinstance(binding, OutsideBinding):
        return _OUTSIDE
    if isinstance(binding, HistoryBinding):
        return _NO_DATUM
    if binding is None:
        return _NO_VARIABLE
    if binding.no_base is not None and reason == binding.no_base.text():
        return _NO_BASE if isinstance(binding, Binding) else _UNNAMED
    return reason
