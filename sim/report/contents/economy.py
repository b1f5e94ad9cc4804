"""Figures of the economy: GDP, its sectors, and the share of manufacturing."""

from __future__ import annotations

from collections.abc import Mapping

from sim.base.text import Text
from sim.report.contents.series import STATISTICS, published_line, scenario_lines, target_points
from sim.report.figures.frame import Frame, points_of
from sim.report.figures.lines import Lines, Panel, Series
from sim.report.view import View, yearly
from sim.simulate.result import Result

INDUSTRY = ["manufacturing", "other_industry"]
MONEY, PERCENT = Text("亿元", "CNY 100m"), Text("%", "%")
MANUFACTURING, ALL_INDUSTRY = Text("制造业", "manufacturing"), Text("全部工业", "all industry")


def gdp(view: View) -> Lines:
    """Level at current prices with the plan's target, and yearly real growth."""
    growth = tuple(
        Series(result.name, points_of(_growth(result, view.region)), "scenario", i) for i, result in enumerate(view.plotted)
    )
    level = Panel(
        Text("地区生产总值（现价）", "GDP (current prices)"),
        MONEY,
        published_line(view.published("gdp_nominal")) + scenario_lines(view, "gdp_nominal"),
        targets=target_points(view.scores, view.region, "gdp_nominal", "亿元"),
    )
    rate = Panel(
        Text("地区生产总值实际增速", "real growth of GDP"), PERCENT, published_line(view.published("gdp_growth_real")) + growth
    )
    note = Text("金额按现价；增速按可比价", "levels at current prices, growth at constant prices")
    title = view.city + Text("地区生产总值", ": GDP")
    return Lines(Frame(title, note, STATISTICS), (level, rate), view.base_year)


def _growth(result: Result, region: str) -> dict[int, float]:
    real = yearly(result, "gdp_real", region)
    return {year: 100.0 * (value / real[year - 1] - 1.0) for year, value in real.items() if year - 1 in real}


def sectors(view: View) -> Lines:
    """Value added of the three published sectors, and of the parts of the secondary one."""
    secondary, industry = view.published("value_added_secondary"), view.published("industry_value_added")
    building = {year: secondary[year] - value for year, value in industry.items() if year in secondary}
    rows: tuple[tuple[Text, Mapping[int, float], list[str]], ...] = (
        (Text("第一产业", "primary"), view.published("value_added_primary"), ["agriculture"]),
        (Text("第二产业", "secondary"), secondary, [*INDUSTRY, "construction"]),
        (Text("第三产业", "tertiary"), view.published("value_added_tertiary"), ["services"]),
        (MANUFACTURING, {}, ["manufacturing"]),
        (ALL_INDUSTRY, industry, INDUSTRY),
        (Text("建筑业", "construction"), building, ["construction"]),
    )
    panels = tuple(
        Panel(title, MONEY, published_line(values) + scenario_lines(view, "value_added_nominal", sector=members))
        for title, values, members in rows
    )
    note = Text(
        "现价；统计数含由占比推算的，没有录入制造业的统计",
        "current prices; some statistics are derived from shares, no statistic of manufacturing itself is entered",
    )
    return Lines(Frame(Text("分行业增加值", "Value added by sector"), note, STATISTICS), panels, view.base_year)


def manufacturing_share(view: View) -> Lines:
    """Manufacturing with the plan's target; beside it all industry, which is published."""
    industry = scenario_lines(view, "sector_share", 100.0, sector=INDUSTRY)
    panels = (
        Panel(
            MANUFACTURING,
            PERCENT,
            scenario_lines(view, "manufacturing_share", 100.0),
            targets=target_points(view.scores, view.region, "manufacturing_share", "%"),
        ),
        Panel(ALL_INDUSTRY, PERCENT, published_line(view.published("industry_share_gdp", 2018)) + industry),
    )
    note = Text(
        "现价；没有录入制造业占比，基年由工业占比与规模工业中制造业占比推得",
        "current prices; no statistic of manufacturing itself is entered, its base is derived from industry",
    )
    title = Text("制造业增加值占地区生产总值比重", "Manufacturing share of GDP")
    return Lines(Frame(title, note, STATISTICS), panels, view.base_year)
