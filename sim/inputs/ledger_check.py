"""Check a ledger: names of regions, classes, branches and kinds; parents and repeats; who may carry money; dates in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.arrivals import read_arrivals
from sim.inputs.files import is_file
from sim.inputs.ledger import Funder, Ledger, Names, Nature, Project, read_rows
from sim.inputs.ledger_settings import read_ledger_settings
from sim.inputs.project_classes import ProjectClass, read_project_classes
from sim.inputs.yaml_file import read_yaml

_YEARS = range(1990, 2101)


def read_ledger(city: Path, model: Path, names: Names) -> Ledger:
    """Read and check the ledger of a city: ledger.csv and arrivals.csv against the model's project classes.

    A city without the files has an empty ledger, and so has one whose model knows no classes.

    Raises
    ------
    InputError
        with every fault of every row, by line.
    """
    if not is_file(model / "project_classes.csv") and not is_file(city / "ledger.csv"):
        return Ledger()
    faults, classes = Faults(), read_project_classes(model / "project_classes.csv")
    projects = read_rows(city / "ledger.csv", city / "plan" / "documents", faults)
    ledger = Ledger(projects, classes, names, read_ledger_settings(model / "ledger.yaml"))
    systems = _systems(city / "plan" / "systems.yaml")
    for project in projects.values():
        fail_if_row_wrong(project, classes, names, faults)
        if systems:
            _fail_if_unknown("system", project.system, systems, project, faults)
        _fail_if_amount_strange(project, classes, faults)
        fail_if_relations_wrong(project, ledger, faults)
    inflows = read_arrivals(city / "arrivals.csv", ledger, faults)
    programmes = read_programmes(city / "plan" / "programmes.yaml", projects.values(), faults)
    faults.raise_if_any()
    return replace(ledger, inflows=inflows, programmes=programmes)


def _systems(file: Path) -> tuple[str, ...]:
    """Keys of the plan's systems, and of those that nothing belongs to; none where the plan has no such file."""
    return tuple(str(key) for key in read_yaml(file).data) if is_file(file) else ()


def read_programmes(file: Path, projects: Iterable[Project], faults: Faults) -> dict[str, Text]:
    """English names of the programmes, by the name that the documents print. Faults are added."""
    if not is_file(file):
        return {}
    document, used = read_yaml(file), {project.programme for project in projects if project.spends and project.programme}
    for name in sorted(used - set(document.data)):
        message = Text(f"计划 {name} 没有英文名", f"the programme {name} has no English name")
        faults.add(message, document.place((name,)))
    for name, english in document.data.items():
        if not isinstance(english, str):
            faults.add(Text("应为文字", "text is wanted"), document.place((name,)))
    return {str(name): Text(str(name), str(english)) for name, english in document.data.items()}


def fail_if_row_wrong(project: Project, classes: Collection[str], names: Names, faults: Faults) -> None:
    """Add the faults of one row that need no other row."""
    place = project.place
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", project.id) or project.id == "all":
        message = Text(
            f"编号 {project.id!r} 须由字母、数字和下划线组成", f"the id {project.id!r} must be letters, digits and _"
        )
        faults.add(message, place, Text("all 和带冒号的词另有含义", "all and words with a colon mean something else"))
    _fail_if_unknown("nature", project.nature, get_args(Nature), project, faults)
    _fail_if_unknown("region", project.region, names.districts, project, faults)
    if project.spends:
        _fail_if_purse_wrong(project, classes, names, faults)
    elif project.funder or project.project_class or project.amount or project.branch or project.kind:
        message = Text(
            f"{project.id} 不是独立的投资项目，不能有资金、类别、行业或公共资本种类",
            f"{project.id} is no capital project of its own: no money, class, branch or kind",
        )
        advice = Text(
            "清空 funder、class、branch、kind 与 amount，或改为 nature=capital",
            "clear funder, class, branch, kind and amount, or write nature=capital",
        )
        faults.add(message, place, advice)
    for year in (project.start, project.end):
        if year is not None and year not in _YEARS:
            faults.add(Text(f"年份 {year} 不合理", f"the year {year} cannot be right"), place)
    if project.start is not None and project.end is not None and project.start > project.end:
        span = f"{project.start} > {project.end}"
        faults.add(Text(f"{project.id} 的开工年晚于完工年：{span}", f"{project.id} starts after it ends: {span}"), place)


_FARTHEST = 30.0
"""How many times the usual amount of its class a project costs at the most, and the least part of it."""


def _fail_if_amount_strange(project: Project, classes: Mapping[str, ProjectClass], faults: Faults) -> None:
    usual = classes[project.project_class].amount if project.project_class in classes else None
    if project.amount is None or not usual or usual / _FARTHEST <= project.amount.value <= usual * _FARTHEST:
        return
    value = project.amount.value
    message = Text(
        f"{project.id} 的金额 {value:g} 亿元与同类项目通常的 {usual:g} 亿元相差太远",
        f"{project.id}: {value:g} 亿元 lies too far from the {usual:g} 亿元 that are usual in its class",
    )
    faults.add(message, project.place, Text("核对数值和单位", "check value and unit"))


def _fail_if_purse_wrong(project: Project, classes: Collection[str], names: Names, faults: Faults) -> None:
    _fail_if_unknown("class", project.project_class, classes, project, faults)
    _fail_if_unknown("funder", project.funder or "", get_args(Funder), project, faults)
    wanted, other = ("branch", "kind") if project.funder == "business" else ("kind", "branch")
    known = names.branches if wanted == "branch" else names.kinds
    _fail_if_unknown(wanted, getattr(project, wanted), known, project, faults)
    if getattr(project, other):
        message = Text(f"{project.id} 不填 {other}", f"{project.id} can have no {other}")
        faults.add(message, project.place)


def _fail_if_unknown(column: str, value: str, known: Iterable[str], project: Project, faults: Faults) -> None:
    names = sorted(known)
    if value not in names:
        message = Text(f"{project.id} 的 {column} 未知：“{value}”", f"{project.id}: unknown {column} '{value}'")
        faults.add(message, project.place, nearest(value, names))


def fail_if_relations_wrong(project: Project, ledger: Ledger, faults: Faults) -> None:
    """Add the faults of a row's parent and of the row that it repeats."""
    _fail_if_parent_wrong(project, ledger, faults)
    if not project.same_as:
        return
    kept = ledger.projects.get(project.same_as)
    if kept is None:
        message = Text(f"{project.id} 所重复的 {project.same_as} 不存在", f"{project.id} repeats an unknown {project.same_as}")
        faults.add(message, project.place, nearest(project.same_as, ledger.projects))
    elif kept.same_as:
        message = Text(
            f"{project.id} 重复的 {kept.id} 本身就是重复项", f"{project.id} repeats {kept.id}, which is itself a repeat"
        )
        faults.add(message, project.place, Text(f"改为 {kept.same_as}", f"write {kept.same_as}"))


def _fail_if_parent_wrong(project: Project, ledger: Ledger, faults: Faults) -> None:
    if not project.parent:
        return
    parent = ledger.projects.get(project.parent)
    if parent is None:
        message = Text(f"{project.id} 的上级 {project.parent} 不存在", f"{project.id}: its parent {project.parent} is unknown")
        faults.add(message, project.place, nearest(project.parent, ledger.projects))
    elif parent.nature != "umbrella":
        message = Text(f"{project.id} 的上级 {parent.id} 不是 umbrella", f"{project.id}: its parent {parent.id} is no umbrella")
        faults.add(message, project.place)
    if project.id in ledger.above(project.id):
        chain = " → ".join((project.id, *ledger.above(project.id)))
        faults.add(Text(f"上级关系成环：{chain}", f"parents form a loop: {chain}"), project.place)
