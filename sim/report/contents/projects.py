"""Figure of the project ledger: its programmes in time, and who waits for what."""

from __future__ import annotations

from sim.base.text import Text
from sim.ledger.limits import LABELS
from sim.report.figures.frame import Frame
from sim.report.figures.schedule import Schedule
from sim.report.view import View
from sim.simulate.result import Result

_MOST = 24


def schedule(view: View, result: Result) -> Schedule | None:
    """The largest programmes; None where the scenario does not use the ledger."""
    if result.ledger is None:
        return None
    waiting = tuple((LABELS[name], tuple(values)) for name, values in result.ledger.waiting.items())
    note = Text(
        "色条：开工至九成资金投用（中位数），白线为一半；细线：九成投用时间的 10%–90% 区间；三角：文件写明的最晚完工年",
        "bars: first work begun to nine tenths of the money in use (medians), tick: half; "
        "thin lines: 10-90 % of that date; triangles: latest end printed",
    )
    source = Text(
        "规划文件点名的项目；未写明的金额和工期按类别抽取",
        "projects named by the plan; what it does not print is drawn by class",
    )
    title = Text("项目台账：", "The project ledger: ") + result.name
    return Schedule(Frame(title, note, source), result.ledger.programmes[:_MOST], waiting, view.base_year + 1, view.last_year)
