"""A small figure of every kind, with made-up numbers, for reference pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.base.text import Text
from sim.ledger.summary import ProgrammeTimes
from sim.report.figures import Frame, bars, dots, grids, lines, loops, pyramid, schedule
from sim.simulate.result import Move, Ring

FRAME = Frame(Text("示例图", "A sample"), Text("编造的数，只供核对画法", "made-up numbers"), Text("测试", "tests"))
ONE, TWO = Text("基准情景", "Baseline"), Text("规划情景", "Plan")
GDP, FIRMS, SHARE = (
    Text("地区生产总值", "GDP"),
    Text("四上企业", "Firms above scale"),
    Text("制造业占比", "Manufacturing share"),
)
YEARS = tuple(float(year) for year in range(2020, 2031))


def _points(start: float, growth: float, first: int = 2020, last: int = 2030) -> tuple[tuple[float, float], ...]:
    return tuple((float(year), start * (1.0 + growth) ** (year - 2020)) for year in range(first, last + 1))


def _lines() -> lines.Lines:
    central = _points(3500.0, 0.06)
    low, high = (tuple(value * (1.0 + sign * 0.02 * place) for place, (_, value) in enumerate(central)) for sign in (-1, 1))
    panel = lines.Panel(
        GDP,
        Text("亿元", "CNY 100m"),
        (
            lines.Line(lines.PUBLISHED, _points(3500.0, 0.07, 2012, 2023), "published"),
            lines.Line(Text("修订前", "before revision"), _points(3700.0, 0.07, 2012, 2018), "superseded"),
            lines.Line(ONE, central),
            lines.Line(TWO, _points(3500.0, 0.075), "scenario", 1),
        ),
        (lines.Band(0.8, YEARS, low, high),),
        ((2025.0, 5500.0),),
    )
    return lines.Lines(FRAME, (panel, lines.Panel(SHARE, Text("%", "%"), (lines.Line(ONE, _points(20.0, -0.01)),))), 2020)


def _progress() -> dots.Progress:
    rows = (
        dots.TargetDots(GDP, "2025", (dots.Dot(0, 86.0, 76.0, 99.0), dots.Dot(1, 92.0)), 85.0),
        dots.TargetDots(FIRMS, "2025", (dots.Dot(0, 104.0), dots.Dot(1, 118.0, 100.0, 131.0)), is_ceiling=True),
    )
    return dots.Progress(FRAME, (ONE, TWO), rows)


def _schedule() -> schedule.Schedule:
    rows = (
        ProgrammeTimes(Text("交通枢纽", "Transport hub"), 6, 320.0, 2021.5, 2024.0, 2026.2, 2025.5, 2028.0, 2025),
        ProgrammeTimes(Text("白沙园区", "Park"), 3, 40.0, 2022.0, 2022.9, 2023.5, 2023.1, 2024.8, None),
    )
    waiting = ((Text("用地", "land"), (0.0, 1.2, 3.4, 0.6)), (Text("资金", "money"), (0.0, 0.0, 0.2, 0.0)))
    return schedule.Schedule(FRAME, rows, waiting, 2021, 2030)


def _waterfall() -> bars.Waterfall:
    steps = (
        bars.Step(Text("不加措施", "without measures"), 4740.0, is_whole=True),
        bars.Step(Text("项目台账", "projects"), 130.0),
        bars.Step(Text("绿色约束", "green limits"), -40.0),
        bars.Step(Text("本情景", "this scenario"), 4830.0, is_whole=True),
    )
    return bars.Waterfall(FRAME, (bars.Fall(GDP, Text("亿元", "CNY 100m"), steps, 5500.0),))


def _pyramid() -> pyramid.Pyramid:
    ages = np.arange(101)

    def people(label: Text, shift: float) -> pyramid.People:
        values = 5.0 * np.exp(-(((ages - 45.0 - shift) / 30.0) ** 2))
        return pyramid.People(label, tuple(map(float, values)), tuple(map(float, 1.05 * values)))

    return pyramid.Pyramid(FRAME, people(Text("2020 年", "2020"), 0.0), (people(ONE, 8.0), people(TWO, 6.0)))


def _scatter() -> lines.Scatter:
    across = np.linspace(0.0, 1.0, 200)
    points = zip(across.tolist(), (across + 0.1 * np.sin(40.0 * across)).tolist(), strict=True)
    note = Text(
        "Spearman 秩相关 +0.97；线为各十分位组的中位数（200 次抽样）",
        "Spearman's rank correlation +0.97; the line joins the medians of tenths (200 draws)",
    )
    return lines.Scatter(
        Frame(FRAME.title, note), tuple(points), Text("地区生产总值（亿元）", "GDP"), Text("四上企业（户）", "firms")
    )


RECORDS: dict[str, Any] = {
    "conflicts": grids.Conflicts(
        FRAME,
        (GDP, FIRMS, SHARE),
        ((None, 1.6, 0.7), (1.6, None, 1.02), (0.7, 1.02, None)),
        ((False, True, True), (True, False, False), (True, False, False)),
    ),
    "lines": _lines(),
    "loops": loops.Loops(
        FRAME,
        (
            Ring("R1", Text("积累", "accumulation"), Text("增强", "reinforcing"), (GDP, FIRMS, SHARE), (1, 1, 1)),
            Ring("B1", Text("报酬递减", "diminishing returns"), Text("平衡", "balancing"), (GDP, FIRMS), (1, -1)),
        ),
    ),
    "moves": dots.Moves(
        FRAME,
        (
            Move(Text("研发投入政策", "R&D policy"), Text("比率", "ratio"), 0.0, 0.02, 0.0, 0.018, 1.8),
            Move(Text("本地配套率", "local share"), Text("比率", "ratio"), 0.05, 0.6, 0.3, 0.192, -1.1),
        ),
    ),
    "progress": _progress(),
    "pyramid": _pyramid(),
    "rates": dots.Rates(
        FRAME,
        (ONE, TWO),
        (dots.TargetRates(GDP, 9.4, ((0, 6.2), (1, 6.9)), 5.5, 6.0), dots.TargetRates(FIRMS, 9.5, ((0, 5.4),))),
    ),
    "schedule": _schedule(),
    "tornado": bars.Tornado(FRAME, (bars.Swing(FIRMS, 0.39, (bars.Thirds(GDP, 0.21, 0.59), bars.Thirds(SHARE, 0.5, 0.3))),)),
    "verdicts": grids.Verdicts(
        FRAME,
        (GDP, FIRMS, SHARE),
        (ONE, TWO),
        (
            (grids.VerdictCell(0, "missed", 86.0, 0.14), grids.VerdictCell(1, "near", 98.0, 0.4)),
            (grids.VerdictCell(0, "met", 101.0, None), grids.VerdictCell(2, "missed", 69.0, 0.0)),
        ),
    ),
    "waterfall": _waterfall(),
    "chances": bars.Chances(Frame(FRAME.title, FRAME.note), (bars.Bar(GDP, 0.22, 0.01), bars.Bar(FIRMS, 0.81, 0.02))),
    "index_map": grids.IndexMap(
        Frame(FRAME.title, FRAME.note),
        (GDP, FIRMS),
        (2021, 2025, 2030),
        ((0.7, 0.5, 0.3), (0.1, 0.3, 0.6)),
        Text("总效应", "total"),
    ),
    "response": lines.Response(
        Frame(FRAME.title, FRAME.note),
        (
            lines.ResponsePanel(
                GDP,
                Text("亿元", "CNY 100m"),
                (lines.Line(Text("", ""), ((1.0, 3.0), (2.0, 4.0), (3.0, 4.5))),),
                (lines.Band(0.8, (1.0, 2.0, 3.0), (2.5, 3.2, 3.5), (3.5, 4.8, 5.5)),),
                level=4.2,
            ),
        ),
        Text("杠杆", "lever"),
    ),
    "scatter": _scatter(),
    "bars": bars.Bars(
        Frame(FRAME.title, FRAME.note),
        (bars.Bar(GDP, 0.6, 0.05, 0.4), bars.Bar(FIRMS, 0.2, 0.02, 0.1)),
        Text("总效应", "total"),
        Text("一阶", "first order"),
    ),
}
"""A record of every kind of figure."""


SAMPLES: dict[str, Callable[[], Figure]] = {name: partial(record.draw, "zh") for name, record in RECORDS.items()}
