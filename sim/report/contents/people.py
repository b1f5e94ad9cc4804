"""Figures of the population: residents and what moves them, and the age pyramid then and now."""

from __future__ import annotations

from sim.base.text import Text
from sim.report.contents.series import STATISTICS, published_line, scenario_lines
from sim.report.figures.frame import Frame, points_of
from sim.report.figures.lines import Lines, Panel, Series
from sim.report.figures.pyramid import People, Pyramid
from sim.report.view import View
from sim.simulate.result import Result

PERSONS = Text("万人", "10k persons")
_FLOWS = ("births", "deaths", "net_migration")


def population(view: View) -> Lines:
    """Residents with both published bases; births, deaths and net migration."""
    before = view.published("population_resident_published")
    superseded = (Series(Text("普查修订前", "before the census"), points_of(before), "superseded"),) if before else ()
    residents = Panel(
        Text("常住人口", "residents"),
        PERSONS,
        superseded + published_line(view.published("population_resident")) + scenario_lines(view, "residents"),
        from_zero=False,
    )
    flows = tuple(Panel(view.label(name), PERSONS, scenario_lines(view, name)) for name in _FLOWS)
    note = Text(
        "两次普查之间为插值；出生、死亡、净迁移为全年数",
        "interpolated between censuses; births, deaths and net migration over the year",
    )
    title = Text("常住人口及其变动", "Resident population and what moves it")
    return Lines(Frame(title, note, STATISTICS), (residents, *flows), view.base_year)


def pyramid(view: View) -> Pyramid:
    """The base year filled, every scenario in its last year as a line."""
    last = max(int(result.projection["year"].values[-1]) for result in view.plotted)
    base = _people(view.plotted[0], view, view.base_year, Text(f"{view.base_year} 年（基年）", f"{view.base_year} (base year)"))
    later = []
    for result in view.plotted:
        year = int(result.projection["year"].values[-1])
        later.append(_people(result, view, year, result.name + Text(f" {year}", f" {year}")))
    title = Text(f"人口年龄结构：{view.base_year} 年与 {last} 年", f"Age structure: {view.base_year} and {last}")
    note = Text(
        "万人（单岁），中心情景；基年由全省普查年龄结构按本市三大年龄段占比估计",
        "10k persons per single age, central run; base year estimated from the province's census",
    )
    return Pyramid(Frame(title, note, STATISTICS), base, tuple(later))


def _people(result: Result, view: View, year: int, label: Text) -> People:
    people = result.projection["population"].sel(region=view.region, year=year)
    men, women = (tuple(float(value) for value in people.sel(sex=sex).values) for sex in ("male", "female"))
    return People(label, men, women)
