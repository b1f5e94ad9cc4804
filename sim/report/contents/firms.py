"""Figure of the enterprise ladder, from market entities to listed firms."""

from __future__ import annotations

from sim.base.text import Text
from sim.base.words import unit_words
from sim.report.contents.series import STATISTICS, published_line, scenario_lines, target_points
from sim.report.figures.frame import Frame
from sim.report.figures.lines import Lines, Panel
from sim.report.view import View

_FIRST = 2018
RUNGS: tuple[tuple[str, str, float], ...] = (
    ("market_entities", "market_entities", 1e-4),
    ("registered_enterprises", "enterprises_registered", 1e-4),
    ("four_above_firms", "", 1.0),
    ("hightech_firms", "hightech_firms", 1.0),
    ("joint_stock_firms", "", 1.0),
    ("listed_firms", "", 1.0),
)
"""Variables, the indicators that publish them, and what their numbers are multiplied by to be shown."""


def ladder(view: View) -> Lines:
    """Six panels, one per rung."""
    panels = []
    for name, indicator, scale in RUNGS:
        unit = str(view.scenarios[0].results[name].attrs["units"]) if scale == 1.0 else "万户"
        published = {year: scale * value for year, value in view.published(indicator).items()} if indicator else {}
        panels.append(
            Panel(
                view.label(name),
                unit_words(unit),
                published_line(published) + scenario_lines(view, name, scale),
                targets=target_points(view.scores, view.region, name, unit),
            )
        )
    note = Text("统计数含推算的；上市公司为期望值", "some statistics are derived; listed firms are an expectation")
    return Lines(Frame(Text("企业梯队", "The enterprise ladder"), note, STATISTICS), tuple(panels), view.base_year, _FIRST)
